//! Incidents: what is open, and a new one. For those who run a workspace, and for operators, who see numbers alone.

use jiff::Timestamp;
use maud::{Markup, html};
use model::IncidentId;

use crate::components::form::{self, Typed};
use crate::components::{layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct IncidentsView {
    /// The address of the page.
    pub here: String,
    /// The incidents, the newest first.
    pub incidents: Vec<IncidentRow>,
    /// What was typed into the form, and what is wrong with it.
    pub typed: Typed,
}

/// One incident in the list.
pub struct IncidentRow {
    /// Its number.
    pub id: IncidentId,
    /// In a few words.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// By whom.
    pub by: String,
    /// Whether it is the installation's, told to this workspace.
    pub told: bool,
    /// How many workspaces were affected.
    pub workspaces: u64,
    /// How many people were shown, in all of them.
    pub people: u64,
}

/// The form's fields: name, label, hint.
pub const FIELDS: [(&str, &str, &str); 6] = [
    ("title", "What happened", "In a few words"),
    ("session", "Session", "A session's id, from the ledger"),
    ("principal", "Member or token", "An id: mem_… or tok_…"),
    ("address", "From where", "An address, or a network of it: 203.0.113.0/24"),
    ("from", "From", "A day or an instant, UTC"),
    ("to", "Before", "A day or an instant, UTC"),
];

/// The page.
pub fn page(frame: &Frame, view: &IncidentsView) -> Markup {
    let head = layout::Head {
        title: "Incidents",
        beside: Some(html! { "What somebody saw and did, exactly as the ledger has it." }),
        acts: None,
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.flush {
                @if view.incidents.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No incident",
                        text: "A stolen session, a token in the wrong hands: open an incident, and the ledger tells whom it touched.",
                        action: None,
                        line: None,
                    }))
                } @else { (list(frame, view)) }
            }
            (open(frame, view))
        },
    )
}

fn list(frame: &Frame, view: &IncidentsView) -> Markup {
    let columns = [
        table::words("Opened"),
        table::words("What"),
        table::words("By"),
        table::numbers(if frame.operator { "Workspaces" } else { "Looked at" }),
        table::numbers("People"),
    ];
    table::table(
        "Incidents",
        &columns,
        &html! {
            @for row in &view.incidents {
                tr {
                    td.nw { a href=(paths::incident(&view.here, row.id)) { (time::moment(frame, row.opened)) } }
                    td { (row.title) @if row.told { " " span.tag { "of the installation" } } }
                    td.nw { (row.by) }
                    td.n { (number::whole(row.workspaces)) }
                    td.n { (number::whole(row.people)) }
                }
            }
        },
    )
}

fn open(frame: &Frame, view: &IncidentsView) -> Markup {
    let typed = &view.typed;
    let labels = FIELDS.map(|(name, label, _)| (name, label));
    html! {
        section.panel {
            header { h2 { "Open an incident" } span.soft.small { "name a session, a member, a token or an address; what is named must all hold" } }
            (form::post(frame, &view.here, "stack", &html! {
                (typed.notice(&labels))
                div.group {
                    @for (name, label, hint) in FIELDS {
                        (form::field(&form::Field { name, label, hint: Some(hint), value: typed.text(name), wrong: typed.wrong(name), ..form::Field::default() }))
                    }
                }
                div { (form::go("Open the incident")) }
            }))
        }
    }
}
