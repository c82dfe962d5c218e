//! Passwords told in a sentence: `my password is hunter2`, `Passwort lautet …`. A password has no shape,
//! so a plain word counts only where the sentence leaves no other reading.

use std::ops::Range;

use model::Class;

use super::announced::head_bytes;
use super::{Judge, named};
use crate::find::{Hit, mask, token};
use crate::keys::What;
use crate::listed::Listed;
use crate::scan::has;

impl Judge<'_> {
    /// What a text tells after a word for a password: one, or a code where the word may mean that too.
    pub(super) fn told(&self, text: &str, word: Range<usize>) -> Option<Hit> {
        let said = told_password(text, word.clone())?;
        let is_number = (4..=8).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            let from = (word.start.saturating_sub(16)..=word.start).find(|at| text.is_char_boundary(*at))?;
            let end = word.end + text.get(word.end..)?.find([' ', ':', '=']).unwrap_or(0);
            let what = self.facts(text.get(from..end)?.trim()).cue.map(|cue| cue.what);
            if matches!(what, Some(What::AuthCode | What::Passcode)) {
                return Some(Hit::whole(Class::AuthCode, "text.code"));
            }
        }
        Some(Hit::whole(Class::Password, "text.password"))
    }
}

/// The password a text tells after the word for it: `my password is hunter2`, `pwd=x`, `Passwort lautet …`.
fn told_password(text: &str, word: Range<usize>) -> Option<&str> {
    let starts_word =
        text.get(..word.start).is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()));
    let rest = text.get(word.end..).map(|rest| head_bytes(rest, 256))?;
    if !starts_word {
        return None;
    }
    let before = text.get(..word.start).unwrap_or_default();
    let (rest, ends_word) = after_ending(rest);
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    // `wrong password 'x'`: what is quoted right after the word.
    let direct = after_joint(rest).or_else(|| rest_quoted(text, word.end)).or_else(|| after_owner(rest));
    let further = || ends_word.then(|| after_some_words(rest)).flatten();
    let Some((told, is_sign)) = direct.or_else(further) else {
        return beside(before, rest).or_else(|| used_as(before, rest)).filter(|_| ends_word);
    };
    // `my password is tiger` tells one; `the password is wrong` and its like in any language do not.
    let is_mine = direct.is_some() && !is_sign && is_ones_own(before);
    let told = told.trim_start();
    let quoted = told.strip_prefix(['"', '\'', '`', '“', '«', '„']);
    let said = quoted.unwrap_or(told);
    let end = said
        .find(|c: char| {
            c.is_whitespace() || quoted.is_some() && matches!(c, '"' | '\'' | '`' | '”' | '»' | '“')
        })
        .unwrap_or(said.len());
    let said_word = said.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', '!', '?', ')']);
    // `password=***&user=4`
    let is_covered = said_word.split_once(['&', ';']).is_some_and(|(head, _)| mask::is_masked(head));
    if said_word.chars().count() < 4 || is_covered {
        return None;
    }
    let follows =
        said.get(end..).unwrap_or_default().trim_start_matches(['"', '\'', '”', '»', ' ', '.', ',', '!']);
    let is_end = follows.is_empty()
        || ["and ", "und ", "et ", "y ", "thanks", "please", "but ", "for "]
            .iter()
            .any(|word| follows.starts_with(word));
    let is_told = is_password_like(said_word)
        || is_mine && is_end && !is_remark(said_word) && !mask::is_masked(said_word)
        || quoted.is_some()
            && direct.is_some_and(|(_, is_sign)| !is_sign)
            && !is_remark(said_word)
            && !mask::is_masked(said_word);
    is_told.then_some(said_word)
}

/// What follows the word and an ending of its language (`passordet`, `şifrem`); whether the word ends there.
fn after_ending(rest: &str) -> (&str, bool) {
    const ENDING_CHARS_MAX: usize = 3;
    let letters = rest.chars().take_while(|c| c.is_alphanumeric()).count();
    let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let ending = rest.get(..length).unwrap_or_default();
    let is_ending = letters <= ENDING_CHARS_MAX
        && ending != "s"
        && ending.chars().all(|c| c.is_lowercase() || ('\u{80}'..'\u{3040}').contains(&c))
        && rest.get(length..).is_some_and(|after| after.starts_with(' '));
    if is_ending { (rest.get(length..).unwrap_or(rest), true) } else { (rest, letters == 0) }
}

/// `passordet mitt er x`, `kata sandi saya x`: whose it is stands behind the word.
fn after_owner(rest: &str) -> Option<(&str, bool)> {
    const OWNERS: &[&str] = &[
        "mitt ",
        "min ",
        "mit ",
        "mea ",
        "ta ",
        "ми ",
        "ти ",
        "моя ",
        "мой ",
        "мені ",
        "שלי ",
        "שלך ",
        "saya ",
        "aku ",
        "anda ",
        "ku ",
        "ko ",
        "ko po ",
        "tôi ",
        "của tôi ",
        "yangu ",
        "mio ",
        "mia ",
        "meu ",
        "minha ",
        "ime ",
        "im ",
        "время ",
        "من ",
        "ما ",
        "الخاصة بي ",
        "الخاص بي ",
        "ของฉัน ",
        "ของผม ",
    ];
    const JOINTS: &[&str] =
        &["е ", "є ", "היא ", "הוא ", "هي ", "هو ", "là ", "ni ", "คือ ", "این است ", "ay "];
    let owned = OWNERS.iter().find_map(|owner| rest.strip_prefix(owner));
    let tail = owned.unwrap_or(rest);
    let joined = JOINTS.iter().find_map(|joint| tail.strip_prefix(joint));
    if let Some(told) = joined {
        return Some((told, true));
    }
    let tail = owned?;
    after_joint(tail).map(|(told, _)| (told, true)).or(Some((tail, true)))
}

/// `with password Guitar1992*`, `şifrem lgcp4250`: nothing between the word and what can only be a password.
fn beside<'a>(before: &str, rest: &'a str) -> Option<&'a str> {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let said = rest.get(..end)?.trim_end_matches(['.', ',', '!', '?', ')']);
    let follows = rest.get(end..).unwrap_or_default().trim_start();
    let is_end = !follows.starts_with(|c: char| c.is_alphanumeric());
    let has = |is: fn(&u8) -> bool| said.bytes().any(|byte| is(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let is_one_word = said.bytes().all(|byte| !b"-./:=<>()[]{}\"'`/\\".contains(&byte));
    let is_spoken = !before.ends_with(['-', '_', '.', '/', '"', '\'', '<', '$', '@', '#', '%', '{', '[']);
    (is_end && is_spoken && is_one_word && is_mixed && said.chars().count() >= 7 && is_password_like(said))
        .then_some(said)
}

/// `try x as password`: what stands before the word.
fn used_as<'a>(before: &'a str, rest: &str) -> Option<&'a str> {
    const JOINTS: &[&str] = &[
        " as", " as the", " as my", " as a", " als", " comme", " como", " come", " som", " jako", " ca",
        " как", " як",
    ];
    let before = before.trim_end();
    let said = JOINTS.iter().find_map(|joint| before.strip_suffix(joint))?.trim_end().rsplit(' ').next()?;
    let said = said.trim_matches(['"', '\'', '`', ',']);
    let is_end = !rest.trim_start().starts_with(|c: char| c.is_alphanumeric());
    let has = |is: fn(&u8) -> bool| said.bytes().any(|byte| is(&byte));
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    (is_end && is_mixed && said.chars().count() >= 7 && is_password_like(said)).then_some(said)
}

fn rest_quoted(text: &str, from: usize) -> Option<(&str, bool)> {
    let rest = head_bytes(text.get(from..)?, 256).strip_prefix(' ')?;
    (rest.starts_with(['\'', '"', '`', '«', '„', '“'])).then_some((rest, true))
}

/// `… for the portal is x`: a joint a few words further on.
fn after_some_words(rest: &str) -> Option<(&str, bool)> {
    const WORDS_MAX: usize = 6;
    let mut tail = rest;
    for _ in 0..WORDS_MAX {
        let (word, after) = tail.split_once(' ')?;
        if word.ends_with(['.', '!', '?', ';', ',', ')', '=']) {
            return None;
        }
        if word.ends_with(':') {
            return Some((after, true));
        }
        if let Some((told, is_sign)) = after_joint(after) {
            return Some((told, is_sign));
        }
        tail = after;
    }
    None
}

/// Whether the words before say whose password it is: the writer's.
fn is_ones_own(before: &str) -> bool {
    const WORDS: &[&str] = &[
        "my", "mein", "meine", "mon", "ma", "mi", "mio", "mia", "minha", "meu", "mijn", "mitt", "min", "mit",
        "moj", "mój", "moje", "moja", "moje", "мой", "моя", "моё", "мій", "моја", "mea", "meu", "benim",
        "our", "his", "her", "their", "unser", "notre", "nuestra", "nostra", "nossa", "ons", "vårt", "nasze",
        "new", "the", "current", "old", "saya", "của",
    ];
    let word = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
    WORDS.contains(&word.as_str())
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
        "yra ",
        "ir ",
        "adalah ",
        "ialah ",
        "var ",
    ] {
        if let Some(told) = rest.strip_prefix(joint) {
            return Some((told.trim_start_matches([':', ' ']), false));
        }
    }
    for joint in ["は", "是", "为", "為", "은", "는"] {
        if let Some(told) = rest.strip_prefix(joint) {
            return Some((told, true));
        }
    }
    None
}

/// What people say about passwords rather than passwords.
static REMARKS: Listed<88> = Listed::of([
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
]);

pub(super) fn is_remark(word: &str) -> bool {
    const REMARK_BYTES_MAX: usize = 32;
    if word.len() > REMARK_BYTES_MAX {
        return false;
    }
    let is_listed = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        bare.is_empty() || REMARKS.has_in_any_case(bare)
    };
    // Some letters outside ASCII have small ones in it.
    if word.is_ascii() { is_listed(word) } else { is_listed(&word.to_lowercase()) }
}

/// A place in a program that names a secret instead of holding one: `$PASSWORD`, `os.environ["X"]`, `getToken()`.
pub(super) fn is_reference(word: &str) -> bool {
    let bare = mask::trimmed(word, |byte| matches!(byte, b'"' | b'\'' | b'`' | b';' | b','));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if let Some(name) = bare.strip_prefix('$') {
        // `$1`, `$2`: what the caller gave.
        let is_argument = (1..=2).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit());
        return is_argument || is_name(name) || name.starts_with(['{', '(']);
    }
    let head: usize = bare.bytes().take_while(|b| b.is_ascii_alphabetic() || b"_.".contains(b)).count();
    let tail = bare.get(head..).unwrap_or_default();
    head >= 3
        && (tail.starts_with("()")
            || tail == "("
            || tail.starts_with("[\"")
            || tail.starts_with("['")
            || tail.starts_with("(\"")
            || tail.starts_with("('"))
        || ["process.env", "os.environ", "System.getenv", "ENV[", "secrets."]
            .iter()
            .any(|begin| bare.starts_with(begin))
}

pub(super) fn is_password_like(word: &str) -> bool {
    word.chars().count() >= 4
        && !mask::is_masked(word)
        && !is_remark(word)
        && !token::is_date(word)
        && named::looks_chosen(word)
        && !has(word, "://", b':')
        && !is_reference(word)
}
