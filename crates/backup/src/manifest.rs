//! The list of what is in a backup. It is encrypted like everything else.

use std::collections::HashSet;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::error::BackupError;

/// The name of the manifest in a backup. It is written last: where it is, the backup is whole.
pub(crate) const MANIFEST_NAME: &str = "manifest.age";
/// The most files in a backup.
pub(crate) const FILES_MAX: usize = 1_000_000;
/// The most bytes of a manifest that are read.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 1 << 30;

const MAGIC: &str = "HFBACKUP";
const FORMAT: u32 = 1;
const NAME_BYTES_MAX: usize = 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    magic: String,
    format: u32,
    pub(crate) files: Vec<Part>,
    pub(crate) mark: serde_json::Value,
}

/// One file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Where it goes, relative, parts joined by `/`.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub(crate) sha256: String,
}

/// What every version's manifest has.
#[derive(Deserialize)]
struct Any {
    magic: String,
    format: u32,
}

impl Manifest {
    pub(crate) fn new(files: Vec<Part>, mark: serde_json::Value) -> Self {
        Self { magic: MAGIC.to_owned(), format: FORMAT, files, mark }
    }

    /// Reads a manifest and looks at every name in it.
    pub(crate) fn decode(bytes: &[u8], path: &Path) -> Result<Self, BackupError> {
        let any: Any =
            serde_json::from_slice(bytes).map_err(|_| BackupError::damaged(path, "it is no manifest"))?;
        if any.magic != MAGIC {
            return Err(BackupError::damaged(path, "it is no manifest"));
        }
        if any.format != FORMAT {
            return Err(BackupError::Format { found: any.format, known: FORMAT });
        }
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|_| BackupError::damaged(path, "it is no manifest"))?;
        let mut names = Names::default();
        for part in &manifest.files {
            names.enter(&part.name)?;
        }
        Ok(manifest)
    }
}

/// Names that are taken.
#[derive(Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// Takes a name, if it stays in its folder and is still free.
    pub(crate) fn enter(&mut self, name: &str) -> Result<(), BackupError> {
        let inside = Path::new(name).components().all(|component| matches!(component, Component::Normal(_)));
        // `a//b` and `a/./b` are `a/b` to the file system, so only one way of writing is let in.
        let plain = name.split('/').all(|part| !part.is_empty() && part != "." && !part.contains('\0'));
        if !inside || !plain || name.len() > NAME_BYTES_MAX {
            return Err(BackupError::Name { name: name.to_owned() });
        }
        if self.0.len() >= FILES_MAX {
            return Err(BackupError::TooMany { files_max: FILES_MAX });
        }
        if !self.0.insert(name.to_owned()) {
            return Err(BackupError::Twice { name: name.to_owned() });
        }
        Ok(())
    }
}

/// The name of the n-th part in a backup, counted from 0.
pub(crate) fn part_name(number: usize) -> String {
    format!("{number:07}.age")
}
