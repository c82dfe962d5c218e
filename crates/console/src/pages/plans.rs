//! Tracking plans: which there are, how often the active one was violated, and how to begin one.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::charts::Series;
use crate::charts::sparkline::key;
use crate::charts::stacked::{StackedChart, stacked};
use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct PlansView {
    /// The plans by name.
    pub plans: Vec<PlanRow>,
    /// The days of the chart.
    pub days: Vec<String>,
    /// Violations by day, a layer for each thing that was done.
    pub by_day: Vec<Series>,
    /// Violations by place, most frequent first.
    pub violations: Vec<ViolationRow>,
    /// How many events wait in quarantine.
    pub waiting: usize,
    /// Whether this member may change plans.
    pub may_change: bool,
    /// The draft just asked for that could not be made.
    pub wrong: Option<WrongDraft>,
}

/// A draft that could not be made.
pub struct WrongDraft {
    /// The name it was to have.
    pub name: String,
    /// How many days it was to look back.
    pub days: u32,
    /// What to do.
    pub fix: String,
}

/// A plan.
pub struct PlanRow {
    /// Its name.
    pub name: String,
    /// Its newest version.
    pub version: u32,
    /// Whether it judges.
    pub active: bool,
    /// When it was changed.
    pub changed: Timestamp,
    /// Who changed it.
    pub by: String,
}

/// What was violated.
pub struct ViolationRow {
    /// The event's name.
    pub event: String,
    /// The property's path; may be empty.
    pub property: String,
    /// The rule in words.
    pub rule: String,
    /// What was done.
    pub mode: String,
    /// How often.
    pub count: u64,
    /// The last time.
    pub last: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &PlansView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Tracking plans",
        beside: Some(html! { "What events should be, and what is done with those that are not." }),
        acts: Some(html! {
            a.btn href=(paths::quarantine(workspace.id)) { "Quarantine (" (number::whole(view.waiting as u64)) ")" }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            (plans(frame, view))
            @if !view.plans.is_empty() { (violations(frame, view)) }
            @if view.may_change { (begin(frame, view)) }
        },
    )
}

/// What somebody with a plan in a repository does.
const CHECK_LINE: &str = "holdfast plan check plan.json";

fn plans(frame: &Frame, view: &PlansView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Plan"),
        table::numbers("Version"),
        table::words(""),
        table::words("Changed"),
        table::words("By"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Plans" } span.soft.small { "one at a time judges" } }
            @if view.plans.is_empty() {
                (notice::empty(&notice::Empty { title: "No plan yet",
                    text: "A plan names each event and its properties: type, required, allowed values, whom a value may concern. Draft a first one below from what has already arrived; it only watches until you say otherwise. Or write one as a file and check it:",
                    action: None, line: view.may_change.then_some(CHECK_LINE) }))
            } @else {
                (table::table("Plans", &columns, &html! {
                    @for plan in &view.plans {
                        tr {
                            td { a href=(paths::plan(workspace.id, &plan.name)) { (plan.name) } }
                            td.n { (plan.version) }
                            td { @if plan.active { (facts::tag("good", "judges")) } @else { (facts::tag("", "off")) } }
                            td { (time::ago(frame, plan.changed)) }
                            td.nw { (plan.by) }
                        }
                    }
                }))
            }
        }
    }
}

fn violations(frame: &Frame, view: &PlansView) -> Markup {
    let columns = [
        table::words("Event"),
        table::words("Property"),
        table::words("What is wrong"),
        table::words("What was done"),
        table::numbers("Times"),
        table::words("Last"),
    ];
    let layers = view.by_day.iter().enumerate();
    html! {
        @if !view.violations.is_empty() {
            div.two {
                section.panel {
                    header { h2 { "Violations by day" } }
                    (by_day(view))
                }
                div.panel.stack {
                    @for (index, layer) in layers {
                        @let sum = layer.values.iter().flatten().sum::<f64>();
                        div.figure { b { (number::plain(sum)) } span { (key(index)) "violations of events that were " (layer.label) } }
                    }
                }
            }
        }
        section.panel.flush {
            header { h2 { "Violations" } span.soft.small { "last 30 days, never with a value" } }
            @if view.violations.is_empty() {
                (notice::empty(&notice::Empty { title: "Nothing departs from the plan",
                    text: "Events that do are counted here by property and rule, and told as events named Plan Violated.",
                    action: None, line: None }))
            } @else {
                (table::tall("Violations by property", &columns, &html! {
                    @for row in &view.violations {
                        tr {
                            td.nw { (row.event) }
                            td { code { (row.property) } }
                            td { (row.rule) }
                            td { (facts::tag(tone(&row.mode), done(&row.mode))) }
                            td.n { (number::whole(row.count)) }
                            td { (time::ago(frame, row.last)) }
                        }
                    }
                }))
            }
        }
    }
}

fn by_day(view: &PlansView) -> Markup {
    stacked(&StackedChart {
        id: "violations",
        title: "Violations by day",
        description: "Stacked bars: violations of events that were kept, set aside and refused.",
        places: &view.days,
        series: &view.by_day,
    })
}

/// The tone of a mode's tag.
pub fn tone(mode: &str) -> &'static str {
    match mode {
        "block" => "bad",
        "quarantine" => "warn",
        _ => "on",
    }
}

/// What a mode does, in a word.
pub fn done(mode: &str) -> &'static str {
    match mode {
        "block" => "refused",
        "quarantine" => "set aside",
        _ => "kept",
    }
}

fn begin(frame: &Frame, view: &PlansView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (value, days, wrong) = match &view.wrong {
        Some(wrong) => (wrong.name.as_str(), wrong.days, Some(wrong.fix.as_str())),
        None => ("", 7, None),
    };
    html! {
        section.panel {
            header { h2 { "Draft a plan from what arrived" } }
            (form::post(frame, &paths::plan_draft(workspace.id), "fields", &html! {
                (form::field(&form::Field { name: "name", label: "Name", hint: Some("Small letters, digits, - and _"), value, wrong, required: true, ..form::Field::default() }))
                (form::select("days", "Look back", &days.to_string(), &[("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]))
                div { (form::go("Draft plan")) }
            }))
            footer.soft.small { "Names and types only: no value enters a plan. Plans can also be kept in a repository, checked with " code { "holdfast plan check" } " and put through the API." }
        }
    }
}
