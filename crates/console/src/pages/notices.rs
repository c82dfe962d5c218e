//! What those who run the workspace are told without asking.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{layout, notice, table, time};
use crate::frame::Frame;

/// What the page shows.
pub struct NoticesView {
    /// The notices, newest first.
    pub notices: Vec<NoticeRow>,
}

/// One notice.
pub struct NoticeRow {
    /// When.
    pub at: Timestamp,
    /// What happened, as in the ledger.
    pub kind: String,
    /// Who did it, or whom it concerns.
    pub who: Option<String>,
}

/// What each kind means, in words.
const WORDS: &[(&str, &str)] = &[
    ("access.reset", "Sessions and tokens were ended"),
    ("alarm.raised", "A property looks different than it used to"),
    ("export.finished", "An export left whole"),
    ("export.stopped", "An export was broken off"),
    ("grant.approved", "A grant was approved"),
    ("grant.approved_alone", "A grant was approved by the one who asked, because nobody else could: weaker"),
    ("grant.asked", "Somebody asks for a grant"),
    ("grant.ended", "A grant is over"),
    ("grant.refused", "A grant was refused"),
    ("grant.used", "A grant was used"),
    ("incident.notice", "An incident touched this workspace: read it under Incidents"),
    ("lockdown", "Everything was locked down"),
    ("member.joined", "Somebody accepted an invitation"),
    ("member.removed", "A member was removed"),
    ("member.role_changed", "A member has another role"),
    ("mode.normal", "Changes are taken again"),
    ("mode.normal_asked", "Somebody asks to end read-only"),
    ("mode.read_only", "The workspace was made read-only"),
    ("passkey.added", "A passkey was added"),
    ("passkey.enrolled", "A first passkey was enrolled"),
    ("passkey.removed", "A passkey was removed"),
    ("passkeys.locked", "New passkeys are refused for the account"),
    ("passkeys.unlocked", "New passkeys are allowed for the account again"),
    ("passkeys.demanded", "Every member needs a passkey again; sessions opened without one ended"),
    ("password.breached", "The password is in a list of known ones: another one has to be chosen"),
    ("password.half", "Somebody had the password right and no code"),
    ("password.removed", "A password and its app were removed"),
    ("password.set", "A password was chosen"),
    ("passwords.allowed", "Members may sign in with a password and an authenticator app"),
    ("people.budget_near", "Somebody has seen most of the people that one member may see in a day"),
    ("people.budget_spent", "Somebody wanted to see more people than one member may, and was stopped"),
    ("person.revealed", "A value of a person was shown in clear"),
    ("recovery.started", "The recovery of an account was started"),
    ("recovery.stopped", "The recovery of an account was stopped"),
    ("recovery.ready", "The recovery of an account may be finished now"),
    ("recovery.finished", "An account was recovered"),
    (
        "stuffing.noticed",
        "Lists of addresses and passwords are being tried; passwords that were hit must be changed",
    ),
    ("support.ended", "An operator no longer looks in"),
    ("support.opened", "The workspace was opened to an operator, masked, for a time"),
    ("token.made", "An API token was made"),
];

/// The page.
pub fn page(frame: &Frame, view: &NoticesView) -> Markup {
    let head = layout::Head { title: "Notices", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            div.panel.flush {
                @if view.notices.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "Nothing to tell",
                        text: "When somebody gains or loses power here, stops collection, or sees more people than usual, it stands here. Nobody has to ask for it.",
                        action: None,
                        line: None,
                    }))
                } @else {
                    (listed(frame, &view.notices))
                }
            }
        },
    )
}

/// The notices as a table, wherever they stand.
pub(super) fn listed(frame: &Frame, notices: &[NoticeRow]) -> Markup {
    let columns = [table::words("When"), table::words("What"), table::words("Who")];
    table::table(
        "Notices",
        &columns,
        &html! {
            @for row in notices {
                tr {
                    td { (time::moment(frame, row.at)) }
                    td { (words(&row.kind)) " " code.soft { (row.kind) } }
                    td.nw { @if let Some(who) = &row.who { code { (who) } } }
                }
            }
        },
    )
}

fn words(kind: &str) -> &str {
    WORDS.iter().find(|(known, _)| *known == kind).map_or("Something was done", |(_, words)| *words)
}
