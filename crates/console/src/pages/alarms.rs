//! Properties that began to look different, and what all of them usually look like. Never a value.

use collect::advisory::{NewAdvisory, Stops};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::{facts, form, layout, notice, number, table, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct AlarmsView {
    /// The alarms, the latest first.
    pub alarms: Vec<AlarmRow>,
    /// The properties, those with most values first.
    pub properties: Vec<PropertyRow>,
    /// How many there are.
    pub known: usize,
    /// Whether this member may settle an alarm.
    pub may_settle: bool,
    /// Whether this member may stop an SDK's version.
    pub may_advise: bool,
}

/// An alarm.
pub struct AlarmRow {
    /// Its number.
    pub id: i64,
    /// The event's name.
    pub event: String,
    /// Where in it.
    pub path: String,
    /// What is suspected, in words.
    pub suspicion: &'static str,
    /// How many suspect values.
    pub count: u64,
    /// Where they came from: library and page, most first.
    pub places: Vec<String>,
    /// In how many events and sources the property is new, in words; empty where that does not matter.
    pub reach: String,
    /// What would stop the SDK's version it comes from, where one is known.
    pub advisory: Option<NewAdvisory>,
    /// The first suspect value.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
    /// How it was settled, in words; none while it stands.
    pub settled: Option<&'static str>,
}

/// A property as it usually looks.
pub struct PropertyRow {
    /// The event's name.
    pub event: String,
    /// Where in it.
    pub path: String,
    /// All values.
    pub values: u64,
    /// What kind they are, in words.
    pub kind: String,
    /// About how many different texts.
    pub distinct: u64,
    /// What new texts look like mostly, in words.
    pub shape: String,
    /// The share of new texts that look like passwords.
    pub suspect_share: f64,
}

/// The page.
pub fn page(frame: &Frame, view: &AlarmsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: "Drift",
        beside: Some(
            html! { (number::whole(view.known as u64)) @if view.known == 1 { " property" } @else { " properties" } " watched" },
        ),
        acts: Some(html! { a.btn href=(paths::quality(workspace.id)) { "Data quality" } }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            section.panel.flush {
                header { h2 { "Alarms" } span.soft.small { "properties that began to look different" } }
                @if view.alarms.is_empty() {
                    (notice::empty(&notice::Empty { title: "No alarm", text: "Each property is compared with what it usually carries. When one starts to carry what looks like passwords or personal values, it stands here, with the SDK and the page it comes from.", action: None, line: None }))
                } @else {
                    (alarms(frame, view))
                }
            }
            section.panel.flush {
                header { h2 { "Properties" } span.soft.small { "shares and sketches, no values" } }
                @if view.properties.is_empty() {
                    (notice::empty(&notice::Empty { title: "No property yet", text: "Properties are watched from their first event on. Learning what is usual takes about a thousand values of each.",
                        action: Some((&paths::sources(workspace.id), "Sources and their write keys")), line: None }))
                } @else { (properties(view)) }
            }
        },
    )
}

fn alarms(frame: &Frame, view: &AlarmsView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let columns = [
        table::words("Event"),
        table::words("Property"),
        table::words("What it looks like"),
        table::numbers("Values"),
        table::words("From"),
        table::words("First"),
        table::words("Last"),
        table::words(""),
    ];
    table::table(
        "Alarms",
        &columns,
        &html! {
            @for row in &view.alarms {
                tr {
                    td.nw { (row.event) @if !row.reach.is_empty() { div.small.soft { (row.reach) } } }
                    td { code { (row.path) } }
                    td { (facts::tag(if row.settled.is_none() { "bad" } else { "" }, row.suspicion)) }
                    td.n { (number::whole(row.count)) }
                    td { @for place in row.places.iter().take(3) { div.small { (place) } } }
                    td { (time::moment(frame, row.first)) }
                    td { (time::ago(frame, row.last)) }
                    td {
                        @if let Some(settled) = row.settled { span.soft { (settled) } }
                        @else if view.may_settle {
                            div.acts {
                                @if let Some(advisory) = row.advisory.as_ref().filter(|_| view.may_advise) { (stop(frame, advisory)) }
                                (form::act(frame, &paths::alarm_settle(workspace.id, row.id, "leak"), "It leaked",
                                    &format!("Settle the alarm about {} {}: something leaked, and it has been stopped?", row.event, row.path)))
                                (form::act(frame, &paths::alarm_settle(workspace.id, row.id, "usual"), "It is meant so",
                                    &format!("Is {} {} meant to carry this? It is learned as usual.", row.event, row.path)))
                            }
                        }
                    }
                }
            }
        },
    )
}

/// One step from an alarm to an advisory: the form of the SDKs' page, filled in.
fn stop(frame: &Frame, advisory: &NewAdvisory) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let (sdk, versions) = (&advisory.sdk, advisory.versions.to_string());
    let what = match advisory.stops {
        Stops::Autocapture => "what it captures by itself",
        Stops::All => "everything it sends, from every source",
    };
    let question = format!(
        "Stop {sdk} {versions}? From the next request on, {what} is refused and counted. Lift it under SDKs."
    );
    let filled = [
        ("sdk", sdk.as_str()),
        ("versions", versions.as_str()),
        ("what", advisory.stops.as_str()),
        ("reason", advisory.reason.as_str()),
    ];
    html! {
        form method="post" action=(paths::sdks(workspace.id)) hx-post=(paths::sdks(workspace.id)) hx-target="#main" hx-select="#main"
            hx-swap="outerHTML" hx-confirm=(question) hx-nonce=(frame.nonce) {
            @for (name, value) in filled { input type="hidden" name=(name) value=(value); }
            button.btn.small.danger { "Stop this version" }
        }
    }
}

fn properties(view: &AlarmsView) -> Markup {
    let columns = [
        table::words("Event"),
        table::words("Property"),
        table::numbers("Values"),
        table::words("Kind"),
        table::numbers("Different"),
        table::words("New texts are mostly"),
        table::numbers("Like passwords"),
    ];
    table::table(
        "Properties",
        &columns,
        &html! {
            @for row in &view.properties {
                tr {
                    td.nw { (row.event) }
                    td { code { (row.path) } }
                    td.n { (number::whole(row.values)) }
                    td.nw { (row.kind) }
                    td.n { (number::whole(row.distinct)) }
                    td { (row.shape) }
                    td.n { (number::percent(row.suspect_share)) }
                }
            }
        },
    )
}
