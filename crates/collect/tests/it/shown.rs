//! Events as cases speak of them.

use model::EventRecord;
use serde_json::{Value, json};

use crate::door::{Door, NOW_MS};

/// The parts of an event that a case can speak of; whatever is absent, empty or as usual is left out.
pub fn shown(event: &EventRecord) -> Value {
    let mut shown = json!({"kind": event.kind.as_str(), "name": event.name});
    let mut set = |name: &str, value: Value, usual: Value| {
        if value != usual {
            shown[name] = value;
        }
    };
    set("user", json!(event.user_id), Value::Null);
    set("anon", json!(event.anonymous_id), Value::Null);
    set("group", json!(event.group_id), Value::Null);
    set("previous", json!(event.previous_id), Value::Null);
    set("ago_ms", json!(NOW_MS - event.time_ms), json!(0));
    for (name, text) in
        [("properties", &event.properties), ("traits", &event.traits), ("context", &event.context)]
    {
        set(name, serde_json::from_str(text).unwrap(), json!({}));
    }
    shown
}

/// Everything in the journal, as cases speak of it.
pub fn all(door: &Door) -> Value {
    Value::Array(door.events().iter().map(shown).collect())
}

/// What was refused in the workspace: reason, field and how often.
pub fn refused(door: &Door) -> Value {
    json!(door.refused())
}
