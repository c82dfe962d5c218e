//! What a segment is: who belongs to it, by a condition or by a list, and what may not stand in it.

use model::event::{SEGMENT_JOINED, SEGMENT_LEFT};
use model::{MemberId, SegmentId, WorkspaceId};
use question::{Audience, Condition, Field, condition, words};
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
    /// Who belongs to it; nothing for a list.
    pub who: Option<Value>,
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
        self.who.is_none()
    }

    /// Who belongs to it, in words.
    pub fn words(&self) -> String {
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
        let conditions: Vec<&Condition> = match part {
            Audience::Did(done) if [SEGMENT_JOINED, SEGMENT_LEFT].contains(&done.did.event.as_str()) => {
                // It would make them join and leave in turns.
                wrong = Some("segments do not follow what segments say: name what people did");
                Vec::new()
            }
            Audience::Did(done) => done.did.conditions.iter().collect(),
            Audience::Is(condition) => vec![condition],
            Audience::All { .. } | Audience::Any { .. } | Audience::Not { .. } => Vec::new(),
        };
        for condition in conditions {
            match &condition.field {
                Field::Trait(name) if condition::segment_of(name).is_some() => {
                    wrong = Some("segments do not name segments: write their conditions out");
                }
                Field::Trait(_) | Field::Property(_) => {}
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

/// What of an event matters to a condition.
#[derive(Clone, Default, Debug)]
pub(crate) struct Interest {
    /// The events it counts; `*` among them for any.
    pub(crate) events: Vec<String>,
    /// Whether it asks for traits.
    pub(crate) traits: bool,
    /// Whether somebody may be in it who did none of that, so that anybody's first event counts.
    pub(crate) anybody: bool,
}

impl Interest {
    pub(crate) fn of(audience: &Audience) -> Self {
        let mut interest = Self { anybody: insight::judge::holds_of_idle(audience), ..Self::default() };
        let on_trait = |condition: &Condition| matches!(condition.field, Field::Trait(_));
        audience.each(&mut |part| match part {
            Audience::Did(done) => {
                interest.events.push(done.did.event.clone());
                interest.traits |= done.did.conditions.iter().any(on_trait);
            }
            Audience::Is(_) => interest.traits = true,
            Audience::All { .. } | Audience::Any { .. } | Audience::Not { .. } => {}
        });
        interest
    }
}
