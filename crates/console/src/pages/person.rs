//! One person: who, what is known, what was done, and why records were put together.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Class, PersonId};

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
    /// How many events.
    pub events_total: u64,
    /// The first sight.
    pub first: Timestamp,
    /// The last sight.
    pub last: Timestamp,
    /// Events, newest first.
    pub events: Vec<EventView>,
    /// How this person came to be one.
    pub merges: Vec<MergeRow>,
    /// Where the timeline goes on.
    pub pager: Pager,
    /// The entry of the ledger that this view made.
    pub ledger_entry: Option<String>,
    /// Revealing one value, for those who may.
    pub reveal: Option<RevealView>,
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

/// Two records that became one.
pub struct MergeRow {
    /// When.
    pub at: Timestamp,
    /// The id that now points here.
    pub from: PersonId,
    /// Why, in words.
    pub reason: String,
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
                    @if let Some(reveal) = &view.reveal { (reveal_panel(frame, view.id, reveal)) }
                    section.panel { header { h2 { "One person because" } } (merges(frame, view)) }
                }
            }
        },
    )
}

fn timeline(frame: &Frame, view: &PersonView) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let mut days: Vec<(String, Vec<&EventView>)> = Vec::new();
    for event in &view.events {
        let day = time::day_words(frame, event.time);
        match days.last_mut() {
            Some((last, events)) if *last == day => events.push(event),
            _ => days.push((day, vec![event])),
        }
    }
    html! {
        @if days.is_empty() {
            (notice::empty(&notice::Empty { title: "No events", text: "What this person does appears here.", action: None, line: None }))
        }
        @for (day, events) in &days {
            h3.day { (day) }
            ol.events { @for event in events { (event::item(frame, workspace, event, false)) } }
        }
        @if !days.is_empty() { (table::pager(&view.pager)) }
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
            @for row in &view.traits {
                dt { (row.name) }
                dd title={ "set " (row.set) } {
                    @match (&row.value, row.class) {
                        (_, Some(class)) => (mark::mark(class)),
                        (Some(value), None) => (mark::text(value)),
                        (None, None) => span.soft { "–" },
                    }
                }
            }
        }
        @if sealed > 0 {
            footer.soft.small { (number::count(sealed as u64, "value")) " sealed in the vault, under a key of this person alone. " a href=(paths::why(workspace.id)) { "Why?" } }
        }
        @if let Some(last) = view.traits.iter().map(|row| row.set).max() { p.soft.small { "Last set " (time::ago(frame, last)) } }
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

fn merges(frame: &Frame, view: &PersonView) -> Markup {
    html! {
        @if view.merges.is_empty() { p.soft { "Only one record; nothing was put together." } }
        ul.refused {
            @for merge in &view.merges {
                li {
                    div { (merge.reason) }
                    div.soft.small { "from " code { (event::short(merge.from)) } " · " (time::moment(frame, merge.at)) }
                }
            }
        }
    }
}
