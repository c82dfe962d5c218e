//! The sentence that is a trend question: a form whose address is the question.

use maud::{Markup, html};

use super::trend_form::{EVENTS_MAX, EventPart, FORMULAS_MAX, FilterPart, FormulaPart, PARTS_MAX, TrendForm};
use crate::frame::Frame;
use crate::paths;

const MEASURES: [(&str, &str); 10] = [
    ("count", "how often"),
    ("people", "how many people did"),
    ("sum", "sum of"),
    ("avg", "average"),
    ("min", "least"),
    ("max", "greatest"),
    ("p50", "median of"),
    ("p90", "90th percentile of"),
    ("p99", "99th percentile of"),
    ("count_distinct", "different values of"),
];
const COMPARES: [(&str, &str); 2] = [("", "nothing"), ("previous", "the period before")];
const SHOWS: [(&str, &str); 2] = [("", "each interval"), ("cumulative", "a running total")];
const OPERATORS: [(&str, &str); 12] = [
    ("eq", "is"),
    ("ne", "is not"),
    ("contains", "contains"),
    ("gt", ">"),
    ("gte", "≥"),
    ("lt", "<"),
    ("lte", "≤"),
    ("exists", "is there"),
    ("not_exists", "is not there"),
    ("starts_with", "begins with"),
    ("in", "is one of"),
    ("not_in", "is none of"),
];
const INTERVALS: [(&str, &str); 4] = [("hour", "hour"), ("day", "day"), ("week", "week"), ("month", "month")];

/// What can be chosen from.
#[derive(Clone, Default)]
pub struct Choices {
    /// Event names, most frequent first.
    pub events: Vec<String>,
    /// Property names, and traits as `trait.NAME`.
    pub properties: Vec<String>,
}

/// The sentence. Each change asks anew; without scripts the button does. An empty chip at each end of a
/// list takes the next part, so nothing needs a script to grow. Each field has its place as its id: when the
/// answer is morphed into the page, what was typed stays with its place and does not slip into the empty chip.
pub fn sentence(frame: &Frame, form: &TrendForm, choices: &Choices) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::questions(workspace.id);
    html! {
        form.sentence method="get" action=(action) aria-label="Question" hx-get=(action) hx-trigger="change, submit"
            hx-target="#main" hx-select="#main" hx-swap="outerMorph" hx-push-url="true" hx-nonce=(frame.nonce) {
            span.soft { "Show" }
            @for (place, part) in form.events.iter().enumerate() {
                @if place > 0 { span.soft { "and" } }
                @if form.events.len() > 1 || !form.formulas.is_empty() { strong { (letter(place)) } }
                (event_chips(place, part, &choices.events))
            }
            @if form.events.is_empty() {
                (event_chips(0, &EventPart::default(), &choices.events))
            } @else if form.events.len() < EVENTS_MAX {
                label.chip.more { span { "and" } (event_list("event", form.events.len(), "", (&choices.events, "add an event"))) }
            }
            label.chip { span { "by" } (list("interval", "interval", "Interval", &form.interval, &INTERVALS)) }
            label.chip { span { "from" } input type="date" name="from" value=(form.from) aria-label="From"; }
            label.chip { span { "to" } input type="date" name="to" value=(form.to) aria-label="To"; }
            @for (place, name) in form.by.iter().enumerate() { label.chip { span { "split by" } (property("by", place, name)) } }
            @if form.by.len() < 2 { label.chip.more { span { "split by" } (property("by", form.by.len(), "")) } }
            @for (place, part) in form.filters.iter().enumerate() { (filter_chip(place, part)) }
            @if form.filters.len() < PARTS_MAX { label.chip.more { span { "where" } (property("where", form.filters.len(), "")) } }
            label.chip { span { "compared with" } (list("compare", "compare", "Compared with", &form.compare, &COMPARES)) }
            label.chip { span { "as" } (list("show", "show", "Each number is", &form.show, &SHOWS)) }
            label.chip { span { "mean over" } input type="number" name="rolling" value=(form.rolling) min="2" max="1000" placeholder="–" aria-label="Rolling mean over so many intervals"; }
            @for (place, part) in form.formulas.iter().enumerate() { (formula_chip(place, part)) }
            @if !form.events.is_empty() && form.formulas.len() < FORMULAS_MAX { (formula_chip(form.formulas.len(), &FormulaPart::default())) }
            span.grow {}
            button.btn.go { "Ask" }
            datalist #properties { @for name in &choices.properties { option value=(name) {} } }
        }
    }
}

fn event_chips(place: usize, part: &EventPart, events: &[String]) -> Markup {
    html! {
        span.chip {
            (list("measure", &format!("measure-{place}"), "Measure", &part.measure, &MEASURES))
            @if part.needs_property() { (property("of", place, &part.property)) span { "in" } }
            (event_list("event", place, &part.event, (events, "choose an event")))
        }
    }
}

/// What formulas call an event.
fn letter(place: usize) -> char {
    char::from(b'A' + u8::try_from(place).unwrap_or_default())
}

/// A formula over the events' letters, and its name; an empty one takes the next.
fn formula_chip(place: usize, part: &FormulaPart) -> Markup {
    let empty = part.formula.is_empty();
    html! {
        span class=(if empty { "chip more" } else { "chip" }) {
            span { "formula" }
            input id={ "formula-" (place) } name="formula" value=(part.formula) aria-label="Formula" placeholder="A / B" autocomplete="off";
            @if !empty {
                span { "called" }
                input id={ "called-" (place) } name="called" value=(part.name) aria-label="What the formula is called" placeholder=(part.formula) autocomplete="off";
            }
        }
    }
}

/// A condition.
pub(super) fn filter_chip(place: usize, part: &FilterPart) -> Markup {
    html! {
        span.chip {
            span { "where" }
            (property("where", place, &part.property))
            (list("op", &format!("op-{place}"), "Operator", &part.op, &OPERATORS))
            @if part.needs_value() {
                input id={ "value-" (place) } name="value" value=(part.value) aria-label={ "Value of " (part.property) } placeholder="value" autocomplete="off";
            }
        }
    }
}

/// A list of events under `name`; `empty` is what is said where none is chosen.
pub(super) fn event_list(
    name: &str,
    place: usize,
    chosen: &str,
    (events, empty): (&[String], &str),
) -> Markup {
    let unknown = !chosen.is_empty() && !events.iter().any(|name| name == chosen);
    html! {
        select id={ (name) "-" (place) } name=(name) aria-label=(if name == "without" { "Without" } else { "Event" }) {
            option value="" { (empty) }
            @if unknown { option value=(chosen) selected { (chosen) } }
            @for event in events { option value=(event) selected[event == chosen] { (event) } }
        }
    }
}

/// A list of few values.
pub(super) fn list(name: &str, id: &str, label: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        select id=(id) name=(name) aria-label=(label) {
            @for (value, text) in choices { option value=(value) selected[*value == chosen] { (text) } }
        }
    }
}

/// A property by name.
pub(super) fn property(name: &str, place: usize, value: &str) -> Markup {
    let label = match name {
        "by" => "Split by",
        "of" => "Property measured",
        _ => "Where property",
    };
    html! { input id={ (name) "-" (place) } name=(name) value=(value) list="properties" aria-label=(label) placeholder="property" autocomplete="off"; }
}
