//! The public status page: what operators typed and nothing else, for everybody, at the collect door.

use serde_json::{Value, json};

use crate::support::House;

#[test]
fn everybody_reads_what_operators_published_and_nothing_else() {
    let mut house = House::new();
    let mut operator = house.server.client();
    let mut key = operator.enrol(&house.server.installed.operator_code);
    let mut anybody = house.server.sdk();
    assert!(anybody.get("/status").expect(200).text.contains("There is nothing to tell."));
    assert_eq!(house.server.client().get("/status").status, 404, "it is not at the console door");

    let update =
        json!({ "state": "investigating", "title": "Sign-ins", "text": "Some <b>failed</b>.\nWe look." });
    assert_eq!(house.owner.post("/api/v1/status", &update).status, 403, "members do not publish");
    let asked = operator.post("/api/v1/status", &update).expect(403);
    assert_eq!(asked.json["code"], "step-up-required", "not without a touch");
    for (wrong, field) in [
        (json!({ "state": "fine", "title": "x", "text": "y" }), "state"),
        (json!({ "state": "resolved", "title": "", "text": "y" }), "title"),
        (json!({ "state": "resolved", "title": "x", "text": " " }), "text"),
        (json!({ "state": "resolved", "title": "x", "text": "y", "matter": 77 }), "matter"),
    ] {
        let refused = operator.confirmed(&mut key, "POST", "/api/v1/status", Some(&wrong)).expect(422);
        assert_eq!(refused.json["field"], field);
    }
    let first = operator.confirmed(&mut key, "POST", "/api/v1/status", Some(&update)).expect(201).json;
    let second =
        json!({ "state": "resolved", "title": "Sign-ins", "text": "Mended.", "matter": first["matter"] });
    operator.confirmed(&mut key, "POST", "/api/v1/status", Some(&second)).expect(201);

    let page = anybody.get("/status").expect(200);
    assert!(page.text.contains("Some &lt;b&gt;failed&lt;/b&gt;."), "{}", page.text);
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    for secret in ["Shop", house.server.installed.workspace.as_str(), "mem_", "<script"] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    let listed = anybody.get("/status.json").expect(200).json;
    let states: Vec<&Value> =
        listed["updates"].as_array().unwrap().iter().map(|update| &update["state"]).collect();
    assert_eq!(states, ["resolved", "investigating"], "newest first");
    assert_eq!(listed["updates"][0]["matter"], first["matter"]);
    let feed = anybody.get("/status.atom").expect(200);
    assert!(feed.header("content-type").unwrap().starts_with("application/atom+xml"));
    assert_eq!(feed.text.matches("<entry>").count(), 2);
}

#[test]
fn an_incident_is_closed_once_with_a_last_word() {
    let mut house = House::new();
    let me = house.owner.get("/api/v1/session").expect(200).json["id"].clone();
    let open = json!({ "title": "A laptop is gone", "principal": me });
    let opened = house.owner.post(&house.path("/incidents"), &open).expect(201).json;
    let incident = house.path(&format!("/incidents/{}", opened["id"].as_str().unwrap()));
    assert_eq!(house.owner.get(&incident).expect(200).json["closed"], Value::Null);
    let close = format!("{incident}/close");
    let word = json!({ "text": "It was found under a seat." });
    assert_eq!(house.owner.post(&close, &json!({ "text": "" })).status, 422);
    house.owner.post(&close, &word).expect(204);
    assert_eq!(house.owner.post(&close, &word).status, 409, "once");
    let told = house.owner.get(&incident).expect(200).json;
    assert_eq!(told["closed"]["text"], word["text"]);
    assert_eq!(told["timeline"].as_array().unwrap().last().unwrap()["kind"], "closed");
    let updates = house.owner.get(&format!("{incident}/updates")).expect(200).json;
    assert_eq!(updates["items"], json!([]));
}
