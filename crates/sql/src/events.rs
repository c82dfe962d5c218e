//! The view `events`.

use std::ffi::{CStr, c_int};
use std::sync::Arc;

use model::PersonCode;
use rusqlite::Result;
use rusqlite::types::ValueRef;
use rusqlite::vtab::{Context, Filters, IndexInfo};
use store::{RowNeeds, RowReader, RowScan, View};

use crate::bounds::{self, Is, Span, Sparing, uses};
use crate::budget::Budget;
use crate::pseudonyms::Pseudonyms;
use crate::tables::{Rows, Table};
use crate::times;

const EVENT: c_int = 0;
const TIME: c_int = 1;
const TIME_MS: c_int = 2;
const PERSON: c_int = 3;
const PROPERTIES: c_int = 4;
const CONTEXT: c_int = 5;

const SPARING: [Sparing; 4] = [
    Sparing { column: EVENT, ranges: false, text: true },
    Sparing { column: TIME, ranges: true, text: true },
    Sparing { column: TIME_MS, ranges: true, text: false },
    Sparing { column: PERSON, ranges: false, text: false },
];

/// Which plan is best is a matter of what is larger than what.
const ROWS: f64 = 1_000_000.0;

/// The events of a workspace.
#[derive(Clone)]
pub(crate) struct Events {
    pub(crate) view: View,
    pub(crate) pseudonyms: Pseudonyms,
    pub(crate) budget: Arc<Budget>,
}

/// A place in them.
pub(crate) struct EventRows {
    of: Events,
    reader: Option<RowReader>,
    /// What the reader had looked at when it was counted last.
    counted: u64,
    /// The row in the block, and how many there are.
    at: usize,
    rows: usize,
}

impl Table for Events {
    const DECLARATION: &'static CStr =
        c"create table events (event text, time text, time_ms integer, person integer, properties text, context text)";
    type Rows = EventRows;

    fn plan(&self, info: &mut IndexInfo) -> Result<()> {
        let taken = bounds::take(info, &SPARING)?;
        let mut rows = ROWS;
        for (column, is) in &taken {
            rows *= match (*column, is) {
                (PERSON, _) => 0.000_1,
                (EVENT, _) | (_, Is::Equal) => 0.1,
                _ => 0.3,
            };
        }
        // To find the rows of one person, a stripe of each chunk is read.
        let is_by_person = taken.iter().any(|(column, _)| *column == PERSON);
        info.set_estimated_cost(if is_by_person { rows + 10_000.0 } else { rows });
        info.set_estimated_rows((rows as i64).max(1));
        Ok(())
    }

    fn open(&self) -> Result<EventRows> {
        self.budget.open()?;
        Ok(EventRows { of: self.clone(), reader: None, counted: 0, at: 0, rows: 0 })
    }
}

impl Drop for EventRows {
    fn drop(&mut self) {
        self.of.budget.close();
    }
}

impl Rows for EventRows {
    fn begin(&mut self, number: c_int, text: &str, values: &Filters<'_>) -> Result<()> {
        let (mut span, mut event, mut person, mut nobody) = (Span::ALL, None, None, false);
        bounds::each(text, values, |column, is, value| match (column, value) {
            // Names are of valid text alone, and so is what equals one.
            (EVENT, ValueRef::Text(name)) => event = std::str::from_utf8(name).ok().map(str::to_owned),
            (TIME, ValueRef::Text(bound)) => {
                if let Ok(bound) = std::str::from_utf8(bound) {
                    span.narrow(is, times::first_from(bound), times::first_after(bound));
                }
            }
            (TIME_MS, value) => span.narrow_to(is, value),
            (PERSON, ValueRef::Integer(number)) => match u32::try_from(number) {
                Ok(number) => person = Some(self.of.pseudonyms.person(number)),
                Err(_) => nobody = true,
            },
            _ => {}
        });
        (self.reader, self.counted, self.at, self.rows) = (None, 0, 0, 0);
        if nobody || person == Some(PersonCode::NOBODY) {
            return Ok(());
        }
        self.reader = Some(self.of.view.rows(RowScan {
            from_ms: span.from_ms,
            to_ms: span.to_ms,
            event,
            person,
            needs: RowNeeds {
                times: uses(number, TIME) || uses(number, TIME_MS),
                people: uses(number, PERSON),
                events: uses(number, EVENT),
                properties: uses(number, PROPERTIES),
                context: uses(number, CONTEXT),
            },
        }));
        self.next_block()
    }

    fn advance(&mut self) -> Result<()> {
        self.at += 1;
        if self.at < self.rows { Ok(()) } else { self.next_block() }
    }

    fn is_at_end(&self) -> bool {
        self.reader.is_none()
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        let Some(reader) = &self.reader else { return Ok(()) };
        match column {
            EVENT => context.set_result(reader.event(self.at)),
            TIME => context.set_result(times::text(reader.time_ms(self.at))),
            TIME_MS => context.set_result(reader.time_ms(self.at)),
            PERSON => context.set_result(reader.person(self.at).map(|person| self.of.pseudonyms.of(person))),
            PROPERTIES => context.set_result(reader.properties(self.at)),
            CONTEXT => context.set_result(reader.context(self.at)),
            _ => Ok(()),
        }
    }
}

impl EventRows {
    /// Goes to the next block that has a row that fits.
    fn next_block(&mut self) -> Result<()> {
        while let Some(reader) = &mut self.reader {
            self.of.budget.check()?;
            let found = reader.next_block().map_err(|error| self.of.budget.failed(error))?;
            self.of.budget.count(reader.rows_read() - self.counted);
            self.counted = reader.rows_read();
            match found {
                Some(0) => {}
                Some(rows) => {
                    (self.at, self.rows) = (0, rows);
                    return Ok(());
                }
                None => self.reader = None,
            }
        }
        Ok(())
    }
}
