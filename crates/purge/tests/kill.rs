//! A purge whose process is killed at random moments ends as one that was left in peace.
//!
//! Every test run tries 10 moments; `HOLDFAST_TEST_LONG=1` makes it 100. The world stays the same, 50,000 events in some twenty
//! chunks and a dozen journal files: what is tried is the moment, and each costs three processes over the whole world.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests may"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Sizes, World, print, sent};

const VALUE: &str = "Zebra-Kestrel-9041";
const CHILD: &str = "HOLDFAST_PURGE_CHILD";
/// The value stands in one of so many events.
const EVERY: u64 = 1_000;

const SIZES: Sizes = Sizes { journal_bytes: 2 << 20, chunk_rows: 4_000, tail_rows: 3_000 };

fn fill(dir: &Path, count: u64) {
    let world = World::open(dir, SIZES);
    let mut batch = Vec::new();
    for number in 0..count {
        let mut event = sent(number);
        if number % EVERY == 500 {
            event.properties = format!(r#"{{"sku":"x","note":"again {VALUE} and more"}}"#);
        }
        if number % EVERY == 527 {
            event.traits = format!(r#"{{"nickname":"{VALUE}"}}"#);
        }
        batch.push(event);
        if batch.len() == 2_000 {
            world.send(&batch);
            batch.clear();
        }
    }
    world.send(&batch);
    world.settle();
    world.order(&format!(r#"{{"where":{{"value":{{"text":"{VALUE}"}}}},"remove":"property"}}"#));
    world.close();
}

/// What a world holds, without what differs from run to run: prints of the events and of the journal's records.
#[derive(PartialEq, Debug)]
struct Held {
    events: BTreeMap<u64, u64>,
    records: BTreeMap<u64, u64>,
    report: serde_json::Value,
}

fn held(dir: &Path) -> Held {
    let world = World::open(dir, SIZES);
    assert!(!world.control.read(purge::table::has_unfinished).unwrap());
    let mut events = BTreeMap::new();
    world.each_event(&mut |offset, event| {
        let text = event.to_string();
        assert!(!text.contains("Kestrel"));
        assert!(events.insert(offset, print(&text)).is_none(), "an event stands twice");
    });
    world.store.verify().unwrap();
    let purges = world.control.read(|tx| purge::table::list(tx, world.workspace)).unwrap();
    let mut report: serde_json::Value = serde_json::from_str(purges[0].report.as_deref().unwrap()).unwrap();
    for field in ["purge", "ordered_at", "workspace"] {
        report[field] = serde_json::Value::Null;
    }
    // How a world was cut into files depends on timing; how much was found does not.
    for place in ["store", "journal"] {
        for field in ["chunks", "files", "rewritten"] {
            report["places"][place][field] = serde_json::Value::Null;
        }
    }
    for person in report["by_person"].as_array_mut().unwrap() {
        person["person"] = serde_json::Value::Null;
    }
    let records =
        world.records().into_iter().filter(|(offset, _)| purges[0].before != Some(*offset)).collect();
    Held { events, records, report }
}

/// Not a test of its own: the process that is killed.
#[test]
fn child() {
    if let Ok(dir) = std::env::var(CHILD) {
        let world = World::open(Path::new(&dir), SIZES);
        world.run();
        world.close();
    }
}

fn start(dir: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn killed_at_random_moments_it_ends_the_same() {
    let long = std::env::var("HOLDFAST_TEST_LONG").is_ok();
    let (events, kills) = (50_000, if long { 100 } else { 10 });
    let dir = tempfile::tempdir().unwrap();
    let made = dir.path().join("made");
    fill(&made, events);
    let peaceful = dir.path().join("peaceful");
    copy(&made, &peaceful);
    let begun = Instant::now();
    assert!(start(&peaceful).wait().unwrap().success());
    let mut took = begun.elapsed();
    let wanted = held(&peaceful);
    assert_eq!(wanted.report["events"].as_u64(), Some(2 * events / EVERY));
    let mut interrupted = 0;
    for kill in 0..kills {
        let place = dir.path().join("killed");
        copy(&made, &place);
        // Moments spread over the whole run, in an order that no two neighbours share.
        let part = f64::from(kill * 37 % kills) / f64::from(kills);
        let mut child = start(&place);
        #[expect(clippy::disallowed_methods, reason = "the moment of the kill is what is tried")]
        std::thread::sleep(Duration::from_secs_f64(took.as_secs_f64() * part));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            // Done before the moment came: the machine has become faster since the run in peace.
            took = took * 3 / 4;
        } else {
            interrupted += 1;
        }
        // The second one, too, dies half-way.
        let mut child = start(&place);
        #[expect(clippy::disallowed_methods, reason = "the moment of the kill is what is tried")]
        std::thread::sleep(took / 3);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(start(&place).wait().unwrap().success());
        let found = held(&place);
        assert!(found.events == wanted.events, "killed at {part:.2}: other events");
        assert!(found.records == wanted.records, "killed at {part:.2}: other records");
        assert_eq!(found.report, wanted.report, "killed at {part:.2}");
        std::fs::remove_dir_all(&place).unwrap();
    }
    println!(
        "{kills} runs, {interrupted} of them killed before they were done; one run in peace takes {took:?}"
    );
    assert!(interrupted > kills as u32 / 2);
}
