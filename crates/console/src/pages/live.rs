//! What arrives, newest first: what the shield did to each event, and beside it what was refused and why.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::event::{self, EventView};
use crate::components::table::{self, Pager};
use crate::components::{layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct LiveView {
    /// Events, newest first.
    pub events: Vec<EventView>,
    /// Only events of this name; empty for all.
    pub event: String,
    /// Only events of this person (`p_…`) or user id; empty for all.
    pub person: String,
    /// Where in the journal the list ends; the stream goes on there.
    pub since: u64,
    /// Names to offer.
    pub names: Vec<String>,
    /// Events in the last minute, where that is known.
    pub last_minute: Option<u64>,
    /// Refusals by reason, the latest first; none for those who may not see them.
    pub refusals: Option<Vec<RefusalView>>,
    /// Where the list goes on.
    pub pager: Pager,
    /// The line to paste while there is nothing.
    pub curl: String,
}

/// One reason for which events were refused.
pub struct RefusalView {
    /// The reason in words.
    pub reason: String,
    /// The field it is about.
    pub field: String,
    /// The source's name.
    pub source: String,
    /// How many.
    pub count: u64,
    /// The last one.
    pub last: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &LiveView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let filtered = !view.event.is_empty() || !view.person.is_empty();
    let head = layout::Head {
        title: "Live",
        beside: Some(
            html! { @if let Some(count) = view.last_minute { (number::count(count, "event")) " in the last minute · " } (time::zone_name(frame)) },
        ),
        acts: Some(html! {
            span.soft { span.dot-live {} span #live-state { "Live" } }
            button.btn #live-pause type="button" aria-pressed="false" hidden { "Pause" }
        }),
    };
    let stream = paths::with_query(
        &paths::live_stream(workspace.id),
        &[("event", &view.event), ("person", &view.person), ("since", &view.since.to_string())],
    );
    layout::page(
        frame,
        &head,
        &html! {
            (filter(view, &paths::live(workspace.id)))
            div.two {
                div.panel.flush {
                    ol.events #live-list hx-sse:connect=(stream) hx-swap="afterbegin" hx-nonce=(frame.nonce) {
                        @for event in &view.events { (event::item(frame, workspace, event, false)) }
                    }
                    @if view.events.is_empty() { (nothing(view, filtered, &paths::live(workspace.id))) }
                    @else { (table::pager(&view.pager)) }
                }
                @if let Some(found) = &view.refusals { (refusals(frame, found)) }
            }
        },
    )
}

fn filter(view: &LiveView, action: &str) -> Markup {
    html! {
        form.sentence method="get" action=(action) role="search" aria-label="Filter" {
            label.chip {
                span { "event" }
                select name="event" {
                    option value="" { "any" }
                    @for name in &view.names { option value=(name) selected[*name == view.event] { (name) } }
                }
            }
            label.chip {
                span { "person" }
                input name="person" value=(view.person) placeholder="p_… or user id" autocomplete="off" data-search;
            }
            button.btn.small { "Filter" }
            @if !view.event.is_empty() || !view.person.is_empty() { a.small href=(action) { "Show all" } }
        }
    }
}

fn nothing(view: &LiveView, filtered: bool, all: &str) -> Markup {
    if filtered {
        return notice::empty(&notice::Empty {
            title: "Nothing like this has arrived",
            text: "New events that fit appear here by themselves.",
            action: Some((all, "Show all events")),
            line: None,
        });
    }
    notice::empty(&notice::Empty {
        title: "No events yet",
        text: "Each event appears here the moment it is on disk. Send one:",
        action: None,
        line: Some(&view.curl),
    })
}

fn refusals(frame: &Frame, found: &[RefusalView]) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let total = found.iter().map(|refusal| refusal.count).sum();
    html! {
        section.panel {
            header { h2 { "Refused" } span.soft { (number::count(total, "event")) " in all" } }
            @if found.is_empty() { p.soft { "Nothing was refused. What does not fit is counted here with its reason; no value of it is kept." } }
            @else {
                ul.refused {
                    @for refusal in found {
                        li {
                            div.row.tight { strong.bad { (refusal.reason) } span.grow {} strong { (number::whole(refusal.count)) } }
                            div.soft.small { @if !refusal.field.is_empty() { code { (refusal.field) } " · " } (refusal.source) " · " (time::ago(frame, refusal.last)) }
                        }
                    }
                }
            }
            footer.soft.small { a href=(paths::quality(workspace.id)) { "All reasons" } }
        }
    }
}
