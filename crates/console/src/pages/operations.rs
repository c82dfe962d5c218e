//! The installation, for those who run it: how it is and whether changes are taken. Nothing of any workspace.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{GrantId, MemberId, WorkspaceId};

use super::settings::{self, ApprovalRow};
use crate::components::{form, layout, number, table, time};
use crate::frame::{Frame, Held};
use crate::paths;

/// What the page shows.
pub struct OperationsView {
    /// The program's version.
    pub version: &'static str,
    /// What happened at the doors.
    pub doors: DoorsView,
    /// Why the installation is held read-only, where it is.
    pub held: Option<Held>,
    /// Who asked to end read-only.
    pub approvals: Vec<ApprovalRow>,
    /// The operator's own id, which a workspace needs to open itself to them.
    pub own: String,
    /// The workspaces that are open to them.
    pub opened: Vec<OpenedRow>,
    /// Looks into workspaces that did not open themselves.
    pub glass: Vec<GlassRow>,
    /// What was typed into the form that asks for one and was not taken.
    pub typed: form::Typed,
    /// Who follows the ledger from outside.
    pub mirrored: Vec<MirrorRow>,
}

/// A look into a workspace that did not open itself.
pub struct GlassRow {
    /// Which.
    pub id: GrantId,
    /// Into which workspace.
    pub workspace: WorkspaceId,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: MemberId,
    /// Whether it was the operator who looks at this page.
    pub own: bool,
    /// Whether it waits for another operator.
    pub waiting: bool,
    /// Until when it may be approved, or holds.
    pub until: Timestamp,
    /// What an approval is bound to.
    pub digest: String,
}

/// A place that follows the ledger from outside.
pub struct MirrorRow {
    /// `syslog` or `otlp`.
    pub place: &'static str,
    /// The next entry to hand over.
    pub next: u64,
    /// How many wait.
    pub behind: u64,
    /// What went wrong the last time.
    pub trouble: Option<String>,
}

/// A workspace that was opened to the operator who looks.
pub struct OpenedRow {
    /// Which.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// What they are to look at.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// What happened at the doors, those of all workspaces together.
pub struct DoorsView {
    /// Since when.
    pub since: Timestamp,
    /// Connections open now, and how many may be: at the collect door, at the console door.
    pub open: [(u64, u64); 2],
    /// What became of connections, by the code of it: at the collect door, at the console door.
    pub connections: Vec<(&'static str, [u64; 2])>,
    /// How requests with events were answered, by the code of it.
    pub answered: Vec<(&'static str, u64)>,
}

/// The page.
pub fn page(frame: &Frame, view: &OperationsView) -> Markup {
    let head = layout::Head { title: "Operations", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel {
                p { "You are an operator: you run this installation and see no workspace's data. There is no role that would show it to you. A workspace may open itself to you for a time, masked; for that its people need your id: " code { (view.own) } }
            }
            @if !view.opened.is_empty() { (opened(frame, &view.opened)) }
            div.even {
                section.panel { header { h2 { "Health" } } (health(view)) }
                section.panel { header { h2 { "Read-only" } } (mode(frame, view)) }
            }
            div.even {
                (connections(frame, &view.doors))
                (answers(&view.doors))
            }
            (glass(frame, view))
            @if !view.mirrored.is_empty() { (mirrored(&view.mirrored)) }
            @if !view.approvals.is_empty() {
                (settings::approvals(frame, &view.approvals, Some(&paths::operations_approve)))
            }
        },
    )
}

fn opened(frame: &Frame, rows: &[OpenedRow]) -> Markup {
    let columns = [table::words("Workspace"), table::words("For"), table::words("Until")];
    html! {
        section.panel.flush {
            header { h2 { "Open to you" } span.soft.small { "masked; its people see what you look at" } }
            (table::table("Workspaces open to you", &columns, &html! {
                @for row in rows {
                    tr {
                        th scope="row" { a href=(paths::live(row.workspace)) { (row.name) } }
                        td { (row.reason) }
                        td { (time::moment(frame, row.until)) }
                    }
                }
            }))
        }
    }
}

const LABELS: [(&str, &str); 2] = [("workspace", "Workspace"), ("why", "Reason")];

fn glass(frame: &Frame, view: &OperationsView) -> Markup {
    let columns = [
        table::words("Workspace"),
        table::words("For"),
        table::words("Asked by"),
        table::words("Until"),
        table::words(""),
    ];
    let field = |name: &'static str, label, hint| {
        form::field(&form::Field {
            name,
            label,
            value: view.typed.text(name),
            hint: Some(hint),
            wrong: view.typed.wrong(name),
            required: true,
            ..form::Field::default()
        })
    };
    html! {
        section.panel {
            header { h2 { "Breaking the glass" } span.soft.small { "a look into a workspace that did not open itself" } }
            p.soft { "For emergencies. Its people are told before anything is seen, and may end it. It takes another operator, holds for half an hour, and shows what support sees: single people, masked." }
            @if !view.glass.is_empty() {
                (table::table("Looks into workspaces", &columns, &html! {
                    @for row in &view.glass {
                        tr {
                            th scope="row" { code { (row.workspace) } }
                            td { (row.reason) }
                            td { code { (row.by) } @if row.own { " (you)" } }
                            td { (time::moment(frame, row.until)) }
                            td {
                                @if row.waiting && !row.own {
                                    (form::post(frame, &paths::operations_glass(row.id, "approve"), "row tight", &html! {
                                        input type="hidden" name="digest" value=(row.digest);
                                        button.btn.small.go { "Approve" }
                                    }))
                                }
                                (form::act(frame, &paths::operations_glass(row.id, "end"), "End", &format!("End the look for “{}”? It stops at once.", row.reason)))
                            }
                        }
                    }
                }))
                br;
            }
            (form::post(frame, paths::OPERATIONS_GLASS, "fields wide", &html! {
                (view.typed.notice(&LABELS))
                div.fields {
                    (field("workspace", "Workspace", "Its id (ws_…)"))
                    (field("why", "Reason", "What is wrong; its people read it"))
                }
                div { (form::go("Ask")) }
            }))
        }
    }
}

fn mirrored(rows: &[MirrorRow]) -> Markup {
    let columns = [
        table::words("Place"),
        table::numbers("Next entry"),
        table::numbers("Entries waiting"),
        table::words("Trouble"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "The ledger, followed from outside" } }
            (table::table("The ledger, followed from outside", &columns, &html! {
                @for row in rows {
                    tr {
                        th scope="row" { (row.place) }
                        td.n { (number::whole(row.next)) }
                        td.n { (number::whole(row.behind)) }
                        td { (row.trouble.as_deref().unwrap_or("none")) }
                    }
                }
            }))
        }
    }
}

fn health(view: &OperationsView) -> Markup {
    html! {
        p data-ready=(paths::READY) role="status" { "The console answers. Whether all of the server is ready stands at the address below." }
        p.soft.small { "Holdfast " (view.version) " · programs ask " a href=(paths::READY) { (paths::READY) } }
    }
}

fn connections(frame: &Frame, view: &DoorsView) -> Markup {
    let columns =
        [table::words("Connections"), table::numbers("Collect door"), table::numbers("Console door")];
    html! {
        section.panel.flush {
            header { h2 { "Connections" } span.soft.small { "since the start, " (time::ago(frame, view.since)) } }
            (table::table("Connections", &columns, &html! {
                tr {
                    td { "Open now, of as many as may be" }
                    @for (open, most) in view.open { td.n { (number::whole(open)) " of " (number::whole(most)) } }
                }
                @for (code, counts) in &view.connections {
                    tr { td { (connection(code)) } @for count in counts { td.n { (number::whole(*count)) } } }
                }
            }))
        }
    }
}

fn connection(code: &'static str) -> &'static str {
    match code {
        "taken" => "Taken",
        "refused_full" => "Refused: as many as may be, all at work",
        "refused_address" => "Refused: too many from one address",
        "refused_requests" => "Requests told to wait: too many from one address",
        "cut_for_others" => "Cut: idle the longest, to make room",
        "cut_slow_head" => "Cut: the head of a request came too slowly",
        "cut_idle" => "Cut: no further request for a minute",
        "cut_not_reading" => "Cut: did not read its answers",
        "cut_slow_handshake" => "Cut: TLS handshake too slow",
        "failed_handshake" => "TLS handshake failed",
        other => other,
    }
}

fn answers(view: &DoorsView) -> Markup {
    let columns = [table::words("Answer"), table::words("Status"), table::numbers("Requests")];
    html! {
        section.panel.flush {
            header { h2 { "Requests with events" } span.soft.small { "of all sources together" } }
            (table::table("Requests with events", &columns, &html! {
                @for (code, count) in &view.answered {
                    @let (words, status) = answer(code);
                    tr { td { (words) } td.soft { (status) } td.n { (number::whole(*count)) } }
                }
            }))
        }
    }
}

/// What an answer means, and its HTTP status where the dialect has no other.
fn answer(code: &'static str) -> (&'static str, &'static str) {
    match code {
        "taken" => ("Taken; single events in them may still have been refused", "200"),
        "unknown_key" => ("Refused: no source has this write key", "401"),
        "disabled" => ("Refused: the source is disabled", "403"),
        "over_quota" => ("Told to wait: the source is over its quota", "429"),
        "overloaded" => ("Told to wait: overload", "503"),
        "disk_full" => ("Told to wait: the disk is full", "503"),
        "unreadable" => ("Refused: the body cannot be read", "400"),
        "too_large" => ("Refused: the body is too large, or unpacks to too much", "413"),
        "too_slow" => ("Refused: the body came too slowly", "408"),
        other => (other, ""),
    }
}

fn mode(frame: &Frame, view: &OperationsView) -> Markup {
    html! {
        @match &view.held {
            Some(held) => {
                (settings::held_by(frame, "The installation is held read-only", held, &html! {
                    "No workspace takes changes until it ends."
                }))
                br;
                (settings::ask_form(frame, paths::OPERATIONS_MODE))
            },
            None => {
                p { "Normal: changes are taken, except in workspaces that their own people hold." }
                p.soft { "Nothing in any workspace can be changed or sent while the installation is held. Events still arrive; signing in, revoking and purging still work. Ending it takes a second operator, where there is one." }
                br;
                (settings::hold_form(frame, paths::OPERATIONS_MODE, "Every member of every workspace sees it on every page"))
            },
        }
    }
}
