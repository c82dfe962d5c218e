//! Purges: asking for one, its dry run, how far those are that were ordered, and their reports.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, PurgeId};
use serde_json::Value;

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// The fields of the form, in order, with the names it gives them; all are kept from the dry run to the order.
pub const FIELDS: [(&str, &str); 14] = [
    ("property", "Property"),
    ("value", "Value"),
    ("within", "Where the value counts"),
    ("shield", "What today's shield rules find"),
    ("event", "Events named"),
    ("person", "Person"),
    ("source", "Source"),
    ("sdk", "Library"),
    ("sdk_from", "From version"),
    ("sdk_to", "To version"),
    ("from", "From"),
    ("to", "Before"),
    ("remove", "What goes"),
    ("reason", "Why"),
];

/// What the page shows.
pub struct PurgesView {
    /// Those that were ordered, the newest first.
    pub purges: Vec<PurgeRow>,
    /// Whether this member may order one.
    pub may_begin: bool,
    /// What was typed, and what is wrong with it.
    pub typed: form::Typed,
    /// What the dry run found.
    pub counted: Option<CountedView>,
}

/// A purge.
pub struct PurgeRow {
    /// Its id.
    pub id: PurgeId,
    /// What was asked for, in words, without the value.
    pub asked: String,
    /// Who ordered it.
    pub by: String,
    /// When.
    pub ordered: Timestamp,
    /// How far it is, in words.
    pub step: String,
    /// Whether it is done.
    pub done: bool,
}

/// A dry run.
pub struct CountedView {
    /// Events that have it.
    pub events: u64,
    /// Their people.
    pub people: u64,
    /// Properties with how many events.
    pub properties: Vec<(String, u64)>,
    /// The first and the last.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Whether everything was looked through.
    pub complete: bool,
}

/// One purge.
pub struct PurgeView {
    /// As in the list.
    pub row: PurgeRow,
    /// What it waits for.
    pub note: Option<String>,
    /// The ledger's entry that holds the report's digest.
    pub entry: Option<u64>,
    /// The report.
    pub report: Option<Value>,
}

/// The page.
pub fn page(frame: &Frame, view: &PurgesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Purges",
        beside: Some(html! { "What should not have been kept, taken out of everywhere." }),
        acts: Some(html! { a.btn href=(paths::quality(workspace.id)) { "Data quality" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            @if let Some(counted) = &view.counted { (dry_run(frame, view, counted)) }
            @if view.counted.is_none() || !view.purges.is_empty() { section.panel.flush {
                header { h2 { "Ordered" } span.soft.small { "each with a report, entered in the ledger" } }
                @if view.purges.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nothing was purged",
                        text: "A purge removes a value, a property or whole events from the journal, the archive, profiles, the vault and quarantine, and reports where it stood. It cannot be undone.",
                        action: None, line: None }))
                } @else { (list(frame, view)) }
            } }
            @if view.may_begin && view.counted.is_none() { (ask(frame, view)) }
        },
    )
}

fn list(frame: &Frame, view: &PurgesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [table::words("Ordered"), table::words("What"), table::words("By"), table::words("State")];
    table::table(
        "Purges",
        &columns,
        &html! {
            @for row in &view.purges {
                tr {
                    td.nw { a href=(paths::purge(workspace.id, row.id)) { (time::moment(frame, row.ordered)) } }
                    td { (row.asked) }
                    td.nw { (row.by) }
                    td { (facts::tag(if row.done { "good" } else { "warn" }, &row.step)) }
                }
            }
        },
    )
}

fn ask(frame: &Frame, view: &PurgesView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let typed = &view.typed;
    let label = |name: &str| FIELDS.iter().find(|(field, _)| *field == name).map_or("", |(_, label)| *label);
    let field = |name, hint| {
        let (value, wrong) = (typed.text(name), typed.wrong(name));
        form::field(&form::Field {
            name,
            label: label(name),
            hint: Some(hint),
            value,
            wrong,
            ..form::Field::default()
        })
    };
    let finds: Vec<(&str, &str)> = [("", "—"), ("secrets", "any secret")]
        .into_iter()
        .chain(Class::ALL.into_iter().map(|class| (class.as_str(), class.as_str())))
        .collect();
    let choice = |name, usual, choices: &[(&str, &str)]| {
        form::choice(name, label(name), (typed.text_or(name, usual), typed.wrong(name)), choices)
    };
    html! {
        section.panel {
            header { h2 { "New purge" } span.soft.small { "counted first; all conditions must hold" } }
            (form::post(frame, &paths::purges_count(workspace.id), "stack", &html! {
                (typed.notice(&FIELDS))
                fieldset.group {
                    legend { "What is looked for" }
                    (field("property", "properties.note, traits.nickname; lists as []"))
                    (choice("shield", "", &finds))
                    (field("value", "As typed and in its usual encodings; kept sealed until it is gone"))
                    (choice("within", "yes", &[("yes", "also inside longer texts"), ("no", "only where it is the whole text")]))
                }
                fieldset.group {
                    legend { "In which events" }
                    (field("event", "Exactly this name"))
                    (field("person", "A person's id, as p_…"))
                    (field("source", "A source's id, as src_…"))
                    (field("sdk", "As it names itself: analytics.js"))
                    (field("sdk_from", "2.1"))
                    (field("sdk_to", "2.10.4"))
                    (field("from", "A day or an instant, UTC: 2026-08-01"))
                    (field("to", "A day or an instant, UTC"))
                }
                fieldset.group {
                    legend { "What is done" }
                    (choice("remove", "property", &[
                        ("property", "The value; a mark stands in its place"),
                        ("event", "The whole event"),
                        ("person", "Everything of the people who have it"),
                    ]))
                    (field("reason", "For the report and the ledger; without the value"))
                }
                div { (form::go("Count first")) }
            }))
        }
    }
}

fn dry_run(frame: &Frame, view: &PurgesView, counted: &CountedView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        section.panel.stack {
            header { h2 { "Dry run" } span.soft.small { "nothing has changed yet" } }
            div.figures {
                (facts::figure(&number::whole(counted.events), "events have it"))
                (facts::figure(&number::whole(counted.people), "people are theirs"))
            }
            (facts::facts(&conditions(frame, view, counted)))
            @if !counted.complete { p.warn { "There was not time to look through everything: there are at least so many." } }
            p.soft.small { "Sealed values in the vault are not counted here; they are purged all the same." }
            @if !counted.properties.is_empty() {
                (table::table("Properties", &[table::words("Property"), table::numbers("Events")], &html! {
                    @for (property, events) in &counted.properties {
                        tr { td { code { (property) } } td.n { (number::whole(*events)) } }
                    }
                }))
            }
            @if view.may_begin {
                (form::post(frame, &paths::purges(workspace.id), "row", &html! {
                    @for (name, value) in &view.typed.texts { input type="hidden" name=(name) value=(value); }
                    button.btn.danger { (ordering(view, counted)) }
                    a.btn href=(paths::purges(workspace.id)) { "Leave it" }
                    span.soft.small { "asks for a touch of your passkey; it cannot be undone" }
                }))
            }
        }
    }
}

/// What was asked for, in the form's own words, and when what was found happened.
fn conditions(frame: &Frame, view: &PurgesView, counted: &CountedView) -> Vec<(&'static str, Markup)> {
    let is_asked = |name: &str| match name {
        "within" => !view.typed.text("value").is_empty(),
        "remove" => false,
        name => !view.typed.text(name).is_empty(),
    };
    let shown = |name: &str| match (name, view.typed.text(name)) {
        ("within", "no") => html! { "only where it is the whole text" },
        ("within", _) => html! { "also inside longer texts" },
        ("reason", text) => html! { (text) },
        (_, text) => html! { code { (text) } },
    };
    let asked =
        FIELDS.into_iter().filter(|(name, _)| is_asked(name)).map(|(name, label)| (label, shown(name)));
    let span = counted.span.map(|(first, last)| {
        ("They happened", html! { (time::moment(frame, first)) " to " (time::moment(frame, last)) })
    });
    asked.chain(span).collect()
}

/// What the button does, with its number.
fn ordering(view: &PurgesView, counted: &CountedView) -> String {
    let events = number::count(counted.events, "event");
    match view.typed.text_or("remove", "property") {
        "event" => format!("Remove {events} for good"),
        "person" if counted.people == 1 => "Erase 1 person for good".to_owned(),
        "person" => format!("Erase {} people for good", number::whole(counted.people)),
        _ => format!("Take it out of {events} for good"),
    }
}

/// The page of one purge.
pub fn one(frame: &Frame, view: &PurgeView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let row = &view.row;
    let head = layout::Head {
        title: "Purge",
        beside: Some(html! { (facts::tag(if row.done { "good" } else { "warn" }, &row.step)) }),
        acts: Some(html! {
            @if row.done { a.btn href=(paths::purge_report(workspace.id, row.id)) download={ (row.id) ".json" } { "Download the report" } }
            a.btn href=(paths::purges(workspace.id)) { "Purges" }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel {
                (facts::facts(&[
                    ("What", html! { (row.asked) }),
                    ("Ordered", html! { (time::moment(frame, row.ordered)) " by " (row.by) }),
                    ("State", html! { (row.step) @if let Some(note) = &view.note { ": " (note) } }),
                ]))
                @if let Some(entry) = view.entry { p.soft.small { "The ledger's entry " (entry) " holds the report's digest." } }
            }
            @if let Some(report) = &view.report { (reported(report)) }
        },
    )
}

fn reported(report: &Value) -> Markup {
    let count =
        |pointer: &str| number::whole(report.pointer(pointer).and_then(Value::as_u64).unwrap_or_default());
    let places = [
        ("Archive", "/places/store/events"),
        ("Journal", "/places/journal/records"),
        ("Quarantine", "/places/quarantine/events"),
        ("Traits of people", "/places/people/traits"),
        ("Earlier values of traits", "/places/people/earlier_traits"),
        ("Sealed values", "/places/people/sealed_values"),
        ("Identifiers", "/places/people/identifiers"),
        ("Traits of groups", "/places/people/group_traits"),
        ("Names and reasons", "/places/people/names_and_reasons"),
        ("People erased", "/people_erased"),
    ];
    let people = report.get("by_person").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let backups = report.pointer("/remains/backups").and_then(Value::as_array).map_or(0, Vec::len);
    html! {
        section.panel.flush {
            header { h2 { "What went, and from where" } }
            (table::table("Places", &[table::words("Place"), table::numbers("Taken out")], &html! {
                @for (label, pointer) in places { tr { td { (label) } td.n { (count(pointer)) } } }
            }))
        }
        section.panel {
            header { h2 { "What remains" } }
            p { @if backups == 0 { "No backup was made before." } @else { (number::whole(backups as u64)) " backups were made before; they hold what was there then." } }
            p.soft.small { "Nobody can take anything out of an encrypted backup: delete them when you can. A restore of one carries this purge out again." }
            (handed_over(report))
        }
        section.panel.flush {
            header { h2 { "By person" } span.soft.small { "never with a value; all of them are in the download" } }
            (table::table("By person", &[table::words("Person"), table::words("Property"), table::numbers("Events"), table::words("First"), table::words("Last"), table::words("Libraries")], &html! {
                @for person in people.iter().take(ROWS_MAX) {
                    @for line in person.get("properties").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
                        tr {
                            td.nw { code { (text(person, "person")) } }
                            td { code { (text(line, "property")) } }
                            td.n { (number::whole(line.get("events").and_then(Value::as_u64).unwrap_or_default())) }
                            td.nw { (text(line, "first")) }
                            td.nw { (text(line, "last")) }
                            td { @for sdk in line.get("sdks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) { (sdk.as_str().unwrap_or_default()) " " } }
                        }
                    }
                }
            }))
        }
    }
}

/// How many people are shown; the download has them all.
const ROWS_MAX: usize = 200;

/// What had left before, and to whom; out of reach.
fn handed_over(report: &Value) -> Markup {
    let found =
        report.pointer("/remains/hand_overs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    html! {
        @if !found.is_empty() {
            p { "Before the purge was ordered, these were handed what came from events or people; nobody can take that back:" }
            ul {
                @for one in found {
                    li { (text(one, "what")) ", to " code { (text(one, "to")) } ", " (number::whole(one.get("times").and_then(Value::as_u64).unwrap_or_default())) " times, last " (text(one, "last")) }
                }
            }
        }
    }
}
