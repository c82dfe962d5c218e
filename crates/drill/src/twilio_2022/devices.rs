//! Devices that are added to somebody's account.

use serde_json::{Value, json};
use testkit::{Authenticator, Client};

use crate::play::Seen;
use crate::stage::Stage;

const BEGIN: &str = "/api/v1/passkeys/begin";
const FINISH: &str = "/api/v1/passkeys/finish";
const LOCK: &str = "/api/v1/passkeys/lock";
const FIRST: &str = "/api/v1/passkeys/first/begin";

/// Adds a passkey to the owner's account with the owner's touch; its id.
pub fn added(stage: &mut Stage, key: &mut Authenticator) -> String {
    let begun = stage.owner.change(&mut stage.passkey, "POST", BEGIN, &json!({})).expect(200).json;
    let mut made = key.register(&begun);
    made["name"] = json!("another");
    stage.owner.post(FINISH, &made).expect(201).json["id"].as_str().expect("an id").to_owned()
}

pub fn new_device(stage: &mut Stage, open: bool) -> Seen {
    let mut thief = stage.server.client();
    let mut session = stage.server.client();
    session.sign_in(&mut stage.passkey);
    thief.set_cookie(session.cookie().map(str::to_owned));
    let mut gained = Vec::new();

    // With the session alone, and with a ceremony of its own making.
    if thief.post(BEGIN, &json!({})).status < 400 {
        gained.push("begun without a touch");
    }
    if thief.post(FINISH, &json!({ "name": "x", "id": "AAAA", "type": "public-key" })).status < 400 {
        gained.push("finished without a beginning");
    }
    if open {
        let begun = thief.change(&mut stage.passkey, "POST", BEGIN, &json!({})).expect(200).json;
        let mut made = Authenticator::at(&stage.server.console).register(&begun);
        made["name"] = json!("the thief's");
        if thief.post(FINISH, &made).status < 400 {
            gained.push("a touch for the thief");
        }
    }
    // No more devices: not even with a touch.
    stage.owner.change(&mut stage.passkey, "PUT", LOCK, &json!({})).expect(200);
    if stage.owner.change(&mut stage.passkey, "POST", BEGIN, &json!({})).status < 400 {
        gained.push("begun while devices are refused");
    }
    let unlocked = thief.send("DELETE", LOCK, Some(&json!({})), &[]).status < 400;
    if unlocked {
        gained.push("allowed again without a touch");
    }
    stage.owner.change(&mut stage.passkey, "DELETE", LOCK, &json!({})).expect(200);

    // Somebody who has no passkey yet: with a stolen session, and with an admin who was talked into allowing one.
    stage.allow_passwords();
    let mut kim = stage.joined_by_password("viewer").client;
    let mut copied = stage.server.client();
    copied.set_cookie(kim.cookie().map(str::to_owned));
    let id = kim.get("/api/v1/session").expect(200).json["id"].as_str().expect("an id").to_owned();
    if copied.post(FIRST, &json!({})).status < 400 {
        gained.push("a first one that nobody allowed");
    }
    stage.change("POST", &format!("/members/{id}/first-passkey"), &json!({}));
    if copied.post(FIRST, &json!({})).status < 400 {
        gained.push("a first one before anybody could take it back");
    }
    let told_kim = is_told(&mut kim, "first_passkey.allowed", |_| true);
    kim.delete("/api/v1/passkeys/first").expect(204);

    // Added by right: announced, too young to push out the older one, and undone by it.
    let mut young = Authenticator::at(&stage.server.console);
    let id = added(stage, &mut young);
    let added_told = is_told(&mut stage.owner, "passkey.added", |detail| detail["passkey"] == id.as_str());
    let told = added_told && told_kim;
    let mut with_young = stage.server.client();
    with_young.sign_in(&mut young);
    let older = older_than(&mut stage.owner, &id);
    if with_young.change(&mut young, "DELETE", &format!("/api/v1/passkeys/{older}"), &json!({})).status < 400
    {
        gained.push("the older one removed by a young one");
    }
    stage
        .owner
        .change(&mut stage.passkey, "DELETE", &format!("/api/v1/passkeys/{id}"), &json!({}))
        .expect(204);
    let ended = with_young.get("/api/v1/session").status == 401;
    Seen {
        tried: "to add a passkey with a stolen session, out of turn, while they are refused, and as the first one, allowed by an admin who was talked into it; one added by right, then undone".to_owned(),
        outcome: format!(
            "{}; the added one was {}, and {} when it was removed",
            gained.first().map_or_else(|| "all refused".to_owned(), |first| format!("gained: {first}")),
            if told { "announced" } else { "not announced" },
            if ended { "its session ended" } else { "its session went on" },
        ),
        figure: format!("{} gained", gained.len()),
        held: gained.is_empty() && told && ended,
    }
}

fn is_told(whom: &mut Client, kind: &str, of: impl Fn(&Value) -> bool) -> bool {
    let notices = whom.get("/api/v1/notices").expect(200).json;
    let found = |notice: &Value| notice["kind"] == kind && of(&notice["detail"]);
    notices["items"].as_array().is_some_and(|items| items.iter().any(found))
}

fn older_than(owner: &mut Client, id: &str) -> String {
    let passkeys = owner.get("/api/v1/passkeys").expect(200).json;
    let other = passkeys["items"].as_array().into_iter().flatten().find(|passkey| passkey["id"] != id);
    other.and_then(|passkey| passkey["id"].as_str()).expect("the first passkey").to_owned()
}
