//! A text and its items: an array of objects, one object, or one object a line.

use model::limits::{BATCH_EVENTS_MAX, DEPTH_MAX, EVENT_BYTES_MAX};

use crate::json::{Elements, Malformed, Member, Members, Value, skip_space, string, value_at};
use crate::refusal::{Refused, reason};

/// How many items are asked for a token before there is none.
const ASKED_FOR_TOKEN_MAX: usize = 16;

/// The items of a request.
pub(super) struct Pieces<'a> {
    /// At most [`BATCH_EVENTS_MAX`]; nothing for a line that is not JSON.
    pub items: Vec<Option<Value<'a>>>,
    /// How many came after those.
    pub beyond: u64,
}

impl<'a> Pieces<'a> {
    /// Takes a text apart.
    ///
    /// # Errors
    /// It is neither an array nor an object, nor lines that begin with one.
    pub fn read(text: &'a [u8]) -> Result<Self, Malformed> {
        let mut pieces = Self { items: Vec::new(), beyond: 0 };
        if let Some(mut elements) = Elements::new(text, 0) {
            while let Some(start) = elements.next_at()? {
                let mut end = start;
                pieces.add(Some(value_at(text, start, &mut end)?));
                elements.resume(end);
            }
            return if skip_space(text, elements.at()) == text.len() { Ok(pieces) } else { Err(Malformed) };
        }
        if text.get(skip_space(text, 0)) != Some(&b'{') {
            return Err(Malformed);
        }
        if let Some(only) = whole(text) {
            pieces.add(Some(only));
            return Ok(pieces);
        }
        let lines = text.split(|byte| *byte == b'\n').filter(|line| skip_space(line, 0) < line.len());
        lines.for_each(|line| pieces.add(whole(line)));
        if pieces.items.iter().all(Option::is_none) { Err(Malformed) } else { Ok(pieces) }
    }

    /// The members of an item.
    ///
    /// # Errors
    /// It is none that can be taken.
    pub fn members(&self, index: usize) -> Result<Members<'a>, Refused> {
        let item = self.items.get(index).copied().flatten();
        let item = item.ok_or(Refused::whole(reason::INVALID_JSON))?;
        if item.raw.len() > EVENT_BYTES_MAX {
            return Err(Refused::whole(reason::EVENT_TOO_LARGE));
        }
        if item.depth > DEPTH_MAX {
            return Err(Refused::whole(reason::TOO_DEEP));
        }
        Members::new(item.raw, 0).ok_or(Refused::whole(reason::NOT_AN_OBJECT))
    }

    /// The first token that an item names, found by `token`.
    pub fn token(&self, token: impl Fn(&Self, usize) -> Option<String>) -> Option<String> {
        (0..self.items.len().min(ASKED_FOR_TOKEN_MAX)).find_map(|index| token(self, index))
    }

    fn add(&mut self, item: Option<Value<'a>>) {
        if self.items.len() < BATCH_EVENTS_MAX {
            self.items.push(item);
        } else {
            self.beyond += 1;
        }
    }
}

/// The next member of an item.
pub(super) fn next<'a>(members: &mut Members<'a>) -> Result<Option<Member<'a>>, Refused> {
    members.advance().map_err(|_| Refused::whole(reason::INVALID_JSON))
}

/// The text of the member of that name, where it is one.
pub(super) fn text_of(mut members: Members<'_>, name: &str) -> Option<String> {
    while let Some((key, value)) = members.advance().ok()? {
        if &*key == name.as_bytes() {
            return string(value.raw).ok()?.map(|text| text.into_owned());
        }
    }
    None
}

/// Whether a text is a batch in Segment's way.
pub(super) fn is_segments(text: &[u8]) -> bool {
    let Some(mut members) = Members::new(text, 0) else { return false };
    while let Ok(Some((key, _))) = members.advance() {
        if &*key == b"batch" {
            return true;
        }
    }
    false
}

/// The one value that a text is.
fn whole(text: &[u8]) -> Option<Value<'_>> {
    let mut end = 0;
    let value = value_at(text, 0, &mut end).ok()?;
    (skip_space(text, end) == text.len()).then_some(value)
}
