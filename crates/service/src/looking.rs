//! Looking on while events arrive: entered when it begins, and for every frame of events that are shown.

use guard::Granted;
use model::{PersonId, WorkspaceId};
use serde_json::json;
use store::{EventsFilter, StoredEvent};

use crate::events::Wanted;
use crate::{ServiceError, Services, shown};

/// The most events that one look at what is new brings; older ones are on the page.
pub const NEW_MAX: usize = 50;

/// A look that goes on.
#[derive(Clone, Debug)]
pub struct Looking {
    workspace: WorkspaceId,
    filter: EventsFilter,
    /// Everything before this place in the journal was shown.
    seen: u64,
}

impl Looking {
    /// Where the next look begins.
    pub fn seen(&self) -> u64 {
        self.seen
    }
}

impl Services {
    /// Up to which place in the journal events are in the store and so in lists. Asked before a list is read, it says from
    /// where to look on so that nothing is missed in between.
    pub fn listed_until(&self) -> u64 {
        self.store.position().0
    }

    /// Begins to look on, from `seen` (a place in the journal) or from now.
    ///
    /// # Errors
    /// A person that is not there, the ledger's.
    pub fn look_on(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        wanted: &Wanted,
        seen: Option<u64>,
    ) -> Result<Looking, ServiceError> {
        let people = match wanted.person {
            Some(id) => Some(self.people.codes_of(workspace, id)?),
            None => None,
        };
        if people.as_ref().is_some_and(Vec::is_empty) {
            return Err(ServiceError::NotFound { what: "person" });
        }
        let object = wanted.person.map_or_else(|| "events".to_owned(), |id| id.to_string());
        self.enter_look(granted, "events.followed", object, json!({ "event": wanted.event }))?;
        let filter =
            EventsFilter { people, event: wanted.event.clone(), limit: NEW_MAX, ..EventsFilter::default() };
        let seen = seen.unwrap_or_else(|| self.listed_until());
        Ok(Looking { workspace, filter, seen })
    }

    /// What arrived since the last look, newest first; entered before it is shown.
    ///
    /// # Errors
    /// The store's, the database's, the ledger's.
    pub fn arrived(
        &self,
        granted: &Granted,
        looking: &mut Looking,
    ) -> Result<Vec<(StoredEvent, Option<PersonId>)>, ServiceError> {
        let end = self.listed_until();
        if end <= looking.seen {
            return Ok(Vec::new());
        }
        let mut events = self.store.events(looking.workspace, &looking.filter)?.events;
        events.retain(|event| event.offset.0 >= looking.seen && event.offset.0 < end);
        looking.seen = end;
        let codes: Vec<_> = events.iter().map(|event| event.person).collect();
        let ids = self.people.public_ids(looking.workspace, &codes)?;
        let items: Vec<_> = events.into_iter().zip(ids).collect();
        if !items.is_empty() {
            let about = json!({ "rows": items.len() });
            self.enter_shown(granted, ("events.followed", "events"), &shown::of_events(&items)?, &about)?;
        }
        Ok(items)
    }
}
