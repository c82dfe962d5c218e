//! What a route takes besides its path: read off the types of its handler's arguments, so that no field can be missing in
//! the description of the interface.
//!
//! A type that can be read from JSON says what it asks its reader for, so it is given a reader that only listens. The
//! schema is a lower bound of strictness: what a type checks after reading (an id's form, a range) it does not know.

use axum::extract::{Extension, Form, Json, Path, Query, State};
use http::{HeaderMap, Method, Uri};
use policy::{Action, ActionInfo};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::permit::Permit;
use crate::shape::listen::listen;

mod listen;

/// Where a value stands in a request.
#[derive(Clone, PartialEq, Debug)]
pub enum Taken {
    /// Its query, a JSON schema of an object with a property for each name.
    Query(Value),
    /// Its body, a JSON schema.
    Json(Value),
    /// Its body, as bytes of this content type.
    Bytes(&'static str),
}

/// An argument of a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it takes from a request",
    note = "implement `door::shape::Part`: the default is that it takes neither query nor body"
)]
pub trait Part {
    /// What it takes from the request, if the caller must know of it.
    fn takes() -> Option<Taken> {
        None
    }

    /// The right that it asks the caller for, if it is one.
    fn right() -> Option<&'static ActionInfo> {
        None
    }
}

/// The schema of what `T` is read from.
pub fn schema_of<T: DeserializeOwned>() -> Value {
    listen::<T>()
}

macro_rules! takes_nothing {
    ($(($($of:ident)*) $name:ty;)*) => {$( impl<$($of),*> Part for $name {} )*};
}
takes_nothing! {
    (S) State<S>;
    (T) Path<T>;
    (T) Extension<T>;
    () HeaderMap;
    () Method;
    () Uri;
}

impl<A: Action> Part for Permit<A> {
    fn right() -> Option<&'static ActionInfo> {
        Some(A::info())
    }
}

impl<T: DeserializeOwned> Part for Query<T> {
    fn takes() -> Option<Taken> {
        Some(Taken::Query(schema_of::<T>()))
    }
}

impl<T: DeserializeOwned> Part for Json<T> {
    fn takes() -> Option<Taken> {
        Some(Taken::Json(schema_of::<T>()))
    }
}

impl<T> Part for Form<T> {
    fn takes() -> Option<Taken> {
        Some(Taken::Bytes("application/x-www-form-urlencoded"))
    }
}

impl<P: Part> Part for Option<P> {
    fn takes() -> Option<Taken> {
        P::takes()
    }
}

macro_rules! together {
    ($(($($part:ident)*))*) => {$(
        impl<$($part: Part),*> Part for ($($part,)*) {
            fn takes() -> Option<Taken> {
                [$($part::takes()),*].into_iter().flatten().next()
            }
        }
    )*};
}
together! { (A B) (A B C) (A B C D) }

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    /// Reads only what is an address of one kind: what a reader without sense gives it is refused.
    struct Picky;

    impl<'de> Deserialize<'de> for Picky {
        fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
            let text = String::deserialize(reader)?;
            if text.contains('@') { Ok(Self) } else { Err(serde::de::Error::custom("no address")) }
        }
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Small,
        VeryLarge,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    struct Inner {
        to: Picky,
        count: u32,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    struct Outer {
        name: String,
        first: Picky,
        inner: Vec<Inner>,
        kind: Kind,
        note: Option<String>,
        #[serde(default)]
        share: f64,
        #[serde(default)]
        more: std::collections::BTreeMap<String, i64>,
        anything: Value,
    }

    #[test]
    fn every_field_is_found_whatever_the_others_refuse() {
        let inner = json!({
            "type": "object",
            "properties": { "to": { "type": "string" }, "count": { "type": "integer", "minimum": 0 } },
            "required": ["to", "count"]
        });
        let wanted = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string" },
                "first": { "type": "string" },
                "inner": { "type": "array", "items": inner },
                "kind": { "type": "string", "enum": ["small", "very_large"] },
                "note": { "type": ["string", "null"] },
                "share": { "type": "number" },
                "more": { "type": "object", "additionalProperties": { "type": "integer" } },
                "anything": {}
            },
            "required": ["name", "first", "inner", "kind", "anything"]
        });
        assert_eq!(schema_of::<Outer>(), wanted);
    }

    #[test]
    fn what_has_no_fields_is_its_kind() {
        assert_eq!(schema_of::<Value>(), json!({}));
        assert_eq!(schema_of::<bool>(), json!({ "type": "boolean" }));
        assert_eq!(schema_of::<Option<Picky>>(), json!({ "type": ["string", "null"] }));
        assert_eq!(
            schema_of::<Vec<u8>>(),
            json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } })
        );
    }
}
