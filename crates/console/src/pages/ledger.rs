//! The ledger: who did what to what, and how to check that nothing of it was changed.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::table::{self, Pager};
use crate::components::{copy, facts, layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct LedgerView {
    /// The entries, newest first.
    pub entries: Vec<EntryRow>,
    /// Only entries of this code; empty for all.
    pub code: String,
    /// Only entries of this principal; empty for all.
    pub principal: String,
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
            (filter(frame, view))
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

fn filter(frame: &Frame, view: &LedgerView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::ledger(workspace.id);
    html! {
        form.sentence method="get" action=(action) role="search" aria-label="Filter" {
            label.chip {
                span { "what" }
                select name="code" {
                    option value="" { "anything" }
                    @for code in &view.codes { option value=(code) selected[*code == view.code] { (code) } }
                }
            }
            label.chip { span { "by" } input name="principal" value=(view.principal) placeholder="anybody" autocomplete="off" data-search; }
            button.btn.small { "Filter" }
            @if !view.code.is_empty() || !view.principal.is_empty() { a.small href=(action) { "Show all" } }
        }
    }
}

fn entries(frame: &Frame, view: &LedgerView) -> Markup {
    let columns = [
        table::numbers("No."),
        table::words("When"),
        table::words("What"),
        table::words("Who"),
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
                    td.nw { (entry.principal) }
                    td.nw { code { (entry.object) } }
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
