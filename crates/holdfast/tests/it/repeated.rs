//! Senders repeat, reorder and regroup what they send: people, profiles and counts stay what they are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::wait_until;

use crate::support::House;

const MESSAGES: u64 = 240;
const DAY_MS: u64 = 24 * 3_600_000;
/// 1 November 2026.
const START_MS: u64 = 1_793_491_200_000;
const LAST: &str = "The Last One";

/// A generator of numbers that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn shuffle(&mut self, items: &mut [Value]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap();
            items.swap(at, other);
        }
    }
}

/// Visitors who become known, their traits and groups changing, over twenty days.
fn history() -> Vec<Value> {
    let mut numbers = Numbers(7);
    (0..MESSAGES)
        .map(|at| {
            let user = numbers.below(12);
            // Each user has two browsers of their own.
            let browser = format!("browser-{user}-{}", numbers.below(2));
            let time = START_MS + at * 20 * DAY_MS / MESSAGES;
            let timestamp = jiff::Timestamp::from_millisecond(i64::try_from(time).unwrap()).unwrap().to_string();
            let mut message = json!({ "messageId": format!("m-{at}"), "timestamp": timestamp, "anonymousId": browser });
            let known = format!("user-{user}");
            let more = match numbers.below(6) {
                0 => json!({ "type": "identify", "userId": known, "traits": {
                    "plan": format!("plan-{}", numbers.below(4)), "visits": at, "email": format!("u{user}-{}@example.com", numbers.below(3)) } }),
                1 => json!({ "type": "group", "userId": known, "groupId": format!("g-{}", numbers.below(3)), "traits": { "seats": at } }),
                2 => json!({ "type": "page", "name": "Pricing" }),
                3 => json!({ "type": "track", "event": "Looked", "properties": { "at": at } }),
                _ => json!({ "type": "track", "event": "Bought", "userId": known, "properties": { "price": at } }),
            };
            for (name, value) in more.as_object().unwrap() {
                message[name] = value.clone();
            }
            message
        })
        .collect()
}

/// How many people they are: a user with the browsers they ever signed in on, and each other browser.
fn people_of(messages: &[Value]) -> usize {
    let users: BTreeSet<&str> = messages.iter().filter_map(|message| message["userId"].as_str()).collect();
    let browsers = |known: bool| -> BTreeSet<&str> {
        let all = messages.iter().filter(|message| !known || message["userId"].is_string());
        all.filter_map(|message| message["anonymousId"].as_str()).collect()
    };
    users.len() + browsers(false).difference(&browsers(true)).count()
}

/// Sends in batches of the given sizes, and gives what is known in the end.
fn known_after(messages: &[Value], mut size: impl FnMut() -> usize) -> (BTreeMap<String, usize>, Vec<Value>) {
    let mut house = House::new();
    let mut left = messages;
    while !left.is_empty() {
        let (batch, rest) = left.split_at(size().clamp(1, left.len()));
        house.send("/v1/batch", &json!({ "batch": batch }));
        left = rest;
    }
    // What stands later in the journal is seen later, so that nothing is on its way once this is there.
    house.send("/v1/track", &json!({ "userId": "last", "event": LAST, "messageId": "last" }));
    let events = house.events(usize::try_from(MESSAGES).unwrap() + 1);
    let mut counts = BTreeMap::new();
    for event in events.iter().filter(|event| event["event"] != LAST) {
        *counts.entry(event["event"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    // Merges travel through the journal, so some events change their person a moment later.
    let expected = people_of(messages);
    let people = wait_until(10, "every visitor to become who they are", || {
        let events = house.events(usize::try_from(MESSAGES).unwrap() + 1);
        let own = events.iter().filter(|event| event["event"] != LAST);
        let people: BTreeSet<String> =
            own.map(|event| event["person"].as_str().unwrap().to_owned()).collect();
        (people.len() == expected).then_some(people)
    });
    let path = house.path("/people");
    let mut profiles: Vec<Value> = people
        .iter()
        .map(|id| {
            let mut profile = house.owner.get(&format!("{path}/{id}")).expect(200).json;
            let identifiers = profile["identifiers"].as_array().unwrap();
            let mut names: Vec<String> =
                identifiers.iter().map(|one| format!("{} {}", one["kind"], one["masked"])).collect();
            names.sort();
            // How the ids came together and what the person is called inside depend on what came first.
            profile["identifiers"] = json!(names);
            let profile_fields = profile.as_object_mut().unwrap();
            profile_fields.retain(|name, _| !matches!(name.as_str(), "id" | "merges"));
            profile["groups"].as_array_mut().unwrap().sort_by_key(Value::to_string);
            profile
        })
        .collect();
    profiles.sort_by_key(Value::to_string);
    (counts, profiles)
}

#[test]
fn repetition_order_and_grouping_change_nothing() {
    let messages = history();
    let (counts, profiles) = known_after(&messages, || messages.len());
    assert_eq!(counts.values().sum::<usize>(), messages.len());
    for seed in [1, 2] {
        let mut numbers = Numbers(seed);
        let mut again: Vec<Value> = messages
            .iter()
            .flat_map(|message| vec![message.clone(); usize::try_from(1 + numbers.below(5)).unwrap()])
            .collect();
        numbers.shuffle(&mut again);
        let (other_counts, other_profiles) =
            known_after(&again, || usize::try_from(1 + numbers.below(40)).unwrap());
        assert_eq!(counts, other_counts, "seed {seed}");
        assert_eq!(profiles.len(), other_profiles.len(), "seed {seed}");
        for (one, other) in profiles.iter().zip(&other_profiles) {
            assert_eq!(one, other, "seed {seed}");
        }
    }
}
