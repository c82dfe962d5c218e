//! Fresh touches: one touch, one request.

use guard::{Caller, Denied, Proof};
use policy::Action;
use policy::actions::{CreateToken, InviteMember, ReadSession, RotateWriteKey};

use crate::house::{House, MINUTE, proof};

fn pending(house: &House, caller: &Caller) -> (String, serde_json::Value) {
    match house.guard.permit(caller, CreateToken::info(), Some(house.workspace), proof(None)) {
        Err(Denied::StepUpRequired { id, public_key }) => (id, public_key),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_touch_fits_one_request_once() {
    let house = House::new();
    let mut owner = house.owner();
    let caller = house.caller(&owner).unwrap();
    let (id, options) = pending(&house, &caller);
    let permit = |action, workspace, proof| house.guard.permit(&caller, action, workspace, proof);
    let here = Some(house.workspace);
    let with = Some(id.as_str());

    assert_eq!(
        permit(CreateToken::info(), here, proof(with)).unwrap_err(),
        Denied::StepUpWrong,
        "not touched yet"
    );
    house.guard.finish_step_up(&caller, &id, owner.key.sign(&options)).unwrap();

    let other_requests = [
        Proof { method: "PUT", ..proof(with) },
        Proof { path: "/api/v1/y", ..proof(with) },
        Proof { path: "/api/v1/x?", ..proof(with) },
        Proof { body_digest: [8; 32], ..proof(with) },
        Proof { step_up_id: Some("aaaa"), ..proof(with) },
    ];
    for other in other_requests {
        assert_eq!(permit(CreateToken::info(), here, other).unwrap_err(), Denied::StepUpWrong, "{other:?}");
    }
    assert_eq!(permit(RotateWriteKey::info(), here, proof(with)).unwrap_err(), Denied::StepUpWrong);
    assert_eq!(permit(InviteMember::info(), here, proof(with)).unwrap_err(), Denied::StepUpWrong);

    let granted = permit(CreateToken::info(), here, proof(with)).unwrap();
    assert!(granted.touched.is_some());
    assert_eq!(permit(CreateToken::info(), here, proof(with)).unwrap_err(), Denied::StepUpWrong, "used");
}

#[test]
fn a_touch_counts_for_120_seconds() {
    let house = House::new();
    let mut owner = house.owner();
    for (seconds, good) in [(120, true), (121, false)] {
        let caller = house.caller(&owner).unwrap();
        let (id, options) = pending(&house, &caller);
        house.guard.finish_step_up(&caller, &id, owner.key.sign(&options)).unwrap();
        house.hand.advance_ms(seconds * 1_000);
        let used = house.guard.permit(&caller, CreateToken::info(), Some(house.workspace), proof(Some(&id)));
        assert_eq!(used.is_ok(), good, "{seconds}");
    }
    // Too late to touch at all.
    let caller = house.caller(&owner).unwrap();
    let (id, options) = pending(&house, &caller);
    house.hand.advance_ms(121_000);
    let late = house.guard.finish_step_up(&caller, &id, owner.key.sign(&options));
    assert_eq!(late.unwrap_err(), Denied::StepUpWrong);
}

#[test]
fn a_touch_belongs_to_its_session() {
    let house = House::new();
    let mut owner = house.owner();
    let first = house.caller(&owner).unwrap();
    let (id, options) = pending(&house, &first);
    let assertion = owner.key.sign(&options);
    house.sign_in(&mut owner).unwrap();
    let second = house.caller(&owner).unwrap();

    assert_eq!(house.guard.finish_step_up(&second, &id, assertion.clone()).unwrap_err(), Denied::StepUpWrong);
    house.guard.finish_step_up(&first, &id, assertion).unwrap();
    let elsewhere = house.guard.permit(&second, CreateToken::info(), Some(house.workspace), proof(Some(&id)));
    assert_eq!(elsewhere.unwrap_err(), Denied::StepUpWrong);
}

#[test]
fn only_the_right_passkey_and_challenge_count() {
    let house = House::new();
    let mut owner = house.owner();
    let mut operator = house.operator();
    let caller = house.caller(&owner).unwrap();
    let (id, options) = pending(&house, &caller);

    // Somebody else's passkey, which does not even see that it is not meant.
    let mut meant_for_all = options.clone();
    meant_for_all["allowCredentials"] = serde_json::json!([]);
    let foreign = operator.key.sign(&meant_for_all);
    assert_eq!(house.guard.finish_step_up(&caller, &id, foreign).unwrap_err(), Denied::StepUpWrong);

    // The right passkey, but for signing in.
    let sign_in = owner.key.sign(&house.guard.begin_sign_in().unwrap());
    assert_eq!(house.guard.finish_step_up(&caller, &id, sign_in).unwrap_err(), Denied::StepUpWrong);

    // And the other way round: a touch signs nobody in.
    let touch = owner.key.sign(&options);
    assert_eq!(house.guard.finish_sign_in(&touch).unwrap_err(), Denied::NotFound);

    // From another origin.
    owner.key.move_to("http://localhost:9999");
    let relayed = owner.key.sign(&options);
    assert_eq!(house.guard.finish_step_up(&caller, &id, relayed).unwrap_err(), Denied::StepUpWrong);
    owner.key.move_to(crate::house::ORIGIN);

    house.guard.finish_step_up(&caller, &id, touch.clone()).unwrap();
    assert_eq!(house.guard.finish_step_up(&caller, &id, touch).unwrap_err(), Denied::StepUpWrong, "twice");
}

#[test]
fn a_touch_is_on_record_for_others_to_check() {
    let house = House::new();
    let mut owner = house.owner();
    house.touch::<CreateToken>(&mut owner).unwrap();
    let entered = house.entered();
    let (_, passkey, detail) = entered.iter().find(|(code, ..)| code == "step_up.touched").unwrap();
    assert_eq!(detail["action"], "CreateToken");
    assert_eq!(detail["method"], "POST");
    assert_eq!(detail["body_sha256"].as_str().unwrap(), "07".repeat(32));
    let enrolled =
        entered.iter().find(|(code, object, _)| code == "passkey.enrolled" && object == passkey).unwrap();
    assert!(enrolled.2["public_key"].is_object());
    for part in ["nonce", "client_data", "authenticator_data", "signature"] {
        assert!(detail["evidence"][part].is_string(), "{part}");
    }
}

#[test]
fn nobody_is_asked_to_touch_for_what_they_may_not_do() {
    let house = House::new();
    let mut owner = house.owner();
    let viewer = house.member(&mut owner, "viewer@example.com", policy::Role::Viewer);
    assert_eq!(
        house.ask::<CreateToken>(&viewer).unwrap_err(),
        Denied::Forbidden { why: policy::Decision::NO_PERMIT.to_owned() }
    );
    assert!(house.ask::<ReadSession>(&viewer).unwrap().touched.is_none());
}

#[test]
fn a_flood_of_step_ups_pushes_out_only_ones_own() {
    let house = House::new();
    let mut owner = house.owner();
    let mut admin = house.member(&mut owner, "admin@example.com", policy::Role::Admin);
    let honest = house.caller(&admin).unwrap();
    let (id, options) = pending(&house, &honest);
    let flooder = house.caller(&owner).unwrap();
    let first = pending(&house, &flooder);
    for _ in 0..16 {
        pending(&house, &flooder);
    }
    let pushed_out = house.guard.finish_step_up(&flooder, &first.0, owner.key.sign(&first.1));
    assert_eq!(pushed_out.unwrap_err(), Denied::StepUpWrong);
    house.guard.finish_step_up(&honest, &id, admin.key.sign(&options)).unwrap();
    house.hand.advance_ms(MINUTE);
    assert!(
        house.guard.permit(&honest, CreateToken::info(), Some(house.workspace), proof(Some(&id))).is_ok()
    );
}
