//! The floor of accuracy on the labelled sample. The sample is for developing; what decides is a larger
//! set nobody here has seen, so the floor stands a little below what is reached and rules stay general.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

use shield::{Shield, score};

const SAMPLE: &str = include_str!("data/shield-sample.jsonl");

#[test]
fn the_sample_is_judged_at_least_as_well_as_before() {
    let report = score::score(&Shield::builtin(), SAMPLE).expect("the sample is readable");
    assert_eq!(report.cases, 1_670);
    assert!(report.stopped >= 0.99, "{report}");
    assert!(report.stopped_secrets >= 0.99, "{report}");
    assert!(report.stopped_personal >= 0.99, "{report}");
    assert!(report.benign_hit <= 0.002, "{report}");
    assert!(report.micro_f1 >= 0.985, "{report}");
    for row in &report.classes {
        assert!(row.stopped() >= 0.95, "{}: {report}", row.name);
    }
    for row in report.contexts.iter().filter(|row| !row.name.starts_with("benign")) {
        assert!(row.stopped() >= 0.95, "{}: {report}", row.name);
    }
}

#[test]
fn a_report_shows_itself_as_table_and_as_json() {
    let lines = r#"{"id":"a","label":"password","path":"properties.password","key":"password","value":"hunter2","ctx":"keyed"}
{"id":"b","label":"benign","path":"properties.city","key":"city","value":"Bremen","ctx":"plain"}"#;
    let report = score::score(&Shield::builtin(), lines).expect("two cases");
    assert!(report.to_string().contains("stopped 1.0000"), "{report}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(json["classes"][0]["name"], "password");
    assert_eq!(json["contexts"][0]["name"], "benign plain");
}

#[test]
fn an_unreadable_line_is_named_without_its_content() {
    let error =
        score::score(&Shield::builtin(), "{\"label\":\"benign\",\"value\":1}\n{\"value\":\"hunter2\"")
            .expect_err("no case");
    assert_eq!(
        error.to_string(),
        "line 2 is not a labelled case: want a JSON object with label, key and value"
    );
}
