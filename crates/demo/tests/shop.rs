//! The shop is the same every time, big enough, well formed, and carries what it says it carries.

#![expect(clippy::unwrap_used, reason = "a test may stop on what it did not expect")]

use std::collections::HashSet;

use demo::{HISTORY_DAYS, history, planted, trickle};
use jiff::Timestamp;
use serde_json::Value;

const SEED: u64 = 7;

fn end() -> Timestamp {
    "2026-10-30T12:00:00Z".parse().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_history_and_another_seed_another() {
    let some = |seed| history(seed, end(), 3).collect::<Vec<_>>();
    assert_eq!(some(SEED), some(SEED));
    assert_ne!(some(SEED), some(SEED + 1));
}

#[test]
fn three_months_are_about_two_hundred_thousand_messages_in_order_of_time() {
    let (mut count, mut orders, mut last, mut ids) = (0_u32, 0_u32, Timestamp::MIN, HashSet::new());
    for line in history(SEED, end(), HISTORY_DAYS) {
        let message: Value = serde_json::from_str(&line).unwrap();
        let at: Timestamp = message["timestamp"].as_str().unwrap().parse().unwrap();
        assert!(last <= at && at < end(), "{line}");
        assert!(message["anonymousId"].as_str().unwrap().len() == 36, "{line}");
        assert!(ids.insert(message["messageId"].as_str().unwrap().to_owned()), "{line}");
        orders += u32::from(message["event"] == "Order Completed");
        (count, last) = (count + 1, at);
    }
    assert!((190_000..=215_000).contains(&count), "{count} messages");
    assert!((2_000..=12_000).contains(&orders), "{orders} orders");
}

#[test]
fn what_is_planted_occurs_and_about_three_in_a_thousand_messages_carry_a_secret() {
    let values = planted(SEED);
    let mut text: String = history(SEED, end(), HISTORY_DAYS).collect();
    let messages = text.matches("\"messageId\"").count();
    text.extend(trickle(SEED, 99).take(40_000).map(|(_, message)| message));

    let words: HashSet<&str> = text.split(['"', ' ', '=', ':', '&']).collect();
    let names: HashSet<&str> = text.split('"').collect();
    let missing =
        values.iter().filter(|value| !words.contains(value.as_str()) && !names.contains(value.as_str()));
    assert!(
        missing.count() * 100 < values.len(),
        "fewer than one in a hundred fall off the end of the history"
    );

    let personal = |value: &&String| value.contains('@') || value.starts_with('+') || value.contains(' ');
    let secrets = values.iter().filter(|value| !personal(value)).count();
    let a_thousand = secrets * 1_000 / messages;
    assert!((2..=4).contains(&a_thousand), "{secrets} secrets in {messages} messages");
}

#[test]
fn every_personal_trait_and_every_secret_is_listed() {
    let values: HashSet<String> = planted(SEED).into_iter().collect();
    let mut seen = 0_u32;
    let live = trickle(SEED, 5).take(20_000).map(|(_, message)| message);
    let telling = ["identify", "Form", "Support", "Error", "token=", "session="];
    let lines = history(SEED, end(), HISTORY_DAYS).chain(live);
    for line in lines.filter(|line| telling.iter().any(|word| line.contains(word))) {
        let message: Value = serde_json::from_str(&line).unwrap();
        let properties = &message["properties"];
        let mut said: Vec<&str> = ["email", "name", "phone"]
            .iter()
            .filter_map(|name| message["traits"][name].as_str())
            .chain(properties["form"]["password"].as_str())
            .collect();
        if let Some(url) = properties["url"].as_str() {
            said.extend(url.split_once("token=").map(|(_, rest)| rest.trim_end_matches("&lang=en")));
            said.extend(url.split_once("session=").map(|(_, rest)| rest));
        }
        for text in [&properties["note"], &properties["message"]].into_iter().filter_map(Value::as_str) {
            said.extend(text.split([' ', ':']).filter(|word| word.len() > 15));
        }
        for value in said {
            seen += 1;
            assert!(values.contains(value), "not listed: {line}");
        }
    }
    assert!(seen > 5_000, "{seen} values looked at");
}

#[test]
fn live_traffic_differs_in_ids_from_run_to_run_and_is_paced() {
    let some: Vec<_> = trickle(SEED, 1).take(3_000).collect();
    let other: HashSet<String> = trickle(SEED, 2).take(3_000).map(|(_, message)| id(&message)).collect();
    assert!(some.iter().all(|(_, message)| !other.contains(&id(message)) && !message.contains("timestamp")));
    let (longest, total) =
        (some.iter().map(|(wait, _)| *wait).max().unwrap(), some.iter().map(|(wait, _)| *wait).sum::<u64>());
    assert!(longest < 30_000, "waits {longest} ms");
    assert!((300..3_000).contains(&(total / 3_000)), "{} ms a message", total / 3_000);
}

fn id(message: &str) -> String {
    let message: Value = serde_json::from_str(message).unwrap();
    message["messageId"].as_str().unwrap().to_owned()
}
