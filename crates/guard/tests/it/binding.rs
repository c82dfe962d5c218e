//! Sessions bound to a device: renewed with the device's key alone.

use guard::{Credential, Denied};
use policy::actions::ListSessions;
use serde_json::json;
use signin::binding::Renewal;
use testkit::Device;

use crate::house::{House, MINUTE, Person};

/// Somebody whose browser has bound the session just opened.
fn bound(house: &House, owner: &mut Person) -> (Device, model::SessionId) {
    let opened = house.sign_in(owner).unwrap();
    let device = Device::new();
    let challenge = house.guard.offer_binding(&opened);
    let bound = house.guard.bind_session(&device.proof(&challenge, true)).unwrap();
    assert_eq!((bound.session, bound.account), (opened.session, owner.member));
    bound.text.expose().clone_into(&mut owner.token);
    (device, opened.session)
}

/// The challenge that the session wants signed.
fn challenge(house: &House, session: model::SessionId) -> String {
    match house.guard.renew_bound(session, None).unwrap() {
        Renewal::Challenge(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

fn opens(house: &House, text: &str) -> bool {
    house.guard.identify(Credential::Session(text)).is_ok()
}

#[test]
fn a_copied_text_dies_with_its_renewal_and_takes_nobody_along() {
    let house = House::new();
    let mut owner = house.owner();
    let before = house.sign_in(&mut owner).unwrap();
    let (device, session) = bound(&house, &mut owner);
    assert!(opens(&house, before.token.expose()), "another session is not concerned");
    let stolen = owner.token.clone();

    house.hand.advance_ms(9 * MINUTE);
    let proof = device.proof(&challenge(&house, session), false);
    let Renewal::Text(text) = house.guard.renew_bound(session, Some(&proof)).unwrap() else {
        panic!("no text")
    };
    owner.token = text.expose().clone();
    // Requests under way still count for ten seconds.
    house.hand.advance_ms(10_000);
    assert!(opens(&house, &stolen));
    house.hand.advance_ms(1);
    assert!(!opens(&house, &stolen));
    assert!(opens(&house, &owner.token), "the owner stays: the thief has no key");
    assert_eq!(house.count_entered("session.reused"), 1);
}

#[test]
fn use_alone_renews_no_bound_session() {
    let house = House::new();
    let mut owner = house.owner();
    let (device, session) = bound(&house, &mut owner);
    let granted = house.ask::<ListSessions>(&owner).unwrap();
    let views = house.guard.sessions(&granted).unwrap();
    assert_eq!(views.iter().filter(|view| view.bound).count(), 1);
    for _ in 0..10 {
        assert_eq!(house.caller(&owner).unwrap().renewed_token(), None);
        house.hand.advance_ms(MINUTE);
    }
    house.hand.advance_ms(10_000);
    assert!(!opens(&house, &owner.token));
    // The device gets another one, as long as the session runs; after that it is over.
    let proof = device.proof(&challenge(&house, session), false);
    assert!(matches!(house.guard.renew_bound(session, Some(&proof)).unwrap(), Renewal::Text(_)));
    let late = device.proof(&challenge(&house, session), false);
    house.hand.advance_ms(30 * MINUTE);
    assert!(matches!(house.guard.renew_bound(session, Some(&late)).unwrap(), Renewal::Over));
}

#[test]
fn only_the_key_it_was_bound_to_renews_a_session() {
    let house = House::new();
    let mut owner = house.owner();
    let (device, session) = bound(&house, &mut owner);
    let (_, other) = bound(&house, &mut owner);
    let thief = Device::new();
    let fresh = || challenge(&house, session);
    let header = json!({"alg": "none", "typ": "dbsc+jwt"});
    let used = device.proof(&fresh(), false);
    assert!(matches!(house.guard.renew_bound(session, Some(&used)).unwrap(), Renewal::Text(_)));
    for (what, proof) in [
        ("another key", thief.proof(&fresh(), false)),
        ("another key that is brought along", thief.proof(&fresh(), true)),
        ("a proof used before", used),
        ("another session's challenge", device.proof(&challenge(&house, other), false)),
        ("a made-up challenge", device.proof("made-up", false)),
        ("no algorithm", device.signed(&header, &json!({"jti": fresh()}))),
        (
            "another kind of token",
            device.signed(&json!({"alg": "ES256", "typ": "JWT"}), &json!({"jti": fresh()})),
        ),
        ("nothing", String::new()),
    ] {
        let renewed = house.guard.renew_bound(session, Some(&proof)).unwrap();
        assert!(matches!(renewed, Renewal::Challenge(_)), "{what}");
    }
    // A session that is none answers alike, and is over once somebody signs.
    let none = model::SessionId(7);
    let proof = device.proof(&challenge(&house, none), false);
    assert!(matches!(house.guard.renew_bound(none, Some(&proof)).unwrap(), Renewal::Over));
}

#[test]
fn a_session_is_bound_once_by_whoever_was_offered_it() {
    let house = House::new();
    let mut owner = house.owner();
    let opened = house.sign_in(&mut owner).unwrap();
    let (device, thief) = (Device::new(), Device::new());
    let challenge = house.guard.offer_binding(&opened);
    let second = house.guard.offer_binding(&opened);
    let refused = |proof: &str| house.guard.bind_session(proof).unwrap_err();
    assert_eq!(refused(&thief.proof("guessed", true)), Denied::NotSignedIn);
    assert_eq!(refused(&thief.proof(&challenge, false)), Denied::NotSignedIn, "without a key");
    let foreign = json!({"alg": "ES256", "typ": "dbsc+jwt", "jwk": device.jwk()});
    assert_eq!(refused(&thief.signed(&foreign, &json!({"jti": challenge}))), Denied::NotSignedIn);
    house.guard.bind_session(&device.proof(&challenge, true)).unwrap();
    assert_eq!(refused(&device.proof(&challenge, true)), Denied::NotSignedIn, "a challenge counts once");
    assert_eq!(refused(&thief.proof(&second, true)), Denied::NotSignedIn, "it is bound already");
    // What the text of before is worth: ten seconds.
    assert!(opens(&house, opened.token.expose()));
    house.hand.advance_ms(10_001);
    assert!(!opens(&house, opened.token.expose()));

    let late = house.sign_in(&mut owner).unwrap();
    let challenge = house.guard.offer_binding(&late);
    house.hand.advance_ms(5 * MINUTE + 1);
    assert_eq!(refused(&device.proof(&challenge, true)), Denied::NotSignedIn, "too late");
    assert_eq!(house.count_entered("session.bound"), 2, "intent and outcome");
}

#[test]
fn nobody_unbinds_a_session_by_hand() {
    let house = House::new();
    let mut owner = house.owner();
    bound(&house, &mut owner);
    house.by_hand("update session set binding = null where binding is not null");
    assert!(!opens(&house, &owner.token));
}
