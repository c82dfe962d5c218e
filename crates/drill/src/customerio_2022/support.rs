//! An operator, and a workspace that opens itself for a time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::Client;

use crate::play::Seen;
use crate::stage::Stage;
use crate::walk::{Route, answered, routes, walk};

/// Longer than this nobody waits for the end of an access.
const PATIENCE: Duration = Duration::from_secs(20);

/// People with planted names; their ids.
pub fn people(stage: &mut Stage, count: usize) -> Vec<String> {
    let name = |n| format!("{} {}", stage.canaries.secret(n), "Planted");
    let messages: Vec<Value> = (0..count)
        .map(|n| {
            let traits = json!({ "plan": "pro", "name": name(n), "email": format!("p{n}@shop.example") });
            json!({ "type": "identify", "userId": format!("person-{n}-{}", stage.canaries.secret(0)), "traits": traits })
        })
        .collect();
    stage.send(&messages);
    let (path, owner) = (stage.path("/events?limit=1000"), &mut stage.owner);
    let known = |owner: &mut Client| {
        let ids: std::collections::BTreeSet<String> = owner
            .every(&path)
            .iter()
            .filter(|event| event["type"] == "identify")
            .filter_map(|event| event["person"].as_str().map(str::to_owned))
            .collect();
        (ids.len() >= count).then(|| ids.into_iter().collect::<Vec<_>>())
    };
    testkit::wait_until(120, "the people", || known(owner))
}

pub fn opened(stage: &mut Stage, operator: &mut Client) -> String {
    let id = operator.get("/api/v1/session").expect(200).json["id"].clone();
    let body = json!({ "operator": id, "reason": "a question of theirs", "life_s": 3_600 });
    stage.change("POST", "/grants/support", &body).json["id"].as_str().expect("a grant").to_owned()
}

fn theirs(stage: &Stage) -> Vec<Route> {
    routes(&stage.server).into_iter().filter(|route| route.scope == "workspace").collect()
}

pub fn support(stage: &mut Stage, open: bool) -> Seen {
    let person = people(stage, 5).remove(0);
    let workspace = stage.server.installed.workspace.clone();
    let theirs = theirs(stage);
    let (mut operator, key) = stage.take_operator();
    let early = open.then(|| opened(stage, &mut operator));
    let before = walk(&mut operator, &theirs, (&workspace, &person), true);
    let before = answered(&before).len();
    let grant = early.unwrap_or_else(|| opened(stage, &mut operator));
    let path = stage.path(&format!("/people/{person}"));
    let looked = operator.get(&path);
    let clear = stage.canaries.count_in(looked.text.as_bytes());
    stage.change("DELETE", &format!("/grants/{grant}"), &json!({}));
    let begin = Instant::now();
    while operator.get(&path).status < 400 && begin.elapsed() < PATIENCE {}
    let took = begin.elapsed();
    let after = walk(&mut operator, &theirs, (&workspace, &person), true);
    let after = answered(&after).len();
    stage.operator = Some((operator, key));
    Seen {
        tried: format!(
            "{} routes of a workspace as an operator before it opens itself, one person while it does, all again after",
            theirs.len()
        ),
        outcome: format!("the person was answered with {} and {clear} clear values", looked.status),
        figure: format!("{before} before, {after} after, over within {} ms", took.as_millis()),
        held: before == 0
            && after == 0
            && looked.status == 200
            && clear == 0
            && took < Duration::from_secs(1),
    }
}

pub fn operator_export(stage: &mut Stage, open: bool) -> Seen {
    let ids = people(stage, 5);
    let workspace = stage.server.installed.workspace.clone();
    let (mut operator, key) = stage.take_operator();
    let support = opened(stage, &mut operator);
    // What would be a way out: every route that can hold more than one person's profile, or one's clear values.
    let ways: Vec<Route> = theirs(stage)
        .into_iter()
        .filter(|route| {
            let is = |end: &str| route.path.ends_with(end);
            route.path.contains("/exports")
                || route.path.contains("/grants")
                || is("/reveal")
                || is("/people")
        })
        .collect();
    let mut invited = open.then(|| stage.joined("admin").0);
    let client = invited.as_mut().unwrap_or(&mut operator);
    let answers = walk(client, &ways, (&workspace, &ids[0]), true);
    // The page of people has a field to find one person in, and nobody on it. Asked for a touch is on the way to it.
    let shows = |text: &str| ids.iter().any(|id| text.contains(id));
    let through: Vec<_> = answers
        .iter()
        .filter(|answer| {
            let refused = matches!(answer.status, 303 | 401 | 403 | 404);
            answer.text.contains("step-up-required")
                || (!refused && (answer.route.contains("/api/") || shows(&answer.text)))
        })
        .collect();
    stage.change("DELETE", &format!("/grants/{support}"), &json!({}));
    stage.operator = Some((operator, key));
    Seen {
        tried: format!(
            "{} ways to a list, a file or a clear value, as an operator to whom the workspace is open",
            ways.len()
        ),
        outcome: through.first().map_or_else(
            || "all refused".to_owned(),
            |first| format!("first {}: {}", first.route, first.status),
        ),
        figure: format!("{} of {}", through.len(), ways.len()),
        held: through.is_empty() && ways.len() >= 5,
    }
}
