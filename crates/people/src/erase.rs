//! A person is forgotten: the keys of everyone who was merged into them are destroyed, and every row
//! that says something about them is deleted. An empty row stays, so that the code is not given out again.

use model::{Order, PersonCode};
use rusqlite::params;
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;

impl Batch<'_> {
    /// Erases the living person `root` and all who were merged into it; `named` is whom the order names.
    pub(crate) fn erase(
        &mut self,
        room: &Room,
        root: PersonCode,
        named: PersonCode,
        at_ms: i64,
    ) -> Result<(), PeopleError> {
        self.write_touched()?;
        self.forget_identifiers(room, root)?;
        for code in self.cluster(room, root)? {
            self.erase_code(room, code)?;
            if code != named {
                // The others may not know yet that the two were one: name each.
                self.send(room, &Order::Erase { workspace: room.workspace, person: code, at_ms })?;
            }
        }
        // A group without members may have been a household: its traits go too.
        self.tx
            .prepare_cached(
                "delete from group_trait where space = ?1 and not exists (select 1 from membership
                   where membership.space = ?1 and membership.group_hash = group_trait.group_hash)",
            )?
            .execute([room.no])?;
        self.memory.space(self.tx, room.workspace)?.one_gone();
        self.memory.log_to_empty = true;
        Ok(())
    }

    fn forget_identifiers(&mut self, room: &Room, root: PersonCode) -> Result<(), PeopleError> {
        let mut statement =
            self.tx.prepare_cached("delete from identifier where space = ?1 and code = ?2 returning hash")?;
        let mut rows = statement.query(params![room.no, root.0])?;
        while let Some(row) = rows.next()? {
            self.memory.identities.remove(&(room.no, row.get(0)?));
        }
        Ok(())
    }

    /// The person and everyone merged into it.
    fn cluster(&self, room: &Room, root: PersonCode) -> Result<Vec<PersonCode>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select ?2 union all select code from person where space = ?1 and into_code = ?2",
        )?;
        let rows = statement.query_map(params![room.no, root.0], |row| row.get(0).map(PersonCode))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn erase_code(&self, room: &Room, code: PersonCode) -> Result<(), PeopleError> {
        Vault::new(self.tx, &room.keys, room.workspace).forget(code)?;
        for sql in [
            "delete from trait where space = ?1 and code = ?2",
            "delete from trait_change where space = ?1 and code = ?2",
            "delete from consent where space = ?1 and code = ?2",
            "delete from membership where space = ?1 and code = ?2",
            "delete from overflow where space = ?1 and code = ?2",
            "delete from overlaid where space = ?1 and (into_code = ?2 or from_code = ?2)",
            "delete from suggestion where space = ?1 and (one = ?2 or other = ?2)",
            "delete from apart where space = ?1 and (one = ?2 or other = ?2)",
            // The reason may be a member's words about the person.
            "update merged set reason = '' where space = ?1 and from_code = ?2",
            "update parted set why = '', reason = '' where space = ?1 and (from_code = ?2 or into_code = ?2)",
            "delete from outgoing where space = ?1 and from_code = ?2",
            // What was sent to them, not that they are not to be written to: that stays as a hash of the address.
            "update segment_run set members = max(members - 1, 0) where no in
               (select segment from segment_person where space = ?1 and code = ?2 and is_in = 1)",
            "delete from segment_person where space = ?1 and code = ?2",
            "delete from segment_event where space = ?1 and code = ?2",
            "delete from outbox where person = (select public_id from person where space = ?1 and code = ?2)",
            "update person set erased = 1, events = 0, first_seen_ms = 0, last_seen_ms = 0
             where space = ?1 and code = ?2",
        ] {
            self.tx.prepare_cached(sql)?.execute(params![room.no, code.0])?;
        }
        Ok(())
    }
}
