//! Traits of people, asked for once a person and question.

use hashbrown::HashMap;
use model::{PersonCode, WorkspaceId};
use question::{AskError, Who};

use crate::item::Item;

/// What is made of a trait's value, for every person seen so far.
pub(crate) struct TraitOf<'a, T> {
    who: (WorkspaceId, &'a dyn Who),
    name: &'a str,
    known: HashMap<u32, T>,
}

/// The most people whose trait is remembered in one question; further ones are refused.
const PEOPLE_MAX: usize = 20_000_000;
/// How many people are asked for at once.
const PEOPLE_AT_ONCE: usize = 10_000;

impl<'a, T: Copy> TraitOf<'a, T> {
    pub(crate) fn new(who: (WorkspaceId, &'a dyn Who), name: &'a str) -> Self {
        Self { who, name, known: HashMap::default() }
    }

    /// Asks for those of `people` that are not known yet.
    pub(crate) fn learn(
        &mut self,
        people: impl Iterator<Item = u32>,
        make: &mut dyn FnMut(&Item<'_>) -> Result<T, AskError>,
    ) -> Result<(), AskError> {
        let mut unknown: Vec<u32> = people.filter(|person| !self.known.contains_key(person)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if self.known.len() + unknown.len() > PEOPLE_MAX {
            return Err(AskError::TooLarge {
                problem: format!("traits of more than {PEOPLE_MAX} people are needed"),
                fix: "shorten the range, or leave the trait out".to_owned(),
            });
        }
        for people in unknown.chunks(PEOPLE_AT_ONCE) {
            let codes: Vec<PersonCode> = people.iter().map(|person| PersonCode(*person)).collect();
            let (workspace, who) = self.who;
            let mut values = who.traits(workspace, self.name, &codes)?.into_iter();
            for person in people {
                let value = values.next().flatten().unwrap_or_default();
                let made = make(&Item::from_json(&value, &mut String::new()))?;
                self.known.insert(*person, made);
            }
        }
        Ok(())
    }

    /// What was made of a person's trait.
    pub(crate) fn get(&self, person: u32) -> Option<T> {
        self.known.get(&person).copied()
    }
}
