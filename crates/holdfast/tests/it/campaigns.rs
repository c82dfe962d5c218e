//! Messages at the doors: what waits for a second person, what leaves to the relay, and what ends it.

use serde_json::{Value, json};
use testkit::{MailSink, wait_until};

use crate::grants::{Office, id, join};
use crate::support::House;

/// An office whose messages go to a relay of the test's.
fn office() -> (Office, MailSink) {
    let letters = MailSink::open();
    let port = letters.port().to_string();
    let environment = [
        ("HOLDFAST_MESSAGES__SMTP__HOST", "127.0.0.1"),
        ("HOLDFAST_MESSAGES__SMTP__PORT", port.as_str()),
        ("HOLDFAST_MESSAGES__SMTP__SECURITY", "plain"),
    ];
    let mut house = House::with(&[], &environment);
    let (admin, admin_key) = join(&mut house, "admin@example.com", "admin");
    (Office { house, admin, admin_key }, letters)
}

fn peopled(house: &mut House, count: usize) {
    for number in 0..count {
        let traits =
            json!({ "email": format!("u{number}@customers.example"), "first_name": format!("Ann{number}") });
        house.send("/v1/identify", &json!({ "userId": format!("u{number}"), "traits": traits }));
    }
    house.events(count);
}

fn template(text: &str) -> Value {
    json!({
        "name": "News", "subject": "Hello {{ first_name | default: \"there\" }}", "text": text,
        "html": format!("<p>{text}</p>"), "from": "Shop <news@shop.example>",
    })
}

/// The admin writes, and the owner approves: whom the owner has just invited is no second person for the owner.
impl Office {
    fn yes(&mut self, grant: &Value) -> Value {
        let path = self.house.path(&format!("/grants/{}/approve", id(grant)));
        let body = json!({ "digest": grant["digest"] });
        let House { owner, passkey, .. } = &mut self.house;
        owner.confirmed(passkey, "POST", &path, Some(&body)).expect(200).json
    }

    fn broadcast(&mut self, text: &str) -> String {
        let (templates, broadcasts) = (self.house.path("/templates"), self.house.path("/broadcasts"));
        let made = self.admin.post(&templates, &template(text)).expect(201).json;
        let draft = json!({ "name": "Spring", "template": made["id"], "version": made["version"] });
        id(&self.admin.post(&broadcasts, &draft).expect(201).json).to_owned()
    }

    fn send(&mut self, broadcast: &str) -> Value {
        let path = self.house.path(&format!("/broadcasts/{broadcast}/send"));
        self.admin.confirmed(&mut self.admin_key, "POST", &path, Some(&json!({}))).expect(202).json
    }

    fn shown(&mut self, broadcast: &str) -> Value {
        let path = self.house.path(&format!("/broadcasts/{broadcast}"));
        self.house.owner.get(&path).expect(200).json
    }

    fn until(&mut self, broadcast: &str, state: &str) -> Value {
        wait_until(30, state, || Some(self.shown(broadcast)).filter(|shown| shown["state"] == state))
    }
}

#[test]
fn what_another_person_approved_is_sent_once_to_everybody_who_is_written_to() {
    let (mut office, letters) = office();
    peopled(&mut office.house, 12);
    let broadcast = office.broadcast("Dear {{ first_name }}, see https://shop.example/new");
    let preview = office.house.path(&format!("/broadcasts/{broadcast}/preview"));
    let preview = office.house.owner.get(&preview).expect(200).json;
    assert_eq!((&preview["people"], &preview["domains"]), (&json!(12), &json!(["shop.example"])));

    let asked = office.send(&broadcast);
    assert_eq!(
        asked["waits_for"],
        json!(["new-from", "new-links", "first-send", "new-device", "new-people"])
    );
    // Nobody approves what they ask for, and no token sends what nobody approved.
    let approve = office.house.path(&format!("/grants/{}/approve", id(&asked["grant"])));
    let body = json!({ "digest": asked["grant"]["digest"] });
    let own = office.admin.confirmed(&mut office.admin_key, "POST", &approve, Some(&body));
    assert_eq!((own.status, &own.json["policy"]), (403, &json!("second-person")), "{}", own.text);
    let (messages, shown) = (office.house.path("/messages"), office.shown(&broadcast));
    let named = json!({ "template": shown["draft"]["template"], "version": 1, "to": ["u3"] });
    let mut program = office.house.token(&["messages:send"]);
    assert_eq!(program.post(&messages, &named).status, 422);
    assert_eq!(letters.arrived().len(), 0, "nothing left before somebody else approved it");

    assert_eq!(office.yes(&asked["grant"])["decision"]["alone"], false);
    let done = office.until(&broadcast, "done");
    assert_eq!((&done["counts"]["accepted"], &done["counts"]["uncertain"]), (&json!(12), &json!(0)));
    let sent = letters.arrived();
    let mut to: Vec<&str> = sent.iter().map(|mail| mail.to[0].as_str()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((sent.len(), to.len()), (12, 12));
    let third = sent.iter().find(|mail| mail.to == ["u3@customers.example"]).expect("a letter for u3");
    assert!(third.text.contains("Subject: Hello Ann3") && third.text.contains("Dear Ann3"), "{}", third.text);
    assert!(third.text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{}", third.text);

    // Looking at the link changes nothing; one POST does, and no later message comes.
    let link = third
        .text
        .split("List-Unsubscribe: <")
        .nth(1)
        .and_then(|rest| rest.split('>').next())
        .expect("a link");
    let path = link.replace(['\r', '\n', ' '], "");
    let path = path.strip_prefix(&office.house.server.collect).expect("at the collect door").to_owned();
    let mut somebody = office.house.server.sdk();
    assert_eq!(somebody.get(&path).status, 200);
    assert_eq!(program.post(&messages, &named).expect(202).json["people"], 1);
    wait_until(30, "a program's message", || (letters.arrived().len() == 13).then_some(()));
    let grants = office.house.owner.get(&office.house.path("/grants")).expect(200).json;
    let kinds: Vec<&str> =
        grants["items"].as_array().unwrap().iter().filter_map(|grant| grant["kind"].as_str()).collect();
    assert!(
        !kinds.is_empty() && kinds.iter().all(|kind| *kind == "send"),
        "what programs send is not among them: {kinds:?}"
    );
    let one_click = Some("application/x-www-form-urlencoded");
    somebody.send_raw("POST", &path, one_click, b"List-Unsubscribe=One-Click", &[]).expect(200);
    assert_eq!(program.post(&messages, &named).status, 422, "nobody is left to send to");
    let again = office.broadcast("And once more, {{ first_name }}");
    let asked = office.send(&again);
    assert_eq!(asked["people"], 11);
    office.yes(&asked["grant"]);
    assert_eq!(office.until(&again, "done")["counts"]["accepted"], 11);
    let later = letters.arrived().split_off(13);
    assert!(later.iter().all(|mail| mail.to != ["u3@customers.example"]));

    // What members see has nobody's address in it, nor has the file of people.
    let shown = [office.shown(&broadcast), office.shown(&again)].map(|shown| shown.to_string()).concat();
    assert!(!shown.contains("customers.example"), "{shown}");
}

#[test]
fn an_edit_voids_and_a_stop_ends_what_waits() {
    let (mut office, letters) = office();
    peopled(&mut office.house, 3);
    let broadcast = office.broadcast("Hello");
    let asked = office.send(&broadcast);
    let path = office.house.path(&format!("/broadcasts/{broadcast}"));
    let mut draft = office.shown(&broadcast)["draft"].clone();
    draft["name"] = json!("Summer");
    assert_eq!(office.house.owner.put(&path, &draft).expect(200).json["state"], "draft");
    let approve = office.house.path(&format!("/grants/{}/approve", id(&asked["grant"])));
    let body = json!({ "digest": asked["grant"]["digest"] });
    let House { owner, passkey, .. } = &mut office.house;
    let late = owner.confirmed(passkey, "POST", &approve, Some(&body));
    assert_eq!(late.status, 409, "{}", late.text);

    let asked = office.send(&broadcast);
    let stop = office.house.path(&format!("/broadcasts/{broadcast}/stop"));
    assert_eq!(office.house.owner.post(&stop, &json!({})).expect(200).json["state"], "stopped");
    let approve = office.house.path(&format!("/grants/{}/approve", id(&asked["grant"])));
    let body = json!({ "digest": asked["grant"]["digest"] });
    let House { owner, passkey, .. } = &mut office.house;
    assert_eq!(owner.confirmed(passkey, "POST", &approve, Some(&body)).status, 409);

    // A test goes to members, and to nobody else.
    let test = office.broadcast("Hello {{ first_name }}");
    let path = office.house.path(&format!("/broadcasts/{test}/test"));
    let own = office.house.owner.get("/api/v1/session").expect(200).json["id"].clone();
    assert_eq!(
        office.house.owner.post(&path, &json!({ "to": ["mem_00000000000000000000000000"] })).status,
        422
    );
    assert_eq!(office.house.owner.post(&path, &json!({ "to": ["u1@customers.example"] })).status, 422);
    assert_eq!(office.house.owner.post(&path, &json!({ "to": [own] })).expect(200).json["accepted"], 1);
    let arrived = letters.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].to, ["owner@example.com"]);
    assert!(arrived[0].text.contains("[first_name]"), "{}", arrived[0].text);
}
