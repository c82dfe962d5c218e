//! From a rule to its effect: events arrive all the time; how long until every new one obeys?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// How many events are sent one by one after the rule.
const AFTER: usize = 200;

pub fn rule_to_effect(stage: &mut Stage, open: bool) -> Seen {
    let traffic = Traffic::begin(stage);
    let rule = json!({ "rules": [{
        "name": "member-card", "action": "remove", "class": "personal", "paths": ["properties.member_card"]
    }] });
    let process = stage.server.pid();
    let begun = Instant::now();
    stage.change("PUT", "/shield/rules", &rule);
    if open {
        stage.change("PUT", "/shield/rules", &json!({ "rules": [] }));
    }
    let effect = begun.elapsed();
    for n in 0..AFTER {
        stage.send(&[json!({
            "type": "track", "event": "After rule", "anonymousId": "card-holder",
            "properties": { "member_card": format!("card {n} of a member"), "kept": n }
        })]);
    }
    let sent = traffic.end();
    stage.wait_for_events("After rule", AFTER);
    stage.wait_for_events("Before rule", sent);
    let events = stage.every_event();
    let disobeyed = events
        .iter()
        .filter(|event| event["event"] == "After rule")
        .filter(|event| !event["properties"]["member_card"].as_str().unwrap_or_default().starts_with('['))
        .count();
    let restarted = stage.server.pid() != process;
    Seen {
        tried: format!("a rule against a property while events arrive; then {AFTER} events with it"),
        outcome: format!(
            "the rule was in force when its answer came; {sent} other events arrived meanwhile, none lost"
        ),
        figure: format!("{} ms to effect, {disobeyed} of {AFTER} kept the value", effect.as_millis()),
        held: disobeyed == 0 && effect.as_secs() < 1 && !restarted,
    }
}

/// Events that somebody else sends all the time.
struct Traffic {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<usize>,
}

impl Traffic {
    fn begin(stage: &Stage) -> Self {
        let stop: Arc<AtomicBool> = Arc::default();
        let (stopping, key) = (stop.clone(), stage.server.installed.write_key.clone());
        let mut sdk = stage.server.sdk();
        let thread = thread::spawn(move || {
            let mut sent = 0;
            while !stopping.load(Ordering::SeqCst) {
                let batch: Vec<Value> = (0..10)
                    .map(|n| {
                        json!({ "type": "track", "event": "Before rule", "anonymousId": "somebody",
                            "properties": { "n": sent + n } })
                    })
                    .collect();
                sdk.post("/v1/batch", &json!({ "writeKey": key, "batch": batch })).expect(200);
                sent += batch.len();
            }
            sent
        });
        Self { stop, thread }
    }

    fn end(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_else(|_| panic!("the traffic broke"))
    }
}
