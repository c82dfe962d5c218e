//! A lone owner without a passkey, and passkeys in general.

use guard::{Denied, GuardError};
use policy::Role;
use policy::actions::{
    AddPasskey, FinishAddPasskey, ListPasskeys, LockPasskeys, ReadNotices, RemovePasskey, StopRecovery,
};
use testkit::Authenticator;

use crate::house::{HOUR, House, ORIGIN, Person};

const EMAIL: &str = "owner@example.com";

#[test]
fn a_lone_owner_is_back_after_a_day_and_not_before() {
    let house = House::new();
    let mut lost = house.owner();
    let host = house.guard.host();
    assert!(matches!(host.finish_recovery(EMAIL), Err(GuardError::NothingToRecover)));
    let recovery = host.start_recovery("Owner@Example.com").unwrap();
    house.hand.advance_ms(23 * HOUR);
    assert_eq!(host.start_recovery(EMAIL).unwrap(), recovery, "starting again changes nothing");
    assert!(matches!(host.finish_recovery(EMAIL), Err(GuardError::TooEarly { .. })));
    house.hand.advance_ms(HOUR);
    let code = host.finish_recovery(EMAIL).unwrap();
    let back = house.enrol(code.expose());
    assert_eq!(back.member, lost.member);
    assert_eq!(house.sign_in(&mut lost).unwrap_err(), Denied::NotFound, "the old passkey is gone");

    let granted = house.ask::<ReadNotices>(&back).unwrap();
    let mut kinds: Vec<_> =
        house.guard.notices(&granted).unwrap().into_iter().map(|notice| notice.kind).collect();
    kinds.reverse();
    assert_eq!(kinds, ["recovery.started", "recovery.started", "recovery.ready", "recovery.finished"]);
}

#[test]
fn any_member_stops_a_recovery() {
    let house = House::new();
    let mut owner = house.owner();
    let mut viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    let host = house.guard.host();
    host.start_recovery(EMAIL).unwrap();
    house.hand.advance_ms(24 * HOUR);
    let code = host.finish_recovery(EMAIL).unwrap();
    house.sign_in(&mut viewer).unwrap();
    let granted = house.ask::<StopRecovery>(&viewer).unwrap();
    assert_eq!(house.guard.recoveries(&granted).unwrap().len(), 1);
    house.guard.stop_recovery(&granted, owner.member).unwrap();
    let options = house.guard.begin_enrol(code.expose()).unwrap();
    let late = house.guard.finish_enrol(&Authenticator::at(ORIGIN).register(&options));
    assert_eq!(late.unwrap_err(), Denied::NotFound);
    assert!(matches!(host.finish_recovery(EMAIL), Err(GuardError::NothingToRecover)));
}

#[test]
fn who_is_not_alone_is_invited_again_instead() {
    let house = House::new();
    let mut owner = house.owner();
    house.member(&mut owner, "second@example.com", Role::Owner);
    house.member(&mut owner, "viewer@example.com", Role::Viewer);
    for email in [EMAIL, "second@example.com", "viewer@example.com", "nobody@example.com"] {
        let refused = house.guard.host().start_recovery(email);
        assert!(matches!(refused, Err(GuardError::NothingToRecover)), "{email}");
    }
}

fn add(house: &House, person: &mut Person) -> Result<Authenticator, GuardError> {
    let granted = house.touch::<AddPasskey>(person).unwrap();
    let options = house.guard.begin_add_passkey(&granted)?;
    let mut key = Authenticator::at(ORIGIN);
    let granted = house.ask::<FinishAddPasskey>(person).unwrap();
    house.guard.finish_add_passkey(&granted, &key.register(&options), "spare")?;
    Ok(key)
}

#[test]
fn a_second_passkey_signs_in_and_cannot_push_the_first_out() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.ask::<ListPasskeys>(&owner).unwrap();
    let first = house.guard.passkeys(&granted).unwrap()[0].id;
    let granted = house.touch::<RemovePasskey>(&mut owner).unwrap();
    let last = house.guard.remove_passkey(&granted, first);
    assert!(matches!(last, Err(GuardError::Signin(signin::SigninError::LastPasskey))));

    house.hand.advance_ms(1);
    let key = add(&house, &mut owner).unwrap();
    let mut spare = Person { key, member: owner.member, token: String::new() };
    house.sign_in(&mut spare).unwrap();
    let granted = house.touch::<RemovePasskey>(&mut spare).unwrap();
    let pushed = house.guard.remove_passkey(&granted, first);
    assert!(matches!(pushed, Err(GuardError::Signin(signin::SigninError::YoungPasskey))));

    house.hand.advance_ms(72 * HOUR);
    house.sign_in(&mut owner).unwrap();
    house.sign_in(&mut spare).unwrap();
    let granted = house.touch::<RemovePasskey>(&mut spare).unwrap();
    house.guard.remove_passkey(&granted, first).unwrap();
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn, "opened with the removed passkey");
    assert!(house.caller(&spare).is_ok());
}

#[test]
fn a_locked_account_takes_no_new_passkey() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<LockPasskeys>(&mut owner).unwrap();
    house.guard.lock_passkeys(&granted, true).unwrap();
    assert!(matches!(add(&house, &mut owner), Err(GuardError::Signin(signin::SigninError::PasskeysLocked))));
}

#[test]
fn a_passkey_begun_in_one_session_is_not_finished_in_another() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<AddPasskey>(&mut owner).unwrap();
    let options = house.guard.begin_add_passkey(&granted).unwrap();
    let response = Authenticator::at(ORIGIN).register(&options);
    house.sign_in(&mut owner).unwrap();
    let granted = house.ask::<FinishAddPasskey>(&owner).unwrap();
    let refused = house.guard.finish_add_passkey(&granted, &response, "spare");
    assert!(matches!(refused, Err(GuardError::Denied(Denied::NotFound))));
}
