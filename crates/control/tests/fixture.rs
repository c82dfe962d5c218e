//! A file of version 1 stays readable.

use control::mode::{self, Mode};
use control::workspaces::{self, KeepIp};
use control::{CONTROL_MIGRATIONS, ControlError, Database};
use keys::{Key, KeyDirectory};

/// Made by version 1 under the master key of 32 sevens: one workspace with settings, read-only.
const VERSION_1: &[u8] = include_bytes!("fixtures/control-1.db");

#[test]
fn version_1_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("control.db");
    stdx::files::replace(&path, VERSION_1).expect("a copy");
    let database = Database::open(&path, CONTROL_MIGRATIONS).expect("it opens");
    let directory = KeyDirectory::new();
    let (workspace, state) = database
        .read(|tx| {
            workspaces::load_keys(tx, &Key::from_bytes([7; 32]), &directory)?;
            let workspace = workspaces::list(tx)?.into_iter().next().ok_or(ControlError::NoWorkspace)?;
            let state = mode::effective(tx, workspace.id)?;
            Ok::<_, ControlError>((workspace, state))
        })
        .expect("a read");
    assert_eq!((workspace.name.as_str(), workspace.time_zone.as_str()), ("Acme", "Europe/Berlin"));
    assert_eq!((workspace.retention_days, workspace.keep_ip), (Some(90), KeepIp::Place));
    assert_eq!((state.mode, state.reason.as_str()), (Mode::ReadOnly, "a drill"));
    let keys = directory.get(workspace.id).expect("its keys");
    assert_eq!(format!("{:?}", keys.seal), "[key efe590ecf5ef83a8]");
}
