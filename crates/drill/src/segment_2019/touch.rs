//! A stolen live session in front of every act that needs a fresh touch: no touch fits anything but the one request it was
//! made for, once, in its own session.

use serde_json::{Value, json};
use testkit::{Authenticator, Client, Reply};

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Route, routes};

/// How many touches of a session may wait at once, with room to spare.
const WAITING: usize = 8;

/// A request that needs a touch.
#[derive(Clone)]
struct Act {
    name: String,
    method: String,
    path: String,
}

/// Who tries, and what came of it.
struct Try<'s> {
    client: Client,
    key: &'s mut Authenticator,
    tried: usize,
    accepted: Vec<String>,
}

pub fn step_up(stage: &mut Stage, open: bool) -> Seen {
    let all = routes(&stage.server);
    let workspace = stage.server.installed.workspace.clone();
    let (mut operator, mut operator_key) = stage.take_operator();
    let of = |keep: &dyn Fn(&Route) -> bool| -> Vec<Act> {
        let needs = all.iter().filter(|route| route.step_up && keep(route));
        needs.map(|route| act(route, &workspace)).collect()
    };
    let is_operators = |route: &Route| {
        let paths = [
            "/api/v1/incidents",
            "/api/v1/reset",
            "/api/v1/mode",
            "/api/v1/lockdown",
            "/api/v1/operators",
            "/operations",
        ];
        paths.iter().any(|path| route.path.starts_with(path))
    };
    let (theirs, operators) = (of(&|route| !is_operators(route)), of(&is_operators));
    let mut client = stage.server.client();
    client.sign_in(&mut stage.passkey);
    let mut tries = Try { client, key: &mut stage.passkey, tried: 0, accepted: Vec::new() };
    tries.all(&theirs, stage.server.client());
    let (mut tried, mut accepted) = (tries.tried, tries.accepted);
    let mut client = stage.server.client();
    client.sign_in(&mut operator_key);
    let mut tries = Try { client, key: &mut operator_key, tried: 0, accepted: Vec::new() };
    tries.all(&operators, stage.server.client());
    tried += tries.tried;
    accepted.extend(tries.accepted);
    if open {
        let body = json!({ "name": "thief", "scopes": ["people:read"], "expires_in_s": 600 });
        let path = format!("/api/v1/workspaces/{workspace}/tokens");
        let mut thief = stage.server.client();
        thief.set_cookie(stage.owner.cookie().map(str::to_owned));
        if !refused(&thief.confirmed(&mut stage.passkey, "POST", &path, Some(&body))) {
            accepted.push("a token for the thief".to_owned());
        }
        stage.owner.set_cookie(thief.cookie().map(str::to_owned));
    }
    operator.sign_in(&mut operator_key);
    stage.operator = Some((operator, operator_key));
    Seen {
        tried: format!(
            "{} acts with a stolen session: without a touch, with one for another act, for other parameters, twice, from another session, after sign-out",
            theirs.len() + operators.len()
        ),
        outcome: match accepted.first() {
            None => format!("all {tried} were refused, and each touch worked once where it belonged"),
            Some(first) => format!("{} were accepted, first {first}", accepted.len()),
        },
        figure: format!("{} wrong acceptances of {tried}", accepted.len()),
        held: accepted.is_empty(),
    }
}

fn act(route: &Route, workspace: &str) -> Act {
    let name = format!("{} {}", route.method, route.path);
    Act { name, method: route.method.clone(), path: route.at(workspace, "nothing") }
}

/// Refused for want of a touch that fits.
fn refused(reply: &Reply) -> bool {
    let code = reply.json["code"].as_str().unwrap_or_default();
    reply.status == 401 || (reply.status == 403 && matches!(code, "step-up-required" | "step-up-wrong"))
}

impl Try<'_> {
    fn all(&mut self, acts: &[Act], mut other: Client) {
        other.sign_in(self.key);
        for (place, act) in acts.iter().enumerate() {
            let next = &acts[(place + 1) % acts.len()];
            let Some(id) = self.touched(act) else { continue };
            self.must_refuse("for another act", next, &json!({}), &id);
            let Some(id) = self.touched(act) else { continue };
            self.must_refuse("for other parameters", act, &json!({ "reason": "another" }), &id);
            let Some(id) = self.touched(act) else { continue };
            std::mem::swap(&mut self.client, &mut other);
            self.must_refuse("from another session", act, &json!({}), &id);
            std::mem::swap(&mut self.client, &mut other);
            let Some(id) = self.touched(act) else { continue };
            let once = self.present(act, &json!({}), &id);
            assert!(!refused(&once), "{} refuses the touch that was made for it: {}", act.name, once.text);
            self.must_refuse("twice", act, &json!({}), &id);
        }
        for acts in acts.chunks(WAITING) {
            let touches: Vec<(Act, String)> =
                acts.iter().filter_map(|act| Some((act.clone(), self.touched(act)?))).collect();
            self.client.delete("/api/v1/session");
            self.client.sign_in(self.key);
            for (act, id) in touches {
                self.must_refuse("after sign-out", &act, &json!({}), &id);
            }
        }
    }

    /// Asks without a touch, which must be refused, and touches the key for exactly that request. Nothing where no touch
    /// would help, for want of a grant.
    fn touched(&mut self, act: &Act) -> Option<String> {
        let asked = self.client.send(&act.method, &act.path, Some(&json!({})), &[]);
        self.tried += 1;
        if asked.status == 403 && asked.json["code"] == "forbidden" {
            return None;
        }
        if !refused(&asked) {
            self.accepted.push(format!("{} without a touch", act.name));
        }
        let id = asked.json["stepup"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{}: {}", act.name, asked.text))
            .to_owned();
        let signed = self.key.sign(&asked.json["stepup"]["publicKey"]);
        let taken = self.client.post(&format!("/api/v1/stepup/{id}"), &signed);
        assert!(taken.status < 300, "{}", taken.text);
        Some(id)
    }

    fn present(&mut self, act: &Act, body: &Value, id: &str) -> Reply {
        self.client.send(&act.method, &act.path, Some(body), &[("holdfast-step-up", id)])
    }

    fn must_refuse(&mut self, how: &str, act: &Act, body: &Value, id: &str) {
        self.tried += 1;
        // What has no grant either is refused for that, whatever was touched.
        let reply = self.present(act, body, id);
        if !refused(&reply) && reply.status != 403 {
            self.accepted.push(format!("{} with a touch {how}", act.name));
        }
    }
}
