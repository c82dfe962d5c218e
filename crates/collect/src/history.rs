//! History: Segment's messages, one a line (NDJSON), as `holdfast import` sends them. Each line stands alone: what is wrong
//! with one is told by its number, and its neighbours are taken. A message without an id gets one from the file's name for
//! itself and its line (`?file=…&line=…`), so that a file sent twice is taken once. Where the line after it is said as well
//! (`&next=…`), a request may be sent while the one before it is not answered yet (`&behind=true`), and waits for it.

use std::borrow::Cow;
use std::fmt::Write;

use axum::response::Response;
use http::StatusCode;
use model::Event;
use model::limits::BATCH_EVENTS_MAX;

use crate::asked::Asked;
use crate::dialect::{Batch, Call, Route, Whose, Work, routes};
use crate::intake::Outcome;
use crate::json::{Malformed, skip_space};
use crate::part::identifier;
use crate::refusal::{Refused, Sdk, reason};
use crate::reply::{of_json, trouble};
use crate::segment::{Item, Surroundings, event_of, event_with_id, failure, sdk_of};
use crate::succession::Piece;

/// What may be called.
pub(crate) const ROUTES: &[Route] = routes! {
    POST "/v1/history" => Work::Take(&History),
};

/// The longest name of a file: a digest in hexadecimal digits.
const FILE_BYTES_MAX: usize = 64;

/// A line says everything itself.
const ALONE: Surroundings<'static> = Surroundings { kind: None, sent_ms: None, context: None };

struct History;

/// A request's lines.
struct Lines<'a> {
    items: Vec<Line<'a>>,
    beyond: u64,
    /// What the sender calls the file, and the number of the first line.
    file: Option<&'a str>,
    first: u64,
}

/// A line that is not blank.
struct Line<'a> {
    /// Its place among all lines of the request.
    place: usize,
    item: Result<Item<'a>, Malformed>,
}

impl Call for History {
    fn read<'a>(&self, asked: &'a Asked, text: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let file = asked.form.get("file").filter(|file| is_name(file));
        let mut lines = Lines { items: Vec::new(), beyond: 0, file, first: first_line(asked) };
        for (place, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if skip_space(line, 0) == line.len() {
                continue;
            }
            if lines.items.len() < BATCH_EVENTS_MAX {
                lines.items.push(Line { place, item: item(line) });
            } else {
                lines.beyond += 1;
            }
        }
        Ok(Box::new(lines))
    }

    fn piece(&self, asked: &Asked) -> Option<Piece> {
        let number = |name| asked.form.get(name).and_then(|line| line.parse().ok());
        let file = asked.form.get("file").filter(|file| is_name(file))?.to_owned();
        let (first, next) = (number("line")?, number("next")?);
        Some(Piece { file, first, next, behind: asked.form.is_on("behind") })
    }

    fn reply(&self, asked: &Asked, outcome: &Outcome) -> Response {
        if let Some(trouble) = trouble(outcome.answer) {
            return trouble.reply(failure(trouble.code, trouble.message));
        }
        let first = first_line(asked);
        let mut refused = String::new();
        for failed in &outcome.failed {
            let (line, comma) = (first + failed.position as u64, if refused.is_empty() { "" } else { "," });
            // Codes and fields are of lists of ours, so nothing in them needs an escape. A String takes every write.
            let _ = write!(
                refused,
                r#"{comma}{{"line":{line},"reason":"{}","field":"{}"}}"#,
                failed.why.reason, failed.why.field
            );
        }
        let (taken, beyond) = (outcome.taken, outcome.beyond);
        of_json(StatusCode::OK, format!(r#"{{"taken":{taken},"refused":[{refused}],"beyond":{beyond}}}"#))
    }
}

fn first_line(asked: &Asked) -> u64 {
    asked.form.get("line").and_then(|line| line.parse().ok()).unwrap_or(1)
}

fn is_name(file: &str) -> bool {
    !file.is_empty() && file.len() <= FILE_BYTES_MAX && file.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn item(line: &[u8]) -> Result<Item<'_>, Malformed> {
    let (item, end) = Item::at(line, skip_space(line, 0))?;
    if skip_space(line, end) == line.len() { Ok(item) } else { Err(Malformed) }
}

impl<'a> Batch<'a> for Lines<'a> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn event(&self, index: usize, whose: &Whose, _: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        let (place, fields) = match self.items.get(index) {
            Some(Line { place, item: Ok(Item::Message(fields)) }) => (*place, fields),
            Some(Line { item: Ok(Item::Other), .. }) => return Err(Refused::whole(reason::NOT_AN_OBJECT)),
            _ => return Err(Refused::whole(reason::INVALID_JSON)),
        };
        let has_id = matches!(identifier(fields.message_id, "messageId"), Ok(Some(_)));
        match self.file.filter(|_| !has_id) {
            Some(file) => {
                let id = Cow::Owned(format!("{file}-{}", self.first + place as u64));
                event_with_id(fields, &ALONE, whose, id)
            }
            None => event_of(fields, &ALONE, whose),
        }
    }

    fn sdk(&self, index: usize) -> Sdk {
        match self.items.get(index) {
            Some(Line { item: Ok(Item::Message(fields)), .. }) => sdk_of(fields, &ALONE),
            _ => Sdk::default(),
        }
    }

    fn position(&self, index: usize) -> usize {
        self.items.get(index).map_or(index, |line| line.place)
    }
}
