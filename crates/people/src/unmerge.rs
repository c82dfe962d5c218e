//! A merge is undone. Who was merged away gets back what is theirs: the identifiers that came with them and with whoever was
//! merged into them, and all that stands under their own code. The survivor gives back what it took over: a trait that nobody
//! has written since is what it was before ([`crate::overlaid`]). A rule does not make the two one again.
//!
//! Events that came after the merge stay with the survivor: nothing in them says whose they were.

use model::{Decision, PersonCode};
use rusqlite::{OptionalExtension, params};

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::memory::sql_integer;

impl Batch<'_> {
    /// Undoes the merge of `from` into `into`. Nothing happens where there is none.
    pub(crate) fn unmerge(
        &mut self,
        room: &Room,
        (into, from): (PersonCode, PersonCode),
        decision: &Decision,
        offset: u64,
    ) -> Result<(), PeopleError> {
        let Some(root) = self.living(room, from)? else { return Ok(()) };
        if self.merged_into(room, from)? != Some(into) {
            return Ok(());
        }
        self.write_touched()?;
        self.give_all_back(room, into, from)?;
        let own = self.brought_along(room, from)?;
        self.separate(room, root, from, &own)?;
        self.tx
            .prepare_cached(
                "insert into parted (space, from_code, into_code, why, since, since_ms, since_member, by_member, reason, offset, at_ms)
                 select space, from_code, into_code, reason, offset, at_ms, by_member, ?3, ?4, ?5, ?6 from merged
                 where space = ?1 and from_code = ?2",
            )?
            .execute(params![
                room.no,
                from.0,
                decision.by.0.to_be_bytes(),
                decision.reason,
                sql_integer(offset),
                decision.at_ms
            ])?;
        self.tx
            .prepare_cached("delete from merged where space = ?1 and from_code = ?2")?
            .execute(params![room.no, from.0])?;
        self.keep_apart(room, [into, from], decision, offset)?;
        self.tie_again(room, root)?;
        self.tie_again(room, from)?;
        self.memory.space(self.tx, room.workspace)?.one_back();
        Ok(())
    }

    /// Into whom somebody is merged.
    pub(crate) fn merged_into(
        &self,
        room: &Room,
        person: PersonCode,
    ) -> Result<Option<PersonCode>, PeopleError> {
        let mut statement =
            self.tx.prepare_cached("select into_code from merged where space = ?1 and from_code = ?2")?;
        Ok(statement.query_row(params![room.no, person.0], |row| row.get(0).map(PersonCode)).optional()?)
    }

    /// Somebody, and whoever was merged into them.
    fn brought_along(&self, room: &Room, person: PersonCode) -> Result<Vec<PersonCode>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "with recursive own (code) as (
               select ?2 union select merged.from_code from own join merged on merged.space = ?1 and merged.into_code = own.code)
             select code from own",
        )?;
        let rows = statement.query_map(params![room.no, person.0], |row| row.get(0).map(PersonCode))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The rows of `own` leave `root` and are of `person`.
    fn separate(
        &self,
        room: &Room,
        root: PersonCode,
        person: PersonCode,
        own: &[PersonCode],
    ) -> Result<(), PeopleError> {
        for code in own {
            for sql in [
                "update person set into_code = nullif(?3, code) where space = ?1 and code = ?4 and into_code = ?2",
                "update identifier set code = ?3 where space = ?1 and code = ?2 and origin = ?4",
                // Merges of earlier versions left copies with the survivor.
                "delete from membership where space = ?1 and code in (?2, (select into_code from merged where space = ?1 and from_code = ?3))
                   and origin = ?4",
            ] {
                self.tx.prepare_cached(sql)?.execute(params![room.no, root.0, person.0, code.0])?;
            }
        }
        Ok(())
    }

    /// Which identifiers may be taken for a stranger's is found anew: a person may have lost their user id.
    fn tie_again(&mut self, room: &Room, person: PersonCode) -> Result<(), PeopleError> {
        self.tx
            .prepare_cached("update identifier set tied = 0 where space = ?1 and code = ?2")?
            .execute(params![room.no, person.0])?;
        self.tie_all(room, person)
    }
}
