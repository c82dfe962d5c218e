//! What traits were before: it is kept, so it goes like what they are. Of sealed values nothing stands here.

use model::PersonCode;
use rusqlite::params;

use super::{Fate, KeptTrait, PURGED, Sift, Sifting};
use crate::error::PeopleError;

/// A row, as read.
struct Read {
    code: u32,
    root: u32,
    no: u32,
    change: i64,
    name: String,
    time_ms: i64,
    plain: String,
}

impl Sifting<'_> {
    pub(super) fn history(&mut self, from: u32, past: u32, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        for kept in self.history_rows(from, past)? {
            let (person, name, value) = (PersonCode(kept.root), kept.name.as_str(), kept.plain.as_str());
            let shown = KeptTrait { person, name, time_ms: kept.time_ms, value, is_sealed: false };
            let plain = match sift.person_trait(&shown) {
                Fate::Stays => continue,
                Fate::Goes => PURGED.to_owned(),
                Fate::Becomes(plain) => plain,
            };
            self.sifted.earlier += 1;
            if self.survey {
                continue;
            }
            self.tx
                .prepare_cached(
                    "update trait_change set plain = ?5 where space = ?1 and code = ?2 and name = ?3 and no = ?4",
                )?
                .execute(params![self.space, kept.code, kept.no, kept.change, plain])?;
        }
        Ok(())
    }

    fn history_rows(&self, from: u32, past: u32) -> Result<Vec<Read>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait_change.code, coalesce(person.into_code, person.code), trait_change.name, trait_change.no,
               trait_name.name, time_ms, plain
             from trait_change join trait_name on trait_name.no = trait_change.name
             join person on person.space = trait_change.space and person.code = trait_change.code
             where trait_change.space = ?1 and trait_change.code >= ?2 and trait_change.code < ?3
               and plain is not null and plain <> 'null' and plain <> ?4",
        )?;
        let rows = statement.query_map(params![self.space, from, past, PURGED], |row| {
            Ok(Read {
                code: row.get(0)?,
                root: row.get(1)?,
                no: row.get(2)?,
                change: row.get(3)?,
                name: row.get(4)?,
                time_ms: row.get(5)?,
                plain: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
