//! Conditions on groups: whoever belongs to one is judged again when it changes, however many they are.

use model::{EventRecord, Kind, Stored};
use segments::Next;
use serde_json::{Value, json};

use crate::world::World;

fn enterprise() -> Value {
    json!({ "group": { "trait": "plan", "op": "eq", "value": "enterprise" } })
}

fn group(world: &World, user: &str, id: &str, at_ms: i64, traits: &Value) -> EventRecord {
    let message = format!("{user} {id} {at_ms} {traits}");
    let event = world.event(user, "Grouped", at_ms, traits, &message);
    EventRecord { kind: Kind::Group, group_id: Some(id.to_owned()), ..event }
}

fn say(world: &mut World, user: &str, id: &str, at_ms: i64, traits: &Value) {
    let event = group(world, user, id, at_ms, traits);
    world.append(vec![Stored::Event(event)]);
}

#[test]
fn whoever_belongs_to_a_group_joins_and_leaves_with_it() {
    let mut world = World::new();
    let segment = world.make("Enterprise", enterprise());
    for user in ["ann", "bob"] {
        say(&mut world, user, "acme", 1, &json!({}));
    }
    say(&mut world, "cem", "other", 1, &json!({ "plan": "free" }));
    world.settle();
    assert_eq!(world.count(&segment), 0);
    // Told by nobody: a server says what the group is.
    say(&mut world, "", "acme", 2, &json!({ "plan": "enterprise" }));
    world.settle();
    assert_eq!(world.count(&segment), 2);
    assert!(world.told().iter().all(|(event, _, reason)| event == "Segment Joined" && reason == "group"));
    // What it was before says nothing; another group that fits is enough.
    say(&mut world, "", "acme", 1, &json!({ "plan": "free" }));
    say(&mut world, "cem", "acme", 3, &json!({}));
    world.settle();
    assert_eq!(world.count(&segment), 3);
    let code = world.code("cem").unwrap();
    let id = world.people.by_code(world.workspace, code).unwrap().unwrap().id;
    let why = world.segments.why(world.workspace, &segment, id).unwrap();
    assert_eq!(why.parts[0].words, "is in a group whose plan is \"enterprise\"");
    assert!(why.is_in && why.parts[0].met);
    say(&mut world, "", "acme", 4, &json!({ "plan": "free" }));
    world.crash();
    world.settle();
    assert_eq!(world.count(&segment), 0);
}

#[test]
fn both_conditions_are_on_the_same_group() {
    let mut world = World::new();
    let who = json!({ "group": { "where": [
        { "trait": "plan", "op": "eq", "value": "enterprise" }, { "trait": "address.country", "op": "eq", "value": "DE" } ] } });
    let segment = world.make("German enterprises", who);
    say(&mut world, "ann", "one", 1, &json!({ "plan": "enterprise", "address": { "country": "FR" } }));
    say(&mut world, "ann", "two", 1, &json!({ "plan": "free", "address": { "country": "DE" } }));
    world.settle();
    assert_eq!(world.count(&segment), 0);
    say(&mut world, "ann", "one", 2, &json!({ "address": { "country": "DE" } }));
    world.settle();
    assert_eq!(world.count(&segment), 1);
}

#[test]
fn a_large_group_is_gone_through_in_pages_and_anew_when_it_changes_meanwhile() {
    const PEOPLE: usize = 10_050;
    let mut world = World::new();
    let segment = world.make("Enterprise", enterprise());
    let members = (0..PEOPLE).map(|user| group(&world, &format!("u{user}"), "acme", 1, &json!({})));
    let members: Vec<Stored> = members.map(Stored::Event).collect();
    world.append(members);
    world.settle();
    say(&mut world, "", "acme", 2, &json!({ "plan": "enterprise" }));
    assert_eq!(world.segments.round().unwrap(), Next::AtOnce);
    let some = world.count(&segment);
    assert!(some > 0 && some < PEOPLE as u64, "{some} after a round");
    // The change that comes in between is not lost for those who had their turn.
    say(&mut world, "", "acme", 3, &json!({ "plan": "free" }));
    world.settle();
    assert_eq!(world.count(&segment), 0);
}
