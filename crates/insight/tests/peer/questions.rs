//! Random questions.

use jiff::Span;
use serde_json::{Value, json};

use super::Dice;
use super::data::{EVENTS, World};

pub fn funnel(dice: &mut Dice, world: &World) -> Value {
    let any = dice.chance(25);
    let order = if any { "any" } else { *dice.one(&["ordered", "ordered", "ordered", "strict"]) };
    let count = 2 + dice.below(3) as usize;
    let mut steps: Vec<Value> = (0..count).map(|_| step(dice, !any)).collect();
    if any {
        // In SQL only steps of which no event can be two.
        for (place, step) in steps.iter_mut().enumerate() {
            step["event"] = json!(EVENTS[place]);
        }
    }
    let exclude: Vec<Value> = (0..dice.below(3) / 2).map(|_| step(dice, false)).collect();
    let hold = *dice.one(&["", "", "", "session", "plan"]);
    let by = *dice.one(&["", "plan", "amount", "trait.tier", "flag"]);
    let mut question = json!({
        "kind": "funnel", "steps": steps, "order": order, "exclude": exclude,
        "within": dice.one(&["1h", "10h", "1d", "7d", "30d", "366d"]),
        "hold": if hold.is_empty() { json!([]) } else { json!([hold]) },
        "by": if by.is_empty() { json!([]) } else { json!([by]) },
        "where": conditions(dice, 20),
        "range": range(dice, world),
        "select": if dice.chance(20) { "times" } else { "steps" },
    });
    if dice.chance(35) {
        question["within"] = json!("session");
        question["session"] = json!(dice.one(&["30m", "3h", "1d", "7d"]));
    }
    question
}

pub fn retention(dice: &mut Dice, world: &World) -> Value {
    let intervals = *dice.one(&["calendar", "rolling"]);
    // Where clocks are turned, hours in SQL are not those of the clock on the wall.
    let hours = intervals == "rolling" && world.zone.iana_name() == Some("Asia/Kathmandu");
    let interval = if hours { "hour" } else { *dice.one(&["day", "day", "week", "month"]) };
    let mut question = json!({
        "kind": "retention", "start": step(dice, true), "return": step(dice, true), "interval": interval,
        "intervals": intervals, "returned": dice.one(&["on", "on", "on_or_after"]),
        "where": conditions(dice, 20), "range": range(dice, world),
    });
    if dice.chance(25) {
        question["brackets"] = dice.one(&[json!([1, 3, 7, 14]), json!([2]), json!([7, 30])]).clone();
    } else {
        question["periods"] = json!(1 + dice.below(20));
    }
    question
}

pub fn flow(dice: &mut Dice, world: &World) -> Value {
    json!({
        "kind": "flow", "start": step(dice, true), "depth": 1 + dice.below(6), "top": 1 + dice.below(30),
        "session": dice.one(&["30m", "3h", "1d", "7d"]), "direction": dice.one(&["forward", "forward", "back"]),
        "names": if dice.chance(40) { json!(1 + dice.below(4)) } else { Value::Null },
        "where": conditions(dice, 20), "range": range(dice, world),
    })
}

pub fn people(dice: &mut Dice, _: &World) -> Value {
    json!({ "kind": "people", "who": audience(dice, 3), "select": "count" })
}

fn audience(dice: &mut Dice, depth: u64) -> Value {
    let parts = |dice: &mut Dice| (0..=dice.below(3)).map(|_| audience(dice, depth - 1)).collect::<Vec<_>>();
    match dice.below(if depth == 0 { 4 } else { 8 }) {
        0 => json!({ "trait": "tier", "op": dice.one(&["eq", "ne"]), "value": "gold" }),
        1..=3 => json!({
            "did": step(dice, true),
            "times": dice.one(&[Value::Null, json!({ "gte": 2 }), json!({ "lte": 3 }), json!({ "eq": 0 }), json!({ "eq": 1 })]),
            "within": dice.one(&[Value::Null, json!("1d"), json!("7d"), json!("20d")]),
        }),
        4 | 5 => json!({ "all": parts(dice) }),
        6 => json!({ "any": parts(dice) }),
        _ => json!({ "not": audience(dice, depth - 1) }),
    }
}

/// A step, sometimes with a condition.
pub fn step(dice: &mut Dice, any: bool) -> Value {
    let event = if any && dice.chance(8) { "*" } else { *dice.one(&EVENTS) };
    json!({ "event": event, "where": conditions(dice, 15) })
}

pub fn conditions(dice: &mut Dice, hundredths: u64) -> Vec<Value> {
    if !dice.chance(hundredths) {
        return Vec::new();
    }
    let op = |dice: &mut Dice, ops: &[&str]| (*dice.one(ops)).to_owned();
    vec![match dice.below(6) {
        0 => json!({ "property": "plan", "op": op(dice, &["eq", "ne"]), "value": "pro" }),
        1 => json!({ "property": "plan", "op": op(dice, &["in", "not_in"]), "value": ["free", "team"] }),
        2 => json!({ "property": "amount", "op": op(dice, &["gt", "gte", "lt", "lte", "eq", "ne"]),
            "value": dice.below(8) }),
        3 => json!({ "property": "flag", "op": op(dice, &["exists", "not_exists"]) }),
        4 => json!({ "property": "plan", "op": op(dice, &["starts_with", "contains"]), "value": "t" }),
        _ => json!({ "trait": "tier", "op": op(dice, &["eq", "ne"]), "value": "gold" }),
    }]
}

/// Days, or instants within days.
pub fn range(dice: &mut Dice, world: &World) -> Value {
    let from = world.first_day.checked_add(Span::new().days(dice.below(15) as i64)).unwrap();
    let to = from.checked_add(Span::new().days(dice.below(28) as i64)).unwrap();
    if dice.chance(70) {
        json!({ "from": from.to_string(), "to": to.to_string() })
    } else {
        json!({ "from": format!("{from}T03:30:00Z"), "to": format!("{to}T17:00:00.001Z") })
    }
}
