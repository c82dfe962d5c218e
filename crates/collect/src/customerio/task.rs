//! What one operation asks for, and the event that it becomes.

use std::borrow::Cow;

use http::header::USER_AGENT;
use model::limits::BATCH_EVENTS_MAX;
use model::{Event, Kind};

use crate::asked::Asked;
use crate::compose::{Object, quoted};
use crate::customerio::attributes::{properties, traits};
use crate::customerio::body::Body;
use crate::customerio::person::Person;
use crate::dialect::{Batch, Whose};
use crate::part::{message_id, object, string_of};
use crate::refusal::{Refused, Sdk, reason};
use crate::time::{self, parse_ms};

/// The longest name of an event in bytes.
const NAME_BYTES_MAX: usize = 100;
/// The name of what a page or an app reports of a message.
const REPORTED: &str = "Delivery Reported";

/// What an operation asks for.
pub(super) enum Task<'a> {
    /// Attributes of a person.
    Identify { person: Person<'a>, attributes: Option<&'a [u8]> },
    /// Something that somebody, or nobody in particular, did.
    Happened { person: Person<'a>, happened: Happened<'a> },
    /// An operation on a list among the traits: name, list, value as JSON, and what the event says.
    Listed {
        person: Person<'a>,
        name: &'static str,
        operation: &'static str,
        list: &'static str,
        value: String,
        told: String,
    },
    /// A person belongs to an object; or nobody does, and only the object's attributes are told.
    Related { person: Person<'a>, group_id: String, attributes: Option<&'a [u8]>, told: Option<&'a [u8]> },
    /// What became of a message.
    Reported { body: &'a [u8], timestamp: Option<&'a [u8]> },
    /// Somebody sent a form.
    Submitted { person: Person<'a>, form: &'a str, attributes: Option<&'a [u8]> },
}

/// An event, a page or a screen.
#[derive(Clone, Copy, Default)]
pub(super) struct Happened<'a> {
    pub kind: Option<&'a [u8]>,
    pub name: Option<&'a [u8]>,
    pub data: Option<&'a [u8]>,
    pub id: Option<&'a [u8]>,
    pub timestamp: Option<&'a [u8]>,
}

/// The tasks of a request.
#[derive(Default)]
pub(super) struct Tasks<'a> {
    tasks: Vec<(usize, Result<Task<'a>, Refused>)>,
    beyond: u64,
    library: Option<(&'a str, &'a str)>,
}

impl<'a> Tasks<'a> {
    /// None so far. Which library sends is said by the User-Agent: `Customer.io Node Client/4.4.0`.
    pub fn new(asked: &'a Asked) -> Self {
        let library = asked.header(USER_AGENT).and_then(|agent| agent.split_once('/'));
        let library = library.filter(|(name, _)| name.starts_with("Customer.io "));
        Self { library, ..Self::default() }
    }

    /// Adds what the operation at `position` of the request asks for.
    pub fn add(&mut self, position: usize, task: Result<Task<'a>, Refused>) {
        if self.tasks.len() < BATCH_EVENTS_MAX {
            self.tasks.push((position, task));
        } else {
            self.beyond += 1;
        }
    }

    /// Counts operations that came after the longest batch.
    pub fn skip(&mut self, beyond: u64) {
        self.beyond += beyond;
    }

    fn context(&self) -> Cow<'a, str> {
        let Some((name, version)) = self.library else { return Cow::Borrowed("{}") };
        let mut library = Object::default();
        library.text("name", name);
        library.text("version", version);
        let mut context = Object::default();
        context.raw("library", &library.done());
        Cow::Owned(context.done())
    }
}

impl<'a> Batch<'a> for Tasks<'a> {
    fn len(&self) -> usize {
        self.tasks.len()
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn event(&self, index: usize, whose: &Whose, left_out: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        let (_, task) = self.tasks.get(index).ok_or(Refused::whole(reason::NOT_AN_OBJECT))?;
        let task = task.as_ref().map_err(|why| *why)?;
        let event = Event {
            workspace: whose.workspace,
            source: whose.source,
            message_id: message_id(None),
            kind: Kind::Track,
            name: Cow::Borrowed(""),
            time_ms: whose.received_ms,
            received_ms: whose.received_ms,
            user_id: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: Cow::Borrowed("{}"),
            traits: Cow::Borrowed("{}"),
            context: self.context(),
        };
        task.event(event, left_out)
    }

    fn sdk(&self, _: usize) -> Sdk {
        let (name, version) = self.library.unzip();
        Sdk::of(name.map(Cow::Borrowed), version.map(Cow::Borrowed))
    }

    fn position(&self, index: usize) -> usize {
        self.tasks.get(index).map_or(index, |(position, _)| *position)
    }
}

impl<'a> Task<'a> {
    fn event(&self, mut event: Event<'a>, left_out: &mut Vec<Refused>) -> Result<Event<'a>, Refused> {
        match self {
            Self::Identify { person, attributes } => {
                (event.kind, event.name) = (Kind::Identify, Cow::Borrowed("Identified"));
                event.traits = Cow::Owned(person_traits(person, *attributes, left_out)?);
                of_person(&mut event, person);
            }
            Self::Happened { person, happened } => {
                happened.tell(&mut event, left_out)?;
                of_person(&mut event, person);
            }
            Self::Listed { person, name, operation, list, value, told } => {
                event.name = Cow::Borrowed(name);
                event.traits = Cow::Owned(format!(r#"{{"{operation}":{{"{list}":{value}}}}}"#));
                event.properties = Cow::Owned(told.clone());
                of_person(&mut event, person);
            }
            Self::Related { person, group_id, attributes, told } => {
                (event.kind, event.name) = (Kind::Group, Cow::Borrowed("Grouped"));
                event.group_id = Some(Cow::Owned(group_id.clone()));
                event.traits = Cow::Owned(traits(*attributes, left_out)?);
                event.properties = object(*told, "relationship_attributes")?;
                of_person(&mut event, person);
            }
            Self::Reported { body, timestamp } => {
                event.name = Cow::Borrowed(REPORTED);
                event.time_ms = happened_ms(*timestamp, event.received_ms);
                event.properties = object(Some(body.trim_ascii()), "data")?;
            }
            Self::Submitted { person, form, attributes } => {
                event.name = Cow::Borrowed("Form Submitted");
                event.traits = Cow::Owned(person_traits(person, *attributes, left_out)?);
                event.properties = Cow::Owned(format!(r#"{{"form_id":{}}}"#, quoted(form)));
                of_person(&mut event, person);
            }
        }
        Ok(event)
    }
}

impl<'a> Happened<'a> {
    fn tell(&self, event: &mut Event<'a>, left_out: &mut Vec<Refused>) -> Result<(), Refused> {
        let name = string_of(self.name, "name")?.filter(|name| !name.is_empty());
        let name = name.ok_or(Refused::of(reason::MISSING_EVENT, "name"))?;
        let mut told = properties(self.data, left_out)?;
        (event.kind, event.name) = match self.kind {
            Some(br#""page""#) => (Kind::Page, Cow::Borrowed("Page Viewed")),
            Some(br#""screen""#) => (Kind::Screen, Cow::Borrowed("Screen Viewed")),
            Some(br#""event""#) | None => (Kind::Track, name.clone()),
            Some(_) => return Err(Refused::of(reason::UNKNOWN_TYPE, "type")),
        };
        if event.kind == Kind::Track && name.len() > NAME_BYTES_MAX {
            return Err(Refused::of(reason::NAME_TOO_LONG, "name"));
        }
        if event.kind != Kind::Track {
            told.text("name", &name);
        }
        event.message_id = message_id(self.id);
        event.time_ms = happened_ms(self.timestamp, event.received_ms);
        event.properties = Cow::Owned(told.done());
        Ok(())
    }
}

fn happened_ms(raw: Option<&[u8]>, received_ms: i64) -> i64 {
    time::corrected(raw.and_then(parse_ms), None, received_ms)
}

fn of_person<'a>(event: &mut Event<'a>, person: &Person<'a>) {
    (event.user_id, event.anonymous_id) = (person.user_id.clone(), person.anonymous_id.clone());
}

/// Attributes, and the address that the person was named by unless they have one.
fn person_traits(
    person: &Person<'_>,
    raw: Option<&[u8]>,
    left_out: &mut Vec<Refused>,
) -> Result<String, Refused> {
    let own = traits(raw, left_out)?;
    let has_email = || Body::inside(raw).email.is_some();
    match &person.email {
        Some(email) if !has_email() => {
            let mut traits = Object::default();
            traits.text("email", email);
            traits.members(&own);
            Ok(traits.done())
        }
        _ => Ok(own),
    }
}
