//! Orders: those that come through the journal are applied, those decided here wait to be fed into it.
//!
//! An order decided here takes effect here at once and waits in the table `outgoing` until it comes back,
//! so that a crash between the two loses none. It may be handed over twice; applying it again does nothing.

use model::{Order, PersonCode, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::batch::{Batch, Room};
use crate::consent::Said;
use crate::error::PeopleError;
use crate::merge::Merge;

/// The most orders handed over at once.
const ORDERS_MAX: i64 = 1_000;

/// The kind of outgoing order that says how it stands; merges and erasures are told apart by their codes.
const STANDING: i64 = 1;

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
            Order::Join { into, from, decision, .. } => {
                let (reason, by, at_ms) = (decision.reason.as_str(), Some(decision.by), decision.at_ms);
                self.unite(room, &Merge { into: *into, from: *from, reason, by, offset, at_ms })?;
            }
            Order::Unmerge { into, from, decision, .. } => {
                self.unmerge(room, (*into, *from), decision, offset)?;
            }
            Order::Apart { people: [one, other], apart, decision, .. } => {
                match (self.living(room, *one)?, self.living(room, *other)?) {
                    (Some(first), Some(second)) if first != second => {
                        let people = [*one, *other];
                        if *apart {
                            self.keep_apart(room, people, decision, offset)?;
                        } else {
                            self.lift(room, people)?;
                        }
                    }
                    _ => {}
                }
            }
            Order::Erase { person, at_ms, .. } => {
                if let Some(root) = self.living(room, *person)? {
                    self.erase(room, root, *person, *at_ms)?;
                }
            }
            Order::Consent { person, purpose, channel, consent, said_ms, decision, .. } => {
                if self.living(room, *person)?.is_some() {
                    let said = Said { channel: *channel, consent: *consent, at_ms: *said_ms };
                    self.write_consent(room, *person, (purpose, said), decision)?;
                }
            }
            // Carried out by its own runner, once everything before it is applied; never decided here.
            Order::Purge { .. } => return Ok(()),
            // Decided here before, and told to those who follow.
            Order::Merge { .. } | Order::Standing { .. } => {}
        }
        self.received(room, order)?;
        self.restate(room, order)
    }

    /// Merges whom two codes are part of, unless a member said that they are two.
    fn unite(&mut self, room: &Room, named: &Merge<'_>) -> Result<(), PeopleError> {
        let (stays, goes) = (self.living(room, named.into)?, self.living(room, named.from)?);
        let (Some(into), Some(from)) = (stays, goes) else { return Ok(()) };
        if into == from || self.are_apart(room, into, from)? {
            return Ok(());
        }
        self.merge(room, &Merge { into, from, ..*named })?;
        if from == named.from {
            return Ok(());
        }
        self.send(room, &Order::Standing { workspace: room.workspace, person: from, into: Some(into) })
    }

    /// Whoever follows takes an order by its words. Where it is not so, because of what was decided before it in the journal, an
    /// order behind it says how it is.
    fn restate(&mut self, room: &Room, order: &Order) -> Result<(), PeopleError> {
        let (person, told) = match order {
            Order::Merge { into, from, .. } | Order::Join { into, from, .. } => (*from, Some(*into)),
            Order::Unmerge { from, .. } => (*from, None),
            Order::Standing { person, into, .. } => (*person, *into),
            Order::Erase { .. } | Order::Purge { .. } | Order::Apart { .. } | Order::Consent { .. } => {
                return Ok(());
            }
        };
        let into = self.merged_into(room, person)?;
        let is_erased = standing(self.tx, room.no, person)?.is_some_and(|standing| standing.erased);
        if into == told || is_erased {
            return Ok(());
        }
        self.send(room, &Order::Standing { workspace: room.workspace, person, into })
    }

    /// Puts an order decided here in line for the journal.
    pub(crate) fn send(&mut self, room: &Room, order: &Order) -> Result<(), PeopleError> {
        let Some((kind, code, from, reason, at_ms)) = parts(order) else { return Ok(()) };
        self.tx
            .prepare_cached(
                "insert into outgoing (space, kind, code, from_code, reason, at_ms) values (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![room.no, kind, code.0, from.map(|from| from.0), reason, at_ms])?;
        self.memory.decided = self.tx.last_insert_rowid();
        Ok(())
    }

    /// One of what waits has come back: the first, since they are handed over in their order.
    fn received(&self, room: &Room, order: &Order) -> Result<(), PeopleError> {
        let Some((kind, code, from, ..)) = parts(order) else { return Ok(()) };
        self.tx
            .prepare_cached(
                "delete from outgoing where no = (select min(no) from outgoing
                   where space = ?1 and kind = ?2 and code = ?3 and from_code is ?4)",
            )?
            .execute(params![room.no, kind, code.0, from.map(|from| from.0)])?;
        Ok(())
    }

    /// Whom a code is part of, unless they are erased or nobody has it.
    pub(crate) fn living(&self, room: &Room, code: PersonCode) -> Result<Option<PersonCode>, PeopleError> {
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
        "select outgoing.no, workspace, code, from_code, reason, at_ms, kind from outgoing
         join space on space.no = outgoing.space where outgoing.no > ?1 order by outgoing.no limit ?2",
    )?;
    let rows = statement.query_map([handed, ORDERS_MAX], |row| Ok((row.get(0)?, from_row(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Order> {
    let workspace = WorkspaceId(u128::from_be_bytes(row.get(1)?));
    let code = PersonCode(row.get(2)?);
    let at_ms = row.get(5)?;
    Ok(match (row.get(6)?, row.get::<_, Option<u32>>(3)?.map(PersonCode)) {
        (STANDING, into) => Order::Standing { workspace, person: code, into },
        (_, Some(from)) => Order::Merge { workspace, into: code, from, reason: row.get(4)?, at_ms },
        (_, None) => Order::Erase { workspace, person: code, at_ms },
    })
}

/// The columns of an order that is decided here: kind, two codes, words and time.
fn parts(order: &Order) -> Option<(i64, PersonCode, Option<PersonCode>, &str, i64)> {
    match order {
        Order::Merge { into, from, reason, at_ms, .. } => Some((0, *into, Some(*from), reason, *at_ms)),
        Order::Erase { person, at_ms, .. } => Some((0, *person, None, "", *at_ms)),
        Order::Standing { person, into, .. } => Some((STANDING, *person, *into, "", 0)),
        Order::Purge { .. }
        | Order::Join { .. }
        | Order::Unmerge { .. }
        | Order::Apart { .. }
        | Order::Consent { .. } => None,
    }
}
