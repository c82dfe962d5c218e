//! Messages to people: templates, broadcasts, and how one goes. Nobody's address is on any of these pages.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{BroadcastId, GrantId, TemplateId};

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the list shows.
pub struct CampaignsView {
    /// The broadcasts, the newest first.
    pub broadcasts: Vec<BroadcastRow>,
    /// The templates at their newest version.
    pub templates: Vec<TemplateRow>,
    /// Whether there is a relay to hand messages to.
    pub can_send: bool,
    /// What was typed into the form that was not taken, and which form: `template`, `broadcast`.
    pub typed: (&'static str, form::Typed),
}

/// One broadcast in the list.
pub struct BroadcastRow {
    /// Its id.
    pub id: BroadcastId,
    /// What it is called.
    pub name: String,
    /// `draft`, `waiting`, `sending`, `stopped` or `done`.
    pub state: &'static str,
    /// How many people there were when it was asked for.
    pub people: u64,
    /// When it was made.
    pub made: Timestamp,
}

/// One template in the list.
pub struct TemplateRow {
    /// Its id.
    pub id: TemplateId,
    /// What it is called.
    pub name: String,
    /// Its subject.
    pub subject: String,
    /// Its newest version.
    pub version: u32,
    /// When that was written.
    pub made: Timestamp,
}

/// What a template's page shows.
pub struct TemplateView {
    /// The template.
    pub id: TemplateId,
    /// Its newest version.
    pub version: u32,
    /// What stands in the form: the newest version, or what was typed.
    pub typed: form::Typed,
}

/// What a broadcast's page shows.
pub struct BroadcastView {
    /// The broadcast.
    pub row: BroadcastRow,
    /// Its template, version, and subject.
    pub template: (TemplateId, u32, String),
    /// Who gets it, in words or JSON.
    pub who: String,
    /// What it is written for.
    pub purpose: Option<String>,
    /// Its grant, once it was asked for, and how that is.
    pub grant: Option<(GrantId, &'static str)>,
    /// What it would do now, while it is a draft.
    pub preview: Option<PreviewView>,
    /// How it goes: a word and a number of people.
    pub counts: Vec<(&'static str, u64)>,
    /// Why it ended, and when.
    pub ended: Option<(Timestamp, String)>,
    /// Whether there is a relay to hand messages to.
    pub can_send: bool,
    /// What stands in the form: the draft, or what was typed.
    pub typed: form::Typed,
}

/// What a draft would do now.
pub struct PreviewView {
    /// To how many addresses it would go.
    pub people: u64,
    /// How many are not written to.
    pub suppressed: u64,
    /// How many are not written to because they do not agree to what it is for.
    pub declined: u64,
    /// The hosts it links to.
    pub domains: Vec<String>,
    /// Why another person would have to approve it.
    pub why: Vec<&'static str>,
    /// The subject as somebody reads it of whom nothing is known.
    pub subject: String,
    /// The text likewise.
    pub text: String,
}

/// The labels of the fields, by name.
pub const LABELS: [(&str, &str); 10] = [
    ("name", "Name"),
    ("subject", "Subject"),
    ("text", "Text"),
    ("html", "HTML"),
    ("from", "From"),
    ("reply_to", "Reply to"),
    ("title", "Name"),
    ("template", "Template"),
    ("who", "Who"),
    ("purpose", "Purpose"),
];

/// What each reason to wait means.
const WHY: [(&str, &str); 9] = [
    ("people", "more people than one person sends to alone"),
    ("together", "together with what was sent within a day, more people than one person sends to alone"),
    ("new-from", "nobody here has sent from this address before"),
    ("new-links", "it links to a host that nobody here has linked to before"),
    ("first-send", "it is your first send here"),
    ("new-device", "your passkey is younger than a day"),
    ("form", "it has a form in it"),
    ("secret-words", "it asks for passwords, codes or cards, or looks as if"),
    ("new-people", "more than a tenth of its people came within a day"),
];

/// The list.
pub fn page(frame: &Frame, view: &CampaignsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let nothing = form::Typed::default();
    let typed = |form: &str| if view.typed.0 == form { &view.typed.1 } else { &nothing };
    let head = layout::Head { title: "Messages", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            @if !view.can_send { (no_relay()) }
            div.panel.flush {
                @if view.broadcasts.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No broadcasts",
                        text: "A broadcast sends one template to many people. What is large or new waits for a second person.",
                        action: None,
                        line: None,
                    }))
                } @else { (broadcasts(frame, view)) }
            }
            @if !view.templates.is_empty() {
                div.panel.flush { (templates(frame, view)) }
                (new_broadcast(frame, view, typed("broadcast")))
            }
            section.panel {
                header { h2 { "New template" } span.soft.small { "places for values: " code { "{{ first_name | default: \"there\" }}" } } }
                (form::post(frame, &paths::templates(workspace.id), "fields wide", &template_fields(typed("template"), "Save")))
            }
        },
    )
}

fn no_relay() -> Markup {
    notice::warn(
        "Nothing can be sent",
        &html! { "No relay for messages is set (" code { "messages.smtp.host" } "). Whoever runs the server sets one." },
    )
}

fn broadcasts(frame: &Frame, view: &CampaignsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns =
        [table::words("Broadcast"), table::words("State"), table::numbers("People"), table::words("Made")];
    table::table(
        "Broadcasts",
        &columns,
        &html! {
            @for row in &view.broadcasts {
                tr {
                    th scope="row" { a href=(paths::broadcast(workspace.id, row.id)) { (row.name) } }
                    td { (state(row.state)) }
                    td.n { (number::whole(row.people)) }
                    td { (time::ago(frame, row.made)) }
                }
            }
        },
    )
}

fn templates(frame: &Frame, view: &CampaignsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Template"),
        table::words("Subject"),
        table::numbers("Version"),
        table::words("Written"),
    ];
    table::table(
        "Templates",
        &columns,
        &html! {
            @for row in &view.templates {
                tr {
                    th scope="row" { a href=(paths::template(workspace.id, row.id)) { (row.name) } }
                    td { (row.subject) }
                    td.n { (row.version) }
                    td { (time::ago(frame, row.made)) }
                }
            }
        },
    )
}

fn state(state: &str) -> Markup {
    let tone = match state {
        "done" => "good",
        "waiting" | "sending" => "warn",
        "stopped" => "bad",
        _ => "",
    };
    facts::tag(tone, state)
}

fn new_broadcast(frame: &Frame, view: &CampaignsView, typed: &form::Typed) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let choices: Vec<(String, String)> = view
        .templates
        .iter()
        .map(|row| (format!("{}.{}", row.id, row.version), format!("{} (version {})", row.name, row.version)))
        .collect();
    let choices: Vec<(&str, &str)> =
        choices.iter().map(|(value, text)| (value.as_str(), text.as_str())).collect();
    html! {
        section.panel {
            header { h2 { "New broadcast" } span.soft.small { "nothing is sent before you ask for it" } }
            (form::post(frame, &paths::campaigns(workspace.id), "fields wide", &html! {
                (typed.notice(&LABELS))
                div.fields {
                    (line(typed, ("title", "Name"), "What it is called here", true))
                    (form::choice("template", "Template", (typed.text("template"), typed.wrong("template")), &choices))
                    (line(typed, ("who", "Who"), WHO, false))
                    (line(typed, ("purpose", "Purpose"), PURPOSE, false))
                }
                div { (form::go("Make")) }
            }))
        }
    }
}

const WHO: &str = "As in a question: {\"trait\":\"plan\",\"op\":\"eq\",\"value\":\"pro\"}; everybody with an address if empty";

const PURPOSE: &str = "Such as marketing: whoever refused it, or withdrew it, is not written to";

fn line(
    typed: &form::Typed,
    (name, label): (&'static str, &'static str),
    hint: &'static str,
    required: bool,
) -> Markup {
    form::field(&form::Field {
        name,
        label,
        value: typed.text(name),
        hint: Some(hint),
        wrong: typed.wrong(name),
        required,
        ..form::Field::default()
    })
}

fn area(
    typed: &form::Typed,
    (name, label): (&'static str, &'static str),
    hint: &str,
    required: bool,
) -> Markup {
    let (hint_id, wrong_id) = (format!("{name}-hint"), format!("{name}-wrong"));
    html! {
        div.field {
            label for=(name) { (label) }
            span.hint id=(hint_id) { (hint) }
            textarea.input.code id=(name) name=(name) rows="8" required[required] aria-invalid=[typed.wrong(name).map(|_| "true")]
                aria-describedby=(format!("{hint_id}{}", typed.wrong(name).map_or_else(String::new, |_| format!(" {wrong_id}")))) { (typed.text(name)) }
            @if let Some(wrong) = typed.wrong(name) { span.wrong id=(wrong_id) { (wrong) } }
        }
    }
}

fn template_fields(typed: &form::Typed, go: &str) -> Markup {
    html! {
        (typed.notice(&LABELS))
        div.fields {
            (line(typed, ("name", "Name"), "What it is called here", true))
            (line(typed, ("from", "From"), "Harbour Goods <news@harbour-goods.example>", true))
            (line(typed, ("reply_to", "Reply to"), "Where answers go, if not there", false))
            (line(typed, ("subject", "Subject"), "May have places for values", true))
        }
        (area(typed, ("text", "Text"), "Every message has it. A link to unsubscribe is added where {{ unsubscribe_url }} does not stand", true))
        (area(typed, ("html", "HTML"), "The same as HTML, or nothing", false))
        div { (form::go(go)) }
    }
}

/// A template.
pub fn template_page(frame: &Frame, view: &TemplateView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Messages", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel {
                header { h2 { "Template, version " (view.version) } span.soft.small { "saving makes the next version; broadcasts keep theirs" } }
                (form::post(frame, &paths::template(workspace.id, view.id), "fields wide", &template_fields(&view.typed, "Save as a new version")))
            }
            div { a.btn href=(paths::campaigns(workspace.id)) { "Back to messages" } }
        },
    )
}

/// A broadcast.
pub fn broadcast_page(frame: &Frame, view: &BroadcastView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head { title: "Messages", ..layout::Head::default() };
    let (template, version, subject) = &view.template;
    let act = |act: &str| paths::broadcast_act(workspace.id, view.row.id, act);
    let open = matches!(view.row.state, "draft" | "waiting");
    layout::page(
        frame,
        &head,
        &html! {
            @if !view.can_send { (no_relay()) }
            section.panel.stack {
                header { h2 { (view.row.name) } (state(view.row.state)) }
                p { "Template " a href=(paths::template(workspace.id, *template)) { "“" (subject) "”" } ", version " (version) ". For " code { (view.who) } "." @if let Some(purpose) = &view.purpose { " Its purpose is " strong { (purpose) } "." } }
                @if let Some((grant, how)) = &view.grant {
                    p { "Its grant is " (facts::tag("", how)) @if *how == "waiting" { ": another person who runs the workspace approves it under " a href=(paths::grants(workspace.id)) { "Grants" } } " " code { (grant) } }
                }
                @if let Some((at, why)) = &view.ended { p { "Ended " (time::ago(frame, *at)) ": " (why) "." } }
                @if !view.counts.is_empty() { (counts(view)) }
                div.row.tight {
                    @if view.row.state == "draft" && view.can_send {
                        (form::post(frame, &act("send"), "row tight", &html! { button.btn.go { "Ask to send it" } }))
                        (form::post(frame, &act("test"), "row tight", &html! { button.btn { "Send me a test" } }))
                    }
                    @if matches!(view.row.state, "waiting" | "sending") {
                        (form::act(frame, &act("stop"), "Stop", &format!("Stop “{}”? Whoever is waiting gets nothing.", view.row.name)))
                    }
                }
            }
            @if let Some(preview) = &view.preview { (previewed(preview)) }
            @if open {
                section.panel {
                    header { h2 { "Change it" } span.soft.small { "voids what was asked for or approved" } }
                    (form::post(frame, &act("edit"), "fields wide", &html! {
                        (view.typed.notice(&LABELS))
                        input type="hidden" name="template" value=(format!("{template}.{version}"));
                        div.fields {
                            (line(&view.typed, ("title", "Name"), "What it is called here", true))
                            (line(&view.typed, ("version", "Version"), "Of its template", true))
                            (line(&view.typed, ("who", "Who"), WHO, false))
                            (line(&view.typed, ("purpose", "Purpose"), PURPOSE, false))
                        }
                        div { (form::go("Save")) }
                    }))
                }
            }
            div { a.btn href=(paths::campaigns(workspace.id)) { "Back to messages" } }
        },
    )
}

fn counts(view: &BroadcastView) -> Markup {
    let columns = [table::words("What became of it"), table::numbers("People")];
    table::table(
        "How it goes",
        &columns,
        &html! {
            @for (word, count) in &view.counts { tr { th scope="row" { (word) } td.n { (number::whole(*count)) } } }
        },
    )
}

fn previewed(preview: &PreviewView) -> Markup {
    let words =
        |why: &str| WHY.iter().find(|(word, _)| *word == why).map_or("it has to", |(_, words)| *words);
    html! {
        section.panel.stack {
            header { h2 { "What it would do now" } span.soft.small { (number::count(preview.people, "address")) } }
            @if preview.suppressed > 0 { p { (number::whole(preview.suppressed)) " are not written to: they said so, or complained." } }
            @if preview.declined > 0 { p { (number::whole(preview.declined)) " are not written to: they do not agree to its purpose." } }
            p { @if preview.domains.is_empty() { "It links nowhere." } @else { "It links to " (preview.domains.join(", ")) "." } }
            @if preview.why.is_empty() { p { "It may go at once." } }
            @else {
                p { "Another person has to approve it, because" }
                ul { @for why in &preview.why { li { (words(why)) } } }
            }
            p { strong { (preview.subject) } }
            pre { (preview.text) }
        }
    }
}
