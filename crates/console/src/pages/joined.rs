//! Why several records are one person, who was one with them, and who is not to be: a part of a person's page.

use jiff::Timestamp;
use maud::{Markup, html};
use model::PersonId;

use crate::components::{event, form, mark, time};
use crate::frame::Frame;
use crate::paths;

/// What is told.
pub struct JoinedView {
    /// The person's own record first, then each that was merged into it, below the one that it was merged into.
    pub records: Vec<Record>,
    /// Merges that were undone.
    pub parted: Vec<PartedRow>,
    /// Who is kept apart from this person.
    pub apart: Vec<ApartRow>,
    /// Whether the one who looks may decide about it.
    pub may_decide: bool,
}

/// What arrived as one person.
pub struct Record {
    /// Its id.
    pub id: PersonId,
    /// How many merges it is away from the person's own record.
    pub depth: u8,
    /// How it became part of the person; not of the own one.
    pub merge: Option<Decided>,
    /// The identifiers that came with it.
    pub identifiers: Vec<IdentifierRow>,
}

/// An identifier, masked.
pub struct IdentifierRow {
    /// What it is.
    pub kind: String,
    /// Its first letters.
    pub masked: String,
    /// By which rule it is there.
    pub how: String,
    /// When the event happened that brought it, as far as that is known.
    pub at: Option<Timestamp>,
    /// The record of the journal that brought it.
    pub offset: u64,
}

/// What a rule or a member decided.
pub struct Decided {
    /// The rule, or the member's words.
    pub reason: String,
    /// Who; nobody: a rule.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The record of the journal.
    pub offset: u64,
}

/// A merge that was undone.
pub struct PartedRow {
    /// The one of the two that is not shown here.
    pub other: PersonId,
    /// Why they were one.
    pub merge: Decided,
    /// Why they are two.
    pub undone: Decided,
}

/// Somebody who is kept apart.
pub struct ApartRow {
    /// Who.
    pub other: PersonId,
    /// Why.
    pub said: Decided,
}

/// The panels.
pub fn panels(frame: &Frame, person: PersonId, view: &JoinedView) -> Markup {
    html! {
        section.panel {
            header { h2 { "One person because" } }
            (records(frame, view))
            @if view.may_decide && view.records.len() > 1 { (take_apart(frame, view)) }
        }
        @if !view.apart.is_empty() {
            section.panel {
                header { h2 { "Kept apart from" } span.soft.small { "no rule merges these" } }
                ul.refused {
                    @for row in &view.apart { li { (person_link(frame, row.other)) (decided(frame, &row.said)) } }
                }
                @if view.may_decide { (lift(frame, person, view)) }
            }
        }
        @if !view.parted.is_empty() {
            section.panel {
                header { h2 { "Was one with" } }
                ul.refused {
                    @for row in &view.parted {
                        li {
                            (person_link(frame, row.other))
                            (decided(frame, &row.merge))
                            div.small { "undone: " }
                            (decided(frame, &row.undone))
                        }
                    }
                }
            }
        }
    }
}

fn records(frame: &Frame, view: &JoinedView) -> Markup {
    html! {
        @if view.records.len() < 2 { p.soft { "Only one record; nothing was put together." } }
        ul.refused.tree {
            @for record in &view.records {
                li class={ "depth-" (record.depth.min(4)) } {
                    div { code { (event::short(record.id)) } @if record.depth == 0 { span.soft.small { " this record" } } }
                    @if let Some(merge) = &record.merge { (decided(frame, merge)) }
                    @for identifier in &record.identifiers {
                        div { (identifier.kind) " " code { (mark::text(&identifier.masked)) } }
                        div.soft.small {
                            (identifier.how) " · "
                            @if let Some(at) = identifier.at { (time::moment(frame, at)) " · " }
                            "record " (identifier.offset)
                        }
                    }
                }
            }
        }
    }
}

fn decided(frame: &Frame, decided: &Decided) -> Markup {
    html! {
        div { (decided.reason) }
        div.soft.small {
            @match &decided.by { Some(by) => { "decided by " (by) }, None => "by a rule" }
            " · " (time::moment(frame, decided.at)) " · record " (decided.offset)
        }
    }
}

fn person_link(frame: &Frame, id: PersonId) -> Markup {
    html! {
        @if let Some(workspace) = &frame.workspace {
            div { a href=(paths::person(workspace.id, id)) { code { (event::short(id)) } } }
        }
    }
}

fn take_apart(frame: &Frame, view: &JoinedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let merged = view.records.iter().filter(|record| record.merge.is_some());
    let choices: Vec<(String, String)> =
        merged.map(|record| (record.id.to_string(), event::short(record.id))).collect();
    html! {
        (form::post(frame, &paths::people_act(workspace.id, "unmerge"), "fields", &html! {
            (form::select("from", "Record", "", &pairs(&choices)))
            (form::field(&form::Field { name: "unmerge_reason", label: "Reason", hint: Some("It stays in the ledger. No rule merges the two again"), required: true, ..form::Field::default() }))
            div { (form::go("Separate")) }
        }))
    }
}

fn lift(frame: &Frame, person: PersonId, view: &JoinedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let choices: Vec<(String, String)> =
        view.apart.iter().map(|row| (row.other.to_string(), event::short(row.other))).collect();
    html! {
        (form::post(frame, &paths::people_act(workspace.id, "lift"), "fields", &html! {
            input type="hidden" name="one" value=(person);
            (form::select("other", "Person", "", &pairs(&choices)))
            (form::field(&form::Field { name: "lift_reason", label: "Reason", hint: Some("The rules decide about the two again"), required: true, ..form::Field::default() }))
            div { (form::go("Let the rules decide")) }
        }))
    }
}

fn pairs(choices: &[(String, String)]) -> Vec<(&str, &str)> {
    choices.iter().map(|(value, text)| (value.as_str(), text.as_str())).collect()
}
