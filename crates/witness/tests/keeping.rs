//! What a witness cosigns, what it refuses, and what it still knows after a restart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::path::{Path, PathBuf};

use keys::Key;
use ledger::{Hash, Ledger, LedgerKeys, NewEntry, PublicKey, SignedCheckpoint};
use stdx::{Clock, ManualClock, Secret};
use witness::{Answer, Request, Witness, WitnessError, make_key, open_key};

const ORIGIN: &str = "holdfast.example/ledger";

struct Stage {
    folder: tempfile::TempDir,
    clock: Clock,
    hand: ManualClock,
}

impl Stage {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(std::time::UNIX_EPOCH.try_into().unwrap());
        hand.advance_ms(1_767_225_600_000);
        Self { folder: tempfile::tempdir().unwrap(), clock, hand }
    }

    /// A ledger of that folder name, always under the same name and keys: two of them are a fork.
    fn ledger(&self, name: &str) -> Ledger {
        Ledger::open(&self.folder.path().join(name), log_keys(), self.clock.clone()).unwrap()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("witness")
    }

    fn witness(&self, logs: Vec<PublicKey>) -> Witness {
        let cosigner = match make_key(&self.data(), "witness.example/w1") {
            Err(WitnessError::HasKey { .. }) => open_key(&self.data()).unwrap(),
            made => made.unwrap(),
        };
        Witness::open(&self.data(), cosigner, logs, self.clock.clone()).unwrap()
    }
}

fn log_keys() -> LedgerKeys {
    LedgerKeys::new(ORIGIN, &Secret::new([7; 32]), Key::from_bytes([9; 32])).unwrap()
}

fn grown(ledger: &Ledger, count: u64, word: &str) -> SignedCheckpoint {
    for number in 0..count {
        let entry = NewEntry {
            code: "person.viewed",
            principal: "mem_1".to_owned(),
            session: None,
            from: None,
            workspace: None,
            object: format!("{word}_{number}"),
            detail: serde_json::Value::Null,
        };
        ledger.enter(entry).unwrap();
    }
    ledger.checkpoint_now().unwrap()
}

fn ask(witness: &Witness, old: u64, proof: Vec<Hash>, checkpoint: &SignedCheckpoint) -> Answer {
    let request = Request { old, proof, checkpoint: checkpoint.note.clone() };
    assert_eq!(Request::parse(&request.to_string()), Some(request.clone()));
    witness.add_checkpoint(&request.to_string()).unwrap()
}

fn refused_file(data: &Path) -> String {
    let logs = std::fs::read_dir(data.join("logs")).unwrap();
    let mut files = logs.map(|log| log.unwrap().path().join("refused")).filter(|path| path.exists());
    files.next().map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default()
}

#[test]
fn what_continues_is_cosigned_and_kept() {
    let stage = Stage::new();
    let (ledger, witness) = (stage.ledger("log"), stage.witness(vec![log_keys().public().clone()]));
    let first = grown(&ledger, 300, "a");
    let answer = ask(&witness, 0, Vec::new(), &first);
    assert_eq!(answer.status, 200);
    assert!(witness.key().accept(&first, &answer.body).is_ok());
    let second = grown(&ledger, 300, "a");
    let conflict = ask(&witness, 0, Vec::new(), &second);
    assert_eq!(
        (conflict.status, conflict.content_type, conflict.body.as_str()),
        (409, "text/x.tlog.size", "300\n")
    );
    stage.hand.advance_ms(10_000);
    let answer = ask(&witness, 300, ledger.consistency(300, 600).unwrap(), &second);
    assert_eq!(answer.status, 200);
    // The same again is a new cosignature: nothing was taken back until now.
    stage.hand.advance_ms(10_000);
    let again = ask(&witness, 600, Vec::new(), &second);
    assert_eq!(again.status, 200);
    assert_ne!(again.body, answer.body);
    drop(witness);
    let witness = stage.witness(vec![log_keys().public().clone()]);
    assert_eq!(witness.checkpoint(&"0".repeat(64)).status, 404);
    let hash: String = std::fs::read_dir(stage.data().join("logs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .file_name()
        .into_string()
        .unwrap();
    let kept = witness.checkpoint(&hash);
    assert_eq!(
        (kept.status, SignedCheckpoint::open(&kept.body, log_keys().public()).unwrap().size),
        (200, 600)
    );
    assert_eq!(witness.key().cosigned_at(&kept.body).unwrap(), Some(1_767_225_620));
    assert_eq!(ask(&witness, 300, Vec::new(), &second).body, "600\n", "it is not taken back by a restart");
    assert_eq!(refused_file(&stage.data()), "");
}

#[test]
fn a_log_that_was_rewritten_or_set_back_gets_nothing() {
    let stage = Stage::new();
    let (ledger, fork) = (stage.ledger("log"), stage.ledger("fork"));
    let witness = stage.witness(vec![log_keys().public().clone()]);
    let early = grown(&ledger, 100, "a");
    let seen = grown(&ledger, 200, "a");
    assert_eq!(ask(&witness, 0, Vec::new(), &seen).status, 200);
    // Set back: an earlier checkpoint, honestly signed.
    assert_eq!(ask(&witness, 300, Vec::new(), &early).status, 400);
    assert_eq!(ask(&witness, 100, Vec::new(), &early).status, 409);
    // Rewritten: another history of the same size, and a longer one with the best proof that it has.
    let same_size = grown(&fork, 300, "b");
    assert_eq!(ask(&witness, 300, Vec::new(), &same_size).status, 422);
    let longer = grown(&fork, 50, "b");
    assert_eq!(ask(&witness, 300, fork.consistency(300, 350).unwrap(), &longer).status, 422);
    assert_eq!(ask(&witness, 300, Vec::new(), &longer).status, 422);
    let evidence = refused_file(&stage.data());
    assert!(evidence.contains("\n300\n") && evidence.contains("\n350\n"), "{evidence}");
    // The honest one goes on.
    let next = grown(&ledger, 10, "a");
    assert_eq!(ask(&witness, 300, ledger.consistency(300, 310).unwrap(), &next).status, 200);
}

#[test]
fn only_well_formed_requests_of_known_logs_are_looked_at() {
    let stage = Stage::new();
    let ledger = stage.ledger("log");
    let checkpoint = grown(&ledger, 3, "a");
    let other =
        LedgerKeys::new("other.example/ledger", &Secret::new([8; 32]), Key::from_bytes([9; 32])).unwrap();
    let witness = stage.witness(vec![other.public().clone()]);
    assert_eq!(ask(&witness, 0, Vec::new(), &checkpoint).status, 404);
    drop(witness);
    let same_name = LedgerKeys::new(ORIGIN, &Secret::new([8; 32]), Key::from_bytes([9; 32])).unwrap();
    let witness = stage.witness(vec![same_name.public().clone()]);
    assert_eq!(ask(&witness, 0, Vec::new(), &checkpoint).status, 403);
    drop(witness);
    let witness = stage.witness(vec![log_keys().public().clone()]);
    let note = &checkpoint.note;
    for body in [
        String::new(),
        note.clone(),
        format!("old 00\n\n{note}"),
        format!("old +0\n\n{note}"),
        format!("old 0\nAAAA\n\n{note}"),
        format!("old 0 \n\n{note}"),
        format!("old 0\n{}\n\n{note}", vec![ledger::empty_root().to_string(); 64].join("\n")),
        format!("old 4\n\n{note}"),
    ] {
        assert_eq!(witness.add_checkpoint(&body).unwrap().status, 400, "{body:?}");
    }
    assert_eq!(ask(&witness, 0, vec![ledger::empty_root()], &checkpoint).status, 422);
    assert_eq!(ask(&witness, 0, Vec::new(), &checkpoint).status, 200);
}

#[test]
fn what_somebody_else_put_in_its_place_is_not_believed() {
    let stage = Stage::new();
    let ledger = stage.ledger("log");
    let witness = stage.witness(vec![log_keys().public().clone()]);
    let early = grown(&ledger, 3, "a");
    assert_eq!(ask(&witness, 0, Vec::new(), &early).status, 200);
    drop(witness);
    let hash = std::fs::read_dir(stage.data().join("logs")).unwrap().next().unwrap().unwrap().path();
    stdx::files::replace(&hash.join("checkpoint"), grown(&ledger, 3, "a").note.as_bytes()).unwrap();
    let opened = Witness::open(
        &stage.data(),
        open_key(&stage.data()).unwrap(),
        vec![log_keys().public().clone()],
        stage.clock.clone(),
    );
    assert!(matches!(opened, Err(WitnessError::Damaged { .. })));
}
