//! Passwords told in a sentence: `my password is hunter2`, `Passwort lautet …`. A password has no shape,
//! so a plain word counts only where the sentence leaves no other reading.

use std::ops::Range;

use super::announced::head_bytes;
use super::named;
use crate::find::{mask, token};

/// Whether a text tells a password after the word for it: `my password is hunter2`, `pwd=x`, `Passwort lautet …`.
pub(super) fn is_told_password(text: &str, word: Range<usize>) -> bool {
    let starts_word =
        text.get(..word.start).is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()));
    let Some(rest) = text.get(word.end..).map(|rest| head_bytes(rest, 256)) else { return false };
    if !starts_word {
        return false;
    }
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    let Some((told, is_sign)) = after_joint(rest) else { return false };
    let told = told.trim_start();
    let quoted = told.strip_prefix(['"', '\'', '`', '“', '«', '„']);
    let said = quoted.unwrap_or(told);
    let end = said
        .find(|c: char| {
            c.is_whitespace() || quoted.is_some() && matches!(c, '"' | '\'' | '`' | '”' | '»' | '“')
        })
        .unwrap_or(said.len());
    let said_word = said.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', '!', '?', ')']);
    if said_word.chars().count() < 4 {
        return false;
    }
    let follows =
        said.get(end..).unwrap_or_default().trim_start_matches(['"', '\'', '”', '»', ' ', '.', ',', '!']);
    let is_end = follows.is_empty()
        || ["and ", "und ", "et ", "y ", "thanks", "please", "but ", "for "]
            .iter()
            .any(|word| follows.starts_with(word));
    is_password_like(said_word)
        || !is_sign && is_end && !is_remark(said_word) && !mask::is_masked(said_word)
        || quoted.is_some() && !is_remark(said_word) && !mask::is_masked(said_word)
}

/// What follows `is`, `:` and the like; whether it was a sign.
fn after_joint(rest: &str) -> Option<(&str, bool)> {
    for sign in [":", "=", "：", "->", "=>"] {
        if let Some(told) = rest.strip_prefix(sign) {
            return Some((told, true));
        }
    }
    for joint in [
        "is ",
        "was ",
        "ist ",
        "lautet ",
        "est ",
        "es ",
        "é ",
        "è ",
        "är ",
        "er ",
        "on ",
        "to ",
        "je ",
        "jest ",
        "este ",
        "adalah ",
        "là ",
        "είναι ",
        "est : ",
        "is: ",
    ] {
        if let Some(told) = rest.strip_prefix(joint) {
            return Some((told.trim_start_matches([':', ' ']), false));
        }
    }
    for joint in ["は", "是", "为", "為"] {
        if let Some(told) = rest.strip_prefix(joint) {
            return Some((told, false));
        }
    }
    None
}

/// What people say about passwords rather than passwords.
const REMARKS: &[&str] = &[
    "required",
    "invalid",
    "incorrect",
    "wrong",
    "missing",
    "empty",
    "weak",
    "strong",
    "too",
    "not",
    "must",
    "the",
    "a",
    "an",
    "your",
    "case",
    "case-sensitive",
    "correct",
    "changed",
    "reset",
    "updated",
    "expired",
    "here",
    "set",
    "valid",
    "mandatory",
    "optional",
    "forgotten",
    "used",
    "stored",
    "never",
    "always",
    "same",
    "different",
    "unknown",
    "in",
    "on",
    "for",
    "to",
    "of",
    "and",
    "or",
    "what",
    "how",
    "safe",
    "secure",
    "good",
    "bad",
    "short",
    "long",
    "needed",
    "protected",
    "encrypted",
    "hashed",
    "shown",
    "hidden",
    "visible",
    "sent",
    "also",
    "now",
    "only",
    "being",
    "no",
    "nil",
    "important",
    "failed",
    "success",
    "error",
    "length",
    "minimum",
    "maximum",
    "confirm",
    "confirmation",
    "at",
    "less",
    "more",
    "generated",
    "saved",
    "enabled",
    "disabled",
    "blank",
    "so",
    "just",
    "already",
    "still",
    "common",
    "entirely",
    "numeric",
];

pub(super) fn is_remark(word: &str) -> bool {
    let lower = word.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || REMARKS.contains(&bare)
}

pub(super) fn is_password_like(word: &str) -> bool {
    word.chars().count() >= 4
        && !mask::is_masked(word)
        && !is_remark(word)
        && !token::is_date(word)
        && named::looks_chosen(word)
        && !word.contains("://")
}
