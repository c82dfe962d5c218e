//! One question: the statement is read and judged, then run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use model::WorkspaceId;
use parking_lot::Mutex;
use people::People;
use question::{Answer, AskError, Invalid, Stats};
use rusqlite::{Connection, Error, Statement};
use store::{Store, View};

use crate::answers;
use crate::budget::Budget;
use crate::connection::{self, COLUMNS_MAX, Noted, TABLES, VALUE_BYTES_MAX};
use crate::events::Events;
use crate::everybody::Everybody;
use crate::pseudonyms::Pseudonyms;

/// What a question may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it may run.
    pub time: Duration,
    /// By how many bytes SQLite's memory may grow meanwhile, whoever's part that is.
    pub memory_bytes: i64,
    /// How many rows an answer may have.
    pub rows: usize,
    /// How many bytes the values of an answer may have.
    pub answer_bytes: usize,
    /// How many may be answered at a time.
    pub at_a_time: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            memory_bytes: 256 * 1024 * 1024,
            rows: 10_000,
            answer_bytes: 16 * 1024 * 1024,
            at_a_time: 2,
        }
    }
}

/// Answers questions in SQL. Cheap to clone.
#[derive(Clone)]
pub struct Sql {
    store: Store,
    people: Arc<People>,
    limits: Limits,
    running: Arc<AtomicUsize>,
}

/// A statement that can be run, once.
pub struct Asked {
    connection: Connection,
    sql: String,
    noted: Arc<Mutex<Noted>>,
    budget: Arc<Budget>,
    view: View,
    begun: Instant,
    _turn: Turn,
}

/// One of the few that are answered at a time.
struct Turn(Arc<AtomicUsize>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Sql {
    /// Somebody who answers from `store` and `people` within `limits`.
    pub fn new(store: Store, people: Arc<People>, limits: Limits) -> Self {
        Self { store, people, limits, running: Arc::default() }
    }

    /// Reads and judges a statement, before anything is looked at.
    ///
    /// # Errors
    /// [`AskError::Invalid`] at `/sql` where it is wrong or does something else than read; [`AskError::Busy`].
    pub fn prepare(&self, workspace: WorkspaceId, sql: &question::Sql) -> Result<Asked, AskError> {
        let turn = self.turn()?;
        let budget = Arc::new(Budget::new(self.limits));
        let (view, pseudonyms) = (self.store.view(workspace), Pseudonyms::new());
        let events = Events { view: view.clone(), pseudonyms: pseudonyms.clone(), budget: budget.clone() };
        let everybody =
            Everybody { workspace, people: self.people.clone(), pseudonyms, budget: budget.clone() };
        let opened = connection::open(events, everybody, budget.clone());
        let (connection, noted) = opened.map_err(|error| AskError::Failed(Box::new(error)))?;
        let sql = sql.sql.clone();
        let asked = Asked { connection, sql, noted, budget, view, begun: Instant::now(), _turn: turn };
        asked.statement().map(drop)?;
        Ok(asked)
    }

    fn turn(&self) -> Result<Turn, AskError> {
        let turn = Turn(self.running.clone());
        if self.running.fetch_add(1, Ordering::SeqCst) >= self.limits.at_a_time {
            return Err(AskError::Busy { most: self.limits.at_a_time });
        }
        Ok(turn)
    }
}

impl Asked {
    /// The columns that it reads, as `events.properties`.
    pub fn reads(&self) -> BTreeSet<String> {
        self.noted.lock().reads.iter().filter(|name| !name.ends_with('.')).cloned().collect()
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`AskError::Invalid`] at `/sql` where a limit is reached, with its number; [`AskError::Failed`] where something
    /// cannot be read.
    pub fn run(self) -> Result<Answer, AskError> {
        let mut statement = self.statement()?;
        let (columns, rows) = match answers::table(&mut statement, self.budget.limits()) {
            Ok(table) => table,
            Err(answers::Ended::Invalid(why)) => return Err(why.into()),
            Err(answers::Ended::Sqlite(error)) => {
                return Err(self.budget.why().unwrap_or_else(|| while_running(&error).into()));
            }
        };
        let stats = Stats {
            rows_read: self.budget.rows_read(),
            ms: u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            fresh_offset: self.view.position().0,
            fresh_ms: self.view.received_ms(),
            ..Stats::default()
        };
        Ok(Answer { columns, rows, stats })
    }

    fn statement(&self) -> Result<Statement<'_>, AskError> {
        if self.sql.contains('\0') {
            return Err(invalid("has a character that ends it", "leave out U+0000").into());
        }
        let prepared = self.connection.prepare(&self.sql);
        if let Some(refused) = self.noted.lock().refused.take() {
            return Err(invalid(refused, WHAT_MAY_BE).into());
        }
        let statement = prepared.map_err(|error| match self.budget.why() {
            Some(why) => why,
            None => in_statement(&error).into(),
        })?;
        if statement.column_count() == 0 || !statement.readonly() {
            return Err(invalid("gives no rows", WHAT_MAY_BE).into());
        }
        if statement.parameter_count() > 0 {
            return Err(
                invalid("has places for values", "write the values where `?` or `:name` stands").into()
            );
        }
        Ok(statement)
    }
}

/// What a statement can be.
const WHAT_MAY_BE: &str = "write one `select` (or `with … select`) over `events` and `people`; \
    the functions are those of text, numbers, times, JSON, aggregates and windows";

fn invalid(problem: impl Into<String>, fix: impl Into<String>) -> Invalid {
    Invalid::new("/sql", problem, fix)
}

/// What is wrong with a statement. SQLite's words hold pieces of the statement and nothing else, since nothing was read.
fn in_statement(error: &Error) -> Invalid {
    let words = match error {
        Error::MultipleStatement => return invalid("is more than one statement", "send one at a time"),
        Error::SqlInputError { msg, .. } | Error::SqliteFailure(_, Some(msg)) => msg.as_str(),
        _ => "cannot be read",
    };
    let names = ["no such column", "no such table", "has no column", "ambiguous column"];
    if names.iter().any(|name| words.contains(name)) {
        return invalid(
            words,
            format!("there is {}; a text is written in single quotes", names_of_columns()),
        );
    }
    if words.contains("too many columns") || words.contains("too many terms") || words.contains("too large") {
        return invalid(words, format!("at most {COLUMNS_MAX} columns and 50 parts of a union are read"));
    }
    invalid(words, WHAT_MAY_BE)
}

/// What went wrong on the way. SQLite's words could hold values by then, so only known ones are told.
fn while_running(error: &Error) -> Invalid {
    let words = match error {
        Error::SqliteFailure(_, Some(words)) => words.as_str(),
        _ => "",
    };
    if words.contains("too big") {
        let kibibytes = VALUE_BYTES_MAX / 1024;
        let problem = format!("makes a value of more than {kibibytes} KiB, which is the most");
        return invalid(
            problem,
            "take parts of texts (substr), or fewer values together (group_concat, json_group_array)",
        );
    }
    for (known, fix) in [
        ("malformed JSON", "ask `json_valid(…)` first"),
        ("integer overflow", "calculate with numbers that have a point: 1.0 * …"),
        ("pattern too complex", "a pattern of `like` or `glob` has at most 1,000 bytes"),
        ("bad JSON path", "a path is written like '$.cart.total'"),
    ] {
        if words.contains(known) {
            return invalid(known, fix);
        }
    }
    invalid("cannot be calculated", "look at the arguments of its functions")
}

fn names_of_columns() -> String {
    let table = |(name, columns): &(&str, &[(&str, &str)])| {
        let columns: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
        format!("{name} ({})", columns.join(", "))
    };
    TABLES.iter().map(table).collect::<Vec<_>>().join(" and ")
}
