//! What a segment is: who belongs to it, by a condition or by a list, and what may not stand in it.

use model::event::{SEGMENT_JOINED, SEGMENT_LEFT};
use model::{MemberId, SegmentId, WorkspaceId};
use question::{Audience, Computed, Condition, Field, condition, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{SegmentError, invalid};

/// The most segments of one workspace; further ones are refused.
pub const SEGMENTS_MAX: usize = 200;
/// The most versions of one segment; further ones are refused.
pub const VERSIONS_MAX: u32 = 500;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 100;
/// The longest condition, in bytes of JSON.
const WHO_BYTES_MAX: usize = 8_192;

/// A segment as somebody writes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSegment {
    /// What it is called.
    pub name: String,
    /// Who belongs to it, as in a question about people; nothing for a list, whose people are added one by one.
    #[serde(default)]
    pub who: Option<Value>,
}

/// One version of a segment.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Which version, from 1.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// Who belongs to it; nothing for a list and for a computed trait.
    pub who: Option<Value>,
    /// What it is worked out from, if it is a computed trait.
    pub computed: Option<Value>,
    /// Who wrote this version.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// Whether it was removed with this version.
    pub removed: bool,
}

impl NewSegment {
    /// What it says is right.
    ///
    /// # Errors
    /// The field and what to write.
    pub fn check(&self) -> Result<(), SegmentError> {
        let name = self.name.trim();
        let fits = (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.chars().any(char::is_control);
        if !fits || name != self.name || name.starts_with("seg_") {
            let fix = format!("one line of 1 to {NAME_BYTES_MAX} bytes that does not look like an id");
            return Err(invalid("name", fix));
        }
        self.who.as_ref().map_or(Ok(()), |who| read(who).map(drop))
    }
}

impl Segment {
    /// Whether its people are added by hand.
    pub fn is_list(&self) -> bool {
        self.who.is_none() && self.computed.is_none()
    }

    /// Whether it is the segment of this name or id.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.computed.is_none()
            && match name.parse::<SegmentId>() {
                Ok(id) => self.id == id,
                Err(_) => self.name == name,
            }
    }

    /// The name of the trait, if it is one.
    pub fn trait_name(&self) -> Option<&str> {
        self.computed.is_some().then_some(self.name.as_str())
    }

    /// Who belongs to it, or what it is worked out from, in words.
    pub fn words(&self) -> String {
        if let Some(computed) = &self.computed {
            return match Computed::from_value(computed) {
                Ok(computed) => words::computed(&computed),
                Err(error) => error.to_string(),
            };
        }
        match self.who.as_ref().map(read) {
            None => "people added by hand".to_owned(),
            Some(Ok(audience)) => words::audience(&audience),
            Some(Err(error)) => error.to_string(),
        }
    }
}

/// A segment's condition.
///
/// # Errors
/// The place and what to write.
pub fn read(who: &Value) -> Result<Audience, SegmentError> {
    if who.to_string().len() > WHO_BYTES_MAX {
        return Err(invalid("who", format!("at most {WHO_BYTES_MAX} bytes")));
    }
    let audience = Audience::from_value(who).map_err(|error| {
        invalid(&format!("who{}", error.pointer), format!("{}: {}", error.problem, error.fix))
    })?;
    let mut wrong = None;
    audience.each(&mut |part| {
        let (conditions, may_name): (Vec<&Condition>, bool) = match part {
            Audience::Did(done) if [SEGMENT_JOINED, SEGMENT_LEFT].contains(&done.did.event.as_str()) => {
                // It would make them join and leave in turns.
                wrong = Some("segments do not follow what segments say: name what people did");
                (Vec::new(), false)
            }
            Audience::Did(done) => (done.did.conditions.iter().collect(), false),
            Audience::Is(condition) => (vec![condition], true),
            Audience::All { .. } | Audience::Any { .. } | Audience::Not { .. } => (Vec::new(), false),
        };
        for condition in conditions {
            let names_one = match &condition.field {
                Field::Trait(name) => condition::segment_of(name).is_some(),
                Field::Property(_) => false,
            };
            if names_one && !(may_name && condition.segment().is_some()) {
                wrong =
                    Some("a segment is named as a part of its own: {\"segment\":\"…\"}, not within `did`");
            }
        }
    });
    if let Some(fix) = wrong {
        return Err(invalid("who", fix));
    }
    if !insight::judge::fits(&audience) {
        let most = insight::judge::STEPS_MAX;
        return Err(invalid("who", format!("at most {most} different `did` and {most} traits")));
    }
    Ok(audience)
}

/// What a computed trait is worked out from.
///
/// # Errors
/// The place and what to write.
pub fn read_computed(document: &Value) -> Result<Computed, SegmentError> {
    if document.to_string().len() > WHO_BYTES_MAX {
        return Err(invalid("where", format!("at most {WHO_BYTES_MAX} bytes")));
    }
    let computed = Computed::from_value(document).map_err(|error| {
        let field = error.pointer.trim_start_matches('/');
        invalid(
            if field.is_empty() { "computed" } else { field },
            format!("{}: {}", error.problem, error.fix),
        )
    })?;
    if model::event::is_of_the_house(&computed.step.event) {
        return Err(invalid("event", "nobody does what segments say: name what people did"));
    }
    let on_segment = |condition: &Condition| matches!(&condition.field, Field::Trait(name) if condition::segment_of(name).is_some());
    if computed.step.conditions.iter().any(on_segment) {
        return Err(invalid("where", "computed traits do not name segments"));
    }
    Ok(computed)
}

/// What of an event matters to a condition.
#[derive(Clone, Default, Debug)]
pub(crate) struct Interest {
    /// The events it counts; `*` among them for any.
    pub(crate) events: Vec<String>,
    /// Whether it asks for traits.
    pub(crate) traits: bool,
    /// Whether it asks for consent.
    pub(crate) consent: bool,
    /// The traits of groups that it asks for.
    pub(crate) groups: Vec<String>,
    /// Whether somebody may be in it who did none of that, so that anybody's first event counts.
    pub(crate) anybody: bool,
}

impl Interest {
    pub(crate) fn of(audience: &Audience) -> Self {
        let mut interest = Self { anybody: insight::judge::holds_of_idle(audience), ..Self::default() };
        audience.each(&mut |part| {
            if let Audience::Did(done) = part {
                interest.events.push(done.did.event.clone());
            }
        });
        traits_of(audience).iter().for_each(|name| interest.asks(name));
        interest
    }

    /// It asks for this trait.
    fn asks(&mut self, name: &str) {
        if condition::consent_of(name).is_some() {
            self.consent = true;
        } else if let Some(conditions) = condition::group_of(name) {
            self.groups.extend(conditions.into_iter().filter_map(|condition| match condition.field {
                Field::Trait(name) => Some(name),
                Field::Property(_) => None,
            }));
        } else {
            self.traits = true;
        }
    }

    pub(crate) fn of_trait(computed: &Computed) -> Self {
        let mut interest = Self { events: vec![computed.step.event.clone()], ..Self::default() };
        for condition in &computed.step.conditions {
            if let Field::Trait(name) = &condition.field {
                interest.asks(name);
            }
        }
        interest
    }
}

/// The traits that a condition asks for.
pub(crate) fn traits_of(audience: &Audience) -> Vec<String> {
    let mut names = Vec::new();
    let mut take = |condition: &Condition| {
        if let Field::Trait(name) = &condition.field {
            names.push(name.clone());
        }
    };
    audience.each(&mut |part| match part {
        Audience::Did(done) => done.did.conditions.iter().for_each(&mut take),
        Audience::Is(condition) => take(condition),
        Audience::All { .. } | Audience::Any { .. } | Audience::Not { .. } => {}
    });
    names.sort_unstable();
    names.dedup();
    names
}
