//! Data quality: what the shield found by property, what was refused, and why values are hidden.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, Sensitivity};

use crate::charts::Series;
use crate::charts::bar::bar;
use crate::charts::stacked::{StackedChart, stacked};
use crate::components::event::why_link;
use crate::components::{facts, layout, mark, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct QualityView {
    /// Events screened in the time shown, where that is known.
    pub screened: Option<u64>,
    /// The time shown, in words: `last 30 days`.
    pub span: String,
    /// The days of the chart; without days a list by kind stands in its place.
    pub days: Vec<String>,
    /// Values removed and values sealed, by day.
    pub by_day: Vec<Series>,
    /// Findings by property and class, most frequent first.
    pub findings: Vec<FindingRow>,
    /// Refusals by reason, most frequent first.
    pub refusals: Vec<RefusalRow>,
    /// The line to paste while there is nothing.
    pub curl: String,
}

/// A property in which something was found.
pub struct FindingRow {
    /// The event's name.
    pub event: String,
    /// Where in it.
    pub path: String,
    /// What kind.
    pub class: Class,
    /// Which rule said so.
    pub rule: String,
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
}

/// A reason for which events were refused.
pub struct RefusalRow {
    /// The reason in words.
    pub reason: String,
    /// The field it is about.
    pub field: String,
    /// The source's name; empty where none could be told.
    pub source: String,
    /// The library that sent it, with its version; may be empty.
    pub library: String,
    /// How often.
    pub count: u64,
    /// The last time.
    pub last: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &QualityView) -> Markup {
    let count = |wanted: Sensitivity| {
        view.findings.iter().filter(|row| row.class.sensitivity() == wanted).map(|row| row.count).sum::<u64>()
    };
    let refused: u64 = view.refusals.iter().map(|row| row.count).sum();
    let head = layout::Head {
        title: "Data quality",
        beside: Some(html! { (view.span) }),
        acts: frame.workspace.as_ref().map(|workspace| {
            html! {
                a.btn href=(paths::alarms(workspace.id)) { "Drift" }
                a.btn href=(paths::report(workspace.id)) { "Report" }
                a.btn href=(paths::sdks(workspace.id)) { "SDKs" }
                a.btn href=(paths::rules(workspace.id)) { "Shield rules" }
                a.btn href=(paths::purges(workspace.id)) { "Purges" }
            }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            div.two {
                div.panel {
                    header { h2 { "Values the shield took out" } }
                    @if view.days.is_empty() { (kinds(view)) } @else { (by_day(view)) }
                }
                div.panel.stack {
                    @if let Some(screened) = view.screened { (facts::figure(&number::whole(screened), "events screened")) }
                    div.figure { b { (number::whole(count(Sensitivity::Secret))) } span { (swatch(0)) "secrets removed, kept nowhere" } }
                    div.figure { b { (number::whole(count(Sensitivity::Personal))) } span { (swatch(1)) "personal values sealed" } }
                    (facts::figure(&number::whole(refused), "events refused"))
                }
            }
            (findings(frame, view))
            (refusals(frame, view))
        },
    )
}

fn by_day(view: &QualityView) -> Markup {
    stacked(&StackedChart {
        id: "taken",
        title: "Values removed and sealed by day",
        description: "Stacked bars: removed values are secrets that are kept nowhere, sealed ones are personal.",
        places: &view.days,
        series: &view.by_day,
    })
}

/// How often each kind of value was found, with a bar in the colour of what became of it.
fn kinds(view: &QualityView) -> Markup {
    let count =
        |class| view.findings.iter().filter(|row| row.class == class).map(|row| row.count).sum::<u64>();
    let mut kinds: Vec<(Class, u64)> =
        Class::ALL.into_iter().map(|class| (class, count(class))).filter(|(_, count)| *count > 0).collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let most = kinds.first().map_or(0, |(_, count)| *count);
    html! {
        @if kinds.is_empty() { p.soft { "Nothing yet." } }
        @else {
            (table::table("Findings by kind", &[table::words("Kind"), table::words(""), table::numbers("Times")], &html! {
                @for (class, count) in &kinds {
                    tr {
                        td.nw { (mark::mark(*class)) }
                        td.wide { (bar(*count, most, usize::from(class.sensitivity() == Sensitivity::Personal))) }
                        td.n { (number::whole(*count)) }
                    }
                }
            }))
        }
    }
}

fn swatch(index: usize) -> Markup {
    crate::charts::sparkline::key(index)
}

fn findings(frame: &Frame, view: &QualityView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Event"),
        table::words("Property"),
        table::words("What it was"),
        table::numbers("Times"),
        table::words("First"),
        table::words("Last"),
        table::words(""),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Findings by property" } span.soft.small { "never with a value" } }
            @if view.findings.is_empty() {
                (notice::empty(&notice::Empty { title: "Nothing found", text: "Secrets and personal values that arrive in events are listed here by the property they stood in. Try it with an invented one:",
                    action: None, line: Some(&view.curl) }))
            } @else {
                (table::table("Findings by property", &columns, &html! {
                    @for row in &view.findings {
                        tr {
                            td.nw { (row.event) }
                            td { code { (row.path) } }
                            td { (mark::mark(row.class)) }
                            td.n { (number::whole(row.count)) }
                            td { (time::day(frame, row.first)) }
                            td { (time::ago(frame, row.last)) }
                            td { a.small href=(why_link(workspace, row.class)) title={ "rule " (row.rule) } { "Why?" } }
                        }
                    }
                }))
            }
        }
    }
}

fn refusals(frame: &Frame, view: &QualityView) -> Markup {
    let columns = [
        table::words("Reason"),
        table::words("Field"),
        table::words("Source"),
        table::words("Library"),
        table::numbers("Events"),
        table::words("Last"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Refused events" } span.soft.small { "counted, not kept" } }
            @if view.refusals.is_empty() {
                (notice::empty(&notice::Empty { title: "Nothing was refused", text: "Events that are too large, too deep, or carry a secret as an identifier are counted here with the reason.", action: None, line: None }))
            } @else {
                (table::table("Refused events", &columns, &html! {
                    @for row in &view.refusals {
                        tr {
                            td { span.bad { (row.reason) } }
                            td { code { (row.field) } }
                            td.nw { (row.source) }
                            td.nw { (row.library) }
                            td.n { (number::whole(row.count)) }
                            td { (time::ago(frame, row.last)) }
                        }
                    }
                }))
            }
        }
    }
}

/// Why each class of value is hidden: what every "Why?" leads to.
pub fn why_page(frame: &Frame) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Why values are hidden",
        beside: None,
        acts: Some(html! { a.btn href=(paths::quality(workspace.id)) { "Data quality" } }),
    };
    let group =
        |wanted: Sensitivity| Class::ALL.into_iter().filter(move |class| class.sensitivity() == wanted);
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.stack {
                div { h2 { "Removed" } p.soft { "Secrets give power to whoever has them. The value is replaced before anything is written; no copy is left to find." } }
                (classes(group(Sensitivity::Secret)))
            }
            section.panel.stack {
                div { h2 { "Sealed" } p.soft { "Personal values of traits go to the vault, under a key of that person alone, and come out only for a stated reason. In properties only the kind and a keyed hash stay." } }
                (classes(group(Sensitivity::Personal)))
            }
        },
    )
}

fn classes(classes: impl Iterator<Item = Class>) -> Markup {
    html! { dl.facts { @for class in classes { dt id=(class) { (mark::mark(class)) } dd { (mark::why(class)) } } } }
}
