//! A trend question as the address of its page holds it, and as the API takes it.

use charts::trend::Parts;
use serde_json::{Value, json};

/// How many events one question may compare.
pub const EVENTS_MAX: usize = 5;
/// How many conditions and groupings one question may have.
pub const PARTS_MAX: usize = 5;
/// How many formulas one question may have.
pub const FORMULAS_MAX: usize = 5;

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
    /// What is worked out of the events, which go by letters.
    pub formulas: Vec<FormulaPart>,
    /// `previous`, or empty.
    pub compare: String,
    /// `cumulative`, or empty.
    pub show: String,
    /// Of how many intervals each number is the mean; empty for none.
    pub rolling: String,
}

/// One formula.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormulaPart {
    /// `A / B`.
    pub formula: String,
    /// What it is called; the formula itself if empty.
    pub name: String,
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
    /// an operator and a value behind their `where`, a name behind its formula.
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
                "where" | "op" | "value" => read_filter(&mut form.filters, name, value),
                "from" => form.from = value,
                "to" => form.to = value,
                "interval" => form.interval = value,
                "formula" => form.formulas.push(FormulaPart { formula: value, name: String::new() }),
                "called" => {
                    if let Some(part) = form.formulas.last_mut() {
                        part.name = value;
                    }
                }
                "compare" => form.compare = value,
                "show" => form.show = value,
                "rolling" => form.rolling = value,
                _ => {}
            }
        }
        form.events.retain(|part| !part.event.is_empty());
        form.filters.retain(|part| !part.property.is_empty());
        form.events.truncate(EVENTS_MAX);
        form.by.truncate(PARTS_MAX);
        form.filters.truncate(PARTS_MAX);
        form.formulas.retain(|part| !part.formula.is_empty());
        form.formulas.truncate(FORMULAS_MAX);
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
        if !self.formulas.is_empty() {
            question["formulas"] = self.formulas.iter().map(FormulaPart::to_json).collect();
        }
        for (name, value) in [("compare", &self.compare), ("show", &self.show)] {
            if !value.is_empty() {
                question[name] = json!(value);
            }
        }
        if !self.rolling.is_empty() {
            question["rolling"] = literal(&self.rolling);
        }
        question
    }

    /// What the columns of its answer are.
    pub fn parts(&self) -> Parts {
        Parts {
            by: self.by.len(),
            events: self.events.len(),
            formulas: self.formulas.len(),
            compared: !self.compare.is_empty(),
        }
    }

    /// Whether what is drawn adds up over intervals.
    pub fn adds_up(&self) -> bool {
        let counts = self.events.iter().all(|part| matches!(part.measure.as_str(), "count" | "sum"));
        counts && self.formulas.is_empty() && self.rolling.is_empty()
    }
}

impl FormulaPart {
    fn to_json(&self) -> Value {
        let mut out = json!({ "formula": self.formula });
        if !self.name.is_empty() {
            out["name"] = json!(self.name);
        }
        out
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

    pub(super) fn needs_property(&self) -> bool {
        !matches!(self.measure.as_str(), "count" | "people")
    }
}

impl FilterPart {
    /// As a condition on people, who have traits alone: `plan` and `trait.plan` are the same.
    pub(super) fn to_trait_json(&self) -> Value {
        let mut out = self.to_json();
        let name = self.property.strip_prefix("trait.").unwrap_or(&self.property);
        if let Some(fields) = out.as_object_mut() {
            fields.remove("property");
            fields.insert("trait".to_owned(), json!(name));
        }
        out
    }

    pub(super) fn to_json(&self) -> Value {
        let mut out = json!({ "property": self.property, "op": self.op });
        if matches!(self.op.as_str(), "in" | "not_in") {
            out["value"] = self.value.split(',').map(|part| literal(part.trim())).collect();
        } else if self.needs_value() {
            out["value"] = literal(&self.value);
        }
        out
    }

    pub(super) fn needs_value(&self) -> bool {
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

/// Takes up a `where`, or the `op` or `value` of the one before.
pub(super) fn read_filter(filters: &mut Vec<FilterPart>, name: &str, value: String) {
    match (name, filters.last_mut()) {
        ("where", _) => {
            filters.push(FilterPart { property: value, op: "eq".to_owned(), value: String::new() });
        }
        ("op", Some(part)) => part.op = value,
        ("value", Some(part)) => part.value = value,
        _ => {}
    }
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
        check(
            &[
                ("event", "Paid"),
                ("called", "of nothing"),
                ("formula", "A * 2"),
                ("called", "Twice"),
                ("formula", ""),
                ("called", ""),
                ("compare", "previous"),
                ("show", ""),
                ("rolling", "7"),
            ],
            json!({"kind":"trend","events":[{"event":"Paid","measure":"count"}],"range":{"from":"","to":""},"interval":"day",
                "formulas":[{"formula":"A * 2","name":"Twice"}],"compare":"previous","rolling":7}),
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
