//! Passwords as they leak: much used ones, what people make themselves, what programs make, pass phrases.

use crate::dice::Dice;
use crate::words::{ENGLISH, NAMES, SPANISH, invented};

const COMMON: &str = include_str!("../../../breach/data/common_passwords.txt");

/// What kind of passwords leak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leak {
    /// A quarter much used, half made by people, a fifth by programs, the rest phrases.
    Mixed,
    /// As people make them, none of them in a list.
    Human,
    /// As password managers make them.
    Generated,
}

/// Makes passwords.
pub struct Passwords {
    common: Vec<&'static str>,
}

impl Passwords {
    pub fn new() -> Self {
        Self { common: COMMON.lines().collect() }
    }

    pub fn one(&self, leak: Leak, dice: &mut Dice) -> String {
        match leak {
            Leak::Human => human(dice),
            Leak::Generated => generated(dice),
            Leak::Mixed => match dice.below(100) {
                0..25 => self.common[dice.rank(self.common.len() as u64) as usize].to_owned(),
                25..75 => human(dice),
                75..95 => generated(dice),
                _ => phrase(dice),
            },
        }
    }
}

/// A word or name, changed as people change it.
fn human(dice: &mut Dice) -> String {
    let mut base = match dice.below(10) {
        0..4 => dice.pick(ENGLISH).to_owned(),
        4..7 => dice.pick(NAMES).to_lowercase(),
        7 => dice.pick(SPANISH).to_owned(),
        _ => invented(dice.next()),
    };
    if dice.chance(0.5) {
        let mut letters = base.chars();
        base = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    }
    if dice.chance(0.12) {
        base = base.replacen('a', "@", 1).replacen('o', "0", 1).replacen('s', "$", 1).replacen('e', "3", 1);
    }
    if dice.chance(0.12) {
        base.push_str(dice.pick(ENGLISH));
    }
    let digits = match dice.below(10) {
        0..3 => format!("{}", 1950 + dice.below(76)),
        3..6 => format!("{:02}", dice.below(100)),
        6 => format!("{}", dice.below(10)),
        7 => "123".to_owned(),
        8 => format!("{:04}", dice.below(10_000)),
        _ => String::new(),
    };
    let sign =
        if dice.chance(0.35) { dice.pick(&["!", "!", "@", "#", "$", ".", "*", "?", "!!"]) } else { "" };
    let made =
        if dice.chance(0.1) { format!("{digits}{base}{sign}") } else { format!("{base}{digits}{sign}") };
    if made.chars().count() < 6 { format!("{made}123") } else { made }
}

fn generated(dice: &mut Dice) -> String {
    const PLAIN: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    const SIGNS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!@#$%^&*-_+=?";
    let length = 10 + dice.below(11);
    let alphabet = if dice.chance(0.65) { SIGNS } else { PLAIN };
    dice.text(alphabet, length)
}

fn phrase(dice: &mut Dice) -> String {
    let join = dice.pick(&["-", " ", ".", ""]);
    let words: Vec<&str> = (0..3 + dice.below(2)).map(|_| dice.pick(ENGLISH)).collect();
    words.join(join)
}
