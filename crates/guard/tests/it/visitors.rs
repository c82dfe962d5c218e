//! A look around a demo without a passkey.

use guard::{Credential, Denied};
use policy::{PrincipalKind, actions};

use crate::house::{House, proof};

const MAY: [&str; 11] = [
    "ReadSession",
    "EndSession",
    "ListWorkspaces",
    "ReadWorkspace",
    "ReadEvents",
    "ReadShield",
    "ReadPlans",
    "ViewPerson",
    "AskQuestion",
    "ListSegments",
    "ListDashboards",
];

#[test]
fn a_visitor_looks_and_changes_nothing() {
    let house = House::new();
    let code = house.guard.host().look_around(house.workspace).unwrap();
    let signed_in = house.guard.look_around(code.expose()).unwrap();
    let caller = house.guard.identify(Credential::Session(signed_in.token.expose())).unwrap();
    assert_eq!((caller.kind(), caller.level()), (PrincipalKind::Visitor, 1));
    for action in actions::all() {
        let opened = house.guard.permit(&caller, action, Some(house.workspace), proof(None)).is_ok();
        let wanted = action.scope == policy::Scope::Anyone || MAY.contains(&action.name);
        assert_eq!(opened, wanted, "{}", action.name);
    }
}

#[test]
fn a_look_around_link_works_once_and_for_nothing_else() {
    let house = House::new();
    let owner_code = house.owner_code.clone();
    let first = house.guard.host().look_around(house.workspace).unwrap();
    let second = house.guard.host().look_around(house.workspace).unwrap();
    assert_eq!(house.guard.look_around(first.expose()).unwrap_err(), Denied::NotFound, "replaced");
    assert_eq!(house.guard.look_around(&owner_code).unwrap_err(), Denied::NotFound, "another purpose");
    let options = house.guard.begin_enrol(second.expose()).unwrap();
    let enrolled =
        house.guard.finish_enrol(&testkit::Authenticator::at(crate::house::ORIGIN).register(&options));
    assert_eq!(enrolled.unwrap_err(), Denied::NotFound, "enrols nobody");
    let visitor = house.guard.look_around(second.expose()).unwrap();
    assert_eq!(house.guard.look_around(second.expose()).unwrap_err(), Denied::NotFound, "used");
    house.enrol(&owner_code);
    house.guard.host().look_around(house.workspace).unwrap();
    assert!(
        house.guard.identify(Credential::Session(visitor.token.expose())).is_err(),
        "the next visitor replaces this one"
    );
}
