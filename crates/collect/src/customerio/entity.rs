//! Version 2: operations on people, objects and deliveries, one or many.

use crate::asked::Asked;
use crate::customerio::body::{Body, elements};
use crate::customerio::calls::{device, removed_device};
use crate::customerio::person::{Person, object_id};
use crate::customerio::task::{Happened, Task, Tasks};
use crate::dialect::Batch;
use crate::json::{Malformed, Value, value_at};
use crate::part::{identifier, string_of};
use crate::refusal::{Refused, reason};

/// Takes one operation apart.
pub(super) fn read_one<'a>(asked: &'a Asked, json: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
    Body::read(json)?;
    let mut tasks = Tasks::new(asked);
    let mut end = 0;
    operation(&mut tasks, 0, value_at(json, 0, &mut end)?);
    Ok(Box::new(tasks))
}

/// Takes many apart.
pub(super) fn read_batch<'a>(asked: &'a Asked, json: &'a [u8]) -> Result<Box<dyn Batch<'a> + 'a>, Malformed> {
    let (operations, beyond) = elements(Body::read(json)?.batch, "batch").map_err(|_| Malformed)?;
    let mut tasks = Tasks::new(asked);
    tasks.skip(beyond);
    for (position, value) in operations.into_iter().enumerate() {
        operation(&mut tasks, position, value);
    }
    Ok(Box::new(tasks))
}

fn operation<'a>(tasks: &mut Tasks<'a>, position: usize, value: Value<'a>) {
    let done = Body::operation(value).and_then(|body| {
        let kind = string_of(body.kind, "type")?.ok_or(Refused::of(reason::MISSING_FIELD, "type"))?;
        match &*kind {
            "person" => person(tasks, position, &body),
            "object" => object(tasks, position, &body),
            "delivery" => {
                let report = Task::Reported { body: body.whole, timestamp: body.timestamp };
                tasks.add(position, Ok(report));
                Ok(())
            }
            _ => Err(Refused::of(reason::UNKNOWN_TYPE, "type")),
        }
    });
    if let Err(why) = done {
        tasks.add(position, Err(why));
    }
}

fn action_of(body: &Body<'_>) -> Result<String, Refused> {
    let action = string_of(body.action, "action")?.ok_or(Refused::of(reason::MISSING_FIELD, "action"))?;
    Ok(action.into_owned())
}

fn person<'a>(tasks: &mut Tasks<'a>, position: usize, body: &Body<'a>) -> Result<(), Refused> {
    let never = |action| Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, action));
    let action = action_of(body)?;
    match action.as_str() {
        "delete" => return never("delete"),
        "merge" => return never("merge"),
        "suppress" => return never("suppress"),
        "unsuppress" => return never("unsuppress"),
        _ => {}
    }
    let identifiers = Body::inside(body.identifiers);
    let anonymous_id = identifiers.anonymous_id.or(body.anonymous_id);
    let person = Person::of(&Body { anonymous_id, ..identifiers })?;
    let task = match action.as_str() {
        "identify" => Task::Identify { person: person.clone().somebody()?, attributes: body.attributes },
        // An event of nobody in particular is one.
        "event" | "page" | "screen" => {
            let Body { action: kind, name, attributes: data, id, timestamp, .. } = *body;
            Task::Happened { person, happened: Happened { kind, name, data, id, timestamp } }
        }
        "add_device" => device(person.somebody()?, body)?,
        "delete_device" => {
            let device = Body::inside(body.device);
            let token = identifier(device.token.or(device.id), "device")?;
            removed_device(person.somebody()?, &token.ok_or(Refused::of(reason::MISSING_FIELD, "device"))?)
        }
        "add_relationships" | "delete_relationships" => {
            relate(tasks, position, &person.somebody()?, (body.action, body.relationships));
            return Ok(());
        }
        _ => return Err(Refused::of(reason::UNKNOWN_TYPE, "action")),
    };
    tasks.add(position, Ok(task));
    if action == "identify" && body.relationships.is_some() {
        let identifiers = Body { anonymous_id, ..identifiers };
        relate(tasks, position, &Person::of(&identifiers)?, (None, body.relationships));
    }
    Ok(())
}

/// Adds what ties a person to objects: a list of them, with what is said of each tie. Ties are not undone.
pub(super) fn relate<'a>(
    tasks: &mut Tasks<'a>,
    position: usize,
    person: &Person<'a>,
    (action, list): (Option<&'a [u8]>, Option<&'a [u8]>),
) {
    if action == Some(br#""delete_relationships""#) {
        return tasks.add(position, Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "delete_relationships")));
    }
    match elements(list, "cio_relationships") {
        Ok((list, beyond)) => {
            tasks.skip(beyond);
            for tie in list {
                let tie = Body::inside(Some(tie.raw));
                let task = object_id(&Body::inside(tie.identifiers)).map(|group_id| Task::Related {
                    person: person.clone(),
                    group_id,
                    attributes: None,
                    told: tie.relationship_attributes,
                });
                tasks.add(position, task);
            }
        }
        Err(why) => tasks.add(position, Err(why)),
    }
}

fn object<'a>(tasks: &mut Tasks<'a>, position: usize, body: &Body<'a>) -> Result<(), Refused> {
    let action = action_of(body)?;
    match action.as_str() {
        "identify" | "identify_anonymous" | "add_relationships" => {}
        "delete" => return Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "delete")),
        "delete_relationships" => {
            return Err(Refused::of(reason::NOT_WITH_A_WRITE_KEY, "delete_relationships"));
        }
        _ => return Err(Refused::of(reason::UNKNOWN_TYPE, "action")),
    }
    let group_id = object_id(&Body::inside(body.identifiers))?;
    if action != "add_relationships" {
        let (person, attributes) = (Person::default(), body.attributes);
        tasks.add(position, Ok(Task::Related { person, group_id: group_id.clone(), attributes, told: None }));
    }
    if body.relationships.is_none() && action != "add_relationships" {
        return Ok(());
    }
    let (ties, beyond) = elements(body.relationships, "cio_relationships")?;
    tasks.skip(beyond);
    for tie in ties {
        let tie = Body::inside(Some(tie.raw));
        let person = Person::of(&Body::inside(tie.identifiers)).and_then(Person::somebody);
        let task = person.map(|person| Task::Related {
            person,
            group_id: group_id.clone(),
            attributes: None,
            told: tie.relationship_attributes,
        });
        tasks.add(position, task);
    }
    Ok(())
}
