//! The first passkey of somebody who came in without one: a touch of somebody else's, a day, and their own way in.

use guard::sign_on::{NewSignOn, SignOn, Word};
use guard::{Denied, GuardError};
use model::MemberId;
use policy::Role;
use policy::actions::{
    AddFirstPasskey, AllowFirstPasskey, ChangeRole, FinishAddPasskey, InviteMember, ListPasskeys,
    LockdownInstallation, ReadSession, RefuseFirstPasskey, SetSignOn, StopFirstPasskey,
};
use testkit::Authenticator;

use crate::house::{HOUR, House, MINUTE, ORIGIN, Person, denied};

const DAY: i64 = 24 * HOUR;

/// A workspace whose provider signs its members in, its owner, and Ada, who has no passkey.
struct Place {
    house: House,
    owner: Person,
    on: SignOn,
    ada: MemberId,
}

impl Place {
    fn new() -> Self {
        let house = House::new();
        let mut owner = house.owner();
        let new = NewSignOn {
            issuer: "https://login.example.com".to_owned(),
            client_id: "holdfast".to_owned(),
            secret: None,
            domains: vec!["example.com".to_owned()],
            trusted: vec![],
        };
        let granted = house.touch::<SetSignOn>(&mut owner).unwrap();
        let on = house.guard.set_sign_on(&granted, new).unwrap();
        let granted = house.touch::<InviteMember>(&mut owner).unwrap();
        house.guard.invite(&granted, "ada@example.com", Role::Analyst).unwrap();
        let word = Word { subject: "ada-1", email: Some("ada@example.com"), sid: None, level: Some(2) };
        let ada = house.guard.sign_in_vouched(&on, &word).unwrap().member;
        Self { house, owner, on, ada }
    }

    /// A session of Ada's by her organisation's sign-in.
    fn comes_in(&self) -> Person {
        let word = Word { subject: "ada-1", email: None, sid: None, level: Some(2) };
        let opened = self.house.guard.sign_in_vouched(&self.on, &word).unwrap();
        Person { key: Authenticator::at(ORIGIN), member: opened.member, token: opened.token.expose().clone() }
    }

    fn allow(&mut self) {
        self.house.sign_in(&mut self.owner).unwrap();
        let granted = self.house.touch::<AllowFirstPasskey>(&mut self.owner).unwrap();
        self.house.guard.allow_first_passkey(&granted, self.ada).unwrap();
    }

    fn enrol(&self, ada: &mut Person) -> Result<(), GuardError> {
        let granted = self.house.ask::<AddFirstPasskey>(ada).unwrap();
        let options = self.house.guard.begin_first_passkey(&granted)?;
        let granted = self.house.ask::<FinishAddPasskey>(ada).unwrap();
        self.house.guard.finish_add_passkey(&granted, &ada.key.register(&options), "laptop").map(drop)
    }

    fn has_passkey(&self) -> bool {
        let ada = self.comes_in();
        let granted = self.house.ask::<ListPasskeys>(&ada).unwrap();
        !self.house.guard.passkeys(&granted).unwrap().is_empty()
    }
}

#[test]
fn a_touch_a_day_and_a_fresh_sign_in_make_a_first_passkey() {
    let mut place = Place::new();
    let mut ada = place.comes_in();
    assert_eq!(denied(place.enrol(&mut ada)), Some(Denied::NotFound), "nobody allowed it");
    place.allow();
    assert_eq!(place.house.noticed("first_passkey.allowed"), [true, false], "the workspace and the member");
    assert!(matches!(place.enrol(&mut ada), Err(GuardError::NotYet { .. })));
    place.house.hand.advance_ms(DAY);
    let (other, mut ada) = (place.comes_in(), place.comes_in());
    place.enrol(&mut ada).unwrap();
    assert_eq!(place.house.noticed("first_passkey.enrolled"), [true, false]);
    assert_eq!(place.house.caller(&other).unwrap_err(), Denied::NotSignedIn, "other sessions end");
    assert!(place.house.ask::<ReadSession>(&ada).is_ok());
    place.house.sign_in(&mut ada).unwrap();
    let mut entered = place.house.entered().into_iter();
    assert!(entered.any(|(code, _, detail)| code == "passkey.enrolled" && detail["purpose"] == "first"));
    // Once; and further ones take a touch of it.
    let mut again = place.comes_in();
    assert_eq!(denied(place.enrol(&mut again)), Some(Denied::NotFound));
    let granted = place.house.touch::<AllowFirstPasskey>(&mut place.owner);
    let granted = granted.or_else(|_| {
        place.house.sign_in(&mut place.owner).unwrap();
        place.house.touch::<AllowFirstPasskey>(&mut place.owner)
    });
    let refused = place.house.guard.allow_first_passkey(&granted.unwrap(), place.ada);
    assert!(matches!(refused, Err(GuardError::HasPasskey)));
}

#[test]
fn a_session_that_was_stolen_earlier_enrols_nothing() {
    let mut place = Place::new();
    place.allow();
    place.house.hand.advance_ms(DAY);
    let mut stolen = place.comes_in();
    place.house.hand.advance_ms(10 * MINUTE + 1);
    assert!(matches!(place.enrol(&mut stolen), Err(GuardError::SignInAgain)));
    // Begun in time and finished late is late.
    let mut ada = place.comes_in();
    let granted = place.house.ask::<AddFirstPasskey>(&ada).unwrap();
    let options = place.house.guard.begin_first_passkey(&granted).unwrap();
    let response = ada.key.register(&options);
    let granted = place.house.ask::<StopFirstPasskey>(&place.owner);
    assert!(granted.is_err(), "the owner's session is over by now");
    place.house.sign_in(&mut place.owner).unwrap();
    let granted = place.house.ask::<StopFirstPasskey>(&place.owner).unwrap();
    place.house.guard.stop_first_passkey(&granted, place.ada).unwrap();
    let granted = place.house.ask::<FinishAddPasskey>(&ada).unwrap();
    let late = place.house.guard.finish_add_passkey(&granted, &response, "laptop");
    assert_eq!(denied(late), Some(Denied::NotFound));
    assert!(!place.has_passkey());
}

#[test]
fn the_member_those_who_run_the_workspace_and_a_lockdown_take_it_back() {
    for how in ["member", "admin", "lockdown", "role", "time"] {
        let mut place = Place::new();
        place.allow();
        match how {
            "member" => {
                let granted = place.house.ask::<RefuseFirstPasskey>(&place.comes_in()).unwrap();
                place.house.guard.refuse_first_passkey(&granted).unwrap();
            }
            "admin" => {
                let granted = place.house.ask::<StopFirstPasskey>(&place.owner).unwrap();
                place.house.guard.stop_first_passkey(&granted, place.ada).unwrap();
            }
            "lockdown" => {
                let granted = place.house.touch::<LockdownInstallation>(&mut place.house.operator()).unwrap();
                place.house.guard.lockdown(&granted, "drill").unwrap();
            }
            "role" => {
                let granted = place.house.touch::<ChangeRole>(&mut place.owner).unwrap();
                place.house.guard.change_role(&granted, place.ada, Role::Admin).unwrap();
            }
            _ => place.house.hand.advance_ms(3 * DAY),
        }
        place.house.hand.advance_ms(DAY);
        if how == "role" {
            // Whoever runs something does not come in by their provider; a session of before has ended.
            continue;
        }
        let mut ada = place.comes_in();
        let caller = place.house.caller(&ada).unwrap();
        let asked = place.house.guard.permit(
            &caller,
            <AddFirstPasskey as policy::Action>::info(),
            None,
            crate::house::proof(None),
        );
        // A lockdown leaves the installation read-only, in which nothing is enrolled either.
        assert!(asked.is_err() || place.enrol(&mut ada).is_err(), "{how}");
        assert!(!place.has_passkey(), "{how}");
    }
}

#[test]
fn it_is_for_members_without_power_who_belong_where_the_helper_does() {
    let mut place = Place::new();
    let house = &place.house;
    let granted = house.touch::<AllowFirstPasskey>(&mut place.owner).unwrap();
    let own = house.guard.allow_first_passkey(&granted, place.owner.member);
    assert!(matches!(own, Err(GuardError::HasPasskey)));
    let granted = house.touch::<ChangeRole>(&mut place.owner).unwrap();
    house.guard.change_role(&granted, place.ada, Role::Admin).unwrap();
    let granted = house.touch::<AllowFirstPasskey>(&mut place.owner).unwrap();
    let powerful = house.guard.allow_first_passkey(&granted, place.ada);
    assert!(matches!(powerful, Err(GuardError::NeedsRecovery)));
    let granted = house.touch::<AllowFirstPasskey>(&mut place.owner).unwrap();
    let nobody = house.guard.allow_first_passkey(&granted, MemberId(7));
    assert_eq!(denied(nobody), Some(Denied::NotFound));
}

#[test]
fn edited_rows_allow_nothing() {
    for edit in [
        "update first_passkey set ready_ms = allowed_ms",
        "update first_passkey set account = (select id from account where kind = 'member' order by id limit 1)",
        "update first_passkey set allowed_ms = allowed_ms - 90000000, ready_ms = ready_ms - 90000000",
        "update first_passkey set epoch = epoch + 0, void_ms = void_ms + 1",
    ] {
        let mut place = Place::new();
        place.allow();
        place.house.by_hand(edit);
        let mut ada = place.comes_in();
        assert!(place.enrol(&mut ada).is_err(), "{edit}");
        place.house.hand.advance_ms(DAY);
        if !edit.contains("set account") {
            let mut ada = place.comes_in();
            let refused = denied(place.enrol(&mut ada));
            assert!(matches!(refused, None | Some(Denied::Forbidden { .. })), "{edit}: {refused:?}");
        }
        assert!(!place.has_passkey(), "{edit}");
    }
}
