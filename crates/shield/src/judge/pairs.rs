//! Names inside values: form bodies, cookies, `key: value` in text, and words that announce what follows.

use std::ops::Range;

use model::Class;

use super::{Judge, Value, named};
use crate::find::number::Number;
use crate::find::{Hit, mask, national, token};
use crate::keys::{self, Facts, What};

/// The most numbers of one text whose surrounding words are read.
pub(super) const ANNOUNCED_MAX: usize = 64;
/// The most pairs of one text that are judged.
const PAIRS_MAX: usize = 2_048;
/// The longest value of a pair that is looked at; a longer one that looks secret takes the whole text along.
const VALUE_BYTES_MAX: usize = 256;
/// How many bytes of text before a number may announce it.
const ANNOUNCEMENT_BYTES: usize = 48;

impl Judge {
    /// `a=1&b=2`, `a=1; b=2`, `a: 1`.
    pub(super) fn pairs(
        &self,
        value: &Value<'_>,
        depth: u8,
        addresses: &[Range<usize>],
        hits: &mut Vec<Hit>,
    ) {
        let text = value.text;
        let is_connection_string = std::cell::LazyCell::new(|| is_connection_string(text));
        for (at, sign) in signs(text).take(PAIRS_MAX) {
            let is_taken = hits.iter().any(|hit| hit.span.as_ref().is_some_and(|span| span.contains(&at)));
            if is_taken || addresses.iter().any(|address| address.contains(&at)) {
                continue;
            }
            let is_form = matches!(sign, "=" | "＝");
            let Some(name) = name_before(text, at, is_form) else { continue };
            let Some(span) = value_after(text, at + sign.len()) else { continue };
            let Some(raw) = text.get(span.clone()) else { continue };
            if raw.starts_with("//") {
                continue;
            }
            let is_plain = !name.contains(' ');
            let facts =
                if is_plain { keys::of(name, &self.lexicon) } else { keys::derive(name, &self.lexicon) };
            let Some(cue) = facts.cue else { continue };
            let decoded = super::wrapped::percent_decoded(raw);
            let inner = Value::nameless(decoded.as_deref().unwrap_or(raw));
            let Some(hit) = self.named(cue, &inner, depth) else { continue };
            if !is_form && !is_convincing(&hit, raw, text) {
                continue;
            }
            let is_connection = matches!(hit.class, Class::Password | Class::ApiKey) && *is_connection_string;
            let class = if is_connection { Class::UrlWithCredentials } else { hit.class };
            let is_complete = span.len() + 4 < VALUE_BYTES_MAX;
            let is_certain =
                is_complete && (is_form || hit.class.sensitivity() == model::Sensitivity::Personal);
            let rule = if is_form { "pair.form" } else { "pair.text" };
            if !is_certain {
                hits.push(Hit::whole(class, rule));
                return;
            }
            hits.push(Hit::at(class, rule, span));
        }
    }

    /// A number that the words before it (or, for codes, after it) announce.
    pub(super) fn announced(&self, text: &str, number: &Number<'_>) -> Option<Hit> {
        let before = text.get(..number.at.start)?;
        if before.ends_with(['/', '_', '$', '€', '£']) {
            return None;
        }
        // Letters may belong to the number: `X1234567`, `54662925-K`.
        let span = with_letters(text, &number.at);
        let shown = text.get(span.clone())?;
        let phrase = tail(text.get(..span.start)?, ANNOUNCEMENT_BYTES);
        let facts = self.announcement(phrase);
        let class = match facts.cue.map(|cue| cue.what) {
            Some(What::NationalId) if national::is_plausible(shown, false) && number.digits >= 5 => {
                Class::NationalId
            }
            Some(What::AuthCode) if (4..=10).contains(&number.digits) => Class::AuthCode,
            Some(What::Phone) if number.digits >= 6 && crate::find::phone::is_number(number.text) => {
                Class::Phone
            }
            Some(What::CardCode) if (3..=4).contains(&number.digits) => Class::CreditCard,
            Some(What::Iban) if number.digits >= 8 => Class::Iban,
            Some(_) => return None,
            None if (4..=8).contains(&number.digits) && !facts.is(keys::ABOUT) => {
                let after = head(text.get(number.at.end..)?, ANNOUNCEMENT_BYTES).trim_start();
                let after = COPULAS
                    .iter()
                    .find_map(|word| after.strip_prefix(word)?.strip_prefix(' '))
                    .unwrap_or(after);
                let cue = self.announcement(after).cue.map(|cue| cue.what);
                let is_code =
                    cue == Some(What::AuthCode) && mentions_code(after) || ends_with_your_code(phrase);
                if !is_code {
                    return None;
                }
                Class::AuthCode
            }
            None => return None,
        };
        Some(Hit::at(class, "text.announced", span))
    }

    /// What a phrase says about the number next to it: all its words, or its last one.
    fn announcement(&self, phrase: &str) -> Facts {
        let phrase = last_words(without_copula(phrase));
        if !phrase.chars().any(char::is_alphabetic) {
            return Facts::default();
        }
        let facts = keys::derive(phrase, &self.lexicon);
        if facts.cue.is_some() || facts.is(keys::ABOUT) {
            return facts;
        }
        let last = phrase
            .rsplit(|c: char| c.is_whitespace() || c == ':')
            .find(|word| !word.is_empty())
            .unwrap_or(phrase);
        keys::derive(last, &self.lexicon)
    }
}

/// The end of a text, from the last sentence on.
fn tail(text: &str, bytes_max: usize) -> &str {
    let start = (text.len().saturating_sub(bytes_max)..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    let cut = text.get(start..).unwrap_or_default();
    let trimmed = cut.trim_end_matches([' ', ':', '=', '#', '：', '"', '\'']);
    let from =
        trimmed.rfind(['.', ';', '!', '?', '\n', '|', ',', '&', '{', '}', '。', '，']).map_or(0, |at| {
            at + trimmed.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
        });
    trimmed.get(from..).unwrap_or_default()
}

/// The last four words of a phrase: what stands further away announces nothing.
fn last_words(phrase: &str) -> &str {
    let mut from = phrase.len();
    for (count, (at, _)) in phrase.rmatch_indices(' ').enumerate() {
        if count == 4 {
            return phrase.get(from..).unwrap_or(phrase).trim_start();
        }
        from = at;
    }
    phrase
}

/// The first bytes of a text, cut at a character.
fn head_bytes(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The beginning of a text, up to the end of the sentence.
fn head(text: &str, bytes_max: usize) -> &str {
    let cut = head_bytes(text, bytes_max);
    cut.find(['.', ';', '!', '?', '\n', '|', ',', '。']).and_then(|at| cut.get(..at)).unwrap_or(cut)
}

const COPULAS: &[&str] = &[
    "is",
    "are",
    "ist",
    "lautet",
    "est",
    "es",
    "é",
    "è",
    "e",
    "sono",
    "är",
    "er",
    "on",
    "jest",
    "to",
    "je",
    "jest:",
    "van",
    "adalah",
    "ialah",
    "là",
    "は",
    "是",
    "为",
    "為",
    "يكون",
    "هو",
    "είναι",
    "este",
    "yra",
    "ir",
    "no",
    "no.",
    "nr",
    "nr.",
    "n°",
    "nº",
    "num",
    "number",
    "#",
    ":",
    "was",
    "–",
    "-",
    "=",
    "->",
    "=>",
    "için",
    "ni",
    "este:",
    "is:",
];

/// The phrase without the words that join it to what follows.
fn without_copula(phrase: &str) -> &str {
    let mut rest = phrase.trim();
    for _ in 0..3 {
        let trimmed = rest.trim_end_matches([':', '=', '#', '：', ' ', '-', '–']);
        let cut = match trimmed.rsplit_once(char::is_whitespace) {
            Some((before, last)) if COPULAS.iter().any(|word| last.to_lowercase() == **word) => before,
            _ => trimmed,
        };
        if cut.len() == rest.len() {
            break;
        }
        rest = cut;
    }
    rest
}

fn mentions_code(after: &str) -> bool {
    let after = after.trim_start();
    after.starts_with(|c: char| c.is_alphabetic()) && after.len() > 4
}

fn ends_with_your_code(phrase: &str) -> bool {
    let lower = without_copula(phrase).to_lowercase();
    lower.ends_with("code")
        && (lower.contains("your") || lower.contains("the code") || lower.ends_with("enter code"))
}

/// A number with the letters that stand directly before or after it.
fn with_letters(text: &str, at: &Range<usize>) -> Range<usize> {
    let before = text.get(..at.start).unwrap_or_default();
    let leading = before.bytes().rev().take(4).take_while(u8::is_ascii_alphanumeric).count();
    let after = text.get(at.end..).unwrap_or_default();
    let dashed =
        usize::from(after.starts_with('-') && after.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic));
    let trailing = after.bytes().skip(dashed).take(6).take_while(u8::is_ascii_alphanumeric).count();
    at.start - leading..at.end + if trailing > 0 { dashed + trailing } else { 0 }
}

/// Where a name may end and its value begin.
fn signs(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    memchr::memchr3_iter(b'=', b':', 0xef, text.as_bytes()).filter_map(move |at| {
        let rest = text.get(at..)?;
        ["=", ":", "：", "＝"].into_iter().find(|sign| rest.starts_with(sign)).map(|sign| (at, sign))
    })
}

/// The name before a sign: one word for a form, up to four in running text.
fn name_before(text: &str, at: usize, is_form: bool) -> Option<&str> {
    const NAME_BYTES_MAX: usize = 64;
    let floor = (at.saturating_sub(NAME_BYTES_MAX)..=at).find(|place| text.is_char_boundary(*place))?;
    let before = text.get(floor..at)?.trim_end_matches([' ', '"', '\'', '`', '\\']);
    let stop = |c: char| {
        matches!(
            c,
            '&' | ';'
                | '|'
                | ','
                | '?'
                | '{'
                | '}'
                | '('
                | ')'
                | '<'
                | '>'
                | '"'
                | '\''
                | '='
                | ':'
                | '\n'
                | '\t'
                | '！'
                | '。'
                | '!'
        ) || is_form && c.is_whitespace()
    };
    let from = before.rfind(stop).map_or(0, |place| {
        place + before.get(place..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let name = before.get(from..)?.trim();
    (name.len() >= 2 && name.chars().any(char::is_alphabetic)).then_some(name)
}

/// The value after a sign: quoted, or up to a space or separator.
fn value_after(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let start = from + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = text.get(start..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    if let Some(quote) = quote {
        let inner = head_bytes(rest.get(1..)?, VALUE_BYTES_MAX);
        let end = inner.find(quote).unwrap_or(inner.len());
        return (end > 0).then_some(start + 1..start + 1 + end);
    }
    let scheme = ["Bearer ", "Basic ", "Token ", "bearer ", "basic ", "token "]
        .iter()
        .find(|scheme| rest.starts_with(**scheme))
        .map_or(0, |scheme| scheme.len());
    let tail = head_bytes(rest.get(scheme..)?, VALUE_BYTES_MAX);
    let end = scheme
        + tail
            .find(|c: char| c.is_whitespace() || matches!(c, '&' | ';' | '|' | ',' | '"' | '<' | '>'))
            .unwrap_or(tail.len());
    let trimmed = rest.get(..end)?.trim_end_matches(['.', ')', ']', '}', '!', '?']);
    (!trimmed.is_empty()).then_some(start..start + trimmed.len())
}

/// Whether a value after a colon is one: in running text a plain word is no password.
fn is_convincing(hit: &Hit, raw: &str, text: &str) -> bool {
    match hit.class {
        Class::Password => {
            is_password_like(raw)
                || is_last(raw, text)
                    && raw.chars().count() >= 5
                    && !is_remark(raw)
                    && text.len() < 48
                    && text.contains(' ')
                    && raw.is_ascii()
        }
        Class::ApiKey | Class::JwtSession => token::score(named::without_scheme(raw)) >= 1,
        Class::AuthCode => raw.bytes().any(|byte| byte.is_ascii_digit()),
        _ => true,
    }
}

fn is_last(raw: &str, text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '.', ' ']).ends_with(raw)
}

/// `Server=db;User Id=x;Password=y` and the like.
fn is_connection_string(text: &str) -> bool {
    ["Server=", "Data Source=", "Host=", "host=", "AccountName=", "jdbc:", "Endpoint="]
        .iter()
        .any(|sign| text.contains(sign))
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

fn is_remark(word: &str) -> bool {
    let lower = word.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty() || REMARKS.contains(&bare)
}

fn is_password_like(word: &str) -> bool {
    word.chars().count() >= 4
        && !mask::is_masked(word)
        && !is_remark(word)
        && !token::is_date(word)
        && named::looks_chosen(word)
        && !word.contains("://")
}

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
