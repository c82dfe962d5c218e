//! A workspace's key is replaced while events come in: everything gets off the older one, which is destroyed, also when the
//! process is killed on the way.
//!
//! Every test run tries 4 moments; `HOLDFAST_TEST_LONG=1` makes it 100.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests may"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use purge::Purges;
use support::{Sizes, World, print, sent};

const CHILD: &str = "HOLDFAST_RENEW_CHILD";
const SIZES: Sizes = Sizes { journal_bytes: 400_000, chunk_rows: 1_000, tail_rows: 800 };

/// Whether some bytes stand in any file, and where.
fn found(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let wanted = aho_corasick::AhoCorasick::new([bytes]).unwrap();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(self::found(&path, bytes));
        } else if wanted.is_match(&std::fs::read(&path).unwrap()) {
            found.push(path);
        }
    }
    found
}

/// Everything that is held, by place, without what differs from run to run.
fn held(world: &World) -> (BTreeMap<u64, u64>, BTreeMap<u64, u64>) {
    // Fresh rows are as they came, chunks in an order of their own.
    world.store.maintain().unwrap();
    let mut events = BTreeMap::new();
    world.each_event(&mut |offset, event| {
        assert!(events.insert(offset, print(&event.to_string())).is_none(), "an event stands twice");
    });
    (events, world.records())
}

fn send(world: &World, numbers: std::ops::Range<u64>) {
    let events: Vec<_> = numbers.map(sent).collect();
    world.send(&events);
}

fn wrapped(world: &World) -> Vec<u8> {
    let sql = "select wrapped_seal from workspace";
    world.control.read(|tx| Ok::<_, control::ControlError>(tx.query_row(sql, [], |row| row.get(0))?)).unwrap()
}

fn is_off(world: &World) -> bool {
    world.control.read(control::workspace_key::with_older).unwrap().is_empty()
}

#[test]
fn everything_gets_off_the_older_key_while_events_come_in() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::open(dir.path(), SIZES);
    send(&world, 0..3_000);
    world.settle();
    world.store.maintain().unwrap();
    let before = wrapped(&world);
    let old = world.keys.get(world.workspace).unwrap().seal.id();
    let places = found(dir.path(), &old.0);
    let named = |part: &str| places.iter().any(|path| path.to_string_lossy().contains(part));
    assert!(
        named("journal") && named("store") && named("people.db"),
        "it stands where it should: {places:?}"
    );

    // Something is on its way and in the open files when it is replaced, and more comes after.
    send(&world, 3_000..3_600);
    world.replace_key();
    let fresh = world.keys.get(world.workspace).unwrap().seal.id();
    assert_ne!(old, fresh);
    send(&world, 3_600..4_000);
    let purges = Purges::start(world.parts.clone()).unwrap();
    send(&world, 4_000..4_500);
    purges.wait().unwrap();
    assert!(is_off(&world));
    let standing = purges.key(world.workspace).unwrap();
    assert_eq!((standing.key, standing.older), (fresh.to_string(), None));
    world.settle();
    let whole = held(&world);
    assert_eq!(whole.0.len(), 4_500);
    purges.end();
    drop(purges);
    world.close();

    assert_eq!(found(dir.path(), &before), Vec::<PathBuf>::new(), "the wrapped older key is gone");
    // A database may keep the bytes of a row that was written over; what they wrap opens no more.
    let mut named: Vec<PathBuf> = found(dir.path(), &old.0);
    named.retain(|path| !path.to_string_lossy().contains("people.db"));
    assert_eq!(named, Vec::<PathBuf>::new(), "nothing names the older key");
    // Opened anew there is the fresh key alone.
    let again = World::open(dir.path(), SIZES);
    assert!(again.keys.get(again.workspace).unwrap().seal.older().is_empty());
    assert!(held(&again) == whole, "everything is there as it was");
    let (behind, people) = again.people.behind(again.workspace).unwrap();
    assert!(behind == 0 && people > 0, "{behind} of {people}");
    again.store.verify().unwrap();
    again.close();
}

#[test]
fn a_second_replacement_waits_for_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::open(dir.path(), SIZES);
    send(&world, 0..500);
    world.settle();
    world.replace_key();
    let refused = world.try_replace_key().unwrap_err();
    assert!(matches!(refused, control::ControlError::KeyReplacing), "{refused}");
    let purges = Purges::start(world.parts.clone()).unwrap();
    purges.wait().unwrap();
    world.replace_key();
    purges.wake();
    while !is_off(&world) {
        world.journal.wait_past(world.journal.end(), Duration::from_millis(20));
    }
    purges.end();
    assert_eq!(held(&world).0.len(), 500);
    world.close();
}

/// Not a test of its own: the process that is killed.
#[test]
fn child() {
    if let Ok(dir) = std::env::var(CHILD) {
        let world = World::open(Path::new(&dir), SIZES);
        let purges = Purges::start(world.parts.clone()).unwrap();
        purges.wait().unwrap();
        purges.end();
        world.close();
    }
}

fn start(dir: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child", "--exact", "--nocapture"]).env(CHILD, dir).stdout(Stdio::null()).spawn().unwrap()
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
fn killed_at_any_moment_it_goes_on_and_nothing_is_lost() {
    let kills = if std::env::var_os("HOLDFAST_TEST_LONG").is_some() { 100 } else { 4 };
    let dir = tempfile::tempdir().unwrap();
    let made = dir.path().join("made");
    let world = World::open(&made, SIZES);
    send(&world, 0..5_000);
    world.settle();
    let whole = held(&world);
    world.replace_key();
    world.close();
    let peaceful = dir.path().join("peaceful");
    copy(&made, &peaceful);
    let begun = Instant::now();
    assert!(start(&peaceful).wait().unwrap().success());
    let took = begun.elapsed();
    let mut interrupted = 0;
    for kill in 0..kills {
        let place = dir.path().join(format!("killed-{kill}"));
        copy(&made, &place);
        let mut child = start(&place);
        std::thread::sleep(took.mul_f64(f64::from(kill + 1) / f64::from(kills + 1)));
        child.kill().unwrap();
        child.wait().unwrap();
        let world = World::open(&place, SIZES);
        interrupted += u32::from(!is_off(&world));
        let purges = Purges::start(world.parts.clone()).unwrap();
        purges.wait().unwrap();
        purges.end();
        assert!(is_off(&world));
        assert!(held(&world) == whole, "killed {kill} of {kills}");
        world.close();
        std::fs::remove_dir_all(&place).unwrap();
    }
    println!("killed {kills} times, {interrupted} of them before the older key was gone");
    assert!(interrupted > 0);
}
