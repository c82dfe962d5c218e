//! The people behind a number of an answer: whom it counts, for whoever may both ask and list people, within the budget.

use serde_json::{Value, json};

use crate::support::House;

/// Three people who signed up in two countries, two of whom ordered, one on the same day.
fn shop(environment: &[(&str, &str)]) -> House {
    let mut house = House::with(&[], environment);
    for (number, (user, event, country, day)) in [
        ("ada", "Signed Up", "DE", 1),
        ("ben", "Signed Up", "DE", 1),
        ("cleo", "Signed Up", "FR", 2),
        ("ada", "Order Completed", "DE", 1),
        ("cleo", "Order Completed", "FR", 3),
        ("cleo", "Order Completed", "FR", 3),
    ]
    .into_iter()
    .enumerate()
    {
        house.send(
            "/v1/track",
            &json!({"userId": format!("{user}@harbour.example"), "event": event, "messageId": format!("m{number}"),
                "timestamp": format!("2026-08-0{day}T{:02}:00:00Z", 9 + number), "properties": {"country": country}}),
        );
    }
    house.events(6);
    house
}

fn range() -> Value {
    json!({"from": "2026-08-01", "to": "2026-08-03"})
}

fn funnel() -> Value {
    json!({"kind": "funnel", "steps": [{"event": "Signed Up"}, {"event": "Order Completed"}], "within": "7d",
        "by": ["country"], "range": range()})
}

fn trend() -> Value {
    json!({"kind": "trend", "events": [{"event": "Page Viewed"}, {"event": "Order Completed"}], "range": range()})
}

fn retention() -> Value {
    json!({"kind": "retention", "start": {"event": "Signed Up"}, "return": {"event": "Order Completed"},
        "interval": "day", "periods": 2, "range": range()})
}

fn flow() -> Value {
    json!({"kind": "flow", "start": {"event": "Signed Up"}, "session": "2h", "range": range()})
}

fn sessions() -> Value {
    json!({"kind": "sessions", "by": ["country"], "session": "3h", "range": range()})
}

#[test]
fn a_number_leads_to_its_people_masked_and_entered() {
    let mut house = shop(&[]);
    let path = house.path("/questions/people");
    let mut behind = |question: &Value, of: Value| {
        house.owner.post(&path, &json!({"question": question, "of": of})).expect(200).json
    };
    let day = |day: u32| format!("2026-08-0{day}T00:00:00Z");
    let ids = |found: &Value| -> Vec<String> {
        let items = found["items"].as_array().unwrap();
        assert_eq!(found["people"].as_u64(), Some(items.len() as u64), "{found}");
        assert!(found["next"].is_null());
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let german = behind(&funnel(), json!({"step": 1, "group": ["DE"]}));
    assert!(!german.to_string().contains("harbour.example"), "{german}");
    let german = ids(&german);
    assert_eq!(german.len(), 2);
    let ordered = ids(&behind(&funnel(), json!({"step": 2, "group": ["DE"]})));
    let stopped = ids(&behind(&funnel(), json!({"step": 2, "reached": false, "group": ["DE"]})));
    assert_eq!((ordered.len(), stopped.len()), (1, 1));
    assert!(german.contains(&ordered[0]) && german.contains(&stopped[0]) && ordered != stopped);
    let french = ids(&behind(&funnel(), json!({"step": 2, "group": ["FR"]})));
    assert_eq!(ids(&behind(&trend(), json!({"time": day(1), "event": 1}))), ordered);
    assert_eq!(ids(&behind(&trend(), json!({"time": day(3), "event": 1}))), french);
    assert!(ids(&behind(&trend(), json!({"time": day(1), "event": 0}))).is_empty());
    assert_eq!(ids(&behind(&retention(), json!({"start": day(2), "offset": 1}))), french);
    let began = ids(&behind(&retention(), json!({"start": day(1), "offset": 0})));
    assert_eq!(began.len(), 2);

    // Ada ordered three hours after signing up: in one session of pauses so long, and in two of shorter ones.
    let in_session = |pause: &str| {
        let mut question = funnel();
        question["within"] = json!("session");
        question["session"] = json!(pause);
        question
    };
    let questions = house.path("/questions");
    for (pause, came) in
        [("3h", json!([[1, 2], [2, 1], [1, 1], [2, 0]])), ("2h", json!([[1, 2], [2, 0], [1, 1], [2, 0]]))]
    {
        let answer = house.owner.post(&questions, &in_session(pause)).expect(200).json;
        let rows = answer["rows"].as_array().unwrap();
        let counts: Vec<Value> = rows.iter().map(|row| json!([row[1], row[2]])).collect();
        assert_eq!(json!(counts), came, "{answer}");
    }
    let mut behind = |question: &Value, of: Value| {
        house.owner.post(&path, &json!({"question": question, "of": of})).expect(200).json
    };
    let of = |reached: bool| json!({"step": 2, "reached": reached, "group": ["DE"]});
    assert_eq!(ids(&behind(&in_session("3h"), of(true))), ordered);
    assert_eq!(ids(&behind(&in_session("2h"), of(false))), german);

    // Everybody's path begins with signing up, and without a pause of more than two hours nothing more came.
    let everybody = ids(&behind(&flow(), json!({"path": ["Signed Up"]})));
    assert_eq!(everybody.len(), 3);
    assert_eq!(ids(&behind(&flow(), json!({"path": ["Signed Up", null, null]}))), everybody);
    assert!(ids(&behind(&flow(), json!({"path": ["Signed Up", "Order Completed"]}))).is_empty());
    let mut longer = flow();
    longer["session"] = json!("3h");
    assert_eq!(ids(&behind(&longer, json!({"path": ["Signed Up", "Order Completed"]}))), ordered);
    let begun = |on: u32, group: &str| json!({"time": day(on), "group": [group]});
    assert_eq!(ids(&behind(&sessions(), begun(1, "DE"))), german);
    assert_eq!(ids(&behind(&sessions(), begun(3, "FR"))), french);
    assert!(ids(&behind(&sessions(), begun(1, "FR"))).is_empty());

    // A page at a time.
    let mut page = |after: &Value| {
        let body =
            json!({"question": funnel(), "of": {"step": 1, "group": ["DE"]}, "limit": 1, "after": after});
        house.owner.post(&path, &body).expect(200).json
    };
    let first = page(&Value::Null);
    let second = page(&first["next"]);
    assert_eq!((&first["people"], &second["people"], &second["next"]), (&json!(2), &json!(2), &Value::Null));
    assert_eq!(
        [&first["items"][0]["id"], &second["items"][0]["id"]],
        [german[0].as_str(), german[1].as_str()]
    );

    // The ledger has who was shown, and that it was asked, without the question's values.
    let entries = |house: &mut House, code: &str| {
        let path = house.path(&format!("/ledger/entries?code={code}"));
        house.owner.get(&path).expect(200).json["items"].as_array().unwrap().clone()
    };
    let listed = entries(&mut house, "people.listed");
    let newest = listed.first().unwrap();
    assert_eq!((&newest["object"], &newest["detail"]["people"]), (&json!("question"), &json!([german[1]])));
    let asked = entries(&mut house, "question.asked");
    assert_eq!(asked.first().unwrap()["detail"]["behind"], true);
    assert!(!asked.iter().any(|entry| entry.to_string().contains("Signed Up")));
}

#[test]
fn what_leads_nowhere_says_so_by_its_place() {
    let mut house = shop(&[]);
    let path = house.path("/questions/people");
    let people = json!({"kind": "people", "who": {"did": {"event": "Signed Up"}}});
    for (question, of, field) in [
        (people, json!({}), "/question/kind"),
        (flow(), json!({}), "/of/path"),
        (flow(), json!({"path": ["Signed Up", null, "Order Completed"]}), "/of/path/2"),
        (sessions(), json!({"time": "2026-08-01T01:00:00Z", "group": ["DE"]}), "/of/time"),
        (sessions(), json!({"time": "2026-08-01T00:00:00Z"}), "/of/group"),
        (json!({"kind": "funnel"}), json!({}), "/question/steps"),
        (funnel(), json!({"step": 3, "group": ["DE"]}), "/of/step"),
        (funnel(), json!({"step": 2}), "/of/group"),
        (trend(), json!({"time": "2026-08-01T01:00:00Z"}), "/of/time"),
        (retention(), json!({"start": "2026-08-01T00:00:00Z", "offset": 3}), "/of/offset"),
    ] {
        let refused = house.owner.post(&path, &json!({"question": question, "of": of})).expect(422);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
}

#[test]
fn it_takes_both_rights_and_counts_against_the_budget() {
    let budgets = [("HOLDFAST_PEOPLE__SEEN_PER_HOUR_MAX", "2"), ("HOLDFAST_PEOPLE__SEEN_PER_DAY_MAX", "2")];
    let mut house = shop(&budgets);
    let path = house.path("/questions/people");
    let body = |group: &str| json!({"question": funnel(), "of": {"step": 1, "group": [group]}});
    for scopes in [&["questions:ask"][..], &["people:read"]] {
        house.token(scopes).post(&path, &body("DE")).expect(403);
    }
    let mut program = house.token(&["questions:ask", "people:read"]);
    program.post(&path, &body("DE")).expect(200);
    let refused = program.post(&path, &body("FR")).expect(429);
    assert_eq!(refused.json["code"], "people-budget");
    program.post(&path, &body("DE")).expect(200);

    // In the console, numbers lead on for whoever may list people, and for nobody else.
    let workspace = house.server.installed.workspace.clone();
    let page = format!(
        "/w/{workspace}/questions/funnel?event=Signed+Up&event=Order+Completed&from=2026-08-01&to=2026-08-03&by=country"
    );
    let query = "question=%7B%22kind%22%3A%22funnel%22%2C%22steps%22%3A%5B%7B%22event%22%3A%22Signed%20Up%22%7D%2C%7B%22event%22%3A%22Order%20Completed%22%7D%5D%2C%22within%22%3A%227d%22%2C%22range%22%3A%7B%22from%22%3A%222026-08-01%22%2C%22to%22%3A%222026-08-03%22%7D%7D&of=%7B%22step%22%3A2%2C%22reached%22%3Afalse%7D";
    let list = format!("/w/{workspace}/questions/behind?{query}");
    let drawn = house.owner.get(&page).expect(200).text;
    assert!(drawn.contains("name=\"of\"") && drawn.contains("/questions/behind"), "{drawn}");
    for (kind, place) in [
        ("flow?event=Signed+Up&from=2026-08-01&to=2026-08-03", "{&quot;path&quot;:[&quot;Signed Up&quot;"),
        ("sessions?from=2026-08-01&to=2026-08-03", "&quot;time&quot;:&quot;2026-08-01T00:00:00Z&quot;"),
    ] {
        let drawn = house.owner.get(&format!("/w/{workspace}/questions/{kind}")).expect(200).text;
        assert!(drawn.contains(place) && drawn.contains("/questions/behind"), "{drawn}");
    }
    let in_session = page.replace("?event", "?within=session&session=2h&event");
    let drawn = house.owner.get(&in_session).expect(200).text;
    assert!(drawn.contains("one session") && drawn.contains("with pauses up to"), "{drawn}");
    let told = house.owner.get(&list).expect(200).text;
    assert!(told.contains("Stopped before step 2, Order Completed") && told.contains("1 of 1"), "{told}");
    let invite = json!({"email": "analyst@harbour-goods.example", "role": "analyst"});
    let members = house.path("/members");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &members, Some(&invite)).expect(201).json;
    let mut analyst = house.server.client();
    analyst.enrol(made["code"].as_str().unwrap());
    let drawn = analyst.get(&page).expect(200).text;
    assert!(drawn.contains("Order Completed") && !drawn.contains("/questions/behind"), "{drawn}");
    analyst.get(&list).expect(403);
    analyst.post(&path, &body("DE")).expect(403);
}
