//! Rows in clear, for an export. Whoever calls this has a grant that names every field, and has entered it in the
//! ledger: `rows` does.

use model::record::PersonRef;
use model::{Class, PersonCode, PersonId, WorkspaceId};
use rusqlite::{OptionalExtension, params};
use stdx::Secret;
use vault::Vault;

use super::{Reading, Seen, person_ref};
use crate::error::PeopleError;
use crate::identifiers::IdentifierKind;
use crate::people::People;

/// The most people of one page.
const PAGE_MAX: u32 = 10_000;

/// Which values are wanted of each person.
#[derive(Clone, Debug, Default)]
pub struct OpenFields {
    /// Identifiers, the first of each kind.
    pub identifiers: Vec<IdentifierKind>,
    /// Traits by name.
    pub traits: Vec<String>,
}

/// One person in clear.
pub struct Opened {
    /// The public id.
    pub id: PersonId,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// How many events.
    pub events: u64,
    /// As wanted.
    pub identifiers: Vec<Option<Secret<String>>>,
    /// As wanted.
    pub traits: Vec<Option<OpenedTrait>>,
}

/// A trait in clear.
pub enum OpenedTrait {
    /// The text of a JSON value that was never sealed.
    Plain(String),
    /// A sealed value.
    Sealed {
        /// What kind of value it is.
        class: Class,
        /// The value.
        value: Secret<String>,
    },
}

impl People {
    /// The living people by public id, beginning after `after`; at most 10,000.
    ///
    /// # Errors
    /// The database's.
    pub fn in_order(
        &self,
        workspace: WorkspaceId,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonRef>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached(
                "select code, public_id from person
                 where space = ?1 and public_id > ?2 and into_code is null and erased = 0
                 order by public_id limit ?3",
            )?;
            let after = after.map_or([0; 16], |id| id.0.to_be_bytes());
            let rows = statement.query_map(params![reading.space, after, limit.min(PAGE_MAX)], person_ref)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Those of these people who still live and were not merged away, in their order.
    ///
    /// # Errors
    /// The database's.
    pub fn still(&self, workspace: WorkspaceId, ids: &[PersonId]) -> Result<Vec<PersonRef>, PeopleError> {
        self.reading(workspace, |reading| {
            ids.iter().filter_map(|id| reading.still(*id).transpose()).collect()
        })
    }

    /// These people in clear, as far as they still live, in their order.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn opened(
        &self,
        workspace: WorkspaceId,
        ids: &[PersonId],
        fields: &OpenFields,
    ) -> Result<Vec<Opened>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut opened = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(person) = reading.still(*id)? {
                    opened.push(reading.opened(person, fields)?);
                }
            }
            Ok(opened)
        })
    }
}

impl Reading<'_> {
    /// The living person of a public id, who was not merged away.
    fn still(&self, id: PersonId) -> Result<Option<PersonRef>, PeopleError> {
        Ok(self.living(id)?.filter(|person| person.id == id))
    }

    fn opened(&self, person: PersonRef, fields: &OpenFields) -> Result<Opened, PeopleError> {
        let Seen { first_ms: first_seen_ms, last_ms: last_seen_ms, events } = self.seen(person)?;
        let identifiers = fields.identifiers.iter().map(|kind| self.opened_identifier(person, *kind));
        let vault = Vault::new(self.tx, &self.keys, self.workspace);
        // A person without sealed values has no key.
        let subject = if fields.traits.is_empty() { None } else { vault.subject(person.code)? };
        let traits = fields.traits.iter().map(|name| {
            let mut statement = self.tx.prepare_cached(
                "select plain, class from trait join trait_name on trait_name.no = trait.name
                 where trait.space = ?1 and code = ?2 and trait_name.name = ?3 and plain is not 'null'",
            )?;
            let found: Option<(Option<String>, Option<String>)> = statement
                .query_row(params![self.space, person.code.0, name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match (found, &subject) {
                (Some((Some(plain), _)), _) => Ok(Some(OpenedTrait::Plain(plain))),
                (Some((None, Some(class))), Some(subject)) => {
                    let class = Class::from_name(&class).unwrap_or(Class::Personal);
                    Ok(subject.open(name)?.map(|value| OpenedTrait::Sealed { class, value }))
                }
                _ => Ok(None),
            }
        });
        Ok(Opened {
            id: person.id,
            first_seen_ms,
            last_seen_ms,
            events,
            identifiers: identifiers.collect::<Result<_, PeopleError>>()?,
            traits: traits.collect::<Result<_, PeopleError>>()?,
        })
    }

    fn opened_identifier(
        &self,
        person: PersonRef,
        kind: IdentifierKind,
    ) -> Result<Option<Secret<String>>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select origin, sealed from identifier where space = ?1 and code = ?2 and kind = ?3
             order by offset limit 1",
        )?;
        let found: Option<(u32, Vec<u8>)> = statement
            .query_row(params![self.space, person.code.0, kind.number()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match found {
            Some((origin, sealed)) => self.open_apart(PersonCode(origin), kind.as_str(), sealed),
            None => Ok(None),
        }
    }
}
