//! The row-writer: the only way out for people's rows.
//!
//! A row about a person cannot be serialised before it is a [`Released`], and only [`Rows`] makes one: it asks for
//! guard's `Granted`, takes the masked form, enters in the ledger who was shown (by public id, split into entries that fit),
//! and only then hands the row over. No entry, no answer.
//!
//! Left to others: who may (`guard`), what is known and how it is masked (`people`, `vault`), HTTP (`api`, `console`).

mod error;
mod released;
mod view;

use std::sync::Arc;

use guard::Granted;
use ledger::{Ledger, NewEntry};
use model::{PersonId, WorkspaceId};
use people::People;
use serde_json::json;

pub use error::RowsError;
pub use released::Released;
pub use view::{GroupView, IdentifierView, MergeView, PersonLine, PersonView, TraitView};

/// The most people on one page.
pub const PAGE_MAX: u32 = 200;
/// How many people one entry of the ledger names; a page with more is entered in several.
const PEOPLE_PER_ENTRY: usize = 500;

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Rows {
    people: Arc<People>,
    ledger: Ledger,
}

/// A page of people.
pub struct PeoplePage {
    /// The lines.
    pub lines: Vec<Released<PersonLine>>,
    /// Where the next page begins, if there is more.
    pub next: Option<PersonId>,
}

impl Rows {
    /// A way out for `people`, entered in `ledger`.
    pub fn new(people: Arc<People>, ledger: Ledger) -> Self {
        Self { people, ledger }
    }

    /// A page of people, masked, the newest made first.
    ///
    /// # Errors
    /// The database's; the ledger's, and then nothing is shown.
    pub fn list(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        limit: u32,
        after: Option<PersonId>,
    ) -> Result<PeoplePage, RowsError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut found = self.people.list(workspace, limit + 1, after)?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let ids: Vec<PersonId> = found.iter().map(|line| line.person.id).collect();
        self.enter(granted, workspace, "people.listed", "people", &ids)?;
        let next = if more { ids.last().copied() } else { None };
        Ok(PeoplePage {
            lines: found.into_iter().map(|line| Released::of(PersonLine::from(line))).collect(),
            next,
        })
    }

    /// One person, masked; `None` where there is none.
    ///
    /// # Errors
    /// The database's; the ledger's, and then nothing is shown.
    pub fn person(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: PersonId,
    ) -> Result<Option<Released<PersonView>>, RowsError> {
        let Some(profile) = self.people.profile(workspace, id)? else { return Ok(None) };
        let shown = profile.person.id;
        self.enter(granted, workspace, "person.viewed", &id.to_string(), &[shown])?;
        Ok(Some(Released::of(PersonView::from(profile))))
    }

    /// Enters that these people's ids leave in a report on what was received of them, without anything else of theirs.
    ///
    /// # Errors
    /// The ledger's, and then nothing may be shown.
    pub fn reported(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        ids: &[PersonId],
        about: &serde_json::Value,
    ) -> Result<(), RowsError> {
        self.ledger.enter(NewEntry {
            code: "shield.reported",
            principal: granted.principal.name.clone(),
            session: granted.session.map(|session| session.to_string()),
            workspace: Some(workspace),
            object: "report".to_owned(),
            detail: about.clone(),
        })?;
        self.enter(granted, workspace, "shield.reported", "people", ids)
    }

    fn enter(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        code: &'static str,
        object: &str,
        ids: &[PersonId],
    ) -> Result<(), RowsError> {
        let pages: Vec<&[PersonId]> =
            if ids.is_empty() { vec![&[]] } else { ids.chunks(PEOPLE_PER_ENTRY).collect() };
        for page in pages {
            self.ledger.enter(NewEntry {
                code,
                principal: granted.principal.name.clone(),
                session: granted.session.map(|session| session.to_string()),
                workspace: Some(workspace),
                object: object.to_owned(),
                detail: json!({ "people": page, "masked": true }),
            })?;
        }
        Ok(())
    }
}
