//! The place of a number in an answer: what the people behind it are asked for by. `docs/questions.md` describes the documents.

use model::limits::NAME_BYTES_MAX;
use serde_json::Value;

use crate::Question;
use crate::condition::Field;
use crate::invalid::Invalid;
use crate::kinds::{Flow, Funnel, FunnelSelect, Retention, Sessions, Trend};
use crate::read::{Node, Object};

/// The largest text in a group; longer ones are refused.
const GROUP_BYTES_MAX: usize = 64 * 1024;

/// The place of a number in an answer.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    /// A point of a trend: whoever did the event in that interval.
    Point {
        /// When the interval begins, milliseconds since 1970, UTC.
        time_ms: i64,
        /// Which of the trend's events, counted from 0.
        event: usize,
        /// A value for each `by`, null where there is none.
        group: Vec<Value>,
    },
    /// A step of a funnel.
    Step {
        /// Which, counted from 1.
        step: usize,
        /// Whoever reached it; else whoever reached the one before and not this one.
        reached: bool,
        /// As for a point.
        group: Vec<Value>,
    },
    /// A cell of a retention: whoever began in that interval and came back.
    Return {
        /// When the interval begins, milliseconds since 1970, UTC.
        start_ms: i64,
        /// The offset, as the answer has it; 0 is whoever began.
        offset: u32,
    },
    /// A path of a flow: whoever took one that begins so.
    Path {
        /// Its first steps, as the answer has them; `None` where it has ended.
        steps: Vec<Option<String>>,
    },
    /// A row about sessions: whoever had one that began in that interval.
    Session {
        /// When the interval begins, milliseconds since 1970, UTC.
        time_ms: i64,
        /// As for a point.
        group: Vec<Value>,
    },
}

impl Place {
    /// Reads the place of a number in the answer to `question`; pointers begin with `/of` and `/question`.
    ///
    /// # Errors
    /// [`Invalid`] where the answer has no such number, or this release does not tell who is behind it.
    pub fn read(question: &Question, of: &Value) -> Result<Self, Invalid> {
        let node = Node { value: of, pointer: "/of".to_owned() };
        match question {
            Question::Trend(trend) => Self::point(trend, &node),
            Question::Funnel(funnel) => Self::step(funnel, &node),
            Question::Retention(retention) => Self::back(retention, &node),
            Question::Flow(flow) => Self::path(flow, &node),
            Question::Sessions(sessions) => Self::session(sessions, &node),
            other => {
                let problem =
                    format!("is `{}`, whose numbers do not lead to people in this release", other.kind());
                let fix = "ask about a number of a trend, a funnel, a retention, a flow or of sessions";
                Err(Invalid::new("/question/kind", problem, fix))
            }
        }
    }

    fn point(trend: &Trend, node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["time", "event", "group"])?;
        let last = trend.events.len().saturating_sub(1) as u64;
        let event = object.optional("event").map(|node| node.integer(0..=last)).transpose()?;
        Ok(Self::Point {
            time_ms: read_time(&object, "time")?,
            event: usize::try_from(event.unwrap_or_default()).unwrap_or(usize::MAX),
            group: read_group(&object, &trend.by)?,
        })
    }

    fn step(funnel: &Funnel, node: &Node<'_>) -> Result<Self, Invalid> {
        if funnel.select == FunnelSelect::Times {
            let problem = "is `times`, whose numbers do not lead to people in this release";
            return Err(Invalid::new("/question/select", problem, "leave it out and ask about a step"));
        }
        let object = node.object(&["step", "reached", "group"])?;
        let step = object.required("step", "2")?.integer(1..=funnel.steps.len() as u64)?;
        let reached = match object.optional("reached") {
            Some(node) => {
                let said = node.value.as_bool();
                said.ok_or_else(|| node.wrong("is neither true nor false", "write true or false"))?
            }
            None => true,
        };
        if step == 1 && !reached {
            let problem = "is false for the first step, before which nobody is known";
            return Err(Invalid::new("/of/reached", problem, "ask about a later step"));
        }
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        Ok(Self::Step { step, reached, group: read_group(&object, &funnel.by)? })
    }

    fn back(retention: &Retention, node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["start", "offset"])?;
        let node = object.required("offset", "1")?;
        let offset = u32::try_from(node.integer(0..=u64::from(u32::MAX))?).unwrap_or(u32::MAX);
        if offset != 0 && !retention.offsets().iter().any(|(_, last)| *last == offset) {
            return Err(node.wrong("is no offset of the answer", "take an `offset` of the answer"));
        }
        Ok(Self::Return { start_ms: read_time(&object, "start")?, offset })
    }

    fn path(flow: &Flow, node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["path"])?;
        let list = object.required("path", "[\"Page Viewed\",\"Signed Up\"]")?;
        let mut steps: Vec<Option<String>> = Vec::new();
        for node in list.list(1..=flow.depth as usize)? {
            let step = match node.value {
                Value::Null if steps.is_empty() => {
                    return Err(
                        node.wrong("is null, and a path begins with an event", "take it from the answer")
                    );
                }
                Value::Null => None,
                _ if steps.last().is_some_and(Option::is_none) => {
                    return Err(node.wrong("stands behind the end of the path", "write null there too"));
                }
                _ => Some(node.text(NAME_BYTES_MAX)?.to_owned()),
            };
            steps.push(step);
        }
        Ok(Self::Path { steps })
    }

    fn session(sessions: &Sessions, node: &Node<'_>) -> Result<Self, Invalid> {
        let object = node.object(&["time", "group"])?;
        Ok(Self::Session { time_ms: read_time(&object, "time")?, group: read_group(&object, &sessions.by)? })
    }
}

/// The beginning of an interval, as answers write it.
fn read_time(object: &Object<'_>, name: &str) -> Result<i64, Invalid> {
    let node = object.required(name, "\"2026-08-01T00:00:00Z\"")?;
    let at = node.text(64)?.parse::<jiff::Timestamp>();
    at.map(|at| at.as_millisecond())
        .map_err(|_| node.wrong("is no instant", "take it from the answer: 2026-08-01T00:00:00Z"))
}

/// A value for each field of `by`.
fn read_group(object: &Object<'_>, by: &[Field]) -> Result<Vec<Value>, Invalid> {
    let node = match object.optional("group") {
        Some(node) => node,
        None if by.is_empty() => return Ok(Vec::new()),
        None => object.required("group", "[\"DE\"]")?,
    };
    let value = |node: &Node<'_>| match node.value {
        Value::Array(_) | Value::Object(_) => {
            Err(node.wrong("is no single value", "take the group as the answer has it"))
        }
        Value::String(text) if text.len() > GROUP_BYTES_MAX => {
            Err(node.wrong("is too long", format!("use at most {GROUP_BYTES_MAX} bytes")))
        }
        value => Ok(value.clone()),
    };
    node.list(by.len()..=by.len())?.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::*;

    fn read(question: &Value, of: &Value) -> Result<Place, String> {
        Place::read(&Question::from_value(question).unwrap(), of).map_err(|error| error.pointer)
    }

    #[test]
    fn places_are_read_and_what_no_answer_has_is_refused_by_its_place() {
        let range = json!({ "from": "2026-08-01", "to": "2026-08-02" });
        let step = json!({ "event": "A" });
        let trend = json!({ "kind": "trend", "events": [step], "range": range, "by": ["country"] });
        let funnel = json!({ "kind": "funnel", "steps": [step, step], "within": "1d", "range": range });
        let retention =
            json!({ "kind": "retention", "start": step, "return": step, "brackets": [1, 3], "range": range });
        let start_ms = 1_785_542_400_000;
        let at = "2026-08-01T00:00:00Z";
        assert_eq!(
            read(&trend, &json!({ "time": at, "group": [null] })),
            Ok(Place::Point { time_ms: start_ms, event: 0, group: vec![Value::Null] })
        );
        assert_eq!(
            read(&funnel, &json!({ "step": 2, "reached": false })),
            Ok(Place::Step { step: 2, reached: false, group: Vec::new() })
        );
        assert_eq!(
            read(&retention, &json!({ "start": at, "offset": 3 })),
            Ok(Place::Return { start_ms, offset: 3 })
        );
        let times = json!({ "kind": "funnel", "steps": [step, step], "within": "1d", "range": range, "select": "times" });
        let flow = json!({ "kind": "flow", "start": step, "range": range });
        let sessions = json!({ "kind": "sessions", "range": range, "by": ["country"] });
        let people = json!({ "kind": "people", "who": { "did": step } });
        let steps = vec![Some("A".to_owned()), None];
        assert_eq!(read(&flow, &json!({ "path": ["A", null] })), Ok(Place::Path { steps }));
        assert_eq!(
            read(&sessions, &json!({ "time": at, "group": ["DE"] })),
            Ok(Place::Session { time_ms: start_ms, group: vec![json!("DE")] })
        );
        for (question, of, pointer) in [
            (&trend, json!({ "time": at }), "/of/group"),
            (&trend, json!({ "time": at, "group": ["DE", "pro"] }), "/of/group"),
            (&trend, json!({ "time": at, "group": [[1]] }), "/of/group/0"),
            (&trend, json!({ "time": "yesterday", "group": ["DE"] }), "/of/time"),
            (&trend, json!({ "time": at, "group": ["DE"], "event": 1 }), "/of/event"),
            (&funnel, json!({ "step": 3 }), "/of/step"),
            (&funnel, json!({ "step": 1, "reached": false }), "/of/reached"),
            (&funnel, json!({ "step": 1, "reached": 1 }), "/of/reached"),
            (&funnel, json!({ "step": 1, "people": true }), "/of/people"),
            (&retention, json!({ "start": at, "offset": 2 }), "/of/offset"),
            (&times, json!({ "step": 2 }), "/question/select"),
            (&people, json!({}), "/question/kind"),
            (&flow, json!({}), "/of/path"),
            (&flow, json!({ "path": [] }), "/of/path"),
            (&flow, json!({ "path": ["A", "B", "C", "D"] }), "/of/path"),
            (&flow, json!({ "path": [null] }), "/of/path/0"),
            (&flow, json!({ "path": ["A", null, "B"] }), "/of/path/2"),
            (&flow, json!({ "path": ["A", 1] }), "/of/path/1"),
            (&sessions, json!({ "time": at }), "/of/group"),
            (&sessions, json!({ "time": at, "group": ["DE"], "people": 1 }), "/of/people"),
            (&funnel, json!([]), "/of"),
        ] {
            assert_eq!(read(question, &of), Err(pointer.to_owned()), "{of}");
        }
    }
}
