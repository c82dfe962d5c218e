//! Purges: asking for one, its dry run, how far those are that were ordered, and their reports.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, PurgeId};
use serde_json::Value;

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// The fields of the form, in order; all are kept from the dry run to the order.
pub const FIELDS: [&str; 14] = [
    "property", "value", "within", "shield", "event", "person", "source", "sdk", "sdk_from", "sdk_to",
    "from", "to", "remove", "reason",
];

/// What the page shows.
pub struct PurgesView {
    /// Those that were ordered, the newest first.
    pub purges: Vec<PurgeRow>,
    /// Whether this member may order one.
    pub may_begin: bool,
    /// What was typed, by field.
    pub typed: Vec<(&'static str, String)>,
    /// The field that is not right, and what to write.
    pub wrong: Option<(String, String)>,
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
            section.panel.flush {
                header { h2 { "Ordered" } span.soft.small { "each with a report, entered in the ledger" } }
                @if view.purges.is_empty() {
                    (notice::empty(&notice::Empty { title: "Nothing was purged",
                        text: "A purge removes a value, a property or whole events from the journal, the archive, profiles, the vault and quarantine, and reports where it stood. It cannot be undone.",
                        action: None, line: None }))
                } @else { (list(frame, view)) }
            }
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
    let typed = |name: &str| {
        view.typed.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value.as_str())
    };
    let field = |name, label, hint| {
        form::field(&form::Field {
            name,
            label,
            hint: Some(hint),
            value: typed(name),
            ..form::Field::default()
        })
    };
    let finds: Vec<(&str, &str)> = [("", "—"), ("secrets", "any secret")]
        .into_iter()
        .chain(Class::ALL.into_iter().map(|class| (class.as_str(), class.as_str())))
        .collect();
    html! {
        section.panel {
            header { h2 { "New purge" } span.soft.small { "counted first; all conditions must hold" } }
            @if let Some((field, fix)) = &view.wrong { p.warn role="alert" { (field) ": " (fix) } }
            (form::post(frame, &paths::purges_count(workspace.id), "fields", &html! {
                (field("property", "Property", "properties.note, context.page.url, traits.nickname; lists as []"))
                (field("value", "Value", "Looked for as you type it and in its usual encodings; kept sealed until it is gone, then nowhere"))
                (form::select("within", "Where the value counts", if typed("within").is_empty() { "yes" } else { typed("within") },
                    &[("yes", "also inside longer texts"), ("no", "only where it is the whole text")]))
                (form::select("shield", "Or: what today's shield rules find", typed("shield"), &finds))
                (field("event", "Events named", "Exactly this name"))
                (field("person", "Person", "A person's id, as p_…"))
                (field("source", "Source", "A source's id, as src_…"))
                (field("sdk", "Library", "As it names itself: analytics.js"))
                (field("sdk_from", "From version", "2.1"))
                (field("sdk_to", "To version", "2.10.4"))
                (field("from", "From", "A day or an instant, UTC: 2026-08-01"))
                (field("to", "Before", "A day or an instant, UTC"))
                (form::select("remove", "What goes", if typed("remove").is_empty() { "property" } else { typed("remove") }, &[
                    ("property", "The value; a mark stands in its place"),
                    ("event", "The whole event"),
                    ("person", "Everything of the people who have it"),
                ]))
                (field("reason", "Why", "For the report and the ledger; without the value"))
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
            div.row {
                (facts::figure(&number::whole(counted.events), "events"))
                (facts::figure(&number::whole(counted.people), "people"))
                @if let Some((first, last)) = counted.span {
                    p.soft { "from " (time::moment(frame, first)) " to " (time::moment(frame, last)) }
                }
            }
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
                    @for (name, value) in &view.typed { input type="hidden" name=(name) value=(value); }
                    button.btn.danger { "Purge for good" }
                    a.btn href=(paths::purges(workspace.id)) { "Leave it" }
                    span.soft.small { "asks for a touch of your passkey; it cannot be undone" }
                }))
            }
        }
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
            p.soft.small { "Nobody can take anything out of an encrypted backup: delete them when you can. After restoring one, order the purge again." }
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
