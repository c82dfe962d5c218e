//! A witness in a process of its own: it follows an honest ledger, and a ledger that was set back gets nothing more from it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use testkit::{Client, wait_until};

use crate::support::{House, PROGRAM, ROOT};

struct Witness {
    child: Child,
    url: String,
    key: String,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Witness {
    fn of(house: &House, log: &str) -> Self {
        let data = house.server.scratch().join("witness");
        let data = data.to_str().unwrap();
        let (code, key, errors) =
            house.server.command(&["witness", "init", "--data", data, "--name", "witness.example/w1"]);
        assert_eq!(code, 0, "{errors}");
        let (code, _, errors) = house.server.command(&["witness", "init", "--data", data, "--name", "other"]);
        assert_eq!(code, 1, "a witness keeps its key: {errors}");
        let mut child = Command::new(PROGRAM)
            .args(["witness", "serve", "--json", "--listen", "127.0.0.1:0", "--data", data, "--log", log])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            url: format!("http://{}", said["witness"].as_str().unwrap()),
            key: key.trim().to_owned(),
        }
    }
}

#[test]
fn a_ledger_set_back_with_its_database_is_refused_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("holdfast.toml");
    stdx::files::replace(&config, b"").unwrap();
    let config_text = config.to_str().unwrap().to_owned();
    let mut house = House::with(&["--config", &config_text], &[]);
    house.owner.get(&house.path("/people")).expect(200);
    let data = house.server.data();
    let at = ["--config", config_text.as_str(), "--data", data.to_str().unwrap()];
    let run = |house: &House, words: &[&str]| house.server.command(&[words, &at].concat());
    let (code, log, errors) = run(&house, &["ledger", "key"]);
    assert_eq!(code, 0, "{errors}");
    let log = log.trim().to_owned();
    let witness = Witness::of(&house, &log);
    let setting =
        format!("[ledger]\nwitnesses = [{{ url = \"{}\", key = \"{}\" }}]\n", witness.url, witness.key);
    stdx::files::replace(&config, setting.as_bytes()).unwrap();

    assert_eq!(house.server.terminate(), Some(0));
    let earlier = folder.path().join("earlier");
    copy(&data, &earlier);
    house.server.restart();
    house.owner.move_to(&house.server.console);
    house.owner.get(&house.path("/people")).expect(200);
    let standing = |house: &House| -> (i32, Value) {
        let (code, out, errors) = run(house, &["ledger", "status", "--json"]);
        (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{errors}")))
    };
    let size_earlier = size_of(&earlier);
    let seen = wait_until(60, "a cosignature", || {
        let (code, standing) = standing(&house);
        assert_eq!(code, 0, "{standing}");
        let seen = standing["witnessed_size"].as_u64().unwrap();
        (seen > size_earlier && standing["size"] == seen).then_some(seen)
    });
    let (code, out, errors) = run(&house, &["ledger", "verify", "--witness", &witness.key]);
    assert_eq!(code, 0, "{out}{errors}");
    proof_is_good(&house, &at, &log, &witness);

    // The machine comes back from a snapshot: ledger, cosignatures and databases, all as they were.
    assert_eq!(house.server.terminate(), Some(0));
    let hash =
        std::fs::read_dir(house.server.scratch().join("witness/logs")).unwrap().next().unwrap().unwrap();
    let kept = Client::new(&witness.url)
        .get(&format!("/{}/checkpoint", hash.file_name().to_str().unwrap()))
        .expect(200);
    let kept_file = folder.path().join("kept");
    stdx::files::replace(&kept_file, kept.text.as_bytes()).unwrap();
    std::fs::remove_dir_all(&data).unwrap();
    copy(&earlier, &data);
    house.server.restart();
    let refused = wait_until(60, "a refusal", || {
        let (code, standing) = standing(&house);
        (code == 1).then_some(standing)
    });
    let why = refused["witnesses"][0]["trouble"]["refused"].as_str().unwrap();
    assert!(why.contains(&format!("it has seen {seen} entries")), "{why}");
    assert_eq!(house.server.terminate(), Some(0));
    let (code, out, errors) = run(&house, &["ledger", "verify"]);
    assert_eq!(code, 0, "alone it cannot be told from an honest one: {out}{errors}");
    let kept = kept_file.to_str().unwrap();
    let (code, out, _) = run(&house, &["ledger", "verify", "--checkpoint", kept]);
    assert_eq!((code, out.contains("shorter")), (1, true), "{out}");
    let ledger = data.join("ledger");
    let (code, told) = python(&[ledger.to_str().unwrap(), "--key", &log, "--older", kept]);
    assert_eq!((code, &told["sound"]), (1, &json!(false)), "{told}");
}

fn proof_is_good(house: &House, at: &[&str], log: &str, witness: &Witness) {
    let (code, proof, errors) = house.server.command(&[&["ledger", "prove", "0"], at].concat());
    assert_eq!(code, 0, "{errors}");
    let file = house.server.scratch().join("0.tlog-proof");
    let check = |text: &str| {
        stdx::files::replace(&file, text.as_bytes()).unwrap();
        let words = ["--proof", file.to_str().unwrap(), "--key", log, "--witness", &witness.key];
        let (code, out, _) =
            house.server.command(&[&["ledger", "verify", "--json"], words.as_slice()].concat());
        let (python_code, told) = python(&words);
        assert_eq!(code, python_code, "{out}{told}");
        (
            code,
            serde_json::from_str::<Value>(&out).unwrap_or_default()["entry"].clone(),
            told["entry"].clone(),
        )
    };
    let (code, entry, told) = check(&proof);
    assert_eq!((code, &entry), (0, &told));
    assert!(entry["code"].is_string(), "{entry}");
    assert_eq!(check(&proof.replace("index 0", "index 1")).0, 1);
    assert_eq!(check("no proof\n").0, 1);
}

#[test]
fn a_file_that_is_no_checkpoint_is_said_to_be_none() {
    let mut house = House::new();
    assert_eq!(house.server.terminate(), Some(0));
    let data = house.server.data();
    let file = house.server.scratch().join("checkpoint");
    let whole = std::fs::read_to_string(data.join("ledger/checkpoint")).unwrap();
    let other = whole.replacen("holdfast/", "elsewhere/", 1);
    for (text, said) in [
        ("", "it is empty"),
        ("hello\n", "signed notes"),
        (&whole[..whole.len() - 9], "signed notes"),
        (other.as_str(), "names another log"),
        ("one\ntwo\nthree\n\n\u{2014} a AAAA\n", "origin, size and root hash"),
    ] {
        stdx::files::replace(&file, text.as_bytes()).unwrap();
        let words =
            ["ledger", "verify", "--data", data.to_str().unwrap(), "--checkpoint", file.to_str().unwrap()];
        let (code, out, errors) = house.server.command(&words);
        assert_ne!(code, 0, "{text:?}");
        assert!(
            errors.contains("not a checkpoint of this ledger") && errors.contains(said),
            "{text:?}: {errors}"
        );
        assert_eq!(out, "", "nothing is said about the ledger itself");
    }
}

fn python(words: &[&str]) -> (i32, Value) {
    let script = PathBuf::from(ROOT).join("docs/ledger/verify_ledger.py");
    let output = Command::new("python3").arg("-B").arg(script).args(words).output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

fn size_of(data: &Path) -> u64 {
    let note = std::fs::read_to_string(data.join("ledger/checkpoint")).unwrap();
    note.lines().nth(1).unwrap().parse().unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
