//! What is certain by itself, wherever it stands: known beginnings of tokens and what has a checksum. For
//! the parts of an address, where digits and random text are mostly ids.

use std::borrow::Cow;

use model::Class;

use super::Judge;
use super::wrapped::fully_decoded;
use crate::find::{Hit, bank, card, jwt, number, token};
use crate::keys::What;

/// The shortest part that can hold a card, an account number or a token.
const PART_BYTES_MIN: usize = 12;
/// The shortest password in a path, and the shortest word for one before it.
const STEP_BYTES_MIN: usize = 6;
const BEFORE_BYTES_MIN: usize = 2;

impl Judge<'_> {
    /// Judges a part of an address by what is certain. What is found takes the whole part along.
    pub(super) fn certain(&self, part: &str) -> Option<Hit> {
        if part.len() < PART_BYTES_MIN {
            return None;
        }
        let plain = decoded(part);
        let digits = plain.bytes().filter(u8::is_ascii_digit).count();
        if digits >= 12 && has_card(&plain) {
            return Some(Hit::whole(Class::CreditCard, "url.card"));
        }
        if digits >= 4 && plain.len() >= 15 && bank::find(&plain, 0).is_some() {
            return Some(Hit::whole(Class::Iban, "url.iban"));
        }
        if plain.len() >= 26 && digits >= 1 && token::shaped(&plain).is_some() {
            return Some(Hit::whole(Class::ApiKey, "token.shape"));
        }
        if let Some(at) = plain.find("eyJ")
            && jwt::at(&plain, at).is_ok()
        {
            return Some(Hit::whole(Class::JwtSession, "jwt"));
        }
        self.has_token(&plain).then(|| Hit::whole(Class::ApiKey, "token.prefix"))
    }

    /// The same for every step between slashes; `start` is where the first stands.
    pub(super) fn certain_steps(&self, steps: &str, start: usize, hits: &mut Vec<Hit>) {
        // Too short for a part that is certain, and for a password with its name.
        if steps.len() < PART_BYTES_MIN.min(BEFORE_BYTES_MIN + STEP_BYTES_MIN) {
            return;
        }
        let mut from = start;
        let mut before = "";
        for step in steps.split('/') {
            let span = from..from + step.len();
            from = span.end + 1;
            if let Some(hit) = self.certain(step) {
                hits.push(Hit::at(hit.class, hit.rule, span));
            } else if self.is_password_step(before, step) {
                hits.push(Hit::at(Class::UrlWithCredentials, "url.path", span));
            }
            before = step;
        }
    }

    /// `/password/hunter2-Very-Secret`; not `/password/reset`, `/password/resetForm` or `/password/12345`.
    pub(super) fn is_password_step(&self, before: &str, step: &str) -> bool {
        let may_be_one = before.len() >= BEFORE_BYTES_MIN && step.len() >= STEP_BYTES_MIN;
        if !may_be_one || !is_mixed(&decoded(step)) {
            return false;
        }
        let cue = self.facts(before).cue;
        cue.is_some_and(|cue| cue.strong && cue.what == What::Password)
            && super::told::is_password_like(&decoded(step))
    }
}

/// Letters together with digits or signs, and no file's name.
fn is_mixed(step: &str) -> bool {
    let has_letter = step.bytes().any(|byte| byte.is_ascii_alphabetic());
    let has_other = step.bytes().any(|byte| byte.is_ascii_digit() || b"!$*^&@~".contains(&byte));
    let is_file = step.rsplit_once('.').is_some_and(|(_, end)| {
        (2..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    has_letter && has_other && !is_file
}

/// Without percent-encoding, which may have been done twice.
fn decoded(part: &str) -> Cow<'_, str> {
    match fully_decoded(part) {
        Some(plain) => Cow::Owned(plain),
        None => Cow::Borrowed(part),
    }
}

/// Whether a card stands in a text, not as a part of a word.
pub(super) fn has_card(text: &str) -> bool {
    number::numbers(text, 12).any(|found| {
        let before = text.get(..found.at.start).and_then(|before| before.chars().next_back());
        let after = text.get(found.at.end..).and_then(|after| after.chars().next());
        let is_word_part = before.into_iter().chain(after).any(|c| c.is_alphanumeric() || c == '_');
        !is_word_part && card::card_in(found.text).is_some()
    })
}
