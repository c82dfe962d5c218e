//! What a person agreed to: a part of their page.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Channel, Consent, PersonId};

use crate::components::{facts, form, notice, table, time};
use crate::frame::Frame;
use crate::paths;

/// What is told.
pub struct ConsentView {
    /// By purpose and channel.
    pub rows: Vec<ConsentRow>,
    /// The purposes that there are.
    pub purposes: Vec<String>,
    /// Whether the one who looks may enter something.
    pub may_enter: bool,
    /// What was typed and is not right.
    pub typed: form::Typed,
}

/// What was said about one purpose by one channel.
pub struct ConsentRow {
    /// The purpose.
    pub purpose: String,
    /// The channel.
    pub channel: Channel,
    /// What was said last, and before it what was said before.
    pub said: Vec<SaidRow>,
}

/// What was said for some time.
pub struct SaidRow {
    /// Yes or no.
    pub consent: Consent,
    /// Since when.
    pub since: Timestamp,
    /// Who entered it, or which source it came by.
    pub from: String,
    /// A member's words.
    pub reason: Option<String>,
}

/// The labels of the fields, by name.
const LABELS: [(&str, &str); 4] =
    [("purpose", "Purpose"), ("channel", "Channel"), ("state", "State"), ("consent_reason", "Reason")];

/// The panel.
pub fn panel(frame: &Frame, person: PersonId, view: &ConsentView) -> Markup {
    html! {
        section.panel.flush {
            header { h2 { "Consent" } span.soft.small { "what counts, and what was said before" } }
            @if view.rows.is_empty() {
                (notice::empty(&notice::Empty {
                    title: "Nothing was said",
                    text: "Events with context.consent tell it, or somebody who heard it enters it.",
                    action: None,
                    line: None,
                }))
            } @else { (rows(frame, view)) }
        }
        @if view.may_enter { (enter(frame, person, view)) }
    }
}

fn rows(frame: &Frame, view: &ConsentView) -> Markup {
    let columns = [
        table::words("Purpose"),
        table::words("Channel"),
        table::words("State"),
        table::words("Since"),
        table::words("From"),
    ];
    table::table(
        "Consent",
        &columns,
        &html! {
            @for row in &view.rows {
                @for (nth, said) in row.said.iter().enumerate() {
                    tr {
                        @if nth == 0 {
                            th scope="row" { (row.purpose) }
                            td { (row.channel.as_str()) }
                            td { (state(said.consent)) }
                        } @else {
                            td {}
                            td {}
                            td.soft { (said.consent.as_str()) }
                        }
                        td.nw { (time::moment(frame, said.since)) }
                        td { (said.from) @if let Some(reason) = &said.reason { div.soft.small { (reason) } } }
                    }
                }
            }
        },
    )
}

fn state(consent: Consent) -> Markup {
    let tone = if consent == Consent::Granted { "good" } else { "bad" };
    facts::tag(tone, consent.as_str())
}

fn enter(frame: &Frame, person: PersonId, view: &ConsentView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let channels = Channel::EVERY.map(|channel| (channel.as_str(), channel.as_str()));
    let states = [Consent::Withdrawn, Consent::Refused, Consent::Granted]
        .map(|consent| (consent.as_str(), consent.as_str()));
    let typed = &view.typed;
    let known = format!("There are: {}", view.purposes.join(", "));
    let hint = if view.purposes.is_empty() { "Such as marketing" } else { known.as_str() };
    let text = |name: &'static str, label, hint| {
        form::field(&form::Field {
            name,
            label,
            hint: Some(hint),
            value: typed.text(name),
            wrong: typed.wrong(name),
            required: true,
            ..form::Field::default()
        })
    };
    html! {
        section.panel {
            header { h2 { "Enter what they said" } }
            (form::post(frame, &paths::person_consent(workspace.id, person), "fields", &html! {
                (typed.notice(&LABELS))
                (text("purpose", "Purpose", hint))
                (form::choice("channel", "Channel", (typed.text("channel"), typed.wrong("channel")), &channels))
                (form::choice("state", "State", (typed.text("state"), typed.wrong("state")), &states))
                (text("consent_reason", "Reason", "Where and how they said so. It stays in the ledger"))
                div { (form::go("Enter")) }
            }))
        }
    }
}
