//! One person: who, what is known, what was done, and why records were put together.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, PersonId};

use super::consent::{self, ConsentView};
use super::joined::{self, JoinedView};
use crate::components::event::{self, EventView};
use crate::components::table::{self, Pager};
use crate::components::{facts, form, layout, mark, notice, number, time};
use crate::frame::Frame;
use crate::paths;

/// What the page shows.
pub struct PersonView {
    /// The id.
    pub id: PersonId,
    /// Identifiers, masked: kind and value.
    pub identifiers: Vec<(String, String)>,
    /// What is known.
    pub traits: Vec<TraitRow>,
    /// What is worked out from what they did.
    pub computed: Vec<TraitRow>,
    /// What one of the traits was before.
    pub history: Option<HistoryView>,
    /// How many events.
    pub events_total: u64,
    /// The first sight.
    pub first: Timestamp,
    /// The last sight.
    pub last: Timestamp,
    /// Events, newest first.
    pub events: Vec<EventView>,
    /// What happened to who they are, within the time that the events cover.
    pub moments: Vec<Moment>,
    /// What they agreed to.
    pub consent: ConsentView,
    /// How this person came to be one.
    pub joined: JoinedView,
    /// Where the timeline goes on.
    pub pager: Pager,
    /// The entry of the ledger that this view made.
    pub ledger_entry: Option<String>,
    /// Revealing one value, for those who may.
    pub reveal: Option<RevealView>,
}

/// Something that happened to who they are: an identifier that came, a merge, a merge undone.
pub struct Moment {
    /// When.
    pub time: Timestamp,
    /// What, in words; identifiers are masked.
    pub words: String,
    /// Why.
    pub reason: String,
}

/// A line of the timeline.
enum Line<'a> {
    Event(&'a EventView),
    Moment(&'a Moment),
}

/// Revealing one value.
pub struct RevealView {
    /// What may be revealed.
    pub fields: Vec<String>,
    /// What was revealed just now: the field and its value.
    pub shown: Option<(String, String)>,
    /// What was typed and is not right.
    pub typed: form::Typed,
}

/// One trait.
pub struct TraitRow {
    /// Its name.
    pub name: String,
    /// Its plain value; none when it is sealed.
    pub value: Option<String>,
    /// What kind of sealed value it is.
    pub class: Option<Class>,
    /// When it was last set.
    pub set: Timestamp,
}

/// What a trait was.
pub struct HistoryView {
    /// The trait.
    pub name: String,
    /// The last values that senders gave it, the newest first.
    pub changes: Vec<ChangeRow>,
}

/// A value that a trait got.
pub struct ChangeRow {
    /// When.
    pub set: Timestamp,
    /// The plain value; neither this nor a class where the trait was removed.
    pub value: Option<String>,
    /// What kind of value was sealed.
    pub class: Option<Class>,
    /// The name of the source that it came by, as far as it is known.
    pub source: String,
}

/// The page.
pub fn page(frame: &Frame, view: &PersonView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let head = layout::Head {
        title: &format!("Person {}", event::short(view.id)),
        beside: Some(
            html! { (number::count(view.events_total, "event")) " · seen " (time::ago(frame, view.last)) },
        ),
        acts: Some(html! {
            @if frame.opens.ledger {
                a.btn href=(paths::with_query(&paths::ledger(workspace.id), &[("person", &view.id.to_string())])) { "Who saw this person" }
            }
            a.btn href=(paths::with_query(&paths::live(workspace.id), &[("person", &view.id.to_string())])) { "Follow live" }
        }),
    };
    layout::page(
        frame,
        &head,
        &html! {
            div.two {
                section.panel.flush.whole {
                    header { h2 { "Timeline" } span.soft.small { (time::zone_name(frame)) } }
                    (timeline(frame, view))
                }
                div.stack {
                    section.panel { header { h2 { "Identifiers" } span.soft.small { "masked" } } (identifiers(frame, view)) }
                    section.panel { header { h2 { "Traits" } } (traits(frame, view)) }
                    @if let Some(history) = &view.history { (earlier(frame, history)) }
                    @if !view.computed.is_empty() {
                        section.panel {
                            header { h2 { "Computed traits" } span.soft.small { "worked out from events" } }
                            dl.facts { @for row in &view.computed { (trait_line(frame, view.id, row)) } }
                        }
                    }
                    (consent::panel(frame, view.id, &view.consent))
                    @if let Some(reveal) = &view.reveal { (reveal_panel(frame, view.id, reveal)) }
                    (joined::panels(frame, view.id, &view.joined))
                }
            }
        },
    )
}

fn timeline(frame: &Frame, view: &PersonView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let events = view.events.iter().map(|event| (event.time, Line::Event(event)));
    let moments = view.moments.iter().map(|moment| (moment.time, Line::Moment(moment)));
    let mut lines: Vec<(Timestamp, Line<'_>)> = events.chain(moments).collect();
    lines.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let mut days: Vec<(String, Vec<Line<'_>>)> = Vec::new();
    for (time, line) in lines {
        let day = time::day_words(frame, time);
        match days.last_mut() {
            Some((last, lines)) if *last == day => lines.push(line),
            _ => days.push((day, vec![line])),
        }
    }
    html! {
        @if days.is_empty() {
            (notice::empty(&notice::Empty { title: "No events", text: "What this person does appears here.", action: None, line: None }))
        }
        @for (day, lines) in &days {
            h3.day { (day) }
            ol.events {
                @for line in lines {
                    @match line {
                        Line::Event(event) => (event::item(frame, workspace, event, false)),
                        Line::Moment(moment) => (moment_item(frame, moment)),
                    }
                }
            }
        }
        @if !days.is_empty() { (table::pager(&view.pager)) }
    }
}

fn moment_item(frame: &Frame, moment: &Moment) -> Markup {
    html! {
        li.moment {
            span.when { (time::clock(frame, moment.time)) }
            span { (mark::text(&moment.words)) " " span.soft.small { (moment.reason) } }
        }
    }
}

fn identifiers(frame: &Frame, view: &PersonView) -> Markup {
    let mut pairs: Vec<(&str, Markup)> = vec![("Person", html! { code { (view.id) } })];
    pairs.extend(
        view.identifiers.iter().map(|(kind, value)| (kind.as_str(), html! { code { (mark::text(value)) } })),
    );
    pairs.push(("First seen", time::moment(frame, view.first)));
    html! {
        (facts::facts(&pairs))
        @if let Some(entry) = &view.ledger_entry { footer.soft.small { "Your look is entry " (entry) " of the ledger." } }
    }
}

fn traits(frame: &Frame, view: &PersonView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let sealed = view.traits.iter().filter(|row| row.class.is_some()).count();
    html! {
        @if view.traits.is_empty() { p.soft { "Nothing is known. An identify call tells traits." } }
        dl.facts {
            @for row in &view.traits { (trait_line(frame, view.id, row)) }
        }
        @if sealed > 0 {
            footer.soft.small { (number::count(sealed as u64, "value")) " sealed in the vault, under a key of this person alone. " a href=(paths::why(workspace.id)) { "Why?" } }
        }
        @if let Some(last) = view.traits.iter().map(|row| row.set).max() { p.soft.small { "Last set " (time::ago(frame, last)) } }
    }
}

fn trait_line(frame: &Frame, id: PersonId, row: &TraitRow) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let history = paths::with_query(&paths::person(workspace.id, id), &[("trait", &row.name)]);
    html! {
        dt { a href=(history) title="What it was before" { (row.name) } }
        dd title={ "set " (row.set) } { (value(row.value.as_deref(), row.class)) }
    }
}

fn value(plain: Option<&str>, class: Option<Class>) -> Markup {
    match (plain, class) {
        (_, Some(class)) => mark::mark(class),
        (Some(value), None) => mark::text(value),
        (None, None) => html! { span.soft { "–" } },
    }
}

fn earlier(frame: &Frame, history: &HistoryView) -> Markup {
    html! {
        section.panel.flush {
            header { h2 { "What " (history.name) " was" } span.soft.small { "the newest first" } }
            @if history.changes.is_empty() { p.soft { "No sender ever set it, or not since histories are kept." } }
            @else {
                (table::table("Values", &[table::words("Value"), table::words("Set"), table::words("Source")], &html! {
                    @for change in &history.changes {
                        tr {
                            td { (value(change.value.as_deref(), change.class)) }
                            td.nw { (time::moment(frame, change.set)) }
                            td { (change.source) }
                        }
                    }
                }))
            }
        }
    }
}

fn reveal_panel(frame: &Frame, id: PersonId, reveal: &RevealView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let fields: Vec<(&str, &str)> =
        reveal.fields.iter().map(|field| (field.as_str(), field.as_str())).collect();
    html! {
        section.panel {
            header { h2 { "Reveal one value" } span.soft.small { "asks for a touch; entered and announced" } }
            @if let Some((field, value)) = &reveal.shown {
                div.stack-s role="status" {
                    (facts::facts(&[(field.as_str(), html! { code { (mark::text(value)) } })]))
                    p.soft.small { "It is shown this once and kept by nothing between the server and you." }
                }
            }
            (form::post(frame, &paths::person_reveal(workspace.id, id), "fields", &html! {
                (form::select("field", "Value", reveal.typed.text("field"), &fields))
                (form::field(&form::Field { name: "reason", label: "Reason", value: reveal.typed.text("reason"), wrong: reveal.typed.wrong("reason"), hint: Some("It stays in the ledger"), required: true, ..form::Field::default() }))
                div { (form::go("Reveal")) }
            }))
        }
    }
}
