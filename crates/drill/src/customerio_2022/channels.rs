//! Who is told, by how many ways, how soon; and what happens when nobody can be told.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ceremony::{approved, asked};
use super::support::people;
use crate::play::Seen;
use crate::stage::Stage;

/// How soon it must have arrived.
const GOAL: Duration = Duration::from_secs(10);

/// An act and the kind of notice that tells of it.
struct Act {
    kind: &'static str,
    begun: Instant,
}

pub fn notice_channels(stage: &mut Stage, open: bool) -> Seen {
    people(stage, 260);
    let (grants, exports) = (stage.path("/grants"), stage.path("/exports"));
    let (mut admin, mut admin_key) = stage.joined("admin");
    let (mut marketer, mut marketer_key) = stage.joined("marketer");
    let (mut operator, operator_key) = stage.take_operator();
    let url = stage.hook.url("/holdfast");
    stage.change("PUT", "/notices/webhook", &json!({ "url": url }));
    if open {
        let elsewhere = testkit::HookSink::open();
        let path = stage.path("/notices/webhook");
        let body = json!({ "url": elsewhere.url("/holdfast") });
        admin.change(&mut admin_key, "PUT", &path, &body).expect(200);
    }
    let mut acts = Vec::new();
    let mut begin = |kind| acts.push(Act { kind, begun: Instant::now() });

    begin("support.opened");
    let id = operator.get("/api/v1/session").expect(200).json["id"].clone();
    let support = json!({ "operator": id, "reason": "a question of theirs", "life_s": 3_600 });
    let support = stage.change("POST", "/grants/support", &support).json["id"].clone();
    begin("support.beginning");
    let looked = operator.get(&stage.path("/events")).status;
    begin("grant.asked");
    let grant = asked(&mut marketer, &grants, 100_000);
    begin("grant.approving");
    approved(&mut admin, &mut admin_key, &grants, &grant).expect(200);
    begin("export.beginning");
    let body = json!({ "grant": grant["id"] });
    marketer.change(&mut marketer_key, "POST", &exports, &body).expect(201);
    begin("people.budget_spent");
    let mut page = stage.path("/people?limit=100");
    let stopped = loop {
        let seen = marketer.get(&page);
        match seen.json["next"].as_str() {
            Some(next) if seen.status == 200 => page = stage.path(&format!("/people?limit=100&after={next}")),
            _ => break seen.status,
        }
    };
    let (told, slowest) = waited(stage, &acts);

    // Nobody can be told: the file does not begin to leave.
    let late = asked(&mut marketer, &grants, 100_000);
    approved(&mut admin, &mut admin_key, &grants, &late).expect(200);
    stage.mail.refuse(true);
    stage.hook.refuse(true);
    let body = json!({ "grant": late["id"] });
    let untold = marketer.change(&mut marketer_key, "POST", &exports, &body);
    let state = stage.get(&format!("/grants/{}", late["id"].as_str().expect("an id")))["state"].clone();
    stage.mail.refuse(false);
    stage.hook.refuse(false);
    let path = stage.path(&format!("/grants/{}", support.as_str().expect("an id")));
    stage.owner.delete(&path).expect(200);
    stage.change("DELETE", "/notices/webhook", &json!({}));
    stage.operator = Some((operator, operator_key));
    let waits = untold.json["code"] == "notice-undelivered" && state == "open";
    Seen {
        tried: format!(
            "{} acts (support opened, first look, a grant asked for, approved, an export, a budget) with console, mail and webhook; then an \
             export while neither mail nor webhook takes anything",
            acts.len()
        ),
        outcome: format!(
            "without a channel the export was answered with {} and its grant is {}",
            untold.status,
            state.as_str().unwrap_or("unknown")
        ),
        figure: format!(
            "{told} of {} by console, mail and webhook, the slowest after {} ms",
            acts.len(),
            slowest.as_millis()
        ),
        held: told == acts.len() && slowest <= GOAL && waits && looked == 200 && stopped == 429,
    }
}

/// How many of the acts arrived everywhere, and how long the slowest took.
fn waited(stage: &mut Stage, acts: &[Act]) -> (usize, Duration) {
    let end = Instant::now() + GOAL;
    loop {
        let shown = stage.get("/notices");
        let arrived: Vec<Duration> = acts.iter().filter_map(|act| everywhere(stage, act, &shown)).collect();
        if arrived.len() == acts.len() || Instant::now() > end {
            return (arrived.len(), arrived.into_iter().max().unwrap_or_default());
        }
    }
}

/// How long after the act the last of the three ways had it; nothing where one has not.
fn everywhere(stage: &Stage, act: &Act, shown: &Value) -> Option<Duration> {
    let items = shown["items"].as_array()?;
    items.iter().find(|notice| notice["kind"] == act.kind)?;
    let posted = stage.hook.arrived().into_iter();
    let posted = posted.filter(|posted| posted.at >= act.begun && posted.json()["type"] == act.kind);
    let mailed = stage.mail.arrived().into_iter();
    let mailed = mailed.filter(|mail| mail.at >= act.begun && mail.text.contains(act.kind));
    let first = posted.map(|posted| posted.at).min()?.max(mailed.map(|mail| mail.at).min()?);
    Some(first - act.begun)
}
