//! What a look showed, as its entry tells it: of whom, and which fields. Ids and names, never a value.
//!
//! Whoever enters a look writes its detail from here, and whoever asks afterwards what somebody saw reads it here: so the two
//! cannot mean different things.

use std::collections::BTreeSet;

use model::PersonId;
use serde_json::{Value, json};

/// How many people one entry names; a look at more is several entries.
const PEOPLE_PER_ENTRY: usize = 500;
/// How many bytes of names of fields one entry holds; more go into a further entry.
const FIELDS_BYTES_PER_ENTRY: usize = 24 * 1024;
/// A longer name is kept by its beginning.
const FIELD_BYTES_MAX: usize = 512;
/// What stands in the place of a part of a name that could be a value.
const NO_NAME: &str = "[name]";
/// A longer part, or one with more digits in a row, is no name that somebody gave to a field.
const PART_CHARS_MAX: usize = 64;
const DIGITS_MAX: usize = 3;

/// Of whom something was shown, and what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// The people, by public id.
    pub people: BTreeSet<PersonId>,
    /// The fields whose values were shown: `traits.plan`, `properties.total`.
    pub fields: BTreeSet<String>,
    /// The fields of which only a masked form or the kind was shown: `traits.email`.
    pub masked: BTreeSet<String>,
}

impl Shown {
    /// Only people, and nothing of them but that they are there.
    pub fn people(ids: impl IntoIterator<Item = PersonId>) -> Self {
        Self { people: ids.into_iter().collect(), ..Self::default() }
    }

    /// What the detail of an entry tells; nothing where it tells of no look at people.
    pub fn of(detail: &Value) -> Self {
        let people = detail["people"].as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            people: people.iter().filter_map(|id| id.as_str()?.parse().ok()).collect(),
            fields: names(&detail["fields"]),
            masked: names(&detail["masked_fields"]),
        }
    }

    /// The details of the entries that tell it, each with everything of `about` besides: one where it fits.
    pub fn details(&self, about: &Value) -> Vec<Value> {
        let people: Vec<&PersonId> = self.people.iter().collect();
        let mut people = people.chunks(PEOPLE_PER_ENTRY);
        let (fields, masked) = (entered(&self.fields), entered(&self.masked));
        let (mut fields, mut masked) = (chunks(&fields).into_iter(), chunks(&masked).into_iter());
        let mut details = Vec::new();
        loop {
            let (of, shown, hidden) = (people.next(), fields.next(), masked.next());
            if of.is_none() && shown.is_none() && hidden.is_none() && !details.is_empty() {
                return details;
            }
            let mut detail = about.clone();
            detail["people"] = json!(of.unwrap_or_default());
            if let Some(names) = shown {
                detail["fields"] = json!(names);
            }
            if let Some(names) = hidden {
                detail["masked_fields"] = json!(names);
            }
            details.push(detail);
        }
    }

    /// Whether nobody and nothing was shown.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.fields.is_empty() && self.masked.is_empty()
    }
}

fn names(list: &Value) -> BTreeSet<String> {
    let names = list.as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The names as they are entered. An entry stays when what it tells of is purged, and senders use addresses, numbers and
/// codes as names of properties: a part that could be one is not kept.
fn entered(names: &BTreeSet<String>) -> BTreeSet<String> {
    let part = |part: &str| {
        let (name, list) = part.strip_suffix("[]").map_or((part, ""), |name| (name, "[]"));
        if is_name(name) { part.to_owned() } else { format!("{NO_NAME}{list}") }
    };
    names.iter().map(|path| path.split('.').map(part).collect::<Vec<_>>().join(".")).collect()
}

fn is_name(part: &str) -> bool {
    let mut digits = 0;
    part.chars().count() <= PART_CHARS_MAX
        && part.chars().all(|sign| {
            digits = if sign.is_numeric() { digits + 1 } else { 0 };
            digits <= DIGITS_MAX && (sign.is_alphanumeric() || "_-$ :/[]".contains(sign))
        })
}

fn chunks(names: &BTreeSet<String>) -> Vec<Vec<&str>> {
    let (mut chunks, mut bytes): (Vec<Vec<&str>>, usize) = (Vec::new(), FIELDS_BYTES_PER_ENTRY);
    for name in names {
        let end = name.floor_char_boundary(FIELD_BYTES_MAX.min(name.len()));
        let name = name.get(..end).unwrap_or_default();
        // A control character takes six bytes in JSON.
        bytes += 6 * name.len() + 3;
        if bytes > FIELDS_BYTES_PER_ENTRY {
            chunks.push(Vec::new());
            bytes = 6 * name.len() + 3;
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(name);
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_is_what_is_read_however_many_entries_it_takes() {
        for (people, fields) in [(0, 0), (1, 3), (500, 0), (1_201, 5_000), (0, 9_000)] {
            let shown = Shown {
                people: (0..people).map(PersonId).collect(),
                fields: (0..fields)
                    .map(|n| format!("properties.a_rather_long_name_{}_{}[]", n / 100, n % 100))
                    .collect(),
                masked: (0..fields / 2).map(|n| format!("traits.\u{e9}{}_{}", n / 100, n % 100)).collect(),
            };
            let details = shown.details(&json!({ "rows": 7 }));
            let mut read = Shown::default();
            for detail in &details {
                assert_eq!(detail["rows"], 7);
                assert!(detail.to_string().len() < crate::ENTRY_BYTES_MAX - 4_096);
                let part = Shown::of(detail);
                read.people.extend(part.people);
                read.fields.extend(part.fields);
                read.masked.extend(part.masked);
            }
            assert_eq!(read, shown);
            assert!(!details.is_empty());
        }
    }

    #[test]
    fn what_could_be_a_value_is_no_name() {
        for (path, kept) in [
            ("traits.plan", "traits.plan"),
            ("properties.items[].sku", "properties.items[].sku"),
            ("properties.Größe 2", "properties.Größe 2"),
            ("properties.ada@example", "properties.[name]"),
            ("properties.4921550123[]", "properties.[name][]"),
            ("properties.Zebra-Kestrel-9041.on", "properties.[name].on"),
        ] {
            let shown = Shown { fields: [path.to_owned()].into(), ..Shown::default() };
            assert_eq!(shown.details(&json!({}))[0]["fields"], json!([kept]));
        }
        let long = Shown { masked: [format!("traits.{}", "x".repeat(65))].into(), ..Shown::default() };
        assert_eq!(long.details(&json!({}))[0]["masked_fields"], json!(["traits.[name]"]));
    }

    #[test]
    fn a_count_of_people_is_no_list_of_them() {
        assert!(Shown::of(&json!({ "people": 12, "fields": "x" })).is_empty());
        assert!(Shown::of(&json!(null)).is_empty());
    }
}
