//! How long sessions live, and what becomes of their texts.

use guard::Denied;
use policy::Role;
use policy::actions::{EndOtherSessions, ListSessions, ReadSession};

use crate::house::{HOUR, House, MINUTE, Person};

/// Uses the session every `every` until it ends; returns after how long it did.
fn lifetime(house: &House, person: &mut Person, every: i64) -> i64 {
    for spent in 0.. {
        match house.caller(person) {
            Ok(caller) => {
                if let Some(renewed) = caller.renewed_token() {
                    person.token = renewed.to_owned();
                }
            }
            Err(Denied::NotSignedIn) => return spent * every,
            Err(other) => panic!("{other}"),
        }
        house.hand.advance_ms(every);
    }
    unreachable!()
}

#[test]
fn sessions_end_after_idling_and_after_twelve_hours() {
    let house = House::new();
    let mut owner = house.owner();
    let mut operator = house.operator();
    let mut analyst = house.member(&mut owner, "analyst@example.com", Role::Analyst);
    house.sign_in(&mut owner).unwrap();

    // The first look counts as use, so idling begins there.
    assert_eq!(
        lifetime(&house, &mut owner, 14 * MINUTE),
        12 * HOUR - (12 * HOUR % (14 * MINUTE)) + 14 * MINUTE
    );
    for (person, idle) in [(&mut owner, 15), (&mut operator, 15), (&mut analyst, 30)] {
        house.sign_in(person).unwrap();
        house.hand.advance_ms(idle * MINUTE - 1);
        assert!(house.caller(person).is_ok(), "{idle}");
        house.sign_in(person).unwrap();
        house.hand.advance_ms(idle * MINUTE);
        assert_eq!(house.caller(person).unwrap_err(), Denied::NotSignedIn, "{idle}");
    }
}

#[test]
fn a_session_text_is_renewed_after_ten_minutes() {
    let house = House::new();
    let owner = house.owner();
    house.hand.advance_ms(10 * MINUTE - 1);
    assert_eq!(house.caller(&owner).unwrap().renewed_token(), None);
    house.hand.advance_ms(1);
    let caller = house.caller(&owner).unwrap();
    let renewed = caller.renewed_token().unwrap().to_owned();
    assert_ne!(renewed, owner.token);
    assert_eq!(caller.csrf(), house.caller(&Person { token: renewed, ..owner }).unwrap().csrf());
}

#[test]
fn a_replayed_text_ends_the_whole_session() {
    let house = House::new();
    let mut owner = house.owner();
    house.hand.advance_ms(10 * MINUTE);
    let old = owner.token.clone();
    owner.token = house.caller(&owner).unwrap().renewed_token().unwrap().to_owned();
    assert!(house.caller(&owner).is_ok());

    // Requests that were on their way still count for ten seconds, and are not renewed again.
    let thief =
        Person { token: old, member: owner.member, key: testkit::Authenticator::at(crate::house::ORIGIN) };
    house.hand.advance_ms(10_000);
    assert_eq!(house.caller(&thief).unwrap().renewed_token(), None);
    assert!(house.caller(&owner).is_ok());

    house.hand.advance_ms(1);
    assert_eq!(house.caller(&thief).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.count_entered("session.reused"), 1);
}

#[test]
fn requests_in_parallel_renew_a_session_once_and_none_is_refused() {
    let house = House::new();
    let owner = house.owner();
    house.hand.advance_ms(10 * MINUTE);
    let renewed: usize = std::thread::scope(|scope| {
        let ask = || {
            // Time goes on between the requests, as it does on a real clock.
            house.hand.advance_ms(1);
            usize::from(house.caller(&owner).unwrap().renewed_token().is_some())
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(renewed, 1);
}

#[test]
fn sessions_survive_a_restart() {
    let mut house = House::new();
    let owner = house.owner();
    house.restart();
    assert!(house.ask::<ReadSession>(&owner).is_ok());
}

#[test]
fn other_sessions_can_be_ended() {
    let house = House::new();
    let mut owner = house.owner();
    let first = owner.token.clone();
    house.sign_in(&mut owner).unwrap();
    let granted = house.ask::<ListSessions>(&owner).unwrap();
    assert_eq!(house.guard.sessions(&granted).unwrap().len(), 2);
    let granted = house.ask::<EndOtherSessions>(&owner).unwrap();
    assert_eq!(house.guard.end_other_sessions(&granted).unwrap(), 1);
    assert!(house.caller(&owner).is_ok());
    owner.token = first;
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
}

#[test]
fn a_clock_turned_back_lengthens_nothing() {
    let house = House::new();
    let mut owner = house.owner();
    house.hand.advance_ms(-HOUR);
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
    house.hand.advance_ms(HOUR);
    house.sign_in(&mut owner).unwrap();
    house.hand.advance_ms(15 * MINUTE);
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
}

#[test]
fn sweeping_removes_what_has_ended() {
    let house = House::new();
    let mut owner = house.owner();
    let _ = house.touch::<policy::actions::InviteMember>(&mut owner).map(|granted| {
        house.guard.invite(&granted, "late@example.com", Role::Viewer).unwrap();
    });
    assert_eq!(house.guard.sweep().unwrap(), guard::sweep::Swept { sessions: 0, invites: 0, unused: 0 });
    house.hand.advance_ms(25 * HOUR);
    assert_eq!(house.guard.sweep().unwrap(), guard::sweep::Swept { sessions: 1, invites: 1, unused: 0 });
}
