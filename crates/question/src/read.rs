//! Reading a JSON document with errors that name the place. Hand-written instead of derived, because a
//! derived reader knows neither the pointer nor the nearest name.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::invalid::{Invalid, nearest, shown};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    pub(crate) pointer: String,
}

/// An object all of whose fields are known.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: &'a Map<String, Value>,
    pointer: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value, pointer: String::new() }
    }

    /// An error at this place.
    pub(crate) fn wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Invalid {
        Invalid::new(&self.pointer, problem, fix)
    }

    /// This value as an object without unknown fields.
    pub(crate) fn object(&self, known: &[&str]) -> Result<Object<'a>, Invalid> {
        let fields = self
            .value
            .as_object()
            .ok_or_else(|| self.wrong("is not an object", format!("write {{…}} with {}", listed(known))))?;
        for name in fields.keys() {
            if !known.contains(&name.as_str()) {
                let fix = match nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", listed(known)),
                };
                return Err(Invalid::new(&self.child(name), format!("unknown field `{}`", shown(name)), fix));
            }
        }
        Ok(Object { fields, pointer: self.pointer.clone() })
    }

    /// The elements of a list whose length is within bounds.
    pub(crate) fn list(&self, length: RangeInclusive<usize>) -> Result<Vec<Self>, Invalid> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("is not a list", "write it in […]"))?;
        if !length.contains(&items.len()) {
            let (low, high) = (length.start(), length.end());
            return Err(self.wrong(format!("has {} elements", items.len()), format!("give {low} to {high}")));
        }
        let node = |(index, value)| Self { value, pointer: format!("{}/{index}", self.pointer) };
        Ok(items.iter().enumerate().map(node).collect())
    }

    /// A text that is neither empty nor longer than `bytes_max`.
    pub(crate) fn text(&self, bytes_max: usize) -> Result<&'a str, Invalid> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("is not a text", "write it in quotes"))?;
        if text.is_empty() {
            return Err(self.wrong("is empty", "give a name"));
        }
        if text.len() > bytes_max {
            return Err(self.wrong("is too long", format!("use at most {bytes_max} bytes")));
        }
        Ok(text)
    }

    /// A whole number within bounds.
    pub(crate) fn integer(&self, bounds: RangeInclusive<u64>) -> Result<u64, Invalid> {
        let number = self.value.as_u64().filter(|number| bounds.contains(number));
        number.ok_or_else(|| {
            let (low, high) = (bounds.start(), bounds.end());
            self.wrong("is not a whole number in bounds", format!("give {low} to {high}"))
        })
    }

    /// One of a few names.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, Invalid> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let given = self
            .value
            .as_str()
            .ok_or_else(|| self.wrong("is not a text", format!("give one of {}", listed(&names))))?;
        choices.iter().find(|(name, _)| *name == given).map(|(_, choice)| *choice).ok_or_else(|| {
            let fix = match nearest(given, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("give one of {}", listed(&names)),
            };
            self.wrong("is none of the known names", fix)
        })
    }

    fn child(&self, name: &str) -> String {
        child(&self.pointer, name)
    }
}

impl<'a> Object<'a> {
    /// A field that may be left out; null counts as left out.
    pub(crate) fn optional(&self, name: &str) -> Option<Node<'a>> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, pointer: child(&self.pointer, name) })
    }

    /// A field that must be there.
    pub(crate) fn required(&self, name: &str, example: &str) -> Result<Node<'a>, Invalid> {
        self.optional(name).ok_or_else(|| {
            Invalid::new(&child(&self.pointer, name), "is missing", format!("write \"{name}\":{example}"))
        })
    }

    /// The field's value as it stands, null included.
    pub(crate) fn raw(&self, name: &str) -> Option<Node<'a>> {
        let value = self.fields.get(name)?;
        Some(Node { value, pointer: child(&self.pointer, name) })
    }
}

fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", shown(name).replace('~', "~0").replace('/', "~1"))
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
