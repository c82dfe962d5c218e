//! Who belongs to which group; a group may also be told of without a member. A group's id is found by keyed hash and sealed under its member's key;
//! its plain traits are kept (those of usual length), its personal ones are not: nobody could erase them.

use model::{EventRecord, PersonCode};
use rusqlite::{OptionalExtension, params};
use vault::Vault;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identifiers::{Hash, group_hash_of, is_blocked};
use crate::operations::{Operation, below};
use crate::traits::{TRAIT_BYTES_MAX, plain_traits};

/// The most groups of one person; further ones are counted, not kept.
const GROUPS_MAX: i64 = 100;
/// The most traits of one group; further ones are not kept.
const GROUP_TRAITS_MAX: i64 = 200;
/// What a group's id is sealed for.
pub(crate) const GROUP_ID: &str = "group_id";

impl Batch<'_> {
    /// Keeps a membership and what the event says of the group.
    pub(crate) fn write_group(
        &mut self,
        room: &Room,
        person: PersonCode,
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        let Some(id) = event.group_id.as_deref().filter(|id| !is_blocked(id)) else { return Ok(()) };
        let group = group_hash_of(id, &room.keys.hash);
        if person != PersonCode::NOBODY && !self.is_member(room, person, group, event.time_ms)? {
            self.join_group(room, person, group, event.time_ms, id)?;
        }
        for (name, plain) in plain_traits(event) {
            match Operation::of(&name) {
                Some(operation) => self.operate_on_group(room, group, (operation, &plain), event)?,
                None if plain.len() <= TRAIT_BYTES_MAX => {
                    self.write_group_trait(room, group, &name, &plain, event.time_ms)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Carries out an operation on a group's plain traits; what does not fit changes nothing.
    fn operate_on_group(
        &self,
        room: &Room,
        group: Hash,
        (operation, raw): (Operation, &str),
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        for (name, given) in below(operation, raw) {
            let own = format!("{}.{name}", operation.as_str());
            // A personal value of a group is not kept, and its mark is none of a group's either.
            if event.sealed.iter().any(|sealed| sealed.name.starts_with(&own)) {
                continue;
            }
            let present: Option<(String, i64)> = self
                .tx
                .prepare_cached("select plain, time_ms from group_trait where space = ?1 and group_hash = ?2 and name = ?3")?
                .query_row(params![room.no, group, name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let (plain, time_ms) =
                present.map_or((None, event.time_ms), |(plain, at)| (Some(plain), at.max(event.time_ms)));
            if let Ok(Some(plain)) = operation.apply_json(plain.as_deref(), &given) {
                self.write_group_trait(room, group, &name, &plain, time_ms)?;
            }
        }
        Ok(())
    }

    /// Notes that the membership was seen; `false` if there is none.
    fn is_member(
        &self,
        room: &Room,
        person: PersonCode,
        group: Hash,
        time_ms: i64,
    ) -> Result<bool, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "update membership set first_ms = min(first_ms, ?4), last_ms = max(last_ms, ?4)
             where space = ?1 and code = ?2 and group_hash = ?3",
        )?;
        Ok(statement.execute(params![room.no, person.0, group, time_ms])? > 0)
    }

    fn join_group(
        &self,
        room: &Room,
        person: PersonCode,
        group: Hash,
        time_ms: i64,
        id: &str,
    ) -> Result<(), PeopleError> {
        let groups: i64 = self
            .tx
            .prepare_cached("select count(*) from membership where space = ?1 and code = ?2")?
            .query_row(params![room.no, person.0], |row| row.get(0))?;
        if groups >= GROUPS_MAX {
            return self.count_overflow(room, person, "group");
        }
        let vault = Vault::new(self.tx, &room.keys, room.workspace);
        let sealed = vault.subject_or_new(person)?.seal_apart(GROUP_ID, id);
        self.tx
            .prepare_cached(
                "insert into membership (space, code, group_hash, origin, sealed, first_ms, last_ms)
                 values (?1, ?2, ?3, ?2, ?4, ?5, ?5)",
            )?
            .execute(params![room.no, person.0, group, sealed, time_ms])?;
        Ok(())
    }

    fn write_group_trait(
        &self,
        room: &Room,
        group: Hash,
        name: &str,
        plain: &str,
        time_ms: i64,
    ) -> Result<(), PeopleError> {
        let before: Option<String> = self
            .tx
            .prepare_cached(
                "select plain from group_trait where space = ?1 and group_hash = ?2 and name = ?3",
            )?
            .query_row(params![room.no, group, name], |row| row.get(0))
            .optional()?;
        let written = self
            .tx
            .prepare_cached(
                "insert into group_trait (space, group_hash, name, time_ms, plain) select ?1, ?2, ?3, ?4, ?5
                 where (select count(*) from group_trait where space = ?1 and group_hash = ?2) < ?6 or exists
                   (select 1 from group_trait where space = ?1 and group_hash = ?2 and name = ?3)
                 on conflict do update set time_ms = excluded.time_ms, plain = excluded.plain
                 where excluded.time_ms >= group_trait.time_ms",
            )?
            .execute(params![room.no, group, name, time_ms, plain, GROUP_TRAITS_MAX])?;
        if written > 0 && before.as_deref() != Some(plain) {
            // Whoever judges people by it goes through the members later.
            self.tx
                .prepare_cached(
                    "insert into group_changed (space, group_hash, name) values (?1, ?2, ?3)
                     on conflict do update set again = 1 where next_code > 0",
                )?
                .execute(params![room.no, group, name])?;
        }
        Ok(())
    }
}
