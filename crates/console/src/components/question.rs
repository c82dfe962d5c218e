//! The sentence that is a trend question: a form whose address is the question.

use maud::{Markup, html};
use serde_json::{Value, json};

use crate::frame::Frame;
use crate::paths;

/// How many events one question may compare.
pub const EVENTS_MAX: usize = 5;
/// How many conditions and groupings one question may have.
pub const PARTS_MAX: usize = 5;

const MEASURES: [(&str, &str); 6] = [
    ("count", "how often"),
    ("people", "how many people did"),
    ("sum", "sum of"),
    ("avg", "average"),
    ("min", "least"),
    ("max", "greatest"),
];
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

/// A trend question as the form holds it: every field is text, judged when it is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TrendForm {
    /// The events compared.
    pub events: Vec<EventPart>,
    /// Properties and traits to split by.
    pub by: Vec<String>,
    /// Conditions.
    pub filters: Vec<FilterPart>,
    /// The first day.
    pub from: String,
    /// The last day, whole.
    pub to: String,
    /// `hour`, `day`, `week` or `month`.
    pub interval: String,
}

/// One event and what is measured of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventPart {
    /// The event's name.
    pub event: String,
    /// `count`, `people`, `sum` …
    pub measure: String,
    /// The property measured, for sums and the like.
    pub property: String,
}

/// One condition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FilterPart {
    /// The property or `trait.NAME`.
    pub property: String,
    /// The operator.
    pub op: String,
    /// What it is compared with.
    pub value: String,
}

impl TrendForm {
    /// The form as the address holds it. Names repeat: a measure and its property stand before their event,
    /// an operator and a value behind their `where`.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = Self { interval: "day".to_owned(), ..Self::default() };
        let mut part = EventPart::default();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match name {
                "event" => form.events.push(EventPart { event: value, ..std::mem::take(&mut part) }),
                "measure" => part.measure = value,
                "of" => part.property = value,
                "by" if !value.is_empty() => form.by.push(value),
                "where" => form.filters.push(FilterPart {
                    property: value,
                    op: "eq".to_owned(),
                    value: String::new(),
                }),
                "op" => set(form.filters.last_mut(), |part| part.op = value),
                "value" => set(form.filters.last_mut(), |part| part.value = value),
                "from" => form.from = value,
                "to" => form.to = value,
                "interval" => form.interval = value,
                _ => {}
            }
        }
        form.events.retain(|part| !part.event.is_empty());
        form.filters.retain(|part| !part.property.is_empty());
        form.events.truncate(EVENTS_MAX);
        form.by.truncate(PARTS_MAX);
        form.filters.truncate(PARTS_MAX);
        form
    }

    /// The question as the API takes it.
    pub fn to_json(&self) -> Value {
        let events: Vec<Value> = self.events.iter().map(EventPart::to_json).collect();
        let mut question = json!({
            "kind": "trend",
            "events": events,
            "range": { "from": self.from, "to": self.to },
            "interval": self.interval,
        });
        if !self.by.is_empty() {
            question["by"] = json!(self.by);
        }
        if !self.filters.is_empty() {
            question["where"] = self.filters.iter().map(FilterPart::to_json).collect();
        }
        question
    }
}

impl Default for EventPart {
    fn default() -> Self {
        Self { event: String::new(), measure: "count".to_owned(), property: String::new() }
    }
}

impl EventPart {
    fn to_json(&self) -> Value {
        let mut out = json!({ "event": self.event, "measure": self.measure });
        if self.needs_property() {
            out["property"] = json!(self.property);
        }
        out
    }

    fn needs_property(&self) -> bool {
        !matches!(self.measure.as_str(), "count" | "people")
    }
}

impl FilterPart {
    fn to_json(&self) -> Value {
        let mut out = json!({ "property": self.property, "op": self.op });
        if matches!(self.op.as_str(), "in" | "not_in") {
            out["value"] = self.value.split(',').map(|part| literal(part.trim())).collect();
        } else if self.needs_value() {
            out["value"] = literal(&self.value);
        }
        out
    }

    fn needs_value(&self) -> bool {
        !matches!(self.op.as_str(), "exists" | "not_exists")
    }
}

/// A number, true or false where the text reads as one; in quotation marks it stays text.
fn literal(text: &str) -> Value {
    if let Some(quoted) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return json!(quoted);
    }
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => json!(text),
    }
}

fn set<T>(part: Option<&mut T>, change: impl FnOnce(&mut T)) {
    if let Some(part) = part {
        change(part);
    }
}

/// What can be chosen from.
#[derive(Clone, Default)]
pub struct Choices {
    /// Event names, most frequent first.
    pub events: Vec<String>,
    /// Property names, and traits as `trait.NAME`.
    pub properties: Vec<String>,
}

/// The sentence. Each change asks anew; without scripts the button does. An empty chip at each end of a
/// list takes the next part, so nothing needs a script to grow.
pub fn sentence(frame: &Frame, form: &TrendForm, choices: &Choices) -> Markup {
    let Some(workspace) = &frame.workspace else { return html! {} };
    let action = paths::questions(workspace.id);
    html! {
        form.sentence method="get" action=(action) aria-label="Question" hx-get=(action) hx-trigger="change, submit"
            hx-target="#main" hx-select="#main" hx-swap="outerMorph" hx-push-url="true" hx-nonce=(frame.nonce) {
            span.soft { "Show" }
            @for (place, part) in form.events.iter().enumerate() {
                @if place > 0 { span.soft { "and" } }
                (event_chips(part, &choices.events))
            }
            @if form.events.is_empty() {
                (event_chips(&EventPart::default(), &choices.events))
            } @else if form.events.len() < EVENTS_MAX {
                label.chip.more { span { "and" } (event_list("", &choices.events, "add an event")) }
            }
            label.chip { span { "by" } (list("interval", "Interval", &form.interval, &INTERVALS)) }
            label.chip { span { "from" } input type="date" name="from" value=(form.from) aria-label="From"; }
            label.chip { span { "to" } input type="date" name="to" value=(form.to) aria-label="To"; }
            @for name in &form.by { label.chip { span { "split by" } (property("by", name)) } }
            @if form.by.len() < 2 { label.chip.more { span { "split by" } (property("by", "")) } }
            @for part in &form.filters { (filter_chip(part)) }
            @if form.filters.len() < PARTS_MAX { label.chip.more { span { "where" } (property("where", "")) } }
            span.grow {}
            button.btn.go { "Ask" }
            datalist #properties { @for name in &choices.properties { option value=(name) {} } }
        }
    }
}

fn event_chips(part: &EventPart, events: &[String]) -> Markup {
    html! {
        span.chip {
            (list("measure", "Measure", &part.measure, &MEASURES))
            @if part.needs_property() { (property("of", &part.property)) span { "in" } }
            (event_list(&part.event, events, "choose an event"))
        }
    }
}

fn filter_chip(part: &FilterPart) -> Markup {
    html! {
        span.chip {
            span { "where" }
            (property("where", &part.property))
            (list("op", "Operator", &part.op, &OPERATORS))
            @if part.needs_value() {
                input name="value" value=(part.value) aria-label={ "Value of " (part.property) } placeholder="value" autocomplete="off";
            }
        }
    }
}

fn event_list(chosen: &str, events: &[String], empty: &str) -> Markup {
    let unknown = !chosen.is_empty() && !events.iter().any(|name| name == chosen);
    html! {
        select name="event" aria-label="Event" {
            option value="" { (empty) }
            @if unknown { option value=(chosen) selected { (chosen) } }
            @for name in events { option value=(name) selected[name == chosen] { (name) } }
        }
    }
}

fn list(name: &str, label: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        select name=(name) aria-label=(label) {
            @for (value, text) in choices { option value=(value) selected[*value == chosen] { (text) } }
        }
    }
}

fn property(name: &str, value: &str) -> Markup {
    let label = match name {
        "by" => "Split by",
        "of" => "Property measured",
        _ => "Where property",
    };
    html! { input name=(name) value=(value) list="properties" aria-label=(label) placeholder="property" autocomplete="off"; }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_the_question_that_the_api_takes() {
        let check = |pairs: &[(&str, &str)], wanted: Value| {
            assert_eq!(TrendForm::from_pairs(pairs.iter().copied()).to_json(), wanted, "{pairs:?}");
        };
        check(
            &[
                ("measure", "sum"),
                ("of", "revenue"),
                ("event", "Order Completed"),
                ("event", ""),
                ("interval", "week"),
                ("from", "2026-08-01"),
                ("to", "2026-10-30"),
                ("by", "country"),
                ("by", ""),
                ("where", "plan"),
                ("op", "eq"),
                ("value", "pro"),
                ("where", ""),
            ],
            json!({"kind":"trend","events":[{"event":"Order Completed","measure":"sum","property":"revenue"}],
                   "range":{"from":"2026-08-01","to":"2026-10-30"},"interval":"week","by":["country"],
                   "where":[{"property":"plan","op":"eq","value":"pro"}]}),
        );
        check(
            &[
                ("where", "n"),
                ("op", "gt"),
                ("value", "5"),
                ("where", "s"),
                ("value", "\"5\""),
                ("where", "x"),
                ("op", "exists"),
                ("where", "c"),
                ("op", "in"),
                ("value", "DE, FR"),
            ],
            json!({"kind":"trend","events":[],"range":{"from":"","to":""},"interval":"day","where":[
                {"property":"n","op":"gt","value":5},{"property":"s","op":"eq","value":"5"},{"property":"x","op":"exists"},
                {"property":"c","op":"in","value":["DE","FR"]}]}),
        );
        let many: Vec<(&str, &str)> =
            (0..50).flat_map(|_| [("event", "a"), ("where", "b"), ("by", "c")]).collect();
        let form = TrendForm::from_pairs(many);
        assert_eq!(
            (form.events.len(), form.filters.len(), form.by.len()),
            (EVENTS_MAX, PARTS_MAX, PARTS_MAX)
        );
    }
}
