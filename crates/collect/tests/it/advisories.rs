//! Advisories at the collect door: what one stops, and what happens when one cannot be read.

use collect::advisory::{self, NewAdvisory, Stops, Versions};
use collect::quarantine::Quarantine;
use collect::{CollectError, Collector, Config, Parts, Sources};
use serde_json::json;
use stdx::Clock;

use crate::door::{Door, NOW_MS};

/// A door at which everything of `bad.js` 1 is stopped.
fn advised() -> Door {
    let door = Door::new();
    let says = NewAdvisory {
        sdk: "bad.js".to_owned(),
        versions: Versions::parse("1.0.0").unwrap(),
        stops: Stops::All,
        reason: String::new(),
    };
    let workspace = door.source.workspace;
    door.control.write(|tx| advisory::create(tx, workspace, &says, ("mem_x", NOW_MS))).unwrap();
    door.collector.reload_advisories().unwrap();
    door
}

async fn send(door: &Door, id: &str) {
    let context = json!({"library": {"name": "bad.js", "version": "1.0.0"}});
    let event = json!({"userId": "u", "event": "Clicked", "messageId": id, "context": context});
    door.post("/v1/track", event.to_string()).await.must_succeed();
}

/// As damage or a newer version would leave it.
fn damage(door: &Door) {
    let broken = |tx: &rusqlite::Transaction<'_>| {
        tx.execute("update advisory set versions = '~1.0'", [])?;
        Ok::<_, CollectError>(())
    };
    door.control.write(broken).unwrap();
}

#[tokio::test]
async fn an_advisory_that_cannot_be_read_stays_in_force_and_is_told() {
    let door = advised();
    send(&door, "m1").await;
    damage(&door);
    let told = door.collector.reload_advisories().unwrap_err().to_string();
    assert!(told.starts_with("advisory 1 of workspace ws_"), "{told}");
    send(&door, "m2").await;
    assert_eq!(door.events().len(), 0, "what was in force before is still");
    let workspace = door.source.workspace;
    assert!(door.control.read(|tx| advisory::list(tx, workspace)).is_err());
}

#[test]
fn a_collector_does_not_start_without_an_advisory_it_cannot_read() {
    let door = advised();
    damage(&door);
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Collector::new(Parts {
            control: door.control.clone(),
            sources: Sources::load(&door.control).unwrap(),
            journal: door.journal.clone(),
            keys: door.keys.clone(),
            quarantine: Quarantine::open(&folder.path().join("quarantine"), door.keys.clone()).unwrap(),
            clock: Clock::wall(),
            config: Config::default(),
        })
    };
    assert!(matches!(start().err(), Some(CollectError::AdvisoryUnusable { id: 1, .. })));
    let workspace = door.source.workspace;
    let lifted = door.control.write(|tx| advisory::remove(tx, workspace, 1)).unwrap();
    assert_eq!(lifted, ("bad.js".to_owned(), "~1.0".to_owned()));
    assert!(start().is_ok(), "once it is lifted, it does");
}
