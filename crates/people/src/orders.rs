//! Orders: those that come through the journal are applied, those decided here wait to be fed into it.
//!
//! An order decided here takes effect here at once and waits in the table `outgoing` until it comes back,
//! so that a crash between the two loses none. It may be handed over twice; applying it again does nothing.

use model::{Order, PersonCode, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::merge::Merge;

/// The most orders handed over at once.
const ORDERS_MAX: i64 = 1_000;

/// A person's place among the living, the merged and the erased.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    /// The survivor; oneself if not merged away.
    pub(crate) root: PersonCode,
    pub(crate) erased: bool,
}

impl Batch<'_> {
    /// Applies an order from the journal. One that was applied before, or whose people are gone, does nothing.
    pub(crate) fn order(&mut self, room: &Room, order: &Order, offset: u64) -> Result<(), PeopleError> {
        match order {
            Order::Merge { into, from, reason, at_ms, .. } => {
                let (stays, goes) = (self.living(room, *into)?, self.living(room, *from)?);
                if let (Some(into), Some(from)) = (stays, goes)
                    && into != from
                {
                    self.merge(room, &Merge { into, from, reason, offset, at_ms: *at_ms })?;
                }
            }
            Order::Erase { person, at_ms, .. } => {
                if let Some(root) = self.living(room, *person)? {
                    self.erase(room, root, *person, *at_ms)?;
                }
            }
            // Carried out by its own runner, once everything before it is applied; never decided here.
            Order::Purge { .. } => return Ok(()),
        }
        self.received(room, order)
    }

    /// Puts an order decided here in line for the journal.
    pub(crate) fn send(&mut self, room: &Room, order: &Order) -> Result<(), PeopleError> {
        let Some((code, from, reason, at_ms)) = parts(order) else { return Ok(()) };
        self.tx
            .prepare_cached(
                "insert into outgoing (space, code, from_code, reason, at_ms) values (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room.no, code.0, from.map(|from| from.0), reason, at_ms])?;
        self.memory.decided = self.tx.last_insert_rowid();
        Ok(())
    }

    fn received(&self, room: &Room, order: &Order) -> Result<(), PeopleError> {
        let Some((code, from, ..)) = parts(order) else { return Ok(()) };
        self.tx
            .prepare_cached("delete from outgoing where space = ?1 and code = ?2 and from_code is ?3")?
            .execute(params![room.no, code.0, from.map(|from| from.0)])?;
        Ok(())
    }

    fn living(&self, room: &Room, code: PersonCode) -> Result<Option<PersonCode>, PeopleError> {
        let standing = standing(self.tx, room.no, code)?;
        Ok(standing.filter(|standing| !standing.erased).map(|standing| standing.root))
    }
}

/// Where a code stands; `None` for one that was never given out.
pub(crate) fn standing(
    tx: &Transaction<'_>,
    space: u32,
    code: PersonCode,
) -> Result<Option<Standing>, rusqlite::Error> {
    tx.prepare_cached("select coalesce(into_code, code), erased from person where space = ?1 and code = ?2")?
        .query_row(params![space, code.0], |row| {
            Ok(Standing { root: PersonCode(row.get(0)?), erased: row.get(1)? })
        })
        .optional()
}

/// The next orders after `handed`, with the number of the last one.
pub(crate) fn outgoing(tx: &Transaction<'_>, handed: i64) -> Result<Vec<(i64, Order)>, PeopleError> {
    let mut statement = tx.prepare_cached(
        "select outgoing.no, workspace, code, from_code, reason, at_ms from outgoing
         join space on space.no = outgoing.space where outgoing.no > ?1 order by outgoing.no limit ?2",
    )?;
    let rows = statement.query_map([handed, ORDERS_MAX], |row| Ok((row.get(0)?, from_row(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Order> {
    let workspace = WorkspaceId(u128::from_be_bytes(row.get(1)?));
    let code = PersonCode(row.get(2)?);
    let at_ms = row.get(5)?;
    Ok(match row.get::<_, Option<u32>>(3)? {
        Some(from) => {
            Order::Merge { workspace, into: code, from: PersonCode(from), reason: row.get(4)?, at_ms }
        }
        None => Order::Erase { workspace, person: code, at_ms },
    })
}

/// The columns of an order that people decide on.
fn parts(order: &Order) -> Option<(PersonCode, Option<PersonCode>, &str, i64)> {
    match order {
        Order::Merge { into, from, reason, at_ms, .. } => Some((*into, Some(*from), reason, *at_ms)),
        Order::Erase { person, at_ms, .. } => Some((*person, None, "", *at_ms)),
        Order::Purge { .. } => None,
    }
}
