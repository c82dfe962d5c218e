//! Dashboards at the doors: kept and changed by versions, shared as numbers, watched, and told once.

use serde_json::{Value, json};
use testkit::{Client, wait_until};

use crate::support::House;

/// Orders of so many people in a country, at a time.
fn ordered(house: &House, country: &str, people: usize, at: &str) {
    for person in 0..people {
        let user = format!("{country}-{person}");
        let properties = json!({ "country": country, "revenue": 10 });
        let event =
            json!({ "userId": user, "event": "Order Completed", "timestamp": at, "properties": properties });
        house.send("/v1/track", &event);
    }
}

fn trend(by: &[&str]) -> Value {
    json!({ "kind": "trend", "events": [{ "event": "Order Completed" }], "by": by })
}

fn tile(title: &str, question: &Value) -> Value {
    json!({ "title": title, "question": question })
}

fn now() -> jiff::Timestamp {
    stdx::Clock::wall().now()
}

impl House {
    fn dashboard(&mut self, new: &Value) -> Value {
        let path = self.path("/dashboards");
        self.owner.post(&path, new).expect(201).json
    }

    fn entries(&mut self, code: &str) -> Vec<Value> {
        let path = self.path(&format!("/ledger/entries?code={code}"));
        self.owner.every(&path)
    }

    fn told(&mut self, kind: &str) -> Vec<Value> {
        let path = self.path("/notices");
        let items = self.owner.get(&path).expect(200).json["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().filter(|notice| notice["kind"] == kind).collect()
    }
}

#[test]
fn questions_are_kept_changed_by_versions_and_answered_with_filters_and_days() {
    let mut house = House::new();
    let today = now().to_string();
    ordered(&house, "DE", 6, &today);
    ordered(&house, "FR", 2, &today);
    house.events(8);
    let people = json!({ "kind": "people", "who": { "did": { "event": "Order Completed" } } });
    let new = json!({ "name": "The shop", "tiles": [tile("Orders", &trend(&[])), tile("Buyers", &people)], "range": { "last_days": 7 } });
    let made = house.dashboard(&new);
    assert_eq!((&made["version"], &made["tiles"][1]["chart"]), (&json!(1), &json!("number")));
    let id = made["id"].as_str().unwrap().to_owned();
    let path = house.path(&format!("/dashboards/{id}"));
    let answers = house.owner.get(&format!("{path}/answers")).expect(200).json;
    let sum = |answers: &Value| -> u64 {
        let rows = answers["tiles"][0]["answer"]["rows"].as_array().unwrap().clone();
        rows.iter().filter_map(|row| row[1].as_u64()).sum()
    };
    assert_eq!((sum(&answers), &answers["tiles"][1]["answer"]["rows"]), (8, &json!([[8]])));
    assert_eq!(house.entries("dashboard.shown").len(), 1, "one look, one entry");

    // A filter goes into every question; one that says nothing about people is refused where there are people.
    let french = json!([{ "property": "country", "op": "eq", "value": "FR" }]);
    let mut changed = json!({ "name": "The shop", "tiles": new["tiles"], "filters": french });
    let refused = house.owner.put(&format!("{path}?based_on=1"), &changed).expect(422);
    assert_eq!(refused.json["field"], "tiles/1/question", "{}", refused.text);
    changed["tiles"] = json!([tile("Orders", &trend(&[]))]);
    let edited = house.owner.put(&format!("{path}?based_on=1"), &changed).expect(200).json;
    assert_eq!(edited["version"], 2);
    assert_eq!(sum(&house.owner.get(&format!("{path}/answers")).expect(200).json), 2);
    // Of two changes of one version, one is refused.
    house.owner.put(&format!("{path}?based_on=1"), &changed).expect(409);
    for wrong in [
        json!({ "name": "The shop", "tiles": [] }),
        json!({ "name": "Sql", "tiles": [tile("x", &json!({ "kind": "sql", "sql": "select 1" }))] }),
        json!({ "name": "Wide", "tiles": [{ "title": "x", "question": trend(&[]), "width": 4 }] }),
        json!({ "name": "Odd", "tiles": [{ "title": "x", "question": trend(&[]), "chart": "grid" }] }),
        json!({ "name": "Names", "tiles": [tile("x", &json!({ "kind": "people", "who": people["who"], "select": "people" }))] }),
        json!({ "name": "Many", "tiles": vec![tile("x", &trend(&[])); 25] }),
    ] {
        let path = house.path("/dashboards");
        let reply = house.owner.post(&path, &wrong);
        assert!([409, 422].contains(&reply.status), "{wrong}: {}", reply.text);
    }
    let copied = house.owner.post(&format!("{path}/duplicate"), &json!({ "name": "Copy" })).expect(201).json;
    assert_eq!(copied["filters"], french);

    // Programs see what they may ask, and change nothing.
    let mut program = house.token(&["questions:ask"]);
    assert_eq!(
        program.get(&house.path("/dashboards")).expect(200).json["items"].as_array().unwrap().len(),
        2
    );
    assert_eq!(program.delete(&path).status, 403);
    let token = program_token(&mut house);
    let environment = [("HOLDFAST_TOKEN", token.as_str())];
    let console = house.server.console.clone();
    let (code, shown, errors) =
        house.server.command_with(&["dashboards", "show", "The shop", "--server", &console], &environment);
    assert_eq!(code, 0, "{errors}");
    assert!(shown.contains("The shop") && shown.contains("Order Completed"), "{shown}");
    let (_, exported, _) = house
        .server
        .command_with(&["dashboards", "export", &id, "--server", &console, "--json"], &environment);
    let mut again: Value = serde_json::from_str(&exported).unwrap();
    again["name"] = json!("Brought back");
    house.dashboard(&again);
    let (_, listed, _) =
        house.server.command_with(&["dashboards", "list", "--server", &console], &environment);
    assert_eq!(listed.lines().count(), 3, "{listed}");

    // What is noted at days stands beside the answers, and on the page.
    let day = now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let notes = house.path("/annotations");
    house.owner.post(&notes, &json!({ "day": day, "text": "Version four" })).expect(201);
    house.owner.post(&notes, &json!({ "day": "soon", "text": "x" })).expect(422);
    let answers = house.owner.get(&format!("{path}/answers")).expect(200).json;
    assert_eq!(answers["annotations"][0]["text"], "Version four");
    let page = path.replace("/api/v1/workspaces/", "/w/");
    let page = house.owner.get(&page).expect(200).text;
    assert!(page.contains("svg") && page.contains("Version four"), "{page}");
    house.owner.delete(&path).expect(204);
    assert_eq!(house.owner.get(&path).status, 404);
}

/// The text of a token that asks questions.
fn program_token(house: &mut House) -> String {
    let body = json!({ "name": "cli", "scopes": ["questions:ask"], "expires_in_s": 3600 });
    let path = house.path("/tokens");
    let made = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&body)).expect(201);
    made.json["token"].as_str().unwrap().to_owned()
}

impl House {
    fn share(&mut self, dashboard: &str, days: u32) -> (String, String) {
        let path = self.path(&format!("/dashboards/{dashboard}/shares"));
        let made = self.owner.confirmed(&mut self.passkey, "POST", &path, Some(&json!({ "days": days })));
        let made = made.expect(201).json;
        let url = made["url"].as_str().unwrap();
        let place = url.find("/shared/").unwrap();
        (made["id"].as_str().unwrap().to_owned(), url[place..].to_owned())
    }
}

#[test]
fn a_link_shows_numbers_of_five_people_or_more_and_ends() {
    let mut house = House::new();
    let today = now().to_string();
    ordered(&house, "Germany", 6, &today);
    ordered(&house, "Liechtenstein", 4, &today);
    for user in ["Germany-1", "Germany-2"] {
        let said = json!({ "contact": format!("{user}@customers.example") });
        house.send("/v1/track", &json!({ "userId": user, "event": "Called", "properties": said }));
    }
    house.events(12);
    let made = house.dashboard(&json!({ "name": "For partners", "tiles": [tile("By country", &trend(&["country"])), tile("In all", &trend(&[]))] }));
    let id = made["id"].as_str().unwrap().to_owned();
    let shares = house.path(&format!("/dashboards/{id}/shares"));
    // A touch is needed, and a year is the longest.
    assert_eq!(house.owner.post(&shares, &json!({})).json["code"], "step-up-required");
    let long = house.owner.confirmed(&mut house.passkey, "POST", &shares, Some(&json!({ "days": 367 })));
    long.expect(422);
    let (share, link) = house.share(&id, 7);

    let mut stranger = Client::new(&house.server.collect);
    let page = stranger.get(&link).expect(200);
    assert!(page.text.contains("Germany") && page.text.contains("By country"), "{}", page.text);
    assert!(!page.text.contains("Liechtenstein"), "four people are a group of few");
    assert!(page.text.contains("1 group not shown"), "{}", page.text);
    assert_eq!(page.header("set-cookie"), None);
    let csp = page.header("content-security-policy").unwrap().to_owned();
    assert!(csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{csp}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    stranger.get("/shared.css").expect(200);
    stranger.get(&link).expect(200);
    let seen = house.entries("share.seen");
    assert_eq!(seen.len(), 1, "what is shown again within a minute is told by the next entry");
    assert_eq!((&seen[0]["object"], &seen[0]["principal"]), (&json!(share), &json!("anyone")));
    assert_eq!(house.told("share.made").len(), 1);

    // The questions are those of the day it was made.
    let path = house.path(&format!("/dashboards/{id}"));
    let changed = json!({ "name": "For partners", "tiles": [tile("Now secret", &trend(&[]))] });
    house.owner.put(&format!("{path}?based_on=1"), &changed).expect(200);
    assert!(!stranger.get(&link).expect(200).text.contains("Now secret"));

    // Nothing else opens: forged, cut, of another link.
    for wrong in [&link[..link.len() - 1], "/shared/x", &format!("{link}0")] {
        stranger.get(wrong).expect(404);
    }
    // Opened too often it waits, and says until when.
    let often = (0..200).find_map(|_| Some(stranger.get(&link)).filter(|reply| reply.status == 429));
    assert!(often.expect("a limit").header("retry-after").is_some());

    // A field with personal values is none to split by.
    let personal = json!({ "name": "Who", "tiles": [tile("x", &json!({ "kind": "trend", "events": [{ "event": "Called" }], "by": ["contact"] }))] });
    let who = house.dashboard(&personal)["id"].as_str().unwrap().to_owned();
    let path = house.path(&format!("/dashboards/{who}/shares"));
    wait_until(30, "the finding", || {
        let findings = house.path("/shield/findings");
        house.owner.get(&findings).expect(200).text.contains("contact").then_some(())
    });
    let refused = house.owner.confirmed(&mut house.passkey, "POST", &path, Some(&json!({})));
    assert_eq!(
        (refused.status, &refused.json["field"]),
        (422, &json!("tiles/0/question/by")),
        "{}",
        refused.text
    );

    // Ended, it shows nothing from that moment on; lockdown ends the others.
    house.owner.delete(&format!("{shares}/{share}")).expect(204);
    assert!([404, 429].contains(&stranger.get(&link).status));
    let (_, other) = house.share(&id, 366);
    stranger.get(&other).expect(200);
    let lock = house.path("/lockdown");
    house.owner.confirmed(&mut house.passkey, "POST", &lock, Some(&json!({ "reason": "odd" }))).expect(200);
    stranger.get(&other).expect(404);
}

#[test]
fn a_breach_is_told_once_when_it_begins() {
    let mut house = House::new();
    // Whichever hour is the last whole one by then, it has three orders: at its first instant.
    let begun = now() - jiff::SignedDuration::from_mins(5);
    for (back, country) in ["IT", "DE", "FR"].into_iter().enumerate() {
        let hour = begun.as_second().div_euclid(3_600) - i64::try_from(back).unwrap();
        let at = jiff::Timestamp::from_second(hour * 3_600).unwrap();
        ordered(&house, country, 3, &at.to_string());
    }
    house.events(9);
    let orders = json!({ "kind": "trend", "events": [{ "event": "Order Completed" }], "interval": "hour" });
    let path = house.path("/metric-alerts");
    let watch = |house: &mut House, name: &str, rule: Value| {
        let new = json!({ "name": name, "question": orders, "rule": rule });
        house.owner.post(&path, &new).expect(201).json["id"].as_str().unwrap().to_owned()
    };
    let high = watch(&mut house, "High", json!({ "above": 2 }));
    let low = watch(&mut house, "Low", json!({ "below": 1 }));
    let odd = watch(&mut house, "Odd", json!({ "outside": 3 }));
    let judged = wait_until(30, "three judgements", || {
        let alerts = house.owner.every(&path);
        alerts.iter().all(|alert| !alert["judged_at"].is_null()).then_some(alerts)
    });
    let breached: Vec<(&Value, &Value)> =
        judged.iter().map(|alert| (&alert["id"], &alert["breached"])).collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(breached, [(&json!(high), &yes), (&json!(low), &no), (&json!(odd), &no)]);
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console.clone());
    house.passkey.move_to(&house.server.console.clone());
    // Another one makes the keeper look again; the one that was told of is not told again.
    let again = watch(&mut house, "High as well", json!({ "above": 2 }));
    let told = wait_until(30, "the second notice", || {
        let told = house.told("metric.breached");
        (told.len() >= 2).then_some(told)
    });
    let of: Vec<&Value> = told.iter().map(|notice| &notice["detail"]["alert"]).collect();
    assert_eq!(of, [&json!(again), &json!(high)]);
    assert_eq!(told[1]["detail"]["value"], 3.0);
    // Of several events the one formula is watched: here six of three and three.
    let orders_twice =
        json!([{ "event": "Order Completed" }, { "event": "Order Completed", "measure": "count" }]);
    let mut worked = json!({ "kind": "trend", "events": orders_twice, "interval": "hour" });
    let new = |question: &Value| json!({ "name": "Twice", "question": question, "rule": { "above": 5 } });
    let refused = house.owner.post(&path, &new(&worked)).expect(422);
    assert_eq!(refused.json["field"], "question/formulas", "{}", refused.text);
    worked["formulas"] = json!([{ "name": "Both", "formula": "A + B" }]);
    let twice = house.owner.post(&path, &new(&worked)).expect(201).json["id"].clone();
    let told = wait_until(30, "the notice of the formula", || {
        let told = house.told("metric.breached");
        told.into_iter().find(|notice| notice["detail"]["alert"] == twice)
    });
    assert_eq!(told["detail"]["value"], 6.0);
    // The console's form makes one of an event divided by another.
    let page = format!("/w/{}", house.server.installed.workspace);
    let form = "alert=Share&event=Order+Completed&divided_by=Order+Completed&measure=count&interval=hour&rule=below&value=0.5";
    let kind = Some("application/x-www-form-urlencoded");
    let reply = house.owner.send_raw("POST", &format!("{page}/metric-alerts"), kind, form.as_bytes(), &[]);
    assert_eq!(reply.status, 303, "{}", reply.text);
    let alerts = house.owner.every(&path);
    let share = alerts.iter().find(|alert| alert["name"] == "Share").unwrap();
    assert_eq!(share["question"]["formulas"][0]["formula"], "A / B");
    let list = house.owner.get(&format!("{page}/dashboards")).expect(200).text;
    assert!(list.contains("Order Completed / Order Completed by hour"), "{list}");
    for wrong in [json!({}), json!({ "above": 1, "below": 2 }), json!({ "outside": 0 })] {
        let new = json!({ "name": "x", "question": orders, "rule": wrong });
        house.owner.post(&path, &new).expect(422);
    }
    house.owner.delete(&format!("{path}/{high}")).expect(204);
}

#[test]
fn a_time_is_told_at_most_once_also_across_a_restart() {
    let mut house = House::new();
    ordered(&house, "DE", 3, &now().to_string());
    house.events(3);
    let made = house.dashboard(&json!({ "name": "Morning", "tiles": [tile("Orders", &trend(&[]))] }));
    let path = house.path(&format!("/dashboards/{}/schedules", made["id"].as_str().unwrap()));
    let hour = now().to_zoned(jiff::tz::TimeZone::UTC).hour();
    house.owner.post(&path, &json!({ "every": "day", "hour": 24 })).expect(422);
    house.owner.post(&path, &json!({ "every": "day", "hour": hour })).expect(201);
    let told = wait_until(30, "the numbers", || {
        let told = house.told("dashboard.told");
        (!told.is_empty()).then_some(told)
    });
    assert_eq!((told.len(), &told[0]["detail"]["tile_1"]), (1, &json!(3)), "{told:?}");
    house.server.kill_and_restart();
    house.owner.move_to(&house.server.console.clone());
    house.passkey.move_to(&house.server.console.clone());
    // A second one makes the keeper look; the first has been told for this hour, and an hour that is over waits for its next.
    let before = (hour + 23) % 24;
    house.owner.post(&path, &json!({ "every": "week", "weekday": 3, "hour": before })).expect(201);
    house.owner.post(&path, &json!({ "every": "day", "hour": hour })).expect(201);
    wait_until(30, "the numbers again", || (house.told("dashboard.told").len() >= 2).then_some(()));
    let schedules: Vec<Value> = house.told("dashboard.told");
    let of: Vec<&Value> = schedules.iter().map(|notice| &notice["detail"]["schedule"]).collect();
    assert!(of.len() == 2 && of[0] != of[1], "{schedules:?}");
    assert!(!house.entries("dashboard.told").is_empty());
}
