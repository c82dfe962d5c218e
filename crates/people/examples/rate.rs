//! Prints how many events a second are resolved on one core: `cargo run --release -p people --example rate`.
//!
//! First a load of strangers (every person is new), then the same people again and again, as tracks and
//! with every tenth event an identify with an e-mail address; both with a durable commit per batch.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "an example for the terminal")]

use control::{Database, PEOPLE_MIGRATIONS};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::{Class, Entry, EventRecord, Kind, Offset, SealedValue, SourceId, Stored, WorkspaceId};
use people::People;
use stdx::Clock;

const WORKSPACE: WorkspaceId = WorkspaceId(1);
const PEOPLE: u64 = 50_000;
const BATCH: u64 = 4_000;
const BATCHES: u64 = 100;

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = Database::open(&dir.path().join("people.db"), PEOPLE_MIGRATIONS).expect("a database");
    let keys = KeyDirectory::new();
    let seed = Key::generate();
    keys.insert(WORKSPACE, WorkspaceKeys { hash: seed.hasher("workspace"), seal: seed.into() });
    let people = People::open(database, keys, Clock::wall()).expect("people");

    measure(&people, "every person new", PEOPLE / BATCH, |n| event(n, Kind::Track));
    measure(&people, "repeated people, tracks", BATCHES, |n| event(scatter(n), Kind::Track));
    measure(&people, "repeated people, every tenth an identify", BATCHES, |n| {
        event(scatter(n), if n % 10 == 0 { Kind::Identify } else { Kind::Track })
    });
}

fn measure(people: &People, what: &str, batches: u64, event: impl Fn(u64) -> EventRecord) {
    let clock = Clock::wall();
    let mut spent_ms = 0;
    for _ in 0..batches {
        let first = people.position().0;
        let entries: Vec<Entry> = (first..first + BATCH)
            .map(|n| Entry { offset: Offset(n), record: Stored::Event(event(n)) })
            .collect();
        let start_ms = clock.now_ms();
        people.resolve(&entries, &[]).expect("resolved");
        spent_ms += clock.now_ms() - start_ms;
    }
    let events = batches * BATCH;
    let rate = events * 1_000 / spent_ms.unsigned_abs().max(1);
    println!("{what}: {events} events in {spent_ms} ms, {rate} events/s");
}

/// Spreads consecutive numbers over all people.
fn scatter(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % PEOPLE
}

fn event(person: u64, kind: Kind) -> EventRecord {
    let is_identify = kind == Kind::Identify;
    let sealed = SealedValue {
        name: "email".to_owned(),
        class: Class::Email,
        value: format!("person-{person}@example.com"),
    };
    EventRecord {
        workspace: WORKSPACE,
        source: SourceId(1),
        message_id: String::new(),
        kind,
        name: "Order Completed".to_owned(),
        time_ms: 1_700_000_000_000,
        received_ms: 1_700_000_000_000,
        user_id: Some(format!("user-{person}")),
        anonymous_id: Some(format!("9f8e7d6c-0000-4000-8000-{person:012}")),
        group_id: None,
        previous_id: None,
        properties: "{}".to_owned(),
        traits: if is_identify { r#"{"plan":"pro","seats":3}"# } else { "{}" }.to_owned(),
        context: "{}".to_owned(),
        sealed: if is_identify { vec![sealed] } else { Vec::new() },
        findings: Vec::new(),
    }
}
