//! From where a token may be used, what lapses unused, and who is told.

use std::collections::BTreeMap;
use std::net::IpAddr;

use guard::review::Standing;
use guard::tokens::AskedToken;
use guard::{Credential, Denied, GuardError};
use model::{MemberId, TokenId};
use policy::Role;
use policy::actions::{
    ConfirmMember, CreateToken, ListOperators, ListTokens, ReadOperations, ReadReview, ReadWorkspace,
    RemoveMember, RenewToken,
};

use crate::house::{HOUR, House, Person, denied};

const DAY: i64 = 24 * HOUR;

fn token(house: &House, owner: &mut Person, networks: &[&str]) -> (String, TokenId) {
    let granted = house.touch::<CreateToken>(owner).unwrap();
    let asked = AskedToken {
        name: "nightly",
        scopes: &["events:read", "ledger:read"],
        networks,
        ..AskedToken::default()
    };
    let made = house.guard.create_token(&granted, &asked).unwrap();
    (made.token.expose().clone(), made.id)
}

/// Signs in again, however long ago that was, and looks at the workspace.
fn looks(house: &House, person: &mut Person) -> Result<(), Denied> {
    house.sign_in(person)?;
    house.ask::<ReadWorkspace>(person).map(drop)
}

fn passes(house: &House, days: i64) {
    house.hand.advance_ms(days * DAY);
    house.guard.sweep().unwrap();
}

/// How often it was told: each has its intent and its outcome in the ledger.
fn told(house: &House, code: &str) -> usize {
    house.count_entered(code) / 2
}

fn standing(house: &House, by: &mut Person, of: MemberId) -> Standing {
    house.sign_in(by).unwrap();
    let review = house.guard.review(&house.ask::<ReadReview>(by).unwrap()).unwrap();
    review.members.iter().find(|member| member.id == of).unwrap().standing
}

#[test]
fn a_token_works_from_its_networks_alone() {
    let house = House::new();
    let mut owner = house.owner();
    let (bound, id) = token(&house, &mut owner, &["203.0.113.0/24", "2001:db8::/32"]);
    let (free, _) = token(&house, &mut owner, &[]);
    let from = |text: &str, address: Option<&str>| {
        let address = address.map(|address| address.parse::<IpAddr>().unwrap());
        house.guard.identify_from(Credential::Bearer(text), address).map(drop)
    };
    for (address, expected) in [
        (Some("203.0.113.9"), Ok(())),
        (Some("::ffff:203.0.113.9"), Ok(())),
        (Some("2001:db8::1"), Ok(())),
        (Some("203.0.114.9"), Err(Denied::FromElsewhere)),
        (Some("2001:db9::1"), Err(Denied::FromElsewhere)),
        (None, Err(Denied::FromElsewhere)),
    ] {
        assert_eq!(from(&bound, address), expected, "{address:?}");
        assert_eq!(from(&free, address), Ok(()), "{address:?}");
    }
    let refused: Vec<_> = house.entered().into_iter().filter(|(code, ..)| code == "access.denied").collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|(.., detail)| detail["why"] == "token-network"), "{refused:?}");

    let listed = house.guard.tokens(&house.ask::<ListTokens>(&owner).unwrap()).unwrap();
    let found = listed.iter().find(|found| found.token.id == id).unwrap();
    assert!(found.usage.used_from.is_some(), "the network that it was used from");
    assert_eq!(found.token.networks.texts().collect::<Vec<_>>(), ["203.0.113.0/24", "2001:db8::/32"]);

    let granted = house.touch::<CreateToken>(&mut owner).unwrap();
    let many = vec!["192.0.2.1"; 17];
    for networks in [&["203.0.113.0/33"][..], &["example.com"], &many] {
        let asked = AskedToken { name: "x", scopes: &["events:read"], networks, ..AskedToken::default() };
        let refused = house.guard.create_token(&granted, &asked);
        assert!(matches!(refused, Err(GuardError::Invalid { field: "networks", .. })), "{networks:?}");
    }
}

#[test]
fn a_token_unused_for_thirty_days_stops_until_somebody_says_that_it_is_needed() {
    let house = House::new();
    let mut owner = house.owner();
    let ((used, _), (unused, id)) = (token(&house, &mut owner, &[]), token(&house, &mut owner, &[]));
    let works = |text: &str| house.guard.identify(Credential::Bearer(text)).map(drop);
    for _ in 0..2 {
        passes(&house, 11);
        works(&used).unwrap();
    }
    passes(&house, 1);
    assert_eq!(told(&house, "token.lapsing"), 1, "a week before");
    passes(&house, 7);
    assert_eq!(works(&unused), Err(Denied::Lapsed { what: "token" }));
    works(&used).unwrap();
    assert_eq!((told(&house, "token.lapsed"), told(&house, "token.lapsing")), (1, 1));

    house.sign_in(&mut owner).unwrap();
    let listed = house.guard.tokens(&house.ask::<ListTokens>(&owner).unwrap()).unwrap();
    let states = listed.iter().map(|found| (found.token.id == id, found.standing));
    assert_eq!(
        states.collect::<BTreeMap<_, _>>(),
        [(false, Standing::Used), (true, Standing::Lapsed)].into()
    );
    // Neither a clock set back nor being tried brings it back.
    house.hand.advance_ms(-20 * DAY);
    assert!(works(&unused).is_err());
    house.hand.advance_ms(20 * DAY);
    let granted = house.touch::<RenewToken>(&mut owner).unwrap();
    house.guard.renew_token(&granted, id).unwrap();
    works(&unused).unwrap();
    assert_eq!(told(&house, "token.renewed"), 1);
}

#[test]
fn a_role_unused_for_thirty_days_opens_nothing_until_it_is_confirmed() {
    let house = House::new();
    let mut owner = house.owner();
    let mut idle = house.member(&mut owner, "idle@example.com", Role::Analyst);
    let mut busy = house.member(&mut owner, "busy@example.com", Role::Analyst);
    for _ in 0..2 {
        passes(&house, 12);
        looks(&house, &mut busy).unwrap();
        looks(&house, &mut owner).unwrap();
    }
    assert_eq!(standing(&house, &mut owner, idle.member), Standing::Lapsing);
    passes(&house, 6);
    assert_eq!(looks(&house, &mut idle), Err(Denied::Lapsed { what: "role" }));
    looks(&house, &mut busy).unwrap();
    assert_eq!(standing(&house, &mut owner, idle.member), Standing::Lapsed);
    assert_eq!(told(&house, "member.lapsed"), 1);
    let granted = house.touch::<ConfirmMember>(&mut owner).unwrap();
    house.guard.confirm_member(&granted, idle.member).unwrap();
    looks(&house, &mut idle).unwrap();
    assert_eq!(told(&house, "member.confirmed"), 1);
}

#[test]
fn the_last_owner_and_the_last_operator_never_lapse() {
    let house = House::new();
    let mut owner = house.owner();
    let mut second = house.member(&mut owner, "second@example.com", Role::Owner);
    let mut operator = house.operator();
    passes(&house, 40);
    // Nobody was there: whoever comes first finds it open, and the other can be confirmed.
    looks(&house, &mut owner).unwrap();
    house.guard.sweep().unwrap();
    assert_eq!(looks(&house, &mut second), Err(Denied::Lapsed { what: "role" }));
    house.sign_in(&mut operator).unwrap();
    let caller = house.caller(&operator).unwrap();
    let info = <ReadOperations as policy::Action>::info();
    assert!(house.guard.permit(&caller, info, None, crate::house::proof(None)).is_ok());
    // A lapsed owner is none to leave the workspace to.
    let granted = house.touch::<RemoveMember>(&mut owner).unwrap();
    let left = house.guard.remove_member(&granted, owner.member);
    assert!(matches!(left, Err(GuardError::LastOwner)), "{left:?}");
    // What had lapsed stays so, also when the one who was there is not any more.
    passes(&house, 40);
    assert_eq!(looks(&house, &mut second), Err(Denied::Lapsed { what: "role" }));
    looks(&house, &mut owner).unwrap();
}

#[test]
fn an_operator_unused_for_thirty_days_has_no_access_until_another_confirms_it() {
    let house = House::new();
    let mut first = house.operator();
    let mut second = house.second_operator();
    for _ in 0..3 {
        passes(&house, 12);
        house.sign_in(&mut first).unwrap();
        house.ask::<ListOperators>(&first).unwrap();
    }
    house.sign_in(&mut second).unwrap();
    let refused = house.ask::<ListOperators>(&second).map(drop);
    assert_eq!(refused, Err(Denied::Lapsed { what: "role" }));
    house.ask::<policy::actions::ReadSession>(&second).unwrap();
    let granted = house.touch::<policy::actions::ConfirmOperator>(&mut first).unwrap();
    house.guard.confirm_operator(&granted, second.member).unwrap();
    house.ask::<ListOperators>(&second).unwrap();
}

#[test]
fn the_review_says_what_each_role_and_token_could_see() {
    let house = House::new();
    let mut owner = house.owner();
    let viewer = house.member(&mut owner, "viewer@example.com", Role::Viewer);
    token(&house, &mut owner, &[]);
    let review = house.guard.review(&house.ask::<ReadReview>(&owner).unwrap()).unwrap();
    let could = |id: MemberId| review.members.iter().find(|member| member.id == id).unwrap().could.clone();
    assert!(could(owner.member).contains(&"ExportPeople"));
    assert!(could(viewer.member).contains(&"ViewPerson"));
    assert!(!could(viewer.member).contains(&"ListPeople"));
    assert_eq!(review.tokens[0].standing, Standing::New);
    assert!(review.tokens[0].could.contains(&"ReadLedger"));
    assert!(!review.tokens[0].could.contains(&"ListPeople"));
    assert!(denied(house.ask::<ReadReview>(&viewer).map_err(GuardError::Denied)).is_some());
}
