//! Passwords and codes under a hand-wound clock: what failures cost, edited rows, and recoveries by two.

use guard::{Attempt, Denied, Entered, GuardError};
use policy::Role;
use policy::actions::{
    AllowPasswords, ApproveRecovery, CreateWorkspace, InviteMember, ReadEvents, StartRecovery,
};

use crate::house::{House, MINUTE, Person};

const EMAIL: &str = "kim@example.com";
const PASSWORD: &str = "four wet dogs on a train";

/// Somebody with a password, an app and a browser that was in before.
struct Kim {
    secret: Vec<u8>,
    browser: String,
}

fn kim(house: &House, owner: &mut Person) -> Kim {
    let granted = house.touch::<AllowPasswords>(owner).unwrap();
    house.guard.allow_passwords(&granted, true).unwrap();
    let granted = house.touch::<InviteMember>(owner).unwrap();
    let invited = house.guard.invite(&granted, EMAIL, Role::Viewer).unwrap();
    let begun = house.guard.begin_password(invited.code.expose(), PASSWORD).unwrap();
    let secret = data_encoding::BASE32_NOPAD.decode(begun.secret.expose().as_bytes()).unwrap();
    let code = signin::totp::code(&secret, house.hand_ms() / 30_000);
    let opened = house.guard.finish_password(begun.ceremony.expose(), &code).unwrap();
    // The code of this step is used; the next one counts.
    house.hand.advance_ms(MINUTE);
    Kim { secret, browser: opened.browser.expose().clone() }
}

impl Kim {
    fn try_it(&self, house: &House, password: &str, known: bool) -> Result<Entered, Denied> {
        let code = signin::totp::code(&self.secret, house.hand_ms() / 30_000);
        let browser = known.then_some(self.browser.as_str());
        house.guard.sign_in_with_password(&Attempt {
            email: EMAIL,
            password,
            code: &code,
            browser,
            from: None,
        })
    }

    fn is_let_in(&self, house: &House, known: bool) -> bool {
        matches!(self.try_it(house, PASSWORD, known), Ok(Entered::In(_)))
    }
}

#[test]
fn failures_cost_strangers_time_and_browsers_that_were_in_nothing() {
    let house = House::new();
    let kim = kim(&house, &mut house.owner());
    for _ in 0..5 {
        assert!(kim.try_it(&house, "something else entirely", false).is_err());
    }
    assert_eq!(house.count_entered("sign_in.refused"), 5);
    assert!(kim.is_let_in(&house, false), "five cost nothing");
    house.hand.advance_ms(MINUTE);
    for _ in 0..7 {
        assert!(kim.try_it(&house, "something else entirely", false).is_err());
    }
    assert!(!kim.is_let_in(&house, false), "the right one, too early");
    assert!(kim.is_let_in(&house, true), "in the browser that was in before");
    house.hand.advance_ms(MINUTE);
    // A hundred in a row, however slowly: then strangers have nothing more to try.
    for _ in 0..100 {
        assert!(kim.try_it(&house, "something else entirely", false).is_err());
        house.hand.advance_ms(16 * MINUTE);
    }
    assert!(!kim.is_let_in(&house, false));
    assert!(kim.is_let_in(&house, true));
    house.hand.advance_ms(MINUTE);
    assert!(kim.is_let_in(&house, false), "once its owner was in");
}

/// What cannot be told from the answer must not be told from the work behind it either: a sync of the disk, an entry.
#[test]
fn an_attempt_at_nobodys_address_writes_as_one_at_somebodys() {
    let house = House::new();
    kim(&house, &mut house.owner());
    let try_it = |email: &str| {
        let attempt = Attempt { email, password: PASSWORD, code: "123456", browser: None, from: None };
        assert_eq!(house.guard.sign_in_with_password(&attempt).unwrap_err(), Denied::NotFound);
    };
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        (0..21).for_each(|_| try_it(email));
    }
    house.by_hand("update password_unknown set attempts = 0 where attempts = 63");
    // Counted by address as somebody's are, not as one nobody: that would leave off after twenty.
    assert!(house.count_entered("sign_in.refused") > 20);
}

#[test]
fn edited_rows_let_nobody_in() {
    let altered = Denied::Forbidden { why: "altered-row".to_owned() };
    for edit in [
        "update password set failures = failures + 1",
        "update password set used_step = 0",
        "update password set must_change = 1",
        "update password set hash = salt",
        "update password_leave set since_ms = since_ms + 1",
    ] {
        let house = House::new();
        let kim = kim(&house, &mut house.owner());
        house.by_hand(edit);
        assert_eq!(kim.try_it(&house, PASSWORD, true).err(), Some(altered.clone()), "{edit}");
    }
}

#[test]
fn two_recover_a_member_and_only_of_what_they_could_give() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", Role::Admin);
    let mut lost = house.member(&mut owner, "lost@example.com", Role::Analyst);

    // Neither alone, nor one of them twice, nor an admin for an owner.
    let approve = house.touch::<ApproveRecovery>(&mut admin).unwrap();
    assert!(house.guard.approve_member_recovery(&approve, lost.member).is_err(), "nobody started it");
    let start = house.touch::<StartRecovery>(&mut admin).unwrap();
    let refused = house.guard.start_member_recovery(&start, owner.member);
    assert!(matches!(refused, Err(GuardError::PowerElsewhere)));
    let start = house.touch::<StartRecovery>(&mut admin).unwrap();
    house.guard.start_member_recovery(&start, lost.member).unwrap();
    let own = house.touch::<ApproveRecovery>(&mut admin).unwrap();
    assert!(matches!(house.guard.approve_member_recovery(&own, lost.member), Err(GuardError::SecondPerson)));

    let approve = house.touch::<ApproveRecovery>(&mut owner).unwrap();
    let code = house.guard.approve_member_recovery(&approve, lost.member).unwrap();
    assert!(house.ask::<ReadEvents>(&lost).is_ok(), "until the code is used");
    let back = house.enrol(code.expose());
    assert_eq!(back.member, lost.member);
    assert_eq!(house.ask::<ReadEvents>(&lost).unwrap_err(), Denied::NotSignedIn);
    assert!(house.sign_in(&mut lost).is_err(), "the old passkey");
    house.ask::<ReadEvents>(&back).unwrap();

    // Somebody who owns another workspace is more than these two could give.
    let mut elsewhere = house.member(&mut owner, "both@example.com", Role::Owner);
    let made = house.touch::<CreateWorkspace>(&mut elsewhere).unwrap();
    house.guard.create_workspace(&made, "Elsewhere").unwrap();
    let start = house.touch::<StartRecovery>(&mut owner).unwrap();
    let refused = house.guard.start_member_recovery(&start, elsewhere.member);
    assert!(matches!(refused, Err(GuardError::PowerElsewhere)));
}
