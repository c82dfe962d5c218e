//! A question about what people do as a sentence, its answer as a picture and a table.

mod answers;
mod sessions;

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use crate::components::answer_file::files;
use crate::components::behaviour::{kinds, sentence, title};
use crate::components::behaviour_form::{BehaviourForm, Kind};
use crate::components::behind::Behind;
use crate::components::keep::{Kept, keep};
use crate::components::question::Choices;
use crate::components::{copy, layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct BehaviourView {
    /// The question as it stands in the sentence.
    pub form: BehaviourForm,
    /// What can be chosen.
    pub choices: Choices,
    /// What came of it.
    pub outcome: Outcome,
    /// Where the question may be kept, if the viewer may keep it.
    pub keep: Option<Vec<Kept>>,
}

/// What came of a question.
pub enum Outcome {
    /// There is not enough to ask.
    Unasked,
    /// It cannot be asked so: which field, and how to mend it.
    Wrong(String),
    /// The answer.
    Answered(TableView),
}

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableView {
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
    /// How many groups or paths there are beside those shown.
    pub others: u64,
    /// Where its numbers lead, if the viewer may list people.
    pub behind: Option<Behind>,
    /// Events read.
    pub rows_read: u64,
    /// Milliseconds it took.
    pub ms: u64,
    /// When the newest event in it had arrived.
    pub fresh: Option<Timestamp>,
}

/// The page.
pub fn page(frame: &Frame, view: &BehaviourView) -> Markup {
    let kind = view.form.kind;
    let head = layout::Head { title: title(kind), beside: Some(stats(frame, view)), acts: None };
    layout::page(
        frame,
        &head,
        &html! {
            div.stack {
                (kinds(frame, Some(kind.name())))
                (sentence(frame, &view.form, &view.choices))
                @match &view.outcome {
                    Outcome::Unasked => (unasked(frame, view)),
                    Outcome::Wrong(how) => (notice::bad("This cannot be asked", &html! { (how) })),
                    Outcome::Answered(table) => {
                        (answers::answered(frame, &view.form, table))
                        (files(frame, &view.form.to_json()))
                        (keep(frame, view.keep.as_deref(), title(kind), &view.form.to_json()))
                        details.fold { summary { "JSON of the question" } (as_json(view)) }
                    },
                }
            }
        },
    )
}

fn stats(frame: &Frame, view: &BehaviourView) -> Markup {
    html! {
        @if let Outcome::Answered(answer) = &view.outcome {
            (number::count(answer.rows_read, "event")) " read in " (answer.ms) " ms"
            @if let Some(fresh) = answer.fresh { " · fresh to " (time::ago(frame, fresh)) }
            " · "
        }
        (time::zone_name(frame))
    }
}

/// What a kind is for, and a first question to ask.
fn unasked(frame: &Frame, view: &BehaviourView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (title, text) = match view.form.kind {
        Kind::Funnel => (
            "Ask how many people get how far",
            "Choose two events or more, in the order in which they should happen. A person counts once, with the attempt that came furthest.",
        ),
        Kind::Retention => (
            "Ask how many people come back",
            "Choose the event that begins it. Everybody counts by their first one in the days below.",
        ),
        Kind::Flow => (
            "Ask what people do next",
            "Choose an event. The paths from it are followed as long as a session lasts.",
        ),
        Kind::Sessions => {
            ("Ask how long people stay", "A session is what one person does without a long pause.")
        }
        Kind::People => (
            "Ask how many people did something",
            "Choose an event that they did, or did not do. Several can be joined, and traits as well.",
        ),
    };
    let wanted = if view.form.kind == Kind::Funnel { 2 } else { 1 };
    let events: Vec<(&str, &str)> =
        view.choices.events.iter().take(wanted).map(|event| ("event", event.as_str())).collect();
    let path = paths::questions_of(workspace.id, view.form.kind.name());
    let first = (events.len() == wanted).then(|| paths::with_query(&path, &events));
    let action = first.as_deref().map(|href| (href, "Ask about the most frequent events"));
    html! { div.panel.flush { (notice::empty(&notice::Empty { title, text, action, line: None })) } }
}

fn as_json(view: &BehaviourView) -> Markup {
    let json = serde_json::to_string_pretty(&view.form.to_json()).unwrap_or_default();
    html! {
        div.stack-s {
            (copy::copy_box("question-json", &json))
            p.soft.small { "Saved as " code { "question.json" } ": " code { "holdfast query --server URL question.json" } }
        }
    }
}
