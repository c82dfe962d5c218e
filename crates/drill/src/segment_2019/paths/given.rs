//! What others say of people or do to them: an organisation's provider, programs, a reset, a restored backup.

use serde_json::{Value, json};
use testkit::{Client, Liar};

use super::own::{factors, tried};
use super::{BACK, BY_PASSWORD, CODES, ENROL, LOGIN, NOTHING, PASSKEY, TWO_FACTORS, Ways, form};
use crate::segment_2019::ended::{back, backup, restore};
use crate::stage::Stage;
use crate::walk::{routes, walk};

/// Members whom the workspace's provider vouches for, or does not quite.
pub fn organisation(stage: &mut Stage, ways: &mut Ways) {
    let provider = Liar::start();
    let set = json!({ "issuer": provider.issuer, "client_id": "holdfast", "domains": ["example.com"] });
    stage.change("PUT", "/single-sign-on", &set);
    for (way, role, says, floor) in [
        ("two factors at the provider", "viewer", json!({}), TWO_FACTORS),
        ("the same of an admin", "admin", json!({}), PASSKEY),
        ("one factor at the provider", "viewer", json!({ "amr": ["pwd"] }), NOTHING),
        ("an address that nobody has verified", "viewer", json!({ "email_verified": false }), NOTHING),
    ] {
        let email = format!("{}@example.com", stdx::random_text::<12>());
        stage.change("POST", "/members", &json!({ "email": email, "role": role }));
        let mut claims = says;
        claims["sub"] = json!(email);
        claims["email"] = json!(email);
        provider.says(json!({}), claims);
        let mut browser = stage.server.client();
        comes(&mut browser, &provider, &email);
        ways.end(way, (BACK, floor), &mut browser);
    }
    stage.change("DELETE", "/single-sign-on", &json!({}));
}

/// Leaves for the provider and comes back from it.
fn comes(browser: &mut Client, provider: &Liar, email: &str) {
    let asked = form(browser, "POST", "/sign-in/organisation", &[("address", email)]).expect(200);
    let next = asked.header("refresh").and_then(|next| next.strip_prefix("0;url=")).expect("a way on");
    let left = browser.get(next).expect(303);
    let back = provider.back(left.header("location").expect("the provider"));
    let path = back.strip_prefix(browser.base()).expect("back here").to_owned();
    browser.get(&path);
}

/// Tokens, a directory, and an operator to whom the workspace is open.
pub fn programs(stage: &mut Stage, ways: &mut Ways) {
    let workspace = stage.server.installed.workspace.clone();
    let token = |stage: &mut Stage, scopes: &[&str]| {
        let wanted = json!({ "name": "paths", "scopes": scopes, "expires_in_s": 3_600 });
        let made = stage.change("POST", "/tokens", &wanted).json["token"].clone();
        stage.server.client().and_token(made.as_str().expect("a token"))
    };
    let mut program = token(stage, &["events:read", "people:read", "members:read", "ledger:read"]);
    walk(&mut program, &routes(&stage.server), (&workspace, "nobody"), true);
    ways.nowhere("a token at every route", program.cookie().is_some());
    let mut directory = token(stage, &["scim:users"]);
    let user = json!({ "userName": "provisioned@example.com" });
    directory.post("/scim/v2/Users", &user).expect(201);
    ways.nowhere("a directory's token", directory.cookie().is_some());

    let (mut operator, key) = stage.take_operator();
    let id = operator.get("/api/v1/session").expect(200).json["id"].clone();
    let support = json!({ "operator": id, "reason": "a question of theirs", "life_s": 3_600 });
    let grant = stage.change("POST", "/grants/support", &support).json["id"].clone();
    let own = stage.owner.get("/api/v1/session").expect(200).json["id"].clone();
    let own = own.as_str().expect("an id");
    for (method, rest) in [
        ("POST", format!("/members/{own}/recovery")),
        ("POST", format!("/members/{own}/recovery/approve")),
        ("POST", format!("/members/{own}/first-passkey")),
        ("POST", "/members".to_owned()),
        ("PUT", "/passwords".to_owned()),
        ("PUT", "/single-sign-on".to_owned()),
        ("POST", "/reset".to_owned()),
    ] {
        let reply = operator.send(method, &stage.path(&rest), Some(&json!({})), &[]);
        let refused = matches!(reply.status, 401 | 403 | 404) && reply.json["code"] != "step-up-required";
        ways.nowhere(&format!("an operator with access, {method} {rest}"), !refused);
    }
    stage.change("DELETE", &format!("/grants/{}", grant.as_str().expect("a grant")), &json!({}));
    stage.operator = Some((operator, key));
}

/// Operators end every session: what people sign in with stays what it was.
pub fn reset(stage: &mut Stage, ways: &mut Ways) {
    let (mut viewer, mut key) = stage.joined("viewer");
    let mut kim = stage.joined_by_password("viewer");
    let before = [factors(&mut stage.owner), factors(&mut viewer), factors(&mut kim.client)];
    let (mut operator, mut operator_key) = stage.take_operator();
    let everybody = json!({ "everybody": true, "reason": "a stolen session" });
    let done = operator.confirmed(&mut operator_key, "POST", "/api/v1/reset", Some(&everybody)).expect(200);
    ways.nowhere("what a reset answers", CODES.iter().any(|code| done.text.contains(code)));
    for client in [&mut stage.owner, &mut viewer, &mut kim.client, &mut operator] {
        ways.end("a session from before a reset", ("a reset", NOTHING), client);
    }
    operator.sign_in(&mut operator_key);
    stage.operator = Some((operator, operator_key));
    stage.owner.sign_in(&mut stage.passkey);
    viewer.sign_in(&mut key);
    kim.client.try_password(&kim.email, &kim.password, &kim.app.code());
    ways.end("the same passkey after a reset", (LOGIN, PASSKEY), &mut viewer);
    ways.end("the same password and code after a reset", (BY_PASSWORD, TWO_FACTORS), &mut kim.client);
    let after: [Value; 3] = [factors(&mut stage.owner), factors(&mut viewer), factors(&mut kim.client)];
    ways.factors_changed += before.iter().zip(&after).filter(|(before, after)| before != after).count();
}

/// Yesterday's backup in the place of the data: its sessions and codes are over.
pub fn restored(stage: &mut Stage, ways: &mut Ways) {
    let mut invited = || {
        let email = format!("{}@example.com", stdx::random_text::<12>());
        let made = stage.change("POST", "/members", &json!({ "email": email, "role": "viewer" }));
        made.json["code"].as_str().expect("a code").to_owned()
    };
    let (used, unused) = (invited(), invited());
    let (mut viewer, mut key) = stage.joined("viewer");
    let saved = backup(stage);
    stage.server.client().enrol(&used);
    let operator = stage.take_operator();
    restore(stage, &saved);
    viewer.move_to(&stage.server.console);
    ways.end("a session from a restored backup", ("a restored backup", NOTHING), &mut viewer);
    for code in [used, unused] {
        let mut client = stage.server.client();
        let begun = client.post("/api/v1/enrol/begin", &json!({ "code": code })).expect(200).json;
        let mut other = testkit::Authenticator::at(&stage.server.console);
        client.post("/api/v1/enrol/finish", &other.register(&begun));
        ways.end("a code from a restored backup", (ENROL, NOTHING), &mut client);
    }
    key.move_to(&stage.server.console);
    ways.end("a passkey from a restored backup", (LOGIN, PASSKEY), &mut tried(&stage.server, &mut key));
    back(stage, operator);
}
