//! The catalogue: which events there are to ask about, and which properties they carry.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// The longest name that is shown whole, in characters: names are typed by whoever sends.
const NAME_CHARS_MAX: usize = 120;

/// What the page shows.
pub struct CatalogueView {
    /// The events, the most frequent first.
    pub events: Vec<EventRow>,
    /// How many events are not shown.
    pub events_more: usize,
    /// The event whose properties are shown; those of all if `None`.
    pub event: Option<String>,
    /// The properties, those with most values first.
    pub properties: Vec<PropertyRow>,
    /// How many properties are not shown.
    pub properties_more: usize,
}

/// An event.
pub struct EventRow {
    /// Its name.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// The first.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
}

/// A property.
pub struct PropertyRow {
    /// The name that questions use.
    pub name: String,
    /// What kinds of value it has.
    pub types: String,
    /// How many values.
    pub values: u64,
    /// How many events carry it, where that is known.
    pub carriers: Option<usize>,
    /// When its first and its last value arrived, where that is known.
    pub seen: Option<(Timestamp, Timestamp)>,
}

/// The page.
pub fn page(frame: &Frame, view: &CatalogueView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Catalogue",
        beside: Some(html! { "names and counts, nobody's data" }),
        acts: Some(html! { a.btn href=(paths::questions(workspace.id)) { "Questions" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if view.events.is_empty() {
                div.panel.flush {
                    (notice::empty(&notice::Empty { title: "No events yet",
                        text: "Every event and every property that arrives is listed here.",
                        action: Some((&paths::sources(workspace.id), "Sources and their write keys")), line: None }))
                }
            } @else {
                (events(frame, view))
                (properties(frame, view))
            }
        },
    )
}

fn events(frame: &Frame, view: &CatalogueView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Event"),
        table::numbers("Count"),
        table::words("First"),
        table::words("Last"),
        table::words("Ask"),
    ];
    let of = |name: &str| paths::with_query(&paths::catalogue(workspace.id), &[("event", name)]);
    let ask = |name: &str| paths::with_query(&paths::questions(workspace.id), &[("event", name)]);
    html! {
        section.panel.flush {
            header { h2 { "Events" } span.soft.small { "choose one for its properties" } }
            (table::tall("Events", &columns, &html! {
                @for row in &view.events {
                    tr {
                        th scope="row" { a href=(of(&row.name)) aria-current=[(view.event.as_ref() == Some(&row.name)).then_some("true")] { (shortened(&row.name)) } }
                        td.n { (number::whole(row.count)) }
                        td { (time::day(frame, row.first)) }
                        td { (time::ago(frame, row.last)) }
                        td { a href=(ask(&row.name)) { "Trend" } }
                    }
                }
            }))
            (more(view.events_more, "events"))
        }
    }
}

fn properties(frame: &Frame, view: &CatalogueView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let mut columns = vec![table::words("Property"), table::words("Types"), table::numbers("Values")];
    if view.event.is_none() {
        columns.push(table::numbers("Events with it"));
    }
    columns.extend(["First arrived", "Last arrived"].map(table::words));
    html! {
        section.panel.flush {
            header {
                h2 { @if let Some(event) = &view.event { "Properties of " (shortened(event)) } @else { "Properties of all events" } }
                @if view.event.is_some() { a.small href=(paths::catalogue(workspace.id)) { "of all events" } }
            }
            @if view.properties.is_empty() {
                (notice::empty(&notice::Empty { title: "No properties", text: "None arrived with it, or its profiles are not kept any more.", action: None, line: None }))
            } @else {
                (table::tall("Properties", &columns, &html! {
                    @for row in &view.properties {
                        tr {
                            th.mono scope="row" { (shortened(&row.name)) }
                            td { (row.types) }
                            td.n { (number::whole(row.values)) }
                            @if view.event.is_none() { td.n { @if let Some(carriers) = row.carriers { (number::whole(carriers as u64)) } @else { "–" } } }
                            td { @if let Some((first, _)) = row.seen { (time::day(frame, first)) } @else { "–" } }
                            td { @if let Some((_, last)) = row.seen { (time::ago(frame, last)) } @else { "–" } }
                        }
                    }
                }))
                (more(view.properties_more, "properties"))
            }
        }
    }
}

fn more(count: usize, noun: &str) -> Markup {
    html! { @if count > 0 { p.soft.small { (number::whole(count as u64)) " more " (noun) " not shown." } } }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}
