//! Plan quarantine: what waits and why, by names and kinds; released or dropped from here.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct QuarantineView {
    /// How many wait.
    pub waiting: u64,
    /// How many bytes they take.
    pub bytes: u64,
    /// Whether no more are taken.
    pub full: bool,
    /// How many wait for which reason, most first.
    pub reasons: Vec<ReasonRow>,
    /// A page of those that wait, oldest first.
    pub items: Vec<ItemRow>,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// Whether this is not the first page.
    pub later: bool,
    /// Whether this member may release.
    pub may_release: bool,
    /// Whether this member may drop.
    pub may_drop: bool,
}

/// Why some wait.
pub struct ReasonRow {
    /// The event's name.
    pub event: String,
    /// The property's path; may be empty.
    pub property: String,
    /// The rule in words.
    pub rule: String,
    /// How many.
    pub count: u64,
}

/// One that waits.
pub struct ItemRow {
    /// Its number.
    pub number: u64,
    /// The event's name.
    pub event: String,
    /// When it happened.
    pub time: Timestamp,
    /// When it was set aside.
    pub held: Timestamp,
    /// What is wrong: property and rule, in words.
    pub reasons: Vec<(String, String)>,
    /// What is in it: names and kinds.
    pub shape: Vec<(String, &'static str)>,
}

/// The page.
pub fn page(frame: &Frame, view: &QuarantineView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Quarantine",
        beside: Some(
            html! { (number::count(view.waiting, "event")) ", " (number::whole(view.bytes.div_ceil(1_024))) " KiB, never shown with a value" },
        ),
        acts: Some(html! { a.btn href=(paths::plans(workspace.id)) { "Tracking plans" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if view.full {
                (notice::warn("The quarantine is full", &html! { "Further events that depart from the plan are refused and counted as quarantine_full. Release or drop some." }))
            }
            @if view.waiting == 0 {
                section.panel.flush {
                    (notice::empty(&notice::Empty { title: "Nothing waits",
                        text: "Events that depart from a plan in quarantine mode are set aside here, encrypted, until somebody releases or drops them. What the shield refuses is never here.",
                        action: Some((&paths::plans(workspace.id), "Tracking plans and what they do")), line: None }))
                }
            } @else {
                (reasons(frame, view))
                (items(frame, view))
            }
        },
    )
}

fn reasons(frame: &Frame, view: &QuarantineView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Event"),
        table::words("Property"),
        table::words("What is wrong"),
        table::numbers("Waiting"),
        table::words(""),
    ];
    let hidden = |event: &str| html! { input type="hidden" name="event" value=(event); };
    let mut acted: Vec<&str> = Vec::new();
    let rows: Vec<Markup> = view
        .reasons
        .iter()
        .map(|row| {
            // One pair of buttons an event: they act on all of its name.
            let is_first = !acted.contains(&row.event.as_str());
            acted.push(&row.event);
            html! {
                tr {
                    td.nw { (row.event) }
                    td { code { (row.property) } }
                    td { (row.rule) }
                    td.n { (number::whole(row.count)) }
                    td {
                        @if is_first {
                            div.acts {
                                @if view.may_release {
                                    (form::post(frame, &paths::quarantine_act(workspace.id, "release"), "", &html! { (hidden(&row.event)) button.btn.small aria-label={ "Release all " (row.event) } { "Release all" } }))
                                }
                                @if view.may_drop {
                                    (drop_form(frame, &hidden(&row.event), &format!("Drop every {} that waits? They are gone for good.", row.event), &format!("Drop all {}", row.event), "Drop all"))
                                }
                            }
                        }
                    }
                }
            }
        })
        .collect();
    html! {
        section.panel.flush {
            header { h2 { "Why they wait" } span.soft.small { "release appends them with the id and time they came with" } }
            (table::table("Why they wait", &columns, &html! { @for row in &rows { (row) } }))
        }
    }
}

fn items(frame: &Frame, view: &QuarantineView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Event"),
        table::words("Happened"),
        table::words("Waits since"),
        table::words("What is wrong"),
        table::words("What is in it"),
        table::words(""),
    ];
    let hidden = |number: u64| html! { input type="hidden" name="item" value=(number); };
    html! {
        section.panel.flush {
            header { h2 { "Events" } span.soft.small { "names and kinds, never a value" } }
            (table::table("Events in quarantine", &columns, &html! {
                @for row in &view.items {
                    tr {
                        td.nw { (row.event) }
                        td { (time::moment(frame, row.time)) }
                        td { (time::ago(frame, row.held)) }
                        td { @for (property, rule) in &row.reasons { div.nw { @if !property.is_empty() { code { (property) } " " } (rule) } } }
                        td { @for (name, kind) in &row.shape { div.small.nw { code { (name) } " " (facts::tag(tone(kind), kind)) } } }
                        td {
                            div.acts {
                                @if view.may_release {
                                    (form::post(frame, &paths::quarantine_act(workspace.id, "release"), "", &html! { (hidden(row.number)) button.btn.small { "Release" } }))
                                }
                                @if view.may_drop {
                                    (drop_form(frame, &hidden(row.number), &format!("Drop this {}? It is gone for good.", row.event), "Drop", "Drop"))
                                }
                            }
                        }
                    }
                }
            }))
            (table::pager(&table::Pager {
                first: view.later.then(|| paths::quarantine(workspace.id)),
                next: view.next.map(|next| paths::with_query(&paths::quarantine(workspace.id), &[("after", &next.to_string())])),
                shown: format!("{} of {}", number::whole(view.items.len() as u64), number::count(view.waiting, "event")),
            }))
        }
    }
}

fn drop_form(frame: &Frame, hidden: &Markup, question: &str, label: &str, text: &str) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::quarantine_act(workspace.id, "drop");
    html! {
        form method="post" action=(action) hx-post=(action) hx-target="#main" hx-select="#main" hx-swap="outerHTML"
            hx-confirm=(question) hx-nonce=(frame.nonce) {
            (hidden)
            button.btn.small.danger aria-label=(label) { (text) }
        }
    }
}

fn tone(kind: &str) -> &'static str {
    match kind {
        "removed" => "bad",
        "sealed" => "seal",
        _ => "",
    }
}
