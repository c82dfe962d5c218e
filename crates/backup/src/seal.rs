//! One encrypted file: bytes stream in or out, are counted and summed on the way.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use age::DecryptError;
use aws_lc_rs::digest;

use crate::error::BackupError;
use crate::who::{Identities, Recipient};

const BUFFER_BYTES: usize = 256 << 10;

/// What went through.
pub(crate) struct Passed {
    pub(crate) bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub(crate) sha256: String,
}

/// Encrypts everything that `reader` (called `from` in errors) gives into the new file `path`, durably.
pub(crate) fn seal(
    path: &Path,
    recipients: &[Recipient],
    reader: &mut dyn Read,
    from: &Path,
) -> Result<Passed, BackupError> {
    let failed = || BackupError::io(path);
    let file = make(path)?;
    let each = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(each).map_err(|_| BackupError::NoRecipients)?;
    let out = BufWriter::with_capacity(BUFFER_BYTES, &file);
    let mut out = encryptor.wrap_output(out).map_err(failed())?;
    let passed = pass(reader, from, &mut out, path)?;
    out.finish().and_then(|mut out| out.flush()).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    Ok(passed)
}

/// Decrypts the file `path` into `out` (called `to` in errors), at most `bytes_max`.
pub(crate) fn open(
    path: &Path,
    identities: &Identities,
    bytes_max: u64,
    out: &mut dyn Write,
    to: &Path,
) -> Result<Passed, BackupError> {
    let file = File::open(path).map_err(BackupError::io(path))?;
    let reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let decryptor = age::Decryptor::new_buffered(reader).map_err(|error| refused(path, error))?;
    let reader = decryptor.decrypt(identities.each()).map_err(|error| refused(path, error))?;
    // One byte more, so that too long is told from just long enough.
    let passed = pass(&mut reader.take(bytes_max.saturating_add(1)), path, out, to);
    match passed {
        // Whatever the cipher refuses arrives as an error of reading.
        Err(BackupError::Io { path: at, source }) if at == path && source.raw_os_error().is_none() => {
            Err(BackupError::damaged(path, "it was changed or cut"))
        }
        Ok(passed) if passed.bytes > bytes_max => {
            Err(BackupError::damaged(path, "it is longer than it should be"))
        }
        passed => passed,
    }
}

fn refused(path: &Path, error: DecryptError) -> BackupError {
    match error {
        DecryptError::NoMatchingKeys => BackupError::NotForUs { path: path.to_owned() },
        DecryptError::Io(source) if source.raw_os_error().is_some() => BackupError::io(path)(source),
        _ => BackupError::damaged(path, "its beginning was changed or cut"),
    }
}

fn pass(reader: &mut dyn Read, from: &Path, out: &mut dyn Write, to: &Path) -> Result<Passed, BackupError> {
    let mut sum = digest::Context::new(&digest::SHA256);
    let mut bytes = 0;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = match reader.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result.map_err(BackupError::io(from))?,
        };
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        sum.update(chunk);
        bytes += chunk.len() as u64;
        out.write_all(chunk).map_err(BackupError::io(to))?;
    }
    Ok(Passed { bytes, sha256: data_encoding::HEXLOWER.encode(sum.finish().as_ref()) })
}

/// A new file for its owner alone.
pub(crate) fn make(path: &Path) -> Result<File, BackupError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(BackupError::io(path))
}
