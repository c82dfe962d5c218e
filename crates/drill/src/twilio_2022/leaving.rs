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

/// How somebody is taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Somebody who runs the workspace removes them.
    Removed,
    /// The organisation's directory says that they have left.
    Directory,
}

/// What was left of somebody.
struct Left {
    before: usize,
    after: usize,
    through: bool,
}

pub fn leaver(stage: &mut Stage, open: bool) -> Seen {
    let removed = leaves(stage, Way::Removed, open);
    let deprovisioned = leaves(stage, Way::Directory, false);
    let all = [removed, deprovisioned];
    let (before, after) =
        (all.iter().map(|left| left.before).sum::<usize>(), all.iter().map(|left| left.after).sum::<usize>());
    let through = all.iter().any(|left| left.through);
    Seen {
        tried: format!(
            "two admins with {before} sessions, tokens and an invitation of their own each: one is removed, of the other the directory (SCIM) says that they left; then each of them, and the passkeys"
        ),
        outcome: format!(
            "the passkeys {}",
            if through { "still open the workspace" } else { "open nothing" }
        ),
        figure: format!("{after} of {before} work"),
        held: all.iter().all(|left| left.before == 5 && left.after == 0) && !through,
    }
}

fn leaves(stage: &mut Stage, way: Way, open: bool) -> Left {
    let workspace = stage.server.installed.workspace.clone();
    let (mut admin, mut key) = stage.joined("admin");
    let me = admin.get("/api/v1/session").expect(200).json;
    let (id, email) = (me["id"].as_str().expect("an id").to_owned(), me["email"].clone());
    let wanted = json!({ "name": "leaver's", "scopes": ["events:read"], "expires_in_s": 3_600 });
    let path = stage.path("/tokens");
    let token = admin.change(&mut key, "POST", &path, &wanted).expect(201).json["token"].clone();
    let members = stage.path("/members");
    let private = json!({ "email": format!("private-{id}@example.com"), "role": "admin" });
    let invited = admin.change(&mut key, "POST", &members, &private).expect(201).json["code"].clone();
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
    match way {
        Way::Removed => {
            stage.change("DELETE", &format!("/members/{id}"), &json!({}));
        }
        Way::Directory => deprovision(stage, &email),
    }
    if open {
        let again =
            stage.change("POST", "/members", &json!({ "email": "again@example.com", "role": "admin" })).json;
        let mut back = stage.server.client();
        back.enrol(again["code"].as_str().expect("a code"));
        others.push(back);
    }
    // What they invited before they went is worth nothing either.
    let mut friend = stage.server.client();
    let begun = friend.post("/api/v1/enrol/begin", &json!({ "code": invited })).expect(200).json;
    let mut other = testkit::Authenticator::at(friend.base());
    friend.post("/api/v1/enrol/finish", &other.register(&begun));
    others.push(friend);
    let after = working(&mut others);
    // The passkey itself signs in to nothing of this workspace any more.
    let mut again = stage.server.client();
    let begun = again.post("/api/v1/login/begin", &json!({})).expect(200).json;
    again.post("/api/v1/login/finish", &key.sign(&begun));
    let through = again.get(&format!("/api/v1/workspaces/{workspace}/events?limit=1")).status < 400;
    Left { before, after, through }
}

/// As a directory does it: looks the person up, and says that they are not active.
fn deprovision(stage: &mut Stage, email: &Value) {
    let wanted = json!({ "name": "directory", "scopes": ["scim:users"], "expires_in_s": 3_600 });
    let token = stage.change("POST", "/tokens", &wanted).json["token"].clone();
    let mut directory = stage.server.client().and_token(token.as_str().expect("a token"));
    let filter = format!("userName%20eq%20%22{}%22", email.as_str().expect("an address"));
    let found = directory.get(&format!("/scim/v2/Users?filter={filter}")).expect(200).json;
    let user = format!("/scim/v2/Users/{}", found["Resources"][0]["id"].as_str().expect("a user"));
    let left = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "Replace", "path": "active", "value": "False" }]
    });
    directory.send("PATCH", &user, Some(&left), &[]).expect(200);
}
