//! The view `people`: those who live, each as a number.

use std::ffi::{CStr, c_int};
use std::sync::Arc;

use model::{PersonCode, PersonId, WorkspaceId};
use people::{People, PlainNeeds, PlainPerson};
use rusqlite::Result;
use rusqlite::types::ValueRef;
use rusqlite::vtab::{Context, Filters, IndexFlags, IndexInfo};

use crate::bounds::{self, Sparing, uses};
use crate::budget::Budget;
use crate::pseudonyms::Pseudonyms;
use crate::tables::{Rows, Table};
use crate::times;

const PERSON: c_int = 0;
const FIRST_SEEN: c_int = 1;
const LAST_SEEN: c_int = 2;
const TRAITS: c_int = 3;

const SPARING: [Sparing; 1] = [Sparing { column: PERSON, ranges: false, text: false }];

/// How many people are read at a time.
const PEOPLE_AT_ONCE: u32 = 500;

/// The people of a workspace.
#[derive(Clone)]
pub(crate) struct Everybody {
    pub(crate) workspace: WorkspaceId,
    pub(crate) people: Arc<People>,
    pub(crate) pseudonyms: Pseudonyms,
    pub(crate) budget: Arc<Budget>,
}

/// A place in them.
pub(crate) struct PeopleRows {
    of: Everybody,
    needs: PlainNeeds,
    /// Those read last, and the place among them.
    page: Vec<PlainPerson>,
    at: usize,
    /// Where the next page begins; no page follows if `None`.
    after: Option<Option<PersonId>>,
    /// Who was looked up last, and whether there is such a person: joins ask for one several times in a row.
    last: Option<(u32, Option<PlainPerson>)>,
}

impl Table for Everybody {
    const DECLARATION: &'static CStr =
        c"create table people (person integer, first_seen text, last_seen text, traits text)";
    type Rows = PeopleRows;

    fn plan(&self, info: &mut IndexInfo) -> Result<()> {
        if bounds::take(info, &SPARING)?.is_empty() {
            info.set_estimated_cost(100_000.0);
            info.set_estimated_rows(100_000);
        } else {
            info.set_estimated_cost(10.0);
            info.set_estimated_rows(1);
            info.set_idx_flags(IndexFlags::SQLITE_INDEX_SCAN_UNIQUE);
        }
        Ok(())
    }

    fn open(&self) -> Result<PeopleRows> {
        self.budget.open()?;
        let needs = PlainNeeds::default();
        Ok(PeopleRows { of: self.clone(), needs, page: Vec::new(), at: 0, after: None, last: None })
    }
}

impl Drop for PeopleRows {
    fn drop(&mut self) {
        self.of.budget.close();
    }
}

impl Rows for PeopleRows {
    fn begin(&mut self, number: c_int, text: &str, values: &Filters<'_>) -> Result<()> {
        self.needs = PlainNeeds {
            seen: uses(number, FIRST_SEEN) || uses(number, LAST_SEEN),
            traits: uses(number, TRAITS),
        };
        let (mut wanted, mut is_one) = (None, false);
        bounds::each(text, values, |_, _, value| {
            if let ValueRef::Integer(number) = value {
                (wanted, is_one) = (u32::try_from(number).ok(), true);
            }
        });
        self.page.clear();
        (self.at, self.after) = (0, None);
        if is_one {
            return wanted.map_or(Ok(()), |number| self.look_up(number));
        }
        self.after = Some(None);
        self.next_page()
    }

    fn advance(&mut self) -> Result<()> {
        self.at += 1;
        if self.at < self.page.len() { Ok(()) } else { self.next_page() }
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.page.len()
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        let Some(person) = self.page.get(self.at) else { return Ok(()) };
        match column {
            PERSON => context.set_result(self.of.pseudonyms.of(person.code)),
            FIRST_SEEN => context.set_result(times::text(person.first_seen_ms)),
            LAST_SEEN => context.set_result(times::text(person.last_seen_ms)),
            TRAITS => context.set_result(person.traits.as_str()),
            _ => Ok(()),
        }
    }
}

impl PeopleRows {
    fn look_up(&mut self, number: u32) -> Result<()> {
        let known = self.last.take().filter(|(known, _)| *known == number);
        let found = match known {
            Some((_, found)) => found,
            None => {
                let Everybody { people, workspace, pseudonyms, budget } = &self.of;
                budget.check()?;
                budget.count(1);
                let code: PersonCode = pseudonyms.person(number);
                people.plain_of(*workspace, code, self.needs).map_err(|error| budget.failed(error))?
            }
        };
        self.page.extend(found.clone());
        self.last = Some((number, found));
        Ok(())
    }

    fn next_page(&mut self) -> Result<()> {
        self.page.clear();
        self.at = 0;
        let Some(after) = self.after else { return Ok(()) };
        let Everybody { people, workspace, pseudonyms, budget } = &self.of;
        budget.check()?;
        let found = people.in_order(*workspace, after, PEOPLE_AT_ONCE);
        let found = found.map_err(|error| budget.failed(error))?;
        self.after = found.last().map(|person| Some(person.id));
        budget.count(found.len() as u64);
        let page = people.plain(*workspace, &found, self.needs).map_err(|error| budget.failed(error))?;
        self.page = page;
        // Their order tells who came first.
        self.page.sort_by_key(|person| pseudonyms.of(person.code));
        Ok(())
    }
}
