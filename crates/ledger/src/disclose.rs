//! Disclosing one entry: what it says, and the proof that it stands in the log, checkable offline.

use data_encoding::BASE64;
use model::WorkspaceId;
use serde::{Deserialize, Serialize};

use crate::entry::EntryId;
use crate::error::LedgerError;
use crate::hash::leaf_hash;
use crate::ledger::Ledger;
use crate::note::PublicKey;
use crate::proof::InclusionProof;
use crate::secrets::{Opened, Stream};

/// One entry with salt and proof: a file to hand to an auditor. It shows this entry and no other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// That the leaf is in the tree.
    pub inclusion: InclusionProof,
    /// The salt of the leaf's commitment, in base64.
    pub salt: String,
    /// The entry as it was kept: JSON, byte for byte.
    pub payload: String,
}

impl Disclosure {
    /// Checks that this payload stands in the log that `key` signs, and gives it.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when it does not.
    pub fn check(&self, key: &PublicKey) -> Result<serde_json::Value, LedgerError> {
        let malformed = |rule| LedgerError::Malformed { what: "disclosure of an entry", rule };
        let salt = BASE64.decode(self.salt.as_bytes()).map_err(|_| malformed("its salt is not base64"))?;
        let opened = Opened::of(&salt, self.payload.as_bytes());
        if opened.map(|opened| leaf_hash(&opened.leaf())) != Some(self.inclusion.leaf) {
            return Err(malformed("its salt and payload do not make its leaf"));
        }
        self.inclusion.check(key)?;
        serde_json::from_str(&self.payload).map_err(|_| malformed("its payload is not JSON"))
    }
}

impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        let payload = String::from_utf8(opened.payload().to_vec()).map_err(|_| damaged())?;
        Ok(Some(Disclosure { inclusion, salt: BASE64.encode(opened.salt()), payload }))
    }
}
