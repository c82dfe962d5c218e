//! The words with which members entered what people agreed to. What was agreed to is no value, and stays.

use rusqlite::params;

use super::{Sift, Sifting};
use crate::error::PeopleError;

impl Sifting<'_> {
    pub(super) fn consent_reasons(
        &mut self,
        from: u32,
        past: u32,
        sift: &mut dyn Sift,
    ) -> Result<(), PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select code, reason from consent where space = ?1 and code >= ?2 and code < ?3 and reason is not null",
        )?;
        let mut rows = statement.query(params![self.space, from, past])?;
        let mut wanted: Vec<(u32, String)> = Vec::new();
        while let Some(row) = rows.next()? {
            let reason: String = row.get(1)?;
            if sift.is_wanted_text(&reason) {
                wanted.push((row.get(0)?, reason));
            }
        }
        self.sifted.words += wanted.len() as u64;
        for (code, reason) in wanted.into_iter().filter(|_| !self.survey) {
            self.tx
                .prepare_cached(
                    "update consent set reason = '[purged]' where space = ?1 and code = ?2 and reason = ?3",
                )?
                .execute(params![self.space, code, reason])?;
        }
        Ok(())
    }
}
