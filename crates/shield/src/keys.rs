//! What a name says about the value it stands for: the key model.
//!
//! A name is folded, its words are looked up in `rules/keys.txt` in one pass, longer entries hide
//! shorter ones, and the head decides: `password_strength` is about a password but is none,
//! `confirm_password` is one. What comes out is small and cached by name ([`cache`]).

mod cache;
#[cfg(test)]
mod examples;
mod lexicon;

use std::cell::RefCell;

use model::Class;

pub(crate) use cache::{of, of_path};
pub(crate) use lexicon::Lexicon;

use crate::fold::Folded;
use lexicon::{Found, Role};

/// What a name says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Facts {
    /// What kind of value the name announces.
    pub cue: Option<Cue>,
    /// What else it might be, if the value does not fit the first.
    pub second: Option<Cue>,
    /// The reserved trait of that name.
    pub reserved: Option<Class>,
    pub bits: u16,
    /// The workspace's rules whose place this is.
    pub custom: u64,
}

/// A kind of value announced by a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cue {
    pub what: What,
    /// Whether the name alone is nearly enough; a weak one needs a value that looks the part.
    pub strong: bool,
}

/// What a name can announce: a class, or a part of one with values of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    Password,
    ApiKey,
    PrivateKey,
    Card,
    CardCode,
    Iban,
    NationalId,
    Email,
    Phone,
    Session,
    AuthCode,
    /// A code of digits, or else a password.
    Passcode,
    /// A token, or else a password (`clave secreta`).
    Secret,
}

/// The name of an identifier, a hash or an image: random text is expected.
pub(crate) const IDENTIFIER: u16 = 1;
/// The name of a number that may look like a card's: orders, barcodes, times.
pub(crate) const NUMBER_ID: u16 = 1 << 1;
/// `value`, `text`: what it means stands beside it.
pub(crate) const VALUE: u16 = 1 << 2;
/// `name`, `type`, `label`: says what the value beside it means.
pub(crate) const DESCRIBES: u16 = 1 << 3;
/// The name of an internet address.
pub(crate) const IP: u16 = 1 << 4;
/// The name speaks of a secret without being its name (`password_strength`).
pub(crate) const ABOUT: u16 = 1 << 5;
/// The name has a word for a code in it.
pub(crate) const CODE: u16 = 1 << 6;
/// The name says more than the one word that announces something.
pub(crate) const QUALIFIED: u16 = 1 << 7;

impl Facts {
    /// Whether the name has one of these properties.
    pub fn is(self, bits: u16) -> bool {
        self.bits & bits != 0
    }

    /// The same with further properties.
    pub fn with(mut self, bits: u16) -> Self {
        self.bits |= bits;
        self
    }

    /// Whether the name says nothing of what the product knows.
    pub fn is_silent(self) -> bool {
        Self { custom: 0, ..self } == Self::default()
    }

    /// What the product's rules know, as one number: different for different facts.
    pub fn packed(self) -> u64 {
        let cue =
            |cue: Option<Cue>| cue.map_or(0, |cue| (cue.what as u64) << 1 | u64::from(cue.strong) | 0x80);
        let reserved = self.reserved.map_or(0, |class| class as u64 | 0x80);
        u64::from(self.bits) | cue(self.cue) << 16 | cue(self.second) << 24 | reserved << 32
    }

    /// Facts of something without a name of its own.
    pub fn announcing(what: What, strong: bool) -> Self {
        Self { cue: Some(Cue { what, strong }), ..Self::default() }
    }

    /// What is known of a member: its own name first, else its container's.
    pub fn within(self, container: Self) -> Self {
        let Some(outer) = container.cue else { return self };
        if self.cue.is_some() || self.is(ABOUT | DESCRIBES) && !self.is(VALUE) {
            return self;
        }
        let strong = outer.strong && self.is(VALUE);
        Self { cue: Some(Cue { what: outer.what, strong }), second: None, ..self }
    }
}

/// What is needed while a name is worked out, kept for the memory it has.
#[derive(Default)]
struct Scratch {
    folded: Folded,
    found: Vec<Found>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Works out what a name says. Not cheap; see [`of`].
pub(crate) fn derive(name: &str, lexicon: &Lexicon) -> Facts {
    SCRATCH.with_borrow_mut(|Scratch { folded, found }| {
        folded.read(name);
        lexicon.find(folded, found);
        said(folded, found)
    })
}

fn said(folded: &Folded, found: &[Found]) -> Facts {
    let mut facts = Facts::default();
    for entry in found {
        match entry.role {
            Role::Bits(bits) => facts.bits |= bits,
            Role::Reserved(class) => facts.reserved = Some(class),
            Role::Cue(Cue { what: What::AuthCode, .. }) => facts.bits |= CODE,
            Role::Cue(..) | Role::BenignPhrase | Role::BenignHead | Role::BenignLead | Role::CodeAbout => {}
        }
    }
    let Some((cue, at)) = head_cue(found) else {
        if found.iter().any(|entry| matches!(entry.role, Role::BenignHead | Role::BenignPhrase)) {
            facts.bits |= ABOUT;
        }
        return facts;
    };
    if at.len() < folded.text.len() {
        facts.bits |= QUALIFIED;
    }
    let is_other_code = cue == Cue { what: What::AuthCode, strong: false }
        && found.iter().any(|entry| entry.role == Role::CodeAbout);
    if is_other_code || is_only_about(found, &at, cue, &folded.text) {
        facts.bits |= ABOUT;
    } else {
        facts.cue = Some(cue);
        facts.second = found.iter().find_map(|entry| match entry.role {
            Role::Cue(other) if other.what != cue.what => Some(other),
            _ => None,
        });
    }
    facts
}

/// The cue that decides: strong before weak, among equals the last.
fn head_cue(found: &[Found]) -> Option<(Cue, std::ops::Range<usize>)> {
    let mut best: Option<(Cue, std::ops::Range<usize>)> = None;
    for entry in found {
        let Role::Cue(cue) = entry.role else { continue };
        let is_better = best.as_ref().is_none_or(|(held, at)| {
            (cue.strong, entry.at.start, entry.at.len()) >= (held.strong, at.start, at.len())
        });
        if is_better {
            best = Some((cue, entry.at.clone()));
        }
    }
    best
}

/// Whether the name only speaks about the thing: a benign head after it or a benign lead before it.
fn is_only_about(found: &[Found], at: &std::ops::Range<usize>, cue: Cue, text: &str) -> bool {
    found.iter().any(|entry| match entry.role {
        Role::BenignHead if entry.at.start >= at.end => true,
        // `signing key length`: the phrase shares its first word with the thing.
        Role::BenignPhrase if entry.at.start >= at.start && entry.at.end > at.end => true,
        // `id` after the thing: the number of a document is the thing, the id of a card record is not.
        Role::Bits(_) if entry.at.start >= at.end && cue.what != What::NationalId => {
            text.get(entry.at.clone()).is_some_and(|word| matches!(word, "id" | "ids" | "uuid" | "hash"))
                && !(cue.what == What::Password && text.ends_with("hash"))
        }
        Role::BenignLead => entry.at.end <= at.start,
        _ => false,
    })
}
