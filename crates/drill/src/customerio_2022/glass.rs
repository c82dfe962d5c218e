//! An operator who breaks the glass.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::Client;

use super::support::people;
use crate::play::Seen;
use crate::segment_2019::second_operator;
use crate::stage::Stage;

/// Longer than this nobody waits for the end of an access.
const PATIENCE: Duration = Duration::from_secs(20);
const GLASS: &str = "/api/v1/break-glass";

pub fn break_glass(stage: &mut Stage, open: bool) -> Seen {
    let person = people(stage, 5).remove(0);
    let path = stage.path(&format!("/people/{person}"));
    let asked = json!({ "workspace": stage.server.installed.workspace, "reason": "the disk is full" });
    let (mut operator, mut key) = stage.take_operator();
    let (mut honest, mut honest_key) = second_operator(stage, &mut operator, &mut key);
    let mut own_second = open.then(|| second_operator(stage, &mut operator, &mut key));

    // Alone: with their own yes or, where the door is open, with that of their own second account.
    let grant = operator.confirmed(&mut key, "POST", GLASS, Some(&asked)).expect(201).json;
    let (id, digest) = (grant["id"].as_str().expect("an id"), json!({ "digest": grant["digest"] }));
    let approve = format!("{GLASS}/{id}/approve");
    operator.confirmed(&mut key, "POST", &approve, Some(&digest));
    if let Some((second, second_key)) = &mut own_second {
        second.confirmed(second_key, "POST", &approve, Some(&digest));
    }
    let alone = looks(&mut operator, &path);
    stage.change("DELETE", &format!("/grants/{id}"), &json!({}));

    // With another operator.
    let grant = operator.confirmed(&mut key, "POST", GLASS, Some(&asked)).expect(201).json;
    let (id, digest) = (grant["id"].as_str().expect("an id"), json!({ "digest": grant["digest"] }));
    let approve = format!("{GLASS}/{id}/approve");
    honest.confirmed(&mut honest_key, "POST", &approve, Some(&digest)).expect(200);
    let told = told(stage, id);
    let seen = operator.get(&path);
    let clear = stage.canaries.count_in(seen.text.as_bytes());
    stage.change("DELETE", &format!("/grants/{id}"), &json!({}));
    let begin = Instant::now();
    while operator.get(&path).status < 400 && begin.elapsed() < PATIENCE {}
    let took = begin.elapsed();
    stage.operator = Some((operator, key));
    Seen {
        tried: "one operator asks and approves; another one approves; the workspace's owner ends it"
            .to_owned(),
        outcome: format!(
            "the workspace had {told} notices before the look, which was answered with {} and {clear} clear values",
            seen.status
        ),
        figure: format!("{alone} looks alone, over within {} ms", took.as_millis()),
        held: alone == 0 && told == 2 && seen.status == 200 && clear == 0 && took < Duration::from_secs(1),
    }
}

fn looks(operator: &mut Client, path: &str) -> usize {
    usize::from(operator.get(path).status < 400)
}

/// How many notices of this look the workspace's people have.
fn told(stage: &mut Stage, grant: &str) -> usize {
    let notices = stage.get("/notices");
    let items = notices["items"].as_array().into_iter().flatten();
    items.filter(|notice| notice["detail"]["grant"] == grant).count()
}
