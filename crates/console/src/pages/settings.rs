//! The workspace's settings.

use jiff::Timestamp;
use maud::{Markup, html};
use model::GrantId;

use crate::components::{facts, form, layout, notice, number, time};
use crate::frame::{Frame, Held};
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
    /// Why the whole installation is held read-only, where it is.
    pub installation: Option<Held>,
    /// Why the workspace itself is, where it is.
    pub own: Option<Held>,
    /// Who asked to end read-only and waits for somebody else's approval.
    pub approvals: Vec<ApprovalRow>,
    /// Whether members may sign in with a password.
    pub passwords: bool,
    /// Whether this member may say so.
    pub may_allow: bool,
    /// How its key stands.
    pub key: KeyRow,
    /// Whether this member may have it replaced.
    pub may_replace: bool,
    /// The field that is wrong, and how to mend it.
    pub wrong: Option<(String, String)>,
}

/// How the workspace's key stands: names and counts, never a key.
pub struct KeyRow {
    /// The present key's public name.
    pub key: String,
    /// Since when.
    pub since: Timestamp,
    /// The one before it, until it is destroyed.
    pub older: Option<OlderKeyRow>,
}

/// A key that was replaced and is still needed.
pub struct OlderKeyRow {
    /// Its public name.
    pub key: String,
    /// The principal who had it replaced.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Where the work is, and how much of that is done of how much.
    pub progress: (&'static str, u64, u64),
    /// Why it does not go on.
    pub waits_for: Option<String>,
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
            section.panel { header { h2 { "Signing in" } } (signing_in(frame, view)) }
            @if !view.approvals.is_empty() { (workspace_approvals(frame, view)) }
            section.panel { header { h2 { "Key" } } (key(frame, view)) }
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

fn key(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    html! {
        p.soft { "Everything of this workspace is encrypted under a key of its own: " code { (view.key.key) } ", since " (time::day(frame, view.key.since)) "." }
        @match &view.key.older {
            Some(older) => {
                p { "It replaced " code { (older.key) } ", asked for by " (older.by) ". What that one sealed is being sealed anew, and then it is destroyed." }
                @if !older.progress.0.is_empty() {
                    p.soft.small { "At work on: " (older.progress.0) ", " (number::whole(older.progress.1)) " of " (number::whole(older.progress.2)) "." }
                }
                @if let Some(why) = &older.waits_for { (notice::warn("It does not go on", &html! { (why) })) }
            },
            None => {
                p.soft.small { "Nothing is encrypted under another one. Backups keep the key of their time." }
                @if view.may_replace {
                    br;
                    (form::act(frame, &paths::key(badge.id), "Replace the key", "Replace the workspace's key? Everything new is encrypted under a fresh one at once, everything that is there in the background; then the present key is destroyed. Nothing stops meanwhile."))
                }
            },
        }
    }
}

fn workspace_approvals(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let path = |id| paths::approve(badge.id, id);
    let path: &dyn Fn(GrantId) -> String = &path;
    approvals(frame, &view.approvals, view.may_hold.then_some(path))
}

fn signing_in(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let (words, act, label, question) = if view.passwords {
        (
            "Members sign in with a passkey, or with a password and an authenticator app. A false page can pass on the latter while they are typed. Owners and admins need a passkey.",
            "demand",
            "Demand passkeys",
            "Demand passkeys of every member? Sessions opened with a password end at once, and whoever has no passkey stays outside until two people who run the workspace let them enrol one.",
        )
    } else {
        (
            "Members sign in with a passkey alone.",
            "allow",
            "Allow passwords",
            "Allow members other than owners and admins to sign in with a password and an authenticator app? A false page can pass both on while they are typed.",
        )
    };
    html! {
        p.soft { (words) }
        @if view.may_allow { br; (form::act(frame, &paths::passwords_act(badge.id, act), label, question)) }
    }
}

fn mode(frame: &Frame, view: &SettingsView) -> Markup {
    let Some(badge) = &frame.workspace else { return html! {} };
    let action = paths::mode(badge.id);
    html! {
        @if let Some(held) = &view.installation {
            (held_by(frame, "The whole installation is held read-only", held, &html! {
                "Nothing in this workspace can be changed until that ends, whatever is set below. An operator can end it under Operations."
            }))
            br;
        }
        @match &view.own {
            Some(held) => {
                (held_by(frame, "This workspace is held read-only", held, &html! {}))
                br;
                @if view.may_hold { (ask_form(frame, &action)) }
            },
            None => {
                @if view.installation.is_some() { p.soft { "The workspace itself is not held. It can be, and then stays so after the installation is not." } }
                p.soft { "Nothing in the workspace can be changed or sent while it is held. Events still arrive; signing in, revoking and purging still work. Ending it takes a second person." }
                br;
                @if view.may_hold { (hold_form(frame, &action, "Every member sees it on every page")) }
            },
        }
    }
}

/// That something is held read-only: why, who set it, since when, and what follows.
pub(super) fn held_by(frame: &Frame, title: &str, held: &Held, then: &Markup) -> Markup {
    notice::warn(
        title,
        &html! {
            p { (held.reason) }
            p.soft { "set by " (held.by) ", " (time::ago(frame, held.since)) }
            p { (then) }
        },
    )
}

/// Asks for the way back to normal.
pub(super) fn ask_form(frame: &Frame, action: &str) -> Markup {
    form::post(
        frame,
        action,
        "fields",
        &html! {
            input type="hidden" name="mode" value="normal";
            (form::field(&form::Field { name: "reason", label: "Why it may end", hint: Some("Going back to normal waits for a second person, where there is one"), required: true, ..form::Field::default() }))
            div { button.btn { "Ask to end read-only" } }
        },
    )
}

/// Holds read-only, at once.
pub(super) fn hold_form(frame: &Frame, action: &str, hint: &str) -> Markup {
    form::post(
        frame,
        action,
        "fields",
        &html! {
            input type="hidden" name="mode" value="read_only";
            (form::field(&form::Field { name: "reason", label: "Reason", hint: Some(hint), required: true, ..form::Field::default() }))
            div { button.btn.danger { "Hold read-only" } }
        },
    )
}

/// The open requests to end read-only; `path` is where one is approved, where whoever looks may.
pub(super) fn approvals(
    frame: &Frame,
    rows: &[ApprovalRow],
    path: Option<&dyn Fn(GrantId) -> String>,
) -> Markup {
    html! {
        section.panel {
            header { h2 { "Waiting for approval" } (facts::tag("warn", "end read-only")) }
            ul.refused {
                @for approval in rows {
                    li {
                        div.row {
                            strong { (approval.reason) }
                            span.soft.small { "asked by " (approval.by) " · ends " (time::ago(frame, approval.until)) }
                            span.grow {}
                            @if let Some(path) = path {
                                (form::post(frame, &path(approval.id), "", &html! { button.btn.small { "Approve" } }))
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
