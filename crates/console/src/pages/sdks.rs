//! Which SDKs send, over time, and versions of them that are stopped.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::charts::Series;
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
    /// What is wrong with the form, if it was sent.
    pub wrong: Option<(String, String)>,
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
            div.panel {
                header { h2 { "Events by SDK and version" } }
                @if view.versions.is_empty() {
                    p.soft { "No events in the last 30 days." }
                } @else {
                    (stacked(&StackedChart {
                        id: "sdks",
                        title: "Events by day",
                        description: "Stacked bars: one layer for each of the most used versions, the rest together.",
                        places: &view.days,
                        series: &view.by_day,
                    }))
                }
            }
            (versions(frame, view))
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
                        td.n { (number::plain((row.share * 1_000.0).round() / 10.0)) " %" }
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
                                    (form::act(frame, &paths::advisory_lift(workspace.id, row.id), "Lift",
                                        &format!("Take events of {} {} again?", row.sdk, row.versions)))
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

fn new(frame: &Frame, view: &SdksView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let wrong =
        |name: &str| view.wrong.as_ref().filter(|(field, _)| field == name).map(|(_, fix)| fix.as_str());
    html! {
        section.panel {
            header { h2 { "Stop a version" } }
            (form::post(frame, &paths::sdks(workspace.id), "stack", &html! {
                (form::field(&form::Field { name: "sdk", label: "SDK", hint: Some("As it names itself, for example holdfast.js"), wrong: wrong("sdk"), required: true, ..Default::default() }))
                (form::field(&form::Field { name: "versions", label: "Versions", hint: Some("*, one version, or comparisons such as >=1.2 <1.4.2"), wrong: wrong("versions"), required: true, ..Default::default() }))
                (form::select("what", "What to refuse", "autocapture", &[("autocapture", "What it captures by itself"), ("all", "Everything it sends")]))
                (form::field(&form::Field { name: "reason", label: "Why", wrong: wrong("reason"), ..Default::default() }))
                (form::go("Stop it"))
            }))
        }
    }
}
