//! What is told while it goes on: to everybody in public, and to each workspace that was touched, with its exact list.

use std::time::Instant;

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// What the server knows and nobody types into an update.
const NAME: &str = "Harbour Goods of the drill";
/// The page may not be slower than the real ones were.
const FIRST_ENTRY_S: u64 = 15 * 60;

pub fn status(stage: &mut Stage, open: bool) -> Seen {
    let workspace = stage.another_workspace(NAME).0;
    let inside = format!("/api/v1/workspaces/{workspace}");
    stage.owner.get(&format!("{inside}/sources")).expect(200);
    let known = Instant::now();
    let (mut operator, mut key) = stage.take_operator();
    let (mut other, mut other_key) = stage.take_second_operator();
    let me = stage.owner.get("/api/v1/session").expect(200).json["id"].clone();
    let opened = json!({ "title": "Staff were phished", "principal": me });
    let opened = operator.post("/api/v1/incidents", &opened).expect(201).json;
    let id = opened["id"].as_str().expect("an id").to_owned();
    let incident = format!("/api/v1/incidents/{id}");
    let words = json!({
        "nature": "Somebody used a stolen session.", "consequences": "What was shown is known to whoever used it.",
        "measures": "The session was ended.", "contact": "security@example.com",
    });
    let drafted = operator.post(&format!("{incident}/notices"), &words).expect(200).json;
    let drafts = json!({ "drafts_sha256": drafted["drafts_sha256"] });
    other.confirmed(&mut other_key, "POST", &format!("{incident}/notices/send"), Some(&drafts)).expect(200);

    let text = if open {
        format!("{NAME} was touched.")
    } else {
        "Some sign-ins were not their owners'.".to_owned()
    };
    let first = json!({ "state": "investigating", "title": "Sign-ins", "text": text, "incident": id });
    let first = operator.confirmed(&mut key, "POST", "/api/v1/status", Some(&first)).expect(201).json;
    let page = stage.server.sdk().get("/status");
    let took = known.elapsed();
    // Time goes on, more is entered; the list stays what it was.
    stage.owner.get(&format!("{inside}/sources")).expect(200);
    let later = json!({
        "state": "resolved", "title": "Sign-ins", "text": "The sessions were ended.", "incident": id,
        "matter": first["matter"],
    });
    operator.confirmed(&mut key, "POST", "/api/v1/status", Some(&later)).expect(201);
    let heard = stage.owner.get(&format!("{inside}/incidents/{id}/updates")).expect(200).json;
    let heard = heard["items"].as_array().cloned().unwrap_or_default();
    let list = stage.owner.get(&format!("{inside}/incidents/{id}/scope")).expect(200);
    let digest = list.header("holdfast-sha256").unwrap_or_default().to_owned();
    let contradict = heard.iter().filter(|entry| entry["scope_sha256"] != digest.as_str()).count();
    let entered = entered(stage, &inside, &heard);

    let mut sdk = stage.server.sdk();
    let pages = ["/status", "/status.json", "/status.atom"].map(|path| sdk.get(path).expect(200).text);
    let told = ["Sign-ins", "The sessions were ended."].iter().all(|words| pages[0].contains(words));
    let secrets = [NAME, workspace.as_str(), id.as_str(), digest.as_str(), "Shop"];
    let leaked: Vec<&str> =
        secrets.into_iter().filter(|secret| pages.iter().any(|page| page.contains(secret))).collect();
    let quiet = !pages[0].contains("<script") && page.header("content-security-policy").is_some();
    stage.operator = Some((operator, key));
    stage.second_operator = Some((other, other_key));
    Seen {
        tried: "an operator publishes two updates of an incident; the page, its JSON and its feed are read without signing in; the \
                touched workspace reads what it heard"
            .to_owned(),
        outcome: format!(
            "the page {} the update and {} of {} things that the server knows; {} entries heard, {entered} of them in the ledger",
            if told { "shows" } else { "does not show" },
            leaked.len(),
            secrets.len(),
            heard.len()
        ),
        figure: format!("first entry after {} ms, {contradict} contradict the list", took.as_millis()),
        held: page.status == 200
            && told
            && quiet
            && leaked.is_empty()
            && heard.len() == 2
            && contradict == 0
            && entered == 2
            && took.as_secs() < FIRST_ENTRY_S,
    }
}

/// How many of the entries heard stand in the workspace's ledger with the same digest.
fn entered(stage: &mut Stage, inside: &str, heard: &[Value]) -> usize {
    let found = stage.owner.get(&format!("{inside}/ledger/entries?code=incident.status")).expect(200).json;
    let items = found["items"].as_array().cloned().unwrap_or_default();
    let same = |entry: &&Value| {
        items.iter().any(|item| {
            item["index"] == entry["entry"] && item["detail"]["scope_sha256"] == entry["scope_sha256"]
        })
    };
    heard.iter().filter(same).count()
}
