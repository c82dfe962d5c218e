//! Those who run the installation, for each other: who there is, whose access lapses, and bringing in another one.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{GrantId, MemberId};

use crate::components::{copy, facts, form, layout, notice, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct OperatorsView {
    /// The operators, the longest-standing first.
    pub operators: Vec<OperatorRow>,
    /// The requests to bring in another one.
    pub invites: Vec<InviteRow>,
    /// The address of the code just made, shown once.
    pub enrol_url: Option<String>,
    /// What was typed into the form that asks and was not taken.
    pub typed: form::Typed,
}

/// An operator.
pub struct OperatorRow {
    /// Their id.
    pub id: MemberId,
    /// Whether it is the one who looks.
    pub own: bool,
    /// How many passkeys they have.
    pub passkeys: usize,
    /// When they last used their access, and from which network (a keyed mark).
    pub used: Option<(Timestamp, Option<String>)>,
    /// How their access stands.
    pub state: &'static str,
    /// Whether somebody may say that it is still needed.
    pub waits: bool,
    /// Who brought them in, and until when the two do not count as two people.
    pub speaks_for: Option<(MemberId, Timestamp)>,
}

/// A request to bring in another operator.
pub struct InviteRow {
    /// Which.
    pub id: GrantId,
    /// Whom for and why.
    pub reason: String,
    /// Who asked.
    pub by: MemberId,
    /// Whether it was the one who looks.
    pub own: bool,
    /// Whether nobody else could approve it: weaker.
    pub alone: bool,
    /// `waiting`, `delayed`, `ready`.
    pub state: &'static str,
    /// From when the code can be made.
    pub ready: Option<Timestamp>,
    /// When it is void.
    pub until: Timestamp,
}

/// The page.
pub fn page(frame: &Frame, view: &OperatorsView) -> Markup {
    let head = layout::Head { title: "Operators", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            @if let Some(url) = &view.enrol_url {
                div.panel.stack-s {
                    strong { "Send this address to the new operator. It works once, within a day, and is not shown again." }
                    (copy::copy_box("operator-url", url))
                }
            }
            div.panel.flush { header { h2 { "Operators" } } (operators(frame, view)) }
            @if !view.invites.is_empty() { (invites(frame, view)) }
            (ask(frame, view))
        },
    )
}

fn operators(frame: &Frame, view: &OperatorsView) -> Markup {
    let columns = [
        table::words("Operator"),
        table::numbers("Passkeys"),
        table::words("Last used"),
        table::words("Stands"),
        table::words(""),
    ];
    table::table(
        "Operators",
        &columns,
        &html! {
            @for operator in &view.operators {
                tr {
                    th scope="row" {
                        code { (operator.id) } @if operator.own { " " (facts::tag("on", "you")) }
                        @if let Some((by, until)) = &operator.speaks_for {
                            div.small.soft { "brought in by " code { (by) } "; until " (time::day(frame, *until)) " the two do not count as two people" }
                        }
                    }
                    td.n { @if operator.passkeys == 0 { (facts::tag("warn", "none yet")) } @else { (operator.passkeys) } }
                    td { @match &operator.used {
                        Some((at, from)) => { (time::ago(frame, *at)) @if let Some(from) = from { div.small.soft.mono title="keyed mark of the network" { (from) } } },
                        None => span.soft { "never" },
                    } }
                    td { (facts::tag(tone(operator.state), operator.state)) }
                    td { div.acts {
                        @if operator.waits && !operator.own {
                            (form::act(frame, &paths::operator_act(operator.id, "confirm"), "Still needed",
                                &format!("Say that {} is still needed? If their access had lapsed, it works again.", operator.id)))
                        }
                        @if !operator.own {
                            (form::act(frame, &paths::operator_act(operator.id, "remove"), "Remove",
                                &format!("Remove the operator {}? Their sessions and what was opened to them end at once.", operator.id)))
                        }
                    } }
                }
            }
        },
    )
}

fn tone(state: &str) -> &'static str {
    match state {
        "lapsed" => "bad",
        "lapsing" | "kept" => "warn",
        "used" => "good",
        _ => "",
    }
}

fn invites(frame: &Frame, view: &OperatorsView) -> Markup {
    let columns = [
        table::words("For"),
        table::words("Asked by"),
        table::words("Stands"),
        table::words("Until"),
        table::words(""),
    ];
    let act = |invite: &InviteRow, act: &str, label: &str, question: &str| {
        form::act(frame, &paths::operator_invite_act(invite.id, act), label, question)
    };
    html! {
        section.panel.flush {
            header { h2 { "To be invited" } }
            (table::table("To be invited", &columns, &html! {
                @for invite in &view.invites {
                    tr {
                        th scope="row" { (invite.reason) }
                        td { code { (invite.by) } @if invite.own { " (you)" } }
                        td {
                            (facts::tag(if invite.state == "ready" { "good" } else { "warn" }, invite.state))
                            @if invite.alone { " " (facts::tag("warn", "alone")) }
                            @if invite.state == "delayed" { @if let Some(ready) = invite.ready { div.small { "ready " (time::ago(frame, ready)) } } }
                        }
                        td { (time::moment(frame, invite.until)) }
                        td { div.acts {
                            @if invite.state == "waiting" && !invite.own {
                                (act(invite, "approve", "Approve", &format!("Approve that another operator invites “{}”? Make sure that it is they who asked.", invite.reason)))
                            }
                            @if invite.state == "ready" && invite.own {
                                (act(invite, "code", "Make the code", "Make the code? It is shown once, and you answer for whoever uses it."))
                            }
                            (act(invite, "withdraw", if invite.own { "Withdraw" } else { "Refuse" }, &format!("Nobody is invited for “{}”?", invite.reason)))
                        } }
                    }
                }
            }))
        }
    }
}

fn ask(frame: &Frame, view: &OperatorsView) -> Markup {
    let others = view.operators.iter().any(|operator| !operator.own && operator.passkeys > 0);
    html! {
        section.panel {
            header { h2 { "Invite an operator" } }
            @if !others {
                (notice::warn("You are alone", &html! {
                    "Nobody else could approve it, so it waits a day, and everybody who runs a workspace hears of it."
                }))
                br;
            }
            p.soft { "Another operator approves it, then you make the code. For a week after that the newcomer and whoever asked do not count as two people." }
            (form::post(frame, paths::OPERATIONS_OPERATORS, "fields wide", &html! {
                (view.typed.notice(&[("reason", "For")]))
                (form::field(&form::Field {
                    name: "reason", label: "For", value: view.typed.text("reason"),
                    hint: Some("Whom, and why; the other operators read it"), wrong: view.typed.wrong("reason"),
                    required: true, ..form::Field::default()
                }))
                div { (form::go("Ask")) }
            }))
        }
    }
}
