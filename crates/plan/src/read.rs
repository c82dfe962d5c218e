//! A plan from JSON, with every error at once: each names the place (a JSON pointer), what is wrong and the fix.

mod property;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use property::pattern;

use crate::document::{
    DEPTH_MAX, EVENTS_MAX, EventPlan, Mode, PROPERTIES_MAX, PROPERTIES_TOTAL_MAX, Plan, Unplanned, is_name,
};

/// The most errors told of one document.
pub const ERRORS_MAX: usize = 50;
/// The longest description.
const DESCRIPTION_BYTES_MAX: usize = 2_000;

/// What is wrong with a plan, where, and what to write instead. No value of the document is repeated.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Invalid {
    /// The place: `/events/Order Completed/properties/revenue/type`; empty for the whole document.
    pub pointer: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to write.
    pub fix: String,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{place} {}: {}", self.problem, self.fix)
    }
}

impl Plan {
    /// The plan that a document is. `name` is how it is addressed, where it is; the document may leave its own out then.
    ///
    /// # Errors
    /// Everything that is wrong with it, up to [`ERRORS_MAX`].
    pub fn read(document: &Value, name: Option<&str>) -> Result<Self, Vec<Invalid>> {
        let mut reader = Reader::default();
        let plan = reader.plan(document, name);
        if reader.errors.is_empty() { Ok(plan) } else { Err(reader.errors) }
    }

    /// The same from text.
    ///
    /// # Errors
    /// As [`Plan::read`]; a text that is not JSON is one error with its line.
    pub fn read_text(text: &str, name: Option<&str>) -> Result<Self, Vec<Invalid>> {
        match serde_json::from_str(text) {
            Ok(document) => Self::read(&document, name),
            Err(error) => Err(vec![Invalid {
                pointer: String::new(),
                problem: format!("is not JSON at line {}, column {}", error.line(), error.column()),
                fix: "write one JSON object".to_owned(),
            }]),
        }
    }
}

/// Reads and gathers what is wrong.
#[derive(Default)]
pub(crate) struct Reader {
    errors: Vec<Invalid>,
    properties: usize,
}

/// A place in the document.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    above: Option<&'a At<'a>>,
    name: &'a str,
}

impl<'a> At<'a> {
    pub const ROOT: At<'static> = At { above: None, name: "" };

    pub fn child(&'a self, name: &'a str) -> Self {
        At { above: Some(self), name }
    }

    fn pointer(&self) -> String {
        let Some(above) = self.above else { return String::new() };
        format!("{}/{}", above.pointer(), self.name.replace('~', "~0").replace('/', "~1"))
    }
}

impl Reader {
    pub fn wrong(&mut self, at: &At<'_>, problem: impl Into<String>, fix: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Invalid { pointer: at.pointer(), problem: problem.into(), fix: fix.into() });
        }
    }

    fn plan(&mut self, document: &Value, name: Option<&str>) -> Plan {
        const KNOWN: &[&str] = &[
            "name",
            "description",
            "mode",
            "unplanned_events",
            "unplanned_properties",
            "events",
            "identify",
            "group",
            "page",
            "screen",
        ];
        let at = At::ROOT;
        let Some(fields) = self.object(&at, document, KNOWN) else { return Plan::default() };
        let plan = Plan {
            name: self.name(&at, fields, name),
            description: self.description(&at, fields),
            mode: self.choice(&at, fields, "mode", Mode::from_name, MODES).unwrap_or_default(),
            unplanned_events: self.unplanned(&at, fields, "unplanned_events").unwrap_or_default(),
            unplanned_properties: self.unplanned(&at, fields, "unplanned_properties").unwrap_or_default(),
            events: self.events(&at, fields),
            identify: self.call(&at, fields, "identify"),
            group: self.call(&at, fields, "group"),
            page: self.call(&at, fields, "page"),
            screen: self.call(&at, fields, "screen"),
        };
        if self.properties > PROPERTIES_TOTAL_MAX {
            let problem = format!("has {} properties in all", self.properties);
            self.wrong(&at, problem, format!("use at most {PROPERTIES_TOTAL_MAX}"));
        }
        plan
    }

    fn name(&mut self, at: &At<'_>, fields: &Map<String, Value>, addressed: Option<&str>) -> String {
        let rule = "use 1 to 64 small letters, digits, `-` and `_`, beginning with a letter or digit";
        let given = match fields.get("name") {
            None => addressed.map(str::to_owned),
            Some(Value::String(name)) => Some(name.clone()),
            Some(_) => {
                self.wrong(&at.child("name"), "is not a text", rule);
                return String::new();
            }
        };
        let Some(given) = given else {
            self.wrong(&at.child("name"), "is missing", rule);
            return String::new();
        };
        if !is_name(&given) {
            self.wrong(&at.child("name"), "cannot be a name", rule);
        } else if addressed.is_some_and(|addressed| addressed != given) {
            self.wrong(&at.child("name"), "differs from the address", "leave it out or write the same");
        }
        given
    }

    fn events(&mut self, at: &At<'_>, fields: &Map<String, Value>) -> BTreeMap<String, EventPlan> {
        let at = at.child("events");
        let Some(events) = fields.get("events") else {
            self.wrong(&at, "is missing", "write `\"events\": {}` with an object for each event");
            return BTreeMap::new();
        };
        let Some(events) = self.map(&at, events, EVENTS_MAX) else { return BTreeMap::new() };
        let mut out = BTreeMap::new();
        for (name, event) in events {
            let at = at.child(name);
            if name.is_empty() || name.len() > model::limits::NAME_BYTES_MAX {
                let fix = format!("use 1 to {} bytes", model::limits::NAME_BYTES_MAX);
                self.wrong(&at, "cannot be an event's name", fix);
            }
            if let Some(event) = self.event(&at, event, "properties") {
                out.insert(name.clone(), event);
            }
        }
        out
    }

    fn call(&mut self, at: &At<'_>, fields: &Map<String, Value>, call: &'static str) -> Option<EventPlan> {
        let members = if matches!(call, "identify" | "group") { "traits" } else { "properties" };
        self.event(&at.child(call), fields.get(call)?, members)
    }

    fn event(&mut self, at: &At<'_>, event: &Value, members: &'static str) -> Option<EventPlan> {
        let fields = self.object(at, event, &["description", "mode", "unplanned_properties", members])?;
        Some(EventPlan {
            description: self.description(at, fields),
            mode: self.choice(at, fields, "mode", Mode::from_name, MODES),
            unplanned_properties: self.unplanned(at, fields, "unplanned_properties"),
            properties: self.properties(at, fields, members, 1),
        })
    }

    fn unplanned(&mut self, at: &At<'_>, fields: &Map<String, Value>, field: &str) -> Option<Unplanned> {
        self.choice(at, fields, field, Unplanned::from_name, "`allow`, `watch`, `quarantine` or `block`")
    }

    pub fn description(&mut self, at: &At<'_>, fields: &Map<String, Value>) -> String {
        match fields.get("description") {
            None => String::new(),
            Some(Value::String(text)) if text.len() <= DESCRIPTION_BYTES_MAX => text.clone(),
            Some(_) => {
                let fix = format!("write a text of at most {DESCRIPTION_BYTES_MAX} bytes");
                self.wrong(&at.child("description"), "is not a short text", fix);
                String::new()
            }
        }
    }

    pub fn choice<T>(
        &mut self,
        at: &At<'_>,
        fields: &Map<String, Value>,
        field: &str,
        from_name: impl Fn(&str) -> Option<T>,
        choices: &str,
    ) -> Option<T> {
        let value = fields.get(field)?;
        let chosen = value.as_str().and_then(from_name);
        if chosen.is_none() {
            self.wrong(&at.child(field), "is not one of the choices", format!("write {choices}"));
        }
        chosen
    }

    /// An object whose members are names of the writer's own.
    pub fn map<'v>(
        &mut self,
        at: &At<'_>,
        value: &'v Value,
        count_max: usize,
    ) -> Option<&'v Map<String, Value>> {
        let Some(map) = value.as_object() else {
            self.wrong(at, "is not an object", "write {\"name\": {…}}");
            return None;
        };
        if map.len() > count_max {
            self.wrong(at, format!("has {} members", map.len()), format!("use at most {count_max}"));
            return None;
        }
        Some(map)
    }

    /// An object all of whose members are known.
    pub fn object<'v>(
        &mut self,
        at: &At<'_>,
        value: &'v Value,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(fields) = value.as_object() else {
            self.wrong(at, "is not an object", format!("write {{…}} with {}", listed(known)));
            return None;
        };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let fix = match nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", listed(known)),
            };
            self.wrong(&at.child(name), "is not known", fix);
        }
        Some(fields)
    }

    pub fn properties(
        &mut self,
        at: &At<'_>,
        fields: &Map<String, Value>,
        members: &str,
        depth: usize,
    ) -> BTreeMap<String, crate::Property> {
        let at = at.child(members);
        let Some(properties) = fields.get(members) else { return BTreeMap::new() };
        if depth > DEPTH_MAX {
            self.wrong(&at, "nests too deep", format!("use at most {DEPTH_MAX} levels"));
            return BTreeMap::new();
        }
        let Some(properties) = self.map(&at, properties, PROPERTIES_MAX) else { return BTreeMap::new() };
        self.properties += properties.len();
        let mut out = BTreeMap::new();
        for (name, property) in properties {
            if let Some(property) = self.property(&at.child(name), property, depth) {
                out.insert(name.clone(), property);
            }
        }
        out
    }
}

const MODES: &str = "`watch`, `quarantine` or `block`";

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The known name that is at most two letters away.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    const NAME_BYTES_MAX: usize = 40;
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let (near, distance) =
        known.iter().map(|known| (*known, distance(name, known))).min_by_key(|(_, distance)| *distance)?;
    (distance <= 2).then_some(near)
}

/// How many letters must be changed, added or taken away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, letter) in a.chars().enumerate() {
        let mut diagonal = line;
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
        for (column, other) in b.iter().enumerate() {
            let left = row.get(column).copied().unwrap_or_default();
            let Some(here) = row.get_mut(column + 1) else { break };
            let changed = diagonal + usize::from(letter != *other);
            diagonal = *here;
            *here = changed.min(left + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
