//! What to purge: conditions that must all hold, and what goes where they do. Taken as JSON, refused with the field
//! and the fix.

use std::fmt;

use jiff::Timestamp;
use model::{Class, PersonId, SourceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The shortest value that is looked for inside longer texts: shorter ones stand in everything.
pub const WITHIN_CHARS_MIN: usize = 6;
/// The longest value, name or path.
const TEXT_BYTES_MAX: usize = 1_024;
/// The longest reason.
const REASON_CHARS_MAX: usize = 500;
/// What stands in place of a value.
const HIDDEN: &str = "[hidden]";
const PARTS: [&str; 3] = ["properties", "context", "traits"];

/// What somebody asks to purge.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Which events, and what in them.
    #[serde(rename = "where")]
    pub conditions: Conditions,
    /// What goes.
    pub remove: Remove,
    /// Why, in words, for the ledger and the report; without what is purged.
    #[serde(default)]
    pub reason: String,
}

/// Conditions; those that are given must all hold.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Events of this person, by public id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Events of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// This property and what is inside it: `properties.note`, `context.page.url`, `traits.nickname`; lists as `[]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// This value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueCondition>,
    /// What the shield's rules of today would remove: `secrets`, or one class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shield: Option<String>,
    /// Events from this instant on, RFC 3339.
    #[serde(deserialize_with = "instant", skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Events before this instant, RFC 3339.
    #[serde(deserialize_with = "instant", skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Events of this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// Events that this library sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk: Option<SdkCondition>,
}

/// A value given as text.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValueCondition {
    /// The value.
    pub text: String,
    /// Whether longer texts that hold it count, too, in any usual encoding.
    #[serde(default = "yes")]
    pub within: bool,
}

fn yes() -> bool {
    true
}

/// A library and its versions.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SdkCondition {
    /// `context.library.name`.
    pub name: String,
    /// The first version that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last version that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remove {
    /// The value, with a mark in its place.
    Property,
    /// The whole event.
    Event,
    /// Everything of the people who have such an event: they are erased.
    Person,
}

impl Remove {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Property => "property",
            Self::Event => "event",
            Self::Person => "person",
        }
    }
}

/// What the shield is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Screened {
    Secrets,
    Class(Class),
}

/// A field that is not right, and what to write.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{field}` is not right: {fix}")]
pub struct Wrong {
    /// Its name, with dots.
    pub field: &'static str,
    /// What to write.
    pub fix: String,
}

impl Asked {
    /// Whether this can be carried out.
    ///
    /// # Errors
    /// The first field that is not right.
    pub fn check(&self) -> Result<(), Wrong> {
        let conditions = &self.conditions;
        if self.reason.chars().count() > REASON_CHARS_MAX {
            return wrong("reason", format!("at most {REASON_CHARS_MAX} characters"));
        }
        text("where.event", conditions.event.as_deref())?;
        text("where.value.text", conditions.value.as_ref().map(|value| value.text.as_str()))?;
        text("where.property", conditions.property.as_deref())?;
        if let Some(property) = &conditions.property {
            check_property(property)?;
        }
        if let Some(value) = conditions.value.as_ref().filter(|value| value.within) {
            check_within(&value.text)?;
        }
        if conditions.value.is_some() && conditions.shield.is_some() {
            return wrong(
                "where.shield",
                "either a value or what the shield finds, not both: begin two purges",
            );
        }
        self.screened()?;
        if let (Some(from), Some(to)) = (conditions.from, conditions.to)
            && from >= to
        {
            return wrong("where.to", "later than `where.from`");
        }
        if let Some(sdk) = &conditions.sdk {
            text("where.sdk.name", Some(&sdk.name))?;
            sdk.check()?;
        }
        if self.remove == Remove::Property && !conditions.has_content() {
            return wrong(
                "where",
                "which property, which value or what the shield finds; or remove whole events",
            );
        }
        if !conditions.has_any() {
            return wrong("where", "at least one condition: without one everything would go");
        }
        Ok(())
    }

    pub(crate) fn screened(&self) -> Result<Option<Screened>, Wrong> {
        let Some(name) = &self.conditions.shield else { return Ok(None) };
        if name == "secrets" {
            return Ok(Some(Screened::Secrets));
        }
        match Class::from_name(name) {
            Some(class) => Ok(Some(Screened::Class(class))),
            None => wrong("where.shield", "`secrets`, or a class as `credit_card`"),
        }
    }

    /// The same without the value, to be shown and entered.
    pub fn shown(&self) -> Value {
        let Self { conditions, remove, reason } = self.hidden();
        json!({ "where": conditions, "remove": remove, "reason": reason })
    }

    /// The same without the value.
    pub(crate) fn hidden(&self) -> Self {
        let mut hidden = self.clone();
        if let Some(value) = &mut hidden.conditions.value {
            value.text = HIDDEN.to_owned();
        }
        hidden
    }
}

impl Conditions {
    /// Whether something inside events is asked for, not only which events.
    pub(crate) fn has_content(&self) -> bool {
        self.property.is_some() || self.value.is_some() || self.shield.is_some()
    }

    /// Whether events are told apart by what people's traits do not have.
    pub(crate) fn has_event_only(&self) -> bool {
        self.event.is_some() || self.source.is_some() || self.sdk.is_some()
    }

    fn has_any(&self) -> bool {
        let time = self.from.is_some() || self.to.is_some();
        self.has_content() || self.has_event_only() || self.person.is_some() || time
    }
}

impl SdkCondition {
    fn check(&self) -> Result<(), Wrong> {
        for (field, version) in [("where.sdk.from", &self.from), ("where.sdk.to", &self.to)] {
            if version.as_deref().is_some_and(|version| !is_version(version)) {
                return wrong(
                    field,
                    "a version in numbers as `2.10.1`; all of 2.10 is from `2.10` to `2.10.99999`",
                );
            }
        }
        if let (Some(from), Some(to)) = (&self.from, &self.to)
            && version_of(from) > version_of(to)
        {
            return wrong(
                "where.sdk.to",
                "not before `where.sdk.from`; versions are compared number by number",
            );
        }
        Ok(())
    }
}

fn check_property(property: &str) -> Result<(), Wrong> {
    let (part, keys) = property.split_once('.').unwrap_or((property, ""));
    if !PARTS.contains(&part) || keys.is_empty() || keys.ends_with('.') || property.contains("..") {
        return wrong(
            "where.property",
            "begin with `properties`, `context` or `traits` and go on with a dot and the keys: `properties.note`",
        );
    }
    let mut rest = keys;
    while let Some((_, inside)) = rest.split_once('[') {
        let Some(after) = inside.strip_prefix(']') else {
            return wrong(
                "where.property",
                "lists as `[]`, which means every place in them: `properties.items[].sku`",
            );
        };
        rest = after;
    }
    Ok(())
}

fn check_within(text: &str) -> Result<(), Wrong> {
    if text.chars().count() < WITHIN_CHARS_MIN {
        let fix = format!(
            "at least {WITHIN_CHARS_MIN} characters, or `\"within\": false` to look for whole values only"
        );
        return wrong("where.value.text", fix);
    }
    if text.trim() != text {
        return wrong(
            "where.value.text",
            "without the space before or behind it, which would hide other places; or `\"within\": false` to look for exactly this",
        );
    }
    Ok(())
}

/// Whether a text is a version in numbers: `2.10.1`, `v3`, `3.0.0-next.1`.
fn is_version(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    numbers.split('.').all(|part| part.parse::<u64>().is_ok())
}

/// An instant, with a fix in the error.
fn instant<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = String::deserialize(from)?;
    let read = text.parse().map(Some);
    read.map_err(|_| {
        serde::de::Error::custom(
            "want an instant with its zone: `2026-02-01T00:00:00Z`, `2026-02-01T00:00:00+01:00`",
        )
    })
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("remove", &self.remove).finish_non_exhaustive()
    }
}

fn wrong<T>(field: &'static str, fix: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { field, fix: fix.into() })
}

fn text(field: &'static str, text: Option<&str>) -> Result<(), Wrong> {
    match text {
        Some(text) if text.is_empty() || text.len() > TEXT_BYTES_MAX => {
            wrong(field, format!("1 to {TEXT_BYTES_MAX} bytes"))
        }
        _ => Ok(()),
    }
}

/// The numbers of a version, up to the first that is none: `2.10.1-next.3` is 2, 10, 1.
pub(crate) fn version_of(text: &str) -> Vec<u64> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let mut numbers = Vec::new();
    for part in text.split('.') {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let Ok(number) = digits.parse() else { break };
        numbers.push(number);
        if digits.len() < part.len() {
            break;
        }
    }
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<(), String> {
        let asked: Asked = serde_json::from_str(json).map_err(|error| error.to_string())?;
        asked.check().map_err(|wrong| wrong.field.to_owned())
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_field() {
        for (json, wanted) in [
            (r#"{"where":{"value":{"text":"hunter2hunter2"}},"remove":"property"}"#, Ok(())),
            (r#"{"where":{"property":"properties.note"},"remove":"property","reason":"x"}"#, Ok(())),
            (r#"{"where":{"shield":"secrets"},"remove":"event"}"#, Ok(())),
            (r#"{"where":{"shield":"credit_card"},"remove":"event"}"#, Ok(())),
            (
                r#"{"where":{"sdk":{"name":"analytics.js","from":"v2.1","to":"2.3"}},"remove":"event"}"#,
                Ok(()),
            ),
            (r#"{"where":{"value":{"text":"abc"}},"remove":"property"}"#, Err("where.value.text")),
            (r#"{"where":{"value":{"text":"abc","within":false}},"remove":"property"}"#, Ok(())),
            (r#"{"where":{"value":{"text":""}},"remove":"property"}"#, Err("where.value.text")),
            (r#"{"where":{"value":{"text":" hunter2"}},"remove":"property"}"#, Err("where.value.text")),
            (r#"{"where":{"value":{"text":" hunter2","within":false}},"remove":"property"}"#, Ok(())),
            (r#"{"where":{"property":"note"},"remove":"property"}"#, Err("where.property")),
            (r#"{"where":{"property":"properties"},"remove":"property"}"#, Err("where.property")),
            (
                r#"{"where":{"property":"properties.items[0].sku"},"remove":"property"}"#,
                Err("where.property"),
            ),
            (r#"{"where":{"property":"properties.items[].sku"},"remove":"property"}"#, Ok(())),
            (r#"{"where":{"sdk":{"name":"x","to":"2.x"}},"remove":"event"}"#, Err("where.sdk.to")),
            (
                r#"{"where":{"sdk":{"name":"x","from":"2.10","to":"2.9"}},"remove":"event"}"#,
                Err("where.sdk.to"),
            ),
            (r#"{"where":{"sdk":{"name":"x","to":"3.0.0-next.1"}},"remove":"event"}"#, Ok(())),
            (r#"{"where":{"shield":"nonsense"},"remove":"event"}"#, Err("where.shield")),
            (r#"{"where":{"event":"Signed Up"},"remove":"property"}"#, Err("where")),
            (r#"{"where":{},"remove":"event"}"#, Err("where")),
            (r#"{"where":{"sdk":{"name":"x","from":"next"}},"remove":"event"}"#, Err("where.sdk.from")),
            (
                r#"{"where":{"from":"2026-02-01T00:00:00Z","to":"2026-01-01T00:00:00Z"},"remove":"event"}"#,
                Err("where.to"),
            ),
        ] {
            assert_eq!(check(json), wanted.map_err(str::to_owned), "{json}");
        }
        assert!(check(r#"{"where":{"vlaue":1},"remove":"event"}"#).unwrap_err().contains("vlaue"));
        for day in ["2026-02-01", "yesterday", "2026-02-01T00:00:00"] {
            let said = check(&format!(r#"{{"where":{{"from":"{day}"}},"remove":"event"}}"#)).unwrap_err();
            assert!(said.contains("2026-02-01T00:00:00Z"), "{said}");
        }
    }

    #[test]
    fn the_value_is_shown_nowhere() {
        let json = r#"{"where":{"value":{"text":"hunter2hunter2"}},"remove":"property"}"#;
        let asked: Asked = serde_json::from_str(json).unwrap();
        assert!(!format!("{asked:?}{}", asked.shown()).contains("hunter2"));
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(version_of("2.10.1") > version_of("2.9") && version_of("v2.0") == version_of("2"));
        assert!(version_of("3.0.0-next.1") == [3] && version_of("next").is_empty());
    }
}
