//! Somebody with the right to look, who looks at one person after the other.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::play::Seen;
use crate::stage::Stage;

/// How many people are wanted, and how many one person may see in an hour.
const WANTED: usize = 320;
const BUDGET: usize = 250;

pub fn scraper(stage: &mut Stage, open: bool) -> Seen {
    let ids = super::support::people(stage, WANTED);
    let (first, mut key) = stage.joined("support");
    let mut second = stage.server.client();
    second.sign_in(&mut key);
    let mut clients = vec![first, second];
    if open {
        clients.push(stage.joined("support").0);
    }
    let mut seen = BTreeSet::new();
    for client in &mut clients {
        for id in ids.iter().filter(|id| !seen.contains(*id)).cloned().collect::<Vec<_>>() {
            let path = stage.path(&format!("/people/{id}"));
            match client.get(&path).status {
                200 => drop(seen.insert(id)),
                429 => break,
                other => panic!("a look was answered with {other}"),
            }
        }
    }
    // Of somebody who was stopped; that most of a day's budget is spent would be told at 400.
    let notices = stage.get("/notices");
    let is_it = |notice: &Value| notice["kind"] == "people.budget_spent";
    let told = notices["items"].as_array().is_some_and(|items| items.iter().any(is_it));
    Seen {
        tried: format!("{WANTED} people, one at a time, in {} sessions", clients.len()),
        outcome: format!("those who run the workspace were {}", if told { "told" } else { "not told" }),
        figure: format!("{} people", seen.len()),
        held: seen.len() <= BUDGET && seen.len() > 100 && told,
    }
}
