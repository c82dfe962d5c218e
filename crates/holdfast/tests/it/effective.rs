//! Who may do what: told to those who run the workspace, kept in the ledger, and compared between two days.

use serde_json::{Value, json};

use crate::grants::join;
use crate::support::House;

#[test]
fn who_may_do_what_is_told_kept_and_compared() {
    let mut house = House::new();
    let path = house.path("/access");
    let first = house.owner.get(&path).expect(200).json;
    assert_eq!(first["holders"].as_array().unwrap().len(), 1, "{first}");
    let owner = &first["may"]["member owner"];
    let has = |of: &Value, name: &str| of.as_array().unwrap().contains(&json!(name));
    assert!(has(&owner["yes"], "ListPeople") && has(&owner["touch"], "InviteMember"), "{owner}");
    assert!(!has(&owner["yes"], "ExportPeople") && !has(&owner["touch"], "ExportPeople"), "without a grant");

    let (mut viewer, _) = join(&mut house, "viewer@example.com", "viewer");
    let body = json!({ "name": "review", "scopes": ["members:read"], "expires_in_s": 3600 });
    let tokens = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &tokens, Some(&body)).expect(201).json;
    let second = house.owner.get(&path).expect(200).json;
    assert_eq!(second["holders"].as_array().unwrap().len(), 3);
    assert_ne!(first["digest"], second["digest"]);
    // As it was before that: from the ledger, the same to the last byte.
    let before = format!("{path}?at={}", second["at"].as_str().unwrap());
    let kept = house.owner.get(&before).expect(200).json;
    assert_eq!(
        (&kept["digest"], &kept["holders"], &kept["may"]),
        (&first["digest"], &first["holders"], &first["may"])
    );
    assert!(kept["entry"].is_u64());
    house.owner.get(&format!("{path}?at=2020-01-01T00:00:00Z")).expect(422);
    house.owner.get(&format!("{path}?at=yesterday")).expect(422);
    viewer.get(&path).expect(403);

    // What is said to be open is open, and nothing else.
    let open = &second["may"]["member viewer"];
    assert!(has(&open["yes"], "ReadEvents") && !has(&open["yes"], "ReadLedger"), "{open}");
    viewer.get(&house.path("/events")).expect(200);
    viewer.get(&house.path("/ledger/entries")).expect(403);

    let token =
        [("HOLDFAST_TOKEN", made["token"].as_str().unwrap()), ("HOLDFAST_SERVER", &house.server.console)];
    let (code, out, errors) = house.server.command_with(&["access", "show"], &token);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("member viewer") && out.contains("token members:read"), "{out}");
    let from = second["at"].as_str().unwrap();
    let (code, out, _) = house.server.command_with(&["access", "diff", "--from", from], &token);
    assert_eq!(code, 1, "{out}");
    for line in ["+ mem_", "holds member viewer", "+ tok_", "holds token members:read"] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert!(!out.contains("policies are others") && !out.contains("- "), "{out}");
    let (code, out, errors) =
        house.server.command_with(&["access", "diff", "--from", "2099-01-01T00:00:00Z"], &token);
    assert_eq!((code, out.contains("nothing changed")), (0, true), "{out}{errors}");
}

#[test]
fn the_rules_can_be_read_by_everybody() {
    let mut house = House::new();
    let rules = house.server.client().get("/api/v1/policies").expect(200).json;
    assert!(rules["laws"].as_array().unwrap().len() >= 20);
    assert!(
        rules["policies"].as_str().unwrap().contains("forbid")
            && rules["schema"].as_str().unwrap().contains("entity")
    );
    let (code, out, errors) = house.server.command(&["access", "rules"]);
    assert_eq!(code, 0, "{errors}");
    let first = rules["laws"][0]["says"].as_str().unwrap();
    assert!(out.contains(first) && out.contains("ReadWorkspace"), "{out}");
    let page =
        house.owner.get(&format!("/w/{}/access/policies", house.server.installed.workspace)).expect(200);
    assert!(page.text.contains(first), "the page says it too");
}
