//! An operator who breaks the glass.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::Client;

use super::support::people;
use crate::play::Seen;
use crate::stage::Stage;

/// Longer than this nobody waits for the end of an access.
const PATIENCE: Duration = Duration::from_secs(20);
const GLASS: &str = "/api/v1/break-glass";

pub fn break_glass(stage: &mut Stage, open: bool) -> Seen {
    let person = people(stage, 5).remove(0);
    let path = stage.path(&format!("/people/{person}"));
    let asked = json!({ "workspace": stage.server.installed.workspace, "reason": "the disk is full" });
    let (mut operator, mut key) = stage.take_operator();
    let (mut honest, mut honest_key) = stage.take_second_operator();

    // Alone: with their own yes or, where the door is open, with that of the other account, which is theirs too.
    let grant = operator.confirmed(&mut key, "POST", GLASS, Some(&asked)).expect(201).json;
    let (id, digest) = (grant["id"].as_str().expect("an id"), json!({ "digest": grant["digest"] }));
    let approve = format!("{GLASS}/{id}/approve");
    operator.confirmed(&mut key, "POST", &approve, Some(&digest));
    if open {
        honest.confirmed(&mut honest_key, "POST", &approve, Some(&digest));
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
    stage.second_operator = Some((honest, honest_key));
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

const INVITES: &str = "/api/v1/operators/invites";

/// An operator who wants a second account of their own, to agree with themselves.
pub fn second_account(stage: &mut Stage, open: bool) -> Seen {
    let person = people(stage, 5).remove(0);
    let path = stage.path(&format!("/people/{person}"));
    let (mut operator, mut key) = stage.take_operator();
    let (mut other, mut other_key) = stage.take_second_operator();
    let asked = json!({ "reason": "somebody for the nights" });
    let asked = operator.confirmed(&mut key, "POST", INVITES, Some(&asked)).expect(202).json;
    let invite = format!("{INVITES}/{}", asked["id"].as_str().expect("an id"));
    let (approve, code) = (format!("{invite}/approve"), format!("{invite}/code"));
    operator.confirmed(&mut key, "POST", &approve, None);
    if open {
        // Both accounts are theirs.
        other.confirmed(&mut other_key, "POST", &approve, None).expect(200);
    }
    let mut made = operator.confirmed(&mut key, "POST", &code, None);
    let alone = usize::from(made.status < 300);
    if !open {
        // The other one agrees, in good faith.
        other.confirmed(&mut other_key, "POST", &approve, None).expect(200);
        made = operator.confirmed(&mut key, "POST", &code, None).expect(201);
    }
    let mut newcomer = stage.server.client();
    let mut newcomer_key = newcomer.enrol(made.json["code"].as_str().expect("a code"));

    // The newcomer agrees to a look of whoever brought them in, and the other way round.
    let asked = json!({ "workspace": stage.server.installed.workspace, "reason": "the disk is full" });
    let mut looked = 0;
    for turned in [false, true] {
        let ((asks, asks_key), (agrees, agrees_key)) = match turned {
            false => ((&mut operator, &mut key), (&mut newcomer, &mut newcomer_key)),
            true => ((&mut newcomer, &mut newcomer_key), (&mut operator, &mut key)),
        };
        let grant = asks.confirmed(asks_key, "POST", GLASS, Some(&asked)).expect(201).json;
        let (id, digest) = (grant["id"].as_str().expect("an id"), json!({ "digest": grant["digest"] }));
        agrees.confirmed(agrees_key, "POST", &format!("{GLASS}/{id}/approve"), Some(&digest));
        looked += looks(asks, &path);
        stage.change("DELETE", &format!("/grants/{id}"), &json!({}));
    }
    stage.operator = Some((operator, key));
    stage.second_operator = Some((other, other_key));
    Seen {
        tried: "an operator invites another one alone; brought in by two, the newcomer and whoever asked agree with each other"
            .to_owned(),
        outcome: format!(
            "the invitation {}; the two looked in {looked} times",
            if alone == 0 { "needed another operator" } else { "needed nobody else" }
        ),
        figure: format!("{alone} accounts alone, {looked} looks by one person with two accounts"),
        held: alone == 0 && looked == 0,
    }
}
