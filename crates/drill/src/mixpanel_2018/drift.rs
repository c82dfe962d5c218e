//! A leak too thin to see: one property of many begins to carry passwords that no rule can tell from words.

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::play::Seen;
use crate::stage::Stage;

/// Properties of each clean event; together with the events a workspace of ordinary size.
const PROPERTIES: usize = 10;
/// Values that the leaking property has before it leaks.
const CLEAN: usize = 30_000;
/// Values after which a leak of one in fifty must have been told.
const THICK: usize = 50_000;
/// Values after which a leak of one in a thousand must have been told.
const THIN: usize = 200_000;

pub fn drift(stage: &mut Stage, _open: bool) -> Seen {
    let mut dice = Dice::new(0x5eed);
    let mut sent = 0;
    send(stage, &mut dice, &mut sent, CLEAN, "Searched", 0);
    send(stage, &mut dice, &mut sent, CLEAN, "Clicked", 0);
    stage.wait_for_events("Searched", CLEAN);
    stage.wait_for_events("Clicked", CLEAN);
    // What earlier steps planted has its alarms by right.
    let clean = |alarm: &Value| ["Searched", "Clicked"].iter().any(|event| alarm["event"] == json!(event));
    let false_alarms = alarms(stage, clean).len();

    let thick = until_alarm(stage, &mut dice, &mut sent, "Clicked", 50, THICK);
    let thin = until_alarm(stage, &mut dice, &mut sent, "Searched", 1_000, THIN);
    let told = stage.get("/shield/alarms").to_string();
    let values = stage.canaries.count_in(told.as_bytes());
    let leaked = thick.map(|values| values / 50);
    let held =
        false_alarms == 0 && values == 0 && leaked.is_some_and(|leaked| leaked <= 1_000) && thin.is_some();
    let shown = |values: Option<usize>| values.map_or("never".to_owned(), |values| values.to_string());
    Seen {
        tried: format!(
            "{} clean events; then passwords in `label` in 1 of 50 and in `query` in 1 of 1,000",
            2 * CLEAN
        ),
        outcome: format!(
            "{false_alarms} alarms on clean traffic; alarms name event, property and SDK, {values} values"
        ),
        figure: format!(
            "2 %: told after {} values ({} leaked); 0.1 %: after {} values",
            shown(thick),
            shown(leaked),
            shown(thin)
        ),
        held,
    }
}

/// Sends until the property of that event is alarmed about; gives the number of values it took.
fn until_alarm(
    stage: &mut Stage,
    dice: &mut Dice,
    sent: &mut usize,
    event: &'static str,
    one_in: usize,
    values_max: usize,
) -> Option<usize> {
    let step = (values_max / 40).max(500);
    let mut values = 0;
    while values < values_max {
        send(stage, dice, sent, step, event, one_in);
        values += step;
        stage.wait_for_events(event, CLEAN + values);
        let about = |alarm: &Value| alarm["event"] == json!(event);
        if !told_about(stage, about).is_empty() {
            return Some(values);
        }
    }
    None
}

/// The alarms once the profiles have seen what the store has.
fn told_about(stage: &mut Stage, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    for _ in 0..10 {
        let found = alarms(stage, &wanted);
        if !found.is_empty() {
            return found;
        }
        wait();
    }
    Vec::new()
}

#[allow(clippy::disallowed_methods, reason = "another process works on; nothing here can be waited on")]
fn wait() {
    std::thread::sleep(std::time::Duration::from_millis(100));
}

fn alarms(stage: &mut Stage, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let shown = stage.get("/shield/alarms");
    shown["items"].as_array().into_iter().flatten().filter(|alarm| wanted(alarm)).cloned().collect()
}

fn send(stage: &Stage, dice: &mut Dice, sent: &mut usize, count: usize, event: &str, one_in: usize) {
    let property = if event == "Clicked" { "label" } else { "query" };
    let mut messages = Vec::with_capacity(500);
    for n in 0..count {
        *sent += 1;
        let mut properties = serde_json::Map::new();
        for place in 0..PROPERTIES {
            properties.insert(format!("field_{place}"), dice.ordinary(place));
        }
        let leaks = one_in > 0 && n % one_in == one_in / 2;
        let value = if leaks { dice.password() } else { dice.words(1 + *sent % 4) };
        properties.insert(property.to_owned(), json!(value));
        messages.push(json!({
            "type": "track", "event": event, "anonymousId": format!("shopper-{}", dice.below(4_000)),
            "properties": properties,
            "context": { "library": { "name": "drill.js", "version": "2.0.0" }, "page": { "path": "/basket" } }
        }));
        if messages.len() == 500 || n + 1 == count {
            stage.send(&messages);
            messages.clear();
        }
    }
}

const WORDS: [&str; 48] = [
    "blue", "shirt", "cotton", "running", "shoes", "winter", "coat", "men", "women", "kids", "sale", "new",
    "leather", "bag", "phone", "case", "table", "lamp", "garden", "chair", "red", "dress", "summer", "hat",
    "watch", "silver", "ring", "coffee", "maker", "kitchen", "knife", "set", "book", "travel", "guide",
    "bike", "helmet", "green", "tea", "organic", "oil", "toy", "train", "wooden", "puzzle", "large", "small",
    "gift",
];
const STEMS: [&str; 16] = [
    "dragon", "monkey", "sunshine", "princess", "football", "shadow", "master", "michael", "charlie",
    "jordan", "hunter", "buster", "soccer", "tigger", "batman", "thomas",
];

/// What stands in a field of the traffic.
trait Values {
    fn words(&mut self, count: usize) -> String;
    fn password(&mut self) -> String;
    fn ordinary(&mut self, place: usize) -> Value;
}

impl Values for Dice {
    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.of(&WORDS)).collect::<Vec<_>>().join(" ")
    }

    /// What people choose: a word, a capital, digits, a sign.
    fn password(&mut self) -> String {
        let stem = self.of(&STEMS);
        let digits = self.below(10_000);
        match self.below(4) {
            0 => format!("{stem}{digits}"),
            1 => format!("{}{}{digits}!", stem[..1].to_uppercase(), &stem[1..]),
            2 => format!("{stem}_{digits}{}", self.of(&STEMS)),
            _ => (0..12).map(|_| char::from(b'!' + self.below(90) as u8)).collect(),
        }
    }

    /// A value of the kind that stands at that place in every event.
    fn ordinary(&mut self, place: usize) -> Value {
        match place % 10 {
            0 => json!(self.below(500)),
            1 => json!(["eur", "usd", "gbp"][self.below(3) as usize]),
            2 => json!(self.below(2) == 0),
            3 => json!(format!("sku-{:05}", self.below(20_000))),
            4 => json!(format!("/{}/{}", self.of(&WORDS), self.of(&WORDS))),
            5 => json!(self.words(6)),
            6 => json!(self.below(100_000) as f64 / 100.0),
            7 => json!(format!("2026-{:02}-{:02}", 1 + self.below(12), 1 + self.below(28))),
            8 => json!(["mobile", "desktop", "tablet"][self.below(3) as usize]),
            _ => json!(format!("{:032x}", u128::from(self.next()) << 64 | u128::from(self.next()))),
        }
    }
}
