//! How often plans were violated, by day: gathered in memory where requests happen and added to `control.db` every second.
//! A crash loses at most what came since, never an event. The rows of a day are bounded; beyond it they are counted
//! together.

use std::collections::{HashMap, HashSet};

use control::Database;
use model::WorkspaceId;
use parking_lot::Mutex;
use rusqlite::{Transaction, params};

use super::told::Place;
use crate::error::CollectError;
use crate::tally::{Count, ELSEWHERE};

/// The most rows of one day and workspace.
const ROWS_MAX: usize = 2_000;
/// How many rows a question reads.
const READ_MAX: usize = 20_000;
/// For how many days violations are counted; older counts go.
pub const DAYS_KEPT: i64 = 400;
const DAY_MS: i64 = 86_400_000;

/// A row: what was violated on a day, and how often.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violated {
    /// The day in UTC, as days since 1970.
    pub day: i64,
    /// The plan.
    pub plan: String,
    /// The event's name.
    pub event: String,
    /// The property's path; empty where the event itself is not planned.
    pub property: String,
    /// The rule, as in `Plan Violated`.
    pub rule: String,
    /// What was done with the event.
    pub mode: String,
    /// How often, and between when.
    pub count: Count,
}

#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<WorkspaceId, Day>>);

#[derive(Default)]
struct Day {
    day: i64,
    known: HashSet<Place>,
    /// With the day, since the last one's may still wait to be written.
    fresh: HashMap<(i64, Place), Count>,
}

/// What was gathered and is to be written.
type Fresh = Vec<(WorkspaceId, i64, Place, Count)>;

impl Counts {
    /// Counts a violation.
    pub fn add(&self, workspace: WorkspaceId, place: &Place, at_ms: i64) {
        self.put(
            workspace,
            at_ms.div_euclid(DAY_MS),
            place,
            Count { count: 1, first_ms: at_ms, last_ms: at_ms },
        );
    }

    fn put(&self, workspace: WorkspaceId, day: i64, place: &Place, count: Count) {
        // The version of a plan is in the events; the counts go over versions.
        let place = Place { version: 0, ..place.clone() };
        let mut days = self.0.lock();
        let held = days.entry(workspace).or_default();
        if held.day != day {
            (held.day, held.known) = (day, HashSet::new());
        }
        let known = held.known.len() < ROWS_MAX || held.known.contains(&place);
        let elsewhere = || ELSEWHERE.to_owned();
        let place = if known { place } else { Place { event: elsewhere(), property: elsewhere(), ..place } };
        held.known.insert(place.clone());
        let fresh = held.fresh.entry((day, place)).or_insert(Count { count: 0, ..count });
        fresh.count += count.count;
        fresh.first_ms = fresh.first_ms.min(count.first_ms);
        fresh.last_ms = fresh.last_ms.max(count.last_ms);
    }

    fn take(&self) -> Fresh {
        let mut taken = Vec::new();
        for (workspace, day) in self.0.lock().iter_mut() {
            taken.extend(day.fresh.drain().map(|((day, place), count)| (*workspace, day, place, count)));
        }
        taken
    }

    /// Adds what was gathered to the table.
    pub fn flush(&self, control: &Database) -> Result<(), CollectError> {
        let fresh = self.take();
        if fresh.is_empty() {
            return Ok(());
        }
        let written = control.write(|tx| write(tx, &fresh));
        if written.is_err() {
            for (workspace, day, place, count) in fresh {
                self.put(workspace, day, &place, count);
            }
        }
        written
    }
}

fn write(tx: &Transaction<'_>, fresh: &Fresh) -> Result<(), CollectError> {
    let mut statement = tx.prepare_cached(
        "insert into plan_violation values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         on conflict do update set count = count + excluded.count, last_ms = max(last_ms, excluded.last_ms)",
    )?;
    let mut newest = i64::MIN;
    for (workspace, day, place, count) in fresh {
        newest = newest.max(*day);
        statement.execute(params![
            workspace.0.to_be_bytes(),
            day,
            &*place.plan,
            place.event,
            place.property,
            place.rule.as_str(),
            place.mode.as_str(),
            i64::try_from(count.count).unwrap_or(i64::MAX),
            count.first_ms,
            count.last_ms
        ])?;
    }
    tx.prepare_cached("delete from plan_violation where day < ?1")?.execute([newest - DAYS_KEPT])?;
    Ok(())
}

/// The violations of a workspace from a day on, the newest day first, at most 20,000 rows.
///
/// # Errors
/// The database's.
pub fn since(tx: &Transaction<'_>, workspace: WorkspaceId, day: i64) -> Result<Vec<Violated>, CollectError> {
    let mut statement = tx.prepare_cached(
        "select day, plan, event, property, rule, mode, count, first_ms, last_ms from plan_violation
         where workspace = ?1 and day >= ?2 order by day desc, count desc limit ?3",
    )?;
    let rows = statement.query_map(params![workspace.0.to_be_bytes(), day, READ_MAX as i64], |row| {
        let count: i64 = row.get(6)?;
        let count = count.max(0).unsigned_abs();
        Ok(Violated {
            day: row.get(0)?,
            plan: row.get(1)?,
            event: row.get(2)?,
            property: row.get(3)?,
            rule: row.get(4)?,
            mode: row.get(5)?,
            count: Count { count, first_ms: row.get(7)?, last_ms: row.get(8)? },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
