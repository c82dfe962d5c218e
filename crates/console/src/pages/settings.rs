//! The workspace's settings.

use jiff::Timestamp;
use maud::{Markup, html};
use model::GrantId;

use crate::components::{facts, form, layout, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct SettingsView {
    /// The name.
    pub name: String,
    /// The time zone's name.
    pub time_zone: String,
    /// How many days events are kept; none for ever.
    pub retention_days: Option<u32>,
    /// Time zones to offer.
    pub zones: Vec<String>,
    /// Whether this member may change settings.
    pub may_change: bool,
    /// Whether this member may hold the workspace read-only.
    pub may_hold: bool,
    /// Who asked to end read-only and waits for somebody else's approval.
    pub approvals: Vec<ApprovalRow>,
    /// The field that is wrong, and how to mend it.
    pub wrong: Option<(String, String)>,
}

/// A request to end read-only.
pub struct ApprovalRow {
    /// Its id.
    pub id: GrantId,
    /// Who asked: the principal's name, or `you`.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when it can be approved.
    pub until: Timestamp,
}

/// The page. The answer to a change of the mode carries `HX-Refresh: true`, since the frame is round the whole page.
pub fn page(frame: &Frame, view: &SettingsView) -> Markup {
    let head = layout::Head { title: "Settings", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            div.even {
                section.panel { header { h2 { "Workspace" } } (workspace(frame, view)) }
                section.panel { header { h2 { "Read-only" } } (mode(frame, view)) }
            }
            @if !view.approvals.is_empty() { (approvals(frame, view)) }
            section.panel { header { h2 { "This console" } } (console(frame)) }
        },
    )
}

fn workspace(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let wrong =
        |name: &str| view.wrong.as_ref().filter(|(field, _)| field == name).map(|(_, how)| how.as_str());
    html! {
        (form::post(frame, &paths::settings(badge.id), "fields", &html! {
            (form::field(&form::Field { name: "name", label: "Name", value: &view.name, wrong: wrong("name"), required: true, ..form::Field::default() }))
            div.field {
                label for="time_zone" { "Time zone" }
                span.hint { "Days, weeks and months of every answer are those of this zone." }
                input.input #time_zone name="time_zone" value=(view.time_zone) list="zones" aria-invalid=[wrong("time_zone").map(|_| "true")] autocomplete="off" required;
                @if let Some(wrong) = wrong("time_zone") { span.wrong { (wrong) } }
                datalist #zones { @for zone in &view.zones { option value=(zone) {} } }
            }
            p.soft.small {
                @match view.retention_days { Some(days) => { "Events are kept for " (number::count(days.into(), "day")) "." }, None => "Events are kept until they are purged." }
            }
            @if view.may_change { div { (form::go("Save settings")) } }
        }))
    }
}

fn mode(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let action = paths::mode(badge.id);
    html! {
        @match &frame.held {
            Some(held) => {
                (notice::warn("Held read-only", &html! {
                    p { (held.reason) }
                    p.soft { "set by " (held.by) ", " (time::ago(frame, held.since)) }
                }))
                br;
                @if view.may_hold {
                    (form::post(frame, &action, "fields", &html! {
                        input type="hidden" name="mode" value="normal";
                        (form::field(&form::Field { name: "reason", label: "Why it may end", hint: Some("Going back to normal waits for a second person, where there is one"), required: true, ..form::Field::default() }))
                        div { button.btn { "Ask to end read-only" } }
                    }))
                }
            },
            None => {
                p.soft { "Nothing in the workspace can be changed or sent while it is held. Events still arrive; signing in, revoking and purging still work. Ending it takes a second person." }
                br;
                @if view.may_hold {
                    (form::post(frame, &action, "fields", &html! {
                        input type="hidden" name="mode" value="read_only";
                        (form::field(&form::Field { name: "reason", label: "Reason", hint: Some("Every member sees it on every page"), required: true, ..form::Field::default() }))
                        div { button.btn.danger { "Hold read-only" } }
                    }))
                }
            },
        }
    }
}

fn approvals(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    html! {
        section.panel {
            header { h2 { "Waiting for approval" } (facts::tag("warn", "end read-only")) }
            ul.refused {
                @for approval in &view.approvals {
                    li {
                        div.row {
                            strong { (approval.reason) }
                            span.soft.small { "asked by " (approval.by) " · ends " (time::ago(frame, approval.until)) }
                            span.grow {}
                            @if view.may_hold {
                                (form::post(frame, &paths::approve(badge.id, approval.id), "", &html! { button.btn.small { "Approve" } }))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn console(frame: &Frame) -> Markup {
    html! {
        div.row {
            form.row method="post" action=(paths::THEME) hx-post=(paths::THEME) hx-nonce=(frame.nonce) {
                span.soft { "Colours" }
                @for (value, label) in [("system", "As system"), ("light", "Light"), ("dark", "Dark")] {
                    button.btn.small name="theme" value=(value) aria-pressed=(if frame.theme.as_str() == value { "true" } else { "false" }) { (label) }
                }
            }
            span.grow {}
            form.row method="post" action=(paths::SHORTCUTS) hx-post=(paths::SHORTCUTS) hx-nonce=(frame.nonce) {
                span.soft { "Single keys (" kbd { "g" } " " kbd { "l" } ", " kbd { "?" } ")" }
                @let (value, label) = if frame.shortcuts { ("off", "Turn off") } else { ("on", "Turn on") };
                button.btn.small name="shortcuts" value=(value) { (label) }
            }
        }
    }
}
