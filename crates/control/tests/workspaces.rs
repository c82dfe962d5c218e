//! Workspaces, their keys, settings and modes.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use control::mode::{self, Mode, ModeState};
use control::workspaces::{self, KeepIp, Settings, Workspace};
use control::{CONTROL_MIGRATIONS, ControlError, Database};
use keys::{Key, KeyDirectory, WorkspaceKeys};
use model::WorkspaceId;
use tempfile::TempDir;

const NOW: i64 = 1_700_000_000_000;

fn database() -> (TempDir, Database) {
    let dir = tempfile::tempdir().expect("a folder");
    let database = Database::open(&dir.path().join("control.db"), CONTROL_MIGRATIONS).expect("a database");
    (dir, database)
}

fn create(database: &Database, master: &Key, name: &str) -> (Workspace, WorkspaceKeys) {
    database.write(|tx| workspaces::create(tx, master, name, NOW)).expect("a workspace")
}

#[test]
fn a_workspace_is_made_listed_renamed_and_deleted() {
    let (_dir, database) = database();
    let master = Key::generate();
    let (first, _) = create(&database, &master, "  Acme  ");
    assert_eq!((first.name.as_str(), first.time_zone.as_str(), first.retention_days), ("Acme", "UTC", None));
    let (second, _) = create(&database, &master, "Beta");
    let listed = database.read(workspaces::list).expect("a list");
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&first) && listed.contains(&second));

    database.write(|tx| workspaces::rename(tx, first.id, "Acme Ltd")).expect("a new name");
    let renamed =
        database.read(|tx| workspaces::by_id(tx, first.id)).expect("a read").expect("the workspace");
    assert_eq!(renamed.name, "Acme Ltd");

    database.write(|tx| workspaces::delete(tx, first.id, NOW + 1)).expect("a deletion");
    assert_eq!(database.read(|tx| workspaces::by_id(tx, first.id)).expect("a read"), None);
    assert_eq!(database.read(workspaces::list).expect("a list"), [second]);
    let again = database.write(|tx| workspaces::delete(tx, first.id, NOW + 2));
    assert!(matches!(again, Err(ControlError::NoWorkspace)));
}

#[test]
fn keys_come_back_under_the_master_alone() {
    let (_dir, database) = database();
    let master = Key::generate();
    let (workspace, made) = create(&database, &master, "Acme");
    let (other, other_keys) = create(&database, &master, "Beta");
    assert_ne!(made.seal.id(), other_keys.seal.id());
    assert_ne!(made.hash.short(b"x"), other_keys.hash.short(b"x"));

    let directory = KeyDirectory::new();
    database.read(|tx| workspaces::load_keys(tx, &master, &directory)).expect("the keys");
    let loaded = directory.get(workspace.id).expect("its keys");
    assert_eq!(loaded.seal.id(), made.seal.id());
    assert_eq!(loaded.hash.short(b"x"), made.hash.short(b"x"));

    let wrong = database.read(|tx| workspaces::load_keys(tx, &Key::generate(), &KeyDirectory::new()));
    assert!(matches!(wrong, Err(ControlError::Keys { .. })));

    database.write(|tx| workspaces::delete(tx, workspace.id, NOW)).expect("a deletion");
    let directory = KeyDirectory::new();
    database.read(|tx| workspaces::load_keys(tx, &master, &directory)).expect("the keys");
    assert!(directory.get(workspace.id).is_none() && directory.get(other.id).is_some());
}

#[test]
fn keys_moved_to_another_workspace_do_not_open() {
    let (_dir, database) = database();
    let master = Key::generate();
    let (first, _) = create(&database, &master, "Acme");
    let (second, _) = create(&database, &master, "Beta");
    database
        .write(|tx| {
            let sql = "update workspace set wrapped_seal = (select wrapped_seal from workspace where id = ?1)
                       where id = ?2";
            Ok::<_, ControlError>(tx.execute(sql, [first.id.0.to_be_bytes(), second.id.0.to_be_bytes()])?)
        })
        .expect("a swap");
    let swapped = database.read(|tx| workspaces::load_keys(tx, &master, &KeyDirectory::new()));
    assert!(matches!(swapped, Err(ControlError::Keys { workspace, .. }) if workspace == second.id));
}

#[test]
fn settings_are_checked() {
    let (_dir, database) = database();
    let (workspace, _) = create(&database, &Key::generate(), "Acme");
    let set = |time_zone: &str, retention_days| {
        let settings = Settings { time_zone, retention_days, keep_ip: KeepIp::Place };
        database.write(|tx| workspaces::set(tx, workspace.id, &settings))
    };
    set("europe/berlin", Some(90)).expect("good settings");
    let kept =
        database.read(|tx| workspaces::by_id(tx, workspace.id)).expect("a read").expect("the workspace");
    assert_eq!(
        (kept.time_zone.as_str(), kept.retention_days, kept.keep_ip),
        ("Europe/Berlin", Some(90), KeepIp::Place)
    );
    for (time_zone, days) in
        [("Mars/Olympus", None), ("", None), ("Etc/Unknown", None), ("UTC", Some(0)), ("UTC", Some(40_000))]
    {
        let error = set(time_zone, days).expect_err("bad settings");
        assert!(matches!(error, ControlError::Invalid { .. }), "{time_zone} {days:?}");
    }
    for name in ["", "  ", "a\nb", &"x".repeat(201)] {
        let error = database.write(|tx| workspaces::rename(tx, workspace.id, name)).expect_err("a bad name");
        assert!(matches!(error, ControlError::Invalid { .. }), "{name:?}");
    }
}

#[test]
fn read_only_counts_from_the_workspace_and_from_the_installation() {
    let (_dir, database) = database();
    let (workspace, _) = create(&database, &Key::generate(), "Acme");
    let effective = || database.read(|tx| mode::effective(tx, workspace.id)).expect("a mode");
    assert_eq!(effective(), ModeState::default());

    let shut = |reason: &str| ModeState {
        mode: Mode::ReadOnly,
        reason: reason.to_owned(),
        by: "mem_1".to_owned(),
        at_ms: NOW,
    };
    database.write(|tx| mode::set_workspace(tx, workspace.id, &shut("spam"))).expect("set");
    assert_eq!(effective(), shut("spam"));
    database.write(|tx| mode::set_workspace(tx, workspace.id, &ModeState::default())).expect("set");
    database.write(|tx| mode::set_installation(tx, &shut("all"))).expect("set");
    assert_eq!(effective(), shut("all"));
    assert_eq!(database.read(|tx| mode::of_workspace(tx, workspace.id)).expect("a mode").mode, Mode::Normal);

    let nowhere = database.write(|tx| mode::set_workspace(tx, WorkspaceId(7), &shut("x")));
    assert!(matches!(nowhere, Err(ControlError::NoWorkspace)));
    let long = database.write(|tx| mode::set_installation(tx, &shut(&"x".repeat(1_001))));
    assert!(matches!(long, Err(ControlError::Invalid { .. })));
}
