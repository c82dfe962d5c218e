//! Plans through the public interface: documents with their errors, judgements, differences, drafts, the client.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::time::Instant;

use model::{EventRecord, Kind, SourceId, WorkspaceId};
use plan::draft::Sample;
use plan::violation::VIOLATIONS_MAX;
use plan::{Compiled, Draft, Mode, Plan, Rule, diff, typescript};
use proptest::prelude::*;
use serde_json::{Value, json};

fn plan(document: &Value) -> Plan {
    Plan::read(document, None).expect("a plan")
}

fn of_property(property: &Value) -> Compiled {
    let document = json!({"name": "p", "events": {"E": {"properties": {"x": property}}}});
    Compiled::new(&plan(&document), 1).expect("compiles")
}

fn record(kind: Kind, name: &str, text: &str) -> EventRecord {
    let is_traits = matches!(kind, Kind::Identify | Kind::Group);
    let text = |is_here: bool| if is_here { text.to_owned() } else { "{}".to_owned() };
    EventRecord {
        workspace: WorkspaceId(1),
        source: SourceId(2),
        message_id: "m".to_owned(),
        kind,
        name: name.to_owned(),
        time_ms: 0,
        received_ms: 0,
        user_id: Some("u".to_owned()),
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        properties: text(!is_traits),
        traits: text(is_traits),
        context: "{}".to_owned(),
        sealed: Vec::new(),
        findings: Vec::new(),
    }
}

fn broken(compiled: &Compiled, kind: Kind, name: &str, text: &str) -> Vec<(String, Rule)> {
    let verdict = compiled.check(&record(kind, name, text));
    verdict.violations.into_iter().map(|violation| (violation.property, violation.rule)).collect()
}

/// A property's rule, the values it takes, and those it does not, with what they break.
type Row<'a> = (Value, &'a [&'a str], &'a [(&'a str, Rule)]);

#[test]
fn each_rule_finds_what_it_is_for_and_nothing_else() {
    let rows: &[Row<'_>] = &[
        (
            json!({"type": "string"}),
            &["\"a\"", "\"\"", "null", "\"[removed: password]\""],
            &[("1", Rule::Type), ("true", Rule::Type), ("[]", Rule::Type)],
        ),
        (
            json!({"type": "integer"}),
            &["1", "-7", "3.0", "2e3", "\"[sealed: phone #ab12]\""],
            &[("1.5", Rule::Type), ("\"1\"", Rule::Type)],
        ),
        (json!({"type": "number"}), &["1", "1.5", "-2e-3"], &[("\"1\"", Rule::Type)]),
        (json!({"type": "boolean"}), &["true", "false"], &[("0", Rule::Type), ("\"true\"", Rule::Type)]),
        (
            json!({"type": "date-time"}),
            &["\"2026-08-01T12:00:00Z\"", "\"2026-08-01T12:00:00\\u005a\""],
            &[("\"2026-08-01\"", Rule::Type), ("1700000000", Rule::Type)],
        ),
        (json!({"type": "object"}), &["{}", "{\"a\":1}"], &[("[]", Rule::Type)]),
        (
            json!({"type": "array", "max_length": 2}),
            &["[]", "[1,2]"],
            &[("{}", Rule::Type), ("[1,2,3]", Rule::Length)],
        ),
        (json!({}), &["1", "\"a\"", "[]", "{}", "true"], &[]),
        (
            json!({"type": "string", "enum": ["a", "b\"c"]}),
            &["\"a\"", "\"b\\\"c\"", "\"\\u0061\""],
            &[("\"A\"", Rule::Enum)],
        ),
        (
            json!({"enum": [1, true, "x"]}),
            &["1", "1.0", "true", "\"x\""],
            &[("2", Rule::Enum), ("false", Rule::Enum), ("\"1\"", Rule::Enum)],
        ),
        (
            json!({"type": "string", "pattern": "^[a-z]+$"}),
            &["\"abc\"", "\"\\u0061\""],
            &[("\"a1\"", Rule::Pattern), ("\"\"", Rule::Pattern)],
        ),
        (
            json!({"type": "string", "min_length": 2, "max_length": 3}),
            &["\"ab\"", "\"äöü\"", "\"\\u00e4\\u00f6\""],
            &[("\"a\"", Rule::Length), ("\"abcd\"", Rule::Length)],
        ),
        (
            json!({"type": "number", "minimum": 0, "maximum": 10}),
            &["0", "10", "9.99"],
            &[("-0.1", Rule::Range), ("1e2", Rule::Range)],
        ),
        (
            json!({"type": "string", "classification": "public"}),
            &["\"a\""],
            &[
                ("\"[sealed: email #ab]\"", Rule::Classification),
                ("\"call [sealed: phone #ab] now\"", Rule::Classification),
            ],
        ),
        (
            json!({"type": "string", "classification": "personal"}),
            &["\"a\"", "\"[sealed: personal #ab]\""],
            &[],
        ),
        (json!({"type": "array", "items": {"type": "integer"}}), &["[]", "[1,2]"], &[]),
    ];
    for (property, good, bad) in rows {
        let compiled = of_property(property);
        for value in *good {
            let text = format!("{{\"x\":{value}}}");
            assert_eq!(broken(&compiled, Kind::Track, "E", &text), [], "{property} {value}");
        }
        for (value, rule) in *bad {
            let text = format!("{{\"x\" : {value} }}");
            assert_eq!(
                broken(&compiled, Kind::Track, "E", &text),
                [("x".to_owned(), *rule)],
                "{property} {value}"
            );
        }
    }
}

#[test]
fn nested_members_are_named_by_their_path() {
    let compiled = of_property(&json!({"type": "array", "items": {"type": "object", "properties": {
        "sku": {"type": "string", "required": true}, "size": {"type": "object", "properties": {"w": {"type": "number"}}}}}}));
    let text = r#"{"x":[{"sku":"a"},{"size":{"w":"wide","h":1}},7]}"#;
    assert_eq!(
        broken(&compiled, Kind::Track, "E", text),
        [
            ("x[].size.w".to_owned(), Rule::Type),
            ("x[].size.h".to_owned(), Rule::UnplannedProperty),
            ("x[].sku".to_owned(), Rule::Missing),
            ("x[]".to_owned(), Rule::Type),
        ]
    );
}

#[test]
fn the_strictest_mode_decides_and_overrides_hold() {
    let document = json!({"name": "p", "mode": "watch", "unplanned_events": "block", "unplanned_properties": "allow", "events": {
        "A": {"properties": {"x": {"type": "string", "required": true}}},
        "B": {"mode": "quarantine", "unplanned_properties": "block", "properties": {"x": {"type": "string"}}}}});
    let compiled = Compiled::new(&plan(&document), 3).unwrap();
    let mode = |kind, name: &str, text: &str| compiled.check(&record(kind, name, text)).mode;
    assert_eq!(mode(Kind::Track, "A", r#"{"x":"a","y":1}"#), None);
    assert_eq!(mode(Kind::Track, "A", r#"{"y":1}"#), Some(Mode::Watch));
    assert_eq!(mode(Kind::Track, "A", r#"{"x":null}"#), Some(Mode::Watch), "null is as good as absent");
    assert_eq!(mode(Kind::Track, "B", r#"{"x":1}"#), Some(Mode::Quarantine));
    assert_eq!(mode(Kind::Track, "B", r#"{"x":1,"y":1}"#), Some(Mode::Block));
    assert_eq!(mode(Kind::Track, "C", "{}"), Some(Mode::Block));
    for kind in [Kind::Identify, Kind::Group, Kind::Page, Kind::Screen, Kind::Alias] {
        assert_eq!(
            mode(kind, "whatever", r#"{"z":1}"#),
            None,
            "calls that the plan does not speak of are left alone"
        );
    }
}

#[test]
fn traits_are_judged_and_operations_looked_into() {
    let document = json!({"name": "p", "events": {}, "identify": {"traits": {
        "plan": {"type": "string", "required": true}, "visits": {"type": "integer"}}}});
    let compiled = Compiled::new(&plan(&document), 1).unwrap();
    let found = broken(
        &compiled,
        Kind::Identify,
        "Identified",
        r#"{"plan":"pro","$set_once":{"visits":"many","other":1},"$add":{"visits":1}}"#,
    );
    assert_eq!(found, [("visits".to_owned(), Rule::Type), ("other".to_owned(), Rule::UnplannedProperty)]);
}

#[test]
fn violations_are_bounded_and_the_rest_is_said() {
    let compiled = of_property(&json!({"type": "string"}));
    let members: Vec<String> = (0..100).map(|number| format!("\"u{number}\":1")).collect();
    let verdict = compiled.check(&record(Kind::Track, "E", &format!("{{{}}}", members.join(","))));
    assert_eq!((verdict.violations.len(), verdict.left_out as usize), (VIOLATIONS_MAX, 100 - VIOLATIONS_MAX));
}

#[test]
fn every_error_names_the_place_and_the_fix() {
    let document = json!({
        "name": "Shop 1", "mode": "loud", "unplanned_event": "allow", "events": {
            "A/B": {"properties": {"x~y": {"type": "strnig"}}, "mod": "watch"},
            "C": {"properties": {"a": {"pattern": "x"}, "b": {"type": "string", "pattern": "("}, "c": {"type": "integer", "enum": ["one"]},
                "d": {"type": "number", "minimum": 2, "maximum": 1}, "e": 7, "f": {"enum": []}, "g": {"type": "array", "items": {"minimum": 1}}}}},
        "identify": {"properties": {}}
    });
    let errors = Plan::read(&document, None).unwrap_err();
    let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/unplanned_event",
            "/name",
            "/mode",
            "/events/A~1B/mod",
            "/events/A~1B/properties/x~0y/type",
            "/events/C/properties/a/pattern",
            "/events/C/properties/b/pattern",
            "/events/C/properties/c/enum",
            "/events/C/properties/d/minimum",
            "/events/C/properties/e",
            "/events/C/properties/f/enum",
            "/events/C/properties/g/items/minimum",
            "/identify/properties",
        ]
    );
    assert!(errors.iter().all(|error| !error.fix.is_empty() && !error.problem.is_empty()));
    assert_eq!(errors[0].fix, "did you mean `unplanned_events`?");
    assert_eq!(Plan::read_text("{", None).unwrap_err()[0].problem, "is not JSON at line 1, column 1");
    assert_eq!(Plan::read(&json!({"events": {}}), None).unwrap_err()[0].pointer, "/name");
    assert!(Plan::read(&json!({"events": {}}), Some("shop")).is_ok(), "the address may name it");
    assert!(Plan::read(&json!({"name": "other", "events": {}}), Some("shop")).is_err());
}

#[test]
fn differences_are_told_by_event_and_property() {
    let before = plan(
        &json!({"name": "p", "events": {"A": {"properties": {"x": {"type": "string"}, "o": {"type": "object", "properties": {"i": {}}}}}, "Gone": {}}}),
    );
    let after = plan(
        &json!({"name": "p", "mode": "block", "events": {"A": {"mode": "watch", "properties": {"x": {"type": "string", "required": true}, "o": {"type": "object", "properties": {"j": {}}}}}, "New": {}}}),
    );
    let told: Vec<(String, String, bool, bool)> = diff::diff(&before, &after)
        .into_iter()
        .map(|change| (change.event, change.property, change.before.is_some(), change.after.is_some()))
        .collect();
    let row = |event: &str, property: &str, was, is| (event.to_owned(), property.to_owned(), was, is);
    assert_eq!(
        told,
        [
            row("", "mode", true, true),
            row("A", "mode", false, true),
            row("A", "o.i", true, false),
            row("A", "o.j", false, true),
            row("A", "x", true, true),
            row("Gone", "", true, false),
            row("New", "", false, true),
        ]
    );
    assert_eq!(diff::diff(&after, &after), []);
}

#[test]
fn a_draft_says_what_was_seen() {
    let mut draft = Draft::default();
    for number in 0..30 {
        let properties = format!(
            r#"{{"n":{number},"f":{},"t":"2026-08-01T10:00:00Z","mail":"[sealed: email #ab]","pw":"[removed: password]","mixed":{}}}"#,
            if number == 5 { "1.5" } else { "2" },
            if number % 2 == 0 { "1" } else { "\"a\"" }
        );
        draft.add(Sample { kind: Kind::Track, name: "E", properties: &properties, traits: "{}" });
    }
    draft.add(Sample {
        kind: Kind::Identify,
        name: "Identified",
        properties: "{}",
        traits: r#"{"plan":"pro"}"#,
    });
    let plan = draft.finish("d");
    assert_eq!(
        plan.document()["events"]["E"]["properties"],
        json!({"f": {"type": "number", "required": true}, "mail": {"type": "string", "required": true, "classification": "personal"},
            "mixed": {"required": true}, "n": {"type": "integer", "required": true},
            "pw": {"type": "string", "classification": "secret"}, "t": {"type": "date-time", "required": true}})
    );
    assert_eq!(plan.document()["identify"]["traits"]["plan"], json!({"type": "string"}));
    assert!(Plan::read(&plan.document(), None).is_ok());
}

#[test]
fn nobodys_words_break_out_of_the_client() {
    let document = json!({"name": "p", "events": {"A\"; import x //": {"description": "ends */ here\nand there", "properties": {
        "b\": never; //": {"enum": ["\u{2028}\"quote"], "type": "string"}}}}});
    let client = typescript::client(&plan(&document), 1);
    assert!(client.contains("/** ends * / here and there */"), "{client}");
    assert!(client.contains(r#""A\"; import x //": {"#), "{client}");
    assert!(client.contains(r#""\u2028\"quote""#), "{client}");
}

fn property() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        Just(json!({"type": "string", "required": true})),
        Just(json!({"type": "integer", "minimum": -5})),
        Just(json!({"type": "number", "maximum": 1.5, "classification": "internal"})),
        Just(json!({"type": "boolean"})),
        Just(json!({"type": "date-time", "description": "when"})),
        Just(json!({"type": "string", "enum": ["a", "b"], "classification": "secret"})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::btree_map("[a-c]", inner.clone(), 1..3)
                .prop_map(|members| json!({"type": "object", "properties": members})),
            inner.prop_map(|items| json!({"type": "array", "items": items, "max_length": 2})),
        ]
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|truth| json!(truth)),
        (-9_i64..9).prop_map(|number| json!(number)),
        Just(json!(0.5)),
        prop_oneof![Just("a"), Just("[sealed: email #ab]"), Just("2026-08-01T10:00:00Z"), Just("\"\\\u{1}é")]
            .prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::btree_map("[a-d]", inner, 0..3).prop_map(|members| json!(members)),
        ]
    })
}

/// The same judgement, written the plain way over parsed values: how many violations there are.
fn plainly(planned: &serde_json::Map<String, Value>, value: &serde_json::Map<String, Value>) -> usize {
    let missing = planned.iter().filter(|(name, property)| {
        property["required"] == true && value.get(*name).is_none_or(Value::is_null)
    });
    let there = value.iter().map(|(name, value)| match planned.get(name) {
        None => 1,
        Some(_) if value.is_null() => 0,
        Some(property) => plainly_value(property, value),
    });
    missing.count() + there.sum::<usize>()
}

fn plainly_value(property: &Value, value: &Value) -> usize {
    let is_mark = value.as_str().is_some_and(|text| text.starts_with("[sealed: ") && text.ends_with(']'));
    let has_mark = value.to_string().contains("[sealed: ");
    let marked = usize::from(property["classification"] == "internal" && has_mark);
    if is_mark {
        return marked;
    }
    let is_type = match property["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.as_i64().is_some(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("date-time") => value == "2026-08-01T10:00:00Z",
        Some("object") => value.is_object(),
        _ => value.is_array(),
    };
    let is_listed = property["enum"].as_array().is_none_or(|values| values.contains(value));
    let number = value.as_f64().unwrap_or(0.0);
    let in_range = property["minimum"].as_f64().is_none_or(|least| number >= least)
        && property["maximum"].as_f64().is_none_or(|most| number <= most);
    let fits = property["max_length"]
        .as_u64()
        .is_none_or(|most| value.as_array().is_none_or(|items| items.len() as u64 <= most));
    if !is_type || !is_listed || !in_range || !fits {
        return marked + 1;
    }
    marked
        + match (property.get("items"), property.get("properties"), value) {
            (Some(items), _, Value::Array(values)) => {
                values.iter().map(|value| plainly_value(items, value)).sum()
            }
            (_, Some(Value::Object(members)), Value::Object(value)) => plainly(members, value),
            _ => 0,
        }
}

proptest! {
    #[test]
    fn judged_as_plainly(members in proptest::collection::btree_map("[a-c]", property(), 0..3), value in proptest::collection::btree_map("[a-d]", any_json(), 0..4)) {
        let document = json!({"name": "p", "events": {"E": {"properties": members}}});
        let compiled = Compiled::new(&plan(&document), 1).unwrap();
        let value = json!(value);
        let verdict = compiled.check(&record(Kind::Track, "E", &value.to_string()));
        let found = verdict.violations.len() + verdict.left_out as usize;
        let wanted = plainly(document["events"]["E"]["properties"].as_object().unwrap(), value.as_object().unwrap());
        prop_assert_eq!(found, wanted, "{} {}", document, value);
    }

    #[test]
    fn what_is_written_is_read_again(members in proptest::collection::btree_map("[a-c]", property(), 0..3)) {
        let read = plan(&json!({"name": "p", "events": {"E": {"properties": members}}, "identify": {"traits": {}}}));
        prop_assert_eq!(&Plan::read_text(&read.text(), None).unwrap(), &read);
    }

    #[test]
    fn any_document_is_survived(document in any_json()) {
        let _ = Plan::read(&json!({"name": "p", "mode": document, "events": {"E": document, "F": {"properties": {"x": document}}}}), None);
    }

    #[test]
    fn any_text_is_survived(text in "[{}\\[\\]:,\"\\\\ abx1.e-]{0,60}") {
        let compiled = of_property(&json!({"type": "object", "properties": {"a": {"required": true}}}));
        let _ = compiled.check(&record(Kind::Track, "E", &text));
    }
}

#[test]
fn a_plan_of_a_thousand_events_is_judged_as_fast_as_one_of_ten() {
    let sized = |events: usize| {
        let events: serde_json::Map<String, Value> = (0..events)
            .map(|number| {
                let properties: serde_json::Map<String, Value> = (0..12)
                    .map(|property| {
                        (
                            format!("property_{property}"),
                            json!({"type": "string", "required": property < 6, "max_length": 50}),
                        )
                    })
                    .collect();
                (format!("Event {number}"), json!({"properties": properties}))
            })
            .collect();
        Compiled::new(&plan(&json!({"name": "p", "events": events})), 1).unwrap()
    };
    let members: Vec<String> =
        (0..12).map(|property| format!("\"property_{property}\":\"a usual value\"")).collect();
    let event = record(Kind::Track, "Event 7", &format!("{{{}}}", members.join(",")));
    for compiled in [sized(10), sized(1_000)] {
        let begun = Instant::now();
        for _ in 0..10_000 {
            assert_eq!(compiled.check(&event).mode, None);
        }
        println!("{} ns an event of 12 properties", begun.elapsed().as_nanos() / 10_000);
    }
}
