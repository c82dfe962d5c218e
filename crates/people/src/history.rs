//! What each trait was: the last values, who said so and when. Of a sealed value its class is kept, never the value. A value that
//! was taken over in a merge has its history with whom it was taken over from.

use model::{EventRecord, PersonCode};
use rusqlite::params;

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::traits::TraitRow;

/// The most values of one trait of a person that are kept; the oldest go.
pub(crate) const CHANGES_MAX: u32 = 20;
/// The longest value that is kept here, in bytes of JSON; of a longer one it is known that it was there.
const CHANGE_BYTES_MAX: usize = 1_024;

impl Batch<'_> {
    /// Keeps that an event made a trait what it is now, if it was otherwise before.
    pub(crate) fn remember(
        &self,
        room: &Room,
        person: PersonCode,
        (earlier, now): (Option<&TraitRow>, &TraitRow),
        event: &EventRecord,
    ) -> Result<(), PeopleError> {
        let same = |earlier: &TraitRow| {
            (&earlier.plain, &earlier.class, &earlier.hash) == (&now.plain, &now.class, &now.hash)
        };
        if earlier.is_some_and(same) {
            return Ok(());
        }
        let plain = now.plain.as_deref().filter(|plain| plain.len() <= CHANGE_BYTES_MAX);
        let mut insert = self.tx.prepare_cached(
            "insert into trait_change (space, code, name, no, time_ms, source, plain, class)
             select ?1, ?2, ?3, coalesce(max(no), 0) + 1, ?4, ?5, ?6, ?7 from trait_change
             where space = ?1 and code = ?2 and name = ?3",
        )?;
        let source = event.source.0.to_be_bytes();
        insert.execute(params![room.no, person.0, now.no, event.time_ms, source, plain, now.class])?;
        if earlier.is_some() {
            self.tx
                .prepare_cached(
                    "delete from trait_change where space = ?1 and code = ?2 and name = ?3 and no <=
                       (select max(no) from trait_change where space = ?1 and code = ?2 and name = ?3) - ?4",
                )?
                .execute(params![room.no, person.0, now.no, CHANGES_MAX])?;
        }
        Ok(())
    }
}
