//! A plan as its document: members in one order, nothing that only repeats a default, so that equal plans are
//! equal texts and a difference in a file is a difference in meaning.

use serde_json::{Map, Value, json};

use crate::document::{EventPlan, Plan, Property, Scalar, Type, Unplanned};

impl Plan {
    /// The document.
    pub fn document(&self) -> Value {
        let mut out = Map::new();
        out.insert("name".to_owned(), json!(self.name));
        text(&mut out, "description", &self.description);
        out.insert("mode".to_owned(), json!(self.mode.as_str()));
        out.insert("unplanned_events".to_owned(), json!(self.unplanned_events.as_str()));
        out.insert("unplanned_properties".to_owned(), json!(self.unplanned_properties.as_str()));
        let events = self.events.iter().map(|(name, event)| (name.clone(), of_event(event, "properties")));
        out.insert("events".to_owned(), Value::Object(events.collect()));
        for (call, event) in self.calls() {
            if let Some(event) = event {
                let members = if matches!(call, "identify" | "group") { "traits" } else { "properties" };
                out.insert(call.to_owned(), of_event(event, members));
            }
        }
        Value::Object(out)
    }

    /// The document as text for a file, with a line end.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.document()).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn of_event(event: &EventPlan, members: &str) -> Value {
    let mut out = Map::new();
    text(&mut out, "description", &event.description);
    if let Some(mode) = event.mode {
        out.insert("mode".to_owned(), json!(mode.as_str()));
    }
    if let Some(unplanned) = event.unplanned_properties {
        out.insert("unplanned_properties".to_owned(), json!(Unplanned::as_str(unplanned)));
    }
    let properties = event.properties.iter().map(|(name, property)| (name.clone(), of_property(property)));
    out.insert(members.to_owned(), Value::Object(properties.collect()));
    Value::Object(out)
}

/// One property as the document has it.
pub fn of_property(property: &Property) -> Value {
    let mut out = Map::new();
    text(&mut out, "description", &property.description);
    if property.kind != Type::Any {
        out.insert("type".to_owned(), json!(property.kind.as_str()));
    }
    if property.required {
        out.insert("required".to_owned(), json!(true));
    }
    if !property.one_of.is_empty() {
        out.insert("enum".to_owned(), property.one_of.iter().map(of_scalar).collect());
    }
    if let Some(pattern) = &property.pattern {
        out.insert("pattern".to_owned(), json!(pattern));
    }
    let numbers = [
        ("min_length", property.min_length.map(f64::from)),
        ("max_length", property.max_length.map(f64::from)),
        ("minimum", property.minimum),
        ("maximum", property.maximum),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            out.insert(name.to_owned(), of_number(number));
        }
    }
    if let Some(items) = &property.items {
        out.insert("items".to_owned(), of_property(items));
    }
    if !property.properties.is_empty() {
        let inner = property.properties.iter().map(|(name, inner)| (name.clone(), of_property(inner)));
        out.insert("properties".to_owned(), Value::Object(inner.collect()));
    }
    if let Some(classification) = property.classification {
        out.insert("classification".to_owned(), json!(classification.as_str()));
    }
    Value::Object(out)
}

fn text(out: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        out.insert(name.to_owned(), json!(text));
    }
}

fn of_scalar(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Text(text) => json!(text),
        Scalar::Number(number) => of_number(*number),
        Scalar::Boolean(truth) => json!(truth),
    }
}

/// Whole numbers without a fraction, as people write them.
fn of_number(number: f64) -> Value {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT_MAX { json!(number as i64) } else { json!(number) }
}
