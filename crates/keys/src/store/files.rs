//! Small secret files: read with a look at their permissions, made without overwriting.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::KeyError;

/// No key file is longer; more is not read.
const BYTES_MAX: usize = 4096;

/// Who may read a secret file.
#[derive(Clone, Copy)]
pub(super) enum Readers {
    /// Its owner alone.
    Owner,
    /// Its owner and its group: systemd and container engines hand credentials over like that.
    Group,
}

/// The bytes of a file that must not be open to more than `readers`.
pub(super) fn read_secret(path: &Path, readers: Readers) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (forbidden, wanted) = match readers {
        Readers::Owner => (0o077, 0o600),
        Readers::Group => (0o027, 0o440),
    };
    let file = File::open(path).map_err(|error| failed(path, error))?;
    let mode = file.metadata().map_err(|error| failed(path, error))?.mode() & 0o777;
    if mode & forbidden != 0 {
        return Err(KeyError::TooOpen { path: path.to_owned(), mode, wanted });
    }
    read(path, file)
}

/// The bytes of a file that holds no secret.
pub(super) fn read_plain(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    read(path, File::open(path).map_err(|error| failed(path, error))?)
}

fn read(path: &Path, file: File) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // Room for everything from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES_MAX + 1));
    file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    if bytes.len() > BYTES_MAX {
        return Err(KeyError::Damaged { path: path.to_owned(), expected: "key file (it is too long)" });
    }
    Ok(bytes)
}

/// Makes `path` with `bytes`, durably and for its owner alone. Somebody else's file of that name is left
/// as it is: of two that make it at once, one wins and both then read the same.
pub(super) fn make(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    make_io(path, bytes).map_err(|error| failed(path, error))
}

fn make_io(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        stdx::files::private_dir(parent)?;
    }
    let partial = path.with_extension(format!("{}.partial", stdx::random_text::<10>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&partial, path);
    fs::remove_file(&partial)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => stdx::files::sync_parent(path),
    }
}

pub(super) fn failed(path: &Path, source: io::Error) -> KeyError {
    match source.kind() {
        io::ErrorKind::NotFound => KeyError::Absent { path: path.to_owned() },
        _ => KeyError::Io { path: path.to_owned(), source },
    }
}
