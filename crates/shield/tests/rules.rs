//! Rules of a workspace: what they remove, seal and let through, and what they cannot.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

mod support;

use model::EventRecord;
use serde_json::{Value, json};
use shield::Shield;
use shield::rules::CustomRules;

use support::event;

fn shield(rules: &Value) -> Shield {
    let rules: CustomRules = serde_json::from_value(json!({ "rules": rules })).expect("readable");
    Shield::builtin().with(&rules).expect("right")
}

fn screen(shield: &Shield, name: &str, properties: &Value, traits: &Value) -> EventRecord {
    let (properties, traits) = (properties.to_string(), traits.to_string());
    shield.screen(event(name, &properties, &traits, "{}"), &|_| "0f".to_owned()).expect("taken").into_record()
}

/// Asserts what is left of properties under rules, and which rules the findings name.
fn check(rules: &Value, properties: &Value, left: &Value, named: &[&str]) {
    let shield = shield(rules);
    let record = screen(&shield, "Viewed", properties, &json!({}));
    let kept: Value = serde_json::from_str(&record.properties).expect("JSON");
    assert_eq!(&kept, left, "{rules}");
    let found: Vec<&str> = record.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(found, named, "{rules}");
    // Screening twice changes nothing.
    let again = screen(&shield, "Viewed", &kept, &json!({}));
    assert_eq!(serde_json::from_str::<Value>(&again.properties).expect("JSON"), kept);
    assert!(again.findings.is_empty(), "{:?}", again.findings);
}

#[test]
fn names_and_what_lies_below_them_leave() {
    check(
        &json!([{"name": "badge", "action": "remove", "class": "personal", "keys": ["badge number"]}]),
        &json!({"badgeNumber": "ab", "a": {"employee_badge_number": 7, "badge": 1}, "badge-number": {"x": [true, null, "y"]}}),
        &json!({"badgeNumber": "[removed: personal]", "a": {"employee_badge_number": "[removed: personal]", "badge": 1},
                "badge-number": {"x": ["[removed: personal]", null, "[removed: personal]"]}}),
        &["custom:badge"; 4],
    );
}

#[test]
fn paths_are_exact_and_lists_are_not_counted() {
    check(
        &json!([{"name": "p", "action": "seal", "class": "personal", "paths": ["properties.items.note"]}]),
        &json!({"note": "a", "items": [{"note": "b", "n": 1}]}),
        &json!({"note": "a", "items": [{"note": "[sealed: personal #0f]", "n": 1}]}),
        &["custom:p"],
    );
}

#[test]
fn shapes_are_cut_out_of_text_keys_and_wrapped_values() {
    check(
        &json!([{"name": "emp", "action": "remove", "class": "personal", "patterns": ["EMP-#{5}"]}]),
        &json!({"t": "ask EMP-12345 or emp-54321", "EMP-99999": 1, "j": "{\"a\":\"EMP-11111 x\"}", "q": "who=EMP-22222&b=1"}),
        &json!({"t": "ask [removed: personal] or [removed: personal]", "[removed: personal]": 1,
                "j": "{\"a\":\"[removed: personal] x\"}", "q": "who=[removed: personal]&b=1"}),
        &["custom:emp"; 5],
    );
}

#[test]
fn names_count_inside_forms_and_json_too() {
    check(
        &json!([{"name": "nick", "action": "remove", "class": "personal", "keys": ["nick"]}]),
        &json!({"body": "nick=joe&b=1", "json": "{\"nick\":\"joe\",\"b\":1}", "u": "https://example.com/?nick=joe&b=1"}),
        &json!({"body": "nick=[removed: personal]&b=1", "json": "{\"nick\":\"[removed: personal]\",\"b\":1}",
                "u": "https://example.com/?nick=[removed: personal]&b=1"}),
        &["custom:nick"; 3],
    );
}

#[test]
fn a_place_and_a_shape_must_both_hold() {
    check(
        &json!([{"name": "c", "action": "remove", "class": "personal", "keys": ["code"], "patterns": ["####"]}]),
        &json!({"code": "1234", "postcode": "a 5678", "other": "1234", "zip_code": "9999"}),
        &json!({"code": "[removed: personal]", "postcode": "a 5678", "other": "1234", "zip_code": "[removed: personal]"}),
        &["custom:c"; 2],
    );
}

#[test]
fn exceptions_undo_guesses_and_never_certain_secrets() {
    let rules = json!([{"name": "pass", "action": "allow", "paths": ["properties.ticket.pass"]}]);
    check(
        &rules,
        &json!({"ticket": {"pass": "Adult day ticket"}}),
        &json!({"ticket": {"pass": "Adult day ticket"}}),
        &[],
    );
    check(
        &rules,
        &json!({"ticket": {"pass": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}, "pass": "Adult"}),
        &json!({"ticket": {"pass": "[removed: api_key]"}, "pass": "[removed: password]"}),
        &["token.prefix", "name.password"],
    );
    check(
        &json!([{"name": "ref", "action": "allow", "class": "credit_card", "paths": ["properties.ref_text"]}]),
        &json!({"ref_text": "4111111111111111"}),
        &json!({"ref_text": "4111111111111111"}),
        &[],
    );
    check(
        &json!([{"name": "ref", "action": "allow", "class": "credit_card", "paths": ["properties.ref_text"]}]),
        &json!({"ref_text": "4111 1111 1111 1111"}),
        &json!({"ref_text": "[removed: credit_card]"}),
        &["card"],
    );
    check(
        &json!([{"name": "n", "action": "allow", "paths": ["properties.note"]}]),
        &json!({"note": "{\"password\":\"hunter2\"}"}),
        &json!({"note": "{\"password\":\"[removed: password]\"}"}),
        &["name.password"],
    );
}

#[test]
fn rules_are_for_their_events_alone() {
    let shield = shield(
        &json!([{"name": "n", "action": "remove", "class": "personal", "keys": ["nick"], "events": ["Sign*"]}]),
    );
    for (event, left) in [("Signed Up", "[removed: personal]"), ("Viewed", "joe")] {
        let record = screen(&shield, event, &json!({"nick": "joe"}), &json!({}));
        assert_eq!(
            serde_json::from_str::<Value>(&record.properties).expect("JSON"),
            json!({"nick": left}),
            "{event}"
        );
    }
}

#[test]
fn traits_are_sealed_into_the_vault_or_removed() {
    let shield = shield(&json!([
        {"name": "s", "action": "seal", "class": "personal", "paths": ["traits.staff_no"]},
        {"name": "r", "action": "remove", "class": "personal", "paths": ["traits.union"]},
    ]));
    let record = screen(&shield, "E", &json!({}), &json!({"staff_no": "x-7", "union": "yes", "plan": "pro"}));
    assert_eq!(
        serde_json::from_str::<Value>(&record.traits).expect("JSON"),
        json!({"staff_no": "[sealed: personal]", "union": "[removed: personal]", "plan": "pro"})
    );
    assert_eq!(record.sealed.len(), 1);
    assert_eq!(record.sealed.first().map(|value| value.value.as_str()), Some("x-7"));
}

#[test]
fn two_workspaces_do_not_disturb_each_other() {
    let one = shield(&json!([{"name": "a", "action": "remove", "class": "personal", "keys": ["nick"]}]));
    let other = shield(&json!([{"name": "b", "action": "remove", "class": "personal", "keys": ["team"]}]));
    for _ in 0..2 {
        for (shield, left) in [
            (&one, json!({"nick": "[removed: personal]", "team": "t"})),
            (&other, json!({"nick": "n", "team": "[removed: personal]"})),
            (&Shield::builtin(), json!({"nick": "n", "team": "t"})),
        ] {
            let record = screen(shield, "E", &json!({"nick": "n", "team": "t"}), &json!({}));
            assert_eq!(serde_json::from_str::<Value>(&record.properties).expect("JSON"), left);
        }
    }
}
