//! The ledger: who did what to what, and how to check that nothing of it was changed.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{PersonId, WorkspaceId};

use crate::components::form::{self, Typed};
use crate::components::table::{self, Pager};
use crate::components::{copy, facts, layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct LedgerView {
    /// The entries, newest first.
    pub entries: Vec<EntryRow>,
    /// What was asked for, as the form has it, and what is wrong with it.
    pub typed: Typed,
    /// Codes to offer.
    pub codes: Vec<String>,
    /// The newest signed checkpoint, as text.
    pub checkpoint: Option<String>,
    /// How many entries the tree has.
    pub size: u64,
    /// Where the list goes on.
    pub pager: Pager,
}

/// One entry.
pub struct EntryRow {
    /// Its number.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// What: a stable code such as `person.viewed`.
    pub code: String,
    /// Who.
    pub principal: String,
    /// In which session.
    pub session: Option<String>,
    /// To what.
    pub object: String,
    /// How it ended: `done`, `failed`, or `open` for an intent without outcome.
    pub outcome: String,
}

/// The page.
pub fn page(frame: &Frame, view: &LedgerView) -> Markup {
    let head = layout::Head {
        title: "Ledger",
        beside: Some(
            html! { (number::whole(view.size)) " entries signed so far · nothing is ever changed or taken out" },
        ),
        acts: None,
    };
    layout::page(
        frame,
        &head,
        &html! {
            (search(frame, view))
            div.panel.flush {
                @if view.entries.is_empty() {
                    (notice::empty(&notice::Empty { title: "No entry fits", text: "Every look at a person and every change of power makes an entry before it happens.", action: None, line: None }))
                } @else {
                    (entries(frame, view))
                    (table::pager(&view.pager))
                }
            }
            (check(view))
        },
    )
}

const FIELDS: [(&str, &str, &str); 6] = [
    ("principal", "Who", "A member's or token's id"),
    ("session", "In which session", "A session's id"),
    ("person", "Who saw this person", "A person's id"),
    ("address", "From where", "An address, or a network of it: 203.0.113.0/24"),
    ("from", "From", "A day or an instant, UTC"),
    ("to", "Before", "A day or an instant, UTC"),
];

fn search(frame: &Frame, view: &LedgerView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (action, typed) = (paths::ledger(workspace.id), &view.typed);
    let labels = FIELDS.map(|(name, label, _)| (name, label));
    let mut codes: Vec<(&str, &str)> = vec![("", "Anything")];
    codes.extend(view.codes.iter().map(|code| (code.as_str(), code.as_str())));
    let is_asked = typed.texts.iter().any(|(_, text)| !text.is_empty());
    html! {
        section.panel {
            form method="get" action=(action) role="search" aria-label="Search" class="stack" {
                (typed.notice(&labels))
                div.group {
                    (form::select("code", "What", typed.text("code"), &codes))
                    @for (name, label, hint) in FIELDS {
                        (form::field(&form::Field { name, label, hint: Some(hint), value: typed.text(name), wrong: typed.wrong(name), ..form::Field::default() }))
                    }
                }
                div.row {
                    (form::go("Search"))
                    @if is_asked { a.btn href=(action) { "Show all" } }
                }
            }
        }
    }
}

/// The same page with one thing asked for.
fn only(workspace: WorkspaceId, name: &str, value: &str) -> String {
    paths::with_query(&paths::ledger(workspace), &[(name, value)])
}

/// What it was done to; a person leads to whoever else saw them.
fn object(workspace: WorkspaceId, object: &str) -> Markup {
    html! {
        @if object.parse::<PersonId>().is_ok() {
            a href=(only(workspace, "person", object)) title="Who saw this person" { code { (object) } }
        } @else { code { (object) } }
    }
}

fn entries(frame: &Frame, view: &LedgerView) -> Markup {
    let Some(workspace) = frame.workspace.as_ref().map(|workspace| workspace.id) else { return html! {} };
    let columns = [
        table::numbers("No."),
        table::words("When"),
        table::words("What"),
        table::words("Who"),
        table::words("Session"),
        table::words("To what"),
        table::words("Outcome"),
    ];
    table::table(
        "Entries",
        &columns,
        &html! {
            @for entry in &view.entries {
                tr {
                    td.n { span.soft { (number::whole(entry.index)) } }
                    td { (time::moment(frame, entry.at)) }
                    td.nw { code { (entry.code) } }
                    td.nw { a href=(only(workspace, "principal", &entry.principal)) title="All of theirs" { (entry.principal) } }
                    td.nw {
                        @if let Some(session) = &entry.session {
                            a href=(only(workspace, "session", session)) title="Everything in this session" { code { (session) } }
                        } @else { span.soft { "–" } }
                    }
                    td.nw { (object(workspace, &entry.object)) }
                    td { (outcome(&entry.outcome)) }
                }
            }
        },
    )
}

fn outcome(outcome: &str) -> Markup {
    let tone = match outcome {
        "done" => "good",
        "failed" => "bad",
        _ => "warn",
    };
    facts::tag(tone, outcome)
}

fn check(view: &LedgerView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Check it yourself" } }
            div.stack-s {
                p.soft { "Keep a checkpoint somewhere else. With it, anybody can show that no entry before it was changed, and a changed one is named. What happened after the last checkpoint kept elsewhere is only protected once the next one is." }
                @if let Some(checkpoint) = &view.checkpoint { (copy::copy_box("checkpoint", checkpoint)) }
                (copy::copy_box("verify", "holdfast ledger verify --data DIR --checkpoint checkpoint.txt"))
            }
        }
    }
}
