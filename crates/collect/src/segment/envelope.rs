//! A request's body: one message, or many in `batch` with what they share.

use std::borrow::Cow;

use model::limits::BATCH_EVENTS_MAX;

use crate::json::{Elements, Malformed, Members, skip_space, string, value_at};
use crate::segment::time::parse_ms;
use crate::segment::{Fields, Item};

/// A body taken apart.
pub(crate) struct Envelope<'a> {
    /// `writeKey`, where the body has one.
    pub write_key: Option<Cow<'a, str>>,
    /// `sentAt` of the whole batch, milliseconds since 1970, UTC.
    pub sent_ms: Option<i64>,
    /// `context` of the whole batch, merged into every item.
    pub context: Option<&'a [u8]>,
    /// The messages, at most [`BATCH_EVENTS_MAX`].
    pub items: Vec<Item<'a>>,
    /// How many messages came after those.
    pub beyond: u64,
}

/// Takes a body apart.
///
/// # Errors
/// The body as a whole is not a JSON object.
pub(crate) fn read(body: &[u8]) -> Result<Envelope<'_>, Malformed> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut members = Members::new(body, 0).ok_or(Malformed)?;
    let mut whole = Box::<Fields<'_>>::default();
    let mut envelope =
        Envelope { write_key: None, sent_ms: None, context: None, items: Vec::new(), beyond: 0 };
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
            envelope.sent_ms = whole.sent_at.and_then(parse_ms);
            envelope.context = whole.context;
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
