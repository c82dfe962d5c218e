//! Events of `/track` and `/import`.

use std::borrow::Cow;

use model::limits::NAME_BYTES_MAX;
use model::{Event, Kind};

use crate::asked::Asked;
use crate::compose::Object;
use crate::dialect::{Batch, Whose};
use crate::json::{Malformed, string};
use crate::mixpanel::pieces::{Pieces, next, text_of};
use crate::mixpanel::who::{Ids, Who, bare};
use crate::part::{message_id, string_of, text};
use crate::refusal::{Refused, Sdk, reason};
use crate::time::{self, parse_ms};

/// What is asked of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// `/track`: a time that cannot be is the time of arrival.
    Lenient,
    /// `/import`: such an event is refused.
    Bounded,
    /// `/import?strict=1`: there must be a time and an `$insert_id` as well.
    Strict,
}

/// The events of a request.
struct Events<'a> {
    pieces: Pieces<'a>,
    token: Option<String>,
    /// Whether the request itself says whose it is; tokens of events are then not looked at.
    is_named: bool,
    rules: Rules,
}

/// Takes a text apart.
pub(super) fn read<'a>(
    asked: &'a Asked,
    json: &'a [u8],
    rules: Rules,
) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
    let pieces = Pieces::read(json)?;
    let token = pieces.token(token_of);
    Ok(Box::new(Events { pieces, token, is_named: !asked.keys.is_empty(), rules }))
}

fn token_of(pieces: &Pieces<'_>, index: usize) -> Option<String> {
    text_of(Parts::of(pieces, index).ok()?.properties()?, "token")
}

/// The two members of an item that matter.
#[derive(Default)]
struct Parts<'a> {
    event: Option<&'a [u8]>,
    properties: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn of(pieces: &Pieces<'a>, index: usize) -> Result<Self, Refused> {
        let mut members = pieces.members(index)?;
        let mut parts = Self::default();
        while let Some((key, value)) = next(&mut members)? {
            match &*key {
                b"event" => parts.event = Some(value.raw),
                b"properties" => parts.properties = Some(value.raw),
                _ => {}
            }
        }
        Ok(parts)
    }

    fn properties(&self) -> Option<crate::json::Members<'a>> {
        crate::json::Members::new(self.properties?, 0)
    }
}

/// The properties that mean something to us, and those that stay properties.
#[derive(Default)]
struct Told<'a> {
    ids: Ids<'a>,
    token: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    insert_id: Option<&'a [u8]>,
    anonymous: Option<&'a [u8]>,
    identified: Option<&'a [u8]>,
    alias: Option<&'a [u8]>,
    library: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    rest: Object,
}

impl<'a> Told<'a> {
    fn read(parts: &Parts<'a>, is_alias: bool) -> Result<Self, Refused> {
        let mut told = Self::default();
        let Some(mut members) = parts.properties() else {
            let reason =
                if parts.properties.is_none() { reason::MISSING_FIELD } else { reason::NOT_AN_OBJECT };
            return Err(Refused::of(reason, "properties"));
        };
        while let Some((key, value)) = next(&mut members)? {
            let raw = (value.raw != b"null").then_some(value.raw);
            match &*key {
                b"distinct_id" => told.ids.distinct = raw,
                b"$device_id" => told.ids.device = raw,
                b"$user_id" => told.ids.user = raw,
                b"token" => told.token = raw,
                b"time" => told.time = raw,
                b"$insert_id" => told.insert_id = raw,
                b"$anon_distinct_id" | b"$anon_id" => told.anonymous = raw,
                b"$identified_id" => told.identified = raw,
                b"mp_lib" => told.library = raw,
                b"$lib_version" => told.version = raw,
                b"alias" if is_alias => told.alias = raw,
                // Serves geography at Mixpanel; an address is kept nowhere here.
                b"ip" | b"$ip" => {}
                name => {
                    let name = std::str::from_utf8(name)
                        .map_err(|_| Refused::of(reason::INVALID_UTF8, "properties"))?;
                    told.rest.raw(name, &text(Cow::Borrowed(value.raw), "properties")?);
                }
            }
        }
        Ok(told)
    }
}

impl<'a> Events<'a> {
    fn of(&self, index: usize, whose: &Whose) -> Result<Event<'a>, Refused> {
        let parts = Parts::of(&self.pieces, index)?;
        let name = string_of(parts.event, "event")?.filter(|name| !name.is_empty());
        let name = name.ok_or(Refused::of(reason::MISSING_EVENT, "event"))?;
        if name.len() > NAME_BYTES_MAX {
            return Err(Refused::of(reason::NAME_TOO_LONG, "event"));
        }
        let told = Told::read(&parts, name == "$create_alias")?;
        self.must_be_of_one_token(&told)?;
        let time_ms = self.time_of(&told, whose.received_ms)?;
        if self.rules == Rules::Strict && !told.insert_id.is_some_and(is_insert_id) {
            return Err(Refused::of(reason::MISSING_FIELD, "$insert_id"));
        }
        let (kind, who, previous_id) = kind_of(&name, &told)?;
        Ok(Event {
            workspace: whose.workspace,
            source: whose.source,
            message_id: message_id(told.insert_id),
            kind,
            name: match kind {
                Kind::Identify => Cow::Borrowed("Identified"),
                Kind::Alias => Cow::Borrowed("Aliased"),
                _ => name,
            },
            time_ms,
            received_ms: whose.received_ms,
            user_id: who.user_id,
            anonymous_id: who.anonymous_id,
            group_id: None,
            previous_id,
            context: Cow::Owned(context(&told)?),
            properties: Cow::Owned(told.rest.done()),
            traits: Cow::Borrowed("{}"),
        })
    }

    fn must_be_of_one_token(&self, told: &Told<'_>) -> Result<(), Refused> {
        let own = told.token.and_then(|raw| string(raw).ok()?);
        let differs = own.is_some_and(|own| Some(&*own) != self.token.as_deref());
        if differs && !self.is_named { Err(Refused::of(reason::MIXED_TOKENS, "token")) } else { Ok(()) }
    }

    fn time_of(&self, told: &Told<'_>, received_ms: i64) -> Result<i64, Refused> {
        let given = told.time.and_then(parse_ms);
        let is_right = given.map_or(self.rules != Rules::Strict && told.time.is_none(), |at| {
            time::is_plausible(at, received_ms)
        });
        if self.rules != Rules::Lenient && !is_right {
            return Err(Refused::of(reason::TIME_OUT_OF_RANGE, "time"));
        }
        Ok(time::corrected(given, None, received_ms))
    }
}

/// What call an event is in our words, whose it is, and an alias's other id.
fn kind_of<'a>(name: &str, told: &Told<'a>) -> Result<(Kind, Who<'a>, Option<Cow<'a, str>>), Refused> {
    match name {
        "$identify" => {
            let ids = Ids { user: told.identified.or(told.ids.user), ..Ids { ..told.ids } };
            let mut who = ids.who("distinct_id")?;
            if let Some(anonymous) = bare(told.anonymous, "$anon_distinct_id")? {
                who.anonymous_id = Some(anonymous);
            }
            Ok((Kind::Identify, who, None))
        }
        "$create_alias" => {
            let previous = bare(told.ids.distinct, "distinct_id")?;
            let previous = previous.ok_or(Refused::of(reason::MISSING_FIELD, "distinct_id"))?;
            let user_id = bare(told.alias, "alias")?.ok_or(Refused::of(reason::MISSING_FIELD, "alias"))?;
            let who = Who { user_id: Some(user_id), anonymous_id: None };
            Ok((Kind::Alias, who, Some(previous)))
        }
        "$merge" => Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "$merge")),
        _ => Ok((Kind::Track, told.ids.who("distinct_id")?, None)),
    }
}

/// Whether an `$insert_id` is of the documented form.
fn is_insert_id(raw: &[u8]) -> bool {
    let Ok(Some(id)) = string(raw) else { return false };
    (1..=36).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn context(told: &Told<'_>) -> Result<String, Refused> {
    let mut context = Object::default();
    let name = told.library.and_then(|raw| string(raw).ok()?);
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        let mut library = Object::default();
        library.text("name", &format!("mixpanel-{name}"));
        if let Some(version) = told.version {
            library.raw("version", &text(Cow::Borrowed(version), "$lib_version")?);
        }
        context.raw("library", &library.done());
    }
    Ok(context.done())
}

impl<'a> Batch<'a> for Events<'a> {
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

    fn sdk(&self, index: usize) -> Sdk {
        let properties = || Parts::of(&self.pieces, index).ok()?.properties();
        let part = |name| text_of(properties()?, name);
        let name = part("mp_lib").map(|name| Cow::Owned(format!("mixpanel-{name}")));
        Sdk::of(name, part("$lib_version").map(Cow::Owned))
    }

    fn sender_id(&self, index: usize) -> Option<String> {
        let id = text_of(Parts::of(&self.pieces, index).ok()?.properties()?, "$insert_id")?;
        (id.len() <= 36 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).then_some(id)
    }
}
