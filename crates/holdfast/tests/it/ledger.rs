//! The ledger: no look without an entry, and no change to it unseen.

use serde_json::json;

use crate::support::House;

#[test]
fn every_look_is_an_entry_and_the_tree_verifies() {
    let mut house = House::new();
    house.send("/v1/identify", &json!({"userId": "ada", "traits": {"email": "ada@example.com"}}));
    let person = house.events(1)[0]["person"].as_str().unwrap().to_owned();
    house.owner.get(&house.path(&format!("/people/{person}"))).expect(200);
    house.owner.get(&house.path("/people")).expect(200);
    house
        .owner
        .post(
            &house.path("/questions"),
            &json!({"kind": "trend", "events": [{"event": "Identified", "measure": "count"}],
        "range": {"from": "2026-01-01", "to": "2026-01-02"}, "interval": "day"}),
        )
        .expect(200);
    let entries = house.owner.get(&house.path("/ledger/entries?limit=1000")).expect(200);
    let codes: Vec<&str> =
        entries.json["items"].as_array().unwrap().iter().filter_map(|entry| entry["code"].as_str()).collect();
    for code in ["events.read", "person.viewed", "people.listed", "question.asked"] {
        assert!(codes.contains(&code), "{code} is missing in {codes:?}");
    }
    let seen = house.owner.get(&house.path(&format!("/ledger/entries?object={person}"))).expect(200);
    assert!(!seen.json["items"].as_array().unwrap().is_empty(), "who saw this person");
    assert!(!entries.text.contains("ada@example.com"));

    let checkpoint = house.owner.get("/api/v1/ledger/checkpoint").expect(200).text;
    let kept = house.server.scratch().join("checkpoint");
    stdx::files::replace(&kept, checkpoint.as_bytes()).unwrap();
    house.owner.get(&house.path("/people")).expect(200);
    assert_eq!(house.server.terminate(), Some(0));
    let data = house.server.data();
    let verify =
        ["ledger", "verify", "--data", data.to_str().unwrap(), "--checkpoint", kept.to_str().unwrap()];
    let (code, out, errors) = house.server.command(&verify);
    assert_eq!(code, 0, "{out}{errors}");

    // Somebody with root changes one byte of one kept entry.
    let bundle = find(&data.join("ledger/tile/entries"));
    let mut bytes = std::fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    stdx::files::replace(&bundle, &bytes).unwrap();
    let (code, out, errors) = house.server.command(&verify);
    assert_eq!(code, 1, "a changed entry was not found: {out}{errors}");
}

fn find(folder: &std::path::Path) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                return path;
            }
        }
    }
    panic!("no tile in {}", folder.display());
}
