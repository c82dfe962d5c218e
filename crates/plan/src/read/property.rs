//! One property of a plan's document.

use serde_json::{Map, Value};

use crate::document::{Classification, DEPTH_MAX, Property, Scalar, Type};
use crate::read::{At, Reader};

/// The most values of an enumeration.
const ENUM_MAX: usize = 500;
/// The longest text in an enumeration.
const ENUM_BYTES_MAX: usize = 256;
/// The longest pattern.
const PATTERN_BYTES_MAX: usize = 500;
/// How large a compiled pattern may be.
pub(crate) const PATTERN_COMPILED_BYTES_MAX: usize = 256 * 1024;

/// A pattern as it is compiled everywhere: linear in the text, and bounded in memory.
pub(crate) fn pattern(text: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(text)
        .size_limit(PATTERN_COMPILED_BYTES_MAX)
        .dfa_size_limit(PATTERN_COMPILED_BYTES_MAX)
        .build()
}

impl Reader {
    pub(super) fn property(&mut self, at: &At<'_>, value: &Value, depth: usize) -> Option<Property> {
        const KNOWN: &[&str] = &[
            "description",
            "type",
            "required",
            "enum",
            "pattern",
            "min_length",
            "max_length",
            "minimum",
            "maximum",
            "items",
            "properties",
            "classification",
        ];
        let fields = self.object(at, value, KNOWN)?;
        let property = Property {
            description: self.description(at, fields),
            kind: self.choice(at, fields, "type", Type::from_name, TYPES).unwrap_or_default(),
            required: self.flag(at, fields, "required"),
            one_of: self.one_of(at, fields),
            pattern: self.pattern(at, fields),
            min_length: self.length(at, fields, "min_length"),
            max_length: self.length(at, fields, "max_length"),
            minimum: self.number(at, fields, "minimum"),
            maximum: self.number(at, fields, "maximum"),
            items: self.items(at, fields, depth),
            properties: self.properties(at, fields, "properties", depth + 1),
            classification: self.choice(
                at,
                fields,
                "classification",
                Classification::from_name,
                "`public`, `internal`, `personal` or `secret`",
            ),
        };
        self.fits(at, &property, fields);
        Some(property)
    }

    /// Rules that the type gives no meaning to would never be tested; better said now.
    fn fits(&mut self, at: &At<'_>, property: &Property, fields: &Map<String, Value>) {
        let wanted: &[(&str, &[Type])] = &[
            ("pattern", &[Type::String]),
            ("min_length", &[Type::String, Type::Array]),
            ("max_length", &[Type::String, Type::Array]),
            ("minimum", &[Type::Integer, Type::Number]),
            ("maximum", &[Type::Integer, Type::Number]),
            ("items", &[Type::Array]),
            ("properties", &[Type::Object]),
        ];
        for (rule, kinds) in wanted {
            if fields.contains_key(*rule) && !kinds.contains(&property.kind) {
                let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
                let fix = format!("set `type` to {}, or take `{rule}` away", kinds.join(" or "));
                self.wrong(&at.child(rule), "does not fit the type", fix);
            }
        }
        if property.one_of.iter().any(|scalar| !is_of(scalar, property.kind)) {
            let fix = "write values of the property's `type`";
            self.wrong(&at.child("enum"), "has values of another type", fix);
        }
        if property.min_length.zip(property.max_length).is_some_and(|(low, high)| low > high) {
            self.wrong(&at.child("min_length"), "is above `max_length`", "make it the smaller one");
        }
        if property.minimum.zip(property.maximum).is_some_and(|(low, high)| low > high) {
            self.wrong(&at.child("minimum"), "is above `maximum`", "make it the smaller one");
        }
    }

    fn flag(&mut self, at: &At<'_>, fields: &Map<String, Value>, field: &str) -> bool {
        match fields.get(field) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.wrong(&at.child(field), "is neither true nor false", "write `true` or `false`");
                false
            }
        }
    }

    fn length(&mut self, at: &At<'_>, fields: &Map<String, Value>, field: &str) -> Option<u32> {
        let value = fields.get(field)?;
        let length = value.as_u64().and_then(|length| u32::try_from(length).ok());
        if length.is_none() {
            self.wrong(&at.child(field), "is not a length", "write a whole number from 0");
        }
        length
    }

    fn number(&mut self, at: &At<'_>, fields: &Map<String, Value>, field: &str) -> Option<f64> {
        let value = fields.get(field)?;
        let number = value.as_f64().filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong(&at.child(field), "is not a number", "write a number without quotes");
        }
        number
    }

    fn pattern(&mut self, at: &At<'_>, fields: &Map<String, Value>) -> Option<String> {
        let at = at.child("pattern");
        let text =
            fields.get("pattern")?.as_str().filter(|text| (1..=PATTERN_BYTES_MAX).contains(&text.len()));
        let Some(text) = text else {
            let fix = format!("write a regular expression of at most {PATTERN_BYTES_MAX} bytes");
            self.wrong(&at, "is not a pattern", fix);
            return None;
        };
        if pattern(text).is_err() {
            let fix = "look-around and back references are not known; repeat less; `^` and `$` anchor it";
            self.wrong(&at, "is no regular expression that can be used", fix);
        }
        Some(text.to_owned())
    }

    fn one_of(&mut self, at: &At<'_>, fields: &Map<String, Value>) -> Vec<Scalar> {
        let Some(value) = fields.get("enum") else { return Vec::new() };
        let at = at.child("enum");
        let scalars = value
            .as_array()
            .filter(|values| (1..=ENUM_MAX).contains(&values.len()))
            .and_then(|values| values.iter().map(scalar).collect::<Option<Vec<_>>>());
        let Some(scalars) = scalars else {
            let fix = format!(
                "write a list of 1 to {ENUM_MAX} texts of at most {ENUM_BYTES_MAX} bytes, numbers or booleans"
            );
            self.wrong(&at, "is not a list of values", fix);
            return Vec::new();
        };
        scalars
    }

    fn items(&mut self, at: &At<'_>, fields: &Map<String, Value>, depth: usize) -> Option<Box<Property>> {
        let value = fields.get("items")?;
        let at = at.child("items");
        if depth >= DEPTH_MAX {
            self.wrong(&at, "nests too deep", format!("use at most {DEPTH_MAX} levels"));
            return None;
        }
        self.property(&at, value, depth + 1).map(Box::new)
    }
}

const TYPES: &str = "`string`, `integer`, `number`, `boolean`, `date-time`, `object`, `array` or `any`";

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(text) if text.len() <= ENUM_BYTES_MAX => Some(Scalar::Text(text.clone())),
        Value::Number(number) => number.as_f64().filter(|number| number.is_finite()).map(Scalar::Number),
        Value::Bool(truth) => Some(Scalar::Boolean(*truth)),
        _ => None,
    }
}

fn is_of(scalar: &Scalar, kind: Type) -> bool {
    match scalar {
        Scalar::Text(_) => matches!(kind, Type::String | Type::DateTime | Type::Any),
        Scalar::Number(number) => match kind {
            Type::Integer => number.fract() == 0.0,
            kind => matches!(kind, Type::Number | Type::Any),
        },
        Scalar::Boolean(_) => matches!(kind, Type::Boolean | Type::Any),
    }
}
