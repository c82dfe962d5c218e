//! Verifying: recompute everything from the leaves and compare it with everything that is stored.
//!
//! Leaves, tiles and checkpoints need the public key alone, payloads their key too. A folder may be
//! verified while the server writes to it: what lies behind the checkpoint that was read first is only
//! judged where that is safe.

mod known;
mod leaves;
mod payloads;
mod report;

use std::path::Path;

use keys::Key;

use crate::checkpoint::SignedCheckpoint;
use crate::disk;
use crate::error::LedgerError;
use crate::hash::empty_root;
use crate::history::{self, split_notes};
use crate::ledger::Ledger;
use crate::note::{PublicKey, WitnessKey};
use crate::witnessed;

use leaves::{Source, Stamp};
pub use report::{Finding, Report, Wrong};

/// What a verifier brings along.
#[derive(Clone, Copy)]
pub struct Trust<'a> {
    /// The log's public key, got from anywhere but the folder that is verified.
    pub public: &'a PublicKey,
    /// The key that opens payloads; without it they are not checked.
    pub payload: Option<&'a Key>,
    /// Witnesses whose cosignatures must be there, and whose checkpoints the tree must agree with.
    pub witnesses: &'a [WitnessKey],
}

/// Verifies the ledger in `dir`; `older` is the text of one or several checkpoints that were kept elsewhere.
/// What is wrong is in the report.
///
/// # Errors
/// When the folder cannot be read, or `older` holds no checkpoint of this ledger.
pub fn verify(dir: &Path, trust: &Trust<'_>, older: Option<&str>) -> Result<Report, LedgerError> {
    let mut report =
        Report { origin: trust.public.name().to_owned(), key: trust.public.to_string(), ..Report::default() };
    let note = read_note(dir)?;
    let Some((size, root)) = checkpoint(&note, trust, &mut report) else { return Ok(report) };
    report.size = size;
    report.root = Some(root);
    let mut stamps = vec![
        Stamp { size: 0, root: empty_root(), source: Source::Empty },
        Stamp { size, root, source: Source::Current },
    ];
    if let Some(older) = older {
        older_stamps(older, trust, &mut stamps, &mut report)?;
    }
    witness_stamps(dir, trust, &mut stamps, &mut report)?;
    history_stamps(dir, trust, &mut stamps, &mut report)?;
    drop_newer(dir, trust, size, &mut stamps)?;
    let walked = leaves::walk(dir, size, stamps, &mut report)?;
    payloads::check(dir, trust, walked, &note, &mut report)?;
    Ok(report)
}

impl Ledger {
    /// Verifies this ledger's own folder with its own keys, see [`verify`].
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(&self, older: Option<&str>) -> Result<Report, LedgerError> {
        let keys = &self.shared().keys;
        verify(
            &self.shared().root,
            &Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] },
            older,
        )
    }

    /// Verifies a copy of this ledger's folder, before it is carried away.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify_copy(&self, dir: &Path) -> Result<Report, LedgerError> {
        let keys = &self.shared().keys;
        verify(dir, &Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] }, None)
    }
}

pub(crate) fn read_note(dir: &Path) -> Result<String, LedgerError> {
    let bytes = disk::read(dir, &dir.join("checkpoint"))?.unwrap_or_default();
    // A note that is not UTF-8 does not verify either way.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn checkpoint(note: &str, trust: &Trust<'_>, report: &mut Report) -> Option<(u64, crate::hash::Hash)> {
    match SignedCheckpoint::open(note, trust.public) {
        Ok(checkpoint) => Some((checkpoint.size, checkpoint.root)),
        Err(_) => {
            report.add(Finding::whole(Wrong::Checkpoint, "checkpoint", "the log's key has not signed it"));
            // What it claims still tells where the tree differs from it.
            SignedCheckpoint::claimed(note)
        }
    }
}

fn older_stamps(
    older: &str,
    trust: &Trust<'_>,
    stamps: &mut Vec<Stamp>,
    report: &mut Report,
) -> Result<(), LedgerError> {
    let malformed = |rule| LedgerError::Malformed { what: "checkpoint of this ledger", rule };
    let notes = split_notes(older);
    if notes.iter().map(|note| note.len()).sum::<usize>() != older.len() {
        return Err(malformed("want nothing but signed notes, each whole and with a newline at its end"));
    }
    if notes.is_empty() {
        return Err(malformed("it is empty"));
    }
    for note in notes {
        if SignedCheckpoint::claimed(note).is_none() {
            return Err(malformed("want the lines origin, size and root hash, a blank line, signatures"));
        }
        if note.lines().next() != Some(trust.public.name()) {
            return Err(malformed("its first line names another log"));
        }
        match SignedCheckpoint::open(note, trust.public) {
            Ok(SignedCheckpoint { size, root, .. }) => {
                stamps.push(Stamp { size, root, source: Source::Older })
            }
            // The form is right and so is the name: then it is the key that was exchanged, or the file that was forged.
            Err(_) => report.add(Finding::whole(
                Wrong::OlderCheckpoint,
                "",
                "the log's key has not signed the older checkpoint",
            )),
        }
    }
    Ok(())
}

fn witness_stamps(
    dir: &Path,
    trust: &Trust<'_>,
    stamps: &mut Vec<Stamp>,
    report: &mut Report,
) -> Result<(), LedgerError> {
    for witness in trust.witnesses {
        match witnessed::cosigned(dir, trust.public, witness)? {
            Some((checkpoint, _)) => {
                report.witnessed = report.witnessed.max(Some(checkpoint.size));
                let SignedCheckpoint { size, root, .. } = checkpoint;
                stamps.push(Stamp { size, root, source: Source::Witness });
            }
            None => {
                let text = "a witness has cosigned nothing that is here";
                report.add(Finding::whole(Wrong::Cosignature, witnessed::COSIGNED, text));
            }
        }
    }
    Ok(())
}

fn history_stamps(
    dir: &Path,
    trust: &Trust<'_>,
    stamps: &mut Vec<Stamp>,
    report: &mut Report,
) -> Result<(), LedgerError> {
    let Some(bytes) = disk::read(dir, &dir.join(history::FILE))? else {
        report.add(Finding::whole(Wrong::History, history::FILE, "it is missing"));
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes);
    let notes = split_notes(&text);
    let whole: usize = notes.iter().map(|note| note.len()).sum();
    report.torn_bytes += text.len().saturating_sub(whole) as u64;
    for note in notes {
        match SignedCheckpoint::open(note, trust.public) {
            Ok(SignedCheckpoint { size, root, .. }) => {
                stamps.push(Stamp { size, root, source: Source::History })
            }
            Err(_) => report.add(Finding::whole(
                Wrong::History,
                history::FILE,
                "the log's key has not signed a checkpoint in it",
            )),
        }
    }
    Ok(())
}

/// While a server writes, its history may be ahead of the checkpoint that was read before it.
fn drop_newer(dir: &Path, trust: &Trust<'_>, size: u64, stamps: &mut Vec<Stamp>) -> Result<(), LedgerError> {
    if stamps.iter().any(|stamp| stamp.source == Source::History && stamp.size > size) {
        let now = SignedCheckpoint::open(&read_note(dir)?, trust.public).map_or(size, |now| now.size);
        stamps.retain(|stamp| stamp.source != Source::History || stamp.size <= size || stamp.size > now);
    }
    Ok(())
}
