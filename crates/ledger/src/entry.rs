//! Entries: what a caller hands in, how it is kept, and what is shown of it.

use std::borrow::Cow;
use std::fmt;

use model::WorkspaceId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::LedgerError;
use crate::secrets::Stream;

/// The largest payload of an entry in bytes of JSON; larger ones are refused. What names thousands of
/// people is split by its caller, or holds the digest of a list kept elsewhere.
pub const ENTRY_BYTES_MAX: usize = 60 * 1024;
const CODE_BYTES_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 256;
const OBJECT_BYTES_MAX: usize = 1_024;
/// Codes that only the ledger itself writes.
pub(crate) const OWN_PREFIX: &str = "ledger.";

/// An entry's number in the ledger, from 0: its place in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct EntryId(pub u64);

/// Something that is about to be seen or done.
///
/// No field may hold a personal value or a secret: entries name people, members and keys by their ids,
/// values at most by keyed hashes, so that forgetting somebody never collides with a log that does not
/// change. The caller answers for that; the ledger cannot know.
#[derive(Clone)]
pub struct NewEntry {
    /// What happens: a stable code of lower-case words joined by dots, for example `person.viewed`.
    /// Codes that begin with `ledger.` are the ledger's own.
    pub code: &'static str,
    /// Who does it: the id of a member, token or operator, or the name of a part of the system.
    pub principal: String,
    /// In which session.
    pub session: Option<String>,
    /// From where, as a keyed mark of the address; `None` where nobody was at a door.
    pub from: Option<String>,
    /// Whose data it touches; `None` for the installation's own affairs.
    pub workspace: Option<WorkspaceId>,
    /// What it is done to, by id.
    pub object: String,
    /// Whatever else a reader must know, without personal values. Never printed by `Debug`.
    pub detail: Value,
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("code", &self.code)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

/// How an intent ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was tried and failed.
    Failed,
    /// Nobody said how it ended: the process died or the work was dropped. It may have been done.
    Interrupted,
}

/// Where an entry stands in what it tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It says all by itself.
    Entry,
    /// It announces a change; an outcome follows.
    Intent,
    /// It closes an intent.
    Outcome {
        /// Which intent.
        of: EntryId,
        /// How it ended.
        result: Outcome,
    },
}

/// An entry as its payload holds it: JSON, `at_ms` and then these fields in this order.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Written by the writer, in front of the other fields.
    #[serde(skip_serializing)]
    pub at_ms: i64,
    pub code: Cow<'static, str>,
    pub phase: Phase,
    pub principal: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
    pub object: String,
    pub detail: Value,
}

impl Payload {
    /// The payload of a caller's entry, checked.
    pub fn of(entry: NewEntry, phase: Phase) -> Result<Self, LedgerError> {
        if entry.code.starts_with(OWN_PREFIX) {
            return Err(invalid("code", "must not begin with `ledger.`"));
        }
        let NewEntry { code, principal, session, from, workspace, object, detail } = entry;
        let payload = Self {
            code: Cow::Borrowed(code),
            at_ms: 0,
            phase,
            principal,
            session,
            from,
            workspace,
            object,
            detail,
        };
        payload.check()?;
        Ok(payload)
    }

    fn check(&self) -> Result<(), LedgerError> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if self.code.is_empty() || self.code.len() > CODE_BYTES_MAX || !self.code.chars().all(letters) {
            return Err(invalid("code", "must be 1 to 64 lower-case letters, digits, dots, dashes"));
        }
        if self.principal.is_empty() || self.principal.len() > NAME_BYTES_MAX {
            return Err(invalid("principal", "must have 1 to 256 bytes"));
        }
        if self.session.as_ref().is_some_and(|session| session.len() > NAME_BYTES_MAX) {
            return Err(invalid("session", "must have at most 256 bytes"));
        }
        if self.from.as_ref().is_some_and(|from| from.len() > NAME_BYTES_MAX) {
            return Err(invalid("from", "must have at most 256 bytes"));
        }
        if self.object.len() > OBJECT_BYTES_MAX {
            return Err(invalid("object", "must have at most 1,024 bytes"));
        }
        self.bytes().map(drop)
    }

    pub fn bytes(&self) -> Result<Vec<u8>, LedgerError> {
        let bytes = serde_json::to_vec(self).map_err(|_| invalid("detail", "must be writable as JSON"))?;
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(invalid("detail", "makes the entry larger than 60 KiB: split it, or name a digest"));
        }
        Ok(bytes)
    }

    pub fn stream(&self) -> Stream {
        Stream(self.workspace)
    }

    /// The entry that closes this intent.
    pub fn outcome(&self, of: EntryId, result: Outcome, detail: Value) -> Self {
        Self { phase: Phase::Outcome { of, result }, detail, at_ms: 0, ..self.clone() }
    }
}

pub(crate) fn invalid(field: &'static str, rule: &'static str) -> LedgerError {
    LedgerError::Invalid { field, rule }
}

/// An entry as it is shown.
#[derive(Clone, PartialEq, Serialize)]
pub struct EntryView {
    /// Its number.
    pub id: EntryId,
    /// What happened.
    pub code: String,
    /// When, milliseconds since 1970, UTC; never earlier than the entry before it.
    pub at_ms: i64,
    /// Entry, intent or outcome.
    pub phase: Phase,
    /// Who did it.
    pub principal: String,
    /// In which session.
    pub session: Option<String>,
    /// From where, as a keyed mark.
    pub from: Option<String>,
    /// Whose data it touched.
    pub workspace: Option<WorkspaceId>,
    /// What it was done to.
    pub object: String,
    /// What else there is to know.
    pub detail: Value,
}

impl EntryView {
    pub(crate) fn of(id: EntryId, payload: Payload) -> Self {
        let Payload { code, at_ms, phase, principal, session, from, workspace, object, detail } = payload;
        let code = code.into_owned();
        Self { id, code, at_ms, phase, principal, session, from, workspace, object, detail }
    }
}

impl fmt::Debug for EntryView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryView")
            .field("id", &self.id)
            .field("code", &self.code)
            .field("at_ms", &self.at_ms)
            .field("phase", &self.phase)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}
