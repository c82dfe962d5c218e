//! Two people become one. What the one that goes had under its own code stays there, under its own key, and so do its counts,
//! times and groups, which are added up when somebody looks. The survivor gets copies of the traits that were written later
//! than its own; what it had before is kept beside, so that the two can be told apart again ([`crate::unmerge`]).

use std::collections::HashMap;

use model::{MemberId, Order, PersonCode};
use rusqlite::params;
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identity::Why;
use crate::memory::sql_integer;
use crate::traits::TraitRow;

/// Who goes, who stays, and why; kept as the explanation.
pub(crate) struct Merge<'a> {
    pub(crate) into: PersonCode,
    pub(crate) from: PersonCode,
    pub(crate) reason: &'a str,
    /// Who decided it; nobody: a rule.
    pub(crate) by: Option<MemberId>,
    pub(crate) offset: u64,
    pub(crate) at_ms: i64,
}

impl Batch<'_> {
    /// Merges by a rule of identity, at once, and leaves the order for the journal.
    pub(crate) fn decide_merge(
        &mut self,
        room: &Room,
        into: PersonCode,
        from: PersonCode,
        why: Why,
    ) -> Result<(), PeopleError> {
        let (reason, at_ms) = (why.how.as_str(), self.now_ms);
        self.merge(room, &Merge { into, from, reason, by: None, offset: why.offset, at_ms })?;
        let reason = reason.to_owned();
        self.send(room, &Order::Merge { workspace: room.workspace, into, from, reason, at_ms })
    }

    /// Merges two living people.
    pub(crate) fn merge(&mut self, room: &Room, merge: &Merge<'_>) -> Result<(), PeopleError> {
        self.write_touched()?;
        self.merge_rows(room, merge)?;
        self.merge_traits(room, merge)?;
        self.tie_all(room, merge.into)?;
        self.memory.space(self.tx, room.workspace)?.one_gone();
        Ok(())
    }

    /// Everything but traits.
    fn merge_rows(&self, room: &Room, merge: &Merge<'_>) -> Result<(), PeopleError> {
        let (space, into, from) = (room.no, merge.into.0, merge.from.0);
        for sql in [
            "update person set into_code = ?2 where space = ?1 and (code = ?3 or into_code = ?3)",
            "update identifier set code = ?2 where space = ?1 and code = ?3",
            "delete from suggestion where space = ?1 and one = min(?2, ?3) and other = max(?2, ?3)",
        ] {
            self.tx.prepare_cached(sql)?.execute(params![space, into, from])?;
        }
        self.tx
            .prepare_cached(
                "insert into merged (space, from_code, into_code, reason, offset, at_ms, by_member)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                space,
                from,
                into,
                merge.reason,
                sql_integer(merge.offset),
                merge.at_ms,
                merge.by.map(|by| by.0.to_be_bytes())
            ])?;
        Ok(())
    }

    /// The survivor takes over each trait that was written later than its own.
    fn merge_traits(&self, room: &Room, merge: &Merge<'_>) -> Result<(), PeopleError> {
        let kept: HashMap<u32, TraitRow> =
            self.trait_rows(room, merge.into)?.into_iter().map(|row| (row.no, row)).collect();
        let mut to_seal = Vec::new();
        let vault = Vault::new(self.tx, &room.keys, room.workspace);
        for row in self.trait_rows(room, merge.from)? {
            let own = kept.get(&row.no);
            if own.is_some_and(|own| own.time_ms >= row.time_ms) {
                continue;
            }
            self.overlay(room, merge, row.no, own)?;
            self.put_trait(room, merge.into, &row)?;
            if row.class.is_some() {
                to_seal.push(row.name);
            } else if own.is_some_and(|own| own.class.is_some())
                && let Some(subject) = vault.subject(merge.into)?
            {
                subject.remove(&row.name)?;
            }
        }
        if !to_seal.is_empty() {
            let names: Vec<&str> = to_seal.iter().map(String::as_str).collect();
            vault.copy(merge.from, merge.into, &names)?;
        }
        Ok(())
    }
}
