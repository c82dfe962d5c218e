//! Attributes become traits; an empty one removes the trait. What is beyond a limit is left out and
//! counted, and so is what would change where a message goes.

use std::borrow::Cow;

use crate::compose::Object;
use crate::json::Members;
use crate::part::text;
use crate::refusal::{Refused, reason};

const NAME_BYTES_MAX: usize = 150;
const VALUE_BYTES_MAX: usize = 1_000;
const ATTRIBUTES_MAX: usize = 300;
/// Attributes that say who it is, or how Customer.io is to treat the call.
const NOT_TRAITS: [&str; 5] = ["id", "cio_id", "anonymous_id", "_update", "cio_relationships"];
/// Members of an event's data that would change a message's sender or addressee.
const STEERING: [&str; 3] = ["from_address", "recipient", "reply_to"];

/// The traits that attributes are.
///
/// # Errors
/// They are not an object.
pub(super) fn traits(raw: Option<&[u8]>, left_out: &mut Vec<Refused>) -> Result<String, Refused> {
    let mut traits = Object::default();
    let mut count = 0;
    let mut walk = members(raw, "attributes")?;
    while let Some((name, value)) = walk.as_mut().map_or(Ok(None), Members::advance).map_err(broken)? {
        let name = name_of(&name)?;
        if NOT_TRAITS.contains(&name) {
            continue;
        }
        count += 1;
        // Two bytes for the quotes of a text.
        if name.len() > NAME_BYTES_MAX || value.raw.len() > VALUE_BYTES_MAX + 2 {
            left_out.push(Refused::of(reason::ATTRIBUTE_TOO_LONG, "attributes"));
        } else if count > ATTRIBUTES_MAX {
            left_out.push(Refused::of(reason::TOO_MANY_KEYS, "attributes"));
        } else if value.raw == br#""""# {
            traits.raw(name, "null");
        } else {
            traits.raw(name, &text(Cow::Borrowed(value.raw), "attributes")?);
        }
    }
    Ok(traits.done())
}

/// The properties that an event's data are.
///
/// # Errors
/// They are not an object.
pub(super) fn properties(raw: Option<&[u8]>, left_out: &mut Vec<Refused>) -> Result<Object, Refused> {
    let mut properties = Object::default();
    let mut walk = members(raw, "data")?;
    while let Some((name, value)) = walk.as_mut().map_or(Ok(None), Members::advance).map_err(broken)? {
        let name = name_of(&name)?;
        match STEERING.into_iter().find(|steering| *steering == name) {
            Some(field) => left_out.push(Refused::of(reason::NOT_WITH_A_WRITE_KEY, field)),
            None => properties.raw(name, &text(Cow::Borrowed(value.raw), "data")?),
        }
    }
    Ok(properties)
}

fn members<'a>(raw: Option<&'a [u8]>, field: &'static str) -> Result<Option<Members<'a>>, Refused> {
    let read = |raw| Members::new(raw, 0).ok_or(Refused::of(reason::NOT_AN_OBJECT, field));
    raw.map(read).transpose()
}

fn name_of(name: &[u8]) -> Result<&str, Refused> {
    std::str::from_utf8(name).map_err(|_| Refused::of(reason::INVALID_UTF8, "attributes"))
}

fn broken(_: crate::json::Malformed) -> Refused {
    Refused::of(reason::INVALID_JSON, "attributes")
}
