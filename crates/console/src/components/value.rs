//! Properties and traits: shortly in a line, wholly in a block, marks as marks.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::mark;

/// Deeper than this nothing is opened; the collector refuses deeper events anyway.
const DEPTH_MAX: usize = 32;

/// The first `pairs_max` values in one line, those with marks first; nested names joined by dots.
pub fn gist(object: &Map<String, Value>, pairs_max: usize) -> Markup {
    let mut pairs = Vec::new();
    flatten(object, "", 0, &mut pairs);
    let all = pairs.len();
    pairs.sort_by_key(|(_, value)| !is_marked(value));
    pairs.truncate(pairs_max);
    html! {
        @for (name, value) in &pairs { span { span.k { (name) } " " (inline(value)) } }
        @if all > pairs.len() { span.soft { "+" (all - pairs.len()) } }
    }
}

/// The whole object, indented.
pub fn block(object: &Map<String, Value>) -> Markup {
    html! { pre.code tabindex="0" { (nested(&Value::Object(object.clone()), 0)) } }
}

/// One value in a line.
pub fn inline(value: &Value) -> Markup {
    match value {
        Value::String(text) => mark::text(text),
        other => html! { (other) },
    }
}

fn is_marked(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("[removed: ") || text.contains("[sealed: "))
}

fn flatten(object: &Map<String, Value>, prefix: &str, depth: usize, out: &mut Vec<(String, Value)>) {
    for (key, value) in object {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(inner) if depth < DEPTH_MAX => flatten(inner, &name, depth + 1, out),
            Value::Array(items) => out.push((name, Value::String(format!("[{}]", items.len())))),
            other => out.push((name, other.clone())),
        }
    }
}

fn nested(value: &Value, depth: usize) -> Markup {
    let inner = "  ".repeat(depth + 1);
    let outer = "  ".repeat(depth);
    match value {
        Value::Object(object) if !object.is_empty() && depth < DEPTH_MAX => html! {
            "{\n"
            @for (place, (key, value)) in object.iter().enumerate() {
                (inner) span.k { "\"" (key) "\"" } ": " (nested(value, depth + 1))
                @if place + 1 < object.len() { "," } "\n"
            }
            (outer) "}"
        },
        Value::Array(items) if !items.is_empty() && depth < DEPTH_MAX => html! {
            "[\n"
            @for (place, value) in items.iter().enumerate() {
                (inner) (nested(value, depth + 1)) @if place + 1 < items.len() { "," } "\n"
            }
            (outer) "]"
        },
        Value::String(text) if is_marked(value) => html! { "\"" (mark::text(text)) "\"" },
        other => html! { (other) },
    }
}
