//! Somebody with the right to look, who looks at one person after the other; and an operator to whom the workspace is open.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::Client;

use super::support::{opened, people};
use crate::play::Seen;
use crate::stage::Stage;

/// How many people are wanted, and how many one person may see in an hour.
const WANTED: usize = 320;
const BUDGET: usize = 250;
/// How many one may see in a day, and an operator. With `--long` a server of its own lets the day's be reached within the hour.
const WANTED_LONG: usize = 640;
const BUDGET_DAY: usize = 500;
const BUDGET_OPERATOR: usize = 50;
const DAY: [(&str, &str); 1] = [("HOLDFAST_PEOPLE__SEEN_PER_HOUR_MAX", "500")];

pub fn scraper(stage: &mut Stage, open: bool) -> Seen {
    let (seen, told) = looked(stage, WANTED, open);
    let day = stage.long.then(|| {
        let mut day = stage.beside(&DAY);
        looked(&mut day, WANTED_LONG, open)
    });
    let (operator, by_day) = (by_operator(stage), day.as_ref().map(|(seen, _)| *seen));
    let in_a_day = by_day.map_or_else(String::new, |seen| format!(", {seen} in a day"));
    Seen {
        tried: format!(
            "{WANTED} people, one at a time, in {} sessions; and by an operator to whom the workspace is open",
            if open { 3 } else { 2 }
        ),
        outcome: format!("those who run the workspace were {}", if told { "told" } else { "not told" }),
        figure: format!("{seen} people{in_a_day}; {operator} by an operator"),
        held: seen <= BUDGET
            && seen > 100
            && told
            && (1..=BUDGET_OPERATOR).contains(&operator)
            && day.is_none_or(|(seen, told)| seen <= BUDGET_DAY && seen > BUDGET && told),
    }
}

/// How many people somebody is shown in two sessions, and whether those who run the workspace are told; with a second account
/// where the door is open.
fn looked(stage: &mut Stage, wanted: usize, open: bool) -> (usize, bool) {
    let ids = people(stage, wanted);
    let (first, mut key) = stage.joined("support");
    let mut second = stage.server.client();
    second.sign_in(&mut key);
    let mut clients = vec![first, second];
    if open {
        clients.push(stage.joined("support").0);
    }
    let mut seen = BTreeSet::new();
    for client in &mut clients {
        look(stage, client, &ids, &mut seen);
    }
    // Of somebody who was stopped; that most of a day's budget is spent would be told at 400.
    let notices = stage.get("/notices");
    let is_it = |notice: &Value| notice["kind"] == "people.budget_spent";
    let told = notices["items"].as_array().is_some_and(|items| items.iter().any(is_it));
    (seen.len(), told)
}

/// Looks at everybody who was not seen, until stopped.
fn look(stage: &Stage, client: &mut Client, ids: &[String], seen: &mut BTreeSet<String>) {
    for id in ids.iter().filter(|id| !seen.contains(*id)).cloned().collect::<Vec<_>>() {
        match client.get(&stage.path(&format!("/people/{id}"))).status {
            200 => drop(seen.insert(id)),
            429 => break,
            other => panic!("a look was answered with {other}"),
        }
    }
}

/// How many people an operator is shown to whom the workspace is open.
fn by_operator(stage: &mut Stage) -> usize {
    let ids = people(stage, 2 * BUDGET_OPERATOR);
    let (mut operator, key) = stage.take_operator();
    let grant = opened(stage, &mut operator);
    let mut seen = BTreeSet::new();
    look(stage, &mut operator, &ids, &mut seen);
    stage.change("DELETE", &format!("/grants/{grant}"), &serde_json::json!({}));
    stage.operator = Some((operator, key));
    seen.len()
}
