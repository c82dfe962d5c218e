//! A request's body: one message, or many in `batch` with what they share.

use std::borrow::Cow;

use model::limits::BATCH_EVENTS_MAX;
use model::{Event, Kind};

use crate::dialect::{Batch, Whose};
use crate::json::{Elements, Malformed, Members, skip_space, string, value_at};
use crate::refusal::{Refused, Sdk, reason};
use crate::segment::message::{Surroundings, event_of, sdk_of};
use crate::segment::{Fields, Item};
use crate::time::parse_ms;

/// A body taken apart.
pub(crate) struct Envelope<'a> {
    /// `writeKey`, where the body has one.
    write_key: Option<Cow<'a, str>>,
    /// What all messages share.
    around: Surroundings<'a>,
    /// The messages, at most [`BATCH_EVENTS_MAX`].
    items: Vec<Item<'a>>,
    /// How many messages came after those.
    beyond: u64,
}

impl<'a> Batch<'a> for Envelope<'a> {
    fn write_key(&self) -> Option<&str> {
        self.write_key.as_deref()
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn copied_bytes(&self) -> usize {
        self.around.context.map_or(0, <[u8]>::len).saturating_mul(self.items.len())
    }

    fn event(&self, index: usize, whose: &Whose, _: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        match self.items.get(index) {
            Some(Item::Message(fields)) => event_of(fields, &self.around, whose),
            _ => Err(Refused::whole(reason::NOT_AN_OBJECT)),
        }
    }

    fn sdk(&self, index: usize) -> Sdk {
        match self.items.get(index) {
            Some(Item::Message(fields)) => sdk_of(fields, &self.around),
            _ => Sdk::default(),
        }
    }
}

/// Takes a body apart; `kind` is the call that the path names.
///
/// # Errors
/// The body as a whole is not a JSON object.
pub(crate) fn read(body: &[u8], kind: Option<Kind>) -> Result<Envelope<'_>, Malformed> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut members = Members::new(body, 0).ok_or(Malformed)?;
    let mut whole = Box::<Fields<'_>>::default();
    let around = Surroundings { kind, sent_ms: None, context: None };
    let mut envelope = Envelope { write_key: None, around, items: Vec::new(), beyond: 0 };
    let mut batch = None;
    while let Some((key, value)) = members.advance()? {
        match &*key {
            b"batch" => batch = Some(value.raw),
            b"writeKey" => envelope.write_key = string(value.raw).unwrap_or_default(),
            _ => whole.set(&key, value),
        }
    }
    if skip_space(body, members.at()) != body.len() {
        return Err(Malformed);
    }
    match batch {
        Some(batch) => {
            envelope.around.sent_ms = whole.sent_at.and_then(parse_ms);
            envelope.around.context = whole.context;
            split(batch, &mut envelope)?;
        }
        None => {
            whole.bytes = members.at();
            envelope.items.push(Item::Message(whole));
        }
    }
    Ok(envelope)
}

/// Splits `batch` into its items. A batch that is not an array is one item that is not a message.
fn split<'a>(batch: &'a [u8], envelope: &mut Envelope<'a>) -> Result<(), Malformed> {
    let Some(mut elements) = Elements::new(batch, 0) else {
        envelope.items.push(Item::Other);
        return Ok(());
    };
    while let Some(start) = elements.next_at()? {
        if envelope.items.len() < BATCH_EVENTS_MAX {
            let (item, end) = Item::at(batch, start)?;
            envelope.items.push(item);
            elements.resume(end);
        } else {
            let mut end = start;
            value_at(batch, start, &mut end)?;
            envelope.beyond += 1;
            elements.resume(end);
        }
    }
    if elements.at() == batch.len() { Ok(()) } else { Err(Malformed) }
}
