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

/// What one event of a bad release looks like: who sends it, and a property beside the usual one.
struct Sent<'a> {
    workspace: WorkspaceId,
    source: SourceId,
    name: &'a str,
    version: &'a str,
    added: Option<String>,
}

impl House {
    fn sent(&self, offset: u64, sent: &Sent<'_>) -> Entry {
        let added = sent.added.as_ref().map_or_else(String::new, |text| format!(r#","note":"{text}""#));
        let mut entry = self.event(offset, &format!(r#"{{"plan":"pro"{added}}}"#));
        let Stored::Event(event) = &mut entry.record else { panic!("an event") };
        (event.workspace, event.source, event.name) = (sent.workspace, sent.source, sent.name.to_owned());
        event.context = format!(r#"{{"library":{{"name":"web.js","version":"{}"}}}}"#, sent.version);
        entry
    }

    /// 200 events of each name in the old version, then a new one beside it, which adds `note`.
    fn release(&self, names: &[&str], added: impl Fn(u64) -> String) {
        let mut entries = Vec::new();
        for n in 0..400 * names.len() as u64 {
            let is_new = n >= 200 * names.len() as u64 && n.is_multiple_of(2);
            let name = names[(n / 2 % names.len() as u64) as usize];
            let (version, added) = if is_new { ("2.0.0", Some(added(n))) } else { ("1.0.0", None) };
            let sent = Sent { workspace: self.workspace, source: SOURCE, name, version, added };
            entries.push(self.sent(n, &sent));
        }
        self.observe(&entries);
    }

    fn only_alarm(&self) -> Option<watch::Alarm> {
        let mut alarms = self.watch.alarms(self.workspace).unwrap();
        assert!(alarms.len() <= 1, "{alarms:?}");
        alarms.pop()
    }
}

/// A third is what people choose as a password, the rest words.
fn typed(number: u64) -> String {
    if number.is_multiple_of(3) { password(number) } else { format!("word {}", number % 40) }
}

#[test]
fn a_property_with_secrets_that_one_version_adds_names_that_version() {
    let house = House::new();
    house.release(&["Opened"], typed);
    let alarm = house.only_alarm().unwrap();
    assert_eq!((alarm.suspicion, alarm.event.as_str()), (Suspicion::OneVersion, "Opened"));
    assert_eq!(alarm.path, "properties.note");
    let culprit = alarm.culprit().unwrap();
    assert_eq!((culprit.sdk.as_str(), culprit.sdk_version.as_str()), ("web.js", "2.0.0"));
    assert_eq!((culprit.source, alarm.places.len()), (SOURCE, 1));
    assert!(alarm.count >= 20);
}

#[test]
fn a_property_that_a_release_adds_is_no_alarm_by_itself() {
    let house = House::new();
    house.release(&["Opened"], |n| format!("order {}", n * 7_919));
    house.release(&["A", "B", "C", "D", "E", "F"], |n| format!("ORD-{}", n * 7_919));
    assert_eq!(house.only_alarm(), None);
}

#[test]
fn what_is_said_to_be_meant_is_not_told_again() {
    let house = House::new();
    house.release(&["Opened"], typed);
    let alarm = house.only_alarm().unwrap();
    let settle = (Verdict::Usual, "mem_1", BEGIN_MS);
    let settled = house.db.write(|tx| watch::settle(tx, house.workspace, alarm.id, settle)).unwrap();
    house.watch.settled(&settled, Verdict::Usual).unwrap();
    let more = |n: u64| {
        let (name, version) = ("Opened", "2.0.0");
        let sent = Sent { workspace: house.workspace, source: SOURCE, name, version, added: Some(typed(n)) };
        house.sent(n, &sent)
    };
    house.observe(&(1_000..1_400).map(more).collect::<Vec<_>>());
    assert_eq!(house.watch.alarms(house.workspace).unwrap().len(), 1);
}

#[test]
fn the_same_new_property_in_many_events_is_one_alarm_about_all() {
    let mut house = House::new();
    let names = ["A", "B", "C", "D", "E", "F"];
    house.release(&names, |n| if (n / 12).is_multiple_of(3) { password(n) } else { "Back".to_owned() });
    let alarms = house.watch.alarms(house.workspace).unwrap();
    let first = alarms.last().unwrap();
    assert_eq!((first.suspicion, first.path.as_str()), (Suspicion::Spread, "properties.note"));
    assert!(first.events >= 5 && first.sources == 1, "{first:?}");
    assert_eq!(alarms.len(), 1, "the events do not tell one by one");
    // What is new is known after a crash too.
    house.watch.flush().unwrap();
    house.crash();
    house.release(&names, password);
    let alarms = house.watch.alarms(house.workspace).unwrap();
    assert!(alarms.iter().filter(|alarm| alarm.suspicion == Suspicion::Spread).count() == 1);
}

#[test]
fn a_property_that_comes_new_in_three_workspaces_is_told_without_naming_one() {
    let house = House::new();
    let others = ["north", "south", "west"].map(|name| {
        let made = house.db.write(|tx| control::workspaces::create(tx, &Key::generate(), name, BEGIN_MS));
        let (made, own) = made.unwrap();
        house.keys.insert(made.id, own);
        made.id
    });
    let entry = |n: u64, workspace: WorkspaceId, added: Option<String>| {
        let version = if added.is_some() { "2.0.0" } else { "1.0.0" };
        house.sent(n, &Sent { workspace, source: SOURCE, name: "Opened", version, added })
    };
    let mut offset = 0;
    let mut send = |workspace: WorkspaceId, many: u64, added: bool| {
        let entries: Vec<Entry> =
            (offset..offset + many).map(|n| entry(n, workspace, added.then(|| password(n)))).collect();
        offset += many;
        house.observe(&entries);
        house.watch.flush().unwrap();
    };
    others.iter().for_each(|workspace| send(*workspace, 150, false));
    send(others[0], 9, true);
    send(others[1], 9, true);
    assert_eq!(house.watch.waves().unwrap(), [], "two may be chance");
    send(others[2], 9, true);
    let waves = house.watch.waves().unwrap();
    let [wave] = waves.as_slice() else { panic!("{waves:?}") };
    assert_eq!((wave.path.as_str(), wave.workspaces), ("properties.note", 3));
    assert_eq!((wave.sdk.as_str(), wave.sdk_version.as_str()), ("web.js", "2.0.0"));
    let said = format!("{wave:?}");
    assert!(others.iter().all(|workspace| !said.contains(&workspace.to_string())));
    assert!(["north", "south", "west", "Opened", "Summer"].iter().all(|name| !said.contains(name)));
    assert_eq!(house.watch.unannounced_waves().unwrap().len(), 1);
    house.db.write(|tx| watch::wave_announced(tx, wave.id, BEGIN_MS)).unwrap();
    send(others[2], 5, true);
    assert_eq!((house.watch.unannounced_waves().unwrap().len(), house.watch.waves().unwrap().len()), (0, 1));
}

#[test]
fn a_new_list_whose_names_look_like_passwords_is_no_leak() {
    let house = House::new();
    house.observe(&clean(&house, 0, 20_000));
    // Names of campaigns, another one now and then, each of them many times.
    let entries: Vec<Entry> = (20_000..26_000)
        .map(|n| {
            let at = (n - 20_000) / 20;
            let text = if n % 20 == 1 { password(at * 7 % (1 + at / 9)) } else { label(n / 3) };
            house.event(n, &format!(r#"{{"label":"{text}"}}"#))
        })
        .collect();
    house.observe(&entries);
    assert_eq!(house.only_alarm(), None);
}
