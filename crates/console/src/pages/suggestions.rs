//! Pairs of known people whom an alias calls one: for a member to decide; and those that were decided to be two.

use jiff::Timestamp;
use maud::{Markup, html};

use super::people::PersonRow;
use crate::components::event::person_tag;
use crate::components::{form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct SuggestionsView {
    /// What an alias proposes, the newest first.
    pub proposed: Vec<PairRow>,
    /// Who is kept apart, the newest first.
    pub apart: Vec<PairRow>,
    /// Whether the one who looks may decide.
    pub may_decide: bool,
}

/// Two people.
pub struct PairRow {
    /// One of them.
    pub one: PersonRow,
    /// The other.
    pub other: PersonRow,
    /// When it was said.
    pub at: Timestamp,
    /// The record of the journal.
    pub offset: u64,
    /// Who said that they are two, and in which words.
    pub decided: Option<(String, String)>,
}

/// The page.
pub fn page(frame: &Frame, view: &SuggestionsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Who might be one",
        beside: Some(html! { "two people with user ids are never merged by a rule; identifiers masked" }),
        acts: Some(html! { a.btn href=(paths::people(workspace.id)) { "People" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.flush {
                header { h2 { "An alias calls these one" } span.soft.small { (number::count(view.proposed.len() as u64, "pair")) } }
                @if view.proposed.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nothing to decide",
                        text: "When an alias names two people who both have a user id, they wait here. Nothing is joined before a member says so.",
                        action: None, line: None }))
                } @else {
                    (table::table("Proposed pairs", &columns("Said"), &html! {
                        @for row in &view.proposed { (pair(frame, row, view.may_decide.then_some(&[
                            ("first", "One: the first stays"), ("second", "One: the second stays"), ("apart", "Two people"),
                        ][..]))) }
                    }))
                }
            }
            @if !view.apart.is_empty() {
                section.panel.flush {
                    header { h2 { "Kept apart" } span.soft.small { "whatever the rules say" } }
                    (table::table("Kept apart", &columns("Decided"), &html! {
                        @for row in &view.apart { (pair(frame, row, view.may_decide.then_some(&[("lift", "Let the rules decide")][..]))) }
                    }))
                }
            }
        },
    )
}

fn columns(when: &str) -> [table::Column<'_>; 4] {
    [table::words("First"), table::words("Second"), table::words(when), table::words("")]
}

fn pair(frame: &Frame, row: &PairRow, choices: Option<&[(&str, &str)]>) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        tr {
            td { (person(frame, &row.one)) }
            td { (person(frame, &row.other)) }
            td {
                div { (time::moment(frame, row.at)) }
                div.soft.small { "record " (row.offset) }
                @if let Some((by, reason)) = &row.decided { div.small { (reason) } div.soft.small { "decided by " (by) } }
            }
            td {
                @if let Some(choices) = choices {
                    (form::post(frame, &paths::people_suggestions(workspace.id), "inline", &html! {
                        input type="hidden" name="one" value=(row.one.id);
                        input type="hidden" name="other" value=(row.other.id);
                        select.input name="decision" aria-label="Decision" { @for (value, text) in choices { option value=(value) { (text) } } }
                        input.input name="reason" aria-label="Reason" placeholder="Reason" required maxlength="500" autocomplete="off";
                        button.btn.small { "Decide" }
                    }))
                }
            }
        }
    }
}

fn person(frame: &Frame, row: &PersonRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        div { (person_tag(workspace, Some(row.id))) }
        @if let Some((kind, text)) = &row.identifier { div.small { (kind) " " code { (text) } } }
        div.soft.small { (number::count(row.events, "event")) " · seen " (time::ago(frame, row.last)) }
    }
}
