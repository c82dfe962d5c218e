//! One trait of a person: what it is, and what it was.

use model::{Class, PersonId, SourceId, WorkspaceId};
use rusqlite::params;

use crate::error::PeopleError;
use crate::history::CHANGES_MAX;
use crate::people::People;
use crate::profile::{TraitChange, TraitHistory, TraitValue};
use crate::read::Reading;
use crate::traits::NO_VALUE;

impl People {
    /// A trait of a person with its last values, the newest first; `None` where there is no such person, or they never had it.
    ///
    /// # Errors
    /// The database's.
    pub fn trait_history(
        &self,
        workspace: WorkspaceId,
        id: PersonId,
        name: &str,
    ) -> Result<Option<TraitHistory>, PeopleError> {
        self.reading(workspace, |reading| {
            let Some(person) = reading.living(id)? else { return Ok(None) };
            let value = reading.traits(person)?.into_iter().find(|kept| kept.name == name);
            let computed = reading.computed(person)?.into_iter().find(|kept| kept.name == name);
            let changes = reading.changes(person.code.0, name)?;
            if value.is_none() && computed.is_none() && changes.is_empty() {
                return Ok(None);
            }
            Ok(Some(TraitHistory { person, name: name.to_owned(), value, computed, changes }))
        })
    }
}

impl Reading<'_> {
    /// Of the person, and of those who were merged into them.
    fn changes(&self, code: u32, name: &str) -> Result<Vec<TraitChange>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select time_ms, source, plain, class from trait_change
             join trait_name on trait_name.no = trait_change.name
             where trait_change.space = ?1 and trait_name.space = ?1 and trait_name.name = ?3 and code in
               (select ?2 union all select code from person where space = ?1 and into_code = ?2)
             order by time_ms desc, trait_change.no desc limit ?4",
        )?;
        let mut rows = statement.query(params![self.space, code, name, CHANGES_MAX])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            let class: Option<String> = row.get(3)?;
            let value = match (row.get::<_, Option<String>>(2)?, class) {
                (Some(plain), _) if plain == NO_VALUE => None,
                (Some(plain), _) => Some(TraitValue::Plain(plain)),
                (None, Some(class)) => {
                    Some(TraitValue::Sealed { class: Class::from_name(&class).unwrap_or(Class::Personal) })
                }
                // Too long to be kept here.
                (None, None) => Some(TraitValue::Plain(LONG.to_owned())),
            };
            let source = SourceId(u128::from_be_bytes(row.get(1)?));
            changes.push(TraitChange { time_ms: row.get(0)?, source, value });
        }
        Ok(changes)
    }
}

/// What stands for a value that was too long to be kept, as JSON.
const LONG: &str = "\"[too long]\"";
