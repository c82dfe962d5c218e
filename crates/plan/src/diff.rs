//! What changed between two versions of a plan, in the words of its document.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{EventPlan, Plan, Property};
use crate::write::of_property;

/// The most changes told; a reader of more wants the documents themselves.
pub const CHANGES_MAX: usize = 1_000;

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Change {
    /// The event it is about, or `identify` and the like; empty for the plan itself.
    pub event: String,
    /// The property's path, or a member of the event; empty for the event itself.
    pub property: String,
    /// What it was; nothing where it is new.
    pub before: Option<String>,
    /// What it is; nothing where it is gone.
    pub after: Option<String>,
}

/// The changes from one version to the next, in the order of the document.
pub fn diff(before: &Plan, after: &Plan) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    for (name, old, new) in [
        ("mode", before.mode.as_str(), after.mode.as_str()),
        ("unplanned_events", before.unplanned_events.as_str(), after.unplanned_events.as_str()),
        ("unplanned_properties", before.unplanned_properties.as_str(), after.unplanned_properties.as_str()),
        ("description", &before.description, &after.description),
    ] {
        changes.texts("", name, old, new);
    }
    let names: BTreeSet<&String> = before.events.keys().chain(after.events.keys()).collect();
    for name in names {
        changes.event(name, before.events.get(name), after.events.get(name));
    }
    for ((call, old), (_, new)) in before.calls().into_iter().zip(after.calls()) {
        changes.event(call, old, new);
    }
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, event: &str, property: &str, before: Option<String>, after: Option<String>) {
        if before != after && self.0.len() < CHANGES_MAX {
            self.0.push(Change { event: event.to_owned(), property: property.to_owned(), before, after });
        }
    }

    fn texts(&mut self, event: &str, property: &str, before: &str, after: &str) {
        let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.add(event, property, told(before), told(after));
    }

    fn event(&mut self, name: &str, before: Option<&EventPlan>, after: Option<&EventPlan>) {
        let told = |event: &EventPlan| format!("{} properties", event.properties.len());
        match (before, after) {
            (Some(old), Some(new)) => {
                let mode = |event: &EventPlan| event.mode.map_or("", |mode| mode.as_str());
                let unplanned =
                    |event: &EventPlan| event.unplanned_properties.map_or("", |word| word.as_str());
                self.texts(name, "mode", mode(old), mode(new));
                self.texts(name, "unplanned_properties", unplanned(old), unplanned(new));
                self.texts(name, "description", &old.description, &new.description);
                self.properties(name, "", &old.properties, &new.properties);
            }
            (old, new) => self.add(name, "", old.map(told), new.map(told)),
        }
    }

    fn properties(
        &mut self,
        event: &str,
        above: &str,
        before: &BTreeMap<String, Property>,
        after: &BTreeMap<String, Property>,
    ) {
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            let (old, new) = (before.get(name), after.get(name));
            self.add(event, &path, old.map(told), new.map(told));
            if let (Some(old), Some(new)) = (old, new) {
                self.properties(event, &path, &old.properties, &new.properties);
            }
        }
    }
}

/// A property in one line, without the members that have lines of their own.
fn told(property: &Property) -> String {
    let own = Property { properties: BTreeMap::new(), ..property.clone() };
    of_property(&own).to_string()
}
