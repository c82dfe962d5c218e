//! How fast an event is screened, beside parsing the same events with serde_json in the same run:
//! `cargo run --release -p shield --example speed`. The ratio is what counts; machines differ.

use std::borrow::Cow;
use std::time::Duration;

use model::{Event, Kind, SourceId, WorkspaceId};
use shield::score::clock::taken as time;
use shield::{Case, Shield};

/// How many times the two sides take turns; the best turn of each counts, so that a busy machine
/// disturbs the ratio little.
const TURNS: usize = 12;
/// How many events, all different: a turn must be long, for the system's count moves in steps of milliseconds.
const EVENTS: usize = 16_000;

fn main() {
    let shield = Shield::builtin();
    println!("events as they are, values that repeat among them:");
    compare(&shield, &events());
    println!("\nno string of any event comes a second time:");
    compare(&shield, &different(&events()));
    println!("\nadversarial values: bytes, nanoseconds a byte, milliseconds");
    for (name, unit) in ADVERSARIAL {
        for bytes in [30_000, 1_000_000] {
            let mut left: usize = bytes;
            let fits = |c: &char| {
                left = left.saturating_sub(c.len_utf8());
                left > 0
            };
            let text: String = unit.chars().cycle().take_while(fits).collect();
            let case =
                serde_json::json!({"path": "properties.note", "key": "note", "value": text}).to_string();
            let Ok(case) = serde_json::from_str::<Case<'_>>(&case) else { continue };
            // The system's count moves in steps of milliseconds: small texts are judged many times.
            let times = (2_000_000 / bytes).max(1);
            let all = (0..2).map(|_| {
                time(|| {
                    for _ in 0..times {
                        _ = std::hint::black_box(shield.classify(&case));
                    }
                })
            });
            let taken = all.min().unwrap_or_default() / u32::try_from(times).unwrap_or(1);
            println!(
                "{name:<24}{bytes:>9}{:>9.1}{:>9.2}",
                taken.as_nanos() as f64 / bytes as f64,
                taken.as_secs_f64() * 1e3
            );
        }
    }
}

fn compare(shield: &Shield, events: &[(String, String)]) {
    let bytes: usize = events.iter().map(|(properties, context)| properties.len() + context.len()).sum();
    let values: usize = events.iter().map(|(p, c)| values_in(p) + values_in(c)).sum();
    println!(
        "{} events, on average {} bytes and {} values",
        events.len(),
        bytes / events.len(),
        values / events.len()
    );
    let (mut parse, mut screen) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        parse = parse.min(time(|| {
            for (properties, context) in events {
                for text in [properties, context] {
                    std::hint::black_box(serde_json::from_str::<serde_json::Value>(text).is_ok());
                }
            }
        }));
        screen = screen.min(time(|| {
            for (properties, context) in events {
                let clean = shield.screen(event(properties, context), &|_| "0123456789abcdef".to_owned());
                std::hint::black_box(clean.is_ok());
            }
        }));
    }
    let speed = |time: Duration| bytes as f64 / time.as_secs_f64() / 1e6;
    println!("serde_json::Value {:7.1} MB/s", speed(parse));
    println!("Shield::screen    {:7.1} MB/s", speed(screen));
    println!(
        "screen takes {:.2} times the parse, {:.0} ns a value",
        screen.as_secs_f64() / parse.as_secs_f64(),
        screen.as_nanos() as f64 / values as f64
    );
}

/// The same events with a word of their own in every string. The turns judge them again, but not before far more others than
/// a thread remembers.
fn different(events: &[(String, String)]) -> Vec<(String, String)> {
    let with_word = |text: &String, n: usize| {
        let word = format!(" {}\"", spelled(n));
        text.replace("\",", &format!("{word},")).replace("\"}", &format!("{word}}}"))
    };
    events.iter().enumerate().map(|(n, (p, c))| (with_word(p, n), with_word(c, n))).collect()
}

/// A number as letters, so that it looks like nothing but a word.
fn spelled(mut n: usize) -> String {
    let mut word = String::from("no");
    while n > 0 {
        word.push(b"aeioubdglm"[n % 10].into());
        n /= 10;
    }
    word
}

/// Texts made to be slow: each is repeated to the length wanted.
const ADVERSARIAL: &[(&str, &str)] = &[
    ("words for passwords", "pass:"),
    ("password is", "password is the "),
    ("password, long", "password aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "),
    ("pairs", "a=1&"),
    ("pairs of passwords", "password=x&"),
    ("phrases", "some words here: "),
    ("addresses", "http://a.b/c "),
    ("address, long", "http://a/b?c=d&e=f/"),
    ("addresses joined", "a://"),
    ("numbers", "a 1234 "),
    ("numbers, long", "4111-"),
    ("cards", "4111 1111 1111 1112 "),
    ("account numbers", "DE00 "),
    ("mail signs", "a@b."),
    ("mail signs, bare", "@"),
    ("percent", "%25"),
    ("percent, letters", "%41"),
    ("tokens", "sk_live_ "),
    ("web tokens", "eyJhbGciOiJIUzI1NiJ9."),
    ("web tokens, apart", "eyJ "),
    ("private keys", "-----BEGIN PRIVATE KEY-----"),
    ("private key, words", "PRIVATE KEY "),
    ("elements", "<a>"),
    ("elements, open", "<a><![CDATA["),
    ("inputs", "<input type=password "),
    ("form parts", "name=\"a\"\n"),
    ("lists", "["),
    ("objects", "{\"a\":"),
    ("quoted JSON", "\\\"{"),
    ("base64", "eyJhIjoiYiJ9"),
    ("other digits", "٤"),
    ("other digits, words", "رمز ٤٤٤٤ "),
    ("Cyrillic", "пароль: "),
    ("CJK", "密码是"),
    ("options", " -u a:b"),
    ("tracks", "%B4111"),
    ("dots", "a.b.c.d."),
    ("hexadecimal", "0123456789abcdef"),
    ("random words", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z "),
    ("spaces", " "),
    ("JSON in JSON", "{\"a\":\"{\\\"b\\\":\\\""),
    ("JSON, small", "{\"a\":\"b\"},"),
    ("base64 in base64", "ZXlKaElqb2lZaUo5"),
    ("data URLs", "data:application/json;base64,eyJhIjoiYiJ9 "),
    ("percent, pairs", "a%3Db%26"),
    ("digits apart", "4 1 1 1 "),
    ("digits, dashes", "12-34-"),
    ("digits, groups of three", "123 456 "),
    ("key and value", "key=value&"),
    ("cookies", "sid=abcdef0123456789; "),
    ("headers", "Authorization: Bearer abc\n"),
    ("keys with footers", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"),
    ("eyJ", "eyJ"),
    ("users in addresses", "https://u:p@h/ "),
    ("users, joined", "a://u:p@"),
    ("mail", "a@b.co, "),
    ("telephone", "+4930123456 "),
    ("codes", "your code is 1234. "),
    ("codes, mixed letters", "PIN A1234B "),
    ("stars", "****x"),
    ("full width", "ｐａｓｓ："),
    ("Devanagari digits, words", "कोड १२३४ "),
    ("all triggers", "ghp_ xoxb- AKIA eyJ pass: a@b c://d e=f 1234 %25 <g> -u DE00 "),
];

fn event<'a>(properties: &'a str, context: &'a str) -> Event<'a> {
    Event {
        workspace: WorkspaceId(1),
        source: SourceId(2),
        message_id: "ajs-next-1729000000000-4a7027de".into(),
        kind: Kind::Track,
        name: "Product Viewed".into(),
        time_ms: 0,
        received_ms: 0,
        user_id: Some("user-1729".into()),
        anonymous_id: Some("4a7027de-f155-4eb3-886a-a6e1f7643403".into()),
        group_id: None,
        previous_id: None,
        properties: Cow::Borrowed(properties),
        traits: Cow::Borrowed("{}"),
        context: Cow::Borrowed(context),
    }
}

fn values_in(text: &str) -> usize {
    text.matches("\":").count()
}

/// Events like those of a shop: twelve properties and a browser's context, six in a hundred values sensitive.
fn events() -> Vec<(String, String)> {
    let context = |n: usize| {
        serde_json::json!({
            "library": {"name": "analytics.js", "version": format!("2.{}.0", n % 40)},
            "page": {"path": format!("/p/{n}"), "referrer": "https://www.google.com/", "search": "?utm_source=newsletter&page=2",
                     "title": "Blue lamp, 40 cm – Lamps & Light", "url": format!("https://shop.example.com/p/{n}?utm_source=newsletter&page=2")},
            "userAgent": format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36", 100 + n % 40),
            "locale": "en-GB", "timezone": "Europe/Berlin", "screen": {"width": 1512, "height": 982, "density": 2}
        })
        .to_string()
    };
    let properties = |n: usize| {
        let mut map = serde_json::json!({
            "product_id": format!("589901f3-5c5b-4b9b-8548-{n:012}"), "sku": format!("WLO-{}-M", n % 9000), "category": "Lamps & Light",
            "name": "Blue lamp with a long arm and two switches", "brand": "Lumen", "variant": "blue", "price": 18.99 + (n % 100) as f64,
            "quantity": 1 + n % 3, "coupon": "MAYDEALS", "currency": "EUR", "position": n % 40, "in_stock": !n.is_multiple_of(7)
        });
        if let Some(map) = map.as_object_mut() {
            match n % 4 {
                0 => drop(map.insert("contact".into(), format!("customer{n}@example.com").into())),
                1 => drop(map.insert("password".into(), format!("hunter{n}!").into())),
                2 => drop(map.insert("note".into(), "please use 4111 1111 1111 1111 for it".into())),
                _ => {}
            }
        }
        map.to_string()
    };
    (0..EVENTS).map(|n| (properties(n), context(n))).collect()
}
