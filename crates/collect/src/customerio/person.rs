//! Ids. A person is named by an id of the sender's, an e-mail address, or an id of Customer.io's (`cio_…`);
//! an object by its type and id, which together are a group's id.

use std::borrow::Cow;

use crate::customerio::body::Body;
use crate::part::identifier;
use crate::refusal::{Refused, reason};

/// The longest id in bytes.
const ID_BYTES_MAX: usize = 150;

/// Who an operation is about. Nobody, where both ids are absent.
#[derive(Clone, Default)]
pub(super) struct Person<'a> {
    pub user_id: Option<Cow<'a, str>>,
    pub anonymous_id: Option<Cow<'a, str>>,
    /// The e-mail address that named them.
    pub email: Option<Cow<'a, str>>,
}

impl<'a> Person<'a> {
    /// The person of a path's `{id}`.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn of_path(id: Option<&'a str>) -> Result<Self, Refused> {
        let id = id.filter(|id| !id.is_empty()).ok_or(Refused::of(reason::MISSING_IDENTITY, "id"))?;
        let user_id = short(Cow::Borrowed(id), "id")?;
        let email = user_id.contains('@').then(|| user_id.clone());
        Ok(Self { user_id: Some(user_id), anonymous_id: None, email })
    }

    /// The person that members `id`, `email`, `cio_id` and `anonymous_id` name.
    ///
    /// # Errors
    /// One of them is too long, or none that an id can be.
    pub fn of(body: &Body<'a>) -> Result<Self, Refused> {
        let part = |raw, field| identifier(raw, field)?.map(|id| short(id, field)).transpose();
        let anonymous_id = part(body.anonymous_id, "anonymous_id")?;
        let email = part(body.email, "email")?;
        let cio_id = part(body.cio_id, "cio_id")?.map(|id| match id.starts_with("cio_") {
            true => id,
            false => Cow::Owned(format!("cio_{id}")),
        });
        let id = part(body.id, "id")?;
        Ok(Self { user_id: id.or(email.clone()).or(cio_id), anonymous_id, email })
    }

    /// The same person, if it is somebody.
    ///
    /// # Errors
    /// It is nobody.
    pub fn somebody(self) -> Result<Self, Refused> {
        if self.user_id.is_none() && self.anonymous_id.is_none() {
            return Err(Refused::of(reason::MISSING_IDENTITY, "identifiers"));
        }
        Ok(self)
    }
}

/// The group's id of an object.
///
/// # Errors
/// Type or id are absent or too long.
pub(super) fn object_id(body: &Body<'_>) -> Result<String, Refused> {
    let part = |raw, field| {
        let id = identifier(raw, field)?.ok_or(Refused::of(reason::MISSING_FIELD, field))?;
        short(id, field)
    };
    let kind = part(body.object_type_id, "object_type_id")?;
    Ok(format!("{kind}:{}", part(body.object_id, "object_id")?))
}

fn short<'a>(id: Cow<'a, str>, field: &'static str) -> Result<Cow<'a, str>, Refused> {
    if id.len() > ID_BYTES_MAX { Err(Refused::of(reason::IDENTIFIER_TOO_LONG, field)) } else { Ok(id) }
}
