//! The plain meaning of who did or is something: everybody who has an event is asked every part.

use super::history::{Past, histories, is};
use super::{PlainRow, Traits, holds};
use crate::kinds::{Audience, Did, People};
use crate::{Answer, Column, ColumnType, Stats};

/// Counts the people over `rows`, as it is at `now_ms`.
pub fn people(rows: &[PlainRow], people: &People, now_ms: i64, traits: Traits<'_>) -> Answer {
    let histories = histories(rows, &[], traits);
    let count = histories.values().filter(|history| is_in(&people.who, history, now_ms, traits)).count();
    let stats = Stats { rows_read: rows.len() as u64, ..Stats::default() };
    Answer { columns: people_columns(), rows: vec![vec![count.into()]], stats }
}

/// The head of the count.
pub fn people_columns() -> Vec<Column> {
    vec![Column::new("count", ColumnType::Integer)]
}

fn is_in(audience: &Audience, history: &[Past<'_>], now_ms: i64, traits: Traits<'_>) -> bool {
    match audience {
        Audience::All { all } => all.iter().all(|part| is_in(part, history, now_ms, traits)),
        Audience::Any { any } => any.iter().any(|part| is_in(part, history, now_ms, traits)),
        Audience::Not { not } => !is_in(not, history, now_ms, traits),
        Audience::Did(did) => has_done(did, history, now_ms, traits),
        Audience::Is(condition) => history.first().is_some_and(|past| holds(past.row, condition, traits)),
    }
}

fn has_done(did: &Did, history: &[Past<'_>], now_ms: i64, traits: Traits<'_>) -> bool {
    let since_ms = did.within.map_or(i64::MIN, |within| now_ms.saturating_sub(within.ms));
    let done = history.iter().filter(|past| past.at.0 >= since_ms && is(past.row, &did.did, traits)).count();
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    done >= did.times.gte && did.times.lte.is_none_or(|most| done <= most)
}
