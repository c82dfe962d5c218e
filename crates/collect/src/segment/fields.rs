//! The members of one message that matter, as slices of the request's bytes.

use crate::json::{Malformed, Members, Value, value_at};

/// One message of a request.
pub(crate) enum Item<'a> {
    /// An object, taken apart.
    Message(Box<Fields<'a>>),
    /// Something that is not an object.
    Other,
}

/// The members of one message; of a name that comes twice the last one counts, as in JavaScript.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    /// How many bytes the message has.
    pub bytes: usize,
    /// How deep it nests, itself included.
    pub depth: usize,
    pub kind: Option<&'a [u8]>,
    pub event: Option<&'a [u8]>,
    pub name: Option<&'a [u8]>,
    pub category: Option<&'a [u8]>,
    pub message_id: Option<&'a [u8]>,
    pub user_id: Option<&'a [u8]>,
    pub anonymous_id: Option<&'a [u8]>,
    pub group_id: Option<&'a [u8]>,
    pub previous_id: Option<&'a [u8]>,
    pub timestamp: Option<&'a [u8]>,
    pub original_timestamp: Option<&'a [u8]>,
    pub sent_at: Option<&'a [u8]>,
    pub properties: Option<&'a [u8]>,
    pub traits: Option<&'a [u8]>,
    pub context: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// Keeps `value` if the message knows `key`. A `null` is as good as absent.
    pub fn set(&mut self, key: &[u8], value: Value<'a>) {
        self.depth = self.depth.max(value.depth + 1);
        let place = match key {
            b"type" => &mut self.kind,
            b"event" => &mut self.event,
            b"name" => &mut self.name,
            b"category" => &mut self.category,
            b"messageId" => &mut self.message_id,
            b"userId" => &mut self.user_id,
            b"anonymousId" => &mut self.anonymous_id,
            b"groupId" => &mut self.group_id,
            b"previousId" => &mut self.previous_id,
            b"timestamp" => &mut self.timestamp,
            b"originalTimestamp" => &mut self.original_timestamp,
            b"sentAt" => &mut self.sent_at,
            b"properties" => &mut self.properties,
            b"traits" => &mut self.traits,
            b"context" => &mut self.context,
            _ => return,
        };
        *place = (value.raw != b"null").then_some(value.raw);
    }
}

impl<'a> Item<'a> {
    /// The item that begins at `from`, and the place after it.
    pub fn at(text: &'a [u8], from: usize) -> Result<(Self, usize), Malformed> {
        let Some(mut members) = Members::new(text, from) else {
            let mut end = from;
            value_at(text, from, &mut end)?;
            return Ok((Self::Other, end));
        };
        let mut fields = Box::<Fields<'a>>::default();
        while let Some((key, value)) = members.advance()? {
            fields.set(&key, value);
        }
        fields.bytes = members.at() - from;
        Ok((Self::Message(fields), members.at()))
    }
}
