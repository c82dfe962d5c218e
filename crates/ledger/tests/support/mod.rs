//! A ledger in a folder of its own, with fixed keys and a hand-wound clock.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not what they call")]

use std::path::{Path, PathBuf};

use keys::Key;
use ledger::{Ledger, LedgerKeys, NewEntry};
use model::WorkspaceId;
use stdx::{Clock, ManualClock, Secret};

pub const ORIGIN: &str = "holdfast.example/ledger";
/// 2026-01-01T00:00:00Z.
pub const START_MS: i64 = 1_767_225_600_000;

pub struct Place {
    _folder: tempfile::TempDir,
    pub dir: PathBuf,
    pub clock: Clock,
    pub hand: ManualClock,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual(std::time::UNIX_EPOCH.try_into().unwrap());
        hand.advance_ms(START_MS);
        Self { dir: folder.path().join("ledger"), _folder: folder, clock, hand }
    }

    pub fn open(&self) -> Ledger {
        Ledger::open(&self.dir, ledger_keys(), self.clock.clone()).unwrap()
    }

    /// The folder as a crash at this moment would leave it.
    pub fn crashed(&self) -> Self {
        let copy = Self::new();
        copy_folder(&self.dir, &copy.dir);
        copy.hand.advance_ms(self.clock.now_ms() - START_MS);
        copy
    }
}

pub fn ledger_keys() -> LedgerKeys {
    LedgerKeys::new(ORIGIN, &Secret::new([7; 32]), Key::from_bytes([9; 32])).unwrap()
}

pub fn workspace(number: u128) -> WorkspaceId {
    WorkspaceId(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub fn entry(code: &'static str, workspace: Option<WorkspaceId>, number: u64) -> NewEntry {
    NewEntry {
        code,
        principal: format!("mem_{}", number % 5),
        session: Some(format!("ses_{}", number % 7)),
        from: Some(format!("host{}.net{}", number % 6, number % 2)),
        workspace,
        object: format!("p_{number}"),
        detail: serde_json::json!({ "number": number }),
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_folder(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}

/// Every file below a folder, sorted, relative.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for item in std::fs::read_dir(&next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned())
            }
        }
    }
    found.sort();
    found
}

/// An entry of every kind in several workspaces, with a checkpoint in the middle; what came after the
/// last one still waits. Returns the checkpoint of the middle.
pub fn fill(ledger: &Ledger, count: u64) -> String {
    let mut middle = String::new();
    for number in 0..count {
        let stream = [None, Some(workspace(1)), Some(workspace(2))][(number % 3) as usize];
        match number % 50 {
            7 => drop(ledger.intend(entry("member.added", stream, number)).unwrap().done(1.into()).unwrap()),
            _ => drop(ledger.enter(entry("person.viewed", stream, number)).unwrap()),
        }
        if number == count / 2 {
            middle = ledger.checkpoint_now().unwrap().note;
        }
    }
    middle
}

/// Overwrites a file as a forger would.
pub fn put(path: &Path, bytes: &[u8]) {
    use std::io::Write;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::File::create(path).unwrap().write_all(bytes).unwrap();
}

/// What the verifier in Python says.
pub struct Told {
    pub code: i32,
    pub answer: serde_json::Value,
    pub errors: String,
}

/// Runs the verifier in Python with this log's public key.
pub fn python(arguments: &[String]) -> Told {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ledger/verify_ledger.py");
    let key = ledger_keys().public().to_string();
    let output = std::process::Command::new("python3")
        .arg("-B")
        .arg(script)
        .args(["--key", &key])
        .args(arguments)
        .output();
    let output = output.unwrap();
    Told {
        code: output.status.code().unwrap(),
        answer: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
