//! What is purged is nowhere afterwards, what is not is as it was, and the report tells no value.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests may"
)]

mod support;

use model::{Kind, SourceId};
use serde_json::{Value, json};
use shield::Shield;
use support::{SMALL, Sent, World, sent};

const VALUE: &str = "Zebra-Kestrel-9041";

/// Three hundred events, in ten of which the value stands: each in another place.
fn planted() -> Vec<Sent> {
    let mut events: Vec<Sent> = (0..300).map(sent).collect();
    let props = |extra: &str| format!(r#"{{"sku":"x","price":1.50,{extra}}}"#);
    events[10].properties = props(&format!(r#""note":"{VALUE}""#));
    events[20].properties = props(&format!(r#""note":"see {VALUE}, please""#));
    events[30].properties = props(&format!(r#""list":[1,{{"deep":["{VALUE}"]}}]"#));
    events[40].properties = props(&format!(r#""{VALUE}":true"#));
    events[50].properties = props(r#""url":"https://a.example/?q=Zebra%2DKestrel%2D9041&x=1""#);
    events[60].context =
        format!(r#"{{"library":{{"name":"analytics.js","version":"2.1.0"}},"page":{{"title":"{VALUE}"}}}}"#);
    events[70].name = format!("Clicked {VALUE}");
    events[80].message_id = format!("id-{VALUE}");
    events[87].traits = format!(r#"{{"plan":"pro","nickname":"{VALUE}","home":{{"room":"{VALUE}"}}}}"#);
    events[90].user_id = Some(VALUE.to_owned());
    events
}

fn world(dir: &tempfile::TempDir, events: &[Sent]) -> World {
    let world = World::open(dir.path(), SMALL);
    world.send(events);
    world.settle();
    world
}

/// Everything that can be read back of events and of the journal, as text.
fn everything(world: &World) -> String {
    let mut text = String::new();
    world.each_event(&mut |_, event| text.push_str(&event.to_string()));
    let mut next = world.journal.begin();
    while next < world.journal.end() {
        for entry in world.journal.read(next, 8 << 20).unwrap() {
            next = model::Offset(entry.offset.0 + 1);
            text.push_str(&format!("{:?}{:?}", entry.record, sealed(&entry.record)));
        }
    }
    text
}

/// `Debug` hides the values on their way to the vault.
fn sealed(record: &model::Stored) -> Vec<String> {
    match record {
        model::Stored::Event(event) => event.sealed.iter().map(|sealed| sealed.value.clone()).collect(),
        _ => Vec::new(),
    }
}

fn has_value(text: &str) -> bool {
    !around_value(text).is_empty()
}

/// Where it stands, for the message of a failure.
fn around_value(text: &str) -> &str {
    let at = ["Zebra-Kestrel-9041", "Zebra%2DKestrel%2D9041"].iter().find_map(|form| text.find(form));
    at.map_or("", |at| &text[at.saturating_sub(300)..text.len().min(at + 60)])
}

#[test]
fn a_value_is_gone_from_every_place_and_the_rest_is_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let world = world(&dir, &planted());
    let (before, records) = (world.events(), world.records());
    assert!(has_value(&everything(&world)));
    let asked =
        format!(r#"{{"where":{{"value":{{"text":"{VALUE}"}}}},"remove":"property","reason":"a test"}}"#);
    let report = world.purged(&asked);
    assert_eq!(around_value(&everything(&world)), "");
    let after = world.events();
    assert_eq!(before.len(), after.len());
    let changed: Vec<u64> =
        before.iter().filter(|(at, event)| after[at] != **event).map(|(at, _)| *at).collect();
    assert_eq!(changed, [10, 20, 30, 40, 50, 60, 70, 80, 87]);
    let now = world.records();
    let changed: Vec<u64> =
        records.iter().filter(|(at, record)| now[at] != **record).map(|(at, _)| *at).collect();
    assert_eq!(changed, [10, 20, 30, 40, 50, 60, 70, 80, 87, 90]);
    let properties =
        |at: u64| -> Value { serde_json::from_str(after[&at]["properties"].as_str().unwrap()).unwrap() };
    assert_eq!(properties(10), json!({ "sku": "x", "price": 1.5, "note": "[purged]" }));
    assert_eq!(properties(30)["list"], json!([1, { "deep": ["[purged]"] }]));
    assert_eq!(properties(40)["[purged]"], "[purged]");
    assert_eq!((&after[&70]["name"], &after[&80]["message_id"]), (&json!("[purged]"), &json!("[purged 80]")));
    // The catalogue of names and the profiles know nothing of it either.
    let catalogue = format!("{:?}", world.store.catalogue(world.workspace));
    assert!(!has_value(&catalogue) && catalogue.contains("[purged]"));
    let gone = world.people.find(world.workspace, people::IdentifierKind::UserId, VALUE).unwrap();
    assert!(gone.is_none());
    let text = report.to_string();
    assert!(!has_value(&text), "{text}");
    assert_eq!(
        (report["events"].as_u64(), report["places"]["journal"]["records"].as_u64()),
        (Some(9), Some(10))
    );
    assert_eq!(report["places"]["people"]["traits"], 2);
    assert_eq!(report["places"]["people"]["identifiers"], 1);
    assert!(text.contains("properties.note") && text.contains("analytics.js 2.1.0"), "{text}");
    // Nothing of it on disk, sealed or not, under the keys that are there; doing it again finds nothing.
    let again = world.purged(&asked);
    assert_eq!(
        (again["events"].as_u64(), again["places"]["journal"]["records"].as_u64()),
        (Some(0), Some(0))
    );
    assert_eq!(world.events(), after);
    let entries = world
        .ledger
        .entries(&ledger::Filter::newest(ledger::Scope::Workspaces(vec![world.workspace])))
        .unwrap();
    assert_eq!(entries.entries.iter().filter(|entry| entry.code == "purge.done").count(), 2);
    drop(world);
    let world = World::open(dir.path(), SMALL);
    assert_eq!(world.events(), after);
    world.store.verify().unwrap();
}

/// Which of what was sent a purge is to mean.
type Meant<'a> = dyn Fn(&Sent) -> bool + 'a;

#[test]
fn conditions_say_which_events_and_what_goes() {
    let sources = [SourceId(1), SourceId(2)];
    let library = |event: &Sent| event.context.contains("2.11.0");
    let cases: [(Value, &Meant<'_>); 6] = [
        (json!({ "where": { "event": "Order Completed" }, "remove": "event" }), &|event| {
            event.name == "Order Completed"
        }),
        (json!({ "where": { "source": sources[1].to_string() }, "remove": "event" }), &|event| {
            event.source == sources[1]
        }),
        (
            json!({ "where": { "sdk": { "name": "analytics.js", "from": "2.5" } }, "remove": "event" }),
            &library,
        ),
        (
            json!({ "where": { "property": "context.page", "event": "Page Viewed" }, "remove": "property" }),
            &|event| event.name == "Page Viewed",
        ),
        (json!({ "where": { "property": "properties.cart.items[].id" }, "remove": "property" }), &|_| true),
        (json!({ "where": { "property": "traits.nickname" }, "remove": "property" }), &|event| {
            event.kind == Kind::Identify
        }),
    ];
    for (asked, is_meant) in cases {
        let dir = tempfile::tempdir().unwrap();
        let events: Vec<Sent> = (0..200).map(sent).collect();
        let world = world(&dir, &events);
        let before = world.events();
        let counted = {
            let purges = purge::Purges::start(world.parts.clone()).unwrap();
            let counted =
                purges.count(world.workspace, &serde_json::from_value(asked.clone()).unwrap()).unwrap();
            purges.end();
            counted
        };
        let report = world.purged(&asked.to_string());
        let after = world.events();
        let meant = (0..200).filter(|at| is_meant(&events[usize::try_from(*at).unwrap()])).count() as u64;
        assert_eq!(report["events"].as_u64(), Some(meant), "{asked}");
        assert_eq!((counted.events, counted.is_whole()), (meant, true), "{asked}");
        for (at, event) in &before {
            let is_meant = is_meant(&events[usize::try_from(*at).unwrap()]);
            let now = after.get(at);
            match asked["remove"].as_str() {
                Some("event") => assert_eq!(now.is_none(), is_meant, "{asked} {at}"),
                _ => assert_eq!(now != Some(event), is_meant, "{asked} {at}"),
            }
        }
    }
}

#[test]
fn a_person_goes_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut events = planted();
    let whose = events[10].user_id.clone().unwrap();
    events[11].user_id = Some(whose.clone());
    let world = world(&dir, &events);
    let find = |name: &str| world.people.find(world.workspace, people::IdentifierKind::UserId, name).unwrap();
    let person = find(&whose).unwrap();
    let before = world.events();
    let report = world.purged(&format!(
        r#"{{"where":{{"person":"{}","property":"properties.note","value":{{"text":"{VALUE}"}}}},"remove":"person"}}"#,
        person.id
    ));
    assert_eq!(report["people_erased"], 1);
    let after = world.events();
    let code = u64::from(person.code.0);
    assert!(before.values().filter(|event| event["person"] == code).count() >= 2);
    assert!(after.values().all(|event| event["person"] != code));
    let others = before.iter().filter(|(_, event)| event["person"] != code);
    assert!(others.clone().all(|(at, event)| after[at] == *event));
    assert!(find(&whose).is_none());
    assert!(
        !everything(&world).contains(&format!("\"{whose}\"")),
        "the journal knows the identifier no more"
    );
}

#[test]
fn what_todays_rules_find_in_history_goes() {
    let dir = tempfile::tempdir().unwrap();
    let mut events: Vec<Sent> = (0..50).map(sent).collect();
    events[5].properties = r#"{"label":"EMP-1234","note":"kept","n":1.50}"#.to_owned();
    events[7].traits = r#"{"badge":"EMP-4321","plan":"pro"}"#.to_owned();
    let mut world = world(&dir, &events);
    let before = world.events();
    let asked = r#"{"where":{"shield":"secrets"},"remove":"property"}"#;
    assert_eq!(world.purged(asked)["events"], 0, "by the rules of then there is nothing");
    let rules =
        r##"{"rules":[{"name":"staff","action":"remove","class":"secret","patterns":["EMP-#{4}"]}]}"##;
    let shield = Shield::builtin().with(&serde_json::from_str(rules).unwrap()).unwrap();
    world.parts.shield_of = std::sync::Arc::new(move |_| shield.clone());
    let report = world.purged(asked);
    assert_eq!((&report["events"], &report["places"]["journal"]["records"]), (&json!(2), &json!(2)));
    assert_eq!(report["places"]["people"]["traits"], 1);
    let after = world.events();
    let changed: Vec<u64> =
        before.iter().filter(|(at, event)| after[at] != **event).map(|(at, _)| *at).collect();
    assert_eq!(changed, [5, 7]);
    let properties: Value = serde_json::from_str(after[&5]["properties"].as_str().unwrap()).unwrap();
    assert_eq!(properties, json!({ "label": "[removed: secret]", "note": "kept", "n": 1.5 }));
    assert!(!everything(&world).contains("EMP-"));
    assert_eq!(world.purged(asked)["events"], 0);
}
