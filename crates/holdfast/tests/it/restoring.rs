//! A restore of a backup that is older than a purge: what was purged does not come back, and nothing is restored that could
//! bring it back unseen.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use testkit::wait_until;

use crate::saved::{self, backup};
use crate::support::{House, ROOT, send};

const VALUE: &str = "Zebra-Kestrel-9041";

/// The list of purges of the running server.
fn export(house: &House, name: &str) -> PathBuf {
    let into = house.server.scratch().join(name);
    let data = house.server.data();
    let made =
        house.server.command(&["purges", "export", "--data", data.to_str().unwrap(), into.to_str().unwrap()]);
    assert_eq!(made.0, 0, "{}", made.2);
    into
}

/// Restores into a folder that has no other data beside it; gives where, and how it went.
fn restore(house: &House, from: &Path, name: &str, more: &[&str]) -> (PathBuf, (i32, String, String)) {
    let target = house.server.scratch().join("apart").join(name);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let run = saved::restore(house, from, &target, more);
    (target, run)
}

/// Orders a purge and waits for it; gives its report.
fn purge(house: &mut House, asked: &Value) -> Value {
    let path = house.path("/purges");
    let ordered = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(asked)).expect(202).json;
    let one = format!("{path}/{}", ordered["id"].as_str().unwrap());
    let owner = &mut house.owner;
    wait_until(60, "the purge", || {
        let purge = owner.get(&one).expect(200).json;
        (purge["step"] == "done").then_some(purge)
    })["report"]
        .clone()
}

/// Hits of the value in every file of a data folder, each opened; by a scanner that shares nothing with the server.
fn hits(house: &House, data: &Path) -> (u64, String) {
    let python = std::env::var("HOLDFAST_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let identity: Value = serde_json::from_slice(&std::fs::read(data.join("installation")).unwrap()).unwrap();
    let key = format!("holdfast/{}.key", identity["id"].as_str().unwrap());
    let run = Command::new(python)
        .arg(Path::new(ROOT).join("tests/scan/opened.py"))
        .arg("--key-file")
        .arg(house.server.config_home().join(key))
        .arg(data)
        .arg(VALUE)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    let last = said.lines().rev().find_map(|line| line.strip_suffix(" hits")?.parse().ok());
    (last.unwrap(), said)
}

/// Serves restored data in the place of the old.
fn serve(house: &mut House, restored: &Path) {
    let data = house.server.data();
    std::fs::rename(&data, house.server.scratch().join("old")).unwrap();
    std::fs::rename(restored, &data).unwrap();
    house.server.restart();
    house.owner = house.server.client();
    house.passkey.move_to(&house.server.console);
    house.owner.sign_in(&mut house.passkey);
}

/// Twenty orders of as many people, with the value in several places.
fn planted(house: &House) {
    for number in 0..20 {
        let note = if number == 7 { format!("say {VALUE} again") } else { format!("order {number}") };
        let event = json!({"userId": format!("u-{number}"), "event": "Order Completed", "messageId": format!("m-{number}"),
                           "properties": {"note": note, "total": number}});
        send(&house.server, "/v1/track", &event);
    }
    let identify = |user: &str, id: &str, traits: Value| {
        send(&house.server, "/v1/identify", &json!({"userId": user, "messageId": id, "traits": traits}));
    };
    identify("u-3", "i-3", json!({"nickname": VALUE, "plan": "pro"}));
    // In the vault alone: the events have a mark.
    identify("u-4", "i-4", json!({"name": VALUE}));
    identify("u-5", "i-5", json!({"email": "ada@example.com"}));
    // In names, which are counted and learned of.
    let named = json!({"userId": "u-6", "event": format!("Clicked {VALUE}"), "messageId": "n", "properties": {VALUE: true}});
    send(&house.server, "/v1/track", &named);
}

#[test]
fn what_was_purged_does_not_come_back() {
    let mut house = House::new();
    planted(&house);
    let before = house.events(24);
    let old = backup(&house, "old-backup").0;
    let asked = json!({"where": {"value": {"text": VALUE}}, "remove": "property"});

    // Two of the places are gone when it is purged: only the backup has them, so nothing of what the purge finds could lead there.
    send(
        &house.server,
        "/v1/identify",
        &json!({"userId": "u-3", "messageId": "i-3b", "traits": {"nickname": "other"}}),
    );
    send(
        &house.server,
        "/v1/identify",
        &json!({"userId": "u-4", "messageId": "i-4b", "traits": {"name": "Somebody Else"}}),
    );
    house.events(26);
    purge(&mut house, &asked);
    let (found, said) = hits(&house, &house.server.data());
    assert_eq!(found, 0, "the live data: {said}");
    let list = export(&house, "list");
    let bytes = std::fs::read(&list).unwrap();
    assert!(!bytes.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()));
    assert_eq!(house.server.terminate(), Some(0));

    let (target, refused) = restore(&house, &old, "without", &[]);
    assert_eq!(refused.0, 2, "{}", refused.2);
    assert!(refused.2.contains("--purges") && refused.2.contains("--without-purges"), "{}", refused.2);
    assert!(!target.exists() && std::fs::read_dir(target.parent().unwrap()).unwrap().next().is_none());

    let (target, restored) = restore(&house, &old, "with", &["--purges", list.to_str().unwrap(), "--json"]);
    assert_eq!(restored.0, 0, "{}", restored.2);
    let report: Value = serde_json::from_str(&restored.1).unwrap();
    assert_eq!(report["purges"]["carried_out_again"], 1);
    assert_eq!(hits(&house, &target).0, 0, "{}", hits(&house, &target).1);

    // The negative control: without the list the scanner finds all of it.
    let (lost, restored) = restore(&house, &old, "lost", &["--without-purges"]);
    assert_eq!(restored.0, 0, "{}", restored.2);
    assert!(hits(&house, &lost).0 >= 4, "{}", hits(&house, &lost).1);

    serve(&mut house, &target);
    let after = house.events(24);
    assert_eq!(after.len(), before.len());
    for (old, new) in before.iter().zip(&after) {
        let expected: Value = serde_json::from_str(
            &old.to_string()
                .replace(&format!("say {VALUE} again"), "[purged]")
                .replace(&format!("Clicked {VALUE}"), "[purged]")
                .replace(&format!("\"{VALUE}\":true"), "\"[purged]\":\"[purged]\"")
                .replace(VALUE, "[purged]"),
        )
        .unwrap();
        assert_eq!(*new, expected);
    }
    let listed = house.owner.get(&house.path("/purges")).expect(200).json;
    assert_eq!((&listed["items"][0]["step"], listed["items"].as_array().unwrap().len()), (&json!("done"), 1));
    // The restored installation goes on with the same list.
    purge(&mut house, &json!({"where": {"value": {"text": "order 11"}}, "remove": "property"}));
    let next = backup(&house, "next-backup").0;
    assert_eq!(house.server.terminate(), Some(0));
    let (_, older) = restore(&house, &next, "older", &["--purges", list.to_str().unwrap()]);
    assert_eq!(older.0, 1);
    assert!(older.2.contains("older than the backup"), "{}", older.2);
}

#[test]
fn an_erased_person_does_not_come_back() {
    let mut house = House::new();
    planted(&house);
    let events = house.events(24);
    let person =
        events.iter().find(|event| event["properties"]["total"] == 7).unwrap()["person"].as_str().unwrap();
    let old = backup(&house, "old-backup").0;
    let asked = json!({"where": {"person": person}, "remove": "person"});
    assert_eq!(purge(&mut house, &asked)["people_erased"], 1);
    // The list that lies under DATA is enough, and is found where the old data lies beside the new.
    assert_eq!(house.server.terminate(), Some(0));
    let beside = house.server.scratch().join("apart").join("live");
    std::fs::create_dir_all(beside.parent().unwrap()).unwrap();
    std::fs::rename(house.server.data(), &beside).unwrap();
    let (target, restored) = restore(&house, &old, "found", &["--json"]);
    assert_eq!(restored.0, 0, "{}", restored.2);
    let report: Value = serde_json::from_str(&restored.1).unwrap();
    assert_eq!(report["purges"]["carried_out_again"], 1);
    std::fs::rename(&beside, house.server.data()).unwrap();

    serve(&mut house, &target);
    let left: Vec<&Value> = events.iter().filter(|event| event["person"] != person).collect();
    let after = house.events(left.len());
    assert_eq!(after.iter().collect::<Vec<_>>(), left);
    house.owner.get(&house.path(&format!("/people/{person}"))).expect(404);
}

#[test]
fn a_list_that_is_not_whole_or_too_old_is_refused() {
    let mut house = House::new();
    planted(&house);
    house.events(24);
    let old = backup(&house, "old-backup").0;
    let early = export(&house, "early");
    for text in [VALUE, "order 11"] {
        purge(&mut house, &json!({"where": {"value": {"text": text}}, "remove": "property"}));
    }
    let list = export(&house, "list");
    let later = backup(&house, "later-backup").0;
    assert_eq!(house.server.terminate(), Some(0));

    let whole = std::fs::read(&list).unwrap();
    let mut ends = vec![18];
    while let Some(length) = whole.get(ends[ends.len() - 1] + 1..ends[ends.len() - 1] + 5) {
        ends.push(ends[ends.len() - 1] + 5 + u32::from_le_bytes(length.try_into().unwrap()) as usize);
    }
    assert_eq!((ends.len(), ends[3]), (4, whole.len()), "two entries and an end");
    let without = |from: usize, to: usize| [&whole[..ends[from]], &whole[ends[to]..]].concat();
    let mut flipped = whole.clone();
    flipped[ends[1] + 40] ^= 1;
    let cases = [
        ("the first entry removed", without(0, 1)),
        ("the last entry removed", without(1, 2)),
        ("both removed", without(0, 2)),
        ("the end removed", without(2, 3)),
        (
            "entries in another order",
            [&whole[..18], &whole[ends[1]..ends[2]], &whole[18..ends[1]], &whole[ends[2]..]].concat(),
        ),
        ("a bit changed", flipped),
        ("something else", b"no list".to_vec()),
    ];
    for (what, bytes) in cases {
        let path = house.server.scratch().join("changed");
        stdx::files::replace(&path, &bytes).unwrap();
        let (target, refused) = restore(&house, &old, "refused", &["--purges", path.to_str().unwrap()]);
        assert_eq!(refused.0, 1, "{what}: {}", refused.1);
        assert!(refused.2.contains("the list of purges"), "{what}: {}", refused.2);
        assert!(!target.exists(), "{what}");
    }
    // Of the old backup's own day: it does not know what came afterwards, but nothing shows that. Of the later one it does.
    let (_, taken) = restore(&house, &old, "early", &["--purges", early.to_str().unwrap()]);
    assert_eq!(taken.0, 0, "{}", taken.2);
    for too_old in [&early, &list] {
        let (target, refused) = restore(&house, &later, "later", &["--purges", too_old.to_str().unwrap()]);
        assert_eq!(refused.0, 1, "{}", refused.1);
        assert!(refused.2.contains("older") || refused.2.contains("newer one"), "{}", refused.2);
        assert!(!target.exists());
    }
}
