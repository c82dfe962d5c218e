//! Bodies: read whole within limits, unpacked by what they are, not by what their headers say.

use std::borrow::Cow;
use std::io::Read;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use model::limits::BODY_BYTES_MAX;
use tokio::time::{Instant, timeout_at};

use crate::room::{NoRoom, Share};

/// Unpacking stops where so many bytes come out of one, once [`RATIO_FROM_BYTES`] have come out.
const RATIO_MAX: usize = 200;
const RATIO_FROM_BYTES: usize = 256 * 1024;
/// How long a body may take to arrive; a slower one would hold its room for ever.
const TIME_MAX: Duration = Duration::from_secs(30);
/// From [`GRACE`] on so many bytes a second must have come on average.
const BYTES_PER_S_MIN: u64 = 1024;
const GRACE: Duration = Duration::from_secs(5);
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
    /// It took longer than [`TIME_MAX`] to arrive, or came slower than [`BYTES_PER_S_MIN`].
    TooSlow,
}

impl From<NoRoom> for BodyError {
    fn from(_: NoRoom) -> Self {
        Self::NoRoom
    }
}

/// Reads a body whole. `announced` is its `Content-Length`, so that what is too large is refused unread.
pub(crate) async fn read(
    mut body: Body,
    announced: Option<u64>,
    share: &mut Share,
) -> Result<Bytes, BodyError> {
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX as u64) {
        return Err(BodyError::TooLarge);
    }
    let begin = Instant::now();
    let mut first: Option<Bytes> = None;
    let mut whole = BytesMut::new();
    loop {
        let so_far = whole.len() + first.as_ref().map_or(0, Bytes::len);
        let next = timeout_at(late_from(begin, so_far), body.frame()).await;
        let Some(frame) = next.map_err(|_| BodyError::TooSlow)? else { break };
        let Ok(data) = frame.map_err(|_| BodyError::Unreadable)?.into_data() else { continue };
        share.grow(data.len())?;
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

/// Takes a body that is not wanted, so that its sender reads the answer instead of a broken connection.
pub(crate) async fn discard(mut body: Body) {
    let (begin, mut so_far) = (Instant::now(), 0);
    while so_far <= BODY_BYTES_MAX
        && let Ok(Some(Ok(frame))) = timeout_at(late_from(begin, so_far), body.frame()).await
    {
        so_far += frame.data_ref().map_or(0, Bytes::len);
    }
}

/// When the next piece would be too late, of a body of which `bytes` have come.
fn late_from(begin: Instant, bytes: usize) -> Instant {
    let at_least = Duration::from_millis(bytes as u64 * 1_000 / BYTES_PER_S_MIN);
    begin + TIME_MAX.min(GRACE + at_least)
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
