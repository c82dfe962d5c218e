//! The exact set of people of an export, in a file beside the ledger's entry: docs/formats/export-set.md.

use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use model::{GrantId, PersonId, WorkspaceId};

use super::Shelf;
use crate::error::RowsError;

const MAGIC: &[u8; 8] = b"HFEXPSET";
const VERSION: u16 = 1;
/// Magic, version, grant, workspace, count.
const HEAD_BYTES: usize = 8 + 2 + 16 + 16 + 4;
const ID_BYTES: usize = 16;
const MAC_BYTES: usize = 32;

/// Who was in an export, without those who are in it alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    /// The export's grant.
    pub grant: GrantId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The people, in the order of their ids, each once.
    pub people: Vec<PersonId>,
}

impl Set {
    /// Whether somebody was in it.
    pub fn has(&self, person: PersonId) -> bool {
        self.people.binary_search(&person).is_ok()
    }

    /// Writes the file, durably, and gives its digest: SHA-256 in hexadecimal digits.
    ///
    /// # Errors
    /// The disk's, or the workspace has no keys.
    pub(crate) fn keep(&self, shelf: &Shelf) -> Result<String, RowsError> {
        let bytes = self.bytes(shelf)?;
        stdx::files::private_dir(&shelf.dir).map_err(RowsError::Set)?;
        stdx::files::replace(&path(shelf, self.grant), &bytes).map_err(RowsError::Set)?;
        Ok(data_encoding::HEXLOWER.encode(digest(&SHA256, &bytes).as_ref()))
    }

    /// The file of an export; nothing where there is none any more.
    ///
    /// # Errors
    /// The disk's, or it is not what was written.
    pub(crate) fn find(
        shelf: &Shelf,
        workspace: WorkspaceId,
        grant: GrantId,
    ) -> Result<Option<Self>, RowsError> {
        match std::fs::read(path(shelf, grant)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(RowsError::Set(error)),
            Ok(bytes) => {
                let read = Self::read(shelf, workspace, &bytes).filter(|set| set.grant == grant);
                read.map(Some).ok_or(RowsError::SetAltered)
            }
        }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// The workspace has no keys, or there are too many people.
    pub fn bytes(&self, shelf: &Shelf) -> Result<Vec<u8>, RowsError> {
        let keys = shelf.keys.get(self.workspace).ok_or(RowsError::NoKeys)?;
        let count = u32::try_from(self.people.len()).map_err(|_| RowsError::SetAltered)?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.people.len() * ID_BYTES + MAC_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&self.grant.0.to_be_bytes());
        bytes.extend_from_slice(&self.workspace.0.to_be_bytes());
        bytes.extend_from_slice(&count.to_be_bytes());
        self.people.iter().for_each(|person| bytes.extend_from_slice(&person.0.to_be_bytes()));
        bytes.extend_from_slice(&keys.hash.mac(&bytes));
        Ok(bytes)
    }

    /// What a file holds; nothing where it is not one, or not one of ours.
    pub fn read(shelf: &Shelf, workspace: WorkspaceId, bytes: &[u8]) -> Option<Self> {
        let keys = shelf.keys.get(workspace)?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        if !keys.hash.verify(body, mac) {
            return None;
        }
        let (head, ids) = body.split_at_checked(HEAD_BYTES)?;
        let rest = head.strip_prefix(MAGIC)?.strip_prefix(&VERSION.to_be_bytes())?;
        let (grant, rest) = rest.split_first_chunk::<16>()?;
        let (whose, count) = rest.split_first_chunk::<16>()?;
        let count = u32::from_be_bytes(count.try_into().ok()?);
        let people: Vec<PersonId> = ids
            .chunks_exact(ID_BYTES)
            .filter_map(|id| Some(PersonId(u128::from_be_bytes(id.try_into().ok()?))))
            .collect();
        let whole = people.len() * ID_BYTES == ids.len() && u32::try_from(people.len()) == Ok(count);
        let ours = u128::from_be_bytes(*whose) == workspace.0;
        (whole && ours && people.is_sorted()).then_some(Self {
            grant: GrantId(u128::from_be_bytes(*grant)),
            workspace,
            people,
        })
    }
}

fn path(shelf: &Shelf, grant: GrantId) -> PathBuf {
    shelf.dir.join(format!("{grant}.set"))
}
