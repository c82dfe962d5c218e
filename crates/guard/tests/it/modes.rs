//! Read-only mode and lockdown.

use guard::tokens::AskedToken;
use guard::{Credential, Denied, GuardError};
use policy::actions::{
    self, ApproveNormalMode, CreateToken, InviteMember, Lockdown, LockdownInstallation, ReadEvents,
    SetInstallationMode, SetMode,
};
use policy::{Role, Scope};

use crate::house::{House, Person, denied, proof};

/// Every action that the caller could do but for a touch.
fn open(house: &House, person: &Person) -> Vec<&'static str> {
    let caller = house.caller(person).unwrap();
    let permit = |action| house.guard.permit(&caller, action, Some(house.workspace), proof(None));
    let may = |result: &Result<_, Denied>| matches!(result, Ok(_) | Err(Denied::StepUpRequired { .. }));
    actions::all().into_iter().filter(|action| may(&permit(action))).map(|action| action.name).collect()
}

#[test]
fn read_only_refuses_every_change_but_those_that_tighten() {
    let house = House::new();
    let owner = house.owner();
    let before = open(&house, &owner);
    let granted = house.ask::<SetMode>(&owner).unwrap();
    house.guard.set_read_only(&granted, "odd sign-ins").unwrap();
    let after = open(&house, &owner);
    for action in actions::all().into_iter().filter(|action| before.contains(&action.name)) {
        // The mode of a workspace does not reach beyond it.
        let refused = action.changing && !action.tightening && action.scope == Scope::Workspace;
        assert_eq!(after.contains(&action.name), !refused, "{}", action.name);
    }
    assert!(before.len() > after.len());
    assert_eq!(
        house.ask::<InviteMember>(&owner).unwrap_err(),
        Denied::ReadOnly { reason: "odd sign-ins".to_owned() }
    );
    assert!(house.ask::<ReadEvents>(&owner).is_ok());
}

#[test]
fn the_installations_mode_covers_everything() {
    let house = House::new();
    let (owner, operator) = (house.owner(), house.operator());
    let granted = house.ask::<SetInstallationMode>(&operator).unwrap();
    house.guard.set_read_only(&granted, "maintenance").unwrap();
    let open = open(&house, &owner);
    for action in actions::all() {
        assert!(!(action.changing && !action.tightening && open.contains(&action.name)), "{}", action.name);
    }
    let invitation = house.ask::<InviteMember>(&owner).unwrap_err();
    assert_eq!(invitation, Denied::ReadOnly { reason: "maintenance".to_owned() });
    assert_eq!(house.guard.mode(Some(house.workspace)).unwrap().reason, "maintenance");
    // The workspace itself is not held: only the installation is.
    assert_eq!(house.guard.own_mode(house.workspace).unwrap().mode, control::mode::Mode::Normal);
}

#[test]
fn the_way_back_needs_a_second_person_where_there_is_one() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", Role::Admin);
    let granted = house.ask::<SetMode>(&owner).unwrap();
    house.guard.set_read_only(&granted, "odd sign-ins").unwrap();
    let approval = house.guard.ask_for_normal(&granted, "all clear").unwrap();

    let granted = house.touch::<ApproveNormalMode>(&mut owner).unwrap();
    assert!(matches!(house.guard.approve_normal(&granted, approval.id), Err(GuardError::SecondPerson)));
    let granted = house.touch::<ApproveNormalMode>(&mut admin).unwrap();
    house.guard.approve_normal(&granted, approval.id).unwrap();
    assert!(matches!(house.ask::<InviteMember>(&owner).unwrap_err(), Denied::StepUpRequired { .. }));
    assert!(denied(house.guard.approve_normal(&granted, approval.id)).is_some(), "used");
}

#[test]
fn somebody_alone_approves_themselves_and_it_is_on_record() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.ask::<SetMode>(&owner).unwrap();
    house.guard.set_read_only(&granted, "test").unwrap();
    let approval = house.guard.ask_for_normal(&granted, "all clear").unwrap();
    let granted = house.touch::<ApproveNormalMode>(&mut owner).unwrap();
    house.guard.approve_normal(&granted, approval.id).unwrap();
    let entered = house.entered();
    let (.., detail) = entered.iter().find(|(code, ..)| code == "mode.normal").unwrap();
    assert_eq!(detail["alone"], true);
}

#[test]
fn an_invitation_waits_while_the_workspace_takes_no_changes() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<InviteMember>(&mut owner).unwrap();
    let invited = house.guard.invite(&granted, "new@example.com", Role::Admin).unwrap();
    let granted = house.ask::<SetMode>(&owner).unwrap();
    house.guard.set_read_only(&granted, "wait").unwrap();
    let mut key = testkit::Authenticator::at(crate::house::ORIGIN);
    let options = house.guard.begin_enrol(invited.code.expose()).unwrap();
    let refused = house.guard.finish_enrol(&key.register(&options)).unwrap_err();
    assert_eq!(refused, Denied::ReadOnly { reason: "wait".to_owned() });
    // The code was not used up.
    let approval = house.guard.ask_for_normal(&granted, "go on").unwrap();
    let granted = house.touch::<ApproveNormalMode>(&mut owner).unwrap();
    house.guard.approve_normal(&granted, approval.id).unwrap();
    house.enrol(invited.code.expose());
}

#[test]
fn lockdown_ends_sessions_tokens_and_invitations_of_the_workspace() {
    let house = House::new();
    let mut owner = house.owner();
    let operator = house.operator();
    let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    let granted = house.touch::<CreateToken>(&mut owner).unwrap();
    let token = house
        .guard
        .create_token(
            &granted,
            &AskedToken { name: "nightly", scopes: &["events:read"], ..AskedToken::default() },
        )
        .unwrap();
    let granted = house.touch::<InviteMember>(&mut owner).unwrap();
    let invited = house.guard.invite(&granted, "new@example.com", Role::Viewer).unwrap();

    let granted = house.touch::<Lockdown>(&mut owner).unwrap();
    let ended = house.guard.lockdown(&granted, "intruder").unwrap();
    assert_eq!(ended, guard::lockdown::LockedDown { members: 2, tokens: 1, invites: 1 });
    for person in [&owner, &viewer] {
        assert_eq!(house.caller(person).unwrap_err(), Denied::NotSignedIn);
    }
    assert!(house.guard.identify(Credential::Bearer(token.token.expose())).is_err());
    let options = house.guard.begin_enrol(invited.code.expose()).unwrap();
    let late = house.guard.finish_enrol(&testkit::Authenticator::at(crate::house::ORIGIN).register(&options));
    assert_eq!(late.unwrap_err(), Denied::NotFound);
    assert!(house.caller(&operator).is_ok(), "not theirs");

    house.sign_in(&mut owner).unwrap();
    let refused = house.ask::<InviteMember>(&owner).unwrap_err();
    assert_eq!(refused, Denied::ReadOnly { reason: "locked down: intruder".to_owned() });
}

#[test]
fn lockdown_of_the_installation_ends_everything_and_survives_a_restart() {
    let mut house = House::new();
    let mut owner = house.owner();
    let mut operator = house.operator();
    let granted = house.touch::<CreateToken>(&mut owner).unwrap();
    let token = house
        .guard
        .create_token(
            &granted,
            &AskedToken { name: "nightly", scopes: &["events:read"], ..AskedToken::default() },
        )
        .unwrap();
    let granted = house.touch::<LockdownInstallation>(&mut operator).unwrap();
    house.guard.lockdown(&granted, "intruder").unwrap();
    house.restart();
    for person in [&owner, &operator] {
        assert_eq!(house.caller(person).unwrap_err(), Denied::NotSignedIn);
    }
    assert!(house.guard.identify(Credential::Bearer(token.token.expose())).is_err());
    assert!(house.sign_in(&mut owner).is_ok());
}

#[test]
fn the_host_can_only_tighten() {
    let house = House::new();
    let owner = house.owner();
    house.guard.host().set_read_only("backup").unwrap();
    assert_eq!(
        house.ask::<InviteMember>(&owner).unwrap_err(),
        Denied::ReadOnly { reason: "backup".to_owned() }
    );
    house.guard.host().lockdown("intruder").unwrap();
    assert_eq!(house.caller(&owner).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.count_entered("lockdown"), 2, "intent and outcome");
}
