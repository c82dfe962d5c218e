//! A file of version 1 stays readable, and damage to it opens nothing wrong.

use control::{Database, PEOPLE_MIGRATIONS};
use model::{Decision, Entry, MemberId, Offset, Order, PersonCode, Stored};
use people::profile::TraitValue;
use people::{IdentifierKind, People};
use proptest::prelude::*;
use stdx::Clock;
use tempfile::TempDir;

use crate::world::{ACME, keys};

/// Made by version 1 with the keys of [`keys`]: Ann with two devices, an e-mail address and a group, a
/// visitor merged into her, and Bob, of whom an alias says that he is her.
const VERSION_1: &[u8] = include_bytes!("../fixtures/people-1.db");

#[test]
fn version_1_is_read() {
    let (_dir, people) = open(VERSION_1).expect("it opens");
    assert_eq!(people.position().0, 7);
    let ann = people.find(ACME, IdentifierKind::UserId, "u-ann").expect("a lookup").expect("Ann");
    let by_mail = people.find(ACME, IdentifierKind::Email, "ann@example.com").expect("a lookup");
    assert_eq!(by_mail, Some(ann));
    let email = people.reveal(ACME, ann.id, "email").expect("it opens").expect("an address");
    assert_eq!(email.expose(), "ann@example.com");
    let profile = people.profile(ACME, ann.id).expect("a read").expect("a profile");
    assert_eq!((profile.identifiers.len(), profile.merges.len(), profile.groups.len()), (3, 1, 1));
    assert!(profile.traits.iter().any(|kept| kept.value == TraitValue::Plain("\"pro\"".to_owned())));
    assert_eq!(people.suggestions(ACME).expect("suggestions").len(), 1);
    assert_eq!(profile.events, 5, "together, as before");
}

#[test]
fn a_merge_of_version_1_comes_apart() {
    let (_dir, people) = open(VERSION_1).expect("it opens");
    let decision = Decision { by: MemberId(1), reason: "another visitor".to_owned(), at_ms: 0 };
    let (into, from) = (PersonCode(0), PersonCode(1));
    let order = Order::Unmerge { workspace: ACME, into, from, decision };
    people.resolve(&[Entry { offset: Offset(7), record: Stored::Order(order) }], &[]).expect("resolved");
    let events = [into, from].map(|code| {
        let person = people.by_code(ACME, code).expect("a lookup").expect("somebody");
        assert_eq!(person.code, code);
        people.profile(ACME, person.id).expect("a read").expect("a profile").events
    });
    assert_eq!(events, [4, 1]);
    let visitor = people.find(ACME, IdentifierKind::AnonymousId, "device-2").expect("a lookup");
    assert_eq!(visitor.map(|visitor| visitor.code), Some(from));
}

fn open(bytes: &[u8]) -> Result<(TempDir, People), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("people.db");
    stdx::files::replace(&path, bytes)?;
    let database = Database::open(&path, PEOPLE_MIGRATIONS)?;
    Ok((dir, People::open(database, keys(), Clock::wall())?))
}

/// The address and the ids in clear, as far as the file still gives them.
fn opened(bytes: &[u8]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let (_dir, people) = open(bytes)?;
    let mut values = Vec::new();
    if let Some(ann) = people.find(ACME, IdentifierKind::UserId, "u-ann")? {
        values.extend(people.reveal(ACME, ann.id, "email")?.map(|value| value.expose().clone()));
        let identifiers = people.reveal_identifiers(ACME, ann.id)?;
        values.extend(identifiers.iter().map(|(_, value)| value.expose().clone()));
        people.profile(ACME, ann.id)?;
    }
    people.list(ACME, 10, None)?;
    Ok(values)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_damaged_file_fails_or_gives_what_was_sealed(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut bytes = VERSION_1.to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        for value in opened(&bytes).unwrap_or_default() {
            prop_assert!(["ann@example.com", "u-ann", "device-1", "device-2"].contains(&value.as_str()));
        }
    }

    #[test]
    fn arbitrary_bytes_are_no_database(bytes in prop::collection::vec(any::<u8>(), 1..3_000)) {
        prop_assert!(opened(&bytes).is_err());
    }
}
