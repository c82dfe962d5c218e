//! The row-writer: the only way out for people's rows.
//!
//! A row about a person cannot be serialised before it is a [`Released`], and only [`Rows`] makes one: it asks for
//! guard's `Granted`, counts the people against the budget of the member who answers for the look ([`meter`]), takes the
//! masked form, enters in the ledger who was shown (by public id, split into entries that fit), and only then hands the
//! row over. No entry, no answer. Values in clear leave one at a time ([`reveal`]), or by an approved grant ([`export`]); a broadcast's addresses a few at a time, by the grant of its send ([`mailing`]). Rows of answers in SQL name nobody, and count all the same ([`answered`]).
//!
//! Left to others: who may (`guard`), what is known and how it is masked (`people`, `vault`), HTTP (`api`, `console`).

pub mod answered;
mod consent;
mod error;
pub mod export;
pub mod mailing;
pub mod meter;
mod pairs;
mod released;
pub mod reveal;
mod traits;
mod view;

use std::collections::HashSet;
use std::sync::Arc;

use guard::{Granted, Guard};
use ledger::{Filter, Ledger, Scope, Shown};
use model::{MemberId, PersonId, WorkspaceId};
use parking_lot::Mutex;
use people::People;
use serde_json::json;
use stdx::Clock;

use crate::meter::{Counted, DAY_MS, Meter, Spent};

pub use consent::ConsentView;
pub use error::RowsError;
pub use meter::Budget;
pub use pairs::PairLine;
pub use people::profile::{ConsentFrom, ConsentSaid};
pub use released::Released;
pub use reveal::Revealed;
pub use traits::{ChangeView, TraitHistoryView};
pub use view::{
    ApartView, ComputedView, DecidedView, GroupView, IdentifierView, MergeView, PartedView, PersonLine,
    PersonView, TraitView,
};

/// The most people on one page.
pub const PAGE_MAX: u32 = 200;
/// The entries of looks that count against a budget.
const COUNTED: [&str; 4] = ["people.listed", "person.viewed", "person.revealed", answered::CODE];
/// How many people an operator is shown in a workspace that was opened to them.
const SUPPORT: Budget = Budget { people_per_hour_max: 50, people_per_day_max: 50 };

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Rows {
    people: Arc<People>,
    ledger: Ledger,
    guard: Guard,
    clock: Clock,
    meter: Arc<Meter>,
    /// Of operators, in workspaces that were opened to them.
    support: Arc<Meter>,
    shelf: export::SharedShelf,
    /// The workspaces whose looks of the last day the meter has.
    recalled: Arc<Mutex<HashSet<WorkspaceId>>>,
}

/// What the row-writer has of its own.
pub struct Own {
    /// What time it is.
    pub clock: Clock,
    /// Where the sets of exports are kept.
    pub shelf: export::Shelf,
}

/// A page of people.
pub struct PeoplePage {
    /// The lines.
    pub lines: Vec<Released<PersonLine>>,
    /// Where the next page begins, if there is more.
    pub next: Option<PersonId>,
}

impl Rows {
    /// A way out for `people`, entered in `ledger`. What was shown within the last day counts on.
    pub fn new(people: Arc<People>, ledger: Ledger, guard: Guard, budget: Budget, own: Own) -> Self {
        let Own { clock, shelf } = own;
        let (meter, support) = (Arc::new(Meter::new(budget)), Arc::new(Meter::new(SUPPORT)));
        Self {
            people,
            ledger,
            guard,
            clock,
            meter,
            support,
            shelf: Arc::new(shelf),
            recalled: Arc::default(),
        }
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
        self.count(granted, workspace, &ids)?;
        let lines: Vec<PersonLine> = found.into_iter().map(PersonLine::from).collect();
        let mut shown = Shown::people(ids.iter().copied());
        lines.iter().for_each(|line| line.tell(&mut shown));
        self.enter(granted, "people.listed", "people", &shown)?;
        let next = if more { ids.last().copied() } else { None };
        Ok(PeoplePage { lines: lines.into_iter().map(Released::of).collect(), next })
    }

    /// These people, masked, as members of what `object` names; those who are no more are left out.
    ///
    /// # Errors
    /// The database's; the ledger's, and then nothing is shown.
    pub fn these(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        ids: &[PersonId],
        object: &str,
    ) -> Result<Vec<Released<PersonLine>>, RowsError> {
        let found = self.people.these(workspace, ids)?;
        let ids: Vec<PersonId> = found.iter().map(|line| line.person.id).collect();
        self.count(granted, workspace, &ids)?;
        let lines: Vec<PersonLine> = found.into_iter().map(PersonLine::from).collect();
        let mut shown = Shown::people(ids);
        lines.iter().for_each(|line| line.tell(&mut shown));
        self.enter(granted, "people.listed", object, &shown)?;
        Ok(lines.into_iter().map(Released::of).collect())
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
        self.count(granted, workspace, &[shown])?;
        let view = PersonView::from(profile);
        self.enter(granted, "person.viewed", &id.to_string(), &view.shown())?;
        Ok(Some(Released::of(view)))
    }

    /// Enters that these people's ids leave in a report on what was received of them, with the places where it stood and
    /// nothing else of theirs.
    ///
    /// # Errors
    /// The ledger's, and then nothing may be shown.
    pub fn reported(
        &self,
        granted: &Granted,
        shown: &Shown,
        about: &serde_json::Value,
    ) -> Result<(), RowsError> {
        for detail in shown.details(about) {
            self.ledger.enter(granted.does("shield.reported", "report", detail))?;
        }
        Ok(())
    }

    /// Counts a look before it is entered.
    fn count(&self, granted: &Granted, workspace: WorkspaceId, ids: &[PersonId]) -> Result<(), RowsError> {
        self.metered(granted, workspace, |meter, who, now_ms| meter.count(who, ids, now_ms))
    }

    /// Counts by the meter of whoever asks, and tells those who run the workspace when a budget is nearly or wholly spent.
    fn metered(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        count: impl FnOnce(&Meter, (WorkspaceId, MemberId), i64) -> Result<Counted, Spent>,
    ) -> Result<(), RowsError> {
        let member = granted.principal.answers.ok_or(RowsError::Nobody)?;
        self.recall(workspace)?;
        let meter = if granted.principal.is_operator() { &self.support } else { &self.meter };
        match count(meter, (workspace, member), self.clock.now_ms()) {
            Ok(Counted::Within) => Ok(()),
            Ok(Counted::Near { seen }) => {
                let detail = json!({ "by": member, "seen": seen });
                Ok(self.guard.tell(workspace, "people.budget_near", &detail)?)
            }
            Err(Spent { budget, hours, retry_after_s, enter }) => {
                if enter {
                    let detail = json!({ "by": member, "budget": budget, "hours": hours });
                    self.guard.tell(workspace, "people.budget_spent", &detail)?;
                    self.ledger.enter(granted.does("people.refused", "people", detail))?;
                }
                Err(RowsError::Spent { budget, hours, retry_after_s })
            }
        }
    }

    /// Counts the looks of the last day in a workspace, as the ledger has them, before the first one there. Whoever else looks
    /// meanwhile waits: nobody is shown anything uncounted.
    fn recall(&self, workspace: WorkspaceId) -> Result<(), RowsError> {
        let mut recalled = self.recalled.lock();
        if recalled.contains(&workspace) {
            return Ok(());
        }
        let mut filter = Filter {
            from_ms: Some(self.clock.now_ms() - DAY_MS),
            limit: ledger::PAGE_ENTRIES_MAX,
            ..Filter::newest(Scope::Workspaces(vec![workspace]))
        };
        loop {
            let page = self.ledger.entries(&filter)?;
            for entry in page.entries.iter().filter(|entry| COUNTED.contains(&entry.code.as_str())) {
                let answers: Option<MemberId> =
                    entry.detail["for"].as_str().unwrap_or(&entry.principal).parse().ok();
                let Some(member) = answers else { continue };
                // Nobody is both, so whichever is not theirs is not asked.
                for meter in [&self.meter, &self.support] {
                    if entry.code == answered::CODE {
                        let (free, counted) = answered::recalled(&entry.detail);
                        meter.recall_rows((workspace, member), free, counted, entry.at_ms);
                    } else {
                        let people: Vec<PersonId> =
                            serde_json::from_value(entry.detail["people"].clone()).unwrap_or_default();
                        meter.recall((workspace, member), &people, entry.at_ms);
                    }
                }
            }
            if page.next.is_none() {
                break;
            }
            filter.after = page.next;
        }
        recalled.insert(workspace);
        Ok(())
    }

    fn enter(
        &self,
        granted: &Granted,
        code: &'static str,
        object: &str,
        shown: &Shown,
    ) -> Result<(), RowsError> {
        let mut about = json!({ "masked": true });
        if let (Some(_), Some(maker)) = (granted.principal.token, granted.principal.answers) {
            about["for"] = json!(maker);
        }
        for detail in shown.details(&about) {
            self.ledger.enter(granted.does(code, object, detail))?;
        }
        Ok(())
    }
}

/// A text that somebody wrote into a field: there, not too long, without control characters.
fn text_field<'a>(field: &'static str, text: &'a str, bytes_max: usize) -> Result<&'a str, RowsError> {
    let text = text.trim();
    if text.is_empty() || text.len() > bytes_max || text.chars().any(char::is_control) {
        let want = format!("1 to {bytes_max} bytes without control characters");
        return Err(RowsError::Scope { field, want });
    }
    Ok(text)
}
