//! Sealing, wrapping, deriving and hashing, through the crate's public face.

use keys::{Key, KeyDirectory, KeyError, KeyId, SEAL_OVERHEAD_BYTES, WRAPPED_BYTES, WorkspaceKeys};
use model::WorkspaceId;
use proptest::prelude::*;

const FIXED: [u8; 32] = [0xa5; 32];

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    let bit = bit % (bytes.len() * 8);
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_nothing_else_does(
        plain in proptest::collection::vec(any::<u8>(), 0..300),
        aad in proptest::collection::vec(any::<u8>(), 0..40),
        bit in any::<usize>(),
    ) {
        let key = Key::generate();
        let sealed = key.seal(&aad, &plain);
        prop_assert_eq!(sealed.len(), plain.len() + SEAL_OVERHEAD_BYTES);
        prop_assert_eq!(key.open(&aad, &sealed).unwrap(), plain);
        prop_assert!(matches!(key.open(&aad, &flip(&sealed, bit)), Err(KeyError::Refused)));
        prop_assert!(matches!(key.open(&[&aad[..], b"!"].concat(), &sealed), Err(KeyError::Refused)));
        prop_assert!(matches!(Key::generate().open(&aad, &sealed), Err(KeyError::Refused)));
    }

    #[test]
    fn arbitrary_bytes_neither_open_nor_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let key = Key::from_bytes(FIXED);
        prop_assert!(key.open(b"", &bytes).is_err());
        prop_assert!(key.unwrap(&bytes, b"").is_err());
    }

    #[test]
    fn a_wrapped_key_with_one_bit_changed_is_refused(bit in any::<usize>()) {
        let outer = Key::from_bytes(FIXED);
        let wrapped = outer.wrap(&Key::generate(), b"place");
        prop_assert!(outer.unwrap(&flip(&wrapped, bit), b"place").is_err());
    }
}

#[test]
fn sealing_behind_other_bytes_leaves_them_alone() {
    let key = Key::from_bytes(FIXED);
    let mut out = b"head".to_vec();
    key.seal_onto(&mut out, b"aad", b"plain");
    let (head, sealed) = out.split_at(4);
    assert_eq!(head, b"head");
    assert_eq!(key.open(b"aad", sealed).unwrap(), b"plain");
}

#[test]
fn the_same_value_is_never_sealed_the_same_way_twice() {
    let key = Key::from_bytes(FIXED);
    assert_ne!(key.seal(b"", b"x"), key.seal(b"", b"x"));
}

#[test]
fn a_wrapped_key_comes_back_and_names_the_key_it_needs() {
    let (outer, other, inner) = (Key::from_bytes(FIXED), Key::generate(), Key::generate());
    let wrapped = outer.wrap(&inner, b"file 7");
    assert_eq!(wrapped.len(), WRAPPED_BYTES);
    assert_eq!(outer.unwrap(&wrapped, b"file 7").unwrap().id(), inner.id());
    assert!(matches!(outer.unwrap(&wrapped, b"file 8"), Err(KeyError::Refused)));
    match other.unwrap(&wrapped, b"file 7") {
        Err(KeyError::OtherKey { wanted, given }) => assert_eq!((wanted, given), (outer.id(), other.id())),
        result => panic!("{result:?}"),
    }
    assert!(matches!(outer.unwrap(&wrapped[..10], b"file 7"), Err(KeyError::Malformed { .. })));
}

#[test]
fn a_wrapped_key_is_no_sealed_value_of_the_same_place() {
    let (outer, inner) = (Key::from_bytes(FIXED), Key::generate());
    let wrapped = outer.wrap(&inner, b"place");
    assert!(outer.open(b"place", &wrapped[9..]).is_err());
}

/// Data on disk depends on these bytes: a change here makes every installation unreadable.
#[test]
fn derivations_of_version_1_stay_as_they_are() {
    let key = Key::from_bytes(FIXED);
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    assert_eq!(key.id().to_string(), "fae1e38b01741e40");
    assert_eq!(key.derive("purpose").id().to_string(), "8fc7c339a9616283");
    assert_eq!(
        hex(&key.hasher("purpose").mac(b"message")),
        "63911192fb7a603e95d6799886c5a649b3092e60d155587c1e77e98be21797fb"
    );
    let wrapped = include_bytes!("fixtures/wrapped-v1.bin");
    assert_eq!(key.unwrap(wrapped, b"fixture").unwrap().id(), key.derive("wrapped in the fixture").id());
}

#[test]
fn every_purpose_has_keys_of_its_own() {
    let key = Key::from_bytes(FIXED);
    assert_ne!(key.derive("a").id(), key.derive("b").id());
    assert_ne!(key.derive("a").id(), key.id());
    assert_ne!(key.hasher("a").mac(b"m"), key.hasher("b").mac(b"m"));
    assert_ne!(key.hasher("a").mac(b"m"), Key::generate().hasher("a").mac(b"m"));
}

#[test]
fn a_keyed_hash_is_verified_whole() {
    let hash = Key::from_bytes(FIXED).hasher("marks");
    let mac = hash.mac(b"message");
    assert_eq!(hash.short(b"message"), mac[..16]);
    assert!(hash.verify(b"message", &mac));
    assert!(!hash.verify(b"message!", &mac));
    assert!(!hash.verify(b"message", &mac[..16]));
    assert!(!hash.verify(b"message", &flip(&mac, 255)));
}

#[test]
fn debug_shows_the_id_and_no_key_byte() {
    let key = Key::from_bytes(FIXED);
    assert_eq!(format!("{key:?}"), format!("[key {}]", key.id()));
    assert_eq!(format!("{:?}", key.hasher("x")), "[hash key]");
    assert_eq!(KeyId([0xab; 8]).to_string(), "abababababababab");
}

#[test]
fn a_directory_is_shared_by_its_clones() {
    let directory = KeyDirectory::new();
    let (here, elsewhere) = (WorkspaceId(1), WorkspaceId(2));
    let seal = Key::generate();
    directory.clone().insert(here, WorkspaceKeys { seal: seal.clone().into(), hash: seal.hasher("hash") });
    assert_eq!(directory.get(here).map(|keys| keys.seal.id()), Some(seal.id()));
    assert!(directory.get(elsewhere).is_none());
    directory.remove(here);
    assert!(directory.get(here).is_none());
}

#[test]
fn what_an_older_key_sealed_opens_until_that_is_dropped() {
    let (old, fresh) = (Key::generate(), Key::generate());
    let seal = keys::Seal::from(old.clone());
    let elsewhere = seal.clone();
    let inner = Key::generate();
    let (sealed, wrapped) = (seal.seal(b"place", b"value"), seal.wrap(&inner, b"place"));
    assert!(!seal.is_behind(b"place", &sealed));
    seal.replace(fresh.clone());
    assert_eq!((elsewhere.id(), elsewhere.older()), (fresh.id(), vec![old.id()]), "all clones see it");
    assert_eq!(elsewhere.open(b"place", &sealed).unwrap(), b"value");
    assert_eq!(elsewhere.unwrap(&wrapped, b"place").unwrap().id(), inner.id());
    assert!(elsewhere.is_behind(b"place", &sealed) && !elsewhere.is_behind(b"other", &sealed));
    assert!(matches!(elsewhere.open(b"other", &sealed), Err(KeyError::Refused)));
    // What is new is the fresh key's, whoever seals it, and so is what follows from it.
    assert!(fresh.open(b"place", &elsewhere.seal(b"place", b"value")).is_ok());
    assert_eq!(keys::wrapped_by(&elsewhere.wrap(&inner, b"place")), Some(fresh.id()));
    let derived = elsewhere.derive("a purpose");
    assert_eq!(
        (derived.id(), derived.older()),
        (fresh.derive("a purpose").id(), vec![old.derive("a purpose").id()])
    );
    elsewhere.drop_older(old.id());
    assert!(matches!(seal.open(b"place", &sealed), Err(KeyError::Refused)));
    assert!(matches!(seal.unwrap(&wrapped, b"place"), Err(KeyError::OtherKey { .. })));
    assert!(!seal.is_behind(b"place", &sealed), "what nothing opens is not behind, it is lost");
}
