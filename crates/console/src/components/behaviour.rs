//! The sentence that is a question about what people do: a form whose address is the question.

use maud::{Markup, html};

use super::behaviour_form::{BehaviourForm, DidPart, Kind, STEPS_MAX};
use super::question::{Choices, event_list, filter_chip, list, property};
use super::trend_form::PARTS_MAX;
use crate::frame::Frame;
use crate::pages::sql;
use crate::paths;

const HAS: [(&str, &str); 2] = [("did", "did"), ("not", "did not do")];
const LATELY: [(&str, &str); 6] = [
    ("", "ever"),
    ("1d", "in the last day"),
    ("7d", "in the last 7 days"),
    ("30d", "in the last 30 days"),
    ("90d", "in the last 90 days"),
    ("365d", "in the last year"),
];

/// The kinds of question, as tabs; `kind` is the name of the one shown, trends if `None`.
pub fn kinds(frame: &Frame, kind: Option<&str>) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    html! {
        nav.tabs aria-label="Kinds of question" {
            a href=(paths::questions(workspace.id)) aria-current=[kind.is_none().then_some("page")] { "Trend" }
            @for other in Kind::ALL {
                a href=(paths::questions_of(workspace.id, other.name())) aria-current=[(kind == Some(other.name())).then_some("page")] { (title(other)) }
            }
            a href=(paths::questions_of(workspace.id, sql::KIND)) aria-current=[(kind == Some(sql::KIND)).then_some("page")] { "SQL" }
            a href=(paths::catalogue(workspace.id)) { "Catalogue" }
        }
    }
}

/// What a kind is called.
pub fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Funnel => "Funnel",
        Kind::Retention => "Retention",
        Kind::Flow => "Flow",
        Kind::Sessions => "Sessions",
        Kind::People => "Count of people",
    }
}

/// The sentence. As for trends, each change asks anew, and an empty chip at the end of a list takes the next part.
pub fn sentence(frame: &Frame, form: &BehaviourForm, choices: &Choices) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::questions_of(workspace.id, form.kind.name());
    html! {
        form.sentence method="get" action=(action) aria-label="Question" hx-get=(action) hx-trigger="change, submit"
            hx-target="#main" hx-select="#main" hx-swap="outerMorph" hx-push-url="true" hx-nonce=(frame.nonce) {
            @match form.kind {
                Kind::Funnel => (funnel(form, choices)),
                Kind::Retention => (retention(form, choices)),
                Kind::Flow => (flow(form, choices)),
                Kind::Sessions => { span.soft { "Show sessions" } (chosen(form)) },
                Kind::People => (people(form, choices)),
            }
            @if form.kind != Kind::People {
                label.chip { span { "from" } input type="date" name="from" value=(form.from) aria-label="From"; }
                label.chip { span { "to" } input type="date" name="to" value=(form.to) aria-label="To"; }
            }
            @if form.kind.is_split() {
                @for (place, name) in form.by.iter().enumerate() { label.chip { span { "split by" } (property("by", place, name)) } }
                @if form.by.is_empty() { label.chip.more { span { "split by" } (property("by", 0, "")) } }
            }
            @for (place, part) in form.filters.iter().enumerate() { (filter_chip(place, part)) }
            @if form.filters.len() < PARTS_MAX { label.chip.more { span { (where_word(form.kind)) } (property("where", form.filters.len(), "")) } }
            span.grow {}
            button.btn.go { "Ask" }
            datalist #properties { @for name in &choices.properties { option value=(name) {} } }
        }
    }
}

fn where_word(kind: Kind) -> &'static str {
    if kind == Kind::People { "whose" } else { "where" }
}

fn funnel(form: &BehaviourForm, choices: &Choices) -> Markup {
    html! {
        span.soft { "Of people who" }
        @for (place, event) in form.events.iter().enumerate() {
            @if place > 0 { span.soft { "then" } }
            span.chip { (event_list("event", place, event, (&choices.events, "choose an event"))) }
        }
        @if form.events.len() < STEPS_MAX {
            label.chip.more {
                @if !form.events.is_empty() { span { "then" } }
                (event_list("event", form.events.len(), "", (&choices.events, if form.events.is_empty() { "choose an event" } else { "add a step" })))
            }
        }
        label.chip.more { span { "without" } (event_list("without", 0, form.without.first().map_or("", String::as_str), (&choices.events, "nothing"))) }
        (chosen(form))
    }
}

fn retention(form: &BehaviourForm, choices: &Choices) -> Markup {
    html! {
        span.soft { "Of people who first" }
        (start(form, choices))
        label.chip { span { "who came back to" } (event_or_any("back", &form.back, choices)) }
        (chosen(form))
    }
}

fn flow(form: &BehaviourForm, choices: &Choices) -> Markup {
    html! {
        span.soft { "Show what people did" }
        (start(form, choices))
        (chosen(form))
    }
}

fn people(form: &BehaviourForm, choices: &Choices) -> Markup {
    html! {
        span.soft { "How many people" }
        @for (place, part) in form.parts.iter().enumerate() {
            @if place > 0 { span.soft { "and" } }
            (did_chip(place, part, choices))
        }
        @if form.parts.len() < PARTS_MAX { (did_chip(form.parts.len(), &DidPart::default(), choices)) }
    }
}

fn did_chip(place: usize, part: &DidPart, choices: &Choices) -> Markup {
    let more = part.event.is_empty();
    html! {
        span.chip.more[more] {
            (list("has", &format!("has-{place}"), "Did or did not", &part.has, &HAS))
            (event_list("event", place, &part.event, (&choices.events, "choose an event")))
            @if !more {
                input id={ "least-" (place) } name="least" value=(part.least) inputmode="numeric" aria-label="At least how often" placeholder="at least once" autocomplete="off";
                (list("lately", &format!("lately-{place}"), "How lately", &part.lately, &LATELY))
            }
        }
    }
}

fn start(form: &BehaviourForm, choices: &Choices) -> Markup {
    let event = form.events.first().map_or("", String::as_str);
    html! { span.chip { (event_list("event", 0, event, (&choices.events, "choose an event"))) } }
}

fn event_or_any(name: &str, value: &str, choices: &Choices) -> Markup {
    let mut events: Vec<(&str, &str)> = vec![("*", "anything")];
    events.extend(choices.events.iter().map(|event| (event.as_str(), event.as_str())));
    if !events.iter().any(|(event, _)| *event == value) {
        events.push((value, value));
    }
    list(name, name, "Coming back", value, &events)
}

fn chosen(form: &BehaviourForm) -> Markup {
    html! {
        @for (choice, value) in form.kind.choices().iter().zip(&form.chosen).filter(|(choice, _)| form.is_used(choice)) {
            label.chip { @if !choice.before.is_empty() { span { (choice.before) } } (list(choice.name, choice.name, choice.label, value, choice.values)) }
        }
    }
}
