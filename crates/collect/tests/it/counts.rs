//! What is counted, told and kept: places and reasons, never values.

use collect::{Collector, Config, LiveWhat, Parts, Sources, tally};
use model::Class;
use serde_json::json;
use stdx::Clock;

use crate::door::{Door, NOW_MS};

/// A collector over the same database, as after a restart.
pub fn restarted(door: &Door) -> Collector {
    let parts = Parts {
        control: door.control.clone(),
        sources: Sources::load(&door.control).unwrap(),
        journal: door.journal.clone(),
        keys: door.keys.clone(),
        quarantine: door.collector.quarantine().clone(),
        clock: Clock::wall(),
        config: Config::default(),
    };
    Collector::new(parts).unwrap()
}

#[tokio::test]
async fn refusals_are_counted_by_library_and_survive_a_restart() {
    let door = Door::new();
    let library = |name: &str, version: &str| json!({"library": {"name": name, "version": version}});
    let body = json!({"context": library("analytics-go", "3.0.0"), "batch": [
        {"type": "track", "userId": "u"},
        {"type": "track", "userId": "u", "context": library("analytics.js", "next-1.84.3")},
        {"type": "track", "userId": "u", "context": library("ada@example.com", "4111111111111111")},
    ]});
    door.post("/v1/batch", body.to_string()).await.must_succeed();
    door.hand.advance_ms(5_000);
    door.post("/v1/batch", body.to_string()).await.must_succeed();
    // Stopping at once still writes once; writing again changes nothing.
    door.collector.keep_counts(std::future::ready(())).await;
    door.collector.flush().unwrap();
    for collector in [&door.collector, &restarted(&door)] {
        let rows = collector.refusals(door.source.workspace);
        let mut seen: Vec<_> =
            rows.iter().map(|(place, _)| (&*place.sdk, place.sdk_version.as_str())).collect();
        seen.sort_unstable();
        assert_eq!(seen, [("analytics-go", "3.0.0"), ("analytics.js", "1.84.3"), ("other", "")]);
        for (place, count) in rows {
            assert_eq!(
                (place.source, &*place.reason, &*place.field),
                (Some(door.source.id), "missing_event", "event")
            );
            assert_eq!((count.count, count.first_ms, count.last_ms), (2, NOW_MS, NOW_MS + 5_000));
        }
    }
}

#[tokio::test]
async fn findings_are_counted_by_place_and_told_live_without_values() {
    let door = Door::new();
    let (_, mut listener) = door.collector.follow(door.source.workspace);
    let body = json!({"batch": [
        {"type": "track", "event": "Signed Up", "userId": "u", "properties": {"password": "correct horse battery"}},
        {"type": "identify", "userId": "u", "traits": {"email": "ada@example.com"}},
        {"type": "track", "userId": "u"},
    ]});
    door.post("/v1/batch", body.to_string()).await.must_succeed();
    door.collector.flush().unwrap();
    for collector in [&door.collector, &restarted(&door)] {
        let mut found = collector.findings(door.source.workspace);
        found.sort_by_key(|(place, _)| place.class);
        let found: Vec<_> = found
            .iter()
            .map(|(place, count)| (place.event.as_str(), place.path.as_str(), place.class, count.count))
            .collect();
        assert_eq!(
            found,
            [
                ("Signed Up", "properties.password", Class::Password, 1),
                ("Identified", "traits.email", Class::Email, 1)
            ]
        );
    }
    let (remembered, _) = door.collector.follow(door.source.workspace);
    assert_eq!(remembered.len(), 3);
    for item in &remembered {
        assert_eq!(listener.try_recv().unwrap(), *item);
    }
    assert!(matches!(&remembered[0].what, LiveWhat::Removed(place) if place.class == Class::Password));
    assert!(matches!(&remembered[1].what, LiveWhat::Sealed(place) if place.path == "traits.email"));
    assert!(matches!(remembered[2].what, LiveWhat::Refused { reason: "missing_event", field: "event" }));
    let text = serde_json::to_string(&remembered).unwrap();
    assert!(!text.contains("correct horse") && !text.contains("ada@"), "{text}");
}

#[tokio::test]
async fn the_same_value_gets_the_same_mark_and_no_lookup_hash() {
    let door = Door::new();
    let event =
        json!({"type": "track", "event": "A", "userId": "u", "properties": {"contact": "ada@example.com"}});
    for _ in 0..2 {
        door.post("/v1/t", event.to_string()).await.must_succeed();
    }
    let events = door.events();
    assert_eq!(events[0].properties, events[1].properties);
    assert!(events[0].properties.contains("[sealed: email #"), "{}", events[0].properties);
    let keys = door.keys.get(door.source.workspace).unwrap();
    let lookup = data_encoding::HEXLOWER.encode(&keys.hash.short(b"ada@example.com")[..8]);
    assert!(!events[0].properties.contains(&lookup));
}

#[tokio::test]
async fn places_without_bound_are_counted_together() {
    let door = Door::new();
    for part in 0..6 {
        let batch: Vec<_> = (0..1_000)
            .map(|n| json!({"type": "track", "event": format!("E{part}-{n}"), "userId": "u", "properties": {"password": "correct horse"}}))
            .collect();
        door.post("/v1/batch", json!({"batch": batch}).to_string()).await.must_succeed();
    }
    let findings = door.collector.findings(door.source.workspace);
    let all: u64 = findings.iter().map(|(_, count)| count.count).sum();
    let elsewhere: u64 = findings
        .iter()
        .filter(|(place, _)| place.path == tally::ELSEWHERE)
        .map(|(_, count)| count.count)
        .sum();
    assert_eq!((all, elsewhere, findings.len()), (6_000, 1_000, 5_001));
    let (remembered, _) = door.collector.follow(door.source.workspace);
    assert!(remembered.len() <= 200);
}
