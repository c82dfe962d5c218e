//! Consent at the doors: it comes with events, by the interface and on the person's page, moves people in and out of segments, and
//! broadcasts of a purpose leave out who said no.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

/// 2026-08-04T10:00:00Z.
const LAST_MS: i64 = 1_785_837_600_000;

fn says(house: &House, user: &str, at: &str, categories: &Value) {
    let context = json!({ "consent": { "categoryPreferences": categories } });
    let page = json!({ "userId": user, "event": "Page Viewed", "timestamp": at, "context": context });
    house.send("/v1/track", &page);
}

fn person(house: &mut House, user: &str) -> String {
    let list = house.path("/people?limit=200");
    let items = house.owner.get(&list).expect(200).json["items"].clone();
    let masked = format!("{}…", &user[..1]);
    let found = items.as_array().expect("people").iter().find(|line| line["identifier"]["masked"] == masked);
    found.and_then(|line| line["id"].as_str()).expect("somebody").to_owned()
}

fn consent(house: &mut House, person: &str) -> Vec<Value> {
    let path = house.path(&format!("/people/{person}/consent"));
    house.owner.get(&path).expect(200).json["items"].as_array().expect("a list").clone()
}

fn enter(house: &mut House, person: &str, channel: &str, state: &str) -> Value {
    let path = house.path(&format!("/people/{person}/consent"));
    let body = json!({ "purpose": "Marketing", "channel": channel, "state": state, "reason": "said so on the phone" });
    house.owner.post(&path, &body).expect(200).json
}

#[test]
fn it_comes_with_events_and_by_members_and_moves_people_in_segments() {
    let mut house = House::new();
    says(&house, "ann", "2026-08-01T10:00:00Z", &json!({ "marketing": true, "ads": false }));
    says(&house, "ann", "2026-08-02T10:00:00Z", &json!({ "marketing": true, "ads": false }));
    says(&house, "bob", "2026-08-01T10:00:00Z", &json!({ "marketing": { "email": true, "sms": false } }));
    house.events(3);
    let (ann, bob) = (person(&mut house, "ann"), person(&mut house, "bob"));
    let of_ann = consent(&mut house, &ann);
    assert_eq!(of_ann.len(), 2, "{of_ann:?}");
    assert_eq!((&of_ann[0]["purpose"], &of_ann[0]["state"]), (&json!("ads"), &json!("refused")));
    assert_eq!((&of_ann[1]["channel"], &of_ann[1]["state"]), (&json!("all"), &json!("granted")));
    assert_eq!(of_ann[1]["earlier"], json!([]), "the second only repeats the first");
    assert!(of_ann[1]["source"].as_str().is_some_and(|source| source.starts_with("src_")), "{of_ann:?}");

    let segment = json!({ "name": "May be written to", "who": { "consent": { "purpose": "marketing", "channel": "email" } } });
    let path = house.path("/segments");
    let made = house.owner.post(&path, &segment).expect(201).json;
    assert_eq!(made["words"], "consent to marketing by email is granted");
    let id = made["id"].as_str().expect("an id").to_owned();
    let until = |house: &mut House, people: u64| {
        wait_until(30, "people of the segment", || {
            let path = house.path(&format!("/segments/{id}"));
            let shown = house.owner.get(&path).expect(200).json;
            (shown["state"] == "ready" && shown["people"] == people).then_some(())
        });
    };
    until(&mut house, 2);

    // An old yes does not take a newer no back, and a yes to everything does not take back a no to one channel.
    assert_eq!(enter(&mut house, &ann, "email", "withdrawn")["done"], true);
    until(&mut house, 1);
    says(&house, "ann", "2026-08-03T10:00:00Z", &json!({ "marketing": { "email": true } }));
    says(&house, "ann", "2026-08-04T10:00:00Z", &json!({ "marketing": true }));
    let kept = wait_until(30, "the last page", || {
        let kept = consent(&mut house, &ann);
        let repeated = kept.iter().any(|kept| kept["channel"] == "all" && kept["last_ms"] == LAST_MS);
        repeated.then_some(kept)
    });
    let email = kept.into_iter().find(|kept| kept["channel"] == "email").expect("it");
    assert_eq!((&email["state"], &email["reason"]), (&json!("withdrawn"), &json!("said so on the phone")));
    assert_eq!(email["earlier"][0]["state"], "granted");
    let path = house.path(&format!("/segments/{id}/people/{ann}"));
    let why = house.owner.get(&path).expect(200).json;
    assert_eq!((&why["is_in"], &why["parts"][0]["met"]), (&json!(false), &json!(false)), "{why}");
    assert_eq!(why["parts"][0]["words"], "consent to marketing by email is granted");
    enter(&mut house, &ann, "email", "granted");
    until(&mut house, 2);
    let why = house.owner.get(&path).expect(200).json;
    assert_eq!((&why["is_in"], &why["reason"]), (&json!(true), &json!("consent")), "{why}");

    // Who entered it stands in the ledger, and what was typed wrongly is said.
    let entries =
        house.owner.get(&house.path("/ledger/entries?code=person.consent_entered")).expect(200).text;
    assert!(entries.contains(&ann) && entries.contains("said so on the phone"), "{entries}");
    let path = house.path(&format!("/people/{bob}/consent"));
    for (field, value) in
        [("purpose", "a@b"), ("reason", ""), ("said_at", "2999-01-01T00:00:00Z"), ("channel", "fax")]
    {
        let mut body = json!({ "purpose": "ads", "channel": "all", "state": "granted", "reason": "a call" });
        body[field] = json!(value);
        house.owner.post(&path, &body).expect(422);
    }
    let mut program = house.token(&["people:consent"]);
    let body = json!({ "purpose": "ads", "channel": "web", "state": "refused", "reason": "chosen on the page",
        "said_at": "2026-07-01T00:00:00Z" });
    program.post(&path, &body).expect(200);
    assert_eq!(program.get(&path).status, 403, "to enter is not to look");
    let mut reader = house.token(&["people:read"]);
    assert_eq!(reader.post(&path, &body).status, 403);
    let shown = reader.get(&path).expect(200).json;
    assert_eq!(shown["items"][0]["state"], "refused", "{shown}");

    // On the person's page it is shown, and entered.
    let page = house.path("").replace("/api/v1/workspaces/", "/w/");
    let page = format!("{page}/people/{bob}");
    let text = house.owner.get(&page).expect(200).text;
    assert!(text.contains("Enter what they said") && text.contains("chosen on the page"), "{text}");
    let form = b"purpose=ads&channel=all&state=granted&consent_reason=a+letter";
    let kind = Some("application/x-www-form-urlencoded");
    let post = format!("{page}/consent");
    assert!([200, 303].contains(&house.owner.send_raw("POST", &post, kind, form, &[]).status));
    assert!(house.owner.get(&page).expect(200).text.contains("a letter"));
    let wrong = b"purpose=&channel=all&state=granted&consent_reason=x";
    assert_eq!(house.owner.send_raw("POST", &post, kind, wrong, &[]).status, 422);
}

#[test]
fn a_kill_in_between_loses_no_decision_and_the_command_tells_it() {
    let mut house = House::new();
    says(&house, "ann", "2026-08-01T10:00:00Z", &json!({ "marketing": true }));
    house.events(1);
    let ann = person(&mut house, "ann");
    enter(&mut house, &ann, "all", "refused");
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console.clone());
    house.passkey.move_to(&house.server.console.clone());
    let kept = wait_until(30, "the decision", || {
        let kept = consent(&mut house, &ann);
        (kept.first().is_some_and(|kept| kept["state"] == "refused")).then_some(kept)
    });
    assert_eq!(kept[0]["earlier"].as_array().map(Vec::len), Some(1));

    let body =
        json!({ "name": "command", "scopes": ["people:read", "people:consent"], "expires_in_s": 3600 });
    let path = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    let token = made["token"].as_str().unwrap().to_owned();
    let run = |house: &House, arguments: &[&str]| {
        let mut all = vec!["consent"];
        all.extend(arguments);
        all.extend(["--server", &house.server.console]);
        house.server.command_with(&all, &[("HOLDFAST_TOKEN", &token)])
    };
    let entered = [
        "enter",
        "--person",
        &ann,
        "--purpose",
        "ads",
        "--channel",
        "sms",
        "--state",
        "granted",
        "--reason",
        "a form",
    ];
    let (code, out, error) = run(&house, &entered);
    assert_eq!(code, 0, "{out}{error}");
    let (code, out, error) = run(&house, &["show", "--person", &ann]);
    assert!(code == 0 && out.contains("a form") && out.contains("refused"), "{out}{error}");
    let (_, out, _) = run(&house, &["show", "--person", &ann, "--json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["items"][0]["purpose"], "ads");
    let (code, _, _) =
        run(&house, &["enter", "--person", &ann, "--purpose", "ads", "--state", "perhaps", "--reason", "x"]);
    assert_ne!(code, 0);
}
