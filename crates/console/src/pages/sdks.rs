//! Which SDKs send, over time, and versions of them that are stopped.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::charts::Series;
use crate::charts::sparkline::key;
use crate::charts::stacked::{StackedChart, stacked};
use crate::components::{form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct SdksView {
    /// The days of the chart.
    pub days: Vec<String>,
    /// Events by day, one layer for each of the most used versions.
    pub by_day: Vec<Series>,
    /// Every version, most events first.
    pub versions: Vec<VersionRow>,
    /// What is stopped.
    pub advisories: Vec<AdvisoryRow>,
    /// Events that advisories refused so far.
    pub refused: u64,
    /// Whether this member may stop one, and let it go again.
    pub may_advise: bool,
    /// As above.
    pub may_lift: bool,
    /// The form just sent, where it was not taken.
    pub typed: form::Typed,
}

/// A version of a library, from one source.
pub struct VersionRow {
    /// The library and its version.
    pub library: String,
    /// The source's name.
    pub source: String,
    /// How many events in the time shown.
    pub events: u64,
    /// Those captured automatically.
    pub automatic: u64,
    /// Of all events of the time shown.
    pub share: f64,
    /// The last.
    pub last: Timestamp,
}

/// An advisory in force.
pub struct AdvisoryRow {
    /// Its number.
    pub id: i64,
    /// The library.
    pub sdk: String,
    /// Which versions.
    pub versions: String,
    /// What is stopped, in words.
    pub stops: &'static str,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &SdksView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "SDKs",
        beside: Some(html! { "last 30 days" }),
        acts: Some(html! { a.btn href=(paths::quality(workspace.id)) { "Data quality" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if view.versions.is_empty() {
                section.panel.flush {
                    (notice::empty(&notice::Empty { title: "No events in the last 30 days",
                        text: "Every library that sends is counted here with its versions, exactly. Send a first event and it appears.",
                        action: Some((&paths::sources(workspace.id), "Sources and their write keys")), line: None }))
                }
            } @else {
                div.two {
                    section.panel {
                    header { h2 { "Events by SDK and version" } }
                    (stacked(&StackedChart {
                        id: "sdks",
                        title: "Events by day",
                        description: "Stacked bars: one layer for each of the most used versions, the rest together.",
                        places: &view.days,
                        series: &view.by_day,
                    }))
                    }
                    div.panel.stack {
                        @for (index, layer) in view.by_day.iter().enumerate() {
                            div.figure { b { (number::plain(layer.values.iter().flatten().sum())) } span { (key(index)) (layer.label) } }
                        }
                    }
                }
                (versions(frame, view))
            }
            (advisories(frame, view))
            @if view.may_advise { (new(frame, view)) }
        },
    )
}

fn versions(frame: &Frame, view: &SdksView) -> Markup {
    let columns = [
        table::words("SDK and version"),
        table::words("Source"),
        table::numbers("Events"),
        table::numbers("Automatic"),
        table::numbers("Share"),
        table::words("Last"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Versions" } span.soft.small { "counted exactly, repeats left out" } }
            (table::table("Versions", &columns, &html! {
                @for row in &view.versions {
                    tr {
                        td.nw { (row.library) }
                        td.nw { (row.source) }
                        td.n { (number::whole(row.events)) }
                        td.n { (number::whole(row.automatic)) }
                        td.n { (number::percent(row.share)) }
                        td { (time::ago(frame, row.last)) }
                    }
                }
            }))
        }
    }
}

fn advisories(frame: &Frame, view: &SdksView) -> Markup {
    let columns = [
        table::words("SDK"),
        table::words("Versions"),
        table::words("What is refused"),
        table::words("Why"),
        table::words("Since"),
        table::words(""),
    ];
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        section.panel.flush {
            header { h2 { "Stopped versions" } span.soft.small { (number::whole(view.refused)) " events refused so far" } }
            @if view.advisories.is_empty() {
                (notice::empty(&notice::Empty { title: "Nothing is stopped", text: "When a version of an SDK sends what it should not, stop what it captures by itself here. What people wrote calls for goes on arriving.", action: None, line: None }))
            } @else {
                (table::table("Stopped versions", &columns, &html! {
                    @for row in &view.advisories {
                        tr {
                            td.nw { (row.sdk) }
                            td { code { (row.versions) } }
                            td { (row.stops) }
                            td { (row.reason) }
                            td { (time::ago(frame, row.since)) }
                            td {
                                @if view.may_lift {
                                    div.acts { (form::act(frame, &paths::advisory_lift(workspace.id, row.id), "Lift",
                                        &format!("Take events of {} {} again?", row.sdk, row.versions))) }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// The fields of an advisory, as the form names them.
pub const FIELDS: [(&str, &str); 4] =
    [("sdk", "SDK"), ("versions", "Versions"), ("what", "What to refuse"), ("reason", "Why")];

fn new(frame: &Frame, view: &SdksView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let typed = &view.typed;
    let field = |name, hint, required| {
        let label = FIELDS.iter().find(|(field, _)| *field == name).map_or("", |(_, label)| *label);
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field { name, label, hint, value, wrong, required, ..form::Field::default() })
    };
    let what = (typed.text_or("what", "autocapture"), typed.wrong("what"));
    html! {
        section.panel {
            header { h2 { "Stop a version" } }
            (form::post(frame, &paths::sdks(workspace.id), "stack", &html! {
                (typed.notice(&FIELDS))
                div.group {
                (field("sdk", Some("As it names itself, for example holdfast.js"), true))
                (field("versions", Some("*, one version, or comparisons such as >=1.2 <1.4.2"), true))
                (form::choice("what", "What to refuse", what, &[("autocapture", "What it captures by itself"), ("all", "Everything it sends")]))
                (field("reason", Some("For your colleagues and the ledger"), false))
                }
                div { (form::go("Stop it")) }
            }))
        }
    }
}
