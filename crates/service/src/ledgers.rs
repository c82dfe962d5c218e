//! The ledger, for those who may see it: the entries of one workspace, and the tree that proves all of them.

use guard::Granted;
use ledger::{EntriesPage, EntryId, Filter, Scope, Shown};
use model::{PersonId, WorkspaceId};
use serde_json::json;

use crate::{ServiceError, Services};

/// Which entries of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only this principal's: a member, a token, a part of the system.
    pub principal: Option<String>,
    /// Only this code.
    pub code: Option<String>,
    /// Only this session's.
    pub session: Option<String>,
    /// Only from this address or network.
    pub address: Option<String>,
    /// Only what was done to this object.
    pub object: Option<String>,
    /// Only what was done to this person or showed them: who saw them.
    pub person: Option<PersonId>,
    /// From this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Before this instant.
    pub to_ms: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl Services {
    /// Entries of the granted workspace, newest first. Where they tell who saw whom, the look is an entry itself, which names
    /// what was asked and nobody of those in the answer: of them it shows no more than their ids.
    ///
    /// # Errors
    /// An address that is none; the ledger's.
    pub fn entries(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        wanted: Wanted,
    ) -> Result<EntriesPage, ServiceError> {
        let from = wanted.address.as_deref().map(|text| self.guard.origin_mark(text)).transpose()?;
        let about = json!({
            "principal": wanted.principal, "code": wanted.code, "session": wanted.session, "from": from,
            "from_ms": wanted.from_ms, "to_ms": wanted.to_ms,
        });
        let filter = Filter {
            principal: wanted.principal,
            code: wanted.code,
            session: wanted.session,
            from,
            object: wanted.object,
            person: wanted.person,
            from_ms: wanted.from_ms,
            to_ms: wanted.to_ms,
            after: wanted.after.map(EntryId),
            limit: wanted.limit.clamp(1, ledger::PAGE_ENTRIES_MAX),
            ..Filter::newest(Scope::Workspaces(vec![workspace]))
        };
        let page = self.ledger.entries(&filter)?;
        let tells_of_people = page.entries.iter().any(|entry| {
            entry.object.parse::<PersonId>().is_ok() || !Shown::of(&entry.detail).people.is_empty()
        });
        if tells_of_people || wanted.person.is_some() {
            let object = wanted.person.map_or_else(|| "entries".to_owned(), |id| id.to_string());
            self.enter_look(granted, "entries.searched", object, about)?;
        }
        Ok(page)
    }
}
