//! One dashboard: its tiles as pictures, its share links and schedules; and the page on which it is edited.

use dashboards::ask::Outcome;
use dashboards::{Chart, Tile};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::{DashboardId, ScheduleId, ShareId};

use crate::charts::tile::{self, drawn};
use crate::components::{copy, form, layout, notice, table, time};
use crate::frame::Frame;
use crate::paths;

/// What a dashboard's page shows.
pub struct DashboardView {
    /// Its id.
    pub id: DashboardId,
    /// What it is called.
    pub name: String,
    /// The first and the last day.
    pub days: (Date, Date),
    /// The same as it was said: `last 30 days`.
    pub days_words: String,
    /// How many filters it has.
    pub filters: usize,
    /// Where days begin.
    pub zone: TimeZone,
    /// The tiles with what came of each.
    pub tiles: Vec<(Tile, Outcome)>,
    /// What is noted at days.
    pub notes: Vec<(Date, String)>,
    /// Its share links, for whoever may see them: which, the link, when made, when it ends.
    pub shares: Option<Vec<(ShareId, String, Timestamp, Timestamp)>>,
    /// Its schedules: which, in words, when last.
    pub schedules: Vec<(ScheduleId, String, Option<Timestamp>)>,
    /// Whether the viewer may change it.
    pub may_write: bool,
    /// What was typed, and what is wrong with it.
    pub typed: form::Typed,
}

/// What the page shows on which one is edited.
pub struct EditView {
    /// Its id.
    pub id: DashboardId,
    /// The version that is edited.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// The last so many days.
    pub last_days: String,
    /// Or the first day.
    pub from: String,
    /// And the last one.
    pub to: String,
    /// Conditions, a line each.
    pub filters: String,
    /// The tiles, and an empty one where there is room.
    pub tiles: Vec<TileForm>,
    /// What is wrong, and where.
    pub wrong: Option<(String, String)>,
}

/// A tile as a form holds it.
#[derive(Clone, Default)]
pub struct TileForm {
    /// What it is called.
    pub title: String,
    /// How it is drawn; empty for what suits.
    pub chart: String,
    /// How wide.
    pub width: String,
    /// The question as JSON.
    pub question: String,
}

/// The labels of the fields, by name.
pub const LABELS: [(&str, &str); 3] = [("days", "Days"), ("hour", "Hour"), ("name", "Name")];

/// A dashboard.
pub fn page(frame: &Frame, view: &DashboardView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let edit = paths::dashboard_act(workspace.id, view.id, "edit");
    let (from, to) = view.days;
    let beside = html! {
        (view.days_words) " (" (from) " to " (to) ")"
        @if view.filters > 0 { " · filtered" }
        " · " (time::zone_name(frame))
    };
    let acts = view.may_write.then(|| html! { a.btn href=(edit) { "Edit" } });
    let head = layout::Head { title: &view.name, beside: Some(beside), acts };
    layout::page(
        frame,
        &head,
        &html! {
            (view.typed.notice(&LABELS))
            @if view.tiles.is_empty() {
                div.panel.flush {
                    (notice::empty(&notice::Empty {
                        title: "Nothing on it yet",
                        text: "Ask a question, and keep it here from its page.",
                        action: Some((&paths::questions(workspace.id), "Ask a question")),
                        line: None,
                    }))
                }
            }
            div.tiles {
                @for (place, (tile, outcome)) in view.tiles.iter().enumerate() {
                    section class={ "panel w" (tile.width()) } { (shown(frame, view, place, (tile, outcome))) }
                }
            }
            (schedules(frame, view))
            (shares(frame, view))
            @if view.may_write {
                section.panel {
                    header { h2 { "Another one like it" } }
                    (form::post(frame, &paths::dashboard_act(workspace.id, view.id, "duplicate"), "fields", &html! {
                        (form::field(&form::Field { name: "name", label: "Name", value: view.typed.text("name"), wrong: view.typed.wrong("name"), required: true, ..form::Field::default() }))
                        div { (form::go("Copy")) }
                    }))
                    (form::act(frame, &paths::dashboard_act(workspace.id, view.id, "remove"), "Remove", &format!("Remove “{}” with its schedules and share links?", view.name)))
                }
            }
            div { a.btn href=(paths::dashboards(workspace.id)) { "Back to dashboards" } }
        },
    )
}

fn shown(frame: &Frame, view: &DashboardView, place: usize, (tile, outcome): (&Tile, &Outcome)) -> Markup {
    html! {
        header { h2 { (tile.title) } }
        @match outcome {
            Outcome::Answered(question, answer) => {
                (drawn(&tile::Tile {
                    id: &format!("tile-{place}"), title: &tile.title, question, answer, chart: tile.chart().as_str(),
                    width: tile.width(), zone: &view.zone, notes: &view.notes,
                }))
                p.soft.small {
                    @match answer.stats.fresh_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()) {
                        Some(fresh) => { "Fresh to " (time::ago(frame, fresh)) }
                        None => "No event yet",
                    }
                }
            }
            Outcome::Refused(why) => (notice::warn("Not answered", &html! { p { (why) } })),
        }
    }
}

fn schedules(frame: &Frame, view: &DashboardView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let hours: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
    let hours: Vec<(&str, &str)> = hours.iter().map(|hour| (hour.as_str(), hour.as_str())).collect();
    let columns = [table::words("Sent"), table::words("Last"), table::words("")];
    html! {
        @if !view.schedules.is_empty() || view.may_write {
            section.panel {
                header { h2 { "Sent" } span.soft.small { "its numbers, to those who run the workspace: where its notices go, by mail or webhook" } }
                @if !view.schedules.is_empty() {
                    (table::table("Schedules", &columns, &html! {
                        @for (id, words, last) in &view.schedules {
                            tr {
                                th scope="row" { (words) }
                                td { @match last { Some(last) => (time::moment(frame, *last)), None => span.soft { "not yet" } } }
                                td.n { @if view.may_write { (form::act(frame, &paths::schedule_remove(workspace.id, view.id, *id), "Remove", "Send these numbers no more?")) } }
                            }
                        }
                    }))
                }
                @if view.may_write {
                    (form::post(frame, &paths::dashboard_act(workspace.id, view.id, "schedule"), "fields", &html! {
                        (form::select("every", "Every", view.typed.text_or("every", "day"), &[
                            ("day", "day"), ("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"),
                            ("5", "Friday"), ("6", "Saturday"), ("7", "Sunday"),
                        ]))
                        (form::select("hour", "At the hour", view.typed.text_or("hour", "8"), &hours))
                        div { (form::go("Send")) }
                    }))
                }
            }
        }
    }
}

fn shares(frame: &Frame, view: &DashboardView) -> Markup {
    let (Some(workspace), Some(shares)) = (&frame.workspace, &view.shares) else { return html! {} };
    html! {
        section.panel.stack {
            header { h2 { "Share links" } span.soft.small { "whoever has one sees the numbers, as the questions are now; nothing that rests on fewer than five people" } }
            @for (id, url, made, ends) in shares {
                div.stack-s {
                    (copy::copy_box(&format!("share-{id}"), url))
                    div.row {
                        span.soft.small { "made " (time::ago(frame, *made)) ", ends " (time::ago(frame, *ends)) }
                        (form::act(frame, &paths::share_end(workspace.id, view.id, *id), "End", "End this link? Whoever has it sees nothing any more."))
                    }
                }
            }
            (form::post(frame, &paths::dashboard_act(workspace.id, view.id, "share"), "fields", &html! {
                (form::field(&form::Field {
                    name: "days", label: "For how many days", value: view.typed.text_or("days", "30"), wrong: view.typed.wrong("days"),
                    hint: Some("1 to 366; needs a touch, and is told to those who run the workspace"), required: true, ..form::Field::default()
                }))
                div { (form::go("Make a link")) }
            }))
        }
    }
}

/// The page on which a dashboard is edited.
pub fn edit_page(frame: &Frame, view: &EditView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Edit the dashboard", ..layout::Head::default() };
    let text = |name: &str, label: &str, value: &str, hint: Option<&str>| {
        form::field(&form::Field { name, label, value, hint, ..form::Field::default() })
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if let Some((field, fix)) = &view.wrong {
                (notice::bad("This could not be taken", &html! { p { @if !field.is_empty() { (place_words(field)) ": " } (fix) } }))
            }
            (form::post(frame, &paths::dashboard_act(workspace.id, view.id, "edit"), "stack", &html! {
                input type="hidden" name="version" value=(view.version);
                section.panel {
                    (text("name", "Name", &view.name, None))
                    div.fields {
                        (text("last_days", "The last so many days", &view.last_days, Some("Or leave it empty and say two days")))
                        (text("from", "From", &view.from, Some("2026-08-01")))
                        (text("to", "To", &view.to, Some("Whole")))
                    }
                    (area("filters", "Filters", &view.filters, "A condition a line, added to every question: {\"property\":\"country\",\"op\":\"eq\",\"value\":\"DE\"}"))
                }
                @for (place, tile) in view.tiles.iter().enumerate() { (tile_form(place, tile)) }
                div.row { (form::go("Save")) a.btn href=(paths::dashboard(workspace.id, view.id)) { "Leave as it was" } }
            }))
        },
    )
}

fn tile_form(place: usize, tile: &TileForm) -> Markup {
    let name = |field: &str| format!("{field}_{place}");
    let number = (place + 1).to_string();
    let is_new = tile.question.is_empty();
    let mut charts = vec![("", "what suits")];
    let all = ["line", "bars", "number", "steps", "grid", "flow", "table"];
    charts.extend(all.iter().filter(|name| Chart::from_name(name).is_some()).map(|name| (*name, *name)));
    html! {
        fieldset.panel {
            legend { @if is_new { "Another tile" } @else { "Tile " (number) } }
            div.fields {
                (form::field(&form::Field { name: &name("title"), label: "Title", value: &tile.title, ..form::Field::default() }))
                (form::select(&name("chart"), "Drawn as", &tile.chart, &charts))
                (form::select(&name("width"), "Width", &tile.width, &[("1", "a third"), ("2", "two thirds"), ("3", "the whole page")]))
                (form::field(&form::Field { name: &name("place"), label: "Place", value: &number, ..form::Field::default() }))
            }
            (area(&name("question"), "Question", &tile.question, "JSON as in a question; its range does not matter"))
            @if !is_new { label.check { input type="checkbox" name=(name("drop")) value="yes"; span { "Take it off the dashboard" } } }
        }
    }
}

fn area(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    let hint_id = format!("{name}-hint");
    html! {
        div.field {
            label for=(name) { (label) }
            span.hint id=(hint_id) { (hint) }
            textarea.input.code id=(name) name=(name) rows="3" aria-describedby=(hint_id) spellcheck="false" { (value) }
        }
    }
}

/// `tiles/0/question/by` as a person counts.
fn place_words(field: &str) -> String {
    let mut parts = field.trim_start_matches('/').split('/');
    match (parts.next(), parts.next().and_then(|place| place.parse::<usize>().ok())) {
        (Some("tiles"), Some(place)) => {
            format!("Tile {}, {}", place + 1, parts.collect::<Vec<_>>().join(" "))
        }
        _ => field.to_owned(),
    }
}
