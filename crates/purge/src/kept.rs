//! A purge in what is kept of people.

use std::collections::{BTreeSet, HashSet};

use model::PersonCode;
use people::{Fate, KeptTrait, Sift};

use crate::matcher::Matcher;
use crate::selector::Remove;

/// Finds, and takes out where it is not only a survey.
pub(crate) struct Kept<'a> {
    pub(crate) matcher: &'a Matcher,
    /// Whether conditions tell events apart by what traits do not have: then only those count that a found event wrote.
    pub(crate) only_written: bool,
    /// Whose traits a found event may have written, and when.
    pub(crate) moments: HashSet<(PersonCode, i64)>,
    /// People of whom something was found.
    pub(crate) owners: BTreeSet<PersonCode>,
}

impl Kept<'_> {
    fn is_meant(&self, person: PersonCode) -> bool {
        self.matcher.people.as_ref().is_none_or(|people| people.contains(&person))
    }
}

impl Sift for Kept<'_> {
    fn person_trait(&mut self, kept: &KeptTrait<'_>) -> Fate {
        let content = &self.matcher.content;
        let is_written = self.moments.contains(&(kept.person, kept.time_ms));
        if is_written && self.matcher.remove == Remove::Event {
            return Fate::Goes;
        }
        let direct = !self.only_written && self.is_meant(kept.person) && self.matcher.fits_time(kept.time_ms);
        if !(is_written || direct) || !content.is_asked() {
            return Fate::Stays;
        }
        let path = format!("traits.{}", kept.name);
        let fate = if content.is_screened() {
            // What the rules of today find in a trait's event they find in the trait.
            content.rescreened_trait(kept.name, kept.value, kept.is_sealed)
        } else if kept.is_sealed {
            if content.is_wanted_kept(&path, kept.value) { Fate::Goes } else { Fate::Stays }
        } else {
            edited(content.edit_json(&path, kept.value, &mut BTreeSet::new()))
        };
        if fate != Fate::Stays {
            self.owners.insert(kept.person);
        }
        fate
    }

    fn is_wanted_id(&mut self, person: PersonCode, value: &str) -> bool {
        let is_it = !self.only_written && self.is_meant(person) && self.matcher.content.is_wanted_text(value);
        if is_it {
            self.owners.insert(person);
        }
        is_it
    }

    fn group_trait(&mut self, name: &str, time_ms: i64, value: &str) -> Fate {
        let content = &self.matcher.content;
        let direct = !self.only_written && self.matcher.people.is_none() && self.matcher.fits_time(time_ms);
        if !direct || !content.is_asked() || content.is_screened() {
            return Fate::Stays;
        }
        edited(content.edit_json(&format!("traits.{name}"), value, &mut BTreeSet::new()))
    }

    fn is_wanted_text(&mut self, text: &str) -> bool {
        !self.only_written && self.matcher.people.is_none() && self.matcher.content.is_wanted_text(text)
    }
}

fn edited(edited: Option<String>) -> Fate {
    edited.map_or(Fate::Stays, Fate::Becomes)
}
