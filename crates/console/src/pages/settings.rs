//! The workspace's settings.

use maud::{Markup, html};

use crate::components::{form, layout, notice, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct SettingsView {
    /// The name.
    pub name: String,
    /// The time zone's name.
    pub time_zone: String,
    /// How many days events are kept.
    pub retention_days: u32,
    /// Time zones to offer.
    pub zones: Vec<String>,
    /// Whether this member may change settings.
    pub may_change: bool,
    /// Whether this member may hold the workspace read-only.
    pub may_hold: bool,
    /// The field that is wrong, and how to mend it.
    pub wrong: Option<(String, String)>,
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
            section.panel { header { h2 { "This console" } } (console(frame)) }
        },
    )
}

fn workspace(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let wrong =
        |name: &str| view.wrong.as_ref().filter(|(field, _)| field == name).map(|(_, how)| how.as_str());
    let days = view.retention_days.to_string();
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
            (form::field(&form::Field { name: "retention_days", label: "Keep events for (days)", kind: "number", value: &days, wrong: wrong("retention_days"),
                hint: Some("Older events are removed, not archived."), required: true, ..form::Field::default() }))
            @if view.may_change { div { (form::go("Save settings")) } }
        }))
    }
}

fn mode(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let action = format!("{}/mode", paths::settings(badge.id));
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
                        p.soft { "Going back to normal waits for a second person." }
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

fn console(frame: &Frame) -> Markup {
    html! {
        div.row {
            form.row method="post" action=(paths::THEME) {
                span.soft { "Colours" }
                @for (value, label) in [("system", "As system"), ("light", "Light"), ("dark", "Dark")] {
                    button.btn.small name="theme" value=(value) aria-pressed=(if frame.theme.as_str() == value { "true" } else { "false" }) { (label) }
                }
            }
            span.grow {}
            form.row method="post" action=(paths::SHORTCUTS) {
                span.soft { "Single keys (" kbd { "g" } " " kbd { "l" } ", " kbd { "?" } ")" }
                @let (value, label) = if frame.shortcuts { ("off", "Turn off") } else { ("on", "Turn on") };
                button.btn.small name="shortcuts" value=(value) { (label) }
            }
        }
    }
}
