//! Questions over HTTP and from the command line.

use serde_json::{Value, json};

use crate::support::House;

fn shop() -> House {
    let mut house = House::new();
    for (number, (user, country, amount, day)) in
        [("a", "DE", 10.0, 1), ("a", "DE", 20.0, 1), ("b", "FR", 5.5, 2), ("c", "DE", 1.0, 3)]
            .into_iter()
            .enumerate()
    {
        house.send(
            "/v1/track",
            &json!({"userId": user, "event": "Order Completed", "messageId": format!("o{number}"),
                "timestamp": format!("2026-08-0{day}T10:00:00Z"), "properties": {"country": country, "amount": amount}}),
        );
    }
    house.send("/v1/identify", &json!({"userId": "a", "traits": {"plan": "pro"}, "messageId": "i"}));
    house.events(5);
    house
}

fn trend(extra: Value) -> Value {
    let mut question = json!({"kind": "trend", "events": [{"event": "Order Completed", "measure": "count"}],
        "range": {"from": "2026-08-01", "to": "2026-08-03"}, "interval": "day"});
    question.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    question
}

#[test]
fn a_trend_counts_sums_and_splits() {
    let mut house = shop();
    let path = house.path("/questions");
    let mut ask = |extra: Value| house.owner.post(&path, &trend(extra)).expect(200).json["rows"].clone();
    let totals = |rows: &Value, column: usize| -> f64 {
        rows.as_array().unwrap().iter().map(|row| row[column].as_f64().unwrap_or(0.0)).sum()
    };
    let daily = ask(json!({}));
    assert_eq!(daily.as_array().unwrap().len(), 3);
    assert_eq!(daily[0][1], 2);
    assert_eq!(daily[1][1], 1);
    let by_country = ask(json!({"by": ["country"]}));
    let german: f64 = by_country
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row[1] == "DE")
        .map(|row| row[2].as_f64().unwrap())
        .sum();
    assert_eq!(german, 3.0);
    let people = ask(json!({"events": [{"event": "Order Completed", "measure": "people"}]}));
    assert_eq!(people[0][1], 1, "one person ordered twice");
    let sum = ask(json!({"events": [{"event": "Order Completed", "measure": "sum", "property": "amount"}]}));
    assert_eq!(totals(&sum, 1), 36.5);
    let filtered = ask(json!({"where": [{"property": "country", "op": "eq", "value": "FR"}]}));
    assert_eq!(totals(&filtered, 1), 1.0);
    let by_trait = ask(json!({"by": ["trait.plan"]}));
    assert!(by_trait.as_array().unwrap().iter().any(|row| row[1] == "pro"), "{by_trait}");
}

#[test]
fn a_trend_is_compared_added_up_and_worked_out() {
    let mut house = shop();
    let path = house.path("/questions");
    let mut ask = |extra: Value| house.owner.post(&path, &trend(extra)).expect(200).json;
    let both = json!([{"event": "Order Completed"}, {"event": "Order Completed", "measure": "sum", "property": "amount"}]);
    let answer = ask(
        json!({"events": both, "compare": "previous", "formulas": [{"name": "Each", "formula": "B / A"}],
        "range": {"from": "2026-08-02", "to": "2026-08-03"}}),
    );
    let names: Vec<&str> =
        answer["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(names[3..5], ["Each", "Order Completed (count) (previous)"]);
    let numbers = |answer: &Value| -> Value {
        answer["rows"].as_array().unwrap().iter().map(|row| json!(row.as_array().unwrap()[1..])).collect()
    };
    assert_eq!(numbers(&answer), json!([[1, 5.5, 5.5, 0, 0, null], [1, 1, 1, 2, 30, 15]]));
    assert_eq!(answer["stats"]["previous_from"], "2026-07-31T00:00:00Z");
    assert_eq!(numbers(&ask(json!({"show": "cumulative"}))), json!([[2], [3], [4]]));
    assert_eq!(numbers(&ask(json!({"rolling": 2}))), json!([[null], [1.5], [1]]));
    for (extra, place) in [
        (json!({"formulas": [{"formula": "A / B"}]}), "/formulas/0/formula"),
        (json!({"show": "cumulative", "events": [{"event": "*", "measure": "people"}]}), "/show"),
    ] {
        let refused = house.owner.post(&path, &trend(extra)).expect(422);
        assert!(refused.text.contains(place), "{}", refused.text);
    }
    // The page: its address is the question.
    let address = format!(
        "/w/{}/questions?event=Order+Completed&measure=sum&of=amount&event=Order+Completed&formula=B+%2F+A\
         &called=Basket+size&compare=previous&from=2026-08-02&to=2026-08-03",
        house.server.installed.workspace
    );
    let page = house.owner.get(&address).expect(200).text;
    for wanted in
        ["Basket size", "path before", "31 Jul 2026 to 1 Aug 2026", "Mean before", "value=\"B / A\""]
    {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
}

#[test]
fn an_answer_leaves_as_a_file() {
    let mut house = shop();
    let path = house.path("/questions");
    let question = trend(json!({"by": ["country"], "range": {"from": "2026-08-01", "to": "2026-08-01"}}));
    let csv = "time,country,Order Completed\r\n2026-08-01T00:00:00Z,DE,2\r\n";
    assert_eq!(house.owner.post(&format!("{path}?format=csv"), &question).expect(200).text, csv);
    house.owner.post(&format!("{path}?format=xlsx"), &question).expect(422);
    // The page links to the same by the address.
    let page = format!(
        "/w/{}/questions?event=Order+Completed&by=country&from=2026-08-01&to=2026-08-01",
        house.server.installed.workspace
    );
    let page = house.owner.get(&page).expect(200).text;
    let links: Vec<String> = page
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .filter(|link| link.starts_with(&path))
        .map(|link| link.replace("&amp;", "&"))
        .collect();
    let [as_csv, as_parquet, as_arrow] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!(house.owner.get(as_csv).expect(200).text, csv);
    let parquet = house.owner.get(as_parquet).expect(200).text;
    assert!(parquet.starts_with("PAR1") && parquet.ends_with("PAR1"), "{parquet}");
    let arrow = house.owner.get(as_arrow).expect(200).text;
    assert!(arrow.starts_with("ARROW1") && arrow.ends_with("ARROW1"), "{arrow}");
    house.owner.get(&format!("{path}?question=%7B%7D")).expect(422);
}

#[test]
fn funnels_retentions_flows_and_counts_of_people_are_answered_and_drawn() {
    let mut house = shop();
    let path = house.path("/questions");
    let days = json!({"from": "2026-08-01", "to": "2026-08-03"});
    let order = json!({"event": "Order Completed"});
    let with = |country: &str| json!({"event": "Order Completed", "where": [{"property": "country", "op": "eq", "value": country}]});
    for (question, columns, rows) in [
        (
            json!({"kind": "funnel", "steps": [order, with("DE")], "within": "1d", "range": days}),
            json!(["step", "people", "median_s"]),
            json!([[1, 3, null], [2, 1, 0]]),
        ),
        (
            json!({"kind": "retention", "start": with("DE"), "return": order, "interval": "day", "periods": 1, "range": days}),
            json!(["start", "offset", "people", "share"]),
            json!([
                ["2026-08-01T00:00:00Z", 0, 1, 1],
                ["2026-08-01T00:00:00Z", 1, 0, 0],
                ["2026-08-02T00:00:00Z", 0, 0, null],
                ["2026-08-02T00:00:00Z", 1, 0, null],
                ["2026-08-03T00:00:00Z", 0, 1, 1],
                ["2026-08-03T00:00:00Z", 1, 0, 0]
            ]),
        ),
        (
            json!({"kind": "flow", "start": order, "depth": 2, "range": days}),
            json!(["path_1", "path_2", "people", "count"]),
            json!([["Order Completed", null, 3, 3], ["Order Completed", "Order Completed", 1, 1]]),
        ),
        (
            json!({"kind": "sessions", "by": ["country"], "interval": "month", "range": days}),
            json!(["time", "country", "sessions", "people", "events_per_session", "length_s", "bounced"]),
            json!([
                ["2026-08-01T00:00:00Z", "DE", 2, 2, 1.5, 0, 0.5],
                ["2026-08-01T00:00:00Z", "FR", 1, 1, 1, 0, 1]
            ]),
        ),
        (
            json!({"kind": "people", "who": {"all": [{"did": order, "times": {"gte": 2}},
                {"trait": "plan", "op": "eq", "value": "pro"}]}}),
            json!(["count"]),
            json!([[1]]),
        ),
    ] {
        let answer = house.owner.post(&path, &question).expect(200).json;
        let names: Vec<&Value> = answer["columns"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
        assert_eq!((json!(names), &answer["rows"]), (columns, &rows), "{question}");
        assert!(answer["stats"]["rows_read"].as_u64() > Some(0), "{answer}");
    }
    let refused = house
        .owner
        .post(&path, &json!({"kind": "people", "select": "people", "who": {"did": order}}))
        .expect(422);
    assert!(refused.text.contains("/select"), "{}", refused.text);
    let days = "from=2026-08-01&to=2026-08-03&event=Order+Completed";
    for (page, wanted) in [
        ("funnel", "Choose two events"),
        (&format!("funnel?{days}&event=Order+Completed") as &str, "Of the step before"),
        (&format!("retention?{days}"), "People who came back"),
        (&format!("flow?{days}"), "What people did after Order Completed"),
        ("sessions?from=2026-08-01&to=2026-08-03&by=country", "One event alone"),
        ("people?event=Order+Completed", "people"),
        ("people?event=Order+Completed&least=x9", "This cannot be asked"),
    ] {
        let page = house
            .owner
            .get(&format!("/w/{}/questions/{page}", house.server.installed.workspace))
            .expect(200)
            .text;
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    house.owner.get(&format!("/w/{}/questions/other", house.server.installed.workspace)).expect(404);
}

fn sql(statement: &str) -> Value {
    json!({ "kind": "sql", "sql": statement })
}

#[test]
fn sql_is_answered_to_whoever_may_see_events_and_names_nobody() {
    let mut house = shop();
    let path = house.path("/questions");
    let statement = "select properties ->> 'country' as country, sum(properties ->> 'amount') as sum, count(distinct person) as people \
        from events where event = 'Order Completed' and time >= '2026-08-01' group by 1 order by 1";
    let answer = house.owner.post(&path, &sql(statement)).expect(200).json;
    assert_eq!(answer["rows"], json!([["DE", 31.0, 2], ["FR", 5.5, 1]]), "{answer}");
    assert_eq!(answer["columns"][1], json!({ "name": "sum", "type": "number" }));
    let pro = "select count(*) from events join people using (person) where traits ->> 'plan' = 'pro' and event = 'Order Completed'";
    assert_eq!(house.owner.post(&path, &sql(pro)).expect(200).json["rows"], json!([[2]]));

    for (statement, told) in [
        ("select nme from events", "no such column: nme"),
        ("delete from events", "select"),
        ("select * from sqlite_schema", "`events` and `people`"),
    ] {
        let refused = house.owner.post(&path, &sql(statement)).expect(422);
        assert_eq!(refused.json["field"], "/sql", "{}", refused.text);
        assert!(refused.text.contains(told), "{}", refused.text);
    }
    let entries = house.owner.get(&house.path("/ledger/entries?code=question.asked")).expect(200).json;
    let newest = &entries["items"][0]["detail"];
    assert_eq!((&newest["kind"], &newest["fields"]), (&json!("sql"), &json!(["traits"])), "{newest}");
    assert!(!entries.to_string().contains("distinct"), "the statement is kept nowhere");

    house.token(&["questions:ask"]).post(&path, &sql("select 1")).expect(403);
    house.token(&["events:read"]).post(&path, &sql("select 1")).expect(403);
    house.token(&["questions:ask", "events:read"]).post(&path, &sql("select 1")).expect(200);

    let page = format!("/w/{}/questions/sql", house.server.installed.workspace);
    let empty = house.owner.get(&page).expect(200).text;
    assert!(empty.contains("Statements to begin with") && empty.contains("first_seen"), "{empty}");
    let shown =
        house.owner.post(&page, &json!({ "sql": "select count(*) as orders from events" })).expect(200);
    assert!(shown.text.contains("orders") && shown.text.contains("The answer"), "{}", shown.text);
    let wrong = house.owner.post(&page, &json!({ "sql": "select nme from events" })).expect(422);
    assert!(wrong.text.contains("no such column") && wrong.text.contains("select nme"), "{}", wrong.text);
}

#[test]
fn answers_in_sql_count_as_people_shown_by_their_rows_and_bytes() {
    let mut house = House::with(&[], &[("HOLDFAST_PEOPLE__SEEN_PER_HOUR_MAX", "15")]);
    for number in 0..60 {
        let user = format!("u{number}");
        house
            .send("/v1/track", &json!({"userId": user, "event": "Page Viewed", "properties": {"n": number}}));
    }
    house.events(60);
    let path = house.path("/questions");
    let ask = |house: &mut House, statement: &str| house.owner.post(&path, &sql(statement));
    // What tells of nobody is free; of the rest fifty rows an hour are, whatever the answers are that they stand in.
    let of_nobody = "select event, time_ms from events";
    ask(&mut house, of_nobody).expect(200);
    for _ in 0..5 {
        ask(&mut house, "select person from events limit 10").expect(200);
    }
    let few = ask(&mut house, "select person, properties from events limit 10").expect(200);
    assert_eq!(few.json["rows"].as_array().map(Vec::len), Some(10));
    // Five are left. What is refused costs a row, since that it was tells something; so do a mistake and an answer without rows.
    let refused = ask(&mut house, "select person, properties from events").expect(429);
    assert_eq!(refused.json["code"], "people-budget");
    // Text of many gathered into one row is as many as it is long.
    for gathered in
        ["group_concat(printf('%30s', properties))", "json_group_array(printf('%30s', properties))"]
    {
        ask(&mut house, &format!("select {gathered} from events")).expect(429);
    }
    ask(&mut house, "select json(properties || '}') from events").expect(422);
    ask(&mut house, "select person from events where person is null").expect(200);
    ask(&mut house, "select count(properties) from events").expect(429);
    ask(&mut house, of_nobody).expect(200);
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console);
    ask(&mut house, "select count(properties) from events").expect(429);
    let entries = house.owner.get(&house.path("/ledger/entries?code=question.rows")).expect(200).json;
    let details: Vec<Value> =
        entries["items"].as_array().unwrap().iter().map(|entry| entry["detail"].clone()).collect();
    let counted: Vec<_> = details.iter().map(|detail| detail["counted"].as_u64().unwrap()).collect();
    assert_eq!(counted, [1, 1, 1, 1, 1, 10, 0, 0, 0, 0, 0], "{entries}");
    let gathered = &details[2];
    assert_eq!((&gathered["rows"], &gathered["refused"]), (&json!(1), &json!(true)), "{gathered}");
    assert!(gathered["bytes"].as_u64().unwrap() > 1_800, "{gathered}");
    assert_eq!((&details[0]["rows"], &details[1]["taken"]), (&json!(0), &json!(1)), "{entries}");
}

#[test]
fn a_wrong_question_names_the_place_and_the_fix() {
    let mut house = House::new();
    let path = house.path("/questions");
    let refused = house.owner.post(&path, &trend(json!({"intervall": "day"}))).expect(422);
    assert!(refused.text.contains("intervall") && refused.text.contains("interval"), "{}", refused.text);
    let refused = house.owner.post(&path, &json!({"kind": "tren"})).expect(422);
    assert!(refused.text.contains("trend"), "{}", refused.text);
}

#[test]
fn the_command_line_asks_with_a_token() {
    let mut house = shop();
    let token = {
        let body = json!({"name": "cli", "scopes": ["questions:ask"], "expires_in_s": 600});
        let path = house.path("/tokens");
        house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json["token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let token_file = house.server.scratch().join("token");
    let question_file = house.server.scratch().join("question.json");
    stdx::files::replace(&token_file, token.as_bytes()).unwrap();
    stdx::files::replace(&question_file, trend(json!({})).to_string().as_bytes()).unwrap();
    let arguments = |extra: &'static [&'static str]| {
        let mut all =
            vec!["query", "--server", &house.server.console, "--token-file", token_file.to_str().unwrap()];
        all.extend(extra);
        all.push(question_file.to_str().unwrap());
        house.server.command(&all)
    };
    let (code, out, errors) = arguments(&[]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("Order Completed") && out.contains("2026-08-01"), "{out}");
    let (code, out, errors) = arguments(&["--json"]);
    assert_eq!(code, 0, "{errors}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["columns"][0]["name"], "time");
    let (code, out, errors) = arguments(&["--format", "csv"]);
    assert_eq!(code, 0, "{errors}");
    let first = format!("time,Order Completed\r\n{},", answer["rows"][0][0].as_str().unwrap());
    assert!(out.starts_with(&first), "{out}");
    assert_eq!(out.lines().count(), answer["rows"].as_array().unwrap().len() + 1);
    let (code, out, errors) = arguments(&["--format", "parquet"]);
    assert!(code == 0 && out.starts_with("PAR1") && out.ends_with("PAR1"), "{errors}");
    let (code, out, errors) = arguments(&["--format", "arrow"]);
    assert!(code == 0 && out.starts_with("ARROW1") && out.ends_with("ARROW1"), "{errors}");
    let both = ["questions:ask", "events:read"];
    let body = json!({"name": "cli sql", "scopes": both, "expires_in_s": 600});
    let path = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201).json;
    stdx::files::replace(&token_file, made["token"].as_str().unwrap().as_bytes()).unwrap();
    let server = house.server.console.clone();
    let token = token_file.to_str().unwrap();
    let asked = "select count(*) as orders from events where event = 'Order Completed'";
    let (code, out, errors) = house.server.command(&[
        "query",
        "--server",
        &server,
        "--token-file",
        token,
        "--format",
        "csv",
        "--sql",
        asked,
    ]);
    assert_eq!((code, out.as_str()), (0, "orders\r\n4\r\n"), "{errors}");
    let missing =
        house.server.command(&["query", "--server", &house.server.console, question_file.to_str().unwrap()]);
    assert_eq!(missing.0, 4, "{}", missing.2);
}
