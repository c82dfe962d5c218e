//! Version 1: what each path takes.

use std::borrow::Cow;

use crate::asked::Asked;
use crate::compose::{Object, quoted};
use crate::customerio::body::{Body, elements};
use crate::customerio::entity::relate;
use crate::customerio::person::Person;
use crate::customerio::task::{Happened, Task, Tasks};
use crate::dialect::Batch;
use crate::json::{Malformed, Value};
use crate::part::{identifier, string_of, text};
use crate::refusal::{Refused, reason};

/// What a path is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Identify,
    Event,
    AddDevice,
    DeleteDevice,
    AddToSegment,
    RemoveFromSegment,
    Report,
    Form,
    /// What no write key may do.
    Never(&'static str),
}

/// Takes a body apart.
pub(super) fn read<'a>(
    what: What,
    asked: &'a Asked,
    json: &'a [u8],
) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
    let mut tasks = Tasks::new(asked);
    // What is not carried out is not looked into, and some calls have no body.
    if let What::Never(call) = what {
        tasks.add(0, Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, call)));
        return Ok(Box::new(tasks));
    }
    let body = if json.trim_ascii().is_empty() { Body::default() } else { Body::read(json)? };
    match what {
        What::Identify => identify(&mut tasks, asked, &body),
        What::AddToSegment | What::RemoveFromSegment => segment(&mut tasks, what, asked, &body),
        _ => tasks.add(0, single(what, asked, &body)),
    }
    Ok(Box::new(tasks))
}

fn single<'a>(what: What, asked: &'a Asked, body: &Body<'a>) -> Result<Task<'a>, Refused> {
    match what {
        What::AddDevice => device(Person::of_path(asked.param("id"))?, body),
        What::DeleteDevice => {
            let token = asked.param("token").ok_or(Refused::of(reason::MISSING_FIELD, "device"))?;
            Ok(removed_device(Person::of_path(asked.param("id"))?, token))
        }
        What::Report => Ok(Task::Reported { body: body.whole, timestamp: body.timestamp }),
        What::Form => {
            let person = Person::of(&Body::inside(body.data))?.somebody()?;
            let form = asked.param("id").unwrap_or_default();
            Ok(Task::Submitted { person, form, attributes: body.data })
        }
        _ => {
            let mut person = match asked.param("id") {
                Some(id) => Person::of_path(Some(id))?,
                None => Person::default(),
            };
            person.anonymous_id =
                Person::of(&Body { anonymous_id: body.anonymous_id, ..Body::default() })?.anonymous_id;
            let Body { kind, name, data, id, timestamp, .. } = *body;
            Ok(Task::Happened { person, happened: Happened { kind, name, data, id, timestamp } })
        }
    }
}

fn identify<'a>(tasks: &mut Tasks<'a>, asked: &'a Asked, body: &Body<'a>) {
    let named = || {
        let path = Person::of_path(asked.param("id"))?;
        // An id among the attributes is better than the address or the foreign id in the path.
        let own = Person::of(&Body { email: None, cio_id: None, ..*body })?;
        let is_poor =
            path.email.is_some() || path.user_id.as_deref().is_some_and(|id| id.starts_with("cio_"));
        let user_id = own.user_id.filter(|_| is_poor).or(path.user_id);
        Ok(Person { user_id, anonymous_id: own.anonymous_id, email: path.email })
    };
    match named() {
        Ok(person) => {
            let attributes = (!body.whole.is_empty()).then_some(body.whole);
            tasks.add(0, Ok(Task::Identify { person: person.clone(), attributes }));
            let related = Body::inside(body.relationships);
            if related.relationships_inside.is_some() {
                relate(tasks, 0, &person, (related.action, related.relationships_inside));
            }
        }
        Err(why) => tasks.add(0, Err(why)),
    }
}

/// A device that was added: its token in a list among the traits, the rest told by the event.
pub(super) fn device<'a>(person: Person<'a>, body: &Body<'a>) -> Result<Task<'a>, Refused> {
    let device = Body::inside(body.device);
    let token = identifier(device.id.or(device.token), "device")?;
    let token = token.ok_or(Refused::of(reason::MISSING_FIELD, "device"))?;
    let mut told = Object::default();
    let mut walk = crate::json::Members::new(device.whole, 0);
    while let Ok(Some((name, Value { raw, .. }))) =
        walk.as_mut().map_or(Ok(None), crate::json::Members::advance)
    {
        if let Ok(name) = std::str::from_utf8(&name)
            && !matches!(name, "id" | "token")
        {
            told.raw(name, &text(Cow::Borrowed(raw), "device")?);
        }
    }
    Ok(Task::Listed {
        person,
        name: "Device Added",
        operation: "$union",
        list: "devices",
        value: format!("[{}]", quoted(&token)),
        told: told.done(),
    })
}

/// A device that was taken away.
pub(super) fn removed_device<'a>(person: Person<'a>, token: &str) -> Task<'a> {
    let (value, told) = (quoted(token), "{}".to_owned());
    Task::Listed { person, name: "Device Removed", operation: "$remove", list: "devices", value, told }
}

/// People who are put into a segment kept by hand, or taken out of it: a list among their traits.
fn segment<'a>(tasks: &mut Tasks<'a>, what: What, asked: &'a Asked, body: &Body<'a>) {
    let (ids, beyond) = match elements(body.ids, "ids") {
        Ok(listed) => listed,
        Err(why) => return tasks.add(0, Err(why)),
    };
    tasks.skip(beyond);
    let segment = quoted(asked.param("id").unwrap_or_default());
    let (name, operation, value) = match what {
        What::AddToSegment => ("Added To Segment", "$union", format!("[{segment}]")),
        _ => ("Removed From Segment", "$remove", segment.clone()),
    };
    for (position, id) in ids.into_iter().enumerate() {
        let task = member(id, asked.form.get("id_type")).map(|person| Task::Listed {
            person,
            name,
            operation,
            list: "cio_segments",
            value: value.clone(),
            told: format!(r#"{{"segment_id":{segment}}}"#),
        });
        tasks.add(position, task);
    }
}

fn member<'a>(id: Value<'a>, id_type: Option<&str>) -> Result<Person<'a>, Refused> {
    let raw = Some(id.raw);
    if !matches!(id.raw.first(), Some(b'"' | b'-' | b'0'..=b'9')) {
        return string_of(raw, "ids").and(Err(Refused::of(reason::WRONG_TYPE, "ids")));
    }
    let body = match id_type {
        Some("email") => Body { email: raw, ..Body::default() },
        Some("cio_id") => Body { cio_id: raw, ..Body::default() },
        _ => Body { id: raw, ..Body::default() },
    };
    Person::of(&body)?.somebody()
}
