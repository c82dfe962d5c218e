//! What happened in 2017, sent as it was: somebody else's SDK captures what people type, and a password of letters has no
//! shape by which anything could know it.

use serde_json::{Value, json};

use crate::play::Seen;
use crate::stage::Stage;

/// How many fields were captured.
const SENT: usize = 200;
/// The event's name, as Mixpanel's SDK has it; no other step sends one.
const EVENT: &str = "$mp_input_change";

pub fn captured(stage: &mut Stage, open: bool) -> Seen {
    if open {
        // A plan that lists the member says that somebody has looked at what stands in it.
        let plan = json!({
            "name": "captured", "mode": "watch", "unplanned_events": "allow", "unplanned_properties": "allow",
            "events": { EVENT: { "properties": { "$el_attr__value": { "type": "string" } } } }
        });
        stage.change("PUT", "/plans/captured", &plan);
    }
    stage.send(&(0..SENT).map(change).collect::<Vec<_>>());
    stage.wait_for_events(EVENT, SENT);
    let events: Vec<Value> =
        stage.every_event().into_iter().filter(|event| event["event"] == json!(EVENT)).collect();
    let left = events.iter().filter(|event| (0..SENT).any(|n| event.to_string().contains(&typed(n)))).count();
    let whole = events
        .iter()
        .filter(|event| {
            event["properties"]["$el_tag_name"] == "input" && event["properties"]["$browser"] == "Chrome"
        })
        .count();
    Seen {
        tried: format!(
            "{SENT} events in the name of an SDK that reads what stands in fields, each with a password of letters"
        ),
        outcome: format!("{} events arrived, {whole} with the structure of their element", events.len()),
        figure: format!("{left} typed values kept"),
        held: left == 0 && whole == SENT && events.len() == SENT,
    }
}

fn change(n: usize) -> Value {
    json!({
        "type": "track", "event": EVENT, "anonymousId": format!("typist-{n}"),
        "properties": {
            "$browser": "Chrome", "$event_type": "change", "$el_tag_name": "input", "$el_attr__class": "field wide",
            "$el_attr__value": typed(n), "$el_text": typed(n),
            "$elements": [{ "tag_name": "input", "attr__data-value": typed(n), "nth_child": 1 }]
        },
        "context": { "library": { "name": "mixpanel", "version": "2.13.0" } }
    })
}

/// What somebody typed: letters, the same at no two places.
fn typed(n: usize) -> String {
    let letters: String =
        [n / 100, n / 10 % 10, n % 10].iter().map(|digit| char::from(b"kelmarsino"[*digit])).collect();
    format!("quietharbour{letters}")
}
