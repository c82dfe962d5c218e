//! How long anything lives by itself, and what is left of somebody who leaves.

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

const HOUR_S: i64 = 3_600;
const SESSION_MAX_S: i64 = 12 * HOUR_S;
const CODE_MAX_S: i64 = 24 * HOUR_S;
const TOKEN_MAX_S: i64 = 90 * 24 * HOUR_S;

pub fn lifetimes(stage: &mut Stage, open: bool) -> Seen {
    let now_s = stdx::Clock::wall().now_ms() / 1_000;
    let left = |value: &Value| {
        let at = value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()).expect("an instant");
        at.as_second() - now_s
    };
    let sessions = stage.owner.get("/api/v1/sessions").expect(200).json;
    let items = sessions["items"].as_array().cloned().unwrap_or_default();
    let session = items.iter().map(|session| left(&session["ends_at"])).max().expect("a session");
    let invited =
        stage.change("POST", "/members", &json!({ "email": "late@example.com", "role": "viewer" })).json;
    let code = left(&invited["expires_at"]);
    let mut wanted = json!({ "name": "drill", "scopes": ["events:read"] });
    if open {
        wanted["expires_in_s"] = json!(365 * 24 * HOUR_S);
    }
    let token = left(&stage.change("POST", "/tokens", &wanted).json["expires_at"]);
    let path = stage.path("/tokens");
    wanted["expires_in_s"] = json!(10 * 365 * 24 * HOUR_S);
    let endless = stage.owner.change(&mut stage.passkey, "POST", &path, &wanted).status;
    Seen {
        tried: "a session, a code and a token of their own accord; a token of ten years".to_owned(),
        outcome: format!("as the server itself says; the token of ten years: {endless}"),
        figure: format!(
            "session {:.1} h, code {:.1} h, token {:.1} days",
            session as f64 / HOUR_S as f64,
            code as f64 / HOUR_S as f64,
            token as f64 / 24.0 / HOUR_S as f64
        ),
        held: (1..=SESSION_MAX_S + 5).contains(&session)
            && (1..=CODE_MAX_S + 5).contains(&code)
            && (1..=TOKEN_MAX_S + 5).contains(&token)
            && endless >= 400,
    }
}

pub fn leaver(stage: &mut Stage, open: bool) -> Seen {
    let workspace = stage.server.installed.workspace.clone();
    let (mut admin, mut key) = stage.joined("admin");
    let id = admin.get("/api/v1/session").expect(200).json["id"].as_str().expect("an id").to_owned();
    let wanted = json!({ "name": "leaver's", "scopes": ["events:read"], "expires_in_s": 3_600 });
    let path = stage.path("/tokens");
    let token = admin.change(&mut key, "POST", &path, &wanted).expect(201).json["token"].clone();
    let events = stage.path("/events?limit=1");
    let mut others = vec![stage.server.client().and_token(token.as_str().expect("a token"))];
    for _ in 0..3 {
        let mut session = stage.server.client();
        session.sign_in(&mut key);
        others.push(session);
    }
    others.push(admin);
    let working = |clients: &mut [testkit::Client]| {
        clients.iter_mut().filter_map(|client| (client.get(&events).status < 400).then_some(())).count()
    };
    let before = working(&mut others);
    stage.change("DELETE", &format!("/members/{id}"), &json!({}));
    if open {
        let again =
            stage.change("POST", "/members", &json!({ "email": "again@example.com", "role": "admin" })).json;
        let mut back = stage.server.client();
        back.enrol(again["code"].as_str().expect("a code"));
        others.push(back);
    }
    let after = working(&mut others);
    // The passkey itself signs in to nothing of this workspace any more.
    let mut again = stage.server.client();
    let begun = again.post("/api/v1/login/begin", &json!({})).expect(200).json;
    again.post("/api/v1/login/finish", &key.sign(&begun));
    let through = again.get(&format!("/api/v1/workspaces/{workspace}/events?limit=1")).status < 400;
    Seen {
        tried: format!(
            "an admin with {before} sessions and tokens is removed; then each of them, and the passkey"
        ),
        outcome: format!(
            "the passkey {}",
            if through { "still opens the workspace" } else { "opens nothing" }
        ),
        figure: format!("{after} of {before} work"),
        held: before == 5 && after == 0 && !through,
    }
}
