//! What people agreed to, as it counts now.

use model::record::PersonRef;
use model::{Channel, Consent, MemberId, PersonCode, PersonId, SourceId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Reading;
use crate::error::PeopleError;
use crate::memory::space_no;
use crate::people::People;
use crate::profile::{ConsentFrom, ConsentSaid, Consented};

/// The most rows that are shown of a person.
const ROWS_MAX: u32 = 1_000;

/// What was said last, of the person and of those who were merged into them.
const LAST: &str = "with root (code) as (select coalesce(into_code, code) from person where space = ?1 and code = ?2),
     own (code) as (select code from root
       union all select person.code from root join person on person.space = ?1 and person.into_code = root.code)
   select last_ms, state from own cross join consent on consent.space = ?1 and consent.code = own.code
   where purpose = ?3 and channel = ?4 order by last_ms desc, state desc limit 1";

impl People {
    /// What these people agreed to, in their order, those merged away as their survivor: nothing where they never said. For a channel
    /// what was said of all channels counts too, by [`in_effect`].
    ///
    /// # Errors
    /// The database's.
    pub fn consents(
        &self,
        workspace: WorkspaceId,
        (purpose, channel): (&str, Channel),
        people: &[PersonCode],
    ) -> Result<Vec<Option<Consent>>, PeopleError> {
        self.database.read(|tx| {
            let space = space_no(tx, workspace)?;
            let purpose = space.zip(model::consent::purpose(purpose));
            let no =
                purpose.as_ref().map(|(space, name)| purpose_no(tx, *space, name)).transpose()?.flatten();
            let (Some(space), Some(no)) = (space, no) else { return Ok(vec![None; people.len()]) };
            let mut statement = tx.prepare_cached(LAST)?;
            let mut last = |code: PersonCode, channel: Channel| {
                let of = params![space, code.0, no, channel.number()];
                let found = statement.query_row(of, |row| Ok((row.get(0)?, consent(row, 1)?)));
                found.optional()
            };
            let mut found = Vec::with_capacity(people.len());
            for code in people {
                let own = last(*code, channel)?;
                let all = if channel == Channel::All { None } else { last(*code, Channel::All)? };
                found.push(in_effect(own, all));
            }
            Ok(found)
        })
    }

    /// What a person said, by purpose and channel; an id merged away gives the survivor, `None` an erased or unknown one.
    ///
    /// # Errors
    /// The database's.
    pub fn consent_of(
        &self,
        workspace: WorkspaceId,
        id: PersonId,
    ) -> Result<Option<(PersonRef, Vec<Consented>)>, PeopleError> {
        self.reading(workspace, |reading| {
            let Some(person) = reading.living(id)? else { return Ok(None) };
            Ok(Some((person, reading.consent(person)?)))
        })
    }

    /// The purposes that anybody in the workspace said something about, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn purposes(&self, workspace: WorkspaceId) -> Result<Vec<String>, PeopleError> {
        self.reading(workspace, |reading| {
            let mut statement =
                reading.tx.prepare_cached("select name from consent_purpose where space = ?1 order by 1")?;
            let rows = statement.query_map([reading.space], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// What counts for a channel, of what was said last of it and of all channels: the later, but a no to the channel alone is only taken
/// back for the channel alone. Browsers repeat their yes to everything with every page.
pub(crate) fn in_effect(own: Option<(i64, Consent)>, all: Option<(i64, Consent)>) -> Option<Consent> {
    match (own, all) {
        (Some((own_ms, Consent::Granted)), Some((all_ms, of_all))) => {
            Some((own_ms, Consent::Granted).max((all_ms, of_all)).1)
        }
        (Some((_, own)), _) => Some(own),
        (None, all) => all.map(|(_, consent)| consent),
    }
}

impl Reading<'_> {
    /// What a person said, by purpose and channel.
    pub(super) fn consent(&self, person: PersonRef) -> Result<Vec<Consented>, PeopleError> {
        let mut statement = self.tx.prepare_cached(
            "select name, channel, state, first_ms, last_ms, source, by_member, reason
             from consent join consent_purpose on consent_purpose.no = consent.purpose
             where consent.space = ?1 and code in (select ?2 union all select code from person where space = ?1 and into_code = ?2)
             order by name, channel, last_ms desc, state desc, first_ms desc limit ?3",
        )?;
        let mut rows = statement.query(params![self.space, person.code.0, ROWS_MAX])?;
        let mut found: Vec<Consented> = Vec::new();
        while let Some(row) = rows.next()? {
            let purpose: String = row.get(0)?;
            let Some(channel) = Channel::from_number(row.get(1)?) else { continue };
            let said = said(row)?;
            match found.last_mut() {
                Some(last) if last.purpose == purpose && last.channel == channel => last.earlier.push(said),
                _ => found.push(Consented { purpose, channel, said, earlier: Vec::new() }),
            }
        }
        Ok(found)
    }
}

fn said(row: &Row<'_>) -> rusqlite::Result<ConsentSaid> {
    let by: Option<[u8; 16]> = row.get(6)?;
    let source: Option<[u8; 16]> = row.get(5)?;
    let from = match by {
        Some(by) => ConsentFrom::Member {
            by: MemberId(u128::from_be_bytes(by)),
            reason: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        },
        None => ConsentFrom::Source(SourceId(u128::from_be_bytes(source.unwrap_or_default()))),
    };
    Ok(ConsentSaid { consent: consent(row, 2)?, first_ms: row.get(3)?, last_ms: row.get(4)?, from })
}

/// A number that nobody wrote counts as a no.
fn consent(row: &Row<'_>, column: usize) -> rusqlite::Result<Consent> {
    row.get(column).map(|number| Consent::from_number(number).unwrap_or(Consent::Refused))
}

fn purpose_no(tx: &Transaction<'_>, space: u32, name: &str) -> Result<Option<u32>, rusqlite::Error> {
    tx.prepare_cached("select no from consent_purpose where space = ?1 and name = ?2")?
        .query_row(params![space, name], |row| row.get(0))
        .optional()
}
