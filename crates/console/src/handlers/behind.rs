//! The people behind a number: the address names the question and the place.

use ::question::kinds::OTHERS;
use axum::extract::{Query, State};
use door::{DoorName, Permit, Problem, Routes, blocking};
use jiff::Timestamp;
use model::PersonId;
use policy::actions::{AskQuestion, ListPeople};
use serde::Deserialize;
use serde_json::Value;
use service::ServiceError;
use service::behind::Number;

use super::inside::Inside;
use super::people::person_row;
use super::reply::Page;
use crate::charts::trend::group_word;
use crate::components::table::Pager;
use crate::components::time;
use crate::frame::{Frame, Section};
use crate::pages::behind::{self, BehindView};
use crate::paths;
use crate::state::ConsoleState;

/// How many people a page has.
const PEOPLE_MAX: u32 = 50;

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console).get("/w/{w}/questions/behind", list)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    question: String,
    #[serde(default)]
    of: String,
    #[serde(default)]
    after: String,
}

async fn list(
    list: Permit<ListPeople>,
    inside: Inside,
    ask: Permit<AskQuestion>,
    State(state): State<ConsoleState>,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    let workspace = list.workspace()?;
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(text.parse::<PersonId>().map_err(|_| Problem::not_found())?),
    };
    blocking(move || {
        let services = &state.services;
        let frame = inside.frame(services, Section::Questions)?;
        let (question, of) = (read("question", &asked.question)?, read("of", &asked.of)?);
        let number = Number { question: &question, of: &of, after, limit: PEOPLE_MAX };
        let found = services.people_behind((ask.granted(), list.granted()), workspace, number)?;
        let here = |after: &str| {
            let pairs = [("question", asked.question.as_str()), ("of", &asked.of), ("after", after)];
            paths::with_query(&paths::questions_behind(workspace), &pairs)
        };
        let view = BehindView {
            what: words(&frame, &question, &of),
            total: found.people,
            people: found.lines.iter().map(|line| person_row(line)).collect(),
            pager: Pager {
                first: after.map(|_| here("")),
                next: found.next.map(|next| here(&next.to_string())),
                shown: format!("{} of {}", found.lines.len(), found.people),
            },
        };
        Ok::<_, ServiceError>(Page(behind::page(&frame, &view)))
    })
    .await
}

fn read(field: &str, text: &str) -> Result<Value, ServiceError> {
    serde_json::from_str(text).map_err(|_| ServiceError::Invalid {
        field: field.to_owned(),
        fix: "follow a number of an answer to this page".to_owned(),
    })
}

/// Which number it is. The question was read before, so its parts are where they belong.
fn words(frame: &Frame, question: &Value, of: &Value) -> String {
    let day = |name: &str| {
        let at = of[name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        at.map(|at| time::day_words(frame, at)).unwrap_or_default()
    };
    let event = |value: &Value| value["event"].as_str().unwrap_or_default().to_owned();
    let said = match question["kind"].as_str() {
        Some("funnel") => {
            let step = of["step"].as_u64().unwrap_or(1);
            let name = match question["order"].as_str() {
                Some("any") => format!("step {step}"),
                _ => {
                    let place = usize::try_from(step.saturating_sub(1)).unwrap_or(usize::MAX);
                    let named = question["steps"].get(place).map(event).unwrap_or_default();
                    format!("step {step}, {named}")
                }
            };
            if of["reached"] == false { format!("Stopped before {name}") } else { format!("Reached {name}") }
        }
        Some("retention") => match of["offset"].as_u64().unwrap_or_default() {
            0 => format!(
                "Began with {} in the {} from {}",
                event(&question["start"]),
                interval(question),
                day("start")
            ),
            offset => format!(
                "Began with {} in the {unit} from {}, came back at {unit} {offset}",
                event(&question["start"]),
                day("start"),
                unit = interval(question)
            ),
        },
        Some("flow") => {
            let name = |step: &Value| match step.as_str() {
                Some(OTHERS) => "something else".to_owned(),
                Some(name) => name.to_owned(),
                None => "nothing more".to_owned(),
            };
            let mut path: Vec<String> = of["path"].as_array().into_iter().flatten().map(name).collect();
            // What ended stays ended.
            path.dedup_by(|next, before| next == "nothing more" && next == before);
            let back = question["direction"] == "back";
            format!("Did {}", path.join(if back { ", and before it " } else { ", then " }))
        }
        Some("sessions") => {
            format!("Had a session that began in the {} from {}", interval(question), day("time"))
        }
        _ => {
            let place =
                of["event"].as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or_default();
            let named = question["events"].get(place).map(event).unwrap_or_default();
            format!("Did {named} in the {} from {}", interval(question), day("time"))
        }
    };
    let group: Vec<String> = of["group"].as_array().into_iter().flatten().map(group_word).collect();
    if group.is_empty() { said } else { format!("{said} · {}", group.join(" · ")) }
}

fn interval(question: &Value) -> &str {
    let default = if question["kind"] == "retention" { "week" } else { "day" };
    question["interval"].as_str().unwrap_or(default)
}
