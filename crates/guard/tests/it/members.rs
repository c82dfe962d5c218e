//! Members: inviting, changing, removing.

use guard::tokens::AskedToken;
use guard::{Denied, GuardError};
use policy::actions::{
    AcceptInvite, CancelInvite, ChangeRole, CreateToken, CreateWorkspace, EndMemberSessions, InviteMember,
    ListMembers, ListWorkspaces, ReadEvents, RemoveMember,
};
use policy::{Action, Role};

use crate::house::{HOUR, House, denied};

#[test]
fn an_invited_member_has_their_role_and_no_more() {
    let house = House::new();
    let mut owner = house.owner();
    let analyst = house.member(&mut owner, "Analyst@Example.com", Role::Analyst);
    assert!(house.ask::<ReadEvents>(&analyst).unwrap().principal.roles.has(Role::Analyst));
    assert!(matches!(house.ask::<ListMembers>(&analyst).unwrap_err(), Denied::Forbidden { .. }));

    let granted = house.ask::<ListMembers>(&owner).unwrap();
    let mut members = house.guard.members(&granted).unwrap();
    members.sort_by_key(|member| member.role);
    let seen: Vec<_> =
        members.iter().map(|member| (member.email.as_str(), member.role, member.passkeys)).collect();
    assert_eq!(seen, [("owner@example.com", Role::Owner, 1), ("Analyst@Example.com", Role::Analyst, 1)]);
    assert_eq!(house.count_entered("members.viewed"), 1, "the look is on record");
}

#[test]
fn an_invitation_counts_once_and_until_it_is_replaced_cancelled_or_old() {
    let house = House::new();
    let mut owner = house.owner();
    let mut invite = || {
        let granted = house.touch::<InviteMember>(&mut owner).unwrap();
        house.guard.invite(&granted, "new@example.com", Role::Viewer).unwrap()
    };
    let (replaced, cancelled) = (invite(), invite());
    let granted = house.ask::<CancelInvite>(&owner).unwrap();
    assert!(denied(house.guard.cancel_invite(&granted, replaced.id)).is_some(), "replaced already");
    house.guard.cancel_invite(&granted, cancelled.id).unwrap();
    let mut late = house
        .touch::<InviteMember>(&mut owner)
        .map(|g| house.guard.invite(&g, "l@example.com", Role::Viewer));
    let late = late.as_mut().unwrap().as_mut().unwrap().code.expose().clone();
    for code in [replaced.code.expose(), cancelled.code.expose()] {
        refused(&house, code);
    }
    house.hand.advance_ms(24 * HOUR);
    refused(&house, &late);
}

fn refused(house: &House, code: &str) {
    let options = house.guard.begin_enrol(code).unwrap();
    let finished =
        house.guard.finish_enrol(&testkit::Authenticator::at(crate::house::ORIGIN).register(&options));
    assert_eq!(finished.unwrap_err(), Denied::NotFound);
}

#[test]
fn somebody_who_has_an_account_accepts_with_it() {
    let house = House::new();
    let mut owner = house.owner();
    let mut analyst = house.member(&mut owner, "analyst@example.com", Role::Analyst);
    let granted = house.touch::<CreateWorkspace>(&mut owner).unwrap();
    let second = house.guard.create_workspace(&granted, "Second").unwrap();
    let caller = house.caller(&owner).unwrap();
    let asked = house.guard.permit(&caller, InviteMember::info(), Some(second.id), crate::house::proof(None));
    let Err(Denied::StepUpRequired { id, public_key }) = asked else { panic!("{asked:?}") };
    house.guard.finish_step_up(&caller, &id, owner.key.sign(&public_key)).unwrap();
    let granted = house
        .guard
        .permit(&caller, InviteMember::info(), Some(second.id), crate::house::proof(Some(&id)))
        .unwrap();
    let invited = house.guard.invite(&granted, "analyst@example.com", Role::Marketer).unwrap();

    let granted = house.touch::<AcceptInvite>(&mut analyst).unwrap();
    assert_eq!(house.guard.accept_invite(&granted, invited.code.expose()).unwrap(), second.id);
    assert!(denied(house.guard.accept_invite(&granted, invited.code.expose())).is_some(), "twice");
    let granted = house.ask::<ListWorkspaces>(&analyst).unwrap();
    let mut own: Vec<_> =
        house.guard.workspaces_of(&granted).unwrap().into_iter().map(|own| (own.name, own.role)).collect();
    own.sort();
    assert_eq!(own, [("Acme".to_owned(), Role::Analyst), ("Second".to_owned(), Role::Marketer)]);
}

#[test]
fn a_leavers_sessions_and_tokens_end_at_once() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", Role::Admin);
    let granted = house.touch::<CreateToken>(&mut admin).unwrap();
    let token = house
        .guard
        .create_token(
            &granted,
            &AskedToken { name: "nightly", scopes: &["events:read"], ..AskedToken::default() },
        )
        .unwrap();
    let streaming = house.caller(&admin).unwrap();
    assert!(house.guard.still_holds(&streaming));

    let granted = house.touch::<RemoveMember>(&mut owner).unwrap();
    house.guard.remove_member(&granted, admin.member).unwrap();
    assert_eq!(house.caller(&admin).unwrap_err(), Denied::NotSignedIn);
    assert!(!house.guard.still_holds(&streaming));
    let bearer = guard::Credential::Bearer(token.token.expose());
    assert_eq!(house.guard.identify(bearer).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.sign_in(&mut admin).unwrap_err(), Denied::NotFound);
}

#[test]
fn a_changed_role_counts_at_once() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", Role::Admin);
    let granted = house.touch::<ChangeRole>(&mut owner).unwrap();
    let made = house.touch::<CreateToken>(&mut admin).unwrap();
    let token = house
        .guard
        .create_token(
            &made,
            &AskedToken { name: "nightly", scopes: &["events:read"], ..AskedToken::default() },
        )
        .unwrap();
    house.guard.change_role(&granted, admin.member, Role::Viewer).unwrap();
    let bearer = guard::Credential::Bearer(token.token.expose());
    assert_eq!(house.guard.identify(bearer).unwrap_err(), Denied::NotSignedIn);
    assert_eq!(house.caller(&admin).unwrap_err(), Denied::NotSignedIn);
    house.sign_in(&mut admin).unwrap();
    assert!(matches!(house.ask::<ListMembers>(&admin).unwrap_err(), Denied::Forbidden { .. }));
}

#[test]
fn nobody_gives_or_takes_more_than_they_have() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", Role::Admin);
    let granted = house.touch::<InviteMember>(&mut admin).unwrap();
    let invited = house.guard.invite(&granted, "x@example.com", Role::Owner);
    assert!(matches!(invited, Err(GuardError::OwnersOnly)));
    let granted = house.touch::<ChangeRole>(&mut admin).unwrap();
    assert!(matches!(
        house.guard.change_role(&granted, admin.member, Role::Owner),
        Err(GuardError::OwnersOnly)
    ));
    assert!(matches!(
        house.guard.change_role(&granted, owner.member, Role::Viewer),
        Err(GuardError::OwnersOnly)
    ));
    let granted = house.touch::<RemoveMember>(&mut admin).unwrap();
    assert!(matches!(house.guard.remove_member(&granted, owner.member), Err(GuardError::OwnersOnly)));
    let granted = house.ask::<EndMemberSessions>(&admin).unwrap();
    assert!(matches!(house.guard.end_member_sessions(&granted, owner.member), Err(GuardError::OwnersOnly)));
}

#[test]
fn the_last_owner_stays() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<ChangeRole>(&mut owner).unwrap();
    assert!(matches!(
        house.guard.change_role(&granted, owner.member, Role::Admin),
        Err(GuardError::LastOwner)
    ));
    let granted = house.touch::<RemoveMember>(&mut owner).unwrap();
    assert!(matches!(house.guard.remove_member(&granted, owner.member), Err(GuardError::LastOwner)));
    assert!(house.caller(&owner).is_ok());
}

#[test]
fn a_right_to_one_thing_opens_nothing_else() {
    let house = House::new();
    let mut owner = house.owner();
    let granted = house.touch::<InviteMember>(&mut owner).unwrap();
    assert!(denied(house.guard.remove_member(&granted, owner.member)).is_some());
    assert!(
        denied(house.guard.create_token(
            &granted,
            &AskedToken { name: "x", scopes: &["events:read"], ..AskedToken::default() }
        ))
        .is_some()
    );
    assert!(denied(house.guard.lockdown(&granted, "x")).is_some());
}

#[test]
fn the_end_of_a_members_sessions_is_the_end() {
    let house = House::new();
    let mut owner = house.owner();
    let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    let granted = house.ask::<EndMemberSessions>(&owner).unwrap();
    house.guard.end_member_sessions(&granted, viewer.member).unwrap();
    assert_eq!(house.caller(&viewer).unwrap_err(), Denied::NotSignedIn);
}
