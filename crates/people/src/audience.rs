//! Which people are meant by an audience: those of a workspace whose traits fit.

use std::collections::HashMap;

use model::record::PersonRef;
use model::{PersonCode, WorkspaceId};
use question::kinds::Audience;
use question::plain::{self, PlainRow};
use question::{Condition, Field, Question, Who};
use serde_json::{Value, json};

use crate::error::PeopleError;
use crate::people::People;

/// How many people are looked at at a time.
const PEOPLE_AT_ONCE: u32 = 5_000;

/// The most people of one audience: all of them are held in memory.
pub const PEOPLE_MAX: usize = 2_000_000;

/// An audience, read as a question reads it.
///
/// # Errors
/// What to write instead.
pub fn read(who: &Value) -> Result<Audience, String> {
    let document = json!({ "kind": "people", "who": who }).to_string();
    let audience = match Question::from_json(document.as_bytes()) {
        Ok(Question::People(people)) => people.who,
        Ok(_) => return Err("an audience".to_owned()),
        Err(error) => return Err(format!("{}: {}", error.problem, error.fix)),
    };
    traits_in(&audience, &mut Vec::new()).map(|()| audience)
}

impl People {
    /// The living people who are meant, all of them if nothing says who, by public id. `who` knows their traits, and
    /// their segments.
    ///
    /// # Errors
    /// More than [`PEOPLE_MAX`] ([`PeopleError::TooMany`]); the database's.
    pub fn selected(
        &self,
        workspace: WorkspaceId,
        audience: Option<&Audience>,
        who: &dyn Who,
    ) -> Result<Vec<PersonRef>, PeopleError> {
        let mut names = Vec::new();
        if let Some(audience) = audience {
            // One that could not be read fits nobody below.
            let _ = traits_in(audience, &mut names);
        }
        let (mut selected, mut after) = (Vec::new(), None);
        loop {
            let page = self.in_order(workspace, after, PEOPLE_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(selected) };
            after = Some(last.id);
            let codes: Vec<PersonCode> = page.iter().map(|person| person.code).collect();
            let mut values: HashMap<&str, Vec<Option<Value>>> = HashMap::new();
            for name in &names {
                let found = who.traits(workspace, name, &codes).map_err(PeopleError::Who)?;
                values.insert(name, found);
            }
            for (at, person) in page.iter().enumerate() {
                let of = |_: u32, name: &str| values.get(name)?.get(at).cloned().flatten();
                if audience.is_none_or(|audience| fits(audience, &of)) {
                    selected.push(*person);
                }
            }
            if selected.len() > PEOPLE_MAX {
                return Err(PeopleError::TooMany(PEOPLE_MAX));
            }
        }
    }
}

/// The traits that are asked about. What people did is not looked at here yet, and is refused.
fn traits_in(audience: &Audience, names: &mut Vec<String>) -> Result<(), String> {
    match audience {
        Audience::All { all: parts } | Audience::Any { any: parts } => {
            parts.iter().try_for_each(|part| traits_in(part, names))
        }
        Audience::Not { not } => traits_in(not, names),
        Audience::Is(Condition { field: Field::Trait(name), .. }) => {
            if !names.contains(name) {
                names.push(name.clone());
            }
            Ok(())
        }
        Audience::Is(_) | Audience::Did(_) => {
            Err("people are chosen by traits here: {\"trait\":\"plan\",\"op\":\"eq\",\"value\":\"pro\"}"
                .to_owned())
        }
    }
}

fn fits(audience: &Audience, of: plain::Traits<'_>) -> bool {
    match audience {
        Audience::All { all } => all.iter().all(|part| fits(part, of)),
        Audience::Any { any } => any.iter().any(|part| fits(part, of)),
        Audience::Not { not } => !fits(not, of),
        Audience::Is(condition) => holds_of(condition, of),
        Audience::Did(_) => false,
    }
}

/// Whether a condition on a trait holds, without an event.
pub(crate) fn holds_of(condition: &Condition, of: plain::Traits<'_>) -> bool {
    let nobody = PlainRow {
        person: 0,
        time_ms: 0,
        event: String::new(),
        properties: Value::Null,
        context: Value::Null,
    };
    plain::holds(&nobody, condition, of)
}
