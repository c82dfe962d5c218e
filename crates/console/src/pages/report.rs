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
    /// What was asked for, as the form has it: names and texts.
    pub asked: Vec<(&'static str, String)>,
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
    let pairs: Vec<(&str, &str)> = view.asked.iter().map(|(name, text)| (*name, text.as_str())).collect();
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
                    (notice::empty(&notice::Empty { title: "Nothing", text: "No stored event has what was asked for.", action: None, line: None }))
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

fn asked(workspace: model::WorkspaceId, view: &ReportView) -> Markup {
    let text = |name: &str| {
        view.asked.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text.as_str())
    };
    let field = |name: &'static str, label: &'static str, hint: Option<&'static str>| {
        form::field(&form::Field { name, label, value: text(name), hint, ..Default::default() })
    };
    let classes: Vec<(&str, &str)> = std::iter::once(("", "Anything"))
        .chain(Class::ALL.map(|class| (class.as_str(), class.as_str())))
        .collect();
    html! {
        form method="get" action=(paths::report(workspace)) class="stack" {
            (field("path", "Property", Some("With everything below it, for example properties.payment")))
            (form::select("class", "What it was", text("class"), &classes))
            (field("sdk", "SDK", None))
            (field("sdk_version", "Version", None))
            (field("from", "From", Some("A day or an instant")))
            (field("to", "To", None))
            (form::go("Show"))
        }
    }
}
