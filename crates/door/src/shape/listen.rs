//! The reader that only listens: it gives a type what it asks for, notes what that was, and gives it again without what
//! it refused, until it has heard of every field.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::{Map, Value, json};

/// Texts that are tried where a text is asked for: one of them usually passes.
const TEXTS: [&str; 6] =
    ["x", "a@b.example", "2026-01-01T00:00:00Z", "2026-01-01", "1", "https://a.example/"];
/// Types are small; a type that is not is described as far as this goes.
const ATTEMPTS_MAX: usize = 400;
const DEPTH_MAX: usize = 8;

/// The schema of what `T` asks for.
pub(super) fn listen<T: DeserializeOwned>() -> Value {
    hear(&|listener| T::deserialize(listener).is_ok())
}

/// Reads one whole value and says whether it could.
type Reading = dyn Fn(Listener<'_>) -> bool;

fn hear(reading: &Reading) -> Value {
    let heard = RefCell::new(Heard::default());
    for _ in 0..ATTEMPTS_MAX {
        let failed = attempt(reading, &heard, None);
        if !failed.is_some_and(|failed| heard.borrow_mut().avoid(failed)) {
            break;
        }
    }
    let fields = heard.borrow().fields();
    for field in fields {
        if let Some(Failed { missing: Some(name), .. }) = attempt(reading, &heard, Some(field)) {
            heard.borrow_mut().required.insert(name);
        }
    }
    heard.into_inner().schema("", 0)
}

/// Where reading ended, and the field whose absence ended it.
#[derive(Clone)]
struct Failed {
    path: String,
    missing: Option<String>,
}

fn attempt(reading: &Reading, heard: &RefCell<Heard>, without: Option<String>) -> Option<Failed> {
    {
        let mut heard = heard.borrow_mut();
        heard.failed = None;
        heard.without = without;
    }
    let read = reading(Listener { heard, path: String::new() });
    if read { None } else { heard.borrow().failed.clone() }
}

/// What a place was asked to be.
enum Kind {
    Plain(Value),
    List,
    Table,
    Fields(&'static [&'static str]),
}

#[derive(Default)]
struct Heard {
    kinds: BTreeMap<String, Kind>,
    optional: BTreeSet<String>,
    required: BTreeSet<String>,
    /// What is no longer given, because nothing that could be given was taken.
    avoided: BTreeSet<String>,
    /// Which of [`TEXTS`] a place is given.
    text: BTreeMap<String, usize>,
    without: Option<String>,
    failed: Option<Failed>,
}

impl Heard {
    /// Makes the next attempt another one; `false` when there is none.
    fn avoid(&mut self, failed: Failed) -> bool {
        if let Some(name) = failed.missing {
            self.required.insert(name);
        }
        if matches!(self.kinds.get(&failed.path), Some(Kind::Plain(kind)) if kind["type"] == "string") {
            let text = self.text.entry(failed.path.clone()).or_default();
            *text += 1;
            if *text < TEXTS.len() {
                return true;
            }
        }
        !failed.path.is_empty() && self.avoided.insert(failed.path)
    }

    fn gives(&self, path: &str) -> bool {
        !self.avoided.contains(path) && self.without.as_deref() != Some(path)
    }

    fn text(&self, path: &str) -> &'static str {
        let at = self.text.get(path).copied().unwrap_or_default();
        TEXTS.get(at).or(TEXTS.first()).copied().unwrap_or_default()
    }

    fn fields(&self) -> Vec<String> {
        let fields = self.kinds.iter().filter_map(|(path, kind)| match kind {
            Kind::Fields(names) => Some(names.iter().map(move |name| format!("{path}.{name}"))),
            Kind::Plain(_) | Kind::List | Kind::Table => None,
        });
        fields.flatten().collect()
    }

    fn schema(&self, path: &str, depth: usize) -> Value {
        if depth > DEPTH_MAX {
            return json!({});
        }
        let mut schema = match self.kinds.get(path) {
            None => json!({}),
            Some(Kind::Plain(kind)) => kind.clone(),
            Some(Kind::List) => {
                json!({ "type": "array", "items": self.schema(&format!("{path}[]"), depth + 1) })
            }
            Some(Kind::Table) => {
                json!({ "type": "object", "additionalProperties": self.schema(&format!("{path}{{}}"), depth + 1) })
            }
            Some(Kind::Fields(names)) => {
                let of = |name: &str| format!("{path}.{name}");
                let properties: Map<String, Value> = names
                    .iter()
                    .map(|name| ((*name).to_owned(), self.schema(&of(name), depth + 1)))
                    .collect();
                let required: Vec<_> =
                    names.iter().filter(|name| self.required.contains(&of(name))).collect();
                let mut object = json!({ "type": "object", "properties": properties });
                if !required.is_empty() {
                    object["required"] = json!(required);
                }
                object
            }
        };
        if self.optional.contains(path) && schema["type"].is_string() {
            schema["type"] = json!([schema["type"], "null"]);
            if let Some(Value::Array(words)) = schema.get_mut("enum") {
                words.push(Value::Null);
            }
        }
        schema
    }
}

struct Listener<'h> {
    heard: &'h RefCell<Heard>,
    path: String,
}

impl<'h> Listener<'h> {
    fn note(&self, kind: Kind) {
        self.heard.borrow_mut().kinds.insert(self.path.clone(), kind);
    }

    fn at(&self, tail: &str) -> Listener<'h> {
        Listener { heard: self.heard, path: format!("{}{tail}", self.path) }
    }

    fn gives(&self) -> bool {
        self.path.len() < 400 && self.heard.borrow().gives(&self.path)
    }

    /// Reads the value of this place and keeps where it failed, innermost first.
    fn read<'de, S: de::DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Refused> {
        let (heard, path) = (self.heard, self.path.clone());
        seed.deserialize(self).inspect_err(|_| {
            heard.borrow_mut().failed.get_or_insert(Failed { path, missing: None });
        })
    }
}

macro_rules! plain {
    ($($method:ident $visit:ident($($value:expr)?), $schema:tt;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            self.note(Kind::Plain(json!($schema)));
            visitor.$visit($($value)?)
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            self.note(Kind::Plain(json!({ "type": "string" })));
            let text = self.heard.borrow().text(&self.path);
            visitor.visit_str(text)
        }
    )*};
}

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Refused;

    plain! {
        deserialize_any visit_unit(), {};
        deserialize_ignored_any visit_unit(), {};
        deserialize_unit visit_unit(), { "type": "null" };
        deserialize_bool visit_bool(true), { "type": "boolean" };
        deserialize_i8 visit_i8(1), { "type": "integer" };
        deserialize_i16 visit_i16(1), { "type": "integer" };
        deserialize_i32 visit_i32(1), { "type": "integer" };
        deserialize_i64 visit_i64(1), { "type": "integer" };
        deserialize_i128 visit_i128(1), { "type": "integer" };
        deserialize_u8 visit_u8(1), { "type": "integer", "minimum": 0 };
        deserialize_u16 visit_u16(1), { "type": "integer", "minimum": 0 };
        deserialize_u32 visit_u32(1), { "type": "integer", "minimum": 0 };
        deserialize_u64 visit_u64(1), { "type": "integer", "minimum": 0 };
        deserialize_u128 visit_u128(1), { "type": "integer", "minimum": 0 };
        deserialize_f32 visit_f32(1.0), { "type": "number" };
        deserialize_f64 visit_f64(1.0), { "type": "number" };
        deserialize_char visit_char('x'), { "type": "string" };
    }

    texts! { deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.heard.borrow_mut().optional.insert(self.path.clone());
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.note(Kind::List);
        visitor.visit_seq(Given { listener: self, rest: vec!["[]"] })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Refused> {
        self.note(Kind::List);
        visitor.visit_seq(Given { listener: self, rest: vec!["[]"; length.min(DEPTH_MAX)] })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.note(Kind::Table);
        visitor.visit_map(Given { listener: self, rest: vec!["{}"] })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.note(Kind::Fields(fields));
        let (heard, path) = (self.heard, self.path.clone());
        let rest = fields.iter().rev().copied().collect();
        visitor.visit_map(Given { listener: self, rest }).inspect_err(|refused| {
            if let Some(name) = refused.missing {
                let missing = Some(format!("{path}.{name}"));
                heard.borrow_mut().failed.get_or_insert(Failed { path, missing });
            }
        })
    }

    /// Words are an enum; a variant that carries something could be of any form.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.note(Kind::Plain(json!({ "type": "string", "enum": variants })));
        let first = variants.first().copied().unwrap_or_default();
        let word: BorrowedStrDeserializer<'de, Refused> = BorrowedStrDeserializer::new(first);
        let (heard, path) = (self.heard, self.path);
        visitor.visit_enum(word).inspect_err(|_| {
            heard.borrow_mut().kinds.insert(path, Kind::Plain(json!({})));
        })
    }
}

/// The fields, entries or elements still to be given, the next one last.
struct Given<'h> {
    listener: Listener<'h>,
    rest: Vec<&'static str>,
}

impl<'h> Given<'h> {
    fn next_place(&mut self) -> Option<(&'static str, Listener<'h>)> {
        while let Some(name) = self.rest.last().copied() {
            let tail = if matches!(name, "[]" | "{}") { name.to_owned() } else { format!(".{name}") };
            let place = self.listener.at(&tail);
            if place.gives() {
                return Some((name, place));
            }
            self.rest.pop();
        }
        None
    }
}

impl<'de> de::MapAccess<'de> for Given<'_> {
    type Error = Refused;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refused> {
        let Some((name, _)) = self.next_place() else { return Ok(None) };
        let key: StrDeserializer<'_, Refused> = name.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        let (_, place) = self.next_place().ok_or_else(|| de::Error::custom("nothing left"))?;
        self.rest.pop();
        place.read(seed)
    }
}

impl<'de> de::SeqAccess<'de> for Given<'_> {
    type Error = Refused;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let Some((_, place)) = self.next_place() else { return Ok(None) };
        self.rest.pop();
        place.read(seed).map(Some)
    }
}

/// What a type says when it does not take what it is given.
#[derive(Debug)]
struct Refused {
    missing: Option<&'static str>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self { missing: None }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { missing: Some(field) }
    }
}
