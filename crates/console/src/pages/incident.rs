//! One incident: whom it touched, the timeline, the notices, the reset.

use jiff::Timestamp;
use maud::{Markup, html};
use model::PersonId;

use super::incidents::IncidentRow;
use crate::components::form::{self, Typed};
use crate::components::{facts, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct IncidentView {
    /// The address of this page.
    pub here: String,
    /// As in the list.
    pub row: IncidentRow,
    /// What was asked of the ledger: name and value.
    pub asked: Vec<(&'static str, String)>,
    /// The numbers, a line for each workspace.
    pub workspaces: Vec<WorkspaceRow>,
    /// Whom it touched here; operators see none.
    pub scope: Option<ScopeView>,
    /// The timeline, oldest first.
    pub lines: Vec<LineRow>,
    /// Drafts and notices.
    pub notices: Vec<NoticeRow>,
    /// What was published of it: for a workspace what it heard.
    pub updates: Vec<UpdateRow>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Whether the one who looks may publish on the public status page.
    pub publishes: bool,
    /// What stands for the drafts that are shown.
    pub drafts: Option<String>,
    /// Whether the one who looks keeps the incident, or was only told of it.
    pub is_own: bool,
    /// What was typed into a form, and what is wrong with it.
    pub typed: Typed,
}

/// The numbers of a workspace.
pub struct WorkspaceRow {
    /// Its id.
    pub id: String,
    /// People, looks, fields with values, fields masked, other acts.
    pub counts: [u64; 5],
    /// The digest of the exact list.
    pub sha256: String,
}

/// Whom an incident touched in one workspace.
pub struct ScopeView {
    /// The address of the whole list as a file.
    pub file: String,
    /// Whether it is what was found when the incident was opened.
    pub as_opened: bool,
    /// How many people there are.
    pub people_known: u64,
    /// The people shown here: who, how often, the first and the last time.
    pub people: Vec<(PersonId, u64, String, String)>,
    /// The fields: name, whether only masked, how often.
    pub fields: Vec<(String, bool, u64)>,
    /// Who, in which sessions, what: head, name, count.
    pub counts: Vec<(&'static str, String, u64)>,
}

/// A line of the timeline.
pub struct LineRow {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub text: String,
}

/// An update that this workspace heard.
pub struct UpdateRow {
    /// When.
    pub at: Timestamp,
    /// `investigating`, `identified` or `resolved`.
    pub state: &'static str,
    /// What it is about.
    pub title: String,
    /// What is said.
    pub text: String,
    /// The number of the ledger's entry that proves it.
    pub entry: u64,
    /// The digest of the exact list.
    pub sha256: String,
}

/// A draft or a notice.
pub struct NoticeRow {
    /// Which workspace.
    pub workspace: String,
    /// The text.
    pub text: String,
    /// Who drafted it.
    pub drafted_by: String,
    /// When it was sent and by whom; a draft was not.
    pub sent: Option<(Timestamp, String)>,
    /// How many people were told.
    pub told: u64,
}

/// The fields of the notice's form: name, label, hint.
pub const WORDS: [(&str, &str, &str); 4] = [
    ("nature", "What happened", "Without names of people"),
    ("consequences", "Likely consequences", "For those whose data it is"),
    ("measures", "Measures", "What was done and will be done"),
    ("contact", "Whom to ask", "An address or a telephone number"),
];

/// The fields of the public update's form: name, label, hint.
pub const UPDATE: [(&str, &str, &str); 2] = [
    ("update_title", "Title", "What it is about, in a few words"),
    (
        "update_text",
        "Text",
        "Everybody can read it: no names, nothing that only those who are affected may know",
    ),
];

/// The page.
pub fn page(frame: &Frame, view: &IncidentView) -> Markup {
    let head = layout::Head {
        title: "Incident",
        beside: Some(
            html! { (view.row.title) " · opened " (time::ago(frame, view.row.opened)) " by " (view.row.by) },
        ),
        acts: Some(html! {
            @if let Some(scope) = &view.scope { a.btn href=(scope.file) download="incident-scope.json" { "The exact list" } }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            div.even {
                section.panel { header { h2 { "Asked of the ledger" } } (asked(view)) }
                (timeline(frame, view))
            }
            (workspaces(view))
            @if let Some(scope) = &view.scope { (touched(frame, scope)) }
            (notices(frame, view))
            @if !view.updates.is_empty() { (updates(frame, view)) }
            @if view.publishes { (publish(frame, view)) }
            @if view.is_own { (draft(frame, view)) (reset(frame, view)) (close(frame, view)) }
        },
    )
}

fn updates(frame: &Frame, view: &IncidentView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Updates" } span.soft.small { "each names the same exact list, and is proved by an entry of the ledger" } }
            ul.refused {
                @for update in &view.updates {
                    li {
                        div { strong { (update.title) } " " (facts::tag("", update.state)) }
                        div { (update.text) }
                        div.soft.small { (time::moment(frame, update.at)) " · entry " (update.entry) " · list " code { (update.sha256) } }
                    }
                }
            }
        }
    }
}

fn publish(frame: &Frame, view: &IncidentView) -> Markup {
    let typed = &view.typed;
    let states = [("investigating", "Investigating"), ("identified", "Identified"), ("resolved", "Resolved")];
    html! {
        section.panel {
            header { h2 { "Public status page" } span.soft.small { "published at once at the collect door, /status; workspaces that were told of this incident hear of it too" } }
            (form::post(frame, &format!("{}/publish", view.here), "stack", &html! {
                div.group {
                    (form::select("update_state", "State", typed.text_or("update_state", "investigating"), &states))
                    @for (name, label, hint) in UPDATE {
                        (form::field(&form::Field { name, label, hint: Some(hint), value: typed.text(name), wrong: typed.wrong(name), ..form::Field::default() }))
                    }
                }
                div { (form::go("Publish")) }
            }))
        }
    }
}

fn close(frame: &Frame, view: &IncidentView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Close" } }
            @match view.closed {
                Some(at) => p { "Closed " (time::ago(frame, at)) ". The last word stands in the timeline." },
                None => (form::post(frame, &format!("{}/close", view.here), "stack", &html! {
                    (form::field(&form::Field { name: "closing", label: "Last word", hint: Some("What it was and what was done"), value: view.typed.text("closing"), wrong: view.typed.wrong("closing"), ..form::Field::default() }))
                    div { (form::go("Close the incident")) }
                })),
            }
        }
    }
}

fn asked(view: &IncidentView) -> Markup {
    let pairs: Vec<(&str, Markup)> =
        view.asked.iter().map(|(name, value)| (*name, html! { code { (value) } })).collect();
    html! {
        (facts::facts(&pairs))
        footer.soft.small { "The same question has the same answer whatever is entered later." }
    }
}

fn timeline(frame: &Frame, view: &IncidentView) -> Markup {
    html! {
        section.panel {
            header { h2 { "Timeline" } }
            @if view.lines.is_empty() { p.soft { "The installation's operators keep it." } }
            ul.refused {
                @for line in &view.lines {
                    li { div { (line.text) } div.soft.small { (time::moment(frame, line.at)) " · " (line.by) } }
                }
            }
            @if view.is_own {
                (form::post(frame, &format!("{}/note", view.here), "stack", &html! {
                    (form::field(&form::Field { name: "text", label: "Add a line", value: view.typed.text("text"), wrong: view.typed.wrong("text"), ..form::Field::default() }))
                    div { (form::go("Add")) }
                }))
            }
        }
    }
}

fn workspaces(view: &IncidentView) -> Markup {
    let columns = [
        table::words("Workspace"),
        table::numbers("People"),
        table::numbers("Looks"),
        table::numbers("Fields"),
        table::numbers("Masked fields"),
        table::numbers("Other acts"),
        table::words("SHA-256 of the list"),
    ];
    html! {
        section.panel.flush {
            header { h2 { "Touched" } span.soft.small { "counted when the incident was opened" } }
            @if view.workspaces.is_empty() {
                (notice::empty(&notice::Empty { title: "Nothing fits", text: "The ledger has no entry that fits the question.", action: None, line: None }))
            } @else {
                (table::table("Touched", &columns, &html! {
                    @for row in &view.workspaces {
                        tr {
                            td.nw { code { (row.id) } }
                            @for count in row.counts { td.n { (number::whole(count)) } }
                            td { code.soft { (row.sha256) } }
                        }
                    }
                }))
            }
        }
    }
}

fn touched(frame: &Frame, scope: &ScopeView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let people =
        [table::words("Person"), table::numbers("Looks"), table::words("First"), table::words("Last")];
    let fields = [table::words("Field"), table::words("Seen"), table::numbers("Looks")];
    let counts = [table::words("Of"), table::words("Which"), table::numbers("Entries")];
    html! {
        @if !scope.as_opened {
            (notice::bad("This is not what was found when the incident was opened", &html! { p { "Payloads of that time have been dropped from the ledger since. What was found then stands in the digest above." } }))
        }
        section.panel.flush {
            header { h2 { "People who were shown" } span.soft.small { (number::count(scope.people_known, "person")) } }
            (table::tall("People who were shown", &people, &html! {
                @for (id, looks, first, last) in &scope.people {
                    tr {
                        td.nw { a href=(paths::with_query(&paths::ledger(workspace.id), &[("person", &id.to_string())])) title="Who saw this person" { code { (id) } } }
                        td.n { (number::whole(*looks)) }
                        td.nw { (first) }
                        td.nw { (last) }
                    }
                }
            }))
        }
        div.even {
            section.panel.flush {
                header { h2 { "Fields" } }
                (table::tall("Fields", &fields, &html! {
                    @for (name, masked, looks) in &scope.fields {
                        tr { td { code { (name) } } td { (facts::tag(if *masked { "seal" } else { "warn" }, if *masked { "masked" } else { "value" })) } td.n { (number::whole(*looks)) } }
                    }
                }))
            }
            section.panel.flush {
                header { h2 { "Who and what" } }
                (table::tall("Who and what", &counts, &html! {
                    @for (head, name, count) in &scope.counts {
                        tr { td { (head) } td.nw { code { (name) } } td.n { (number::whole(*count)) } }
                    }
                }))
            }
        }
    }
}

fn notices(frame: &Frame, view: &IncidentView) -> Markup {
    html! {
        @for row in &view.notices {
            section.panel {
                header {
                    h2 { @if row.sent.is_some() { "Notice" } @else { "Draft" } }
                    span.soft.small { code { (row.workspace) } " · drafted by " (row.drafted_by) }
                }
                @for line in row.text.lines().filter(|line| !line.is_empty()) { p { (line) } }
                @if let Some((at, by)) = &row.sent {
                    footer.soft.small { "Sent " (time::moment(frame, *at)) ", approved by " (by) ". " (number::count(row.told, "person")) " told." }
                }
            }
        }
        @if let (Some(drafts), true) = (&view.drafts, view.is_own) {
            section.panel {
                (view.typed.notice(&[("drafts_sha256", "Drafts")]))
                p { "Somebody else than whoever drafted reads the drafts above and sends them, with a touch of their passkey." }
                (form::post(frame, &format!("{}/send", view.here), "stack", &html! {
                    input type="hidden" name="drafts_sha256" value=(drafts);
                    div { (form::go("Approve and send")) }
                }))
            }
        }
    }
}

fn draft(frame: &Frame, view: &IncidentView) -> Markup {
    let typed = &view.typed;
    html! {
        section.panel {
            header { h2 { "Draft the notices" } span.soft.small { "one for each affected workspace, with its own numbers; a draft replaces the draft before" } }
            (form::post(frame, &format!("{}/draft", view.here), "stack", &html! {
                (typed.notice(&WORDS.map(|(name, label, _)| (name, label))))
                div.group {
                    @for (name, label, hint) in WORDS {
                        (form::field(&form::Field { name, label, hint: Some(hint), value: typed.text(name), wrong: typed.wrong(name), ..form::Field::default() }))
                    }
                }
                div { (form::go("Draft")) }
            }))
        }
    }
}

fn reset(frame: &Frame, view: &IncidentView) -> Markup {
    let typed = &view.typed;
    let field = |name, label, hint| {
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field { name, label, hint: Some(hint), value, wrong, ..form::Field::default() })
    };
    html! {
        section.panel {
            header { h2 { "Reset" } span.soft.small { "their sessions and tokens end at once; passkeys stay, and they sign in again" } }
            (form::post(frame, &format!("{}/reset", view.here), "stack", &html! {
                div.group {
                    (form::select("whom", "Whom", typed.text_or("whom", "named"), &[("named", "Those named here"), ("everybody", "Everybody, you included")]))
                    (field("members", "Members", "Ids, with spaces between"))
                    (field("tokens", "Tokens", "Ids, with spaces between"))
                    (field("reason", "Reason", "For the ledger"))
                }
                div { (form::go("Reset")) }
            }))
        }
    }
}
