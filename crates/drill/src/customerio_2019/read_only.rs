//! One action that stops every change and leaves collecting and looking alone.

use std::collections::BTreeMap;

use serde_json::json;
use testkit::{Authenticator, Client};

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Route, routes};

/// Events sent while nothing may be changed.
const EVENTS: usize = 1_000;

pub fn read_only(stage: &mut Stage, open: bool) -> Seen {
    let refused = |route: &Route| route.scope == "workspace" && route.loosens;
    let routes: Vec<Route> = routes(&stage.server).into_iter().filter(refused).collect();
    let (mut second, mut second_passkey) = stage.joined("admin");
    let wanted = json!({ "name": "directory", "scopes": ["scim:users"], "expires_in_s": 3_600 });
    let directory =
        stage.change("POST", "/tokens", &wanted).json["token"].as_str().expect("a token").to_owned();
    let mode = stage.path("/mode");
    stage.owner.put(&mode, &json!({ "mode": "read_only", "reason": "drill" })).expect(200);
    if open {
        back_to_normal(stage, &mut second, &mut second_passkey);
    }
    let (succeeded, answers) = sweep(stage, &routes, &directory);
    for batch in 0..EVENTS / 100 {
        let event = |n| json!({ "type": "track", "event": "Meanwhile", "anonymousId": "a", "messageId": format!("m{batch}-{n}") });
        stage.send(&(0..100).map(event).collect::<Vec<_>>());
    }
    stage.wait_for_events("Meanwhile", EVENTS);
    let arrived = stage.every_event().iter().filter(|event| event["event"] == "Meanwhile").count();
    stage.kill_and_restart();
    let at = stage.server.console.clone();
    let (after_kill, _) = sweep(stage, &routes, &directory);
    // Back for the steps that follow.
    if !open {
        second.move_to(&at);
        second_passkey.move_to(&at);
        back_to_normal(stage, &mut second, &mut second_passkey);
    }
    Seen {
        tried: format!(
            "read-only mode by one admin; then each of {} changing routes as its owner, before and after kill -9",
            routes.len()
        ),
        outcome: format!("answers: {}; {arrived} of {EVENTS} events arrived meanwhile", told(&answers)),
        figure: format!("{succeeded} of {} routes succeeded, {after_kill} after the kill", routes.len()),
        held: succeeded + after_kill == 0 && arrived == EVENTS && answers.contains_key("read-only"),
    }
}

/// How many succeeded, and how often each answer came: as the owner and, where a directory calls, with its token.
fn sweep(stage: &mut Stage, routes: &[Route], directory: &str) -> (usize, BTreeMap<String, usize>) {
    let (mut succeeded, mut answers) = (0, BTreeMap::new());
    let workspace = stage.server.installed.workspace.clone();
    let mut directory = stage.server.client().and_token(directory);
    for route in routes {
        // A change that is whole wherever one body fits several: what comes first must be the mode.
        let body = json!({ "name": "drill", "email": "drill@example.com", "role": "viewer" });
        let client = if route.path.starts_with("/scim/") { &mut directory } else { &mut stage.owner };
        let reply = client.send(&route.method, &route.at(&workspace, "nobody"), Some(&body), &[]);
        let mut code = reply.json["code"].as_str().map_or_else(|| reply.status.to_string(), str::to_owned);
        // SCIM has words and no codes.
        let off = |said: &str| said.starts_with("changes are switched off");
        if reply.status == 409 && reply.json["detail"].as_str().is_some_and(off) {
            code = "read-only".to_owned();
        }
        // Asked for a touch, or for a field, is on its way to be done.
        let refused = code == "read-only" || reply.status == 403 && code != "step-up-required";
        succeeded += usize::from(!refused);
        *answers.entry(code).or_insert(0) += 1;
    }
    (succeeded, answers)
}

fn told(answers: &BTreeMap<String, usize>) -> String {
    answers.iter().map(|(code, times)| format!("{code} {times}")).collect::<Vec<_>>().join(", ")
}

fn back_to_normal(stage: &mut Stage, second: &mut Client, passkey: &mut Authenticator) {
    let mode = stage.path("/mode");
    let body = json!({ "mode": "normal", "reason": "over" });
    let asked = stage.owner.change(&mut stage.passkey, "PUT", &mode, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let approval = asked.json["approval"].as_str().expect("an approval").to_owned();
    let done =
        second.change(passkey, "POST", &stage.path(&format!("/mode/approvals/{approval}")), &json!({}));
    assert!(done.status < 300, "{}", done.text);
}
