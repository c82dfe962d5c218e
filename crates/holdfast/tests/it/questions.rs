//! Questions over HTTP and from the command line.

use serde_json::{Value, json};

use crate::support::House;

fn shop() -> House {
    let mut house = House::new();
    for (number, (user, country, amount, day)) in
        [("a", "DE", 10.0, 1), ("a", "DE", 20.0, 1), ("b", "FR", 5.5, 2), ("c", "DE", 1.0, 3)]
            .into_iter()
            .enumerate()
    {
        house.send(
            "/v1/track",
            &json!({"userId": user, "event": "Order Completed", "messageId": format!("o{number}"),
                "timestamp": format!("2026-08-0{day}T10:00:00Z"), "properties": {"country": country, "amount": amount}}),
        );
    }
    house.send("/v1/identify", &json!({"userId": "a", "traits": {"plan": "pro"}, "messageId": "i"}));
    house.events(5);
    house
}

fn trend(extra: Value) -> Value {
    let mut question = json!({"kind": "trend", "events": [{"event": "Order Completed", "measure": "count"}],
        "range": {"from": "2026-08-01", "to": "2026-08-03"}, "interval": "day"});
    question.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    question
}

#[test]
fn a_trend_counts_sums_and_splits() {
    let mut house = shop();
    let path = house.path("/questions");
    let mut ask = |extra: Value| house.owner.post(&path, &trend(extra)).expect(200).json["rows"].clone();
    let totals = |rows: &Value, column: usize| -> f64 {
        rows.as_array().unwrap().iter().map(|row| row[column].as_f64().unwrap_or(0.0)).sum()
    };
    let daily = ask(json!({}));
    assert_eq!(daily.as_array().unwrap().len(), 3);
    assert_eq!(daily[0][1], 2);
    assert_eq!(daily[1][1], 1);
    let by_country = ask(json!({"by": ["country"]}));
    let german: f64 = by_country
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row[1] == "DE")
        .map(|row| row[2].as_f64().unwrap())
        .sum();
    assert_eq!(german, 3.0);
    let people = ask(json!({"events": [{"event": "Order Completed", "measure": "people"}]}));
    assert_eq!(people[0][1], 1, "one person ordered twice");
    let sum = ask(json!({"events": [{"event": "Order Completed", "measure": "sum", "property": "amount"}]}));
    assert_eq!(totals(&sum, 1), 36.5);
    let filtered = ask(json!({"where": [{"property": "country", "op": "eq", "value": "FR"}]}));
    assert_eq!(totals(&filtered, 1), 1.0);
    let by_trait = ask(json!({"by": ["trait.plan"]}));
    assert!(by_trait.as_array().unwrap().iter().any(|row| row[1] == "pro"), "{by_trait}");
}

#[test]
fn a_wrong_question_names_the_place_and_the_fix() {
    let mut house = House::new();
    let path = house.path("/questions");
    let refused = house.owner.post(&path, &trend(json!({"intervall": "day"}))).expect(422);
    assert!(refused.text.contains("intervall") && refused.text.contains("interval"), "{}", refused.text);
    let refused = house.owner.post(&path, &json!({"kind": "tren"})).expect(422);
    assert!(refused.text.contains("trend"), "{}", refused.text);
}

#[test]
fn the_command_line_asks_with_a_token() {
    let mut house = shop();
    let token = {
        let body = json!({"name": "cli", "scopes": ["questions:ask"], "expires_in_s": 600});
        let path = house.path("/tokens");
        house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json["token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let token_file = house.server.scratch().join("token");
    let question_file = house.server.scratch().join("question.json");
    stdx::files::replace(&token_file, token.as_bytes()).unwrap();
    stdx::files::replace(&question_file, trend(json!({})).to_string().as_bytes()).unwrap();
    let arguments = |extra: &'static [&'static str]| {
        let mut all =
            vec!["query", "--server", &house.server.console, "--token-file", token_file.to_str().unwrap()];
        all.extend(extra);
        all.push(question_file.to_str().unwrap());
        house.server.command(&all)
    };
    let (code, out, errors) = arguments(&[]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("Order Completed") && out.contains("2026-08-01"), "{out}");
    let (code, out, errors) = arguments(&["--json"]);
    assert_eq!(code, 0, "{errors}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["columns"][0]["name"], "time");
    let missing =
        house.server.command(&["query", "--server", &house.server.console, question_file.to_str().unwrap()]);
    assert_eq!(missing.0, 4, "{}", missing.2);
}
