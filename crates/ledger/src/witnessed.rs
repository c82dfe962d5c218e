//! How far witnesses have seen the log: the cosignatures that they gave, and whether they lag behind or refuse.
//!
//! `cosigned` holds notes one behind the other, for each witness the last checkpoint that it cosigned. `standing` says in JSON
//! how each of them is, for whoever looks at the folder from another process; nothing reads it back.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use stdx::files;

use crate::checkpoint::SignedCheckpoint;
use crate::disk;
use crate::error::LedgerError;
use crate::history::split_notes;
use crate::ledger::Ledger;
use crate::note::{PublicKey, WitnessKey, split};
use crate::verify::read_note;

/// The file of cosigned checkpoints.
pub(crate) const COSIGNED: &str = "cosigned";
/// The file that says how the witnesses are.
pub(crate) const STANDING: &str = "standing";
/// The most witnesses that a ledger has.
pub const WITNESSES_MAX: usize = 8;

/// Why a witness has not cosigned the last checkpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It cannot be reached, or answers nothing useful. It is asked again.
    Unreachable(String),
    /// It has seen another history of this log, or a longer one: the log was rewritten or set back.
    Refused(String),
}

/// One witness.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WitnessStanding {
    /// Its public key.
    pub key: String,
    /// How many entries the last checkpoint that it cosigned covers.
    pub size: u64,
    /// When it did, in milliseconds since 1970; `None` if it never did.
    pub cosigned_ms: Option<i64>,
    /// What is wrong, if anything is.
    pub trouble: Option<Trouble>,
}

/// How far the log is witnessed. Whoever decides that something may be seen only while the log is witnessed asks this.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Standing {
    /// How many entries the last checkpoint covers.
    pub size: u64,
    /// How many of them at least one witness has seen.
    pub witnessed_size: u64,
    /// Since when there are entries under a checkpoint that no witness has seen, in milliseconds since 1970.
    pub behind_since_ms: Option<i64>,
    /// The witnesses, in the order of the configuration; without any nothing is ever behind.
    pub witnesses: Vec<WitnessStanding>,
}

impl Standing {
    /// For how long entries have waited for a witness; 0 where none does.
    pub fn behind_ms(&self, now_ms: i64) -> i64 {
        self.behind_since_ms.map_or(0, |since| now_ms.saturating_sub(since).max(0))
    }

    /// Whether a witness says that this is not the log that it knows.
    pub fn is_refused(&self) -> bool {
        self.witnesses.iter().any(|witness| matches!(witness.trouble, Some(Trouble::Refused(_))))
    }

    /// How far the checkpoint in `dir` and the cosignatures beside it are; what is wrong with a witness does not stand there.
    ///
    /// # Errors
    /// When the folder cannot be read, or its checkpoint is not one that `log` signed.
    pub fn of<'a>(
        dir: &Path,
        log: &PublicKey,
        witnesses: impl Iterator<Item = &'a WitnessKey>,
    ) -> Result<Self, LedgerError> {
        let size = SignedCheckpoint::open(&read_note(dir)?, log)?.size;
        let mut standing = Self { size, ..Self::default() };
        for key in witnesses {
            let (size, cosigned_ms) = match cosigned(dir, log, key)? {
                Some((checkpoint, at_s)) => (checkpoint.size, Some(millis(at_s))),
                None => (0, None),
            };
            standing.witnesses.push(WitnessStanding {
                key: key.to_string(),
                size,
                cosigned_ms,
                trouble: None,
            });
        }
        standing.witnessed_size = standing.witnesses.iter().map(|witness| witness.size).max().unwrap_or(0);
        if standing.witnessed_size < size && !standing.witnesses.is_empty() {
            standing.behind_since_ms =
                standing.witnesses.iter().filter_map(|witness| witness.cosigned_ms).max();
        }
        Ok(standing)
    }

    /// What the last process that kept a ledger in `dir` wrote down.
    ///
    /// # Errors
    /// When there is such a file and it cannot be read.
    pub fn read(dir: &Path) -> Result<Option<Self>, LedgerError> {
        let path = dir.join(STANDING);
        let Some(bytes) = disk::read(dir, &path)? else { return Ok(None) };
        let standing = serde_json::from_slice(&bytes);
        standing.map(Some).map_err(|_| LedgerError::damaged(dir, &path, 0, "it is not what was written"))
    }
}

/// What the ledger keeps of its witnesses.
pub(crate) struct Witnessed {
    root: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    keys: Vec<WitnessKey>,
    notes: Vec<String>,
    standing: Standing,
}

impl Witnessed {
    /// Reads the cosignatures that are there.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let inner = Mutex::new(Inner { notes: cosigned_notes(root)?, ..Inner::default() });
        Ok(Self { root: root.to_owned(), inner })
    }

    /// The log has a new checkpoint.
    pub fn grew(&self, size: u64, now_ms: i64) {
        let mut inner = self.inner.lock();
        inner.standing.size = size;
        inner.measure(now_ms);
    }
}

impl Inner {
    /// Takes note of how far each witness is, after anything changed. If entries wait from now on, they do since `since_ms`.
    fn measure(&mut self, since_ms: i64) {
        let Self { keys, notes, standing } = self;
        for (key, witness) in keys.iter().zip(&mut standing.witnesses) {
            if let Some((size, at_s)) = last_of(notes, key) {
                witness.size = size;
                witness.cosigned_ms = Some(millis(at_s));
            }
        }
        standing.witnessed_size = standing.witnesses.iter().map(|witness| witness.size).max().unwrap_or(0);
        if standing.witnesses.is_empty() || standing.witnessed_size >= standing.size {
            standing.behind_since_ms = None;
        } else if standing.behind_since_ms.is_none() {
            standing.behind_since_ms = Some(since_ms);
        }
    }

    fn add(&mut self, checkpoint: &SignedCheckpoint, key: &WitnessKey, line: &str) {
        for note in &mut self.notes {
            without(note, key);
        }
        let keys = &self.keys;
        self.notes.retain(|note| keys.iter().any(|key| matches!(key.cosigned_at(note), Ok(Some(_)))));
        match self.notes.iter_mut().find(|note| text_of(note) == text_of(&checkpoint.note)) {
            Some(note) => note.push_str(line),
            None => self.notes.push(format!("{}{line}", checkpoint.note)),
        }
    }
}

/// What is signed of a note, without the signatures.
fn text_of(note: &str) -> &str {
    split(note).map_or(note, |(text, _)| text)
}

fn millis(at_s: u64) -> i64 {
    i64::try_from(at_s.saturating_mul(1_000)).unwrap_or(i64::MAX)
}

/// Takes a witness's lines off a note.
fn without(note: &mut String, key: &WitnessKey) {
    if let Ok((text, lines)) = split(note) {
        let kept: String =
            lines.split_inclusive('\n').filter(|line| !key.is_named_in(line.trim_end())).collect();
        *note = format!("{text}\n{kept}");
    }
}

/// The size of the largest checkpoint that a witness cosigned, and when it last did.
fn last_of(notes: &[String], key: &WitnessKey) -> Option<(u64, u64)> {
    notes
        .iter()
        .filter_map(|note| Some((SignedCheckpoint::claimed(note)?.0, key.cosigned_at(note).ok()??)))
        .max()
}

pub(crate) fn cosigned_notes(root: &Path) -> Result<Vec<String>, LedgerError> {
    let bytes = disk::read(root, &root.join(COSIGNED))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    Ok(split_notes(&text).into_iter().take(WITNESSES_MAX).map(str::to_owned).collect())
}

/// The last checkpoint in `dir` that a witness cosigned, with its time in seconds since 1970.
///
/// # Errors
/// When the folder cannot be read.
pub fn cosigned(
    dir: &Path,
    log: &PublicKey,
    witness: &WitnessKey,
) -> Result<Option<(SignedCheckpoint, u64)>, LedgerError> {
    let notes = cosigned_notes(dir)?;
    let found = notes.iter().filter_map(|note| {
        let at_s = witness.cosigned_at(note).ok()??;
        Some((SignedCheckpoint::open(note, log).ok()?, at_s))
    });
    Ok(found.max_by_key(|(checkpoint, at_s)| (checkpoint.size, *at_s)))
}

impl Ledger {
    /// Says whose cosignatures are wanted; at most [`WITNESSES_MAX`]. What is on disk of them is looked at again.
    pub fn expect_witnesses(&self, keys: Vec<WitnessKey>) {
        let (shared, size) = (self.shared(), self.checkpoint().size);
        let mut inner = shared.witnessed.inner.lock();
        let standing = |key: &WitnessKey| WitnessStanding {
            key: key.to_string(),
            size: 0,
            cosigned_ms: None,
            trouble: None,
        };
        let witnesses = keys.iter().map(standing).collect();
        inner.standing = Standing { size, witnesses, ..Standing::default() };
        inner.keys = keys;
        // What waits has waited since the last cosignature at the longest; nobody knows better after a restart.
        let last_s = inner.keys.iter().filter_map(|key| Some(last_of(&inner.notes, key)?.1)).max();
        let now_ms = shared.clock.now_ms();
        inner.measure(last_s.map_or(now_ms, |last_s| millis(last_s).min(now_ms)));
    }

    /// How far the log is witnessed.
    pub fn standing(&self) -> Standing {
        self.shared().witnessed.inner.lock().standing.clone()
    }

    /// Keeps a witness's `answer` to a checkpoint, durably.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it holds no cosignature of that witness on it; else what the file system says.
    pub fn add_cosignature(
        &self,
        checkpoint: &SignedCheckpoint,
        witness: &WitnessKey,
        answer: &str,
    ) -> Result<(), LedgerError> {
        let line = witness.accept(checkpoint, answer)?;
        let shared = self.shared();
        let mut inner = shared.witnessed.inner.lock();
        inner.add(checkpoint, witness, &line);
        let path = shared.root.join(COSIGNED);
        files::replace(&path, inner.notes.concat().as_bytes())
            .map_err(|e| LedgerError::io("write", &shared.root, &path, e))?;
        // The wait of what came meanwhile begins anew.
        inner.standing.behind_since_ms = None;
        inner.measure(shared.clock.now_ms());
        if let Some(at) = inner.keys.iter().position(|key| key == witness)
            && let Some(standing) = inner.standing.witnesses.get_mut(at)
        {
            standing.trouble = None;
        }
        shared.witnessed.write_standing(&inner.standing)
    }

    /// Takes note that a witness did not cosign.
    ///
    /// # Errors
    /// What the file system says.
    pub fn note_trouble(&self, witness: &WitnessKey, trouble: Trouble) -> Result<(), LedgerError> {
        let shared = self.shared();
        let mut inner = shared.witnessed.inner.lock();
        let Some(at) = inner.keys.iter().position(|key| key == witness) else { return Ok(()) };
        let Some(standing) = inner.standing.witnesses.get_mut(at) else { return Ok(()) };
        if standing.trouble.as_ref() == Some(&trouble) {
            return Ok(());
        }
        standing.trouble = Some(trouble);
        shared.witnessed.write_standing(&inner.standing)
    }

    /// The last checkpoint with every cosignature that it has: what is published.
    pub fn published(&self) -> SignedCheckpoint {
        let last = self.checkpoint();
        let mut notes = self.cosigned_notes().into_iter();
        match notes.find(|note| text_of(note) == text_of(&last.note)) {
            Some(note) => SignedCheckpoint { note, ..last },
            None => last,
        }
    }

    pub(crate) fn cosigned_notes(&self) -> Vec<String> {
        self.shared().witnessed.inner.lock().notes.clone()
    }
}

impl Witnessed {
    fn write_standing(&self, standing: &Standing) -> Result<(), LedgerError> {
        let path = self.root.join(STANDING);
        let bytes = serde_json::to_vec(standing).unwrap_or_default();
        files::replace(&path, &bytes).map_err(|e| LedgerError::io("write", &self.root, &path, e))
    }
}
