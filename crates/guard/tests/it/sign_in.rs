//! Enrolling and signing in.

use guard::{Credential, Denied};
use policy::PrincipalKind;
use policy::actions::{EndSession, ListMembers, ReadSession};
use testkit::Authenticator;

use crate::house::{HOUR, House, ORIGIN};

#[test]
fn a_set_up_code_works_once() {
    let house = House::new();
    let owner = house.owner();
    let caller = house.caller(&owner).unwrap();
    assert_eq!((caller.kind(), caller.level()), (PrincipalKind::Member, 3));
    let options = house.guard.begin_enrol(&house.owner_code).unwrap();
    let again = house.guard.finish_enrol(&Authenticator::at(ORIGIN).register(&options));
    assert_eq!(again.unwrap_err(), Denied::NotFound);
}

#[test]
fn a_set_up_code_works_for_24_hours() {
    let house = House::new();
    house.hand.advance_ms(24 * HOUR);
    let options = house.guard.begin_enrol(&house.owner_code).unwrap();
    let late = house.guard.finish_enrol(&Authenticator::at(ORIGIN).register(&options));
    assert_eq!(late.unwrap_err(), Denied::NotFound);
}

#[test]
fn an_unknown_code_gets_the_same_answer_as_a_known_one() {
    let house = House::new();
    let mut known = house.guard.begin_enrol(&house.owner_code).unwrap();
    let mut unknown = house.guard.begin_enrol("owner-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
    let finished = house.guard.finish_enrol(&Authenticator::at(ORIGIN).register(&unknown));
    assert_eq!(finished.unwrap_err(), Denied::NotFound);
    for options in [&mut known, &mut unknown] {
        for random in ["/challenge", "/user/id"] {
            let value = options.pointer_mut(random).unwrap();
            *value = value.as_str().unwrap().len().into();
        }
    }
    assert_eq!(known, unknown);
}

#[test]
fn signing_in_needs_no_name_and_an_account() {
    let house = House::new();
    let mut owner = house.owner();
    let first = owner.token.clone();
    let signed_in = house.sign_in(&mut owner).unwrap();
    assert_ne!(owner.token, first);
    assert_eq!(signed_in.member, owner.member);
    assert!(house.ask::<ReadSession>(&owner).is_ok());

    // An authenticator that enrolled elsewhere has a passkey for this site that nobody here knows.
    let elsewhere = House::new();
    let mut stranger = elsewhere.owner();
    assert_eq!(house.sign_in(&mut stranger).unwrap_err(), Denied::NotFound);
}

#[test]
fn an_assertion_signs_in_once() {
    let house = House::new();
    let mut owner = house.owner();
    let options = house.guard.begin_sign_in().unwrap();
    let assertion = owner.key.sign(&options);
    assert!(house.guard.finish_sign_in(&assertion).is_ok());
    assert_eq!(house.guard.finish_sign_in(&assertion).unwrap_err(), Denied::NotFound);
}

#[test]
fn a_begun_sign_in_lasts_five_minutes() {
    let house = House::new();
    let mut owner = house.owner();
    let options = house.guard.begin_sign_in().unwrap();
    house.hand.advance_ms(5 * 60_000 + 1);
    assert_eq!(house.guard.finish_sign_in(&owner.key.sign(&options)).unwrap_err(), Denied::NotFound);
}

#[test]
fn a_look_alike_page_obtains_nothing() {
    let house = House::new();
    let mut owner = house.owner();
    let mut signed = 0;
    for origin in [
        "https://login.example.com",
        "https://localhost.example.com",
        "https://localhost:7071",
        "http://localhost:9999",
    ] {
        let options = house.guard.begin_sign_in().unwrap();
        owner.key.move_to(origin);
        // Where the browser does not refuse by itself, we do.
        if let Ok(relayed) = owner.key.try_sign(&options) {
            signed += 1;
            assert_eq!(house.guard.finish_sign_in(&relayed).unwrap_err(), Denied::NotFound, "{origin}");
        }
    }
    assert!(signed > 0, "the browser refused everything, so nothing was tried on us");
}

#[test]
fn an_operator_is_another_principal_than_the_owner() {
    let house = House::new();
    let (owner, operator) = (house.owner(), house.operator());
    assert_ne!(owner.member, operator.member);
    assert_eq!(house.caller(&operator).unwrap().kind(), PrincipalKind::Operator);
    assert_eq!(house.ask::<ListMembers>(&operator).unwrap_err(), Denied::NotFound);
}

#[test]
fn junk_is_nobody() {
    let house = House::new();
    for junk in ["", "hs_", "hf_", "hs_aaaa", &"x".repeat(100_000), "hs_ü"] {
        for credential in [Credential::Session(junk), Credential::Bearer(junk)] {
            assert_eq!(house.guard.identify(credential).unwrap_err(), Denied::NotSignedIn);
        }
        let json = serde_json::json!({"response": {"clientDataJSON": junk}, "id": junk});
        assert_eq!(house.guard.finish_sign_in(&json).unwrap_err(), Denied::NotFound);
        assert_eq!(house.guard.finish_enrol(&json).unwrap_err(), Denied::NotFound);
    }
    assert!(house.guard.identify(Credential::None).is_ok());
}

#[test]
fn signing_out_ends_the_session() {
    let house = House::new();
    let owner = house.owner();
    let granted = house.ask::<EndSession>(&owner).unwrap();
    house.guard.end_session(&granted).unwrap();
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
}

#[test]
fn no_secret_is_in_the_ledger_or_on_the_disk() {
    let house = House::new();
    let owner = house.owner();
    let entered = format!("{:?}", house.entered());
    let secrets = [&house.owner_code, &house.operator_code, &owner.token, "owner@example.com"];
    for secret in secrets {
        assert!(!entered.contains(secret));
    }
    let mut files = vec![house.dir().to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in secrets {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
}
