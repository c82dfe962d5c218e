//! What got in before anybody knew: who is touched, told exactly; then removed, and nothing else with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// The event of these steps.
const EVENT: &str = "Form changed";
/// What stands in the property: no secret by any rule, and a word that stands nowhere else.
const WORD: &str = "quietlantern";
/// How many events carry a value, and how many do not.
const TOUCHED: usize = 60;
const UNTOUCHED: usize = 240;

/// The scope is asked before the rules know the property: what was let in is found by a rule made afterwards.
pub fn scope(stage: &mut Stage, _open: bool) -> Seen {
    stage.change("PUT", "/shield/rules", &json!({ "rules": [] }));
    let mut messages = Vec::new();
    for n in 0..TOUCHED {
        let mut message = change(n, if n % 3 == 0 { "2.1.0" } else { "2.0.0" });
        // A short word under a name that says nothing: no rule of the product can know it.
        message["properties"]["held"] = json!(format!("{WORD} {n}"));
        messages.push(message);
    }
    messages.extend((0..UNTOUCHED).map(|n| change(1_000 + n, "2.1.0")));
    // What the shield does know is in the report, too.
    messages.extend((0..20).map(|n| {
        let mut message = change(n, "2.0.0");
        message["properties"]["password"] = json!(stage.canaries.secret(970_000 + n));
        message
    }));
    let sent = messages.len();
    stage.send(&messages);
    stage.wait_for_events(EVENT, sent);
    let truth: BTreeMap<(String, String), u64> = (0..20).fold(BTreeMap::new(), |mut truth, _| {
        *truth.entry(("properties.password".to_owned(), "2.0.0".to_owned())).or_insert(0) += 1;
        truth
    });
    let report = stage.get(&format!("/shield/report?event={}", EVENT.replace(' ', "%20")));
    let mut told: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut people = BTreeSet::new();
    for row in report["items"].as_array().into_iter().flatten() {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        *told.entry((text("path"), text("sdk_version"))).or_insert(0) += row["count"].as_u64().unwrap_or(0);
        people.insert(text("person"));
    }
    let values = stage.canaries.count_in(report.to_string().as_bytes());
    let equal = told == truth && people.len() == 20;
    Seen {
        tried: format!("{sent} events of two versions, 20 of them with a password by 20 people"),
        outcome: format!("the report names {} people, {} properties and versions", people.len(), told.len()),
        figure: if equal {
            format!("equal, {values} values")
        } else {
            format!("told {told:?}, planted {truth:?}, {values} values")
        },
        held: equal && values == 0,
    }
}

pub fn purge(stage: &mut Stage, open: bool) -> Seen {
    let held = |event: &Value| event["properties"].get("held").is_some();
    let before = of_name(stage);
    let untouched: BTreeMap<String, Value> =
        before.iter().filter(|event| !held(event)).map(|event| (id(event), event.clone())).collect();
    let property = if open { "properties.other" } else { "properties.held" };
    let asked =
        json!({ "where": { "event": EVENT, "property": property }, "remove": "property", "reason": "drill" });
    let made = stage.change("POST", "/purges", &asked);
    let number = made.json["id"].as_str().expect("a purge's id").to_owned();
    let path = stage.path(&format!("/purges/{number}"));
    let owner = &mut stage.owner;
    let report = testkit::wait_until(120, "the purge", || {
        let shown = owner.get(&path).expect(200).json;
        (shown["step"] == "done").then_some(shown)
    });
    let after = of_name(stage);
    let left = after.iter().filter(|event| event["properties"]["held"].to_string().contains(WORD)).count();
    let changed =
        after.iter().filter(|event| untouched.get(&id(event)).is_some_and(|before| before != *event)).count();
    let lost = before.len() - after.len().min(before.len());
    let files = crate::canary::bytes_below(&stage.server.data());
    let on_disk = stage.canaries.count_in(&files);
    let (code, _, errors) =
        stage.server.command(&["ledger", "verify", "--data", &stage.server.data().display().to_string()]);
    let values = stage.canaries.count_in(report.to_string().as_bytes());
    Seen {
        tried: format!("a purge of `{property}`, which {TOUCHED} events hold"),
        outcome: format!(
            "{left} events still hold it, {changed} others changed, {lost} lost; the ledger {}",
            if code == 0 {
                "verifies".to_owned()
            } else {
                format!("does not verify: {}", errors.lines().next().unwrap_or_default())
            }
        ),
        figure: format!("{left} values left in answers, {on_disk} in files, {values} in the report"),
        held: left == 0 && changed == 0 && lost == 0 && on_disk == 0 && values == 0 && code == 0,
    }
}

fn of_name(stage: &mut Stage) -> Vec<Value> {
    stage.every_event().into_iter().filter(|event| event["event"] == EVENT).collect()
}

fn id(event: &Value) -> String {
    event["message_id"].as_str().unwrap_or_default().to_owned()
}

fn change(n: usize, version: &str) -> Value {
    json!({
        "type": "track", "event": EVENT, "messageId": format!("form-{n}-{version}-{}", stdx::random_text::<12>()),
        "userId": format!("form-user-{n}"), "properties": { "step": n % 7, "form": "checkout" },
        "context": { "library": { "name": "form.js", "version": version } }
    })
}
