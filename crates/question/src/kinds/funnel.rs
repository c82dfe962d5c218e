//! How many people got how far through a sequence of steps.

use model::event::is_of_the_house;
use serde::{Serialize, Serializer};

use super::behaviour::{Step, read_steps};
use super::flow::{SESSION, SESSION_MS_MAX, is_half_an_hour};
use super::trend::{BY_MAX, by_names, read_by};
use crate::condition::{Condition, FIELD_BYTES_MAX, Field, read_conditions};
use crate::invalid::Invalid;
use crate::range::{Range, Within};
use crate::read::{Node, Object};

/// The most steps in a funnel; more are refused.
pub const STEPS_MAX: usize = 20;
/// The most events that end an attempt; more are refused.
pub const EXCLUDE_MAX: usize = 10;
/// The longest time from the first step to the last that can be asked for; longer ones are refused.
pub const WITHIN_MS_MAX: i64 = 366 * 86_400_000;

/// How many people got how far. Answer: `by…`, `step`, `people`, `median_s`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Funnel {
    /// The steps, two at least.
    pub steps: Vec<Step>,
    /// How far apart the first step and the last may be.
    pub within: Reach,
    /// The longest pause within a session, itself included; without meaning where steps need not be in one.
    #[serde(skip_serializing_if = "is_half_an_hour")]
    pub session: Within,
    /// What may lie between the steps.
    pub order: Order,
    /// When the first step was taken.
    pub range: Range,
    /// Fields to group by, read at the first step of the attempt that counted.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "by_names")]
    pub by: Vec<Field>,
    /// What must hold of every event that counts.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// Events that end an attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Step>,
    /// Properties that have the same value in all events of an attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hold: Vec<String>,
    /// What is told of those who came through.
    #[serde(skip_serializing_if = "is_default")]
    pub select: FunnelSelect,
}

/// How far apart the first step of a funnel and the last may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The last is not later than so long after the first, itself included.
    Time(Within),
    /// All are in one session, as [`Sessions`](super::Sessions) tells them apart.
    Session,
}

/// What may lie between the steps of a funnel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Other events may.
    #[default]
    Ordered,
    /// No other event may.
    Strict,
    /// The steps may come in any order.
    Any,
}

/// What a funnel tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelSelect {
    /// How many people reached each step.
    #[default]
    Steps,
    /// How long those who reached the last step took. Answer: `by…`, `from_s`, `to_s`, `people`.
    Times,
}

const ORDERS: [(&str, Order); 3] =
    [("ordered", Order::Ordered), ("strict", Order::Strict), ("any", Order::Any)];
const SELECTS: [(&str, FunnelSelect); 2] = [("steps", FunnelSelect::Steps), ("times", FunnelSelect::Times)];
const FIELDS: [&str; 11] =
    ["kind", "steps", "within", "session", "order", "range", "by", "where", "exclude", "hold", "select"];
/// In the place of a duration.
const IN_A_SESSION: &str = "session";

impl Funnel {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&FIELDS)?;
        let steps =
            object.required("steps", "[{\"event\":\"Signed Up\"},{\"event\":\"Order Completed\"}]")?;
        let order = object.optional("order").map(|node| node.choice(&ORDERS)).transpose()?;
        let select = object.optional("select").map(|node| node.choice(&SELECTS)).transpose()?;
        let session = object.optional("session").map(|node| Within::read_to(&node, SESSION_MS_MAX));
        let exclude =
            object.optional("exclude").map(|node| read_steps(&node, 0..=EXCLUDE_MAX)).transpose()?;
        let funnel = Self {
            steps: read_steps(&steps, 2..=STEPS_MAX)?,
            within: Reach::read(&object.required("within", "\"7d\"")?)?,
            session: session.transpose()?.unwrap_or(SESSION),
            order: order.unwrap_or_default(),
            range: Range::read(&object)?,
            by: read_by(&object)?,
            conditions: read_conditions(&object)?,
            exclude: exclude.unwrap_or_default(),
            hold: read_hold(&object)?,
            select: select.unwrap_or_default(),
        };
        funnel.check_session(&object)?;
        Ok(funnel)
    }

    /// A length of sessions where they matter, and no step that belongs to none.
    fn check_session(&self, object: &Object<'_>) -> Result<(), Invalid> {
        if self.within != Reach::Session {
            let Some(node) = object.optional("session") else { return Ok(()) };
            let problem = "is not used where `within` is a duration";
            return Err(node.wrong(problem, "leave it out, or write \"within\":\"session\""));
        }
        for (name, steps) in [("steps", &self.steps), ("exclude", &self.exclude)] {
            if let Some(place) = steps.iter().position(|step| is_of_the_house(&step.event)) {
                let problem = "is told by the house of people and belongs to no session";
                let fix = "take what they did themselves, or a duration as `within`";
                return Err(Invalid::new(&format!("/{name}/{place}/event"), problem, fix));
            }
        }
        Ok(())
    }

    /// The longest pause within a session, in milliseconds, where all steps must be in one.
    pub fn pause_ms(&self) -> Option<i64> {
        (self.within == Reach::Session).then_some(self.session.ms)
    }
}

impl Reach {
    fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        if node.value == IN_A_SESSION {
            return Ok(Self::Session);
        }
        let within = Within::read_to(node, WITHIN_MS_MAX).map_err(|mut error| {
            error.fix.push_str(", or \"session\" for steps in one session");
            error
        });
        within.map(Self::Time)
    }

    /// How many milliseconds after the first step the last may be at most; a session may last for any time.
    pub fn ms(self) -> i64 {
        match self {
            Self::Time(within) => within.ms,
            Self::Session => i64::MAX,
        }
    }
}

impl Serialize for Reach {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Time(within) => within.serialize(serializer),
            Self::Session => serializer.serialize_str(IN_A_SESSION),
        }
    }
}

fn read_hold(object: &Object<'_>) -> Result<Vec<String>, Invalid> {
    let Some(node) = object.optional("hold") else { return Ok(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    for node in node.list(0..=BY_MAX)? {
        let Field::Property(name) = Field::from_name(node.text(FIELD_BYTES_MAX)?) else {
            return Err(node.wrong("is a trait, which is the same in all events anyway", "name a property"));
        };
        if names.contains(&name) {
            return Err(node.wrong("stands twice", "name each property once"));
        }
        names.push(name);
    }
    Ok(names)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
fn is_default(select: &FunnelSelect) -> bool {
    *select == FunnelSelect::default()
}
