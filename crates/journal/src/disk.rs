//! What fails when a disk does, so that tests can make it fail.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What the writer does to its files. The default of each is the real thing.
pub trait Disk: Send + Sync + 'static {
    /// Makes the file `path` with `bytes`, durably: there whole or not at all.
    ///
    /// # Errors
    /// What the system says; the file is then not there.
    fn make(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        stdx::files::replace(path, bytes)
    }

    /// Writes all of `bytes` at `position`.
    ///
    /// # Errors
    /// What the system says; part of the bytes may then stand there.
    fn write(&self, file: &File, bytes: &[u8], position: u64) -> io::Result<()> {
        file.write_all_at(bytes, position)
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// What the system says; what is durable is then unknown for good.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Cuts the file.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }
}

/// The machine's disk.
#[derive(Debug)]
pub struct RealDisk;

impl Disk for RealDisk {}
