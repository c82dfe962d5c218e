//! A purge through the doors: counted, ordered with a touch, carried out beside collecting, told of without a value.

use serde_json::json;
use testkit::wait_until;

use crate::saved::backup;
use crate::support::{House, send};

const VALUE: &str = "Zebra-Kestrel-9041";

#[test]
fn what_got_in_is_counted_taken_out_and_told_of() {
    let mut house = House::new();
    for number in 0..20 {
        let note = if number == 7 { format!("say {VALUE} again") } else { format!("order {number}") };
        let event = json!({"userId": format!("u-{number}"), "event": "Order Completed", "messageId": format!("m-{number}"),
                           "properties": {"note": note, "total": number}});
        send(&house.server, "/v1/track", &event);
    }
    send(
        &house.server,
        "/v1/identify",
        &json!({"userId": "u-3", "messageId": "i", "traits": {"nickname": VALUE, "plan": "pro"}}),
    );
    house.events(21);
    let asked = json!({"where": {"value": {"text": VALUE}}, "remove": "property", "reason": "a test"});

    let counted = house.owner.post(&house.path("/purges/count"), &asked).expect(200).json;
    assert_eq!(
        (&counted["events"], &counted["people"], &counted["complete"]),
        (&json!(2), &json!(2), &json!(true))
    );

    // Without a touch nothing is ordered; what is not right is told with its field.
    let path = house.path("/purges");
    house.owner.post(&path, &asked).expect(403);
    let short = json!({"where": {"value": {"text": "abc"}}, "remove": "property"});
    let refused = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&short));
    assert!(refused.expect(422).json.to_string().contains("where.value.text"));

    let ordered = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&asked)).expect(202).json;
    assert!(!ordered.to_string().contains(VALUE));
    let one = format!("{path}/{}", ordered["id"].as_str().unwrap());
    let owner = &mut house.owner;
    let done = wait_until(60, "the purge", || {
        let purge = owner.get(&one).expect(200).json;
        (purge["step"] == "done").then_some(purge)
    });
    assert!(!done.to_string().contains(VALUE));
    assert_eq!(done["report"]["events"], 2);
    assert_eq!(done["report"]["places"]["people"]["traits"], 1);

    let events = house.events(21);
    let text = serde_json::to_string(&events).unwrap();
    assert!(!text.contains(VALUE) && text.contains("[purged]") && text.contains("order 8"));
    send(&house.server, "/v1/track", &json!({"userId": "u-1", "event": "Later", "messageId": "later"}));
    house.events(22);
    let listed = house.owner.get(&path).expect(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let page =
        house.owner.get(&format!("/w/{}/quality/purges", house.server.installed.workspace)).expect(200).text;
    assert!(page.contains("done") && !page.contains(VALUE));
}

#[test]
fn the_report_names_what_cannot_be_taken_back() {
    let mut house = House::new();
    let event =
        json!({"userId": "u", "event": "Order Completed", "messageId": "m", "properties": {"note": VALUE}});
    send(&house.server, "/v1/track", &event);
    let person = house.events(1)[0]["person"].as_str().unwrap().to_owned();
    // To a program by its token, to a member on a page, to a file for others.
    let mut program = house.token(&["events:read", "shield:read"]);
    for _ in 0..3 {
        program.get(&house.path("/events")).expect(200);
    }
    program.get(&house.path("/shield/report?format=csv")).expect(200);
    house.owner.get(&house.path(&format!("/people/{person}"))).expect(200);
    backup(&house, "backup");

    let path = house.path("/purges");
    let asked = json!({"where": {"value": {"text": VALUE}}, "remove": "property"});
    let ordered = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&asked)).expect(202).json;
    // Read while the purge is under way or done: no hand-over of before.
    program.get(&house.path("/events")).expect(200);
    let one = format!("{path}/{}", ordered["id"].as_str().unwrap());
    let owner = &mut house.owner;
    let done = wait_until(60, "the purge", || {
        let purge = owner.get(&one).expect(200).json;
        (purge["step"] == "done").then_some(purge)
    });
    let remains = &done["report"]["remains"];
    assert_eq!(remains["backups"].as_array().unwrap().len(), 1, "{remains}");
    let hand_overs = remains["hand_overs"].as_array().unwrap();
    let of = |what: &str| hand_overs.iter().filter(|one| one["what"] == what).collect::<Vec<_>>();
    let program = of("the report by person and property")[0]["to"].clone();
    let events = of("events");
    assert_eq!(events.len(), 2, "the program and the owner: {remains}");
    let of_program = events.iter().find(|one| one["to"] == program).unwrap();
    assert_eq!(of_program["times"], 3, "{remains}");
    let profile = of("a person's profile");
    assert_eq!(profile.len(), 1);
    assert!(profile[0]["to"] != program && profile[0]["last_entry"].is_u64());
    // What is named can be looked up.
    let entries = house.owner.get(&house.path("/ledger/entries?limit=200")).expect(200).json;
    let mut entries = entries["items"].as_array().unwrap().iter();
    let named = entries.find(|entry| entry["index"] == profile[0]["last_entry"]).unwrap();
    assert_eq!((&named["code"], &named["principal"]), (&json!("person.viewed"), &profile[0]["to"]));
}
