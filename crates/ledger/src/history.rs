//! The ledger's own memory of its checkpoints: one for each hour in which something was entered.
//!
//! It proves nothing to an outsider, since who can change the log can change this too. It narrows down
//! where a damaged log stops being the one that was signed.

use std::path::Path;

use crate::checkpoint::SignedCheckpoint;
use crate::disk::{self, Appending};
use crate::error::LedgerError;

const INTERVAL_MS: i64 = 3_600 * 1_000;
/// The name of the file: signed notes, one behind the other.
pub(crate) const FILE: &str = "checkpoints";

/// The file that grows.
pub(crate) struct History {
    file: Appending,
    last_ms: Option<i64>,
}

impl History {
    /// Opens the file, or makes it; a note torn at its end is cut.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let path = root.join(FILE);
        let file = match disk::read(root, &path)? {
            None => Appending::create(root, path, b"")?,
            Some(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let whole: usize = split_notes(&text).iter().map(|note| note.len()).sum();
                Appending::open(root, path, whole.min(bytes.len()) as u64)?
            }
        };
        Ok(Self { file, last_ms: None })
    }

    /// Keeps a checkpoint, unless one was kept within the hour.
    pub fn add(&mut self, checkpoint: &SignedCheckpoint, at_ms: i64) -> Result<(), LedgerError> {
        if self.last_ms.is_some_and(|last| at_ms.saturating_sub(last) < INTERVAL_MS) {
            return Ok(());
        }
        self.file.append(checkpoint.note.as_bytes())?;
        self.last_ms = Some(at_ms);
        Ok(())
    }
}

/// Cuts notes that lie one behind the other apart: a note ends where signature lines end.
/// What is left over at the end is not a whole note and is left out.
pub(crate) fn split_notes(text: &str) -> Vec<&str> {
    let (mut notes, mut start, mut position, mut signed) = (Vec::new(), 0, 0, false);
    for line in text.split_inclusive('\n') {
        let is_signature = line.starts_with("\u{2014} ") && line.ends_with('\n');
        if signed && !is_signature {
            notes.push(start..position);
            start = position;
        }
        signed = is_signature;
        position += line.len();
    }
    if signed {
        notes.push(start..position);
    }
    notes.into_iter().filter_map(|range| text.get(range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_cut_apart_and_a_torn_one_is_left_out() {
        let (one, two) = ("a\n1\nx\n\n\u{2014} a s\n\u{2014} w t\n", "b\n2\ny\n\n\u{2014} b s\n");
        assert_eq!(split_notes(&format!("{one}{two}")), [one, two]);
        for cut in (1..two.len()).filter(|cut| two.is_char_boundary(*cut)) {
            assert_eq!(split_notes(&format!("{one}{}", &two[..cut])), [one], "cut at {cut}");
        }
        assert!(split_notes("").is_empty());
    }
}
