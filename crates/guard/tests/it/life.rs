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

const HOME: [u8; 4] = [203, 0, 113, 7];
const ELSEWHERE: [u8; 4] = [198, 51, 100, 7];

/// Somebody signed in at home, and whoever copied their cookie.
fn copied(house: &House) -> (Person, Person) {
    let owner = house.owner();
    house.caller_from(&owner, HOME).unwrap();
    let key = testkit::Authenticator::at(crate::house::ORIGIN);
    let thief = Person { token: owner.token.clone(), member: owner.member, key };
    (owner, thief)
}

/// What a copied cookie of a session without a device opens elsewhere, after that long. Its owner is at work, or away.
fn check_copied(after_ms: i64, away: bool, opens: bool) {
    let house = House::new();
    let (mut owner, thief) = copied(&house);
    let mut spent = 0;
    while spent < after_ms {
        let step = (after_ms - spent).min(MINUTE);
        house.hand.advance_ms(step);
        spent += step;
        if !away && let Some(renewed) = house.caller_from(&owner, HOME).unwrap().renewed_token() {
            owner.token = renewed.to_owned();
        }
    }
    let what = format!("after {after_ms} ms, {}", if away { "away" } else { "at work" });
    let found = house.caller_from(&thief, ELSEWHERE);
    assert_eq!(found.is_ok(), opens, "{what}");
    if let Ok(caller) = found {
        assert_eq!(caller.renewed_token(), None, "{what}");
        assert_eq!(house.noticed("session.elsewhere").len(), 1, "{what}: told at once");
        let asked = house.ask::<policy::actions::CreateToken>(&thief);
        assert!(matches!(asked, Err(Denied::StepUpRequired { .. })), "{what}: nothing that needs a touch");
    }
}

#[test]
fn a_copied_cookie_lives_ten_minutes_elsewhere_and_its_owner_hears_of_it() {
    for away in [false, true] {
        check_copied(1_000, away, true);
        check_copied(5 * MINUTE, away, true);
        check_copied(10 * MINUTE - 1, away, true);
        check_copied(11 * MINUTE, away, false);
    }
}

#[test]
fn a_session_is_renewed_at_home_and_told_of_once_for_each_network() {
    let house = House::new();
    let (mut owner, thief) = copied(&house);
    for last in 0..5 {
        house.caller_from(&thief, [198, 51, 100, last]).unwrap();
        house.caller_from(&owner, [203, 0, 113, last]).unwrap();
    }
    assert_eq!(house.noticed("session.elsewhere"), [false], "one network, one word");
    house.caller_from(&thief, [192, 0, 2, 1]).unwrap();
    assert_eq!(house.noticed("session.elsewhere").len(), 2);
    let granted = house.ask::<ListSessions>(&owner).unwrap();
    assert_eq!(house.guard.sessions(&granted).unwrap()[0].networks, 3);
    house.hand.advance_ms(10 * MINUTE);
    assert_eq!(house.caller_from(&thief, ELSEWHERE).unwrap_err(), Denied::NotSignedIn);
    owner.token = house.caller_from(&owner, HOME).unwrap().renewed_token().unwrap().to_owned();
    assert!(house.caller_from(&owner, HOME).is_ok(), "the refusal elsewhere ended nothing for its owner");
    house.hand.advance_ms(10_001);
    house.caller_from(&thief, ELSEWHERE).unwrap_err();
    assert_eq!(house.noticed("session.reused").len(), 1, "and that it ended is told, too");
}

#[test]
fn a_home_that_was_edited_renews_nothing() {
    let house = House::new();
    let (_, thief) = copied(&house);
    house.caller_from(&thief, ELSEWHERE).unwrap();
    house.by_hand("update session_network set home = 1 - home");
    house.hand.advance_ms(10 * MINUTE);
    assert!(house.caller_from(&thief, ELSEWHERE).is_err());
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

#[test]
fn what_an_epoch_ended_is_shown_to_nobody_and_swept() {
    let house = House::new();
    let mut owner = house.owner();
    house.guard.host().end_everything_signed_in().unwrap();
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
    house.sign_in(&mut owner).unwrap();
    let own = house.ask::<ListSessions>(&owner).unwrap();
    assert_eq!(house.guard.sessions(&own).unwrap().len(), 1);
    assert_eq!(house.guard.sweep().unwrap().sessions, 1);
    assert!(house.caller(&owner).is_ok());
}
