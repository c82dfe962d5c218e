//! Dashboards: the list, what is noted at days, and the alerts on metrics.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use model::{AnnotationId, DashboardId, MetricAlertId};

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct DashboardsView {
    /// The dashboards, by name.
    pub rows: Vec<DashboardRow>,
    /// What is noted at days, the latest first.
    pub notes: Vec<(AnnotationId, Date, String)>,
    /// The alerts.
    pub alerts: Vec<AlertRow>,
    /// Whether the viewer may make and change them.
    pub may_write: bool,
    /// What was typed, and what is wrong with it.
    pub typed: form::Typed,
}

/// One dashboard in the list.
pub struct DashboardRow {
    /// Its id.
    pub id: DashboardId,
    /// What it is called.
    pub name: String,
    /// How many tiles it has.
    pub tiles: usize,
    /// Which days, in words.
    pub days: String,
    /// When it was changed last.
    pub changed: Timestamp,
}

/// One alert in the list.
pub struct AlertRow {
    /// Its id.
    pub id: MetricAlertId,
    /// What it is called.
    pub name: String,
    /// What is measured, in words.
    pub metric: String,
    /// When it is told of, in words.
    pub rule: String,
    /// The start of the interval judged last, and whether the rule was broken there.
    pub judged: Option<(Timestamp, bool)>,
}

/// The labels of the fields, by name.
pub const LABELS: [(&str, &str); 7] = [
    ("name", "Name"),
    ("day", "Day"),
    ("text", "What happened"),
    ("alert", "Name of the alert"),
    ("event", "Event"),
    ("divided_by", "Divided by"),
    ("value", "Value"),
];

/// The page.
pub fn page(frame: &Frame, view: &DashboardsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Dashboards", ..layout::Head::default() };
    let questions = paths::questions(workspace.id);
    let columns =
        [table::words("Dashboard"), table::numbers("Tiles"), table::words("Days"), table::words("Changed")];
    layout::page(
        frame,
        &head,
        &html! {
            (view.typed.notice(&LABELS))
            div.panel.flush {
                @if view.rows.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No dashboards",
                        text: "A dashboard shows questions side by side. Ask one, and keep it on a dashboard from its page.",
                        action: Some((&questions, "Ask a question")),
                        line: None,
                    }))
                } @else {
                    (table::table("Dashboards", &columns, &html! {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { a href=(paths::dashboard(workspace.id, row.id)) { (row.name) } }
                                td.n { (number::whole(row.tiles as u64)) }
                                td { (row.days) }
                                td { (time::ago(frame, row.changed)) }
                            }
                        }
                    }))
                }
            }
            @if view.may_write {
                section.panel {
                    header { h2 { "New dashboard" } }
                    (form::post(frame, &paths::dashboards(workspace.id), "fields", &html! {
                        (line(&view.typed, ("name", "Name"), "What it is called here"))
                        div { (form::go("Make")) }
                    }))
                }
            }
            (alerts(frame, view))
            (notes(frame, view))
        },
    )
}

fn alerts(frame: &Frame, view: &DashboardsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Alert"),
        table::words("Metric"),
        table::words("Told when"),
        table::words("Last judged"),
        table::words(""),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Alerts" } span.soft.small { "judged a few minutes after each hour or day; a breach is told once, when it begins" } }
            @if view.alerts.is_empty() { p.soft.inset { "No number is watched." } }
            @else {
                (table::table("Alerts", &columns, &html! {
                    @for row in &view.alerts {
                        tr {
                            th scope="row" { (row.name) }
                            td { (row.metric) }
                            td { (row.rule) }
                            td {
                                @match row.judged {
                                    Some((at, true)) => { (facts::tag("bad", "broken")) " " (time::moment(frame, at)) }
                                    Some((at, false)) => { (facts::tag("good", "holds")) " " (time::moment(frame, at)) }
                                    None => span.soft { "not yet" },
                                }
                            }
                            td.n { @if view.may_write { (form::act(frame, &paths::metric_alert_remove(workspace.id, row.id), "Remove", &format!("Remove the alert “{}”?", row.name))) } }
                        }
                    }
                }))
            }
        }
        @if view.may_write {
            section.panel {
                header { h2 { "New alert" } }
                (form::post(frame, &paths::metric_alerts(workspace.id), "fields wide", &html! {
                    div.fields {
                        (line(&view.typed, ("alert", "Name of the alert"), "What it is called here"))
                        (line(&view.typed, ("event", "Event"), "An event, such as Order Completed"))
                        (form::field(&form::Field {
                            name: "divided_by", label: "Divided by", value: view.typed.text("divided_by"), wrong: view.typed.wrong("divided_by"),
                            hint: Some("Optional: another event, for a share such as failures of all orders"), ..form::Field::default()
                        }))
                        (form::select("measure", "Measured", view.typed.text_or("measure", "count"), &[("count", "how often"), ("people", "by how many people")]))
                        (form::select("interval", "By", view.typed.text_or("interval", "day"), &[("day", "day"), ("hour", "hour")]))
                        (form::select("rule", "Told when", view.typed.text_or("rule", "outside"), &[
                            ("outside", "unusual: so many times the usual distance"), ("above", "above"), ("below", "below"),
                        ]))
                        (line(&view.typed, ("value", "Value"), "A number; 3 is a good beginning for what is unusual"))
                    }
                    div { (form::go("Watch")) }
                }))
            }
        }
    }
}

fn notes(frame: &Frame, view: &DashboardsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [table::words("Day"), table::words("What happened"), table::words("")];
    html! {
        section.panel.flush {
            header { h2 { "Notes at days" } span.soft.small { "marked on every chart over time" } }
            @if view.notes.is_empty() { p.soft.inset { "Nothing is noted." } }
            @else {
                (table::tall("Notes at days", &columns, &html! {
                    @for (id, day, text) in &view.notes {
                        tr {
                            th.nw scope="row" { (day) }
                            td { (text) }
                            td.n { @if view.may_write { (form::act(frame, &paths::annotation_remove(workspace.id, *id), "Remove", &format!("Remove the note of {day}?"))) } }
                        }
                    }
                }))
            }
        }
        @if view.may_write {
            section.panel {
                header { h2 { "New note" } }
                (form::post(frame, &paths::annotations(workspace.id), "fields", &html! {
                    (form::field(&form::Field {
                        name: "day", label: "Day", kind: "date", value: view.typed.text("day"), wrong: view.typed.wrong("day"),
                        required: true, ..form::Field::default()
                    }))
                    (line(&view.typed, ("text", "What happened"), "A release, a campaign, an outage; nobody's name"))
                    div { (form::go("Note")) }
                }))
            }
        }
    }
}

fn line(typed: &form::Typed, (name, label): (&'static str, &'static str), hint: &'static str) -> Markup {
    form::field(&form::Field {
        name,
        label,
        value: typed.text(name),
        hint: Some(hint),
        wrong: typed.wrong(name),
        required: true,
        ..form::Field::default()
    })
}
