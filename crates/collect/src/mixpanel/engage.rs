//! Profiles of people (`/engage`) and of groups (`/groups`): their operations become traits and the
//! operations on traits that `people` knows under the same names.

use std::borrow::Cow;

use model::{Event, Kind};

use crate::asked::Asked;
use crate::compose::Object;
use crate::dialect::{Batch, Whose};
use crate::json::{Elements, Malformed, Members, string, value_at};
use crate::mixpanel::pieces::{Pieces, next, text_of};
use crate::mixpanel::who::Ids;
use crate::part::{identifier, text};
use crate::refusal::{Refused, Sdk, reason};
use crate::time::{self, parse_ms};

/// Whose profiles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    People,
    Groups,
}

/// Operations that `people` knows, each with an object of names and values below it.
const OPERATIONS: [&str; 5] = ["$set_once", "$add", "$append", "$remove", "$union"];
/// Mixpanel's names of what every dialect calls otherwise.
const RENAMED: [(&str, &str); 7] = [
    ("$email", "email"),
    ("$phone", "phone"),
    ("$name", "name"),
    ("$first_name", "first_name"),
    ("$last_name", "last_name"),
    ("$avatar", "avatar"),
    ("$created", "created_at"),
];

struct Updates<'a> {
    pieces: Pieces<'a>,
    token: Option<String>,
    is_named: bool,
    of: Of,
}

/// Takes a text apart.
pub(super) fn read<'a>(
    asked: &'a Asked,
    json: &'a [u8],
    of: Of,
) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
    let pieces = Pieces::read(json)?;
    let token = pieces.token(|pieces, index| text_of(pieces.members(index).ok()?, "$token"));
    Ok(Box::new(Updates { pieces, token, is_named: !asked.keys.is_empty(), of }))
}

/// The members of an update that matter.
#[derive(Default)]
struct Update<'a> {
    token: Option<&'a [u8]>,
    ids: Ids<'a>,
    group_key: Option<&'a [u8]>,
    group_id: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    traits: Object,
}

impl<'a> Update<'a> {
    fn read(mut members: Members<'a>) -> Result<Self, Refused> {
        let mut update = Self::default();
        while let Some((key, value)) = next(&mut members)? {
            let raw = (value.raw != b"null").then_some(value.raw);
            match &*key {
                b"$token" => update.token = raw,
                b"$distinct_id" => update.ids.distinct = raw,
                b"$device_id" => update.ids.device = raw,
                b"$user_id" => update.ids.user = raw,
                b"$group_key" => update.group_key = raw,
                b"$group_id" => update.group_id = raw,
                b"$time" => update.time = raw,
                b"$delete" => return Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "$delete")),
                b"$set" => update.traits.members(&renamed(value.raw, "$set")?),
                b"$unset" => update.traits.raw("$unset", &unset(value.raw)?),
                name => {
                    if let Some(operation) = OPERATIONS.into_iter().find(|known| known.as_bytes() == name) {
                        update.traits.raw(operation, &renamed(value.raw, operation)?);
                    }
                }
            }
        }
        if update.traits.is_empty() {
            return Err(Refused::of(reason::MISSING_FIELD, "$set"));
        }
        Ok(update)
    }
}

/// An operation's object with the names that every dialect has.
fn renamed<'a>(raw: &'a [u8], field: &'static str) -> Result<String, Refused> {
    let mut members: Members<'a> = Members::new(raw, 0).ok_or(Refused::of(reason::NOT_AN_OBJECT, field))?;
    let mut object = Object::default();
    while let Some((name, value)) = next(&mut members)? {
        let name = std::str::from_utf8(&name).map_err(|_| Refused::of(reason::INVALID_UTF8, field))?;
        object.raw(our_name(name), &text(Cow::Borrowed(value.raw), field)?);
    }
    Ok(object.done())
}

/// The names of `$unset`, as an object of nulls.
fn unset(raw: &[u8]) -> Result<String, Refused> {
    let wrong = Refused::of(reason::WRONG_TYPE, "$unset");
    let mut elements = Elements::new(raw, 0).ok_or(wrong)?;
    let mut object = Object::default();
    while let Some(start) = elements.next_at().map_err(|_| wrong)? {
        let mut end = start;
        let value = value_at(raw, start, &mut end).map_err(|_| wrong)?;
        elements.resume(end);
        let name = string(value.raw).ok().flatten().ok_or(wrong)?;
        object.raw(our_name(&name), "null");
    }
    Ok(object.done())
}

fn our_name(name: &str) -> &str {
    RENAMED.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours)
}

impl<'a> Updates<'a> {
    fn of(&self, index: usize, whose: &Whose) -> Result<Event<'a>, Refused> {
        let update = Update::read(self.pieces.members(index)?)?;
        let own = update.token.and_then(|raw| string(raw).ok()?);
        if !self.is_named && own.is_some_and(|own| Some(&*own) != self.token.as_deref()) {
            return Err(Refused::of(reason::MIXED_TOKENS, "$token"));
        }
        let time_ms = time::corrected(update.time.and_then(parse_ms), None, whose.received_ms);
        let mut event = Event {
            workspace: whose.workspace,
            source: whose.source,
            message_id: Cow::Owned(stdx::random_text::<16>()),
            kind: Kind::Identify,
            name: Cow::Borrowed("Identified"),
            time_ms,
            received_ms: whose.received_ms,
            user_id: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: Cow::Borrowed("{}"),
            traits: Cow::Borrowed("{}"),
            context: Cow::Borrowed("{}"),
        };
        match self.of {
            Of::People => {
                let who = update.ids.who("$distinct_id")?;
                (event.user_id, event.anonymous_id) = (who.user_id, who.anonymous_id);
            }
            Of::Groups => {
                let missing = |field| move || Refused::of(reason::MISSING_FIELD, field);
                let key = identifier(update.group_key, "$group_key")?.ok_or_else(missing("$group_key"))?;
                let id = identifier(update.group_id, "$group_id")?.ok_or_else(missing("$group_id"))?;
                event.group_id = Some(Cow::Owned(format!("{key}:{id}")));
                (event.kind, event.name) = (Kind::Group, Cow::Borrowed("Grouped"));
            }
        }
        event.traits = Cow::Owned(update.traits.done());
        Ok(event)
    }
}

impl<'a> Batch<'a> for Updates<'a> {
    fn write_key(&self) -> Option<&str> {
        self.token.as_deref()
    }

    fn len(&self) -> usize {
        self.pieces.items.len()
    }

    fn beyond(&self) -> u64 {
        self.pieces.beyond
    }

    fn event(&self, index: usize, whose: &Whose, _: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        self.of(index, whose)
    }

    fn sdk(&self, _: usize) -> Sdk {
        Sdk::default()
    }
}
