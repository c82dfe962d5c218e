//! What was received that should not have been, by person and property. Never a value.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, PersonId};

use crate::components::event::short;
use crate::components::{form, layout, mark, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct ReportView {
    /// What was asked for, as the form has it, and what is wrong with it.
    pub typed: form::Typed,
    /// The rows shown.
    pub rows: Vec<ReportRow>,
    /// How many there are.
    pub known: usize,
}

/// One row.
pub struct ReportRow {
    /// Whose.
    pub person: PersonId,
    /// The event's name.
    pub event: String,
    /// Where in it.
    pub path: String,
    /// What it was.
    pub class: Class,
    /// Which library sent it.
    pub library: String,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &ReportView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let pairs: Vec<(&str, &str)> =
        view.typed.texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let download = |format: &'static str| {
        let pairs: Vec<(&str, &str)> =
            pairs.iter().copied().chain([("format", format)]).filter(|(_, text)| !text.is_empty()).collect();
        paths::with_query(&paths::report_file(workspace.id), &pairs)
    };
    let head = layout::Head {
        title: "Report",
        beside: Some(html! { (number::count(view.known as u64, "row")) }),
        acts: Some(html! {
            a.btn href=(download("csv")) download="shield-report.csv" { "CSV" }
            a.btn href=(download("json")) download="shield-report.json" { "JSON" }
            a.btn href=(paths::quality(workspace.id)) { "Data quality" }
        }),
    };
    let columns = [
        table::words("Person"),
        table::words("Event"),
        table::words("Property"),
        table::words("What it was"),
        table::words("SDK"),
        table::numbers("Times"),
        table::words("First"),
        table::words("Last"),
    ];
    layout::page(
        frame,
        &head,
        &html! {
            section.panel { (asked(workspace.id, view)) }
            section.panel.flush {
                header { h2 { "What was received" } span.soft.small { "what was purged is not in it; never a value" } }
                @if view.rows.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nothing of that kind", text: "No stored event has what is asked for above. What the shield removes or seals from now on is listed here by person and property; ask for less to see more.",
                        action: Some((&paths::quality(workspace.id), "What the shield found")), line: None }))
                } @else {
                    (table::table("What was received", &columns, &html! {
                        @for row in &view.rows {
                            tr {
                                td.nw { a href=(paths::person(workspace.id, row.person)) { (short(row.person)) } }
                                td.nw { (row.event) }
                                td { code { (row.path) } }
                                td { (mark::mark(row.class)) }
                                td.nw { (row.library) }
                                td.n { (number::whole(row.count)) }
                                td { (time::moment(frame, row.first)) }
                                td { (time::moment(frame, row.last)) }
                            }
                        }
                    }))
                }
            }
        },
    )
}

const FIELDS: [(&str, &str); 6] = [
    ("path", "Property"),
    ("class", "What it was"),
    ("sdk", "SDK"),
    ("sdk_version", "Version"),
    ("from", "From"),
    ("to", "Before"),
];

fn asked(workspace: model::WorkspaceId, view: &ReportView) -> Markup {
    let typed = &view.typed;
    let field = |name: &'static str, hint: &'static str| {
        let label = FIELDS.iter().find(|(field, _)| *field == name).map_or("", |(_, label)| *label);
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field { name, label, value, wrong, hint: Some(hint), ..form::Field::default() })
    };
    let classes: Vec<(&str, &str)> = std::iter::once(("", "Anything"))
        .chain(Class::ALL.map(|class| (class.as_str(), class.as_str())))
        .collect();
    html! {
        form method="get" action=(paths::report(workspace)) class="stack" {
            (typed.notice(&FIELDS))
            div.group {
                (field("path", "With everything below it: properties.payment"))
                (form::select("class", "What it was", typed.text("class"), &classes))
                (field("sdk", "As it names itself"))
                (field("sdk_version", "Exactly this one"))
                (field("from", "A day or an instant, UTC"))
                (field("to", "A day or an instant, UTC"))
            }
            div { (form::go("Show")) }
        }
    }
}
