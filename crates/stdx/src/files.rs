//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Replaces `path` by `bytes` durably: written beside it, synced, renamed, folder synced.
/// The file is readable by its owner only.
///
/// # Errors
/// Whatever the file system says; the old file is then still whole.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&partial, path)?;
    sync_parent(path)
}

/// Makes the directory entry of `path` durable.
///
/// # Errors
/// Whatever the file system says.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Overwrites the first `bytes_max` bytes of a file with zeros, durably, and removes it: what the disk keeps of it
/// then is no content, or none that still has its key. A disk that writes elsewhere than where it is told (copy on write, wear levelling) may keep older blocks for a while.
///
/// # Errors
/// Whatever the file system says.
pub fn shred(path: &Path, bytes_max: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let mut left = file.metadata()?.len().min(bytes_max);
    let zeros = vec![0; 256 * 1024];
    while left > 0 {
        let some = zeros.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.write_all(zeros.get(..some).unwrap_or_default())?;
        left -= some as u64;
    }
    file.sync_data()?;
    drop(file);
    fs::remove_file(path)
}

/// Makes `path` and its missing parents, each readable by the owner only.
///
/// # Errors
/// Whatever the file system says.
pub fn private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
