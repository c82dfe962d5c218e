//! Files that grow, and files that are there whole: the ledger's few ways of touching the disk.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use stdx::files;

use crate::error::LedgerError;

/// A file that is only ever appended to, whose good length is known.
pub(crate) struct Appending {
    root: PathBuf,
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Appending {
    /// Makes the file with its `header`, durably, replacing what stood there.
    pub fn create(root: &Path, path: PathBuf, header: &[u8]) -> Result<Self, LedgerError> {
        files::replace(&path, header).map_err(|e| LedgerError::io("make", root, &path, e))?;
        Self::open(root, path, header.len() as u64)
    }

    /// Opens the file and cuts what lies behind its first `bytes`.
    pub fn open(root: &Path, path: PathBuf, bytes: u64) -> Result<Self, LedgerError> {
        let open = || {
            let file = OpenOptions::new().append(true).open(&path)?;
            if file.metadata()?.len() != bytes {
                file.set_len(bytes)?;
                file.sync_all()?;
            }
            Ok(file)
        };
        let file = open().map_err(|e| LedgerError::io("open", root, &path, e))?;
        Ok(Self { root: root.to_owned(), path, file, bytes })
    }

    /// The good length.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends durably. On a full disk the file is as before and the next call may do better; after any
    /// other failure it must not be used again, since a failed sync leaves nobody knowing what is there.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), LedgerError> {
        let failed = |action, e| LedgerError::io(action, &self.root, &self.path, e);
        if let Err(e) = self.file.write_all(bytes) {
            let error = failed("write to", e);
            if !error.is_full() {
                return Err(error);
            }
            self.file.set_len(self.bytes).map_err(|e| failed("cut back", e))?;
            return Err(LedgerError::Full);
        }
        // A sync that runs out of space has failed for good, however it is called.
        self.file.sync_data().map_err(|e| failed("sync", io::Error::other(e)))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

/// Writes new files whole: each beside its place, synced and renamed, then every touched folder synced once.
pub(crate) fn write_all_whole(root: &Path, files: &[(String, Vec<u8>)]) -> Result<(), LedgerError> {
    let mut folders = BTreeSet::new();
    for (name, bytes) in files {
        let path = root.join(name);
        write_whole(&path, bytes).map_err(|e| LedgerError::io("write", root, &path, e))?;
        // Folders made on the way must last too.
        folders.extend(path.ancestors().skip(1).take_while(|folder| *folder != root).map(Path::to_owned));
    }
    folders.insert(root.to_owned());
    for folder in folders {
        let synced = File::open(&folder).and_then(|folder| folder.sync_all());
        synced.map_err(|e| LedgerError::io("sync", root, &folder, io::Error::other(e)))?;
    }
    Ok(())
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        files::private_dir(folder)?;
    }
    let partial = path.with_extension("partial");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_data().map_err(io::Error::other)?;
    fs::rename(&partial, path)
}

/// The file's bytes; `None` when there is none.
pub(crate) fn read(root: &Path, path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(LedgerError::io("read", root, path, e)),
    }
}

/// The first bytes of a file; `None` where there is none, or it is shorter.
pub(crate) fn read_beginning<const BYTES: usize>(
    root: &Path,
    path: &Path,
) -> Result<Option<[u8; BYTES]>, LedgerError> {
    let mut bytes = [0; BYTES];
    match File::open(path).and_then(|mut file| file.read_exact(&mut bytes)) {
        Ok(()) => Ok(Some(bytes)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(None),
        Err(e) => Err(LedgerError::io("read", root, path, e)),
    }
}

/// The names in a folder, sorted; empty when there is no such folder.
pub(crate) fn names(root: &Path, folder: &Path) -> Result<Vec<String>, LedgerError> {
    let list = || -> io::Result<Vec<String>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    match list() {
        Ok(mut names) => {
            names.sort();
            Ok(names)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(LedgerError::io("list", root, folder, e)),
    }
}

/// The numbered files of a folder (`<20 digits>.<extension>`), in order.
pub(crate) fn numbered(root: &Path, folder: &Path, extension: &str) -> Result<Vec<u64>, LedgerError> {
    let number = |name: &String| {
        let digits = name.strip_suffix(extension)?.strip_suffix('.')?;
        (digits.len() == 20).then(|| digits.parse().ok())?
    };
    Ok(names(root, folder)?.iter().filter_map(number).collect())
}

/// The name of a numbered file.
pub(crate) fn numbered_name(number: u64, extension: &str) -> String {
    format!("{number:020}.{extension}")
}

/// Removes a file that is no longer needed; that it is gone already is fine.
pub(crate) fn remove(root: &Path, path: &Path) -> Result<(), LedgerError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(LedgerError::io("remove", root, path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appending(path: &str) -> Appending {
        let file = OpenOptions::new().append(true).open(path).unwrap();
        Appending { root: PathBuf::from("/"), path: PathBuf::from(path), file, bytes: 0 }
    }

    /// `/dev/null` takes every write and refuses every sync.
    #[test]
    fn a_failed_sync_is_an_error_that_does_not_pass() {
        let mut file = appending("/dev/null");
        let error = file.append(b"entry").unwrap_err();
        assert!(matches!(error, LedgerError::Io { action: "sync", .. }) && !error.is_full(), "{error}");
        assert_eq!(file.bytes(), 0);
    }

    /// `/dev/full` refuses every write, and cannot be cut back either.
    #[test]
    fn a_full_disk_that_cannot_be_cut_back_is_an_error_that_does_not_pass() {
        let error = appending("/dev/full").append(b"entry").unwrap_err();
        assert!(matches!(error, LedgerError::Io { action: "cut back", .. }) && !error.is_full(), "{error}");
    }

    #[test]
    fn only_a_full_disk_passes() {
        let error =
            |kind| LedgerError::io("write to", Path::new("/"), Path::new("/a"), io::Error::from(kind));
        assert!(error(io::ErrorKind::StorageFull).is_full() && error(io::ErrorKind::QuotaExceeded).is_full());
        assert!(!error(io::ErrorKind::PermissionDenied).is_full());
    }

    #[test]
    fn what_lies_behind_the_good_length_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut file = Appending::create(folder.path(), path.clone(), b"head").unwrap();
        file.append(b"good").unwrap();
        file.append(b"torn").unwrap();
        drop(file);
        Appending::open(folder.path(), path.clone(), 8).unwrap().append(b"next").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"headgoodnext");
    }
}
