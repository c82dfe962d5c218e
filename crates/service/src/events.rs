//! Events as stored: pseudonymous, newest first. Each page is entered in the ledger before it leaves.

use guard::Granted;
use model::{PersonId, WorkspaceId};
use serde_json::json;
use store::{EventsFilter, StoredEvent};

use crate::{ServiceError, Services, shown};

/// The most events of one page.
pub const PAGE_MAX: usize = 1_000;

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of one person.
    pub person: Option<PersonId>,
    /// Of one name.
    pub event: Option<String>,
    /// From this instant (included), milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// To this instant (not included), milliseconds since 1970, UTC.
    pub to_ms: Option<i64>,
    /// How many at most.
    pub limit: usize,
    /// Where the last page ended.
    pub after: Option<String>,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The events and their people's public ids.
    pub items: Vec<(StoredEvent, Option<PersonId>)>,
    /// Where the next page begins, if there is more.
    pub next: Option<String>,
}

impl Services {
    /// A page of events.
    ///
    /// # Errors
    /// A cursor that is none, a person that is not there, the store's, the ledger's.
    pub fn events(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        wanted: &Wanted,
    ) -> Result<Page, ServiceError> {
        let persons = match wanted.person {
            Some(id) => Some(self.people.codes_of(workspace, id)?),
            None => None,
        };
        if persons.as_ref().is_some_and(Vec::is_empty) {
            return Err(ServiceError::NotFound { what: "person" });
        }
        let filter = EventsFilter {
            people: persons,
            event: wanted.event.clone(),
            from_ms: wanted.from_ms,
            to_ms: wanted.to_ms,
            limit: wanted.limit.clamp(1, PAGE_MAX),
            after: wanted.after.clone(),
        };
        let page = self.store.events(workspace, &filter)?;
        let codes: Vec<_> = page.events.iter().map(|event| event.person).collect();
        let ids = self.people.public_ids(workspace, &codes)?;
        let items: Vec<_> = page.events.into_iter().zip(ids).collect();
        let object = wanted.person.map_or_else(|| "events".to_owned(), |id| id.to_string());
        let about = json!({ "rows": items.len(), "event": wanted.event });
        self.enter_shown(granted, ("events.read", &object), &shown::of_events(&items)?, &about)?;
        Ok(Page { items, next: page.next })
    }
}
