//! Distinct ids. `$device:…` and `$device_id` name a browser or an app, anything else a person.

use std::borrow::Cow;

use crate::part::identifier;
use crate::refusal::{Refused, reason};

const DEVICE: &str = "$device:";
/// What careless code sends in place of an id; Mixpanel takes none of them either.
const DISALLOWED: [&str; 20] = [
    "00000000-0000-0000-0000-000000000000",
    "anon",
    "anonymous",
    "nil",
    "none",
    "null",
    "n/a",
    "na",
    "undefined",
    "unknown",
    "unset",
    "not set",
    "false",
    "true",
    "nan",
    "0",
    "-1",
    "[]",
    "{}",
    "[object object]",
];

/// The ids that an item gives.
#[derive(Default)]
pub(super) struct Ids<'a> {
    pub distinct: Option<&'a [u8]>,
    pub device: Option<&'a [u8]>,
    pub user: Option<&'a [u8]>,
}

/// Whose an event is: a user id, an anonymous id, or both.
#[derive(Default)]
pub(super) struct Who<'a> {
    pub user_id: Option<Cow<'a, str>>,
    pub anonymous_id: Option<Cow<'a, str>>,
}

impl<'a> Ids<'a> {
    /// Whose an event with these ids is.
    ///
    /// # Errors
    /// There is none among them that tells people apart; `field` is what the distinct id is called.
    pub fn who(&self, field: &'static str) -> Result<Who<'a>, Refused> {
        let distinct = id(self.distinct, field)?;
        let named =
            distinct.as_deref().and_then(|id| id.strip_prefix(DEVICE)).map(|id| Cow::Owned(id.to_owned()));
        let is_device = named.is_some();
        let anonymous_id = id(self.device, "$device_id")?.or(named);
        let person = distinct.clone().filter(|id| !is_device && Some(id) != anonymous_id.as_ref());
        let user_id = id(self.user, "$user_id")?.or(person);
        if user_id.is_none() && anonymous_id.is_none() {
            let given = identifier(self.distinct, field)?.is_some();
            let reason = if given { reason::DISALLOWED_ID } else { reason::MISSING_IDENTITY };
            return Err(Refused::of(reason, field));
        }
        Ok(Who { user_id, anonymous_id })
    }
}

/// An id without the mark of a device.
pub(super) fn bare<'a>(raw: Option<&'a [u8]>, field: &'static str) -> Result<Option<Cow<'a, str>>, Refused> {
    Ok(id(raw, field)?.map(|id| match id.strip_prefix(DEVICE) {
        Some(bare) => Cow::Owned(bare.to_owned()),
        None => id,
    }))
}

/// An id, unless it is none that tells people apart.
fn id<'a>(raw: Option<&'a [u8]>, field: &'static str) -> Result<Option<Cow<'a, str>>, Refused> {
    let is_allowed =
        |id: &Cow<'_, str>| !DISALLOWED.iter().any(|other| other.eq_ignore_ascii_case(id.trim()));
    Ok(identifier(raw, field)?.filter(|id| !id.trim().is_empty() && is_allowed(id)))
}
