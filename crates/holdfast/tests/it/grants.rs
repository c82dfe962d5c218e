//! Grants at the doors: asked for by one person and approved by another, for a time; support; a revealed value.

use serde_json::{Value, json};
use testkit::{Authenticator, Client, RECIPIENT};

use crate::support::House;

/// A house where two people run the workspace.
pub struct Office {
    pub house: House,
    pub admin: Client,
    pub admin_key: Authenticator,
}

impl Office {
    pub fn new() -> Self {
        let mut house = House::new();
        let (admin, admin_key) = join(&mut house, "admin@example.com", "admin");
        Self { house, admin, admin_key }
    }

    /// What the owner asks for: a file of everybody.
    pub fn ask(&mut self, rows_max: u64) -> Value {
        let path = self.house.path("/grants");
        self.house.owner.post(&path, &asked(rows_max, &json!({}))).expect(201).json
    }

    /// The admin says yes to it.
    pub fn approve(&mut self, grant: &Value) -> Value {
        let path = self.house.path(&format!("/grants/{}/approve", id(grant)));
        let body = json!({ "digest": grant["digest"] });
        self.admin.confirmed(&mut self.admin_key, "POST", &path, Some(&body)).expect(200).json
    }

    /// An approved grant of the owner's, its export begun: where the file is.
    pub fn begun(&mut self, rows_max: u64) -> String {
        let grant = self.ask(rows_max);
        self.approve(&grant);
        let path = self.house.path("/exports");
        let body = json!({ "grant": grant["id"] });
        let House { owner, passkey, .. } = &mut self.house;
        let begun = owner.confirmed(passkey, "POST", &path, Some(&body)).expect(201);
        begun.json["file"].as_str().expect("a file").to_owned()
    }

    pub fn state(&mut self, grant: &Value) -> String {
        let path = self.house.path(&format!("/grants/{}", id(grant)));
        self.house.owner.get(&path).expect(200).json["state"].as_str().expect("a state").to_owned()
    }
}

/// Somebody who joins by an invitation.
pub fn join(house: &mut House, email: &str, role: &str) -> (Client, Authenticator) {
    let path = house.path("/members");
    let body = json!({"email": email, "role": role});
    let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    let mut client = house.server.client();
    let key = client.enrol(invited.json["code"].as_str().expect("an invite code"));
    (client, key)
}

pub fn asked(rows_max: u64, who: &Value) -> Value {
    let mut export = json!({
        "fields": ["id", "user_id", "traits.email", "traits.plan"], "rows_max": rows_max,
        "recipients": [RECIPIENT],
    });
    if who.as_object().is_some_and(|who| !who.is_empty()) {
        export["who"] = who.clone();
    }
    json!({ "reason": "the yearly letter", "export": export })
}

pub fn id(grant: &Value) -> &str {
    grant["id"].as_str().expect("an id")
}

fn people(house: &mut House, count: usize) -> Vec<String> {
    for number in 0..count {
        let traits = json!({"plan": "pro", "email": format!("u{number}@shop.example")});
        house.send("/v1/identify", &json!({"userId": format!("u{number}"), "traits": traits}));
    }
    let events = house.events(count);
    let mut ids: Vec<String> =
        events.iter().map(|event| event["person"].as_str().expect("a person").to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn one_asks_another_approves_and_anybody_who_runs_it_ends_it() {
    let mut office = Office::new();
    people(&mut office.house, 3);
    let grant = office.ask(10);
    assert_eq!(office.state(&grant), "waiting");

    // The one who asked does not approve, however fresh the touch; nor does a viewer, a token or the operator.
    let path = office.house.path(&format!("/grants/{}/approve", id(&grant)));
    let body = json!({ "digest": grant["digest"] });
    let House { owner, passkey, .. } = &mut office.house;
    let own = owner.confirmed(passkey, "POST", &path, Some(&body)).expect(403);
    assert_eq!(own.json["policy"], "second-person", "{}", own.text);
    let (mut viewer, _) = join(&mut office.house, "viewer@example.com", "viewer");
    assert_eq!(viewer.post(&path, &body).status, 403);
    let mut operator = office.house.server.client();
    operator.enrol(&office.house.server.installed.operator_code);
    assert_eq!(operator.post(&path, &body).status, 404);
    // Another digest is another grant.
    let wrong = office.admin.confirmed(&mut office.admin_key, "POST", &path, Some(&json!({"digest": "00"})));
    assert_eq!(wrong.expect(422).json["field"], "digest");

    let approved = office.approve(&grant);
    assert_eq!(approved["decision"]["alone"], false);
    assert_eq!(approved["weaker"], json!(["one-channel"]), "no second channel here: named weaker");
    assert_eq!(office.state(&grant), "open");
    let again = office.admin.confirmed(&mut office.admin_key, "POST", &path, Some(&body));
    assert_eq!(again.status, 409, "once: {}", again.text);

    let ended = office.admin.delete(&office.house.path(&format!("/grants/{}", id(&grant)))).expect(200);
    assert_eq!(ended.json["ended"]["why"], "by_hand");
    let begin = office.house.owner.post(&office.house.path("/exports"), &json!({ "grant": grant["id"] }));
    assert_eq!((begin.status, &begin.json["policy"]), (403, &json!("exports-need-a-grant")));

    // Whoever runs the workspace was told of each step.
    let notices = office.admin.get(&office.house.path("/notices")).expect(200).json;
    let kinds: Vec<&str> =
        notices["items"].as_array().unwrap().iter().filter_map(|notice| notice["kind"].as_str()).collect();
    for kind in ["grant.asked", "grant.approved", "grant.ended"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
}

#[test]
fn what_could_never_be_exported_is_refused_when_it_is_asked_for() {
    let mut office = Office::new();
    people(&mut office.house, 3);
    let path = office.house.path("/grants");
    let cases: [(&str, &str, Value); 9] = [
        ("fields", "/export/fields", json!(["id", "passwords"])),
        ("fields", "/export/fields", json!(["user_id"])),
        ("fields", "/export/fields", json!([])),
        ("recipients", "/export/recipients", json!([])),
        ("recipients", "/export/recipients", json!(["age1nobody"])),
        ("rows_max", "/export/rows_max", json!(2)),
        ("who", "/export/who", json!({"trait": "plan", "op": "eq", "value": "gold"})),
        ("who", "/export/who", json!({"did": {"event": "Order Completed"}})),
        ("reason", "/reason", json!(" ")),
    ];
    for (field, place, value) in cases {
        let mut body = asked(10, &json!({}));
        match body.pointer_mut(place) {
            Some(found) => *found = value.clone(),
            None => body["export"]["who"] = value.clone(),
        }
        let refused = office.house.owner.post(&path, &body);
        assert_eq!(
            (refused.status, &refused.json["field"]),
            (422, &json!(field)),
            "{value}: {}",
            refused.text
        );
    }
}

#[test]
fn alone_waits_half_an_hour_and_says_that_it_is_weaker() {
    let mut house = House::new();
    people(&mut house, 1);
    let path = house.path("/grants");
    let grant = house.owner.post(&path, &asked(10, &json!({}))).expect(201).json;
    let approve = format!("{path}/{}/approve", id(&grant));
    let body = json!({ "digest": grant["digest"] });
    let approved = house.owner.confirmed(&mut house.passkey, "POST", &approve, Some(&body)).expect(200).json;
    assert_eq!(approved["decision"]["alone"], true);
    assert_eq!(approved["weaker"], json!(["alone", "one-channel"]));
    let found = house.owner.get(&format!("{path}/{}", id(&grant))).expect(200).json;
    assert_eq!(found["state"], "delayed");
    assert_eq!(house.owner.post(&house.path("/exports"), &json!({"grant": grant["id"]})).status, 403);
}

#[test]
fn support_is_let_in_masked_for_a_time_and_is_out_at_once() {
    let mut office = Office::new();
    let ids = people(&mut office.house, 3);
    let mut operator = office.house.server.client();
    let mut operator_key = operator.enrol(&office.house.server.installed.operator_code);
    let me = operator.get("/api/v1/session").expect(200).json;
    let own = me["id"].as_str().expect("an id").to_owned();
    let person = office.house.path(&format!("/people/{}", ids[0]));
    assert_eq!(operator.get(&person).status, 404);
    assert_eq!(operator.get("/api/v1/support").expect(200).json["items"], json!([]));

    let path = office.house.path("/grants/support");
    let body = json!({"operator": own, "reason": "ticket 7", "life_s": 3_600});
    let opened = office.admin.confirmed(&mut office.admin_key, "POST", &path, Some(&body)).expect(201).json;
    assert_eq!(operator.get("/api/v1/support").expect(200).json["items"][0]["workspace"]["name"], "Shop");

    let seen = operator.get(&person).expect(200);
    assert_eq!(seen.json["traits"]["email"]["sealed"], "email", "masked: {}", seen.text);
    assert!(!seen.text.contains("shop.example"), "{}", seen.text);
    operator.get(&office.house.path("/events")).expect(200);
    // Nothing in number, nothing in clear, nothing that changes, nothing of who belongs here.
    for (method, rest, body) in [
        ("GET", "/people", None),
        ("GET", "/members", None),
        ("GET", "/tokens", None),
        ("GET", "/sources", None),
        ("GET", "/grants", None),
        ("GET", "/ledger/entries", None),
        ("POST", "/grants", Some(asked(10, &json!({})))),
        ("POST", "/exports", Some(json!({"grant": opened["id"]}))),
        ("POST", "/exports/attribute", Some(json!("a"))),
        ("POST", &format!("/people/{}/reveal", ids[0]), Some(json!({"field": "email", "reason": "x"}))),
        ("PUT", "/mode", Some(json!({"mode": "read_only", "reason": "x"}))),
    ] {
        let refused = operator.send(method, &office.house.path(rest), body.as_ref(), &[]);
        assert_eq!(refused.status, 403, "{method} {rest}: {}", refused.text);
        assert_ne!(refused.json["code"], "step-up-required", "{method} {rest}: not even asked for a touch");
    }
    // The workspace sees what was looked at, live.
    let entries =
        office.admin.get(&office.house.path(&format!("/ledger/entries?principal={own}"))).expect(200);
    assert!(entries.text.contains("person.viewed"), "{}", entries.text);

    let end = office.house.path(&format!("/grants/{}", id(&opened)));
    office.house.owner.delete(&end).expect(200);
    assert_eq!(operator.get(&person).status, 404, "in the session that is open");
    operator.get("/api/v1/session").expect(200);
    operator.sign_in(&mut operator_key);
    assert_eq!(operator.get(&person).status, 404, "and in a new one");
}

#[test]
fn an_operator_who_was_let_in_sees_fifty_people_a_day() {
    let mut house = House::new();
    let ids = people(&mut house, 51);
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let own = operator.get("/api/v1/session").expect(200).json["id"].clone();
    let body = json!({"operator": own, "reason": "ticket 7", "life_s": 3_600});
    let path = house.path("/grants/support");
    house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    let path = house.path("/people");
    for id in &ids[..50] {
        operator.get(&format!("{path}/{id}")).expect(200);
    }
    let refused = operator.get(&format!("{path}/{}", ids[50]));
    assert_eq!((refused.status, &refused.json["code"]), (429, &json!("people-budget")));
    house.owner.get(&format!("{path}/{}", ids[50])).expect(200);
}

#[test]
fn one_value_is_revealed_with_a_touch_and_a_reason_and_counted() {
    let mut house = House::new();
    let ids = people(&mut house, 1);
    let path = house.path(&format!("/people/{}/reveal", ids[0]));
    let body = json!({"field": "email", "reason": "they wrote to us"});
    assert_eq!(house.owner.post(&path, &body).expect(403).json["code"], "step-up-required");
    let shown = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(200);
    assert_eq!(shown.json["value"], "u0@shop.example");
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let user_id = json!({"field": "user_id", "reason": "they wrote to us"});
    let shown = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&user_id)).expect(200);
    assert_eq!(shown.json["value"], "u0");
    let entries = house.owner.get(&house.path("/ledger/entries?code=person.revealed")).expect(200);
    let detail = &entries.json["items"][1]["detail"];
    assert_eq!((&detail["field"], &detail["reason"]), (&json!("email"), &json!("they wrote to us")));
    assert_eq!(detail["people"], json!([ids[0]]), "counted like any look");
    assert!(!entries.text.contains("u0@shop"), "the value is in no entry");
    // What is not sealed, not there, or without a reason.
    for (field, reason, status) in [("plan", "x", 404), ("passport", "x", 404), ("email", " ", 422)] {
        let body = json!({"field": field, "reason": reason});
        let reply = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body));
        assert_eq!(reply.status, status, "{field}: {}", reply.text);
    }
    let (mut viewer, _) = join(&mut house, "viewer@example.com", "viewer");
    let refused = viewer.post(&path, &body);
    assert_eq!((refused.status, &refused.json["code"]), (403, &json!("forbidden")));
}
