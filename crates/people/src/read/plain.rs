//! What questions in SQL may see of people: when they were seen, and the traits that are not sealed.

use model::record::PersonRef;
use model::{PersonCode, WorkspaceId};
use serde_json::{Map, Value};

use super::Reading;
use crate::error::PeopleError;
use crate::people::People;
use crate::profile::TraitValue;

/// What is wanted of people.
#[derive(Clone, Copy, Default, Debug)]
pub struct PlainNeeds {
    /// When they were seen.
    pub seen: bool,
    /// Their traits.
    pub traits: bool,
}

/// Somebody without a name. What was not wanted is empty.
#[derive(Clone, PartialEq, Debug)]
pub struct PlainPerson {
    /// The code that stands for them after merges.
    pub code: PersonCode,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// Traits that are not sealed, and computed ones, which go before: the text of a JSON object.
    pub traits: String,
}

impl People {
    /// These people, in their order.
    ///
    /// # Errors
    /// The database's.
    pub fn plain(
        &self,
        workspace: WorkspaceId,
        people: &[PersonRef],
        needs: PlainNeeds,
    ) -> Result<Vec<PlainPerson>, PeopleError> {
        self.reading(workspace, |reading| people.iter().map(|person| reading.plain(*person, needs)).collect())
    }

    /// The living person whom this code stands for; nobody for one that was merged away or erased.
    ///
    /// # Errors
    /// The database's.
    pub fn plain_of(
        &self,
        workspace: WorkspaceId,
        code: PersonCode,
        needs: PlainNeeds,
    ) -> Result<Option<PlainPerson>, PeopleError> {
        self.reading(workspace, |reading| {
            let living = reading.living_code(code)?.filter(|person| person.code == code);
            living.map(|person| reading.plain(person, needs)).transpose()
        })
    }
}

impl Reading<'_> {
    fn plain(&self, person: PersonRef, needs: PlainNeeds) -> Result<PlainPerson, PeopleError> {
        let mut plain =
            PlainPerson { code: person.code, first_seen_ms: 0, last_seen_ms: 0, traits: "{}".to_owned() };
        if needs.seen {
            let seen = self.seen(person)?;
            (plain.first_seen_ms, plain.last_seen_ms) = (seen.first_ms, seen.last_ms);
        }
        if needs.traits {
            let parsed = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
            let mut traits = Map::new();
            for kept in self.traits(person)? {
                if let TraitValue::Plain(text) = kept.value {
                    traits.insert(kept.name, parsed(&text));
                }
            }
            for kept in self.computed(person)? {
                traits.insert(kept.name, parsed(&kept.value));
            }
            plain.traits = Value::Object(traits).to_string();
        }
        Ok(plain)
    }
}
