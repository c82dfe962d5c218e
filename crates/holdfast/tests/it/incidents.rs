//! The ledger searched, and incidents: what somebody saw is told exactly, those who are affected are told by two people, and
//! an operator learns numbers and nobody.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Authenticator, Client};

use crate::support::House;

/// A house with a few people of whom something is known.
fn peopled(count: usize) -> House {
    let mut house = House::new();
    for n in 0..count {
        let traits = json!({ "plan": "pro", "email": format!("person{n}@example.com") });
        house.send("/v1/identify", &json!({ "userId": format!("u-{n}"), "traits": traits }));
        let properties = json!({ "total": n, "card": { "brand": "visa" } });
        let event = json!({ "userId": format!("u-{n}"), "event": "Order", "properties": properties });
        house.send("/v1/track", &event);
    }
    house.events(2 * count);
    house
}

/// A second person in the workspace, signed in.
fn joined(house: &mut House, role: &str) -> (Client, Authenticator) {
    let invite = json!({ "email": format!("{role}@harbour-goods.example"), "role": role });
    let path = house.path("/members");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&invite)).expect(201).json;
    let mut client = house.server.client();
    let passkey = client.enrol(made["code"].as_str().expect("a code"));
    (client, passkey)
}

/// The id of the one session that somebody has.
fn own_session(client: &mut Client) -> String {
    let sessions = client.get("/api/v1/sessions").expect(200).json;
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1));
    sessions["items"][0]["id"].as_str().unwrap().to_owned()
}

fn ids(list: &Value, name: &str) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|item| item[name].as_str().map(str::to_owned)).collect()
}

#[test]
fn who_saw_a_person_is_found_and_that_it_was_asked_too() {
    let mut house = peopled(3);
    let (mut viewer, _) = joined(&mut house, "viewer");
    let people = house.owner.get(&house.path("/people")).expect(200).json;
    let person = people["items"][1]["id"].as_str().unwrap().to_owned();
    let other = people["items"][0]["id"].as_str().unwrap().to_owned();
    viewer.get(&house.path(&format!("/people/{person}"))).expect(200);
    viewer.get(&house.path(&format!("/people/{person}/events"))).expect(200);
    viewer.get(&house.path(&format!("/people/{other}"))).expect(200);
    let session = own_session(&mut viewer);

    let asked = house.path(&format!("/ledger/entries?person={person}&session={session}"));
    let seen = house.owner.get(&asked).expect(200).json;
    let codes: Vec<&str> =
        seen["items"].as_array().unwrap().iter().map(|entry| entry["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["events.read", "person.viewed"]);
    assert_eq!(seen["items"][1]["detail"]["fields"], json!(["traits.plan"]));
    assert_eq!(seen["items"][1]["detail"]["masked_fields"], json!(["identifiers.user_id", "traits.email"]));
    assert!(!seen.to_string().contains("example.com"), "ids and names, no values");

    let path = house.path(&format!("/ledger/entries?person={person}&code=entries.searched"));
    let again = house.owner.get(&path).expect(200).json;
    assert_eq!(again["items"][0]["object"], json!(person));
    assert_eq!(again["items"][0]["detail"]["session"], json!(session));

    // Everybody here calls from this host: its address finds the look, another one nothing.
    let base = house.path(&format!("/ledger/entries?person={other}&code=person.viewed&address="));
    let mut found = |address: &str| {
        let page = house.owner.get(&format!("{base}{address}")).expect(200).json;
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(found("127.0.0.1") + found("::1"), 1);
    assert_eq!(found("127.0.0.0/24") + found("::/64"), 1);
    assert_eq!(found("192.0.2.1") + found("192.0.2.0/24"), 0);
    house.owner.get(&format!("{base}10.0.0.0/8")).expect(422);
}

#[test]
fn the_scope_of_a_session_is_what_it_was_shown_byte_for_byte() {
    let mut house = peopled(12);
    let (mut thief, _) = joined(&mut house, "admin");
    let session = own_session(&mut thief);
    let listed = thief.get(&house.path("/people?limit=5")).expect(200).json;
    let viewed = house.owner.get(&house.path("/people?limit=200")).expect(200).json["items"][9]["id"].clone();
    thief.get(&house.path(&format!("/people/{}", viewed.as_str().unwrap()))).expect(200);
    let events = thief.get(&house.path("/events?limit=3")).expect(200).json;
    let mut truth = ids(&listed["items"], "id");
    truth.insert(viewed.as_str().unwrap().to_owned());
    truth.extend(ids(&events["items"], "person"));

    let path = house.path(&format!("/ledger/scope?session={session}"));
    let first = house.owner.get(&path).expect(200);
    assert_eq!(ids(&first.json["people"], "person"), truth);
    let fields: BTreeSet<(String, String)> = first.json["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["field"].as_str().unwrap().to_owned(), field["as"].as_str().unwrap().to_owned()))
        .collect();
    for field in [("properties.card.brand", "value"), ("traits.email", "masked"), ("traits.plan", "value")] {
        assert!(fields.contains(&(field.0.to_owned(), field.1.to_owned())), "{field:?}: {fields:?}");
    }

    thief.get(&house.path("/people?limit=12")).expect(200);
    let before = first.json["asked"]["before"].as_u64().unwrap();
    let path = house.path(&format!("/ledger/scope?session={session}&before={before}"));
    let path_of_token = house.path("/tokens");
    let body = json!({ "name": "scope", "scopes": ["ledger:read"], "expires_in_s": 3600 });
    let made =
        house.owner.confirmed(&mut house.passkey, "POST", &path_of_token, Some(&body)).expect(201).json;
    let text = made["token"].as_str().unwrap();
    let number = before.to_string();
    let arguments =
        ["incident", "scope", "--server", &house.server.console, "--session", &session, "--before", &number];
    let (code, table, errors) = house.server.command_with(&arguments, &[("HOLDFAST_TOKEN", text)]);
    assert!(code == 0 && table.contains("traits.email  masked"), "{table}{errors}");
    let arguments: Vec<&str> = arguments.into_iter().chain(["--json"]).collect();
    let (_, whole, _) = house.server.command_with(&arguments, &[("HOLDFAST_TOKEN", text)]);
    assert_eq!(whole.trim_end(), first.text);
    let mut token = house.server.client().and_token(text);
    assert_eq!(token.get(&path).expect(200).text, first.text);
    house.token(&["events:read"]).get(&path).expect(403);
    let later = house.owner.get(&path).expect(200);
    assert_eq!(later.text, first.text, "what came later changes nothing");
    house.server.kill_and_restart();
    let base = house.server.console.clone();
    house.owner.move_to(&base);
    let after = house.owner.get(&path).expect(200);
    assert_eq!(after.text, first.text);
    assert_eq!(after.header("holdfast-sha256"), first.header("holdfast-sha256"));
    house.owner.get(&house.path("/ledger/scope")).expect(422);
}

#[test]
fn a_notice_is_sent_when_a_second_person_approves_what_they_read() {
    let mut house = peopled(4);
    let (mut second, mut key) = joined(&mut house, "admin");
    let session = own_session(&mut second);
    second.get(&house.path("/people")).expect(200);
    let opened = json!({ "title": "A laptop was stolen", "session": session });
    let opened = house.owner.post(&house.path("/incidents"), &opened).expect(201).json;
    assert_eq!(opened["workspaces"][0]["people"], 4);
    let incident = house.path(&format!("/incidents/{}", opened["id"].as_str().unwrap()));
    house.owner.post(&format!("{incident}/timeline"), &json!({ "text": "The police were told" })).expect(204);
    let words = json!({
        "nature": "A laptop with a live session was stolen.", "consequences": "Names of plans may be known.",
        "measures": "The session was ended.", "contact": "privacy@harbour-goods.example",
    });
    let half = json!({ "nature": "A laptop was stolen." });
    house.owner.post(&format!("{incident}/notices"), &half).expect(422);
    let drafted = house.owner.post(&format!("{incident}/notices"), &words).expect(200).json;
    let text = drafted["notices"][0]["text"].as_str().unwrap();
    for part in ["4 people were shown", "laptop", "identifiers.user_id", "Likely consequences", "privacy@"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    let send = format!("{incident}/notices/send");
    let read = json!({ "drafts_sha256": drafted["drafts_sha256"] });
    let alone = house.owner.confirmed(&mut house.passkey, "POST", &send, Some(&read)).expect(403);
    assert!(alone.text.contains("second-person"), "{}", alone.text);
    let other = json!({ "drafts_sha256": "0".repeat(64) });
    second.confirmed(&mut key, "POST", &send, Some(&other)).expect(409);
    second.post(&send, &read).expect(403);
    let sent = second.confirmed(&mut key, "POST", &send, Some(&read)).expect(200).json;
    assert!(sent["notices"][0]["sent_at"].is_string());
    assert_eq!(sent["notices"][0]["told"].as_array().unwrap().len(), 2);
    let notices = house.owner.get(&house.path("/notices")).expect(200).json;
    assert_eq!(notices["items"][0]["kind"], "incident.notice");
    let kinds: Vec<&str> =
        sent["timeline"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["opened", "note", "drafted", "sent"]);
    second.confirmed(&mut key, "POST", &send, Some(&read)).expect(409);

    let scope = house.owner.get(&format!("{incident}/scope")).expect(200);
    assert_eq!(scope.header("holdfast-as-opened"), Some("yes"));
    assert_eq!(scope.header("holdfast-sha256"), opened["workspaces"][0]["sha256"].as_str());
}

#[test]
fn an_operator_sees_workspaces_and_numbers_and_nobody() {
    let mut house = peopled(3);
    let (mut admin, _) = joined(&mut house, "admin");
    let shown = admin.get(&house.path("/people")).expect(200).json;
    let session = own_session(&mut admin);
    let mut operator = house.server.client();
    let mut key = operator.enrol(&house.server.installed.operator_code);
    let opened = json!({ "title": "Stolen cookie", "session": session });
    let opened = operator.post("/api/v1/incidents", &opened).expect(201);
    assert_eq!(opened.json["workspaces"][0]["workspace"], json!(house.server.installed.workspace));
    assert_eq!(opened.json["workspaces"][0]["people"], 3);
    let incident = format!("/api/v1/incidents/{}", opened.json["id"].as_str().unwrap());
    let words = json!({ "nature": "n", "consequences": "c", "measures": "m", "contact": "k" });
    let drafted = operator.post(&format!("{incident}/notices"), &words).expect(200);
    let read = operator.get(&incident).expect(200);
    for answer in [&opened.text, &drafted.text, &read.text] {
        for person in ids(&shown["items"], "id") {
            assert!(!answer.contains(&person), "{answer}");
        }
        assert!(!answer.contains("traits.") && !answer.contains("identifiers."), "{answer}");
    }
    let own = house.path(&format!("/incidents/{}", opened.json["id"].as_str().unwrap()));
    house.owner.get(&own).expect(404);
    operator.get(&format!("{own}/scope")).expect(404);

    // A lone operator may send, and the ledger says that they were alone; then the workspace sees its part, and may not add.
    let drafts = json!({ "drafts_sha256": drafted.json["drafts_sha256"] });
    operator.confirmed(&mut key, "POST", &format!("{incident}/notices/send"), Some(&drafts)).expect(200);
    let told = house.owner.get(&own).expect(200).json;
    assert_eq!(told["incident"]["scope"], "installation");
    assert_eq!(told["timeline"], json!([]));
    let scope = house.owner.get(&format!("{own}/scope")).expect(200);
    assert_eq!(ids(&scope.json["people"], "person"), ids(&shown["items"], "id"));
    assert_eq!(scope.header("holdfast-as-opened"), Some("yes"));
    house.owner.post(&format!("{own}/timeline"), &json!({ "text": "x" })).expect(404);
}

#[test]
fn a_reset_ends_what_was_chosen_and_nothing_else() {
    let mut house = peopled(1);
    let (mut thief, _) = joined(&mut house, "admin");
    let (mut bystander, _) = joined(&mut house, "analyst");
    let mut token = house.token(&["events:read"]);
    let thief_id = thief.get("/api/v1/session").expect(200).json["id"].clone();
    let reset = house.path("/reset");
    let body = json!({ "members": [thief_id], "reason": "stolen" });
    house.owner.post(&reset, &body).expect(403);
    house.owner.confirmed(&mut house.passkey, "POST", &reset, Some(&body)).expect(200);
    thief.get("/api/v1/session").expect(401);
    bystander.get("/api/v1/session").expect(200);
    token.get(&house.path("/events")).expect(200);
    let nobody = json!({ "reason": "x" });
    house.owner.confirmed(&mut house.passkey, "POST", &reset, Some(&nobody)).expect(422);
    let all = json!({ "everybody": true, "reason": "to be sure" });
    house.owner.confirmed(&mut house.passkey, "POST", &reset, Some(&all)).expect(200);
    for client in [&mut bystander, &mut token, &mut house.owner] {
        assert_eq!(client.get("/api/v1/session").status, 401);
    }
    house.owner.sign_in(&mut house.passkey);
    house.owner.get("/api/v1/session").expect(200);
}

#[test]
fn the_pages_lead_from_a_person_to_who_saw_them_and_to_an_incident() {
    let mut house = peopled(3);
    let (mut admin, mut key) = joined(&mut house, "admin");
    let people = admin.get(&house.path("/people")).expect(200).json;
    let person = people["items"][0]["id"].as_str().unwrap().to_owned();
    let session = own_session(&mut admin);
    let base = format!("/w/{}", house.server.installed.workspace);

    let page = house.owner.get(&format!("{base}/people/{person}")).expect(200).text;
    assert!(page.contains(&format!("{base}/ledger?person={person}")), "{page}");
    let page = house.owner.get(&format!("{base}/ledger?person={person}&code=people.listed")).expect(200).text;
    assert!(page.contains(&format!("{base}/ledger?session={session}")), "{page}");
    let page = house.owner.get(&format!("{base}/ledger?person=somebody")).expect(422).text;
    assert!(page.contains("write a person"), "{page}");

    let nobody = json!({ "title": "Odd looks" });
    let page = house.owner.post(&format!("{base}/incidents"), &nobody).expect(422).text;
    assert!(
        page.contains("name a session, a principal or an address") && page.contains("Odd looks"),
        "{page}"
    );
    let asked = json!({ "title": "Odd looks", "session": session });
    let opened = house.owner.post(&format!("{base}/incidents"), &asked).expect(303);
    let incident = opened.header("location").unwrap().split('?').next().unwrap().to_owned();
    let page = house.owner.get(&incident).expect(200).text;
    assert!(page.contains(&person) && page.contains("identifiers.user_id"), "{page}");

    let words = json!({ "nature": "n", "consequences": "c", "measures": "m", "contact": "k" });
    house.owner.post(&format!("{incident}/draft"), &words).expect(303);
    let listed = house.owner.get(&house.path("/incidents")).expect(200).json;
    let number = listed["items"][0]["id"].as_str().unwrap();
    let told = house.owner.get(&house.path(&format!("/incidents/{number}"))).expect(200).json;
    let drafts = json!({ "drafts_sha256": told["drafts_sha256"] });
    let send = format!("{incident}/send");
    let alone = house.owner.confirmed(&mut house.passkey, "POST", &send, Some(&drafts)).expect(422).text;
    assert!(alone.contains("a second person must approve this"), "{alone}");
    admin.confirmed(&mut key, "POST", &send, Some(&drafts)).expect(303);
    assert!(house.owner.get(&format!("{base}/notices")).expect(200).text.contains("incident.notice"));

    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let opened = operator.post("/operations/incidents", &asked).expect(303);
    let page = operator.get(opened.header("location").unwrap().split('?').next().unwrap()).expect(200).text;
    assert!(page.contains(&house.server.installed.workspace) && !page.contains(&person), "{page}");
    let row = json!({ "whom": "named", "reason": "x" });
    let path = opened.header("location").unwrap().split('?').next().unwrap().to_owned();
    operator.post(&format!("{path}/reset"), &row).expect(403);
}
