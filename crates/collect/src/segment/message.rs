//! One message brought to the shape every dialect is brought to.

use std::borrow::Cow;

use model::limits::{DEPTH_MAX, EVENT_BYTES_MAX};
use model::{Event, Kind};

use crate::dialect::Whose;
use crate::json::{Members, string};
use crate::part::{identifier, message_id, object, string_of, text};
use crate::refusal::{Refused, Sdk, reason};
use crate::segment::Fields;
use crate::segment::context::{self, Context, ContextError};
use crate::time;

/// What the request says about each of its messages.
pub(crate) struct Surroundings<'a> {
    /// The call that the path names; in a batch each message has its own `type`.
    pub kind: Option<Kind>,
    /// `sentAt` of the batch, milliseconds since 1970, UTC.
    pub sent_ms: Option<i64>,
    /// `context` of the batch.
    pub context: Option<&'a [u8]>,
}

/// The event that a message is.
///
/// # Errors
/// What is wrong with it, for the count of refusals.
pub(crate) fn event_of<'a>(
    fields: &Fields<'a>,
    around: &Surroundings<'a>,
    whose: &Whose,
) -> Result<Event<'a>, Refused> {
    event_with_id(fields, around, whose, message_id(fields.message_id))
}

/// The event that a message is, under this id.
///
/// # Errors
/// As [`event_of`].
pub(crate) fn event_with_id<'a>(
    fields: &Fields<'a>,
    around: &Surroundings<'a>,
    whose: &Whose,
    message_id: Cow<'a, str>,
) -> Result<Event<'a>, Refused> {
    if fields.bytes > EVENT_BYTES_MAX {
        return Err(Refused::whole(reason::EVENT_TOO_LARGE));
    }
    if fields.depth > DEPTH_MAX {
        return Err(Refused::whole(reason::TOO_DEEP));
    }
    let kind = around.kind.map_or_else(|| kind_of(fields), Ok)?;
    let context = merged_context(fields, around)?;
    let sent = fields.sent_at.and_then(time::parse_ms).or(around.sent_ms);
    let original = fields.original_timestamp.and_then(time::parse_ms);
    let stated = fields.timestamp.and_then(time::parse_ms);
    // Whoever gives both means the first as it stands: history sent by RudderStack's Node SDK, or what has been
    // through somebody's pipeline already.
    let sent = sent.filter(|_| stated.is_none() || original.is_none());
    let event = Event {
        workspace: whose.workspace,
        source: whose.source,
        message_id,
        kind,
        name: name_of(kind, fields)?,
        time_ms: time::corrected(stated.or(original), sent, whose.received_ms),
        received_ms: whose.received_ms,
        user_id: identifier(fields.user_id, "userId")?,
        anonymous_id: identifier(fields.anonymous_id, "anonymousId")?,
        group_id: identifier(fields.group_id, "groupId")?,
        previous_id: identifier(fields.previous_id, "previousId")?,
        properties: properties_of(kind, fields)?,
        traits: traits_of(kind, fields, &context)?,
        context: text(context.kept, "context")?,
    };
    must_be_somebodys(event)
}

/// Which library a message names, its own context before the batch's.
pub(crate) fn sdk_of(fields: &Fields<'_>, around: &Surroundings<'_>) -> Sdk {
    fields.context.and_then(library).or_else(|| around.context.and_then(library)).unwrap_or_default()
}

fn library(context: &[u8]) -> Option<Sdk> {
    let mut members = Members::new(context, 0)?;
    while let Some((key, value)) = members.advance().ok()? {
        if &*key == b"library" {
            let (mut name, mut version) = (None, None);
            let mut inner = Members::new(value.raw, 0)?;
            while let Some((key, value)) = inner.advance().ok()? {
                match &*key {
                    b"name" => name = string(value.raw).ok()?,
                    b"version" => version = string(value.raw).ok()?,
                    _ => {}
                }
            }
            return Some(Sdk::of(name, version));
        }
    }
    None
}

fn kind_of(fields: &Fields<'_>) -> Result<Kind, Refused> {
    match fields.kind {
        Some(br#""track""#) => Ok(Kind::Track),
        Some(br#""identify""#) => Ok(Kind::Identify),
        Some(br#""page""#) => Ok(Kind::Page),
        Some(br#""screen""#) => Ok(Kind::Screen),
        Some(br#""group""#) => Ok(Kind::Group),
        Some(br#""alias""#) => Ok(Kind::Alias),
        // RudderStack's call that makes two known people one.
        Some(br#""merge""#) => Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "merge")),
        _ => Err(Refused::of(reason::UNKNOWN_TYPE, "type")),
    }
}

fn name_of<'a>(kind: Kind, fields: &Fields<'a>) -> Result<Cow<'a, str>, Refused> {
    Ok(Cow::Borrowed(match kind {
        Kind::Track => {
            let name = string_of(fields.event, "event")?.filter(|name| !name.is_empty());
            return name.ok_or(Refused::of(reason::MISSING_EVENT, "event"));
        }
        Kind::Page => "Page Viewed",
        Kind::Screen => "Screen Viewed",
        Kind::Identify => "Identified",
        Kind::Group => "Grouped",
        Kind::Alias => "Aliased",
    }))
}

fn merged_context<'a>(fields: &Fields<'a>, around: &Surroundings<'a>) -> Result<Context<'a>, Refused> {
    let merged = context::merge(fields.context, around.context).map_err(|error| match error {
        ContextError::NotAnObject => Refused::of(reason::NOT_AN_OBJECT, "context"),
        ContextError::TooManyKeys => Refused::of(reason::TOO_MANY_KEYS, "context"),
    })?;
    // Merging may make an event too large that was not so before.
    if fields.bytes + merged.kept.len() > EVENT_BYTES_MAX && around.context.is_some() {
        return Err(Refused::of(reason::EVENT_TOO_LARGE, "context"));
    }
    Ok(merged)
}

/// `properties`, with a page's or screen's `name` and `category` put among them where they are not yet.
fn properties_of<'a>(kind: Kind, fields: &Fields<'a>) -> Result<Cow<'a, str>, Refused> {
    let properties = object(fields.properties, "properties")?;
    let extra = [("name", fields.name), ("category", fields.category)];
    if !matches!(kind, Kind::Page | Kind::Screen) || extra.iter().all(|(_, raw)| raw.is_none()) {
        return Ok(properties);
    }
    let bad = |_| Refused::of(reason::INVALID_JSON, "properties");
    let mut members =
        Members::new(properties.as_bytes(), 0).ok_or(Refused::of(reason::NOT_AN_OBJECT, "properties"))?;
    let mut present = Vec::new();
    let mut empty = true;
    while let Some((key, _)) = members.advance().map_err(bad)? {
        empty = false;
        if let Some(position) = extra.iter().position(|(name, _)| name.as_bytes() == &*key) {
            present.push(position);
        }
    }
    let inner = properties.trim_end().strip_suffix('}').unwrap_or("{");
    let mut joined = inner.to_owned();
    for (position, (name, raw)) in extra.into_iter().enumerate() {
        let Some(raw) = raw.filter(|_| !present.contains(&position)) else { continue };
        let separator = if empty { "" } else { "," };
        joined.push_str(&format!("{separator}\"{name}\":{}", text(Cow::Borrowed(raw), name)?));
        empty = false;
    }
    joined.push('}');
    Ok(Cow::Owned(joined))
}

/// A person's traits, of identify or from the context; of a group its own.
fn traits_of<'a>(kind: Kind, fields: &Fields<'a>, context: &Context<'a>) -> Result<Cow<'a, str>, Refused> {
    let raw = match kind {
        // The context's traits are the person's and must not become the group's.
        Kind::Group => fields.traits,
        _ => fields.traits.or(context.traits),
    };
    object(raw, "traits")
}

fn must_be_somebodys(event: Event<'_>) -> Result<Event<'_>, Refused> {
    let missing = match event.kind {
        Kind::Group if event.group_id.is_none() => Some("groupId"),
        Kind::Alias if event.previous_id.is_none() => Some("previousId"),
        Kind::Alias if event.user_id.is_none() => Some("userId"),
        _ => None,
    };
    if let Some(field) = missing {
        return Err(Refused::of(reason::MISSING_FIELD, field));
    }
    if event.user_id.is_none() && event.anonymous_id.is_none() {
        return Err(Refused::of(reason::MISSING_IDENTITY, "userId"));
    }
    Ok(event)
}
