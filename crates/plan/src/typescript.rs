//! A typed TypeScript client: what the plan allows compiles, what it does not, does not. It wraps whatever has the
//! call shapes of Segment's browser SDK, ours included, and adds nothing at run time.

use std::collections::BTreeMap;

use crate::document::{Classification, EventPlan, Plan, Property, Scalar, Type, Unplanned};

/// The client of a plan.
pub fn client(plan: &Plan, version: u32) -> String {
    let mut out = format!(
        "// The typed client of tracking plan \"{}\", version {version}. Made by Holdfast from the plan: change the plan, not this file.\n\n",
        plan.name
    );
    let open = |event: &EventPlan| {
        event.unplanned_properties.unwrap_or(plan.unplanned_properties) == Unplanned::Allow
    };
    out.push_str("/** The events of the plan and their properties. */\nexport interface Events {\n");
    for (name, event) in &plan.events {
        comment(&mut out, "  ", &event.description, None);
        out.push_str(&format!("  {}: {};\n", quoted(name), object(&event.properties, open(event), 1)));
    }
    out.push_str("}\n\n");
    for (name, what, event) in [
        ("UserTraits", "What `identify` may say of a person.", &plan.identify),
        ("GroupTraits", "What `group` may say of a group.", &plan.group),
        ("PageProperties", "What `page` may say of a page.", &plan.page),
    ] {
        let kind = event.as_ref().map_or_else(
            || "{ [name: string]: unknown }".to_owned(),
            |event| object(&event.properties, open(event), 0),
        );
        out.push_str(&format!("/** {what} */\nexport type {name} = {kind};\n\n"));
    }
    out.push_str(FIXED);
    out
}

/// What is the same for every plan.
const FIXED: &str = r#"/** The names of the plan's events. */
export type EventName = keyof Events;

/** What is wrapped: Segment's, RudderStack's or Jitsu's browser SDK, or `window.holdfast`. */
export interface Analytics {
  track(event: string, properties?: any, ...more: any[]): unknown;
  identify(...given: any[]): unknown;
  group(...given: any[]): unknown;
  page(...given: any[]): unknown;
}

/** Properties may be left out where none is required. */
type Given<T> = {} extends T ? [properties?: T] : [properties: T];

/** The same calls, with the plan's types. */
export interface Planned {
  track<E extends EventName>(event: E, ...properties: Given<Events[E]>): unknown;
  identify(userId: string, ...traits: Given<UserTraits>): unknown;
  group(groupId: string, ...traits: Given<GroupTraits>): unknown;
  page(name: string, ...properties: Given<PageProperties>): unknown;
}

/** Wraps an SDK; without one `window.holdfast`, looked up at each call, so that it may load later. */
export function planned(analytics?: Analytics): Planned {
  const sdk = (): Analytics => {
    const found = analytics ?? (globalThis as { holdfast?: Analytics }).holdfast;
    if (!found) throw new Error("no analytics object was given and window.holdfast is not there");
    return found;
  };
  return {
    track: (event, ...properties) => sdk().track(event, ...properties),
    identify: (userId, ...traits) => sdk().identify(userId, ...traits),
    group: (groupId, ...traits) => sdk().group(groupId, ...traits),
    page: (name, ...properties) => sdk().page(name, ...properties),
  };
}
"#;

fn object(properties: &BTreeMap<String, Property>, open: bool, depth: usize) -> String {
    if properties.is_empty() {
        let nothing = "{ [name: string]: never }";
        return if open { "{ [name: string]: unknown }".to_owned() } else { nothing.to_owned() };
    }
    let indent = "  ".repeat(depth + 1);
    let mut out = "{\n".to_owned();
    for (name, property) in properties {
        comment(&mut out, &indent, &property.description, property.classification);
        let mark = if property.required { "" } else { "?" };
        out.push_str(&format!("{indent}{}{mark}: {};\n", quoted(name), kind(property, open, depth + 1)));
    }
    if open {
        out.push_str(&format!("{indent}[name: string]: unknown;\n"));
    }
    out.push_str(&format!("{}}}", "  ".repeat(depth)));
    out
}

fn kind(property: &Property, open: bool, depth: usize) -> String {
    // Nothing compiles that sends a secret, unless the plan itself demands it.
    if property.classification == Some(Classification::Secret) && !property.required {
        return "never".to_owned();
    }
    if !property.one_of.is_empty() {
        return property.one_of.iter().map(scalar).collect::<Vec<_>>().join(" | ");
    }
    match property.kind {
        Type::String => "string".to_owned(),
        Type::Integer | Type::Number => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::DateTime => "string | Date".to_owned(),
        Type::Any => "unknown".to_owned(),
        Type::Object if property.properties.is_empty() => "{ [name: string]: unknown }".to_owned(),
        Type::Object => object(&property.properties, open, depth),
        Type::Array => match &property.items {
            Some(items) => format!("Array<{}>", kind(items, open, depth)),
            None => "unknown[]".to_owned(),
        },
    }
}

fn comment(out: &mut String, indent: &str, description: &str, classification: Option<Classification>) {
    let class = match classification {
        Some(Classification::Secret) => "Secret: Holdfast removes it on arrival.",
        Some(Classification::Personal) => "Personal: Holdfast seals it.",
        Some(Classification::Public | Classification::Internal) | None => "",
    };
    // Nobody's words may end the comment, or begin a line of their own.
    let description: String =
        description.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /");
    let words = [description.as_str(), class].into_iter().filter(|words| !words.is_empty());
    let words = words.collect::<Vec<_>>().join(" ");
    if !words.is_empty() {
        out.push_str(&format!("{indent}/** {words} */\n"));
    }
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => quoted(text),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(truth) => truth.to_string(),
    }
}

/// A JSON string is a TypeScript string, but for two line ends that old readers take for such.
fn quoted(text: &str) -> String {
    serde_json::to_string(text)
        .unwrap_or_default()
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
