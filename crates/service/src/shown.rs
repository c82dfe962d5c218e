//! What a page of events shows, for its entry in the ledger: of whom, and the names of all fields in it.

use ledger::Shown;
use model::PersonId;
use serde_json::Value;
use store::StoredEvent;

use crate::ServiceError;

/// The most different names on one page; one with more has to be asked for in parts.
const FIELDS_MAX: usize = 20_000;
/// What stands in the place of a value that the shield removed or sealed begins so.
const MARKS: [&str; 2] = ["[removed: ", "[sealed: "];

/// The people and fields of these events.
pub(crate) fn of_events(events: &[(StoredEvent, Option<PersonId>)]) -> Result<Shown, ServiceError> {
    let mut shown = Shown::people(events.iter().filter_map(|(_, person)| *person));
    for (event, _) in events {
        for (name, text) in
            [("properties", &event.properties), ("traits", &event.traits), ("context", &event.context)]
        {
            let document: Value = serde_json::from_str(text).unwrap_or_default();
            add(&mut shown, name, &document);
        }
        if shown.fields.len() + shown.masked.len() > FIELDS_MAX {
            let fix = format!(
                "these events have more than {FIELDS_MAX} different properties: ask for fewer at once"
            );
            return Err(ServiceError::Invalid { field: "limit".to_owned(), fix });
        }
    }
    Ok(shown)
}

/// Walks the document without recursion: it comes from outside.
fn add(shown: &mut Shown, name: &str, document: &Value) {
    let mut left: Vec<(String, &Value)> = vec![(name.to_owned(), document)];
    while let Some((path, value)) = left.pop() {
        match value {
            Value::Object(members) => {
                left.extend(members.iter().map(|(key, value)| (format!("{path}.{key}"), value)));
            }
            Value::Array(items) => left.extend(items.iter().map(|item| (format!("{path}[]"), item))),
            Value::String(text) if MARKS.iter().any(|mark| text.starts_with(mark)) => {
                shown.masked.insert(path);
            }
            _ => {
                shown.fields.insert(path);
            }
        }
    }
}

/// The people whom a purge's report names, and what was taken out of theirs.
pub(crate) fn of_purge(report: &Value) -> Shown {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut shown = Shown::default();
    for person in list(&report["by_person"]) {
        shown.people.extend(person["person"].as_str().and_then(|id| id.parse::<PersonId>().ok()));
        let properties = list(&person["properties"]);
        shown
            .masked
            .extend(properties.iter().filter_map(|line| line["property"].as_str().map(str::to_owned)));
    }
    shown
}

/// The fields whose values stand in an answer as its groups: counts of people by them, nobody in particular.
pub(crate) fn of_question(question: &Value) -> Shown {
    let by = question["by"].as_array().map(Vec::as_slice).unwrap_or_default();
    let field = |name: &str| match name.strip_prefix("trait.") {
        Some(name) => format!("traits.{name}"),
        None => format!("properties.{name}"),
    };
    Shown { fields: by.iter().filter_map(Value::as_str).map(field).collect(), ..Shown::default() }
}
