//! Sources: where events come from, and the write keys they use.

use jiff::Timestamp;
use maud::{Markup, html};
use model::SourceId;

use crate::components::{copy, facts, form, layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct SourcesView {
    /// The sources.
    pub sources: Vec<SourceRow>,
    /// The collect door's address.
    pub collect_url: String,
    /// Whether this member may change them.
    pub may_change: bool,
    /// The name just tried, and what is wrong with it.
    pub wrong: Option<(String, String)>,
    /// How many events came with a write key of nobody's, and when the last one did.
    pub strange: Option<(u64, Timestamp)>,
}

/// One source.
pub struct SourceRow {
    /// The id.
    pub id: SourceId,
    /// The name.
    pub name: String,
    /// The write key in use. Public: it can only append.
    pub write_key: String,
    /// The key before a rotation and until when it still works.
    pub old_key: Option<(String, Timestamp)>,
    /// Whether it takes events.
    pub enabled: bool,
    /// How many events a second it may send, where that is its own.
    pub events_per_s: Option<u32>,
    /// Events that came with a key that is nearly this one, for those who may see it.
    pub mistyped: Option<u64>,
    /// Events refused so far, for those who may see it.
    pub refused: Option<u64>,
    /// The last event, where that is known.
    pub last: Option<Timestamp>,
}

/// The page.
pub fn page(frame: &Frame, view: &SourcesView) -> Markup {
    let head = layout::Head {
        title: "Sources",
        beside: Some(html! { "Write keys can only append, so they may be public." }),
        acts: None,
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if view.sources.is_empty() {
                div.panel.flush {
                    (notice::empty(&notice::Empty { title: "No sources", text: "A source is one site, app or server that sends events. Make one to get a write key.", action: None, line: None }))
                }
            }
            @for source in &view.sources { (one(frame, view, source)) }
            @if let Some((count, last)) = view.strange {
                p.soft.small { (number::count(count, "event")) " came with a write key that no source has, the last " (time::ago(frame, last)) ". Nothing of them is kept. If events are missing, compare the key that the sender uses." }
            }
            @if view.may_change { (create(frame, view)) }
        },
    )
}

fn one(frame: &Frame, view: &SourcesView, source: &SourceRow) -> Markup {
    let key_id = format!("key-{}", source.id);
    html! {
        section.panel {
            header {
                h2 { (source.name) }
                @if source.enabled { (facts::tag("good", "takes events")) } @else { (facts::tag("warn", "disabled")) }
                span.soft.small {
                    @if let Some(refused) = source.refused { (number::count(refused, "event")) " refused so far" }
                    @if let Some(last) = source.last { " · last event " (time::ago(frame, last)) }
                }
                span.grow {}
                @if view.may_change { (acts(frame, source)) }
            }
            div.stack-s {
                (copy::copy_box(&key_id, &source.write_key))
                @if let Some(mistyped) = source.mistyped.filter(|count| *count > 0) {
                    p.warn.small { (number::count(mistyped, "event")) " came with a key that differs from this one in a few letters: look for a typo." }
                }
                @if view.may_change { (quota(frame, source)) }
                @if let Some((old, until)) = &source.old_key {
                    p.warn.small { "The key before, " code { (old) } ", works until " (time::moment(frame, *until)) "." }
                }
                details.fold {
                    summary { "Put it into a web page" }
                    (copy::copy_box(&format!("browser-{}", source.id), &collect::sdk::snippet(&view.collect_url, &source.write_key)))
                }
                details.fold {
                    summary { "Send a test event" }
                    (copy::copy_box(&format!("curl-{}", source.id), &copy::curl_line(&view.collect_url, &source.write_key)))
                }
            }
        }
    }
}

fn acts(frame: &Frame, source: &SourceRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let at = |act: &str| paths::source_act(workspace.id, source.id, act);
    html! {
        div.row.tight {
            (form::post(frame, &at("rotate"), "", &html! { button.btn.small { "Rotate key" } }))
            @if source.enabled {
                (form::act(frame, &at("disable"), "Disable", &format!("Disable {}? Its events are refused until it is enabled again.", source.name)))
            } @else {
                (form::post(frame, &at("enable"), "", &html! { button.btn.small { "Enable" } }))
            }
        }
    }
}

fn quota(frame: &Frame, source: &SourceRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let value = source.events_per_s.map(|rate| rate.to_string()).unwrap_or_default();
    html! {
        details.fold {
            summary {
                @match source.events_per_s {
                    Some(rate) => { "At most " (number::count(u64::from(rate), "event")) " a second" },
                    None => "As many events a second as the configuration says",
                }
            }
            (form::post(frame, &paths::source_act(workspace.id, source.id, "quota"), "fields", &html! {
                // Without an id of its own: every source on the page has this field.
                label {
                    "Events a second"
                    input type="number" name="events_per_s" min="1" step="1" value=(value);
                }
                p.soft.small { "Empty: what the configuration says. Senders that are faster are told to wait." }
                div { (form::go("Set")) }
            }))
        }
    }
}

fn create(frame: &Frame, view: &SourcesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (value, wrong) =
        view.wrong.as_ref().map_or(("", None), |(name, wrong)| (name.as_str(), Some(wrong.as_str())));
    html! {
        section.panel {
            header { h2 { "New source" } }
            (form::post(frame, &paths::sources(workspace.id), "fields", &html! {
                (form::field(&form::Field { name: "name", label: "Name", hint: Some("The site, app or server it stands for"), value, wrong, required: true, ..form::Field::default() }))
                div { (form::go("Create source")) }
            }))
        }
    }
}
