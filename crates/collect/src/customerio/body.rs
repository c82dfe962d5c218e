//! The members of a body or an operation that matter, as slices of it.

use model::limits::{BATCH_EVENTS_MAX, DEPTH_MAX, EVENT_BYTES_MAX};

use crate::json::{Elements, Malformed, Members, Value, skip_space, value_at};
use crate::refusal::{Refused, reason};

/// Of a name that comes twice the last one counts; a `null` is as good as absent.
#[derive(Clone, Copy, Default)]
pub(super) struct Body<'a> {
    /// The whole of it.
    pub whole: &'a [u8],
    pub kind: Option<&'a [u8]>,
    pub action: Option<&'a [u8]>,
    pub identifiers: Option<&'a [u8]>,
    pub attributes: Option<&'a [u8]>,
    /// `cio_relationships`: in version 2 a list, in version 1 an object with `relationships_inside`.
    pub relationships: Option<&'a [u8]>,
    pub relationships_inside: Option<&'a [u8]>,
    pub relationship_attributes: Option<&'a [u8]>,
    pub name: Option<&'a [u8]>,
    pub data: Option<&'a [u8]>,
    pub id: Option<&'a [u8]>,
    pub email: Option<&'a [u8]>,
    pub cio_id: Option<&'a [u8]>,
    pub anonymous_id: Option<&'a [u8]>,
    pub object_type_id: Option<&'a [u8]>,
    pub object_id: Option<&'a [u8]>,
    pub timestamp: Option<&'a [u8]>,
    pub device: Option<&'a [u8]>,
    pub token: Option<&'a [u8]>,
    pub ids: Option<&'a [u8]>,
    pub batch: Option<&'a [u8]>,
}

impl<'a> Body<'a> {
    /// The members of an object.
    ///
    /// # Errors
    /// The text is not an object and nothing else.
    pub fn read(text: &'a [u8]) -> Result<Self, Malformed> {
        let mut members = Members::new(text, 0).ok_or(Malformed)?;
        let mut body = Self { whole: text, ..Self::default() };
        while let Some((key, value)) = members.advance()? {
            body.set(&key, value);
        }
        if skip_space(text, members.at()) == text.len() { Ok(body) } else { Err(Malformed) }
    }

    /// The members of an object inside a body; of none, where it is no object.
    pub fn inside(raw: Option<&'a [u8]>) -> Self {
        raw.and_then(|raw| Self::read(raw).ok()).unwrap_or_default()
    }

    /// The members of one operation of a batch.
    ///
    /// # Errors
    /// It is none that can be taken.
    pub fn operation(value: Value<'a>) -> Result<Self, Refused> {
        if value.raw.len() > EVENT_BYTES_MAX {
            return Err(Refused::whole(reason::EVENT_TOO_LARGE));
        }
        if value.depth > DEPTH_MAX {
            return Err(Refused::whole(reason::TOO_DEEP));
        }
        if value.raw.first() != Some(&b'{') {
            return Err(Refused::whole(reason::NOT_AN_OBJECT));
        }
        Self::read(value.raw).map_err(|_| Refused::whole(reason::INVALID_JSON))
    }

    fn set(&mut self, key: &[u8], value: Value<'a>) {
        let place = match key {
            b"type" => &mut self.kind,
            b"action" => &mut self.action,
            b"identifiers" => &mut self.identifiers,
            b"attributes" => &mut self.attributes,
            b"cio_relationships" => &mut self.relationships,
            b"relationships" => &mut self.relationships_inside,
            b"relationship_attributes" => &mut self.relationship_attributes,
            b"name" => &mut self.name,
            b"data" => &mut self.data,
            b"id" => &mut self.id,
            b"email" => &mut self.email,
            b"cio_id" => &mut self.cio_id,
            b"anonymous_id" => &mut self.anonymous_id,
            b"object_type_id" => &mut self.object_type_id,
            b"object_id" => &mut self.object_id,
            b"timestamp" => &mut self.timestamp,
            b"device" => &mut self.device,
            b"token" => &mut self.token,
            b"ids" => &mut self.ids,
            b"batch" => &mut self.batch,
            _ => return,
        };
        *place = (value.raw != b"null").then_some(value.raw);
    }
}

/// The elements of an array inside a body: at most [`BATCH_EVENTS_MAX`], and how many came after those.
///
/// # Errors
/// It is no array.
pub(super) fn elements<'a>(
    raw: Option<&'a [u8]>,
    field: &'static str,
) -> Result<(Vec<Value<'a>>, u64), Refused> {
    let raw = raw.ok_or(Refused::of(reason::MISSING_FIELD, field))?;
    let wrong = Refused::of(reason::WRONG_TYPE, field);
    let mut elements = Elements::new(raw, 0).ok_or(wrong)?;
    let (mut found, mut beyond) = (Vec::new(), 0);
    while let Some(start) = elements.next_at().map_err(|_| wrong)? {
        let mut end = start;
        let value = value_at(raw, start, &mut end).map_err(|_| wrong)?;
        elements.resume(end);
        if found.len() < BATCH_EVENTS_MAX {
            found.push(value);
        } else {
            beyond += 1;
        }
    }
    Ok((found, beyond))
}
