//! One event as it arrived: a line that opens to the whole of it.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, Finding, Kind, PersonId, Sensitivity};
use serde_json::{Map, Value};

use super::{facts, mark, time, value};
use crate::frame::{Frame, WorkspaceBadge};
use crate::paths;

/// An event for showing. Properties, traits and context are as the shield left them.
#[derive(Clone)]
pub struct EventView {
    /// The sender's id for it.
    pub message_id: String,
    /// Which call it was.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// When it happened.
    pub time: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// The source's name.
    pub source: String,
    /// Whose it is, once resolved.
    pub person: Option<PersonId>,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// Its traits.
    pub traits: Map<String, Value>,
    /// Its context.
    pub context: Map<String, Value>,
    /// What the shield found.
    pub findings: Vec<Finding>,
}

/// An item of a list of events. It carries no htmx attribute, so it may come by a stream.
pub fn item(frame: &Frame, workspace: &WorkspaceBadge, event: &EventView, fresh: bool) -> Markup {
    let object = if event.properties.is_empty() { &event.traits } else { &event.properties };
    html! {
        li class=[fresh.then_some("fresh")] {
            details.event {
                summary {
                    span.when { (time::clock(frame, event.time)) }
                    span { strong { (event.name) } " " span.soft.small { (event.source) } }
                    span.row.tight { (found(&event.findings)) }
                    span.gist { (value::gist(object, 7)) }
                }
                div.more { (whole(frame, workspace, event)) }
            }
            // Beside the summary, not in it: a link inside a control is not reachable for everybody.
            span.whose { (person_tag(workspace, event.person)) }
        }
    }
}

/// The short name of a person, linked.
pub fn person_tag(workspace: &WorkspaceBadge, person: Option<PersonId>) -> Markup {
    html! {
        @match person {
            Some(id) => a.tag.mono href=(paths::person(workspace.id, id)) title=(id) { (short(id)) },
            None => span.soft.small { "nobody" },
        }
    }
}

/// A person's id shortened: the end, since the beginning is a time and alike for neighbours.
pub fn short(id: PersonId) -> String {
    let text = id.to_string();
    format!("p_…{}", text.get(text.len().saturating_sub(7)..).unwrap_or_default())
}

fn found(findings: &[Finding]) -> Markup {
    let removed = findings.iter().filter(|found| found.class.sensitivity() == Sensitivity::Secret).count();
    let sealed = findings.len() - removed;
    html! {
        @if removed > 0 { (facts::tag("seal", &format!("{removed} removed"))) }
        @if sealed > 0 { (facts::tag("seal", &format!("{sealed} sealed"))) }
    }
}

fn whole(frame: &Frame, workspace: &WorkspaceBadge, event: &EventView) -> Markup {
    html! {
        @if !event.findings.is_empty() {
            ul.stack-s {
                @for finding in &event.findings {
                    li.row.tight {
                        code { (finding.path) } (mark::mark(finding.class))
                        span.soft.small { "rule " code { (finding.rule) } }
                        a.small href=(why_link(workspace, finding.class)) { "Why?" }
                    }
                }
            }
        }
        @for (label, object) in [("Properties", &event.properties), ("Traits", &event.traits)] {
            @if !object.is_empty() { div.stack-s { h3 { (label) } (value::block(object)) } }
        }
        @if !event.context.is_empty() { details.fold { summary { "Context" } (value::block(&event.context)) } }
        (facts::facts(&[
            ("Call", html! { (event.kind.as_str()) }),
            ("Message id", html! { code { (event.message_id) } }),
            ("Happened", time::moment(frame, event.time)),
            ("Arrived", html! { (time::moment(frame, event.received)) ", " (time::ago(frame, event.received)) }),
        ]))
        p { a.small href=(paths::with_query(&paths::live(workspace.id), &[("event", &event.name)])) { "Only " (event.name) } }
    }
}

/// Where the rule for a class is explained.
pub fn why_link(workspace: &WorkspaceBadge, class: Class) -> String {
    format!("{}#{class}", paths::why(workspace.id))
}
