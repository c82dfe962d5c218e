//! Restoring: all or nothing.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Report;
use crate::error::BackupError;
use crate::manifest::{MANIFEST_BYTES_MAX, MANIFEST_NAME, Manifest, Part, part_name};
use crate::seal::{make, open};
use crate::who::Identities;

/// Restores the backup in `backup_dir` into `target_dir`, which is absent or empty. Everything is
/// decrypted beside it, compared with the manifest and made durable, and then gets its name in one step;
/// when anything does not verify, nothing is left.
///
/// # Errors
/// When the backup is unfinished, for others, or not what it was; when the target is not empty.
pub fn restore(backup_dir: &Path, identities: &Identities, target_dir: &Path) -> Result<Report, BackupError> {
    check_empty(target_dir)?;
    let manifest = read_manifest(backup_dir, identities)?;
    let staging = Staging::beside(target_dir)?;
    for (number, part) in manifest.files.iter().enumerate() {
        let path = staging.0.join(&part.name);
        let folder = path.parent().unwrap_or(&staging.0);
        stdx::files::private_dir(folder).map_err(BackupError::io(folder))?;
        let mut file = make(&path)?;
        check_part(backup_dir, number, part, identities, &mut file, &path)?;
        file.sync_all().map_err(BackupError::io(&path))?;
    }
    staging.become_target(target_dir)?;
    Ok(report(manifest))
}

/// Decrypts everything in the backup and compares it with the manifest, without keeping it.
///
/// # Errors
/// As [`restore`].
pub fn verify(backup_dir: &Path, identities: &Identities) -> Result<Report, BackupError> {
    let manifest = read_manifest(backup_dir, identities)?;
    for (number, part) in manifest.files.iter().enumerate() {
        check_part(backup_dir, number, part, identities, &mut io::sink(), Path::new(&part.name))?;
    }
    Ok(report(manifest))
}

fn read_manifest(backup_dir: &Path, identities: &Identities) -> Result<Manifest, BackupError> {
    let path = backup_dir.join(MANIFEST_NAME);
    let mut json = Vec::new();
    match open(&path, identities, MANIFEST_BYTES_MAX, &mut json, &path) {
        Err(BackupError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Err(BackupError::Unfinished { path: backup_dir.to_owned() })
        }
        result => result.and_then(|_| Manifest::decode(&json, &path)),
    }
}

/// Decrypts the n-th part into `out` and compares it with what the manifest says.
fn check_part(
    backup_dir: &Path,
    number: usize,
    part: &Part,
    identities: &Identities,
    out: &mut dyn Write,
    to: &Path,
) -> Result<(), BackupError> {
    let path = backup_dir.join(part_name(number));
    let passed = match open(&path, identities, part.bytes, out, to) {
        // The manifest opened, so the identity is right.
        Err(BackupError::NotForUs { .. }) => {
            return Err(BackupError::damaged(
                &path,
                "its beginning was changed, or it belongs to another backup",
            ));
        }
        result => result?,
    };
    if passed.bytes != part.bytes || passed.sha256 != part.sha256 {
        return Err(BackupError::damaged(&path, "it is not the file that the manifest names"));
    }
    Ok(())
}

fn report(manifest: Manifest) -> Report {
    let bytes = manifest.files.iter().map(|part| part.bytes).sum();
    Report { files: manifest.files.len(), bytes, mark: manifest.mark }
}

fn check_empty(target: &Path) -> Result<(), BackupError> {
    match fs::read_dir(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => match result.map_err(BackupError::io(target))?.next() {
            None => Ok(()),
            Some(_) => Err(BackupError::NotEmpty { path: target.to_owned() }),
        },
    }
}

/// A folder beside the target, removed again unless it becomes the target.
struct Staging(PathBuf);

impl Staging {
    fn beside(target: &Path) -> Result<Self, BackupError> {
        let mut name = target.file_name().map_or_else(OsString::new, OsString::from);
        name.push(format!(".restoring-{}", stdx::random_text::<10>()));
        let path = target.with_file_name(name);
        stdx::files::private_dir(&path).map_err(BackupError::io(&path))?;
        Ok(Self(path))
    }

    fn become_target(&self, target: &Path) -> Result<(), BackupError> {
        sync_folders(&self.0)?;
        // An empty folder gives way to another one.
        fs::rename(&self.0, target).map_err(BackupError::io(target))?;
        stdx::files::sync_parent(target).map_err(BackupError::io(target))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After success there is nothing under this name; after a failure the first error is the one to tell.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Makes the names of everything below `folder` durable.
fn sync_folders(folder: &Path) -> Result<(), BackupError> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        File::open(&folder).and_then(|open| open.sync_all()).map_err(BackupError::io(&folder))?;
        for entry in fs::read_dir(&folder).map_err(BackupError::io(&folder))? {
            let entry = entry.map_err(BackupError::io(&folder))?;
            if entry.file_type().map_err(BackupError::io(&folder))?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}
