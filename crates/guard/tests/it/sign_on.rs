//! What a provider's word is worth, and rows about it that were changed behind our back.

use guard::sign_on::{NewSignOn, Refused, SignOn, Word};
use guard::{Credential, Denied};
use policy::Role;
use policy::actions::{ReadWorkspace, SetSignOn};

use crate::house::{House, Person};

const ADA: Word<'static> =
    Word { subject: "ada-1", email: Some("Ada@Example.com"), sid: None, level: Some(2) };

fn set(house: &House, owner: &mut Person) -> SignOn {
    let new = NewSignOn {
        issuer: "https://login.example.com".to_owned(),
        client_id: "holdfast".to_owned(),
        secret: None,
        domains: vec!["example.com".to_owned()],
        trusted: vec!["gold".to_owned()],
    };
    let granted = house.touch::<SetSignOn>(owner).unwrap();
    house.guard.set_sign_on(&granted, new).unwrap()
}

/// What an account with that session sees of the workspace.
fn looks(house: &House, token: &str) -> Result<(), Denied> {
    let caller = house.guard.identify(Credential::Session(token))?;
    let workspace = Some(house.workspace);
    house.guard.permit(
        &caller,
        <ReadWorkspace as policy::Action>::info(),
        workspace,
        crate::house::proof(None),
    )?;
    Ok(())
}

#[test]
fn a_word_opens_what_it_is_worth() {
    let house = House::new();
    let mut owner = house.owner();
    let on = set(&house, &mut owner);
    let refused = |word: Word<'_>| house.guard.sign_in_vouched(&on, &word).unwrap_err();
    assert!(matches!(refused(ADA), Refused::NotInvited));
    house.member(&mut owner, "ada@example.com", Role::Analyst);
    for level in [None, Some(0), Some(1)] {
        assert!(matches!(refused(Word { level, ..ADA }), Refused::NotEnough), "{level:?}");
    }
    for email in [None, Some("ada@elsewhere.example"), Some("ada"), Some("ada@sub.example.com")] {
        assert!(matches!(refused(Word { email, ..ADA }), Refused::NotInvited), "{email:?}");
    }
    let opened = house.guard.sign_in_vouched(&on, &ADA).unwrap();
    looks(&house, opened.token.expose()).unwrap();
    // Somebody else with the address, and the same one without it.
    assert!(matches!(refused(Word { subject: "other", ..ADA }), Refused::NotInvited));
    house.guard.sign_in_vouched(&on, &Word { email: None, ..ADA }).unwrap();

    // An open invitation to somebody of little power is taken by the first sign-in; one to an admin is not, at level 2.
    for (email, role, comes) in
        [("eve@example.com", Role::Viewer, true), ("adm@example.com", Role::Admin, false)]
    {
        let granted = house.touch::<policy::actions::InviteMember>(&mut owner).unwrap();
        let invited = house.guard.invite(&granted, email, role).unwrap();
        let word = Word { subject: email, email: Some(email), sid: None, level: Some(2) };
        assert_eq!(house.guard.sign_in_vouched(&on, &word).is_ok(), comes, "{email}");
        // The code of an invitation that was taken is worth nothing: it would add a passkey.
        let options = house.guard.begin_enrol(invited.code.expose()).unwrap();
        let mut key = testkit::Authenticator::at(crate::house::ORIGIN);
        assert_eq!(house.guard.finish_enrol(&key.register(&options)).is_err(), comes, "{email}");
    }
    assert!(house.count_entered("sign_on.refused") > 0);
}

#[test]
fn rows_about_a_provider_that_were_changed_are_refused() {
    for edit in [
        "update sign_on set issuer = 'https://evil.example'",
        "update sign_on set trusted = '[\"pwd\"]'",
        "update sign_on set client_id = 'x'",
        "update sign_on_domain set domain = 'evil.example'",
        "update sign_on_subject set account = (select account from membership where role = 'owner')",
        "update session set workspace = null where workspace is not null",
    ] {
        let house = House::new();
        let mut owner = house.owner();
        let on = set(&house, &mut owner);
        house.member(&mut owner, "ada@example.com", Role::Analyst);
        let opened = house.guard.sign_in_vouched(&on, &ADA).unwrap();
        house.by_hand(edit);
        let still = house.guard.sign_on_for("example.com").is_ok_and(|on| on.is_some())
            && house.guard.sign_on_for("evil.example").is_ok()
            && house.guard.sign_in_vouched(&on, &ADA).is_ok()
            && looks(&house, opened.token.expose()).is_ok();
        assert!(!still, "{edit}");
    }
}
