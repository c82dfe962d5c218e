//! Bodies: read whole within limits, unpacked by what they are, not by what their headers say.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use model::limits::BODY_BYTES_MAX;

/// Unpacking stops where so many bytes come out of one, once [`RATIO_FROM_BYTES`] have come out.
const RATIO_MAX: usize = 200;
const RATIO_FROM_BYTES: usize = 256 * 1024;
/// How long a body may take to arrive; a slower one would hold its room for ever.
const TIME_MAX: Duration = Duration::from_secs(60);
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Why there is no body to look into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BodyError {
    /// Larger than allowed, as sent or unpacked.
    TooLarge,
    /// Packed beyond repair, or the connection broke.
    Unreadable,
    /// Too many bytes of other requests are being looked into.
    NoRoom,
    /// It took longer than [`TIME_MAX`] to arrive.
    TooSlow,
}

/// How many bytes of bodies may be held at the same time, over all requests.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    used: Arc<AtomicUsize>,
    bytes_max: usize,
}

/// A share of [`Room`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    used: Arc<AtomicUsize>,
    bytes_max: usize,
    bytes: usize,
}

impl Room {
    pub fn new(bytes_max: usize) -> Self {
        Self { used: Arc::default(), bytes_max }
    }

    /// A share that is still empty.
    pub fn share(&self) -> Share {
        Share { used: self.used.clone(), bytes_max: self.bytes_max, bytes: 0 }
    }
}

impl Share {
    /// Takes `bytes` more.
    fn grow(&mut self, bytes: usize) -> Result<(), BodyError> {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before + bytes > self.bytes_max { Err(BodyError::NoRoom) } else { Ok(()) }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Reads a body whole. `announced` is its `Content-Length`, so that what is too large is refused unread.
pub(crate) async fn read(body: Body, announced: Option<u64>, share: &mut Share) -> Result<Bytes, BodyError> {
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX as u64) {
        return Err(BodyError::TooLarge);
    }
    tokio::time::timeout(TIME_MAX, collect(body, share)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect(mut body: Body, share: &mut Share) -> Result<Bytes, BodyError> {
    let mut first: Option<Bytes> = None;
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Unreadable)?.into_data() else { continue };
        share.grow(data.len())?;
        let so_far = whole.len() + first.as_ref().map_or(0, Bytes::len);
        if so_far + data.len() > BODY_BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        // Most bodies come in one piece, which then need not be copied.
        match first.take() {
            None if whole.is_empty() => first = Some(data),
            None => whole.extend_from_slice(&data),
            Some(piece) => {
                whole.extend_from_slice(&piece);
                whole.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| whole.freeze()))
}

/// The body itself, unpacked where it is gzip.
pub(crate) fn unpack<'a>(bytes: &'a [u8], share: &mut Share) -> Result<Cow<'a, [u8]>, BodyError> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut decoder = GzDecoder::new(bytes);
    let mut out = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let count = match decoder.read(&mut piece) {
            Ok(0) => return Ok(Cow::Owned(out)),
            Ok(count) => count,
            Err(_) => return Err(BodyError::Unreadable),
        };
        share.grow(count)?;
        out.extend_from_slice(piece.get(..count).unwrap_or_default());
        let bomb = out.len() > RATIO_FROM_BYTES && out.len() / RATIO_MAX > bytes.len();
        if out.len() > BODY_BYTES_MAX || bomb {
            return Err(BodyError::TooLarge);
        }
    }
}
