//! Lists, pages, and workspaces apart from each other.

use keys::{Key, WorkspaceKeys};
use model::{EventRecord, PersonCode, WorkspaceId};
use people::{IdentifierKind, PeopleError};

use crate::world::{ACME, event_of, world};

#[test]
fn pages_give_everyone_once_without_the_merged() {
    let mut world = world();
    for n in 0..7 {
        world.play(&format!("u{n}"));
    }
    world.play("a1, u1+a1");
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world.people.list(ACME, 3, after).expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.person.id);
        assert!(page.iter().all(|line| line.identifier.as_ref().is_some_and(|id| id.masked == "u…")));
        seen.extend(page.into_iter().map(|line| line.person.code.0));
    }
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn workspaces_know_nothing_of_each_other() {
    const BETA: WorkspaceId = WorkspaceId(0xbe7a);
    let mut world = world();
    let seed = Key::generate();
    world.keys.insert(BETA, WorkspaceKeys { hash: seed.hasher("workspace"), seal: seed.into() });
    world.play("u1, u2");
    let person = world.event(EventRecord { workspace: BETA, ..event_of("u2") });
    assert_eq!(person, Some(PersonCode(0)), "codes are dense in each workspace");
    let beta = world.people.find(BETA, IdentifierKind::UserId, "u2").expect("a lookup").expect("somebody");
    assert_ne!(beta.id, world.person("u2").id);
    assert_eq!(world.people.profile(ACME, beta.id).expect("a read"), None);
    assert_eq!(world.people.find(BETA, IdentifierKind::UserId, "u1").expect("a lookup"), None);
    assert_eq!(world.people.count(BETA).expect("a count"), 1);
}

#[test]
fn unknown_codes_are_named() {
    let mut world = world();
    world.play("u1");
    let error = world.people.public_ids(ACME, &[PersonCode(0), PersonCode(5)]).expect_err("unknown");
    assert!(matches!(error, PeopleError::UnknownCode { code: PersonCode(5), .. }));
    assert_eq!(world.people.by_code(ACME, PersonCode(5)).expect("a lookup"), None);
}
