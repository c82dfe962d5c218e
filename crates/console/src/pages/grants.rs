//! Grants: asked for, approved by another person, used, ended; exports with them, support, and whose a leaked file is.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{GrantId, MemberId};

use super::members::tabs;
use crate::components::{copy, facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct GrantsView {
    /// The grants, the newest first.
    pub grants: Vec<GrantRow>,
    /// Whether this member may say yes or no, open to support, and trace a leak.
    pub may_decide: bool,
    /// Whether somebody else could say yes or no.
    pub alone: bool,
    /// What was typed into the form that was not taken, and which form: `ask`, `support`, `leak`.
    pub typed: (&'static str, form::Typed),
    /// What was found out about a leaked file.
    pub traced: Option<TracedView>,
}

/// One grant.
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// `export`, `support` or `break_glass`.
    pub kind: &'static str,
    /// How it is: `waiting`, `open`, …
    pub state: &'static str,
    /// Why it was asked for.
    pub reason: String,
    /// Who asked, by address or id.
    pub by: String,
    /// Who may use it, where that is somebody else.
    pub subject: Option<MemberId>,
    /// What an export may hold: names and values.
    pub scope: Vec<(&'static str, String)>,
    /// When it was asked for.
    pub asked: Timestamp,
    /// Until when it waits or holds.
    pub until: Option<Timestamp>,
    /// Not before, where it waits for that.
    pub ready: Option<Timestamp>,
    /// Who said yes or no.
    pub decided_by: Option<String>,
    /// Whether the one who asked said yes.
    pub alone: bool,
    /// Whether it was told by one channel alone.
    pub one_channel: bool,
    /// What its approval must name.
    pub digest: String,
    /// Whether the one who looks asked for it.
    pub own: bool,
    /// Whether its file is ready to be taken.
    pub file: bool,
}

/// What was found out about a leaked file.
pub struct TracedView {
    /// How many lines were looked at.
    pub lines: u64,
    /// How many people were recognised.
    pub people: u64,
    /// The export it came from, and the word for what proves it.
    pub proved: Option<(GrantId, &'static str)>,
    /// The exports that share people with it: id, canaries, people, of how many.
    pub exports: Vec<(GrantId, u64, u64, u64)>,
}

/// The labels of the fields, by name.
pub const LABELS: [(&str, &str); 10] = [
    ("reason", "Reason"),
    ("fields", "Fields"),
    ("rows_max", "Rows at most"),
    ("recipients", "Recipients"),
    ("who", "Who"),
    ("life_s", "Holds for"),
    ("operator", "Operator"),
    ("support_reason", "Reason"),
    ("hours", "Open for"),
    ("leak", "Leaked text"),
];

const LIVES: [(&str, &str); 3] = [("1800", "30 minutes"), ("3600", "1 hour"), ("14400", "4 hours")];
const HOURS: [(&str, &str); 4] =
    [("3600", "1 hour"), ("14400", "4 hours"), ("86400", "1 day"), ("259200", "3 days")];
const FORMATS: [(&str, &str); 2] = [("csv", "CSV"), ("ndjson", "NDJSON")];

/// The page.
pub fn page(frame: &Frame, view: &GrantsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Grants"))
            @if let Some(traced) = &view.traced { (traced_panel(traced)) }
            div.panel.flush {
                @if view.grants.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No grants",
                        text: "A grant lets somebody do something once or for a time because another person said so: take people out as a file, or let an operator look in. Ask for one below.",
                        action: None,
                        line: None,
                    }))
                } @else { (grants(frame, view)) }
            }
            (ask(frame, view))
            @if view.may_decide { (support(frame, view)) (leak(frame)) }
        },
    )
}

fn grants(frame: &Frame, view: &GrantsView) -> Markup {
    let columns = [
        table::words("Grant"),
        table::words("For"),
        table::words("Who"),
        table::words("State"),
        table::words(""),
    ];
    table::table(
        "Grants",
        &columns,
        &html! {
            @for grant in &view.grants {
                tr {
                    th scope="row" title=(grant.id) { (grant.kind) " " span.soft { (time::ago(frame, grant.asked)) } }
                    td {
                        div { (grant.reason) }
                        div.soft.small { @for (name, value) in &grant.scope { (name) ": " (value) br; } }
                    }
                    td {
                        div { (grant.by) @if grant.own { " " (facts::tag("on", "you")) } }
                        @if let Some(subject) = grant.subject {
                            div.soft.small { "for " code { (subject) } }
                            // Every look of theirs is an entry the moment it is answered.
                            @if !matches!(grant.kind, "export" | "send") && frame.opens.ledger { div.small { a href=(looks(frame, subject)) { "What they look at" } } }
                        }
                        @if let Some(by) = &grant.decided_by { div.soft.small { "decided by " (by) } }
                    }
                    td { (state(frame, grant)) }
                    td { div.acts { (acts(frame, view, grant)) } }
                }
            }
        },
    )
}

fn looks(frame: &Frame, operator: MemberId) -> String {
    let ledger = frame.workspace.as_ref().map(|workspace| paths::ledger(workspace.id)).unwrap_or_default();
    paths::with_query(&ledger, &[("principal", &operator.to_string())])
}

fn state(frame: &Frame, grant: &GrantRow) -> Markup {
    let tone = match grant.state {
        "open" | "used" => "good",
        "waiting" | "delayed" => "warn",
        _ => "",
    };
    html! {
        (facts::tag(tone, grant.state))
        @if grant.alone { " " (facts::tag("warn", "alone: weaker")) }
        @if grant.one_channel { " " (facts::tag("warn", "one channel: weaker")) }
        @if let Some(ready) = grant.ready { div.soft.small { "ready " (time::ago(frame, ready)) } }
        @if let Some(until) = grant.until { div.soft.small { "until " (time::moment(frame, until)) } }
    }
}

fn acts(frame: &Frame, view: &GrantsView, grant: &GrantRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let act = |act: &str| paths::grant_act(workspace.id, grant.id, act);
    html! {
        @if grant.state == "waiting" && view.may_decide && (!grant.own || view.alone) {
            // A broken glass is for another operator to approve; here it can be refused.
            @if matches!(grant.kind, "export" | "send") {
                (form::post(frame, &act("approve"), "row tight", &html! {
                    input type="hidden" name="digest" value=(grant.digest);
                    button.btn.small.go { "Approve" }
                }))
            }
            (form::act(frame, &act("refuse"), "Refuse", &format!("Refuse the {} for “{}”?", grant.kind, grant.reason)))
        }
        @if grant.state == "open" && grant.kind == "export" && grant.own {
            (form::post(frame, &act("begin"), "row tight", &html! { button.btn.small.go { "Begin export" } }))
        }
        @if grant.file {
            // A plain form: what comes is a file, which can be had once.
            form method="post" action=(paths::export_file(workspace.id, grant.id)) { button.btn.small.go { "Take the file" } }
        }
        @if matches!(grant.state, "waiting" | "delayed" | "open" | "used") && (grant.own || view.may_decide) {
            (form::act(frame, &act("end"), "End", &format!("End the {} for “{}”? It stops at once.", grant.kind, grant.reason)))
        }
    }
}

fn typed<'a>(view: &'a GrantsView, form: &str, nothing: &'a form::Typed) -> &'a form::Typed {
    if view.typed.0 == form { &view.typed.1 } else { nothing }
}

fn ask(frame: &Frame, view: &GrantsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let nothing = form::Typed::default();
    let typed = typed(view, "ask", &nothing);
    let field = |name: &'static str, label, value, hint| {
        form::field(&form::Field {
            name,
            label,
            value,
            hint: Some(hint),
            wrong: typed.wrong(name),
            required: name != "who",
            ..form::Field::default()
        })
    };
    html! {
        section.panel {
            header { h2 { "Ask to export people" } span.soft.small { "another person approves it, with a touch" } }
            @if view.alone {
                (notice::warn("Nobody else could approve", &html! { "You may approve it yourself. It is then ready after half an hour, is announced to the operators too, and is called alone wherever it stands: that is weaker than two people." }))
                br;
            }
            (form::post(frame, &paths::grants(workspace.id), "fields wide", &html! {
                (typed.notice(&LABELS))
                div.fields {
                    (field("reason", "Reason", typed.text("reason"), "What the file is for; it stays in the ledger"))
                    (field("fields", "Fields", typed.text_or("fields", "id, user_id, traits.email"), "id, user_id, anonymous_id, first_seen, last_seen, events, traits.NAME"))
                    (field("who", "Who", typed.text("who"), "As in a question: {\"trait\":\"plan\",\"op\":\"eq\",\"value\":\"pro\"}; everybody if empty"))
                    (field("rows_max", "Rows at most", typed.text_or("rows_max", "1000"), "No more people leave than this"))
                    (field("recipients", "Recipients", typed.text("recipients"), "The public halves of age keys (age1…), separated by commas; nobody else can open the file, not even this server"))
                    (form::select("format", "Format", typed.text_or("format", "csv"), &FORMATS))
                    (form::choice("life_s", "Holds for", (typed.text_or("life_s", "1800"), typed.wrong("life_s")), &LIVES))
                }
                div { (form::go("Ask")) }
            }))
        }
    }
}

fn support(frame: &Frame, view: &GrantsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let nothing = form::Typed::default();
    let typed = typed(view, "support", &nothing);
    html! {
        section.panel {
            header { h2 { "Let an operator look in" } span.soft.small { "off unless you open it; masked; never exports; asks for a touch" } }
            (form::post(frame, &paths::grants_support(workspace.id), "fields wide", &html! {
                (typed.notice(&LABELS))
                div.fields {
                    (form::field(&form::Field { name: "operator", label: "Operator", value: typed.text("operator"), hint: Some("Their id (mem_…), as they tell you"), wrong: typed.wrong("operator"), required: true, ..form::Field::default() }))
                    (form::field(&form::Field { name: "support_reason", label: "Reason", value: typed.text("support_reason"), hint: Some("What they are to look at"), wrong: typed.wrong("support_reason"), required: true, ..form::Field::default() }))
                    (form::choice("hours", "Open for", (typed.text_or("hours", "3600"), typed.wrong("hours")), &HOURS))
                }
                div { (form::go("Open")) }
            }))
        }
    }
}

fn leak(frame: &Frame) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        section.panel {
            header { h2 { "Where does a leaked file come from?" } span.soft.small { "nothing of it is kept" } }
            (form::post(frame, &paths::leaks(workspace.id), "fields wide", &html! {
                div.field {
                    label for="leak" { "Leaked text" }
                    span.hint id="leak-hint" { "Paste lines of it, as they are; 2,000 are plenty. Large files: " code { "holdfast attribute FILE" } }
                    textarea.input.code id="leak" name="leak" rows="6" spellcheck="false" required aria-describedby="leak-hint" {}
                }
                div { (form::go("Find its export")) }
            }))
        }
    }
}

fn traced_panel(traced: &TracedView) -> Markup {
    let columns = [
        table::words("Export"),
        table::numbers("Canaries"),
        table::numbers("People of it"),
        table::numbers("Of"),
    ];
    html! {
        section.panel.stack role="status" {
            h2 { "Where the file comes from" }
            @match traced.proved {
                Some((grant, "canary")) => p { "It came from the export of the grant " code { (grant) } ": somebody is in it who was in that file and nowhere else." },
                Some((grant, _)) => p { "It came from the export of the grant " code { (grant) } ": its people are exactly that file's, and no other's." },
                None if traced.exports.is_empty() => p { "No export of this workspace has anybody of it." },
                None => p { "Nothing proves which. These exports share people with it, the likeliest first; that is a guess and accuses nobody." },
            }
            p.soft { (number::count(traced.lines, "line")) " looked at, " (number::whole(traced.people)) " people recognised." }
            @if !traced.exports.is_empty() {
                (table::table("Exports that share people with it", &columns, &html! {
                    @for (grant, canaries, people, of) in &traced.exports {
                        tr { th scope="row" { code { (grant) } } td.n { (number::whole(*canaries)) } td.n { (number::whole(*people)) } td.n { (number::whole(*of)) } }
                    }
                }))
            }
        }
    }
}

/// What a person who began an export sees: the file, once.
pub fn begun_page(frame: &Frame, grant: GrantId, until: Timestamp) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Access", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            (tabs(frame, workspace, "Grants"))
            div.panel.stack {
                div.stack-s {
                    h2 { "The export is ready" }
                    p { strong { "It can be taken once, in this session," } " until " (time::moment(frame, until)) ". It is encrypted to the recipients of its grant; open it with " code { "age -d" } "." }
                    p.soft { "Some persons in it exist in this file alone: a copy that turns up elsewhere names this grant." }
                }
                form method="post" action=(paths::export_file(workspace.id, grant)) { (form::go("Take the file")) }
                (copy::code(&grant.to_string()))
                div { a.btn href=(paths::grants(workspace.id)) { "Back to the grants" } }
            }
        },
    )
}
