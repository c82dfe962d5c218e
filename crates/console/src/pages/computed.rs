//! Computed traits: what is worked out from what people did.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct ComputedView {
    /// The traits, by name.
    pub rows: Vec<ComputedRow>,
    /// Whether the viewer may make and change them.
    pub may_write: bool,
    /// The name of the one that the form changes; it makes a new one otherwise.
    pub changes: Option<String>,
    /// What stands in the form.
    pub typed: form::Typed,
}

/// One trait in the list.
pub struct ComputedRow {
    /// What it is called.
    pub name: String,
    /// What it is worked out from, in words.
    pub words: String,
    /// `filling`, `ready` or `too_many`.
    pub state: &'static str,
    /// How many parts of a hundred were gone through.
    pub percent: u8,
    /// How many people have a value.
    pub people: u64,
    /// When it was written.
    pub changed: Timestamp,
}

const MEASURES: [(&str, &str); 7] = [
    ("count", "How many times"),
    ("sum", "Sum of a property"),
    ("min", "Least of a property"),
    ("max", "Greatest of a property"),
    ("first", "First value of a property"),
    ("last", "Last value of a property"),
    ("most_frequent", "Most frequent value of a property"),
];
/// The labels of the fields, by name.
const LABELS: [(&str, &str); 6] = [
    ("name", "Name"),
    ("event", "Event"),
    ("measure", "What is made of it"),
    ("property", "Property"),
    ("within", "Within"),
    ("where", "Conditions"),
];
const WHERE: &str =
    "As in a question: [{\"property\":\"country\",\"op\":\"eq\",\"value\":\"DE\"}]; any if empty";

/// The page.
pub fn page(frame: &Frame, view: &ComputedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Computed traits",
        beside: Some(html! { "worked out from events while they arrive" }),
        acts: Some(html! { a.btn href=(paths::segments(workspace.id)) { "Segments" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            div.panel.flush {
                @if view.rows.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No computed traits",
                        text: "A computed trait says something of each person that follows from what they did: how often, how much, the first or the last.",
                        action: None,
                        line: None,
                    }))
                } @else { (rows(frame, view)) }
            }
            @if view.may_write { (writing(frame, view)) }
        },
    )
}

fn rows(frame: &Frame, view: &ComputedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Trait"),
        table::words("What it is"),
        table::words("State"),
        table::numbers("People"),
        table::words("Changed"),
        table::words(""),
    ];
    table::table(
        "Computed traits",
        &columns,
        &html! {
            @for row in &view.rows {
                tr {
                    th scope="row" {
                        @if view.may_write { a href=(paths::computed_trait(workspace.id, &row.name)) { (row.name) } }
                        @else { (row.name) }
                    }
                    td { (row.words) }
                    td { (state(row)) }
                    td.n { (number::whole(row.people)) }
                    td { (time::ago(frame, row.changed)) }
                    td {
                        @if view.may_write {
                            (form::act(frame, &paths::computed_act(workspace.id, &row.name, "remove"), "Remove", &format!("Remove “{}” with its values?", row.name)))
                        }
                    }
                }
            }
        },
    )
}

fn state(row: &ComputedRow) -> Markup {
    match row.state {
        "filling" => facts::tag("warn", &format!("filling, {} %", row.percent)),
        "too_many" => facts::tag("bad", "too many people"),
        _ => facts::tag("good", "up to date"),
    }
}

fn writing(frame: &Frame, view: &ComputedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let typed = &view.typed;
    let to = match &view.changes {
        Some(name) => paths::computed_act(workspace.id, name, "edit"),
        None => paths::computed(workspace.id),
    };
    let line = |name: &'static str, hint: &'static str, required: bool| {
        let label = LABELS.iter().find(|(field, _)| *field == name).map_or(name, |(_, label)| label);
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field {
            name,
            label,
            value,
            hint: Some(hint),
            wrong,
            required,
            ..form::Field::default()
        })
    };
    html! {
        section.panel {
            header {
                @match &view.changes {
                    Some(name) => { h2 { "Change " (name) } span.soft.small { "everybody is gone through once more" } }
                    None => { h2 { "New computed trait" } span.soft.small { "conditions and questions ask for it by its name" } }
                }
            }
            (form::post(frame, &to, "fields wide", &html! {
                (typed.notice(&LABELS))
                @if view.changes.is_none() { (line("name", "Such as orders_90d; it stays", true)) }
                div.fields {
                    (form::choice("measure", "What is made of it", (typed.text_or("measure", "count"), typed.wrong("measure")), &MEASURES))
                    (line("event", "Such as Order Completed; * for any", true))
                    (line("property", "Such as total; none for how many times", false))
                    (line("within", "30d, 12h; ever if empty", false))
                }
                (line("where", WHERE, false))
                div.row.tight {
                    (form::go(if view.changes.is_some() { "Save" } else { "Make" }))
                    @if view.changes.is_some() { a.btn href=(paths::computed(workspace.id)) { "Cancel" } }
                }
            }))
        }
    }
}
