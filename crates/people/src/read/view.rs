//! Lists and profiles.

use model::record::PersonRef;
use model::{Class, Offset, PersonId, WorkspaceId};
use rusqlite::{Row, params};
use vault::{Vault, VaultError};

use super::{Reading, Seen, count, person_ref, public_id};
use crate::error::PeopleError;
use crate::groups::GROUP_ID;
use crate::identifiers::{IdentifierKind, mask};
use crate::people::People;
use crate::profile::{
    ComputedValue, MaskedIdentifier, Membership, Overflow, Profile, ProfileSummary, Trait, TraitValue,
};

/// The most lines of one page.
const PAGE_MAX: u32 = 500;
/// The most rows of one kind in a profile.
const ROWS_MAX: u32 = 500;

impl People {
    /// Everything known of a person, personal values masked or left sealed. An id merged away gives the
    /// survivor; `None` for an erased or unknown one.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn profile(&self, workspace: WorkspaceId, id: PersonId) -> Result<Option<Profile>, PeopleError> {
        self.reading(workspace, |reading| match reading.living(id)? {
            Some(person) => reading.profile(person).map(Some),
            None => Ok(None),
        })
    }

    /// The living people, the newest made first, beginning after `after`; at most 500.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn list(
        &self,
        workspace: WorkspaceId,
        limit: u32,
        after: Option<PersonId>,
    ) -> Result<Vec<ProfileSummary>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement = reading.tx.prepare_cached(
                "select code, public_id from person
                 where space = ?1 and public_id < ?2 and into_code is null and erased = 0
                 order by public_id desc limit ?3",
            )?;
            let after = after.map_or([0xff; 16], |id| id.0.to_be_bytes());
            let rows = statement.query_map(params![reading.space, after, limit.min(PAGE_MAX)], person_ref)?;
            let people = rows.collect::<Result<Vec<_>, _>>()?;
            people.into_iter().map(|person| reading.summary(person)).collect()
        })
    }

    /// These people as they stand in lists, in their order; those merged away as their survivor, the erased and
    /// unknown left out.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn these(
        &self,
        workspace: WorkspaceId,
        ids: &[PersonId],
    ) -> Result<Vec<ProfileSummary>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut summaries = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(person) = reading.living(*id)? {
                    summaries.push(reading.summary(person)?);
                }
            }
            Ok(summaries)
        })
    }

    /// The lines of living people, in their order.
    ///
    /// # Errors
    /// The database's, or a sealed value that does not open.
    pub fn summaries(
        &self,
        workspace: WorkspaceId,
        people: &[PersonRef],
    ) -> Result<Vec<ProfileSummary>, PeopleError> {
        self.reading(workspace, |reading| {
            people.iter().take(PAGE_MAX as usize).map(|person| reading.summary(*person)).collect()
        })
    }
}

impl Reading<'_> {
    fn summary(&self, person: PersonRef) -> Result<ProfileSummary, PeopleError> {
        let Seen { first_ms, last_ms, events } = self.seen(person)?;
        let identifier = self.identifiers(person, 1)?.pop();
        Ok(ProfileSummary { person, first_seen_ms: first_ms, last_seen_ms: last_ms, events, identifier })
    }

    fn profile(&self, person: PersonRef) -> Result<Profile, PeopleError> {
        let Seen { first_ms, last_ms, events } = self.seen(person)?;
        Ok(Profile {
            person,
            first_seen_ms: first_ms,
            last_seen_ms: last_ms,
            events,
            traits: self.traits(person)?,
            computed: self.computed(person)?,
            consent: self.consent(person)?,
            identifiers: self.identifiers(person, ROWS_MAX)?,
            groups: self.groups(person)?,
            merges: self.merges(person)?,
            parted: self.parted(person)?,
            apart: self.apart(Some(person))?,
            overflow: self.overflow(person)?,
        })
    }

    pub(super) fn traits(&self, person: PersonRef) -> Result<Vec<Trait>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait_name.name, time_ms, plain, class from trait join trait_name on trait_name.no = trait.name
             where trait.space = ?1 and code = ?2 and plain is not 'null' order by 1 limit ?3",
        )?;
        let mut rows = statement.query(params![self.space, person.code.0, ROWS_MAX])?;
        let mut traits = Vec::new();
        while let Some(row) = rows.next()? {
            let value = match (row.get(2)?, row.get::<_, Option<String>>(3)?) {
                (Some(plain), _) => TraitValue::Plain(plain),
                (None, class) => TraitValue::Sealed {
                    class: class
                        .and_then(|class| Class::from_name(&class))
                        .ok_or(VaultError::Unreadable { person: person.code.0 })?,
                },
            };
            traits.push(Trait { name: row.get(0)?, time_ms: row.get(1)?, value });
        }
        Ok(traits)
    }

    /// What is worked out from what they did.
    pub(super) fn computed(&self, person: PersonRef) -> Result<Vec<ComputedValue>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select trait, value, since_ms from segment_person
             join segment_run on segment_run.no = segment_person.segment
             where space = ?1 and code = ?2 and trait is not null and value is not null order by 1 limit ?3",
        )?;
        let rows = statement.query_map(params![self.space, person.code.0, ROWS_MAX], |row| {
            Ok(ComputedValue { name: row.get(0)?, value: row.get(1)?, at_ms: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// User ids first, then in the order they came.
    fn identifiers(&self, person: PersonRef, limit: u32) -> Result<Vec<MaskedIdentifier>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select kind, origin, sealed, how, offset, identifier.at_ms, public_id from identifier
             join person on person.space = identifier.space and person.code = origin
             where identifier.space = ?1 and identifier.code = ?2 order by kind, offset limit ?3",
        )?;
        let mut rows = statement.query(params![self.space, person.code.0, limit])?;
        let mut identifiers = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(kind) = IdentifierKind::from_number(row.get(0)?) else { continue };
            let masked = self.masked(row, 1, kind.as_str())?;
            identifiers.push(MaskedIdentifier {
                kind,
                masked,
                how: row.get(3)?,
                offset: offset(row, 4)?,
                at_ms: row.get(5)?,
                origin: PersonRef { code: model::PersonCode(row.get(1)?), id: public_id(row, 6)? },
            });
        }
        Ok(identifiers)
    }

    fn groups(&self, person: PersonRef) -> Result<Vec<Membership>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select group_hash, origin, sealed, min(first_ms), max(last_ms) from membership where space = ?1 and code in
               (select ?2 union all select code from person where space = ?1 and into_code = ?2)
             group by group_hash order by 4, group_hash limit ?3",
        )?;
        let mut traits = self.tx.prepare_cached(
            "select name, plain from group_trait where space = ?1 and group_hash = ?2 and plain <> 'null' order by 1",
        )?;
        let mut rows = statement.query(params![self.space, person.code.0, ROWS_MAX])?;
        let mut groups = Vec::new();
        while let Some(row) = rows.next()? {
            let hash: [u8; 16] = row.get(0)?;
            let traits = traits
                .query_map(params![self.space, hash], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let masked = self.masked(row, 1, GROUP_ID)?;
            groups.push(Membership { masked, first_ms: row.get(3)?, last_ms: row.get(4)?, traits });
        }
        Ok(groups)
    }

    /// Opens the value sealed apart in the two columns from `column` on, and masks it.
    fn masked(&self, row: &Row<'_>, column: usize, purpose: &str) -> Result<String, PeopleError> {
        let opened = self.open_apart(model::PersonCode(row.get(column)?), purpose, row.get(column + 1)?)?;
        Ok(opened.map_or_else(|| "…".to_owned(), |value| mask(value.expose())))
    }

    /// Opens what was sealed apart under the key of `origin`.
    pub(super) fn open_apart(
        &self,
        origin: model::PersonCode,
        purpose: &str,
        sealed: Vec<u8>,
    ) -> Result<Option<stdx::Secret<String>>, PeopleError> {
        let vault = Vault::new(self.tx, &self.keys, self.workspace);
        match vault.subject(origin)? {
            Some(subject) => Ok(Some(subject.open_apart(purpose, &sealed)?)),
            None => Ok(None),
        }
    }

    fn overflow(&self, person: PersonRef) -> Result<Vec<Overflow>, PeopleError> {
        let mut statement = self
            .tx
            .prepare_cached(
                "select kind, sum(count) from overflow where space = ?1 and code in
                   (select ?2 union all select code from person where space = ?1 and into_code = ?2) group by 1 order by 1",
            )?;
        let rows = statement.query_map(params![self.space, person.code.0], |row| {
            Ok(Overflow { kind: row.get(0)?, count: count(row, 1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

pub(super) fn offset(row: &Row<'_>, column: usize) -> rusqlite::Result<Offset> {
    count(row, column).map(Offset)
}
