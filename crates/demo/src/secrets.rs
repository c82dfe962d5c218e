//! What people and programs let slip: one planted secret at a time, and where it stands.

use data_encoding::BASE64URL_NOPAD;

use crate::dice::{Dice, mix};
use crate::words::PASSWORD_PARTS;

/// The kind of a planted secret, which says where it is put.
#[derive(Clone, Copy)]
pub(crate) enum Slip {
    /// A form handler tracks all fields of a sign-in form.
    Password,
    /// Somebody writes a card number to the support.
    Card,
    /// An error text quotes the key of a payment service.
    ApiKey,
    /// A sign-in link carries a session token.
    Jwt,
    /// A page address carries a reset token.
    ResetToken,
}

/// One planted secret.
pub(crate) struct Planted {
    pub(crate) slip: Slip,
    pub(crate) value: String,
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The planted secret of that number.
pub(crate) fn planted(seed: u64, number: u64) -> Planted {
    let mut dice = Dice::new(mix(seed ^ 0x7365_6372_6574, number));
    let slip = match number % 5 {
        0 => Slip::Password,
        1 => Slip::ResetToken,
        2 => Slip::Card,
        3 => Slip::Jwt,
        _ => Slip::ApiKey,
    };
    let value = match slip {
        Slip::Password => format!(
            "{}{}{}{}",
            dice.pick(&PASSWORD_PARTS),
            dice.pick(&PASSWORD_PARTS),
            1_000 + number % 9_000,
            dice.pick(&["!", "?", "#", "-x"])
        ),
        Slip::ResetToken => dice.text(b"0123456789abcdef", 40),
        Slip::Card => card(&mut dice),
        Slip::Jwt => jwt(&mut dice, number),
        Slip::ApiKey => format!("sk_live_{}", dice.text(LETTERS, 24)),
    };
    Planted { slip, value }
}

/// Sixteen digits in the range of a payment service's test cards, with a right check digit.
fn card(dice: &mut Dice) -> String {
    let body = format!("400000{}", dice.text(b"0123456789", 9));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn jwt(dice: &mut Dice, number: u64) -> String {
    let claims = format!(r#"{{"sub":"shop-{number}","iat":{},"scope":"cart"}}"#, 1_780_000_000 + number);
    let signature: Vec<u8> = (0..32).map(|_| dice.below(256) as u8).collect();
    format!(
        "{}.{}.{}",
        BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#),
        BASE64URL_NOPAD.encode(claims.as_bytes()),
        BASE64URL_NOPAD.encode(&signature)
    )
}
