//! A file of lines in bundles that the collect door takes, read as a stream.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use flate2::bufread::MultiGzDecoder;
use model::limits::{BATCH_EVENTS_MAX, BODY_BYTES_MAX};

use crate::outcome::{Failure, Outcome};

/// The longest line that is sent; the server refuses most of these already, with the field that is too long.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;
/// How a gzip file begins (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Some lines that follow each other.
pub(super) struct Bundle {
    /// The number of the first line, from 1.
    pub first: u64,
    /// How many lines, blank ones included.
    pub lines: u64,
    /// The lines as they stand; those that are too long are blank.
    pub text: Vec<u8>,
    /// Lines that are too long to be sent.
    pub too_long: Vec<u64>,
    /// How much of the file on disk was read by its end, in bytes.
    pub file_bytes: u64,
}

impl Bundle {
    /// Without lines yet; `first` is to be the first.
    pub fn new(first: u64) -> Self {
        Self { first, lines: 0, text: Vec::new(), too_long: Vec::new(), file_bytes: 0 }
    }

    /// The number of the line after it.
    pub fn next(&self) -> u64 {
        self.first + self.lines
    }
}

/// The lines of a file.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    /// How many lines were read.
    at: u64,
    read: std::sync::Arc<std::sync::atomic::AtomicU64>,
    /// A line that had no room in the bundle before.
    left: Option<Vec<u8>>,
}

/// Counts what is read from the disk, before it is unpacked.
struct Counted<R> {
    inner: R,
    read: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(read)
    }
}

impl Lines {
    /// Opens a file after its first `skip` lines.
    pub fn open(path: &Path, skip: u64) -> Outcome<Self> {
        let wrong = |error: std::io::Error| cannot_read(path, &error);
        let read = std::sync::Arc::default();
        let file = Counted { inner: File::open(path).map_err(wrong)?, read: std::sync::Arc::clone(&read) };
        let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
        let is_packed = file.fill_buf().map_err(wrong)?.starts_with(&GZIP);
        let plain: Box<dyn Read + Send> =
            if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let reader = BufReader::with_capacity(BUFFER_BYTES, plain);
        let mut lines = Self { reader, at: 0, read, left: None };
        while lines.at < skip && lines.line(&mut Vec::new()).map_err(wrong)?.is_some() {
            lines.at += 1;
        }
        Ok(lines)
    }

    /// The next lines that fit into one request; nothing at the end.
    pub fn next_bundle(&mut self) -> Outcome<Option<Bundle>> {
        let mut bundle = Bundle::new(self.at + 1);
        while bundle.lines < BATCH_EVENTS_MAX as u64 {
            let mut line = self.left.take().unwrap_or_default();
            if line.is_empty() {
                let read = self.line(&mut line);
                match read.map_err(|error| Failure::failed(format!("cannot read on: {error}")))? {
                    None => break,
                    Some(true) => {}
                    Some(false) => bundle.too_long.push(self.at + 1),
                }
            }
            if !bundle.text.is_empty() && bundle.text.len() + line.len() > BODY_BYTES_MAX {
                self.left = Some(line);
                break;
            }
            bundle.text.extend_from_slice(&line);
            self.at += 1;
            bundle.lines += 1;
        }
        bundle.file_bytes = self.read.load(std::sync::atomic::Ordering::Relaxed);
        Ok((bundle.lines > 0).then_some(bundle))
    }

    /// Puts the next line with its end into `line`: `false` if it was too long, then a line end alone; nothing at the end.
    fn line(&mut self, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
        let limit = LINE_BYTES_MAX as u64;
        if (&mut self.reader).take(limit).read_until(b'\n', line)? == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            return Ok(Some(true));
        }
        let is_whole = line.len() < LINE_BYTES_MAX;
        while !is_whole && line.last() != Some(&b'\n') {
            line.clear();
            if (&mut self.reader).take(limit).read_until(b'\n', line)? == 0 {
                break;
            }
        }
        if !is_whole {
            line.clear();
        }
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        Ok(Some(is_whole))
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
pub(super) fn digest(path: &Path) -> Outcome<String> {
    let wrong = |error: std::io::Error| cannot_read(path, &error);
    let mut file = File::open(path).map_err(wrong)?;
    if !file.metadata().map_err(wrong)?.is_file() {
        return Err(Failure::usage(format!(
            "{} is no file: import goes on where it was, so it has to be one",
            path.display()
        )));
    }
    let (mut context, mut buffer) = (Context::new(&SHA256), vec![0; BUFFER_BYTES]);
    loop {
        match file.read(&mut buffer).map_err(wrong)? {
            0 => return Ok(data_encoding::HEXLOWER.encode(context.finish().as_ref())),
            read => context.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::not_found(format!("there is no file {}", path.display())),
        _ => Failure::failed(format!("cannot read {}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundles(text: &[u8], skip: u64) -> Vec<Bundle> {
        let file = tempfile::NamedTempFile::new().unwrap();
        stdx::files::replace(file.path(), text).unwrap();
        let mut lines = Lines::open(file.path(), skip).unwrap();
        std::iter::from_fn(|| lines.next_bundle().unwrap()).collect()
    }

    #[test]
    fn lines_keep_their_numbers_whatever_stands_in_them() {
        let long = "x".repeat(LINE_BYTES_MAX + 5);
        let text = format!("a\n\n{long}\nb");
        let found = bundles(text.as_bytes(), 0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].lines), (1, 4));
        assert_eq!(found[0].text, b"a\n\n\nb\n");
        assert_eq!(found[0].too_long, [3]);
        let rest = bundles(text.as_bytes(), 3);
        assert_eq!((rest[0].first, rest[0].lines, rest[0].text.as_slice()), (4, 1, b"b\n".as_slice()));
        assert!(bundles(b"", 0).is_empty());
        assert!(bundles(b"a\n", 1).is_empty());
    }

    #[test]
    fn no_bundle_is_more_than_the_door_takes() {
        let line = format!("{}\n", "y".repeat(9_999));
        let text = line.repeat(3 * BATCH_EVENTS_MAX / 2);
        let found = bundles(text.as_bytes(), 0);
        let mut next = 1;
        for bundle in &found {
            assert!(bundle.text.len() <= BODY_BYTES_MAX && bundle.lines <= BATCH_EVENTS_MAX as u64);
            assert_eq!(bundle.first, next);
            next += bundle.lines;
        }
        assert_eq!(found.iter().map(|bundle| bundle.text.len()).sum::<usize>(), text.len());
    }
}
