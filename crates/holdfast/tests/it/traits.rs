//! Computed traits, what traits were, and timelines, at the doors and by command.

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

impl House {
    fn until_computed(&mut self, name: &str, people: u64) -> Value {
        let path = self.path(&format!("/computed-traits/{name}"));
        wait_until(30, "values of a computed trait", || {
            let shown = self.owner.get(&path).expect(200).json;
            (shown["state"] == "ready" && shown["people"] == people).then_some(shown)
        })
    }

    fn person_of(&mut self, message: &str) -> String {
        let events = self.every_event();
        let event = events.iter().find(|event| event["message_id"] == message).expect("the event");
        event["person"].as_str().expect("somebody").to_owned()
    }

    fn asked(&mut self, who: &Value) -> Value {
        let path = self.path("/questions");
        self.owner.post(&path, &json!({ "kind": "people", "who": who })).expect(200).json["rows"].clone()
    }
}

fn ordered(house: &House, user: &str, message: &str, properties: &Value) {
    let event =
        json!({ "userId": user, "event": "Order Completed", "messageId": message, "properties": properties });
    house.send("/v1/track", &event);
}

#[test]
fn computed_traits_are_worked_out_shown_and_asked_for() {
    let mut house = House::new();
    ordered(&house, "ann", "a1", &json!({ "total": 40, "contact": "ann@customers.example" }));
    ordered(&house, "ann", "a2", &json!({ "total": 60.5, "contact": "ann@customers.example" }));
    ordered(&house, "bob", "b1", &json!({ "total": 5 }));
    house.events(3);
    let traits = house.path("/computed-traits");
    let paid = json!({ "name": "paid", "event": "Order Completed", "measure": "sum", "property": "total", "within": "90d" });
    let made = house.owner.post(&traits, &paid).expect(201).json;
    assert_eq!(made["words"], "the sum of total over Order Completed within 90 days");
    let last =
        json!({ "name": "contacted", "event": "Order Completed", "measure": "last", "property": "contact" });
    house.owner.post(&traits, &last).expect(201);
    house.until_computed("paid", 2);
    house.until_computed("contacted", 1);

    let ann = house.person_of("a1");
    let profile = house.owner.get(&house.path(&format!("/people/{ann}"))).expect(200);
    assert_eq!(profile.json["computed"]["paid"]["value"], 100.5, "{}", profile.text);
    assert!(profile.json["computed"]["paid"]["at_ms"].is_i64());
    // What the shield made of it, never the address.
    assert!(
        profile.json["computed"]["contacted"]["value"].as_str().unwrap().starts_with('['),
        "{}",
        profile.text
    );
    assert!(!profile.text.contains("customers.example"), "{}", profile.text);
    let one = house.owner.get(&house.path(&format!("/people/{ann}/traits/paid"))).expect(200).json;
    assert_eq!((&one["computed"]["value"], &one["changes"]), (&json!(100.5), &json!([])));

    // In questions, in segments, by what arrives from now on.
    let rich = json!({ "trait": "paid", "op": "gte", "value": 100 });
    assert_eq!(house.asked(&rich), json!([[1]]));
    let segment = json!({ "name": "Rich", "who": rich });
    house.owner.post(&house.path("/segments"), &segment).expect(201);
    ordered(&house, "bob", "b2", &json!({ "total": 95 }));
    let path = house.path("/segments/Rich");
    wait_until(30, "two rich people", || {
        (house.owner.get(&path).expect(200).json["people"] == 2).then_some(())
    });
    assert_eq!(house.asked(&rich), json!([[2]]));

    // What a segment asks for stays; what senders have is no name; a token makes some and changes none.
    let refused = house.owner.delete(&house.path("/computed-traits/paid")).expect(409);
    assert!(refused.text.contains("Rich"), "{}", refused.text);
    house.send("/v1/identify", &json!({ "userId": "ann", "messageId": "i1", "traits": { "plan": "pro" } }));
    house.events(5);
    let plan = json!({ "name": "plan", "event": "A", "measure": "count" });
    assert_eq!(house.owner.post(&traits, &plan).status, 409);
    let wrong =
        house.owner.post(&traits, &json!({ "name": "x", "event": "A", "measure": "mean" })).expect(422);
    assert!(wrong.text.contains("measure"), "{}", wrong.text);
    let mut program = house.token(&["questions:ask", "segments:make"]);
    let orders = json!({ "name": "orders", "event": "Order Completed", "measure": "count" });
    program.post(&traits, &orders).expect(201);
    assert_eq!(program.put(&house.path("/computed-traits/orders"), &orders).status, 403);
    assert_eq!(program.delete(&house.path("/computed-traits/orders")).status, 403);
    house.until_computed("orders", 2);
    let less = json!({ "name": "orders", "event": "Order Completed", "measure": "count", "where": [{ "property": "total", "op": "gt", "value": 50 }] });
    house.owner.put(&house.path("/computed-traits/orders"), &less).expect(200);
    house.until_computed("orders", 2);
    house.owner.delete(&house.path("/computed-traits/orders")).expect(204);

    // The console's pages.
    let pages = house.path("").replace("/api/v1/workspaces/", "/w/");
    let page = house.owner.get(&format!("{pages}/computed")).expect(200).text;
    assert!(page.contains("paid") && page.contains("the sum of total"), "{page}");
    house.owner.get(&format!("{pages}/computed/paid")).expect(200);
    let page = house.owner.get(&format!("{pages}/people/{ann}?trait=plan")).expect(200).text;
    assert!(page.contains("Computed traits") && page.contains("What plan was"), "{page}");
    let entries = house.owner.get(&house.path("/ledger/entries?code=computed.made")).expect(200).text;
    assert!(entries.contains("paid"), "{entries}");
    let shown = house.owner.get(&house.path("/computed-traits")).expect(200).json;
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_a_trait_was_is_told_with_time_and_source_and_never_in_clear() {
    let mut house = House::new();
    for (message, plan, email) in [
        ("i1", "free", "ann@one.example"),
        ("i2", "pro", "ann@two.example"),
        ("i3", "pro", "ann@two.example"),
    ] {
        let traits = json!({ "plan": plan, "email": email });
        house.send("/v1/identify", &json!({ "userId": "ann", "messageId": message, "traits": traits }));
    }
    house.events(3);
    let ann = house.person_of("i1");
    let plan = house.owner.get(&house.path(&format!("/people/{ann}/traits/plan"))).expect(200).json;
    let values: Vec<&Value> = plan["changes"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
    assert_eq!((values, &plan["now"]["value"]), (vec![&json!("pro"), &json!("free")], &json!("pro")));
    assert!(plan["changes"][0]["source"].as_str().unwrap().starts_with("src_"), "{plan}");
    let email = house.owner.get(&house.path(&format!("/people/{ann}/traits/email"))).expect(200);
    let kinds: Vec<&Value> =
        email.json["changes"].as_array().unwrap().iter().map(|it| &it["sealed"]).collect();
    assert_eq!(kinds, [&json!("email"), &json!("email")], "{}", email.text);
    assert!(!email.text.contains("example"), "{}", email.text);
    assert_eq!(house.owner.get(&house.path(&format!("/people/{ann}/traits/never"))).status, 404);
    let entries = house.owner.get(&house.path("/ledger/entries?code=person.viewed")).expect(200).json;
    assert_eq!(entries["items"].as_array().map(Vec::len), Some(2), "{entries}");
    let mut program = house.token(&["questions:ask"]);
    assert_eq!(program.get(&house.path(&format!("/people/{ann}/traits/plan"))).status, 403);
}

#[test]
fn a_timeline_has_events_and_moments_in_one_order_and_pages_lose_nothing() {
    let mut house = House::new();
    house.send("/v1/page", &json!({ "anonymousId": "device-1", "name": "Home", "messageId": "p1" }));
    house.events(1);
    house.send("/v1/identify", &json!({ "userId": "ada", "anonymousId": "device-1", "messageId": "i1" }));
    for number in 0..5 {
        ordered(&house, "ada", &format!("t{number}"), &json!({}));
    }
    house.events(7);
    let ada = house.person_of("i1");
    let path = house.path(&format!("/people/{ada}/timeline"));
    let whole = house.owner.get(&path).expect(200);
    let items = whole.json["items"].as_array().unwrap().clone();
    let count = |what: &str| items.iter().filter(|line| line["what"] == what).count();
    assert_eq!((count("event"), count("identified")), (7, 2), "{}", whole.text);
    let at = |line: &Value| line["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(items.windows(2).all(|two| at(&two[0]) >= at(&two[1])), "{}", whole.text);
    assert!(!whole.text.contains("device-1"), "identifiers are masked: {}", whole.text);
    let mut paged = house.owner.every(&format!("{path}?limit=2"));
    let mut all = items;
    let key = |line: &Value| line.to_string();
    paged.sort_by_key(key);
    all.sort_by_key(key);
    assert_eq!(paged, all);
    assert_eq!(house.owner.get(&format!("{path}?after=nonsense")).status, 422);
    let mut half = house.token(&["people:read"]);
    assert_eq!(half.get(&path).status, 403);
    let mut both = house.token(&["people:read", "events:read"]);
    both.get(&path).expect(200);
    for code in ["person.viewed", "events.read"] {
        let entries = house.owner.get(&house.path(&format!("/ledger/entries?code={code}"))).expect(200).text;
        assert!(entries.contains(&ada), "{code}: {entries}");
    }
}

#[test]
fn segments_and_computed_traits_by_command() {
    let mut house = House::new();
    ordered(&house, "ann", "a1", &json!({}));
    house.events(1);
    let ann = house.person_of("a1");
    let body = json!({ "name": "command", "scopes": ["questions:ask", "people:read", "segments:make"], "expires_in_s": 3600 });
    let path = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    let token = made["token"].as_str().unwrap().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, document: &Value| {
        let path = dir.path().join(name);
        stdx::files::replace(&path, document.to_string().as_bytes()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let run = |house: &House, arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--server", &house.server.console]);
        house.server.command_with(&all, &[("HOLDFAST_TOKEN", &token)])
    };
    let buyers =
        file("buyers", &json!({ "name": "Buyers", "who": { "did": { "event": "Order Completed" } } }));
    let (code, out, error) = run(&house, &["segments", "size", &buyers]);
    assert_eq!((code, out.as_str()), (0, "1 people: whoever did Order Completed ever\n"), "{error}");
    let (code, out, error) = run(&house, &["segments", "create", &buyers, "--json"]);
    assert_eq!(code, 0, "{error}");
    let made: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(made["name"], "Buyers");
    let orders = file("orders", &json!({ "name": "orders", "event": "Order Completed", "measure": "count" }));
    let (code, _, error) = run(&house, &["traits", "create", &orders]);
    assert_eq!(code, 0, "{error}");
    house.until_computed("orders", 1);
    let shown = wait_until(30, "a segment with somebody", || {
        let (_, out, _) = run(&house, &["segments", "show", "Buyers", "--json"]);
        let shown: Value = serde_json::from_str(&out).ok()?;
        (shown["people"] == 1 && shown["state"] == "ready").then_some(shown)
    });
    assert_eq!(shown["id"], made["id"]);
    let (_, out, _) = run(&house, &["segments", "list"]);
    assert!(out.contains("Buyers") && out.contains("up to date"), "{out}");
    let (_, out, _) = run(&house, &["traits", "list"]);
    assert!(out.contains("how many times Order Completed ever"), "{out}");
    let (_, out, _) = run(&house, &["traits", "show", "orders"]);
    assert!(out.contains("1 people, up to date"), "{out}");
    let (code, out, error) = run(&house, &["segments", "why", "Buyers", "--person", &ann]);
    assert!(code == 0 && out.contains("is in") && out.contains("(counted 1)"), "{out}{error}");
    let (code, _, error) = run(&house, &["segments", "show", "Nobody"]);
    assert_ne!(code, 0, "{error}");
}
