//! Keys and roles that were handed out and that nobody uses: the review has to list each of them, and no other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// How many keys are planted, of which every other one is used.
const KEYS: usize = 12;

pub fn review(stage: &mut Stage, open: bool) -> Seen {
    let (mut unused, mut used) = (BTreeSet::new(), 0);
    let events = stage.path("/events?limit=1");
    let known: BTreeSet<String> = listed(&stage.get("/review"));
    for number in 0..KEYS {
        let wanted = json!({ "name": format!("planted {number}"), "scopes": ["events:read"] });
        let made = stage.change("POST", "/tokens", &wanted).json;
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        let is_used = number % 2 == 0;
        if is_used || (open && number == 1) {
            stage.server.client().and_token(&text("token")).get(&events).expect(200);
        }
        if is_used {
            used += 1;
        } else {
            unused.insert(text("id"));
        }
    }
    let (idle, _) = idle(stage);
    unused.insert(idle);
    let (mut busy, _) = stage.joined("viewer");
    busy.get(&events).expect(200);
    let planted_source = stage.change("POST", "/sources", &json!({ "name": "Forgotten" })).json;
    let review = stage.get("/review");
    let found: BTreeSet<String> = listed(&review).difference(&known).cloned().collect();
    let right = found.intersection(&unused).count();
    let silent = |key: &&Value| key["last_event_at"].is_null();
    let sources = review["write_keys"].as_array().map_or(0, |keys| keys.iter().filter(silent).count());
    let forgotten = review["write_keys"]
        .as_array()
        .is_some_and(|keys| keys.iter().filter(silent).any(|key| key["source"] == planted_source["id"]));
    let grants = review["grants"].is_array();
    Seen {
        tried: format!(
            "{} keys and a role that nobody uses, among {used} keys and a role that are used",
            unused.len() - 1
        ),
        outcome: format!(
            "{} listed as never used; {sources} write keys that never brought an event",
            found.len()
        ),
        figure: format!("recall {right} of {}, precision {right} of {}", unused.len(), found.len()),
        held: found == unused && forgotten && grants,
    }
}

/// Somebody who was invited, enrolled, and never looked.
fn idle(stage: &mut Stage) -> (String, testkit::Authenticator) {
    let (mut client, key) = stage.joined("analyst");
    let session = client.get("/api/v1/session").expect(200).json;
    (session["id"].as_str().expect("an id").to_owned(), key)
}

/// The ids of keys and members that were never used.
fn listed(review: &Value) -> BTreeSet<String> {
    let lists = [&review["tokens"], &review["members"]];
    let items = lists.into_iter().filter_map(Value::as_array).flatten();
    let never = items.filter(|item| item["last_used_at"].is_null());
    never.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
}
