//! Set-up, sign-in, touches, tokens, leavers, read-only mode.

use serde_json::json;
use testkit::Authenticator;

use crate::support::House;

#[test]
fn a_set_up_code_works_once_and_ends_in_a_session() {
    let mut house = House::new();
    let me = house.owner.get("/api/v1/session").expect(200);
    assert!(me.text.contains("owner"), "{}", me.text);
    let mut late = house.server.client();
    let again = late.post("/api/v1/enrol/begin", &json!({"code": house.server.installed.setup_code}));
    if again.status == 200 {
        let made = Authenticator::at(&house.server.console).register(&again.json);
        assert!(late.post("/api/v1/enrol/finish", &made).status >= 400);
    }
    assert_eq!(late.get("/api/v1/session").status, 401);
}

#[test]
fn signing_in_and_out() {
    let mut house = House::new();
    let mut tomorrow = house.server.client();
    tomorrow.sign_in(&mut house.passkey);
    tomorrow.get("/api/v1/session").expect(200);
    let stolen = tomorrow.cookie().map(str::to_owned);
    assert!(tomorrow.delete("/api/v1/session").status < 300);
    tomorrow.set_cookie(stolen);
    assert_eq!(tomorrow.get("/api/v1/session").status, 401, "a cookie after sign-out");
}

#[test]
fn a_page_at_another_origin_gets_no_session() {
    let mut house = House::new();
    let mut relay = house.server.client();
    let begun = relay.post("/api/v1/login/begin", &json!({})).expect(200);
    house.passkey.move_to("http://localhost:9");
    match house.passkey.try_sign(&begun.json) {
        Ok(signed) => assert!(relay.post("/api/v1/login/finish", &signed).status >= 400),
        Err(refused) => assert!(!refused.is_empty()),
    }
    assert_eq!(relay.get("/api/v1/session").status, 401);
}

#[test]
fn a_touch_fits_one_request_once() {
    let mut house = House::new();
    let path = house.path("/sources");
    let body = json!({"name": "Website"});
    let asked = house.owner.post(&path, &body).expect(403);
    assert!(asked.json["type"].as_str().unwrap().ends_with("/step-up-required"));
    let id = asked.json["stepup"]["id"].as_str().unwrap().to_owned();
    let header = [("holdfast-step-up", id.as_str())];
    assert_eq!(house.owner.send("POST", &path, Some(&body), &header).status, 403, "before it was signed");
    let signed = house.passkey.sign(&asked.json["stepup"]["publicKey"]);
    assert!(house.owner.post(&format!("/api/v1/stepup/{id}"), &signed).status < 300);
    let other = json!({"name": "Another"});
    assert_eq!(house.owner.send("POST", &path, Some(&other), &header).status, 403, "another body");
    // A touch that was shown to a wrong request may be spent by it; a fresh one must work once.
    house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);

    let asked = house.owner.post(&path, &body).expect(403);
    let id = asked.json["stepup"]["id"].as_str().unwrap().to_owned();
    let header = [("holdfast-step-up", id.as_str())];
    let signed = house.passkey.sign(&asked.json["stepup"]["publicKey"]);
    assert!(house.owner.post(&format!("/api/v1/stepup/{id}"), &signed).status < 300);
    let mut thief = house.server.client();
    thief.sign_in(&mut house.passkey);
    assert_eq!(thief.send("POST", &path, Some(&body), &header).status, 403, "another session");
    house.owner.send("POST", &path, Some(&body), &header).expect(201);
    assert_eq!(house.owner.send("POST", &path, Some(&body), &header).status, 403, "a second time");
}

#[test]
fn tokens_do_what_they_say_and_end() {
    let mut house = House::new();
    let mut reader = house.token(&["events:read"]);
    reader.get(&house.path("/events")).expect(200);
    assert_eq!(reader.get(&house.path("/people")).status, 403);
    assert_eq!(reader.post(&house.path("/sources"), &json!({"name": "x"})).status, 403);
    assert_eq!(reader.get("/api/v1/workspaces/ws_00000000000000000000000000/events").status, 404);
    let tokens = house.owner.get(&house.path("/tokens")).expect(200);
    assert!(!tokens.text.contains("hf_"), "a token is shown once");
    let id = tokens.json["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(house.owner.delete(&house.path(&format!("/tokens/{id}"))).status < 300);
    assert_eq!(reader.get(&house.path("/events")).status, 401);
}

#[test]
fn the_operator_has_no_data() {
    let house = House::new();
    let mut operator = house.server.client();
    operator.enrol(&house.server.installed.operator_code);
    let me = operator.get("/api/v1/session").expect(200);
    assert!(me.text.contains("operator"), "{}", me.text);
    for rest in
        ["", "/events", "/people", "/sources", "/members", "/tokens", "/shield/findings", "/ledger/entries"]
    {
        let status = operator.get(&house.path(rest)).status;
        assert!(matches!(status, 403 | 404), "{rest}: {status}");
    }
    let asked = operator.post(&house.path("/questions"), &json!({"kind": "trend"}));
    assert!(matches!(asked.status, 403 | 404), "{}", asked.text);
}

#[test]
fn members_join_by_invitation_and_leave_at_once() {
    let mut house = House::new();
    let path = house.path("/members");
    let body = json!({"email": "viewer@example.com", "role": "viewer"});
    let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    let code = invited.json["code"].as_str().expect("an invite code").to_owned();
    let mut viewer = house.server.client();
    viewer.enrol(&code);
    viewer.get(&house.path("/events")).expect(200);
    let refused = viewer.post(&house.path("/sources"), &json!({"name": "x"}));
    assert_eq!(refused.status, 403);
    assert_ne!(refused.json["code"], "step-up-required", "a viewer is not even asked for a touch");
    let members = house.owner.get(&path).expect(200);
    let id = members.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["role"] == "viewer")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let removed = house.owner.confirmed(&mut house.passkey, "DELETE", &format!("{path}/{id}"), None);
    assert!(removed.status < 300, "{}", removed.text);
    assert!(matches!(viewer.get(&house.path("/events")).status, 401 | 403 | 404));
}

#[test]
fn whoever_finds_a_code_cannot_tell_by_asking_whether_it_is_one() {
    let mut house = House::new();
    let body = json!({"email": "viewer@example.com", "role": "viewer"});
    let path = house.path("/members");
    let invited = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    let code = invited.json["code"].as_str().unwrap().to_owned();
    let (kept, last) = code.split_at(code.len() - 1);
    let no_code = format!("{kept}{}", if last == "a" { "b" } else { "a" });
    let mut stranger = house.server.client();
    let mut asked = |code: &str| {
        let mut options = stranger.post("/api/v1/enrol/begin", &json!({ "code": code })).expect(200).json;
        options["challenge"] = json!(options["challenge"].as_str().unwrap().len());
        options
    };
    let (real, again) = (asked(&code), asked(&code));
    let (none, none_again) = (asked(&no_code), asked(&no_code));
    assert_eq!(real, again);
    assert_eq!(none, none_again, "a code that is none has a user of its own, always the same");
    assert_ne!(real["user"]["id"], none["user"]["id"]);
    assert_eq!(real["user"]["id"].as_str().unwrap().len(), none["user"]["id"].as_str().unwrap().len());
    let without_user = |mut options: serde_json::Value| {
        options["user"]["id"] = json!(null);
        options
    };
    assert_eq!(without_user(real), without_user(none));
}

#[test]
fn read_only_refuses_changes_and_goes_on_collecting() {
    let mut house = House::new();
    let path = house.path("/mode");
    house.owner.put(&path, &json!({"mode": "read_only", "reason": "drill"})).expect(200);
    let refused = house.owner.post(&house.path("/sources"), &json!({"name": "x"}));
    assert_eq!(refused.status, 409);
    assert_eq!(refused.json["code"], "read-only");
    house.send("/v1/track", &json!({"userId": "u", "event": "Still Here"}));
    assert_eq!(house.events(1)[0]["event"], "Still Here");
    let back = house.owner.put(&path, &json!({"mode": "normal", "reason": "over"}));
    assert_eq!(back.status, 202, "normal mode needs a second person: {}", back.text);
    assert_eq!(house.owner.post(&house.path("/sources"), &json!({"name": "x"})).status, 409);
}

#[test]
fn another_sites_page_cannot_act() {
    let mut house = House::new();
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")]] {
        let refused = house.owner.send("DELETE", "/api/v1/session", None, &headers);
        assert_eq!(refused.status, 403, "{headers:?}");
    }
    house.owner.get("/api/v1/session").expect(200);
}

#[test]
fn a_lone_owner_gets_back_in_only_after_the_delay() {
    let house = House::new();
    let data = house.server.data();
    let arguments = ["recover", "--json", "--owner", "owner@example.com", "--data", data.to_str().unwrap()];
    let (code, out, errors) = house.server.command(&arguments);
    assert_eq!(code, 0, "{errors}");
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(said["code"].is_null(), "no code before 24 h: {said}");
    let in_hours = (said["ready_at_ms"].as_i64().expect("when it is ready") - now_ms()) / 3_600_000;
    assert!((23..=24).contains(&in_hours), "{in_hours}");
    let (code, again, errors) = house.server.command(&arguments);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(out, again, "asking again does not begin anew");
    let mut early = house.server.client();
    assert_eq!(early.get("/api/v1/session").status, 401);
}

fn now_ms() -> i64 {
    stdx::Clock::wall().now_ms()
}
