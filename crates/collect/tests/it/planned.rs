//! Plans at the collect door: what is kept, told, held and released, without a listener.

use collect::planned::table;
use model::{EventRecord, Stored};
use plan::Plan;
use serde_json::{Value, json};

use crate::counts::restarted;
use crate::door::{Door, NOW_MS};

fn planned(mode: &str) -> Door {
    let door = Door::new();
    put(&door, mode);
    door
}

fn put(door: &Door, mode: &str) {
    let document = json!({"name": "shop", "mode": mode, "events": {"Order": {"properties": {
        "price": {"type": "number", "required": true}, "key": {"type": "string", "classification": "secret"}}}}});
    let plan = Plan::read(&document, None).unwrap();
    door.control.write(|tx| table::put(tx, door.source.workspace, &plan, None, ("mem_x", NOW_MS))).unwrap();
    door.collector.reload_plans().unwrap();
}

fn order(id: &str, properties: &Value) -> String {
    json!({"userId": "u", "event": "Order", "messageId": id, "properties": properties}).to_string()
}

fn records(door: &Door) -> Vec<EventRecord> {
    let mut entries = Vec::new();
    let mut next = door.journal.begin();
    while next < door.journal.end() {
        let read = door.journal.read(next, 64 << 20).unwrap();
        next.0 += read.len() as u64;
        entries.extend(read);
    }
    entries
        .into_iter()
        .filter_map(|entry| match entry.record {
            Stored::Event(event) => Some(event),
            _ => None,
        })
        .collect()
}

fn named(door: &Door, name: &str) -> Vec<EventRecord> {
    records(door).into_iter().filter(|record| record.name == name).collect()
}

#[tokio::test]
async fn a_flood_of_violations_is_told_in_bounds_and_counted_whole() {
    let door = planned("watch");
    let batch: Vec<Value> = (0..500)
        .map(|number| json!({"type": "track", "userId": "u", "event": "Order", "messageId": format!("m{number}"), "properties": {"price": "free"}}))
        .collect();
    door.post("/v1/batch", json!({"batch": batch}).to_string()).await.must_succeed();
    assert_eq!(named(&door, "Plan Violated").len(), 100);
    door.hand.advance_ms(61_000);
    door.collector.flush().unwrap();
    let told = named(&door, "Plan Violated");
    assert_eq!(told.len(), 101, "the rest is told as one");
    let counts: Vec<u64> = told
        .iter()
        .map(|record| serde_json::from_str::<Value>(&record.properties).unwrap()["count"].as_u64().unwrap())
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 500);
    assert!(told.iter().all(|record| record.user_id.is_none() && record.anonymous_id.is_none()));
    let rows = door.control.read(|tx| collect::planned::counts::since(tx, door.source.workspace, 0)).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].rule.as_str(), rows[0].property.as_str(), rows[0].count.count),
        ("type", "price", 500)
    );
}

#[tokio::test]
async fn a_repeated_request_makes_the_same_ids() {
    let door = planned("watch");
    for _ in 0..2 {
        door.post("/v1/track", order("same", &json!({"price": true}))).await.must_succeed();
    }
    let ids: Vec<String> =
        named(&door, "Plan Violated").into_iter().map(|record| record.message_id).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "de-duplication then keeps one");
}

#[tokio::test]
async fn what_came_again_and_was_taken_waits_no_more() {
    let door = planned("quarantine");
    door.post("/v1/track", order("x", &json!({}))).await.must_succeed();
    assert_eq!(door.collector.quarantine().amount(door.source.workspace).items, 1);
    assert!(named(&door, "Order").is_empty());
    put(&door, "watch");
    door.post("/v1/track", order("x", &json!({}))).await.must_succeed();
    assert_eq!(door.collector.quarantine().amount(door.source.workspace).items, 0);
    assert_eq!(named(&door, "Order").len(), 1);
}

#[tokio::test]
async fn a_release_that_was_cut_off_is_finished_at_the_next_start() {
    let door = planned("quarantine");
    door.post("/v1/track", order("x", &json!({"key": "plain words"}))).await.must_succeed();
    let workspace = door.source.workspace;
    let numbers: Vec<u64> =
        door.collector.quarantine().list(workspace, 0, 10, &|_| true).iter().map(|one| one.number).collect();
    let (collector, closed) = (door.collector.clone(), door.journal.clone());
    let failed = tokio::task::spawn_blocking(move || {
        closed.close();
        collector.release(workspace, &numbers)
    });
    let failed = failed.await.unwrap();
    assert!(
        matches!(failed, Err(collect::CollectError::NotReleased(_))),
        "{failed:?}: whether it was appended is not known"
    );
    assert_eq!(door.collector.quarantine().amount(workspace).items, 1);
    let door = tokio::task::spawn_blocking(move || {
        let door = door.reopened();
        let again = restarted(&door);
        assert_eq!(again.refusals(door.source.workspace), [], "nothing is refused on its way");
        door
    });
    let door = door.await.unwrap();
    let released = named(&door, "Order");
    assert_eq!(released.len(), 1);
    assert_eq!(
        (released[0].message_id.as_str(), released[0].properties.as_str()),
        ("x", r#"{"key":"[removed: secret]"}"#)
    );
    assert_eq!(door.collector.quarantine().amount(workspace).items, 0);
}
