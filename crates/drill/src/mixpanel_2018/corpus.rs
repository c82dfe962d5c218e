//! Labelled values, made for the purpose: what the shield calls them, class by class, beside what they are.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::play::Seen;
use crate::stage::Stage;

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";
const NAMES: [&str; 8] = ["anna", "ben", "clara", "david", "elif", "farid", "greta", "hana"];
const WORDS: [&str; 8] = ["blue", "shirt", "table", "garden", "lamp", "winter", "coffee", "bag"];

/// The least of precision and of recall of any class that will do.
const FLOOR: f64 = 0.99;

pub fn corpus(stage: &mut Stage, _open: bool) -> Seen {
    let count = if stage.long { 100_000 } else { 8_000 };
    let mut dice = Dice::new(2018);
    let mut lines = String::new();
    let mut truth = BTreeMap::new();
    for n in 0..count {
        let (label, key, value) = case(&mut dice, n);
        let id = format!("v{n}");
        let line = json!({ "id": id, "event": "Labelled", "path": format!("properties.{key}"), "key": key, "value": value });
        lines.push_str(&line.to_string());
        lines.push('\n');
        truth.insert(id, label);
    }
    let file = stage.server.scratch().join("labelled.jsonl");
    stdx::files::replace(&file, lines.as_bytes()).expect("a file");
    let (code, said, errors) =
        stage.server.command(&["shield", "classify", file.to_str().expect("a path that is text")]);
    assert_eq!(code, 0, "{errors}");
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut hit = 0;
    for line in said.lines() {
        let told: Value = serde_json::from_str(line).expect("a line of JSON");
        let wanted = truth[told["id"].as_str().unwrap_or_default()];
        let given = told["label"].as_str().unwrap_or("benign");
        if wanted == "benign" {
            hit += usize::from(given != "benign");
        } else {
            let count = counts.entry(wanted).or_default();
            count.all += 1;
            count.right += usize::from(given == wanted);
        }
        if given != "benign"
            && given != wanted
            && let Some(label) = LABELS.iter().find(|label| **label == given)
        {
            counts.entry(label).or_default().wrong += 1;
        }
    }
    let worst = |of: fn(&Count) -> f64| {
        let each = counts.iter().map(|(label, count)| (of(count), *label));
        each.min_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((0.0, "none"))
    };
    let (recall, precision) = (worst(Count::recall), worst(Count::precision));
    Seen {
        tried: format!("{count} labelled values of {} classes and of ordinary kinds", counts.len()),
        outcome: format!("{hit} ordinary values were stopped by mistake"),
        figure: format!(
            "least recall {:.4} ({}), least precision {:.4} ({})",
            recall.0, recall.1, precision.0, precision.1
        ),
        held: counts.len() == LABELS.len() && recall.0 >= FLOOR && precision.0 >= FLOOR,
    }
}

#[derive(Default)]
struct Count {
    all: usize,
    right: usize,
    wrong: usize,
}

impl Count {
    fn recall(&self) -> f64 {
        share(self.right, self.all)
    }

    fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}

const LABELS: [&str; 11] = [
    "password",
    "api_key",
    "private_key",
    "credit_card",
    "iban",
    "national_id",
    "email",
    "phone",
    "jwt_session",
    "url_with_credentials",
    "auth_code",
];

/// Every third value is of a class, in turn; the others are of ordinary kinds that look like one.
fn case(dice: &mut Dice, n: usize) -> (&'static str, String, Value) {
    if !n.is_multiple_of(3) {
        let (key, value) = ordinary(dice, n / 3);
        return ("benign", key.to_owned(), value);
    }
    let label = LABELS.get((n / 3) % LABELS.len()).copied().unwrap_or("email");
    let (key, value) = match label {
        "password" => (dice.of(&["password", "new_password", "contraseña", "passwort"]), chosen(dice)),
        "api_key" => (dice.of(&["note", "value", "config"]), api_key(dice)),
        "private_key" => ("note", private_key(dice)),
        "credit_card" => (dice.of(&["note", "card", "value"]), card(dice)),
        "iban" => (dice.of(&["note", "account", "iban"]), iban(dice)),
        "national_id" => national_id(dice),
        "email" => (dice.of(&["note", "contact", "value"]), email(dice)),
        "phone" => (dice.of(&["phone", "mobile", "contact_number"]), phone(dice)),
        "jwt_session" => (dice.of(&["note", "value"]), jwt(dice)),
        "url_with_credentials" => (dice.of(&["note", "target"]), url(dice)),
        _ => (dice.of(&["otp", "verification_code", "one_time_code"]), dice.digits(6)),
    };
    (label, key.to_owned(), json!(value))
}

fn ordinary(dice: &mut Dice, kind: usize) -> (&'static str, Value) {
    match kind % 12 {
        0 => ("order_number", json!(format!("ORD-{}", dice.digits(10)))),
        1 => ("session_count", json!(dice.below(400))),
        2 => ("request_id", json!(uuid(dice))),
        3 => ("commit", json!(dice.signs(HEX, 40))),
        4 => ("product", json!(format!("{} {}", dice.of(&WORDS), dice.of(&WORDS)))),
        5 => (
            "created_at",
            json!(format!(
                "2026-{:02}-{:02}T08:{:02}:00Z",
                1 + dice.below(12),
                1 + dice.below(28),
                dice.below(60)
            )),
        ),
        6 => ("path", json!(format!("/{}/{}", dice.of(&WORDS), dice.of(&WORDS)))),
        7 => ("password_strength", json!(dice.of(&["weak", "fair", "strong"]))),
        8 => ("version", json!(format!("{}.{}.{}", dice.below(9), dice.below(30), dice.below(100)))),
        9 => ("timestamp", json!(1_700_000_000_000_u64 + dice.below(90_000_000_000))),
        10 => ("colour", json!(format!("#{}", dice.signs(HEX, 6)))),
        _ => ("card_type", json!(dice.of(&["visa", "mastercard", "amex"]))),
    }
}

fn uuid(dice: &mut Dice) -> String {
    let part = |dice: &mut Dice, count| dice.signs(HEX, count);
    format!("{}-{}-4{}-a{}-{}", part(dice, 8), part(dice, 4), part(dice, 3), part(dice, 3), part(dice, 12))
}

fn chosen(dice: &mut Dice) -> String {
    format!("{}{}{}!", dice.of(&["Dragon", "sunny", "Winter"]), dice.signs(MIXED, 4), dice.digits(2))
}

fn api_key(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("AKIA{}", dice.signs("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        1 => format!("sk_live_{}", dice.signs(MIXED, 24)),
        2 => format!("xoxb-{}-{}-{}", dice.digits(12), dice.digits(12), dice.signs(MIXED, 24)),
        _ => format!("glpat-{}", dice.signs(MIXED, 20)),
    }
}

fn private_key(dice: &mut Dice) -> String {
    let lines: Vec<String> = (0..6).map(|_| dice.signs(MIXED, 64)).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", lines.join("\n"))
}

/// A number that passes Luhn's test, of a brand's own length and range.
fn card(dice: &mut Dice) -> String {
    let begin = dice.of(&["4539", "4716", "5240", "5412", "6011"]);
    let body = format!("{begin}{}", dice.digits(11));
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 - if digit > 4 { 9 } else { 0 } } else { digit })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A German account: 18 digits and the two check digits of ISO 13616.
fn iban(dice: &mut Dice) -> String {
    let account = dice.digits(18);
    // D is 13, E is 14, and the check digits count as 00.
    let number = format!("{account}131400");
    let rest =
        number.chars().filter_map(|digit| digit.to_digit(10)).fold(0, |rest, digit| (rest * 10 + digit) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

fn national_id(dice: &mut Dice) -> (&'static str, String) {
    if dice.below(2) == 0 {
        // Spain: eight digits and the letter of their remainder by 23.
        let number = dice.below(100_000_000);
        let letter =
            "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(usize::try_from(number % 23).unwrap_or(0)).unwrap_or('T');
        return ("dni", format!("{number:08}{letter}"));
    }
    // Brazil: nine digits and two check digits modulo 11.
    let mut digits: Vec<u32> = dice.digits(9).chars().filter_map(|digit| digit.to_digit(10)).collect();
    for _ in 0..2 {
        let weight = u32::try_from(digits.len()).unwrap_or(9) + 1;
        let sum: u32 = digits.iter().zip((2..=weight).rev()).map(|(digit, weight)| digit * weight).sum();
        digits.push(if sum % 11 < 2 { 0 } else { 11 - sum % 11 });
    }
    let text: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    ("cpf", format!("{}.{}.{}-{}", &text[..3], &text[3..6], &text[6..9], &text[9..]))
}

fn email(dice: &mut Dice) -> String {
    format!("{}.{}@{}.example.com", dice.of(&NAMES), dice.signs(SMALL, 5), dice.of(&WORDS))
}

fn phone(dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => format!("+49 151 {}", dice.digits(8)),
        1 => format!("+33 6 {} {} {} {}", dice.digits(2), dice.digits(2), dice.digits(2), dice.digits(2)),
        _ => format!("+44 7700 900{}", dice.digits(3)),
    }
}

fn jwt(dice: &mut Dice) -> String {
    let part = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
    let head = part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
    let body =
        part(json!({ "sub": dice.digits(8), "iat": 1_760_000_000 + dice.below(9_000_000) }).to_string());
    format!("{head}.{body}.{}", dice.signs(MIXED, 43))
}

fn url(dice: &mut Dice) -> String {
    let secret = dice.signs(MIXED, 14);
    match dice.below(3) {
        0 => format!("postgres://app:{secret}@db.{}.example/shop", dice.of(&WORDS)),
        1 => format!("https://{}:{secret}@{}.example/", dice.of(&NAMES), dice.of(&WORDS)),
        _ => format!("amqp://{}{}:{secret}@queue.example:5672", dice.of(&NAMES), dice.signs(LETTERS, 2)),
    }
}
