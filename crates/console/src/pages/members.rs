//! Members, their roles, and invites.

use jiff::Timestamp;
use maud::{Markup, html};
use model::MemberId;

use crate::components::{copy, facts, form, layout, notice, table, time};
use crate::frame::{Frame, WorkspaceBadge};
use crate::paths;

/// The roles, strongest first, with what each may do.
pub const ROLES: [(&str, &str); 6] = [
    ("owner", "Everything an admin may, and the workspace's name and time zone"),
    ("admin", "Members, tokens, sources, read-only, the ledger; all that the others may"),
    ("marketer", "People, masked; questions; sources to look at"),
    ("analyst", "Questions over pseudonymous events, data quality"),
    ("support", "Single people, masked; a sealed value after a touch"),
    ("viewer", "Looks only: events, questions, data quality, single people masked"),
];

/// What the page shows.
pub struct MembersView {
    /// The members.
    pub members: Vec<MemberRow>,
    /// Open invites.
    pub invites: Vec<InviteRow>,
    /// Whether this member may change members.
    pub may_change: bool,
    /// The address of the invite just made, shown once.
    pub invite_url: Option<String>,
    /// The address just tried, and what is wrong with it.
    pub wrong: Option<(String, String)>,
    /// The address of the recovery just approved, shown once.
    pub recovery_url: Option<String>,
}

/// One member.
pub struct MemberRow {
    /// The id.
    pub id: MemberId,
    /// The e-mail address.
    pub email: String,
    /// The role.
    pub role: String,
    /// How many passkeys.
    pub passkeys: u32,
    /// Since when they have their role.
    pub since: Timestamp,
    /// Whether it is the one who looks.
    pub own: bool,
    /// How far a recovery of their account is.
    pub recovery: Recovering,
    /// Whether a first passkey could be allowed to them, or from when on it is.
    pub first_passkey: FirstPasskey,
}

/// A recovery of a member's account, as whoever looks may act on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Recovering {
    /// There is none.
    No,
    /// Somebody else started it: it waits for an approval.
    Waits,
    /// It runs, and approving is not theirs to do.
    Runs,
}

/// A member's first passkey, where they came in without one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FirstPasskey {
    /// They have one, or run something: not to be had this way.
    No,
    /// Nobody has allowed one.
    Possible,
    /// Allowed, from then on.
    Allowed(Timestamp),
}

/// An invite that was not accepted yet.
pub struct InviteRow {
    /// The id.
    pub id: MemberId,
    /// For whom.
    pub email: String,
    /// As what.
    pub role: String,
    /// By whom.
    pub by: String,
    /// Until when it can be accepted.
    pub until: Timestamp,
}

/// The links between the pages of Access.
pub(super) fn tabs(frame: &Frame, workspace: &WorkspaceBadge, current: &str) -> Markup {
    let pages = [
        ("Members", paths::members(workspace.id), frame.opens.members),
        ("Your passkeys and sessions", paths::passkeys(workspace.id), frame.opens.passkeys),
        ("Your password", paths::own_password(workspace.id), frame.opens.passkeys),
        ("API tokens", paths::tokens(workspace.id), frame.opens.tokens),
        ("Grants", paths::grants(workspace.id), frame.opens.grants),
        ("Review", paths::review(workspace.id), frame.opens.review),
        ("Policies", paths::policies(workspace.id), true),
        ("Single sign-on", paths::single_sign_on(workspace.id), frame.opens.members),
    ];
    html! {
        nav.tabs aria-label="Access" {
            @for (label, href, _) in pages.into_iter().filter(|(_, _, opens)| *opens) { a href=(href) aria-current=[(label == current).then_some("page")] { (label) } }
        }
    }
}

/// The page.
pub fn page(frame: &Frame, view: &MembersView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Members"))
            @if let Some(url) = &view.invite_url {
                div.panel.stack-s {
                    strong { "Send this address to the new member. It works once and is not shown again." }
                    (copy::copy_box("invite-url", url))
                }
            }
            @if let Some(url) = &view.recovery_url {
                div.panel.stack-s {
                    strong { "Send this address to the member. It works once, within a day; their old passkeys, password and sessions end then." }
                    (copy::copy_box("recovery-url", url))
                }
            }
            div.panel.flush { (members(frame, view)) }
            @if !view.invites.is_empty() { (invites(frame, view)) }
            @if view.may_change { (invite(frame, view)) }
        },
    )
}

fn members(frame: &Frame, view: &MembersView) -> Markup {
    let columns = [
        table::words("Member"),
        table::words("Role"),
        table::numbers("Passkeys"),
        table::words("Since"),
        table::words(""),
    ];
    table::table(
        "Members",
        &columns,
        &html! {
            @for member in &view.members {
                tr {
                    th scope="row" { (member.email) @if member.own { " " (facts::tag("on", "you")) } }
                    td { (role(frame, view, member)) }
                    td.n { @if member.passkeys == 0 { (facts::tag("warn", "none yet")) @if let FirstPasskey::Allowed(from) = member.first_passkey { div.small { "allowed, " (time::ago(frame, from)) } } } @else if member.passkeys == 1 { (facts::tag("warn", "only 1")) } @else { (member.passkeys) } }
                    td { (time::day(frame, member.since)) }
                    td { div.acts { (remove(frame, view, member)) } }
                }
            }
        },
    )
}

fn role(frame: &Frame, view: &MembersView, member: &MemberRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        @if view.may_change && !member.own {
            (form::post(frame, &paths::member_act(workspace.id, member.id, "role"), "row tight", &html! {
                select.input name="role" aria-label={ "Role of " (member.email) } {
                    @for (name, _) in ROLES { option value=(name) selected[name == member.role] { (name) } }
                }
                button.btn.small { "Change" }
            }))
        } @else { (member.role) }
    }
}

fn remove(frame: &Frame, view: &MembersView, member: &MemberRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        @if view.may_change && !member.own {
            (form::act(frame, &paths::member_act(workspace.id, member.id, "end-sessions"), "End sessions",
                &format!("End every session of {}? They sign in again.", member.email)))
            @match member.first_passkey {
                FirstPasskey::No => {},
                FirstPasskey::Possible => (form::act(frame, &paths::member_act(workspace.id, member.id, "allow-passkey"), "Allow a passkey",
                    &format!("Let {} enrol a first passkey? In a day, from within a session of their own; they and everybody who runs the workspace are told now, and may take it back.", member.email))),
                FirstPasskey::Allowed(_) => (form::act(frame, &paths::member_act(workspace.id, member.id, "stop-passkey"), "No passkey",
                    &format!("Take back that {} may enrol a first passkey?", member.email))),
            }
            @match member.recovery {
                Recovering::No => (form::act(frame, &paths::member_act(workspace.id, member.id, "recover"), "Recover",
                    &format!("Start to let {} back in? It is announced, and another person who runs the workspace approves it.", member.email))),
                Recovering::Waits => (form::act(frame, &paths::member_act(workspace.id, member.id, "approve-recovery"), "Approve recovery",
                    &format!("Let {} enrol anew? Somebody else started this. Make sure that it is they who asked: whoever has the code becomes them.", member.email))),
                Recovering::Runs => {},
            }
            @if member.recovery != Recovering::No {
                (form::act(frame, &paths::member_act(workspace.id, member.id, "stop-recovery"), "Stop recovery",
                    &format!("Stop the recovery of {}? A code that was made for it opens nothing.", member.email)))
            }
            (form::act(frame, &paths::member_act(workspace.id, member.id, "remove"), "Remove",
                &format!("Remove {} from {}? Their sessions and tokens here end at once.", member.email, workspace.name)))
        }
    }
}

fn invites(frame: &Frame, view: &MembersView) -> Markup {
    let columns = [
        table::words("Invited"),
        table::words("Role"),
        table::words("By"),
        table::words("Ends"),
        table::words(""),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Open invites" } (facts::tag("warn", "waiting")) }
            (table::table("Open invites", &columns, &html! {
                @for invite in &view.invites {
                    tr { th scope="row" { (invite.email) } td { (invite.role) } td { (invite.by) } td { (time::ago(frame, invite.until)) } td { div.acts { (cancel(frame, view, invite)) } } }
                }
            }))
        }
    }
}

fn cancel(frame: &Frame, view: &MembersView, invite: &InviteRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        @if view.may_change {
            (form::act(frame, &paths::member_act(workspace.id, invite.id, "cancel"), "Cancel",
                &format!("Cancel the invite for {}? Its address opens nothing any more.", invite.email)))
        }
    }
}

fn invite(frame: &Frame, view: &MembersView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (value, wrong) =
        view.wrong.as_ref().map_or(("", None), |(email, wrong)| (email.as_str(), Some(wrong.as_str())));
    let roles = ROLES.map(|(name, may)| (name, format!("{name} – {may}")));
    let roles: Vec<(&str, &str)> = roles.iter().map(|(name, text)| (*name, text.as_str())).collect();
    html! {
        section.panel {
            header { h2 { "Invite somebody" } }
            @if view.members.len() == 1 {
                (notice::warn("You are alone here", &html! { "Some actions wait for a second person. Invite one before you need them." }))
                br;
            }
            (form::post(frame, &paths::members(workspace.id), "fields", &html! {
                (form::field(&form::Field { name: "email", label: "E-mail address", kind: "email", value, wrong, required: true, ..form::Field::default() }))
                (form::select("role", "Role", "analyst", &roles))
                div { (form::go("Make an invite")) }
            }))
        }
    }
}
