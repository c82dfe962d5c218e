//! No personal value stands in clear in any byte of the files.

use model::{Class, EventRecord, Kind};
use people::IdentifierKind;

use crate::world::{ACME, event_of, identify, world};

#[test]
fn no_identifier_and_no_personal_value_is_in_any_byte() {
    let mut world = world();
    let sealed = [
        ("email", Class::Email, "annabel@needle.example"),
        ("name", Class::Name, "Annabel Needleworth"),
        ("phone", Class::Phone, "+49 30 5551234"),
        ("address.street", Class::Address, "Needlestreet 77"),
    ];
    let traits = r#"{"email":"[sealed: email]","name":"[sealed: name]","plan":"shown-plan","address":{"street":"[sealed: address]"}}"#;
    world.event(identify("u-needle-user+device-needle-1", 1, traits, &sealed));
    world.event(identify("device-needle-2", 2, traits, &sealed));
    world.play("u-needle-user+device-needle-2, device-needle-3>u-needle-user");
    world.event(EventRecord {
        kind: Kind::Group,
        group_id: Some("needle-group".to_owned()),
        ..event_of("u-needle-user")
    });
    assert!(world.has_bytes("shown-plan"), "the scan finds what is there");
    for needle in [
        "u-needle-user",
        "device-needle",
        "annabel",
        "needle.example",
        "Needleworth",
        "5551234",
        "Needlestreet",
        "needle-group",
    ] {
        assert!(!world.has_bytes(needle), "{needle}");
    }
    let world = world.reopen();
    assert_eq!(world.reveal("u-needle-user", "name").as_deref(), Some("Annabel Needleworth"));
    let id = world.person("u-needle-user").id;
    let opened = world.people.reveal_identifiers(ACME, id).expect("they open");
    let opened: Vec<_> = opened.iter().map(|(kind, value)| (*kind, value.expose().as_str())).collect();
    assert_eq!(
        opened,
        [
            (IdentifierKind::UserId, "u-needle-user"),
            (IdentifierKind::AnonymousId, "device-needle-1"),
            (IdentifierKind::AnonymousId, "device-needle-2"),
            (IdentifierKind::AnonymousId, "device-needle-3"),
        ]
    );
}

#[test]
fn a_profile_prints_without_personal_values() {
    let mut world = world();
    world.event(identify("u-needle-user+device-needle-1", 1, "{}", &[("name", Class::Name, "Needleworth")]));
    let profile = world.profile("u-needle-user");
    let masked: Vec<&str> = profile.identifiers.iter().map(|identifier| identifier.masked.as_str()).collect();
    assert_eq!(masked, ["u-ne…", "devi…"]);
    let text = format!("{profile:?}").to_lowercase();
    assert!(!text.contains("needle-user") && !text.contains("needle-1") && !text.contains("needleworth"));
}
