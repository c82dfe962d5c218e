//! Disclosing one entry: what it says, and the proof that it stands in the log, checkable offline (C2SP tlog-proof).

mod folder;

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use model::WorkspaceId;

use crate::checkpoint::SignedCheckpoint;
use crate::entry::{ENTRY_BYTES_MAX, EntryId};
use crate::error::LedgerError;
use crate::hash::{Hash, leaf_hash};
use crate::ledger::Ledger;
use crate::note::{NOTE_BYTES_MAX, PublicKey, WitnessKey};
use crate::proof::InclusionProof;
use crate::secrets::{Opened, Stream};

pub use folder::disclose;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
const PATH_MAX: usize = 64;
/// Larger files are no proof: an entry in base64, a path, a note.
const PROOF_BYTES_MAX: usize = ENTRY_BYTES_MAX * 2 + NOTE_BYTES_MAX;

/// One entry with salt and proof: a file to hand to an auditor. It shows this entry and no other.
///
/// `Display` writes the file, `FromStr` reads it: C2SP tlog-proof, with salt and payload as its extra data.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// That the leaf is in the tree.
    inclusion: InclusionProof,
    /// The salt of the leaf's commitment, then the entry as it was kept: JSON, byte for byte.
    opened: Vec<u8>,
}

/// What a disclosure proves.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Proven {
    /// The entry's number.
    pub index: u64,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// When each of the witnesses cosigned it, in seconds since 1970, in the order in which they were given.
    pub cosigned_s: Vec<u64>,
    /// What the entry says.
    pub entry: serde_json::Value,
}

impl Disclosure {
    pub(crate) fn new(inclusion: InclusionProof, opened: &Opened) -> Self {
        Self { inclusion, opened: [opened.salt(), opened.payload()].concat() }
    }

    /// Checks that this entry stands in the log that `key` signs, under a checkpoint that each of `witnesses` cosigned.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it does not.
    pub fn check(&self, key: &PublicKey, witnesses: &[WitnessKey]) -> Result<Proven, LedgerError> {
        self.inclusion.check(key)?;
        let checkpoint = SignedCheckpoint::open(&self.inclusion.checkpoint, key)?;
        let mut cosigned_s = Vec::with_capacity(witnesses.len());
        for witness in witnesses {
            let at_s = witness.cosigned_at(&checkpoint.note)?;
            cosigned_s.push(at_s.ok_or_else(|| malformed("a witness has not cosigned its checkpoint"))?);
        }
        let payload = Opened::from_plain(&self.opened).ok_or_else(|| malformed("its entry is cut"))?;
        let entry =
            serde_json::from_slice(payload.payload()).map_err(|_| malformed("its entry is not JSON"))?;
        Ok(Proven { index: self.inclusion.index, size: checkpoint.size, cosigned_s, entry })
    }
}

fn malformed(rule: &'static str) -> LedgerError {
    LedgerError::Malformed { what: "proof of a ledger's entry", rule }
}

impl fmt::Display for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InclusionProof { index, path, checkpoint, .. } = &self.inclusion;
        writeln!(f, "{FIRST_LINE}\nextra {}\nindex {index}", BASE64.encode(&self.opened))?;
        path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{checkpoint}")
    }
}

impl FromStr for Disclosure {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let other =
            || malformed("want c2sp.org/tlog-proof@v1, extra, index, hashes, a blank line, a checkpoint");
        if text.len() > PROOF_BYTES_MAX {
            return Err(malformed("it is too large for one"));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(other)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(other());
        }
        let (extra, number) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let (Some(extra), Some(number)) = (extra.strip_prefix("extra "), number.strip_prefix("index "))
        else {
            return Err(other());
        };
        let index: u64 = number.parse().map_err(|_| other())?;
        let opened = BASE64.decode(extra.as_bytes()).map_err(|_| other())?;
        let path: Option<Vec<Hash>> = lines.take(PATH_MAX + 1).map(Hash::from_text).collect();
        let path = path.filter(|path| path.len() <= PATH_MAX).ok_or_else(other)?;
        // One spelling of numbers, so that two files that differ are two proofs.
        if index.to_string() != number {
            return Err(other());
        }
        let leaf = Opened::from_plain(&opened).ok_or_else(|| malformed("its entry is cut"))?.leaf();
        let inclusion =
            InclusionProof { index, leaf: leaf_hash(&leaf), path, checkpoint: checkpoint.to_owned() };
        Ok(Self { inclusion, opened })
    }
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disclosure").field("index", &self.inclusion.index).finish_non_exhaustive()
    }
}

impl Ledger {
    /// Discloses an entry of a workspace, or of the installation. `None` when it is no entry of theirs, or
    /// its payload has been dropped. Blocks on files.
    ///
    /// # Errors
    /// [`LedgerError::Beyond`] when no checkpoint covers it yet; [`Ledger::checkpoint_now`] helps.
    pub fn disclose(
        &self,
        id: EntryId,
        workspace: Option<WorkspaceId>,
    ) -> Result<Option<Disclosure>, LedgerError> {
        let inclusion = self.proof(id.0)?;
        let (shared, stream) = (self.shared(), Stream(workspace));
        let Some(files) = shared.payloads.files_of(stream) else { return Ok(None) };
        let Some(first) = files.firsts.iter().rev().find(|first| **first <= id.0) else { return Ok(None) };
        let is_growing = files.firsts.last() == Some(first);
        let loaded = shared.payloads.load(stream, *first, is_growing.then_some(files.bytes))?;
        let Some((place, range)) = loaded.places.iter().find(|(place, _)| place.index == id.0) else {
            return Ok(None);
        };
        let folder = crate::payloads::folder(&shared.root, stream);
        let damaged = || LedgerError::damaged(&shared.root, &folder, 0, "an entry in it does not open");
        let opened = shared.sealer.open(*place, loaded.sealed(range)).ok_or_else(damaged)?;
        Ok(Some(Disclosure::new(inclusion, &opened)))
    }
}
