//! Somebody edits the database behind our back: refused by name, every time.

use guard::tokens::AskedToken;
use guard::{Credential, Denied};
use policy::Role;
use policy::actions::{CreateToken, ReadEvents, ReadNotices, ReadSession, SetMode, SetNoticeHook};
use serde_json::json;
use testkit::Authenticator;

use crate::house::{House, ORIGIN, Person};

const ALTERED: &str = "altered-row";

fn altered() -> Denied {
    Denied::Forbidden { why: ALTERED.to_owned() }
}

#[test]
fn edited_rows_give_no_power() {
    let edits = [
        "update membership set role = 'owner' where role = 'viewer'",
        "update session set level = level + 1",
        "update session set idle_ms = idle_ms * 100",
        "update session set ends_ms = ends_ms * 2",
        "update session set last_seen_ms = last_seen_ms + 1",
        "update session set account_epoch = 7",
        "update session set account = (select account from membership where role = 'owner')",
        "update session_token set session = (select id from session where account = (select account from membership where role = 'owner'))",
        "update session_token set issued_ms = issued_ms + 1",
        "update account set kind = 'operator'",
        "update account set epoch = epoch + 1",
        "update sign_in_epoch set epoch = 0",
    ];
    for edit in edits {
        let house = House::new();
        let mut owner = house.owner();
        let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
        assert!(house.ask::<policy::actions::ReadWorkspace>(&viewer).is_ok());
        house.by_hand(edit);
        assert_eq!(house.ask::<policy::actions::ReadWorkspace>(&viewer).unwrap_err(), altered(), "{edit}");
        let entered = house.entered();
        let (_, table, _) = entered.iter().find(|(code, ..)| code == "row.altered").unwrap();
        assert!(edit.contains(table.as_str()), "{edit} named {table}");
    }
}

#[test]
fn a_replaced_text_cannot_be_made_valid_again() {
    let house = House::new();
    let owner = house.owner();
    house.hand.advance_ms(600_000);
    house.caller(&owner).unwrap();
    house.by_hand("update session_token set replaced_ms = null");
    assert_eq!(house.caller(&owner).unwrap_err(), altered());
}

#[test]
fn edited_passkeys_sign_nobody_in() {
    let edits = [
        "update passkey set account = (select account from membership where role = 'owner')",
        "update passkey set credential = (select credential from passkey p where p.account = (select account from membership where role = 'owner'))",
        "update passkey set created_ms = 0",
    ];
    for edit in edits {
        let house = House::new();
        let mut owner = house.owner();
        let mut viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
        house.by_hand(edit);
        assert_eq!(house.sign_in(&mut viewer).unwrap_err(), altered(), "{edit}");
    }
}

#[test]
fn edited_codes_and_invitations_are_refused() {
    let edits = [
        "update sign_in_code set expires_ms = expires_ms * 2",
        "update sign_in_code set purpose = 'recover'",
        "update sign_in_code set account = (select account from membership where role = 'owner')",
        "update invite set role = 'owner'",
        "update invite set expires_ms = expires_ms * 2",
    ];
    for edit in edits {
        let house = House::new();
        let mut owner = house.owner();
        let granted = house.touch::<policy::actions::InviteMember>(&mut owner).unwrap();
        let invited = house.guard.invite(&granted, "new@example.com", Role::Viewer).unwrap();
        let options = house.guard.begin_enrol(invited.code.expose()).unwrap();
        house.by_hand(edit);
        let finished = house.guard.finish_enrol(&Authenticator::at(ORIGIN).register(&options));
        assert_eq!(finished.unwrap_err(), altered(), "{edit}");
    }
}

#[test]
fn edited_tokens_open_nothing() {
    let edits = [
        "update api_token set scopes = 'events:read people:read'",
        "update api_token set expires_ms = expires_ms * 2",
        "update api_token set installation_epoch = 7",
        "update api_token set workspace = (select id from workspace where name = 'Second')",
        "update api_token set revoked_ms = 1",
    ];
    for edit in edits {
        let house = House::new();
        let mut owner = house.owner();
        let granted = house.touch::<policy::actions::CreateWorkspace>(&mut owner).unwrap();
        house.guard.create_workspace(&granted, "Second").unwrap();
        let granted = house.touch::<CreateToken>(&mut owner).unwrap();
        let token = house
            .guard
            .create_token(
                &granted,
                &AskedToken { name: "nightly", scopes: &["events:read"], ..AskedToken::default() },
            )
            .unwrap();
        house.by_hand(edit);
        let refused = house.guard.identify(Credential::Bearer(token.token.expose()));
        assert_eq!(refused.unwrap_err(), altered(), "{edit}");
    }
}

#[test]
fn a_mode_that_was_lifted_by_hand_stays_read_only() {
    for edit in
        ["update workspace set mode = 'normal'", "delete from mode_mark", "update mode_mark set mac = x'00'"]
    {
        let house = House::new();
        let owner = house.owner();
        let granted = house.ask::<SetMode>(&owner).unwrap();
        house.guard.set_read_only(&granted, "odd").unwrap();
        house.by_hand(edit);
        assert!(matches!(house.ask::<CreateToken>(&owner).unwrap_err(), Denied::ReadOnly { .. }), "{edit}");
        assert!(house.ask::<ReadEvents>(&owner).is_ok());
    }
}

#[test]
fn rows_made_by_hand_are_refused() {
    let house = House::new();
    let mut owner = house.owner();
    let stranger = house.operator();
    let copied = "insert into membership select workspace, (select id from account where kind = 'operator'), role, created_ms, mac from membership";
    house.by_hand(copied);
    // An operator stays one; and the list of members is refused rather than shown wrong.
    assert_eq!(house.ask::<ReadEvents>(&stranger).unwrap_err(), Denied::NotFound);
    let granted = house.ask::<policy::actions::ListMembers>(&owner).unwrap();
    assert!(house.guard.members(&granted).is_err());
    assert!(house.touch::<CreateToken>(&mut owner).is_ok());
}

#[test]
fn a_started_recovery_cannot_be_hurried() {
    let house = House::new();
    let _owner = house.owner();
    house.guard.host().start_recovery("owner@example.com").unwrap();
    house.by_hand("update recovery set ready_ms = 0");
    assert!(house.guard.host().finish_recovery("owner@example.com").is_err());
}

#[test]
fn refusals_are_entered_and_bounded() {
    let house = House::new();
    let mut owner = house.owner();
    let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    for _ in 0..100 {
        house.ask::<CreateToken>(&viewer).unwrap_err();
    }
    assert_eq!(house.count_entered("access.denied"), 20);
    house.hand.advance_ms(60_000);
    house.ask::<CreateToken>(&viewer).unwrap_err();
    let entered = house.entered();
    let (_, action, detail) = entered.iter().rfind(|(code, ..)| code == "access.denied").unwrap();
    assert_eq!((action.as_str(), detail), ("CreateToken", &json!({"why": "no-permit", "unlisted": 80})));
    assert!(house.ask::<ReadSession>(&viewer).is_ok());
    let _: &Person = &viewer;
}

#[test]
fn a_webhook_that_was_pointed_elsewhere_by_hand_does_not_open() {
    let house = House::new();
    let mut owner = house.owner();
    let set = house.touch::<SetNoticeHook>(&mut owner).unwrap();
    house.guard.set_hook(&set, "https://alerts.example.com/x").unwrap();
    let read = house.ask::<ReadNotices>(&owner).unwrap();
    assert_eq!(house.guard.hook(&read).unwrap().unwrap().url, "https://alerts.example.com/x");
    house.by_hand("update notice_hook set sealed = zeroblob(200)");
    assert_eq!(Denied::from(house.guard.hook(&read).unwrap_err()), altered());
    for wrong in ["ftp://alerts.example.com", "https://", "https://user@alerts.example.com/", "alerts"] {
        let set = house.touch::<SetNoticeHook>(&mut owner).unwrap();
        assert!(house.guard.set_hook(&set, wrong).is_err(), "{wrong}");
    }
}
