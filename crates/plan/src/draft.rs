//! A first plan from what has arrived: names, types, what was always there. No value enters it.

use std::collections::BTreeMap;

use model::{EventRecord, Kind as Call};

use crate::document::{
    Classification, EVENTS_MAX, EventPlan, Mode, PROPERTIES_MAX, Plan, Property, Type, Unplanned,
};
use crate::instant::is_instant;
use crate::scan::{Kind, Members, Value, decoded, is_mark};

/// From how many events on a property that was in all of them is called required.
const REQUIRED_FROM: u64 = 20;

/// Gathers what events look like.
#[derive(Debug, Default)]
pub struct Draft {
    events: BTreeMap<String, Seen>,
    calls: BTreeMap<&'static str, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    count: u64,
    properties: BTreeMap<String, SeenProperty>,
}

#[derive(Debug, Default)]
struct SeenProperty {
    count: u64,
    kind: Option<Type>,
    sealed: bool,
    removed: bool,
}

/// One event as it is kept: its call, its name, and the documents.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Which call it was.
    pub kind: Call,
    /// Its name.
    pub name: &'a str,
    /// Its properties, a JSON object.
    pub properties: &'a str,
    /// Its traits, a JSON object.
    pub traits: &'a str,
}

impl<'a> From<&'a EventRecord> for Sample<'a> {
    fn from(event: &'a EventRecord) -> Self {
        Self { kind: event.kind, name: &event.name, properties: &event.properties, traits: &event.traits }
    }
}

impl Draft {
    /// Takes note of one event's shape. What would make the plan too large is left out.
    pub fn add(&mut self, sample: Sample<'_>) {
        let (seen, text) = match sample.kind {
            Call::Track => {
                if self.events.len() >= EVENTS_MAX && !self.events.contains_key(sample.name) {
                    return;
                }
                (self.events.entry(sample.name.to_owned()).or_default(), sample.properties)
            }
            Call::Identify => (self.calls.entry("identify").or_default(), sample.traits),
            Call::Group => (self.calls.entry("group").or_default(), sample.traits),
            Call::Page => (self.calls.entry("page").or_default(), sample.properties),
            Call::Screen => (self.calls.entry("screen").or_default(), sample.properties),
            Call::Alias => return,
        };
        seen.count += 1;
        for (key, value) in Members::of(text).filter(|(_, value)| value.kind != Kind::Null) {
            let key = decoded(key);
            if seen.properties.len() >= PROPERTIES_MAX && !seen.properties.contains_key(key.as_ref()) {
                continue;
            }
            seen.properties.entry(key.into_owned()).or_default().add(value);
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.calls.is_empty()
    }

    /// The plan: it watches, and lets pass what it does not have.
    pub fn finish(mut self, name: &str) -> Plan {
        let mut call = |call| self.calls.remove(call).map(Seen::finish);
        Plan {
            name: name.to_owned(),
            description: String::new(),
            mode: Mode::Watch,
            unplanned_events: Unplanned::As(Mode::Watch),
            unplanned_properties: Unplanned::As(Mode::Watch),
            identify: call("identify"),
            group: call("group"),
            page: call("page"),
            screen: call("screen"),
            events: self.events.into_iter().map(|(name, seen)| (name, seen.finish())).collect(),
        }
    }
}

impl Seen {
    fn finish(self) -> EventPlan {
        let count = self.count;
        let property = |(name, seen): (String, SeenProperty)| {
            let required = count >= REQUIRED_FROM && seen.count == count && !seen.removed;
            (name, seen.finish(required))
        };
        EventPlan { properties: self.properties.into_iter().map(property).collect(), ..EventPlan::default() }
    }
}

impl SeenProperty {
    fn add(&mut self, value: Value<'_>) {
        self.count += 1;
        if value.kind == Kind::String && is_mark(value.raw) {
            self.sealed |= value.raw.starts_with("[sealed");
            self.removed |= value.raw.starts_with("[removed");
            return;
        }
        let kind = match value.kind {
            Kind::String if is_instant(&decoded(value.raw)) => Type::DateTime,
            Kind::String => Type::String,
            Kind::Number if value.raw.contains(['.', 'e', 'E']) => Type::Number,
            Kind::Number => Type::Integer,
            Kind::Boolean => Type::Boolean,
            Kind::Object => Type::Object,
            Kind::Array => Type::Array,
            Kind::Null => return,
        };
        self.kind = Some(match self.kind {
            None => kind,
            Some(known) if known == kind => known,
            Some(Type::Integer | Type::Number) if matches!(kind, Type::Integer | Type::Number) => {
                Type::Number
            }
            Some(Type::String | Type::DateTime) if matches!(kind, Type::String | Type::DateTime) => {
                Type::String
            }
            Some(_) => Type::Any,
        });
    }

    fn finish(self, required: bool) -> Property {
        let classification = match (self.removed, self.sealed) {
            (true, _) => Some(Classification::Secret),
            (_, true) => Some(Classification::Personal),
            _ => None,
        };
        // Only marks were seen: what stood there was a text, as far as can be told.
        let kind = self.kind.unwrap_or(Type::String);
        Property { kind, required, classification, ..Property::default() }
    }
}
