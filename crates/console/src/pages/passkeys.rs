//! One's own passkeys and sessions: a member's or an operator's.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{PasskeyId, SessionId};

use super::members::tabs;
use super::notices::{self, NoticeRow};
use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct PasskeysView {
    /// The address of this page, under which its actions stand.
    pub path: String,
    /// The passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// The sessions.
    pub sessions: Vec<SessionRow>,
    /// Whether new passkeys are refused.
    pub locked: bool,
    /// From when on a first one may be enrolled, where one was allowed.
    pub first: Option<Timestamp>,
    /// What was told about the account lately, newest first.
    pub told: Vec<NoticeRow>,
}

/// One passkey.
pub struct PasskeyRow {
    /// The id.
    pub id: PasskeyId,
    /// The name given to it.
    pub name: String,
    /// When it was made.
    pub made: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// One session.
pub struct SessionRow {
    /// Whether the device's key alone renews it.
    pub bound: bool,
    /// From how many networks it was used.
    pub networks: usize,
    /// The id.
    pub id: SessionId,
    /// The name of the passkey it was opened with.
    pub passkey: String,
    /// When it began.
    pub began: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// Until when it lasts.
    pub until: Timestamp,
    /// Whether it is the one in use.
    pub own: bool,
}

/// The page.
pub fn page(frame: &Frame, view: &PasskeysView) -> Markup {
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            @if let Some(workspace) = &frame.workspace { (tabs(frame, workspace, "Your passkeys and sessions")) }
            @if view.passkeys.len() == 1 {
                (notice::warn("This is your only passkey", &html! {
                    "Add a second one on another device."
                    @if !frame.operator { " Without it, losing this one means a recovery that takes 24 hours." }
                }))
            }
            section.panel.flush {
                header { h2 { "Passkeys" } }
                (passkeys(frame, view))
                @if view.passkeys.is_empty() { (first(frame, view)) }
                @else if view.locked { footer {
                    p { "No passkey can be added to your account." }
                    (form::act(frame, &paths::passkeys_unlock(&view.path), "Allow new passkeys",
                        "Allow new passkeys for your account? Whoever has a session and a touch of yours could add one."))
                } } @else { footer {
                    form data-passkey="add-passkey" data-next=(view.path) class="inline" method="post" action=(view.path) {
                        (form::field(&form::Field { name: "name", label: "Name of the new one", value: "", required: true, ..form::Field::default() }))
                        (form::go("Add a passkey"))
                    }
                    (form::act(frame, &paths::passkeys_lock(&view.path), "No more passkeys",
                        "Refuse new passkeys for your account until you allow them again?"))
                } }
            }
            section.panel.flush {
                header { h2 { "Sessions" } }
                (sessions(frame, view))
                @if view.sessions.len() > 1 {
                    footer {
                        (form::act(frame, &paths::sessions_end(&view.path), "End all other sessions",
                            &format!("End {}? Only this one goes on.", number::count(view.sessions.len() as u64 - 1, "session"))))
                    }
                }
            }
            @if !view.told.is_empty() {
                section.panel.flush {
                    header { h2 { "What you were told" } }
                    (notices::listed(frame, &view.told))
                }
            }
        },
    )
}

/// A session without a touch adds no passkey: the first one was allowed by somebody, and is enrolled after a day.
fn first(frame: &Frame, view: &PasskeysView) -> Markup {
    html! {
        footer {
            @match view.first {
                None => p { "You have no passkey. Whoever runs the workspace can allow you a first one: Access, Members, " em { "Allow a passkey" } "." },
                Some(from) if from > frame.now => p { "A first passkey was allowed to you; it can be enrolled " (time::ago(frame, from)) ". If you did not ask for it, refuse it." },
                Some(_) => {
                    form data-passkey="add-first" data-next=(view.path) class="inline" method="post" action=(view.path) {
                        (form::field(&form::Field { name: "name", label: "Name of your first passkey", value: "", required: true, ..form::Field::default() }))
                        (form::go("Enrol a passkey"))
                    }
                },
            }
            @if view.first.is_some() {
                (form::act(frame, &paths::passkey_refuse(&view.path), "I did not want this", "Refuse the passkey that was allowed to you?"))
            }
        }
    }
}

fn passkeys(frame: &Frame, view: &PasskeysView) -> Markup {
    let columns =
        [table::words("Passkey"), table::words("Made"), table::words("Last used"), table::words("")];
    table::table(
        "Passkeys",
        &columns,
        &html! {
            @for passkey in &view.passkeys {
                tr {
                    th scope="row" title=(passkey.id) { (passkey.name) }
                    td { (time::day(frame, passkey.made)) }
                    td { @match passkey.used { Some(used) => (time::ago(frame, used)), None => span.soft { "never" } } }
                    td { div.acts {
                        @if view.passkeys.len() > 1 {
                            (form::act(frame, &paths::passkey_remove(&view.path, passkey.id), "Remove",
                                &format!("Remove the passkey {}? Sessions opened with it end.", passkey.name)))
                        }
                    } }
                }
            }
        },
    )
}

fn sessions(frame: &Frame, view: &PasskeysView) -> Markup {
    let columns =
        [table::words("Opened with"), table::words("Began"), table::words("Last used"), table::words("Ends")];
    table::table(
        "Sessions",
        &columns,
        &html! {
            @for session in &view.sessions {
                tr {
                    th scope="row" { (session.passkey) @if session.own { " " (facts::tag("on", "this one")) }
                        @if session.bound { " " (facts::tag("ok", "bound to the device")) }
                        @if session.networks > 1 { " " (facts::tag("warn", &format!("used from {} networks", session.networks))) } }
                    td { (time::moment(frame, session.began)) }
                    td { (time::ago(frame, session.used)) }
                    td { (time::ago(frame, session.until)) }
                }
            }
        },
    )
}
