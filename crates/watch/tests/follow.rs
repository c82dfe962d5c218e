//! Following: what is counted, what an alarm says, and that a crash counts nothing twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

use control::Database;
use keys::{Key, KeyDirectory};
use model::{Entry, EventRecord, Kind, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use stdx::Clock;
use watch::{Suspicion, Verdict, Watch, day_of};

const BEGIN_MS: i64 = 1_785_542_400_000;
const SOURCE: SourceId = SourceId(7);

struct House {
    folder: tempfile::TempDir,
    db: Database,
    keys: KeyDirectory,
    workspace: WorkspaceId,
    watch: Watch,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("control.db"), control::CONTROL_MIGRATIONS).unwrap();
        let keys = KeyDirectory::new();
        let master = Key::generate();
        let (made, own) = db.write(|tx| control::workspaces::create(tx, &master, "shop", BEGIN_MS)).unwrap();
        keys.insert(made.id, own);
        let watch = Watch::open(db.clone(), keys.clone(), Clock::wall()).unwrap();
        Self { folder, db, keys, workspace: made.id, watch }
    }

    /// As after a crash: nothing that was not written.
    fn crash(&mut self) {
        self.watch = Watch::open(self.db.clone(), self.keys.clone(), Clock::wall()).unwrap();
    }

    fn event(&self, offset: u64, properties: &str) -> Entry {
        let record = EventRecord {
            workspace: self.workspace,
            source: SOURCE,
            message_id: format!("m{offset}"),
            kind: Kind::Track,
            name: if offset.is_multiple_of(4) { "$autocapture".to_owned() } else { "Clicked".to_owned() },
            time_ms: BEGIN_MS + offset as i64,
            received_ms: BEGIN_MS + offset as i64,
            user_id: Some("u".to_owned()),
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties: properties.to_owned(),
            traits: "{}".to_owned(),
            context:
                r#"{"library":{"name":"holdfast.js","version":"1.4.1"},"page":{"path":"/checkout/4711"}}"#
                    .to_owned(),
            sealed: Vec::new(),
            findings: Vec::new(),
        };
        Entry { offset: Offset(offset), record: Stored::Event(record) }
    }

    fn observe(&self, entries: &[Entry]) {
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .map(|entry| Resolved { entry, person: Some(PersonCode(0)), repeated: false })
            .collect();
        self.watch.observe(&rows).unwrap();
    }

    fn counted(&self) -> u64 {
        let day = day_of(BEGIN_MS);
        let rows = self.watch.census(self.workspace, day, day).unwrap();
        rows.iter().map(|row| row.count.events).sum()
    }
}

/// A password as people make them, another one for every number.
fn password(number: u64) -> String {
    let words = ["Summer", "Dragon", "Pepper", "Monkey", "Winter", "Silver", "Ginger", "Falcon"];
    let word = words[(number % 8) as usize];
    format!("{word}{}!", 1_000 + number * 37 % 9_000)
}

fn label(number: u64) -> String {
    let labels = ["Add to cart", "Checkout", "Back", "Search", "Wishlist", "Sign in", "Help", "Blue chair"];
    labels[(number % 8) as usize].to_owned()
}

fn clean(house: &House, from: u64, to: u64) -> Vec<Entry> {
    (from..to).map(|n| house.event(n, &format!(r#"{{"label":"{}"}}"#, label(n / 3)))).collect()
}

#[test]
fn a_crash_counts_nothing_twice_and_loses_nothing() {
    let mut house = House::new();
    house.observe(&clean(&house, 0, 500));
    house.watch.flush().unwrap();
    house.observe(&clean(&house, 500, 800));
    assert_eq!(house.counted(), 800);
    house.crash();
    assert_eq!((house.watch.position(), house.counted()), (Offset(500), 500));
    // The pass begins again at the earliest place of all that follow.
    house.observe(&clean(&house, 100, 900));
    assert_eq!(house.counted(), 900);
    let profiles = house.watch.profiles(house.workspace).unwrap();
    let labels: u64 = profiles
        .iter()
        .filter(|profile| profile.path == "properties.label")
        .map(|profile| profile.values)
        .sum();
    assert_eq!(labels, 900);
    let day = day_of(BEGIN_MS);
    let row = &house.watch.census(house.workspace, day, day).unwrap()[0];
    assert_eq!(
        (row.sdk.as_str(), row.sdk_version.as_str(), row.count.automatic),
        ("holdfast.js", "1.4.1", 225)
    );
}

#[test]
fn repeats_and_nobodys_events_are_not_counted() {
    let house = House::new();
    let entries = clean(&house, 0, 2);
    let repeated = Resolved { entry: &entries[0], person: Some(PersonCode(0)), repeated: true };
    let nobodys = Resolved { entry: &entries[1], person: None, repeated: false };
    house.watch.observe(&[repeated, nobodys]).unwrap();
    assert_eq!((house.watch.position(), house.counted()), (Offset(2), 0));
}

#[test]
fn passwords_in_a_label_raise_one_alarm_that_names_the_place_and_no_value() {
    let mut house = House::new();
    house.observe(&clean(&house, 0, 20_000));
    assert_eq!(house.watch.alarms(house.workspace).unwrap(), []);
    let leaking = |n: u64| {
        let text = if n % 50 == 1 { password(n) } else { label(n / 3) };
        house.event(n, &format!(r#"{{"label":"{text}"}}"#))
    };
    let entries: Vec<Entry> = (20_000..24_000).map(leaking).collect();
    house.observe(&entries);
    let alarms = house.watch.alarms(house.workspace).unwrap();
    let [alarm] = alarms.as_slice() else { panic!("{alarms:?}") };
    assert_eq!((alarm.event.as_str(), alarm.path.as_str()), ("Clicked", "properties.label"));
    assert_eq!(alarm.suspicion, Suspicion::Passwords);
    let place = &alarm.places[0];
    assert_eq!(
        (place.sdk.as_str(), place.page.as_str(), place.source),
        ("holdfast.js", "/checkout/:id", SOURCE)
    );
    assert!(alarm.count >= 7);
    let said = format!("{alarm:?}");
    assert!((20_000..24_000).all(|n| !said.contains(&password(n))));
    // What stands on disk is the same after a crash, and settling ends it.
    house.crash();
    house.observe(&entries);
    assert_eq!(house.watch.alarms(house.workspace).unwrap().len(), 1);
    let settled = house
        .db
        .write(|tx| watch::settle(tx, house.workspace, alarm.id, (Verdict::Leak, "mem_1", BEGIN_MS)))
        .unwrap();
    house.watch.settled(&settled, Verdict::Leak).unwrap();
    let profiles = house.watch.profiles(house.workspace).unwrap();
    assert!(profiles.iter().all(|profile| !profile.alarmed));
    let again =
        house.db.write(|tx| watch::settle(tx, house.workspace, alarm.id, (Verdict::Leak, "mem_1", 0)));
    assert!(again.is_err());
}

#[test]
fn nothing_of_a_value_is_on_disk() {
    let house = House::new();
    let secret = "Zanzibar-4711-Kolibri";
    let entries: Vec<Entry> =
        (0..10).map(|n| house.event(n, &format!(r#"{{"label":"{secret}"}}"#))).collect();
    house.observe(&entries);
    house.watch.flush().unwrap();
    for file in std::fs::read_dir(house.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        assert!(!bytes.windows(16).any(|window| window == b"properties.label"), "profiles are sealed");
    }
}

#[test]
fn a_property_can_be_forgotten() {
    let house = House::new();
    house.observe(&clean(&house, 0, 100));
    house.observe(&[house.event(100, r#"{"items":[{"sku":"A1"}]}"#)]);
    assert_eq!(house.watch.forget(house.workspace, None, "properties.label").unwrap(), 2);
    assert_eq!(house.watch.forget(house.workspace, None, "properties.items.[].sku").unwrap(), 1);
    let profiles = house.watch.profiles(house.workspace).unwrap();
    assert!(profiles.iter().all(|profile| profile.path != "properties.label"));
}
