//! What is sent: batches of Segment-shaped events, made before the clock starts. Only the message ids
//! differ from request to request; they are patched in place.

use std::fmt::Write;

/// How many digits a message id has: a run's own half and a running number.
pub(crate) const ID_BYTES: usize = 32;
/// One event in so many carries something sensitive where it does not belong.
const SENSITIVE_EVERY: u64 = 25;

/// A batch with gaps for the message ids.
pub(crate) struct Body {
    text: Vec<u8>,
    gaps: Vec<usize>,
}

impl Body {
    /// The batch with the ids `first`, `first + 1`, … of this run.
    pub fn with_ids(&self, run: u64, first: u64) -> Vec<u8> {
        let mut text = self.text.clone();
        for (number, gap) in self.gaps.iter().enumerate() {
            if let Some(place) = text.get_mut(*gap..*gap + ID_BYTES) {
                place.copy_from_slice(id(run, first + number as u64).as_bytes());
            }
        }
        text
    }

    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// A message id of this run.
pub(crate) fn id(run: u64, number: u64) -> String {
    format!("{run:016x}{number:016x}")
}

/// `count` different batches of `batch` events of about `event_bytes` each, sent at `now` (RFC 3339).
pub(crate) fn bodies(
    count: usize,
    batch: usize,
    event_bytes: usize,
    write_key: &str,
    now: &str,
) -> Vec<Body> {
    let mut random = Random(0x5eed);
    (0..count).map(|_| body(&mut random, batch, event_bytes, write_key, now)).collect()
}

fn body(random: &mut Random, batch: usize, event_bytes: usize, write_key: &str, now: &str) -> Body {
    let mut text = format!(r#"{{"writeKey":"{write_key}","sentAt":"{now}","batch":["#);
    let mut gaps = Vec::with_capacity(batch);
    for number in 0..batch {
        if number > 0 {
            text.push(',');
        }
        let from = text.len();
        text.push_str(r#"{"messageId":""#);
        gaps.push(text.len());
        text.push_str(&"0".repeat(ID_BYTES));
        push_event(&mut text, random, now);
        // Filled up to size with what long events are long with: text that somebody wrote.
        text.push_str(r#","note":""#);
        while text.len() - from + 60 < event_bytes {
            text.push_str(random.pick(&WORDS));
            text.push(' ');
        }
        text.push_str(r#""}}"#);
    }
    text.push_str("]}");
    Body { text: text.into_bytes(), gaps }
}

const WORDS: [&str; 12] = [
    "delivery", "blue", "window", "tomorrow", "please", "leave", "garden", "small", "order", "with", "the",
    "and",
];
/// What the events that are sent are called.
pub const EVENTS: [&str; 8] = [
    "Product Viewed",
    "Product Added",
    "Cart Viewed",
    "Checkout Started",
    "Order Completed",
    "Search Performed",
    "Video Played",
    "Feature Used",
];
const COUNTRIES: [&str; 8] = ["DE", "FR", "US", "GB", "IN", "BR", "JP", "KE"];
const PLANS: [&str; 4] = ["free", "pro", "team", "enterprise"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:151.0) Gecko/20100101 Firefox/151.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.4 Mobile/15E148 Safari/604.1",
];

/// The rest of an event, up to an open `properties` or `traits` object with at least one member.
fn push_event(text: &mut String, random: &mut Random, now: &str) {
    let user = random.below(200_000);
    let context = format!(
        r#"{{"library":{{"name":"analytics.js","version":"next-1.84.3"}},"locale":"de-DE","timezone":"Europe/Berlin","userAgent":"{}","page":{{"path":"/products/{}","url":"https://shop.example.com/products/{}","title":"Shop"}}}}"#,
        random.pick(&AGENTS),
        user % 977,
        user % 977,
    );
    // Writing to a text cannot fail.
    let _ = write!(text, r#"","anonymousId":"anon-{user:08x}","timestamp":"{now}","context":{context},"#);
    let country = random.pick(&COUNTRIES);
    match random.below(20) {
        0 => {
            let plan = random.pick(&PLANS);
            let _ = write!(
                text,
                r#""type":"identify","userId":"user-{user}","traits":{{"email":"user{user}@example.com","firstName":"Ada","plan":"{plan}","country":"{country}""#
            );
        }
        1..=5 => {
            let _ = write!(
                text,
                r#""type":"page","userId":"user-{user}","name":"Product","properties":{{"path":"/products/{}","country":"{country}""#,
                user % 977
            );
        }
        _ => {
            let (event, plan, price) = (random.pick(&EVENTS), random.pick(&PLANS), random.below(30_000));
            let _ = write!(
                text,
                r#""type":"track","userId":"user-{user}","event":"{event}","properties":{{"product_id":"sku-{}","price":{}.{:02},"currency":"EUR","quantity":{},"plan":"{plan}","country":"{country}","returning":{}"#,
                user % 4_999,
                price / 100,
                price % 100,
                1 + price % 5,
                price.is_multiple_of(2)
            );
        }
    }
    if random.below(SENSITIVE_EVERY) == 0 {
        text.push_str(random.pick(&[
            r#","password":"correct horse battery""#,
            r#","card_number":"4111 1111 1111 1111""#,
            r#","contact":"ask ada@example.com about it""#,
            r#","iban":"DE89 3704 0044 0532 0130 00""#,
        ]));
    }
}

/// The same numbers in every run, so that runs can be compared.
struct Random(u64);

impl Random {
    /// One step of SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let index = self.below(from.len() as u64) as usize;
        from.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_batches_of_the_wanted_size_with_the_ids_in_place() {
        for body in bodies(20, 10, 780, "wk_test", "2026-10-30T10:00:00Z") {
            let text = body.with_ids(7, 40);
            assert_eq!(text.len(), body.bytes());
            let batch: serde_json::Value = serde_json::from_slice(&text).unwrap();
            let events = batch["batch"].as_array().unwrap();
            assert_eq!(events.len(), 10);
            for (number, event) in events.iter().enumerate() {
                assert_eq!(event["messageId"], id(7, 40 + number as u64));
                assert!(event["type"].is_string() && event["context"]["library"].is_object());
            }
            assert!((7_000..9_500).contains(&text.len()), "{}", text.len());
        }
    }
}
