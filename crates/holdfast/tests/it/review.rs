//! Tokens bound to networks, tokens that slip into events, and the review of access, through the doors.

use serde_json::{Value, json};

use crate::support::House;

fn made(house: &mut House, networks: &[&str]) -> (String, String) {
    let body = json!({ "name": "bound", "scopes": ["events:read", "ledger:read"], "networks": networks });
    let path = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("token"))
}

fn found<'v>(list: &'v Value, id: &str) -> &'v Value {
    list.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap()
}

#[test]
fn a_token_bound_to_networks_and_the_review_of_it() {
    let mut house = House::new();
    let events = house.path("/events?limit=1");
    let (here, used) = made(&mut house, &["127.0.0.0/8", "::1"]);
    let (elsewhere, unused) = made(&mut house, &["203.0.113.0/24"]);
    let mut program = house.server.client().and_token(&used);
    program.get(&events).expect(200);
    let refused = house.server.client().and_token(&unused).get(&events).expect(403);
    assert_eq!(refused.json["code"], "token-network", "{}", refused.text);
    let path = house.path("/ledger/entries?code=access.denied");
    let entries = house.owner.get(&path).expect(200).json;
    assert_eq!(entries["items"][0]["principal"], elsewhere, "{entries}");
    assert_eq!(entries["items"][0]["detail"]["why"], "token-network");

    let path = house.path("/review");
    let review = house.owner.get(&path).expect(200).json;
    assert_eq!(found(&review["tokens"], &here)["state"], "used");
    assert!(found(&review["tokens"], &here)["last_used_from"].as_str().is_some_and(|mark| mark.len() == 16));
    let never = found(&review["tokens"], &elsewhere);
    assert_eq!((&never["state"], &never["last_used_at"]), (&json!("new"), &Value::Null));
    assert_eq!(never["networks"], json!(["203.0.113.0/24"]));
    assert_eq!(review["members"][0]["role"], "owner");
    assert_eq!(review["write_keys"][0]["last_event_at"], Value::Null);
    // The same by command, and as a page.
    let (code, out, _) = house
        .server
        .command_with(&["review", "--server", &house.server.console, "--json"], &[("HOLDFAST_TOKEN", &used)]);
    assert_eq!(code, 0, "{out}");
    let printed: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found(&printed["tokens"], &elsewhere), never);
    let page = format!("/w/{}/access/review", house.server.installed.workspace);
    let page = house.owner.get(&page).expect(200).text;
    assert!(page.contains("never lapse") && page.contains("bound"), "{page}");
    // To say that it is needed asks for a touch.
    let path = house.path(&format!("/tokens/{elsewhere}/renew"));
    assert_eq!(house.owner.post(&path, &json!({})).expect(403).json["code"], "step-up-required");
    house.owner.confirmed(&mut house.passkey, "POST", &path, None).expect(204);
}

#[test]
fn a_token_in_an_event_is_removed() {
    let mut house = House::new();
    let (_, token) = made(&mut house, &[]);
    house.send(
        "/v1/track",
        &json!({"userId": "u", "event": "Pasted", "properties": {
            "note": token, "said": format!("use {token} for now"), "link": format!("https://x.example/?t={token}"),
        }}),
    );
    let shown = Value::Array(house.events(1)).to_string();
    assert!(!shown.contains(&token) && !shown.contains(&token[3..20]), "{shown}");
    assert!(shown.contains("[removed: api_key]"), "{shown}");
}
