//! Segments: audiences that people join and leave. The list, and one of them.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{PersonId, SegmentId};

use crate::components::event::person_tag;
use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the list shows.
pub struct SegmentsView {
    /// The segments, by name.
    pub rows: Vec<SegmentRow>,
    /// Whether the viewer may make one.
    pub may_write: bool,
    /// How many people the condition in the form has, and what it says.
    pub size: Option<(u64, String)>,
    /// What stands in the form.
    pub typed: form::Typed,
}

/// One segment in the list.
pub struct SegmentRow {
    /// Its id.
    pub id: SegmentId,
    /// What it is called.
    pub name: String,
    /// Who belongs to it, in words.
    pub words: String,
    /// Whether its people are added by hand.
    pub list: bool,
    /// `filling`, `ready` or `too_many`.
    pub state: &'static str,
    /// How many parts of a hundred were gone through.
    pub percent: u8,
    /// How many people are in.
    pub people: u64,
    /// Its newest version.
    pub version: u32,
    /// When that was written.
    pub changed: Timestamp,
}

/// What a segment's page shows.
pub struct SegmentView {
    /// The segment.
    pub row: SegmentRow,
    /// Whether the viewer may page through people.
    pub may_list: bool,
    /// Some of its people, where they were asked for: whom, and their masked identifier.
    pub people: Option<Vec<(PersonId, String)>>,
    /// Why the person who was asked about is in or out.
    pub why: Option<WhyView>,
    /// What came of a file.
    pub imported: Option<ImportedView>,
    /// Whether the viewer may change it.
    pub may_write: bool,
    /// What stands in the form.
    pub typed: form::Typed,
    /// How many people the condition in the form would have, and what it says.
    pub size: Option<(u64, String)>,
}

/// Why a person is in or out.
pub struct WhyView {
    /// Who.
    pub person: PersonId,
    /// Whether they are in.
    pub is_in: bool,
    /// Since when, and what brought them there.
    pub since: Option<(Timestamp, String)>,
    /// When it is looked at again though nothing happens.
    pub again: Option<Timestamp>,
    /// The parts: how deep, what it says, whether it holds, how often it was done.
    pub parts: Vec<(u8, String, bool, Option<u32>)>,
}

/// What came of a file.
pub struct ImportedView {
    /// How many were added.
    pub added: u64,
    /// How many were in already.
    pub already: u64,
    /// By how many lines nobody was found, and the first of them.
    pub unknown: (u64, Vec<u64>),
}

/// The labels of the fields, by name.
pub const LABELS: [(&str, &str); 7] = [
    ("name", "Name"),
    ("event", "Did"),
    ("times", "At least"),
    ("within", "Within"),
    ("who", "Condition"),
    ("person", "Person"),
    ("file", "Identifiers"),
];

/// The list.
pub fn page(frame: &Frame, view: &SegmentsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Segments",
        beside: Some(html! { "kept up to date while events arrive" }),
        acts: Some(html! { a.btn href=(paths::computed(workspace.id)) { "Computed traits" } }),
    };
    let columns = [
        table::words("Segment"),
        table::words("Who"),
        table::words("State"),
        table::numbers("People"),
        table::words("Changed"),
    ];
    layout::page(
        frame,
        &head,
        &html! {
            div.panel.flush {
                @if view.rows.is_empty() {
                    (notice::empty(&notice::Empty {
                        title: "No segments",
                        text: "A segment is an audience with a name: people join it when they do something, and leave it when its window ends.",
                        action: None,
                        line: None,
                    }))
                } @else {
                    (table::table("Segments", &columns, &html! {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { a href=(paths::segment(workspace.id, row.id)) { (row.name) } }
                                td { (row.words) }
                                td { (state(row)) }
                                td.n { (number::whole(row.people)) }
                                td { (time::ago(frame, row.changed)) }
                            }
                        }
                    }))
                }
            }
            @if view.may_write {
                section.panel {
                    header { h2 { "New segment" } span.soft.small { "or a list: leave all but the name empty, and add people afterwards" } }
                    (form::post(frame, &paths::segments(workspace.id), "fields wide", &html! {
                        (view.typed.notice(&LABELS))
                        (counted(view.size.as_ref()))
                        (line(&view.typed, ("name", "Name"), "What it is called here", true))
                        div.fields {
                            (line(&view.typed, ("event", "Did"), "An event, such as Order Completed", false))
                            (line(&view.typed, ("times", "At least"), "How often; once if empty", false))
                            (line(&view.typed, ("within", "Within"), "30d, 12h; ever if empty", false))
                        }
                        (line(&view.typed, ("who", "Condition"), WHO, false))
                        div.row.tight {
                            button.btn.go name="do" value="make" { "Make" }
                            button.btn name="do" value="count" { "Count first" }
                        }
                    }))
                }
            }
        },
    )
}

const WHO: &str = "Or as in a question: {\"all\":[{\"did\":{\"event\":\"Order Completed\"},\"within\":\"30d\"},{\"trait\":\"plan\",\"op\":\"eq\",\"value\":\"pro\"}]}";

/// How many people a condition would have, before it is kept.
fn counted(size: Option<&(u64, String)>) -> Markup {
    html! {
        @if let Some((people, words)) = size {
            (notice::warn(&format!("{} now", heads(*people)), &html! { p { "Whoever " (words) "." } }))
        }
    }
}

fn state(row: &SegmentRow) -> Markup {
    match row.state {
        "filling" => facts::tag("warn", &format!("filling, {} %", row.percent)),
        "too_many" => facts::tag("bad", "too many people"),
        _ => facts::tag("good", if row.list { "list" } else { "up to date" }),
    }
}

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

/// One segment.
pub fn segment_page(frame: &Frame, view: &SegmentView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let row = &view.row;
    let act = |act: &str| paths::segment_act(workspace.id, row.id, act);
    let head = layout::Head { title: "Segments", ..layout::Head::default() };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.stack {
                header { h2 { (row.name) } (state(row)) }
                div.figures { (facts::figure(&number::whole(row.people), if row.people == 1 { "person" } else { "people" })) }
                p { @if row.list { "People added by hand." } @else { "Whoever " (row.words) "." } " Version " (row.version) ", " (time::ago(frame, row.changed)) "." }
                @if row.state == "too_many" { p { "It has more people than a segment is kept up to date for: narrow its condition." } }
                p.soft.small { code { (row.id) } }
            }
            @if let Some(imported) = &view.imported { (came_of_it(imported)) }
            (asked_why(frame, view))
            @if view.may_list && view.people.is_none() && row.people > 0 {
                div { a.btn href=(paths::with_query(&paths::segment(workspace.id, row.id), &[("people", "some")])) { "Show some of its people" } " " span.soft.small { "masked, counted, and entered in the ledger" } }
            }
            @if let Some(people) = &view.people {
                @if !people.is_empty() {
                    div.panel.flush {
                        (table::table("Some of its people", &[table::words("Person"), table::words("Identifier")], &html! {
                            @for (id, identifier) in people {
                                tr { th scope="row" { (person_tag(workspace, Some(*id))) } td.mono.nw { (identifier) } }
                            }
                        }))
                    }
                }
            }
            @if view.may_write {
                @if row.list {
                    section.panel {
                        header { h2 { "Add people" } span.soft.small { "a user id or an e-mail address a line; nothing of it is kept" } }
                        (form::post(frame, &act("import"), "fields wide", &html! {
                            div.field {
                                label for="file" { "Identifiers" }
                                textarea.input.code id="file" name="file" rows="6" required {}
                            }
                            div { (form::go("Add")) }
                        }))
                    }
                }
                section.panel {
                    header { h2 { "Change it" } span.soft.small { "another condition goes through everybody once more" } }
                    (form::post(frame, &act("edit"), "fields wide", &html! {
                        (view.typed.notice(&LABELS))
                        (line(&view.typed, ("name", "Name"), "What it is called here", true))
                        (counted(view.size.as_ref()))
                        @if !row.list { (line(&view.typed, ("who", "Condition"), WHO, true)) }
                        div.row.tight {
                            (form::go("Save"))
                            @if !row.list { button.btn name="do" value="count" { "Count first" } }
                        }
                    }))
                    (form::act(frame, &act("remove"), "Remove", &format!("Remove “{}”? Broadcasts to it are not sent any more.", row.name)))
                }
            }
            div { a.btn href=(paths::segments(workspace.id)) { "Back to segments" } }
        },
    )
}

fn asked_why(frame: &Frame, view: &SegmentView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let here = paths::segment(workspace.id, view.row.id);
    html! {
        @if frame.opens.people {
            form.inline method="get" action=(here) {
                div.field {
                    label for="person" { "Why is this person in or out?" }
                    input.input #person name="person" placeholder="p_…" size="38" autocomplete="off"
                        value=(view.why.as_ref().map(|why| why.person.to_string()).unwrap_or_default());
                }
                button.btn { "Ask" }
            }
        }
        @if let Some(why) = &view.why {
            section.panel.stack {
                header { h2 { (person_tag(workspace, Some(why.person))) } (facts::tag(if why.is_in { "good" } else { "" }, if why.is_in { "in" } else { "out" })) }
                @if let Some((since, reason)) = &why.since { p { "Since " (time::ago(frame, *since)) " (" (reason) ")." } }
                @if let Some(again) = why.again { p { "Looked at again " (time::ago(frame, again)) ", though nothing happens." } }
                @if !why.parts.is_empty() {
                    (table::table("What it is made of", &[table::words("Part"), table::words("Holds"), table::numbers("Counted")], &html! {
                        @for (depth, words, met, counted) in &why.parts {
                            tr {
                                th scope="row" { ("– ".repeat(usize::from(*depth))) (words) }
                                td { (facts::tag(if *met { "good" } else { "" }, if *met { "yes" } else { "no" })) }
                                td.n { @if let Some(counted) = counted { (number::whole(u64::from(*counted))) } }
                            }
                        }
                    }))
                }
            }
        }
    }
}

fn came_of_it(imported: &ImportedView) -> Markup {
    let (unknown, lines) = &imported.unknown;
    let named: Vec<String> = lines.iter().map(u64::to_string).collect();
    let more = if lines.len() as u64 == *unknown { "" } else { " and more" };
    html! {
        (notice::good(&format!("{} added; {} were in already.", heads(imported.added), heads(imported.already))))
        @if *unknown > 0 {
            (notice::warn("Nobody was found", &html! { p { "By these lines, counted from 1: " (named.join(", ")) (more) "." } }))
        }
    }
}

fn heads(people: u64) -> String {
    number::count(people, "person").replace("persons", "people")
}
