//! Bringing in operators: by two, or after a day by one who is alone; and who counts as a second person.

use guard::operators::inviting::{InviteState, OperatorInvite};
use guard::{Denied, GuardError};
use model::GrantId;
use policy::actions::{
    ApproveBreakGlass, ApproveInstallationNormalMode, ApproveOperator, AskBreakGlass, InviteOperator,
    ListOperators, LockdownInstallation, RemoveOperator, SetInstallationMode, WithdrawOperator,
};

use crate::house::{HOUR, House, Person, denied};

const DAY: i64 = 24 * HOUR;

fn ask(house: &House, by: &mut Person) -> OperatorInvite {
    let granted = house.touch::<InviteOperator>(by).unwrap();
    house.guard.ask_operator(&granted, "somebody for the nights").unwrap()
}

fn approve(house: &House, by: &mut Person, id: GrantId) -> Result<OperatorInvite, GuardError> {
    let granted = house.touch::<ApproveOperator>(by).unwrap();
    house.guard.approve_operator(&granted, id)
}

/// The code, for whoever asked.
fn code(house: &House, by: &mut Person, id: GrantId) -> Result<String, GuardError> {
    let granted = house.touch::<InviteOperator>(by).unwrap();
    house.guard.invite_operator(&granted, id).map(|made| made.code.expose().clone())
}

/// What the ledger says of how somebody was brought in.
fn invited(house: &House, operator: &Person) -> serde_json::Value {
    let object = operator.member.to_string();
    let mut entries = house.entered().into_iter();
    entries.find(|(code, of, _)| code == "operator.invited" && *of == object).unwrap().2
}

fn is_not_ready<T>(result: &Result<T, GuardError>) -> bool {
    matches!(result, Err(GuardError::GrantIs { .. }))
}

/// Time passes; everybody signs in again.
fn passes(house: &House, ms: i64, people: &mut [&mut Person]) {
    house.hand.advance_ms(ms);
    for person in people {
        house.sign_in(person).unwrap();
    }
}

#[test]
fn where_there_are_two_it_takes_both() {
    let house = House::new();
    let (mut first, mut second) = (house.operator(), house.second_operator());
    let asked = ask(&house, &mut first);
    assert_eq!((asked.alone, asked.ready_ms), (false, None));
    assert!(is_not_ready(&code(&house, &mut first, asked.id)), "nobody has approved it");
    assert!(matches!(approve(&house, &mut first, asked.id), Err(GuardError::SecondPerson)));
    passes(&house, DAY - 1, &mut [&mut first, &mut second]);
    assert!(is_not_ready(&code(&house, &mut first, asked.id)), "time does not stand in for a second person");

    approve(&house, &mut second, asked.id).unwrap();
    assert_eq!(
        denied(code(&house, &mut second, asked.id)),
        Some(Denied::NotFound),
        "whoever asked answers for them"
    );
    let code_of_third = code(&house, &mut first, asked.id).unwrap();
    assert_eq!(denied(code(&house, &mut first, asked.id)), Some(Denied::NotFound), "once");
    let third = house.enrol(&code_of_third);
    let listed = house.guard.operators(&house.ask::<ListOperators>(&first).unwrap()).unwrap();
    let found = listed.iter().find(|operator| operator.id == third.member).unwrap();
    assert_eq!(found.speaks_for, Some((first.member, house.hand_ms() + 7 * DAY)));
    assert_eq!(house.noticed("operator.asked"), [false], "the operators alone");
    assert_eq!(house.noticed("operator.invited"), [false]);
    let detail = invited(&house, &third);
    assert_eq!(detail["alone"], false);
    assert_eq!(detail["approved_by"], serde_json::json!(second.member));
}

#[test]
fn one_who_is_alone_waits_a_day_and_everybody_hears_of_it() {
    let house = House::new();
    let mut first = house.operator();
    let asked = ask(&house, &mut first);
    assert!(asked.alone);
    assert_eq!(house.noticed("operator.asked_alone"), [false, true], "the operators and the workspace");
    let open = house.guard.operator_invites(&house.ask::<ListOperators>(&first).unwrap()).unwrap();
    assert_eq!(open[0].1, InviteState::Delayed);
    passes(&house, DAY - 1, &mut [&mut first]);
    assert!(is_not_ready(&code(&house, &mut first, asked.id)));
    passes(&house, 1, &mut [&mut first]);
    let made = code(&house, &mut first, asked.id).unwrap();
    let second = house.enrol(&made);
    assert_eq!(house.noticed("operator.invited_alone"), [false, true]);
    assert_eq!(invited(&house, &second)["alone"], true);
}

#[test]
fn a_request_is_withdrawn_by_any_operator_and_ends_with_time_lockdown_and_whoever_asked() {
    let house = House::new();
    let (mut first, mut second) = (house.operator(), house.second_operator());
    let asked = ask(&house, &mut first);
    let granted = house.ask::<WithdrawOperator>(&second).unwrap();
    house.guard.withdraw_operator(&granted, asked.id).unwrap();
    assert_eq!(denied(approve(&house, &mut second, asked.id)), Some(Denied::NotFound));

    let asked = ask(&house, &mut first);
    passes(&house, DAY, &mut [&mut first, &mut second]);
    assert_eq!(denied(approve(&house, &mut second, asked.id)), Some(Denied::NotFound), "void");

    let asked = ask(&house, &mut first);
    let granted = house.touch::<LockdownInstallation>(&mut second).unwrap();
    house.guard.lockdown(&granted, "drill").unwrap();
    passes(&house, 0, &mut [&mut first, &mut second]);
    let open = house.guard.operator_invites(&house.ask::<ListOperators>(&first).unwrap()).unwrap();
    assert!(open.is_empty(), "{asked:?}");
}

#[test]
fn what_an_operator_asked_for_goes_with_them_and_with_whoever_approved() {
    let house = House::new();
    let (mut first, mut second) = (house.operator(), house.second_operator());
    let mut third = house.further_operator(&mut first, &mut second);
    let asked = ask(&house, &mut first);
    approve(&house, &mut second, asked.id).unwrap();
    let granted = house.touch::<RemoveOperator>(&mut first).unwrap();
    house.guard.remove_operator(&granted, second.member).unwrap();
    assert!(matches!(code(&house, &mut first, asked.id), Err(GuardError::SecondPerson)));
    let granted = house.touch::<RemoveOperator>(&mut third).unwrap();
    house.guard.remove_operator(&granted, first.member).unwrap();
    let open = house.guard.operator_invites(&house.ask::<ListOperators>(&third).unwrap()).unwrap();
    assert!(open.is_empty());
}

/// Whether `second` counts as another person for a look that `first` asks for.
fn counts(house: &House, first: &mut Person, second: &mut Person) -> bool {
    let granted = house.touch::<AskBreakGlass>(first).unwrap();
    let asked = house.guard.ask_break_glass(&granted, house.workspace, "the disk is full").unwrap();
    let granted = house.touch::<ApproveBreakGlass>(second).unwrap();
    match house.guard.approve_break_glass(&granted, asked.id, &asked.digest()) {
        Ok(_) => true,
        Err(GuardError::SecondPerson) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_newcomer_speaks_with_the_voice_of_whoever_brought_them_in_for_a_week() {
    let house = House::new();
    let (mut first, mut second) = (house.operator(), house.second_operator());
    let mut third = house.further_operator(&mut first, &mut second);
    house.hand.advance_ms(1);
    assert!(!counts(&house, &mut first, &mut third), "their own second account");
    assert!(!counts(&house, &mut third, &mut first), "nor the other way round");
    assert!(counts(&house, &mut third, &mut second) && counts(&house, &mut second, &mut third));
    // Nor does a second account bring in a third that counts, and two of them are one.
    let asked = ask(&house, &mut first);
    assert!(matches!(approve(&house, &mut third, asked.id), Err(GuardError::SecondPerson)));
    let mut fourth = house.further_operator(&mut third, &mut second);
    house.hand.advance_ms(1);
    assert!(!counts(&house, &mut first, &mut fourth) && !counts(&house, &mut third, &mut fourth));

    passes(&house, 7 * DAY - 3, &mut [&mut first, &mut third]);
    assert!(!counts(&house, &mut first, &mut third));
    passes(&house, 3, &mut [&mut first, &mut third]);
    assert!(counts(&house, &mut first, &mut third), "after a week they are two");
}

#[test]
fn the_way_back_to_normal_counts_voices_too() {
    let house = House::new();
    let (mut first, mut second) = (house.operator(), house.second_operator());
    let mut third = house.further_operator(&mut first, &mut second);
    let granted = house.ask::<SetInstallationMode>(&first).unwrap();
    house.guard.set_read_only(&granted, "an attack").unwrap();
    let asked = house.guard.ask_for_normal(&granted, "over").unwrap();
    let try_it = |by: &mut Person| {
        let granted = house.touch::<ApproveInstallationNormalMode>(by).unwrap();
        house.guard.approve_normal(&granted, asked.id).map(drop)
    };
    assert!(matches!(try_it(&mut third), Err(GuardError::SecondPerson)));
    assert!(matches!(try_it(&mut first), Err(GuardError::SecondPerson)));
    try_it(&mut second).unwrap();
    // Where only the two of them are left, they are one: alone, and named so.
    let granted = house.touch::<RemoveOperator>(&mut first).unwrap();
    house.guard.remove_operator(&granted, second.member).unwrap();
    assert!(ask(&house, &mut third).alone);
}

#[test]
fn edited_rows_make_nobody_a_second_person() {
    for edit in [
        "update operator_origin set since_ms = since_ms - 700000000",
        "update operator_origin set invited_by = account",
        "update operator_invite set approved_by = asked_by, ready_ms = 1",
        "update operator_invite set ready_ms = asked_ms, alone = 1",
        "update operator_invite set void_ms = void_ms + 900000000",
    ] {
        let house = House::new();
        let (mut first, mut second) = (house.operator(), house.second_operator());
        let mut third = house.further_operator(&mut first, &mut second);
        house.hand.advance_ms(1);
        let asked = ask(&house, &mut first);
        house.by_hand(edit);
        let granted = house.touch::<ApproveOperator>(&mut third).unwrap();
        let approved = house.guard.approve_operator(&granted, asked.id);
        assert!(approved.is_err() && code(&house, &mut first, asked.id).is_err(), "{edit}: {approved:?}");
    }
}

#[test]
fn a_second_operator_is_made_at_the_beginning_and_not_later() {
    let house = House::new();
    assert!(matches!(house.guard.install_second_operator(), Err(GuardError::Installed)), "there are two");
    let first = house.operator();
    house.by_hand("delete from sign_in_code where purpose = 'operator'");
    house.by_hand("delete from account where kind = 'operator' and id not in (select account from passkey)");
    assert!(matches!(house.guard.install_second_operator(), Err(GuardError::Installed)));
    assert!(house.ask::<ListOperators>(&first).is_ok());
}
