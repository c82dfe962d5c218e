//! What survivors had before they took something over: it is kept, so it goes like everything else.

use model::PersonCode;
use rusqlite::{Row, params};

use super::{Fate, KeptTrait, PURGED, Sift, Sifting};
use crate::error::PeopleError;
use crate::overlaid::purpose;

/// A row, as read.
struct Read {
    code: u32,
    from: u32,
    no: u32,
    root: u32,
    name: String,
    time_ms: i64,
    plain: Option<String>,
    sealed: Option<Vec<u8>>,
}

impl Sifting<'_> {
    pub(super) fn overlaid(&mut self, from: u32, past: u32, sift: &mut dyn Sift) -> Result<(), PeopleError> {
        for kept in self.overlaid_rows(from, past)? {
            let opened = match (&kept.plain, &kept.sealed) {
                (None, Some(sealed)) => match self.vault.subject(PersonCode(kept.code))? {
                    Some(subject) => {
                        Some(subject.open_apart(&purpose(PersonCode(kept.from), kept.no), sealed)?)
                    }
                    None => None,
                },
                _ => None,
            };
            let is_sealed = kept.plain.is_none();
            let value = match (&kept.plain, &opened) {
                (Some(plain), _) if plain != PURGED => plain.as_str(),
                (None, Some(value)) => value.expose().as_str(),
                _ => continue,
            };
            let (person, name, time_ms) = (PersonCode(kept.root), kept.name.as_str(), kept.time_ms);
            let plain = match sift.person_trait(&KeptTrait { person, name, time_ms, value, is_sealed }) {
                Fate::Stays => continue,
                Fate::Becomes(plain) if !is_sealed => plain,
                Fate::Goes | Fate::Becomes(_) => PURGED.to_owned(),
            };
            let count = if is_sealed { &mut self.sifted.sealed } else { &mut self.sifted.traits };
            *count += 1;
            if self.survey {
                continue;
            }
            self.tx
                .prepare_cached(
                    "update overlaid set plain = ?5, class = null, hash = null, sealed = null
                     where space = ?1 and into_code = ?2 and from_code = ?3 and name = ?4",
                )?
                .execute(params![self.space, kept.code, kept.from, kept.no, plain])?;
        }
        Ok(())
    }

    fn overlaid_rows(&self, from: u32, past: u32) -> Result<Vec<Read>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select overlaid.into_code, from_code, overlaid.name, coalesce(person.into_code, person.code),
               trait_name.name, time_ms, plain, sealed
             from overlaid join trait_name on trait_name.no = overlaid.name
             join person on person.space = overlaid.space and person.code = overlaid.into_code
             where overlaid.space = ?1 and overlaid.into_code >= ?2 and overlaid.into_code < ?3 and time_ms is not null",
        )?;
        let rows = statement.query_map(params![self.space, from, past], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    Ok(Read {
        code: row.get(0)?,
        from: row.get(1)?,
        no: row.get(2)?,
        root: row.get(3)?,
        name: row.get(4)?,
        time_ms: row.get(5)?,
        plain: row.get(6)?,
        sealed: row.get(7)?,
    })
}
