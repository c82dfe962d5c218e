//! One value with what is known about it: the unit of `shield classify` and `shield score`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A value where it stood in an event. `value` and `sib` are JSON text, looked into by the shield alone.
#[derive(Deserialize)]
pub struct Case<'a> {
    /// The case's name, given back with the answer.
    #[serde(borrow, default)]
    pub id: Cow<'a, str>,
    /// The event's name.
    #[serde(borrow, default)]
    pub event: Cow<'a, str>,
    /// Where the value stood: `properties.fields[0].password`.
    #[serde(borrow, default)]
    pub path: Cow<'a, str>,
    /// The last name on the path.
    #[serde(borrow, default)]
    pub key: Cow<'a, str>,
    /// The value, as JSON.
    #[serde(borrow)]
    pub value: &'a RawValue,
    /// The properties beside the value that describe it (`name`, `type`, `label` …), a JSON object.
    #[serde(borrow, default)]
    pub sib: Option<&'a RawValue>,
}
