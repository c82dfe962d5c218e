//! The member's own passkeys and sessions.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{PasskeyId, SessionId};

use super::members::tabs;
use crate::components::{facts, form, layout, notice, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct PasskeysView {
    /// The passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// The sessions.
    pub sessions: Vec<SessionRow>,
}

/// One passkey.
pub struct PasskeyRow {
    /// The id.
    pub id: PasskeyId,
    /// The name given to it.
    pub name: String,
    /// Whether it is copied between devices by their maker.
    pub synced: bool,
    /// When it was made.
    pub made: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// One session.
pub struct SessionRow {
    /// The id.
    pub id: SessionId,
    /// Browser and system in words.
    pub device: String,
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
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(workspace, "Your passkeys and sessions"))
            @if view.passkeys.len() == 1 {
                (notice::warn("This is your only passkey", &html! { "Add a second one on another device. Without it, losing this one means a recovery that takes 24 hours." }))
            }
            section.panel.flush {
                header { h2 { "Passkeys" } }
                (passkeys(frame, view))
                footer {
                    form data-passkey="add-passkey" data-next=(paths::passkeys(workspace.id)) method="post" action=(paths::passkeys(workspace.id)) {
                        (form::go("Add a passkey"))
                    }
                }
            }
            section.panel.flush { header { h2 { "Sessions" } } (sessions(frame, view)) }
        },
    )
}

fn passkeys(frame: &Frame, view: &PasskeysView) -> Markup {
    let columns =
        [table::words("Passkey"), table::words("Kept"), table::words("Made"), table::words("Last used")];
    table::table(
        "Passkeys",
        &columns,
        &html! {
            @for passkey in &view.passkeys {
                tr {
                    th scope="row" title=(passkey.id) { (passkey.name) }
                    td { @if passkey.synced { "synced between devices" } @else { "on one device" } }
                    td { (time::day(frame, passkey.made)) }
                    td { @match passkey.used { Some(used) => (time::ago(frame, used)), None => span.soft { "never" } } }
                }
            }
        },
    )
}

fn sessions(frame: &Frame, view: &PasskeysView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Device"),
        table::words("Began"),
        table::words("Last used"),
        table::words("Ends"),
        table::words(""),
    ];
    table::table(
        "Sessions",
        &columns,
        &html! {
            @for session in &view.sessions {
                tr {
                    th scope="row" { (session.device) @if session.own { " " (facts::tag("on", "this one")) } }
                    td { (time::moment(frame, session.began)) }
                    td { (time::ago(frame, session.used)) }
                    td { (time::ago(frame, session.until)) }
                    td { div.acts {
                        (form::act(frame, &paths::session_end(workspace.id, session.id), "End", &format!("End the session on {}?", session.device)))
                    } }
                }
            }
        },
    )
}
