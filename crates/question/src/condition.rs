//! Conditions on a property or a trait.
//!
//! A property is looked up in `properties`, then in `context`; nested ones are joined by dots. Objects are
//! looked into and have no value of their own. A JSON null counts as absent.

use model::{Channel, Consent};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::invalid::Invalid;
use crate::read::{Node, Object};

/// The longest name of a property or trait, in bytes; longer ones are refused.
pub const FIELD_BYTES_MAX: usize = 512;
/// The most conditions in one list; more are refused.
pub const CONDITIONS_MAX: usize = 20;
/// The most values in `in` and `not_in`; more are refused.
pub const VALUES_MAX: usize = 1_000;
/// The longest text to compare with, in bytes; longer ones are refused.
pub const VALUE_BYTES_MAX: usize = 4_096;

/// What is compared or grouped by.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A property of the event, else of its context.
    Property(String),
    /// A trait of the person, as it is today.
    Trait(String),
}

impl Field {
    /// From the form used in `by`: `country`, or `trait.plan`.
    pub fn from_name(name: &str) -> Self {
        match name.strip_prefix(TRAIT_PREFIX) {
            Some(name) if !name.is_empty() => Self::Trait(name.to_owned()),
            _ => Self::Property(name.to_owned()),
        }
    }

    /// The form used in `by` and as a column's name.
    pub fn name(&self) -> String {
        match self {
            Self::Property(name) => name.clone(),
            Self::Trait(name) => format!("{TRAIT_PREFIX}{name}"),
        }
    }
}

const TRAIT_PREFIX: &str = "trait.";
/// Being in a segment is a trait under a name that no sender's trait has: true or false of everybody.
const SEGMENT_PREFIX: &str = "$segment:";

/// The segment that a trait's name stands for, by name or id, if it stands for one.
pub fn segment_of(name: &str) -> Option<&str> {
    name.strip_prefix(SEGMENT_PREFIX)
}

/// What somebody agreed to is a trait likewise: its value is `granted`, `withdrawn` or `refused`, and there is none where they never
/// said.
const CONSENT_PREFIX: &str = "$consent:";

/// The purpose and channel that a trait's name stands for, if it stands for some: `$consent:email:marketing`.
pub fn consent_of(name: &str) -> Option<(&str, Channel)> {
    let (channel, purpose) = name.strip_prefix(CONSENT_PREFIX)?.split_once(':')?;
    Some((purpose, Channel::from_name(channel)?))
}

/// Belonging to a group of some kind is a trait that everybody has, true or false.
const GROUP_PREFIX: &str = "$group:";
/// The longest conditions on one group, in bytes of JSON.
const GROUP_BYTES_MAX: usize = 4_096;

/// The conditions on traits of one and the same group that a trait's name stands for, if it stands for some.
pub fn group_of(name: &str) -> Option<Vec<Condition>> {
    let list: Value = serde_json::from_str(name.strip_prefix(GROUP_PREFIX)?).ok()?;
    Condition::read_traits(&Node::root(&list)).ok()
}

/// How a field is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal: numbers by value, so 1 equals 1.0; text and truth exactly.
    Eq,
    /// Not equal; what is absent is not equal.
    Ne,
    /// Equal to one of a list.
    In,
    /// Equal to none of a list; what is absent is equal to none.
    NotIn,
    /// Greater; numbers with numbers, text with text by bytes.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// A text that contains the text; a list that has the value.
    Contains,
    /// A text that starts with the text.
    StartsWith,
    /// There, with whatever value.
    Exists,
    /// Not there.
    NotExists,
}

const OPS: [(&str, Op); 12] = [
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("in", Op::In),
    ("not_in", Op::NotIn),
    ("gt", Op::Gt),
    ("gte", Op::Gte),
    ("lt", Op::Lt),
    ("lte", Op::Lte),
    ("contains", Op::Contains),
    ("starts_with", Op::StartsWith),
    ("exists", Op::Exists),
    ("not_exists", Op::NotExists),
];

/// What is asked of consent: yes, no, or that nothing was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ConsentAsked<'a> {
    /// For which purpose.
    pub purpose: &'a str,
    /// By which channel.
    pub channel: Channel,
    /// `granted`, `withdrawn`, `refused`, or `undecided`.
    pub state: &'a str,
}

/// The word for those who never said.
const UNDECIDED: &str = "undecided";

/// A field, how it is compared, and with what.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// How.
    pub op: Op,
    /// With what: a list for `in` and `not_in`, nothing for `exists` and `not_exists`, else text, number or truth.
    pub value: Value,
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(segment) = self.segment() {
            map.serialize_entry("segment", segment)?;
            return map.end();
        }
        if let Some(asked) = self.consent() {
            map.serialize_entry("consent", &asked)?;
            return map.end();
        }
        if let Some(conditions) = self.group() {
            match conditions.as_slice() {
                [one] => map.serialize_entry("group", one)?,
                several => map.serialize_entry("group", &serde_json::json!({ "where": several }))?,
            }
            return map.end();
        }
        match &self.field {
            Field::Property(name) => map.serialize_entry("property", name)?,
            Field::Trait(name) => map.serialize_entry("trait", name)?,
        }
        map.serialize_entry("op", &self.op)?;
        if !self.value.is_null() {
            map.serialize_entry("value", &self.value)?;
        }
        map.end()
    }
}

impl Condition {
    pub(crate) const FIELDS: [&'static str; 7] =
        ["property", "trait", "segment", "consent", "group", "op", "value"];

    /// The condition of being in a segment, by its name or id.
    pub fn in_segment(segment: &str) -> Self {
        Self {
            field: Field::Trait(format!("{SEGMENT_PREFIX}{segment}")),
            op: Op::Eq,
            value: Value::Bool(true),
        }
    }

    /// The segment it asks for, if that is all it asks.
    pub fn segment(&self) -> Option<&str> {
        match &self.field {
            Field::Trait(name) if self.op == Op::Eq && self.value == Value::Bool(true) => segment_of(name),
            _ => None,
        }
    }

    /// What it asks of consent, if that is all it asks.
    pub fn consent(&self) -> Option<ConsentAsked<'_>> {
        let Field::Trait(name) = &self.field else { return None };
        let (purpose, channel) = consent_of(name)?;
        let state = match (self.op, &self.value) {
            (Op::NotExists, _) => UNDECIDED,
            (Op::Eq, Value::String(state)) => Consent::from_name(state)?.as_str(),
            _ => return None,
        };
        Some(ConsentAsked { purpose, channel, state })
    }

    /// What it asks of a group, if that is all it asks.
    pub fn group(&self) -> Option<Vec<Self>> {
        match &self.field {
            Field::Trait(name) if self.op == Op::Eq && self.value == Value::Bool(true) => group_of(name),
            _ => None,
        }
    }

    /// One condition on a group's trait, or several on the traits of the same group.
    fn read_group(node: &Node<'_>) -> Result<Self, Invalid> {
        let several = node.value.get("where").is_some();
        let conditions = if several {
            Self::read_traits(&node.object(&["where"])?.required("where", "[{\"trait\":\"plan\",…}]")?)?
        } else {
            vec![Self::read_trait(node)?]
        };
        let text = serde_json::to_string(&conditions).unwrap_or_default();
        if text.len() > GROUP_BYTES_MAX {
            return Err(node.wrong("is too long", format!("use at most {GROUP_BYTES_MAX} bytes")));
        }
        let field = Field::Trait(format!("{GROUP_PREFIX}{text}"));
        Ok(Self { field, op: Op::Eq, value: Value::Bool(true) })
    }

    fn read_traits(node: &Node<'_>) -> Result<Vec<Self>, Invalid> {
        node.list(1..=CONDITIONS_MAX)?.iter().map(Self::read_trait).collect()
    }

    fn read_trait(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["trait", "op", "value"])?;
        object.required("trait", "\"plan\"")?;
        Self::read_fields(node, &object)
    }

    fn read_consent(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["purpose", "channel", "state"])?;
        let purpose = object.required("purpose", "\"marketing\"")?;
        let name = model::consent::purpose(purpose.text(FIELD_BYTES_MAX)?).ok_or_else(|| {
            let most = model::consent::PURPOSE_BYTES_MAX;
            purpose.wrong(
                "is no name",
                format!("at most {most} bytes of letters, digits, blanks, `_`, `-`, `.`"),
            )
        })?;
        let channels = Channel::EVERY.map(|channel| (channel.as_str(), channel));
        let channel = object.optional("channel").map(|node| node.choice(&channels)).transpose()?;
        let channel = channel.unwrap_or(Channel::All);
        let [granted, withdrawn, refused] = Consent::EVERY.map(|consent| (consent.as_str(), Some(consent)));
        let states = [granted, withdrawn, refused, (UNDECIDED, None)];
        let state = object.optional("state").map(|node| node.choice(&states)).transpose()?;
        let (op, value) = match state.unwrap_or(Some(Consent::Granted)) {
            Some(consent) => (Op::Eq, Value::from(consent.as_str())),
            None => (Op::NotExists, Value::Null),
        };
        let field = Field::Trait(format!("{CONSENT_PREFIX}{}:{name}", channel.as_str()));
        Ok(Self { field, op, value })
    }

    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        Self::read_fields(node, &node.object(&Self::FIELDS)?)
    }

    pub(crate) fn read_fields(node: &Node<'_>, object: &Object<'_>) -> Result<Self, Invalid> {
        if let Some(segment) = object.optional("segment") {
            for name in ["property", "trait", "consent", "group", "op", "value"] {
                if let Some(other) = object.raw(name) {
                    return Err(other.wrong("stands beside `segment`", "write {\"segment\":\"…\"} alone"));
                }
            }
            return Ok(Self::in_segment(segment.text(FIELD_BYTES_MAX - SEGMENT_PREFIX.len())?));
        }
        for kind in ["consent", "group"] {
            let Some(asked) = object.optional(kind) else { continue };
            for name in ["property", "trait", "consent", "group", "op", "value"] {
                if let Some(other) = object.raw(name).filter(|_| name != kind) {
                    let fix = format!("write {{\"{kind}\":{{…}}}} alone");
                    return Err(other.wrong(format!("stands beside `{kind}`"), fix));
                }
            }
            return if kind == "group" { Self::read_group(&asked) } else { Self::read_consent(&asked) };
        }
        let field = match (object.optional("property"), object.optional("trait")) {
            (Some(name), None) => Field::from_name(name.text(FIELD_BYTES_MAX)?),
            (None, Some(name)) => Field::Trait(name.text(FIELD_BYTES_MAX)?.to_owned()),
            (None, None) => {
                return Err(node.wrong("names no field", "write \"property\":\"…\" or \"trait\":\"…\""));
            }
            (Some(_), Some(name)) => {
                return Err(name.wrong("stands beside `property`", "name either a property or a trait"));
            }
        };
        let op = object.required("op", "\"eq\"")?.choice(&OPS)?;
        let value = read_value(object, op)?;
        Ok(Self { field, op, value })
    }
}

/// The conditions of a `where`, which may be absent.
pub(crate) fn read_conditions(object: &Object<'_>) -> Result<Vec<Condition>, Invalid> {
    let Some(node) = object.optional("where") else { return Ok(Vec::new()) };
    node.list(0..=CONDITIONS_MAX)?.iter().map(Condition::read).collect()
}

fn read_value(object: &Object<'_>, op: Op) -> Result<Value, Invalid> {
    match op {
        Op::Exists | Op::NotExists => match object.optional("value") {
            Some(node) => Err(node.wrong("is not used by this op", "leave it out")),
            None => Ok(Value::Null),
        },
        Op::In | Op::NotIn => {
            let node = object.required("value", "[\"…\"]")?;
            for item in node.list(1..=VALUES_MAX)? {
                scalar(&item)?;
            }
            Ok(node.value.clone())
        }
        Op::Contains | Op::StartsWith | Op::Gt | Op::Gte | Op::Lt | Op::Lte | Op::Eq | Op::Ne => {
            if let Some(node) = object.raw("value").filter(|node| node.value.is_null()) {
                return Err(node.wrong("is null", "use the op `exists` or `not_exists`"));
            }
            let node = object.required("value", "\"…\"")?;
            scalar(&node)?;
            fits(&node, op)?;
            Ok(node.value.clone())
        }
    }
}

fn scalar(node: &Node<'_>) -> Result<(), Invalid> {
    match node.value {
        Value::String(text) if text.len() > VALUE_BYTES_MAX => {
            Err(node.wrong("is too long", format!("use at most {VALUE_BYTES_MAX} bytes")))
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(()),
        _ => Err(node.wrong("is not a text, number or truth", "compare with a single value")),
    }
}

fn fits(node: &Node<'_>, op: Op) -> Result<(), Invalid> {
    match (op, node.value) {
        (Op::Gt | Op::Gte | Op::Lt | Op::Lte, Value::Bool(_)) => {
            Err(node.wrong("cannot be ordered", "give a number or a text"))
        }
        (Op::StartsWith, Value::Number(_) | Value::Bool(_)) => {
            Err(node.wrong("is not a text", "give a text, or use `eq`"))
        }
        _ => Ok(()),
    }
}
