//! How far a place is, on disk: the ledger's name and the number of the next entry. A position of another ledger does not count.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use stdx::files;

use crate::error::MirrorError;

/// The file of one place.
pub(crate) struct Position {
    path: PathBuf,
    ledger: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    ledger: String,
    next: u64,
}

impl Position {
    pub(crate) fn new(dir: &Path, place: &str, ledger: &str) -> Self {
        Self { path: dir.join(place), ledger: ledger.to_owned() }
    }

    /// The next entry to hand over; the first one where nothing was.
    pub(crate) fn read(&self) -> Result<u64, MirrorError> {
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(MirrorError::Position(error)),
            Ok(bytes) => {
                let known: Option<Document> = serde_json::from_slice(&bytes).ok();
                Ok(known.filter(|known| known.ledger == self.ledger).map_or(0, |known| known.next))
            }
        }
    }

    pub(crate) fn keep(&self, next: u64) -> Result<(), MirrorError> {
        let document = serde_json::json!({ "ledger": self.ledger, "next": next }).to_string();
        files::replace(&self.path, document.as_bytes()).map_err(MirrorError::Position)
    }
}
