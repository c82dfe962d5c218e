//! Interface tokens.

use guard::tokens::AskedToken;
use guard::{Credential, Denied, GuardError};
use policy::actions::{CreateToken, ListTokens, RevokeToken};
use policy::{Action, ActionInfo, actions};

use crate::house::{House, Person, proof};

const DAY_S: u64 = 86_400;

fn make(house: &House, owner: &mut Person, scopes: &[&str], life_s: Option<u64>) -> String {
    let granted = house.touch::<CreateToken>(owner).unwrap();
    house
        .guard
        .create_token(
            &granted,
            &AskedToken { name: "nightly", scopes, expires_in_s: life_s, ..AskedToken::default() },
        )
        .unwrap()
        .token
        .expose()
        .clone()
}

#[test]
fn a_token_opens_its_scopes_and_nothing_else() {
    let house = House::new();
    let mut owner = house.owner();
    for scope in policy::scope_set::SCOPES {
        let token = make(&house, &mut owner, &[scope], None);
        let caller = house.guard.identify(Credential::Bearer(&token)).unwrap();
        for action in actions::all() {
            let opened = house.guard.permit(&caller, action, Some(house.workspace), proof(None)).is_ok();
            // A token may also ask what it is.
            let always = action.scope == policy::Scope::Anyone || action.name == "ReadSession";
            let wanted = always || action.token_scope == Some(scope);
            assert_eq!(opened, wanted, "{scope} {}", action.name);
        }
    }
}

#[test]
fn a_token_opens_its_own_workspace_only() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<actions::CreateWorkspace>(&mut owner).unwrap();
    let second = house.guard.create_workspace(&granted, "Second").unwrap();
    let token = make(&house, &mut owner, &["events:read"], None);
    let caller = house.guard.identify(Credential::Bearer(&token)).unwrap();
    let events: &ActionInfo = actions::ReadEvents::info();
    assert!(house.guard.permit(&caller, events, Some(house.workspace), proof(None)).is_ok());
    assert_eq!(
        house.guard.permit(&caller, events, Some(second.id), proof(None)).unwrap_err(),
        Denied::NotFound
    );
}

#[test]
fn tokens_end() {
    let house = House::new();
    let mut owner = house.owner();
    let by_default = make(&house, &mut owner, &["events:read"], None);
    let short = make(&house, &mut owner, &["events:read"], Some(60));
    let works = |token: &str| house.guard.identify(Credential::Bearer(token)).is_ok();
    house.hand.advance_ms(59_999);
    assert!(works(&short));
    house.hand.advance_ms(1);
    assert!(!works(&short));
    // Used now and then, so that it does not lapse before.
    for _ in 0..3 {
        house.hand.advance_ms(29 * 86_400_000);
        assert!(works(&by_default));
    }
    house.hand.advance_ms(3 * 86_400_000 - 60_001);
    assert!(works(&by_default));
    house.hand.advance_ms(1);
    assert!(!works(&by_default));

    house.sign_in(&mut owner).unwrap();
    let granted = house.touch::<CreateToken>(&mut owner).unwrap();
    for life_s in [0, 367 * DAY_S, u64::MAX] {
        let refused = house.guard.create_token(
            &granted,
            &AskedToken {
                name: "x",
                scopes: &["events:read"],
                expires_in_s: Some(life_s),
                ..AskedToken::default()
            },
        );
        assert!(matches!(refused, Err(GuardError::Invalid { field: "expires_in_s", .. })), "{life_s}");
    }
    for scopes in [&[][..], &["events:everything"], &["events:read", ""]] {
        let refused =
            house.guard.create_token(&granted, &AskedToken { name: "x", scopes, ..AskedToken::default() });
        assert!(matches!(refused, Err(GuardError::Invalid { field: "scopes", .. })), "{scopes:?}");
    }
}

#[test]
fn a_revoked_token_is_dead_and_listed() {
    let house = House::new();
    let mut owner = house.owner();
    let text = make(&house, &mut owner, &["events:read", "people:read"], None);
    assert!(house.guard.identify(Credential::Bearer(&text)).is_ok());
    let granted = house.ask::<ListTokens>(&owner).unwrap();
    let listed = house.guard.tokens(&granted).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].token.scopes, "events:read people:read");
    assert!(listed[0].usage.used_ms.is_some());
    let granted = house.ask::<RevokeToken>(&owner).unwrap();
    house.guard.revoke_token(&granted, listed[0].token.id).unwrap();
    assert_eq!(house.guard.identify(Credential::Bearer(&text)).unwrap_err(), Denied::NotSignedIn);
    let granted = house.ask::<ListTokens>(&owner).unwrap();
    assert!(house.guard.tokens(&granted).unwrap()[0].token.revoked_ms.is_some());
}

#[test]
fn a_session_is_no_bearer_and_a_token_no_cookie() {
    let house = House::new();
    let mut owner = house.owner();
    let token = make(&house, &mut owner, &["events:read"], None);
    assert_eq!(house.guard.identify(Credential::Session(&token)).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.guard.identify(Credential::Bearer(&owner.token)).unwrap_err(), Denied::NotSignedIn);
}
