//! Words that announce a number: `SSN 811-22-8333`, `Ihr Code lautet 488294`, `708867 is your login code`.

use std::ops::Range;

use model::Class;

use super::Judge;
use crate::find::number::Number;
use crate::find::{Hit, national};
use crate::keys::{self, Facts, What};
use crate::listed::Listed;

/// How many numbers of one text have their surrounding words read, and one more for so many bytes.
pub(super) const ANNOUNCED_MIN: usize = 8;
pub(super) const ANNOUNCED_BYTES_EACH: usize = 160;
/// How many bytes of text before a number may announce it.
const ANNOUNCEMENT_BYTES: usize = 88;
/// How many letters and digits directly before and after a number may belong to it. A number with so many on both
/// sides stands in the midst of something random.
const LEADING_MAX: usize = 10;
const TRAILING_MAX: usize = 6;

impl Judge<'_> {
    /// A number that the words before it (or, for codes, after it) announce.
    pub(super) fn announced(&self, text: &str, number: &Number<'_>) -> Option<Hit> {
        let before = text.get(..number.at.start)?;
        if before.ends_with(['/', '_', '$', '€', '£']) {
            return None;
        }
        // Letters may belong to the number: `X1234567`, `54662925-K`.
        let span = with_letters(text, &number.at);
        // Only numbers of persons have letters of their own.
        let is_bare = span == number.at;
        if number.digits < 4 && !is_bare
            || number.at.start - span.start >= LEADING_MAX && span.end - number.at.end >= TRAILING_MAX
        {
            return None;
        }
        let shown = text.get(span.clone())?;
        let phrase = tail(text.get(..span.start)?, ANNOUNCEMENT_BYTES);
        let mut facts = self.announcement(phrase);
        if facts.cue.is_none() && without_copula(phrase).len() + 2 < phrase.trim_end().len() {
            // `Your OTP for the transfer of 500 is 0854`
            let sentence = self.derived(without_copula(phrase));
            facts = if is_strong_code(sentence) { sentence } else { facts };
        }
        let class = match facts.cue.map(|cue| cue.what) {
            Some(What::NationalId) if facts.cue.is_some_and(|cue| !cue.strong) && !is_bare => return None,
            Some(What::NationalId) if national::is_plausible(shown, false) && number.digits >= 5 => {
                Class::NationalId
            }
            Some(What::AuthCode | What::Passcode) if (4..=10).contains(&number.digits) => Class::AuthCode,
            Some(What::Phone) if number.digits >= 6 && crate::find::phone::is_number(number.text) => {
                Class::Phone
            }
            Some(What::CardCode) if is_bare && (3..=4).contains(&number.digits) => Class::CreditCard,
            Some(What::Iban) if number.digits >= 8 => Class::Iban,
            Some(_) => return None,
            None if (4..=8).contains(&number.digits) && !facts.is(keys::ABOUT) => {
                let whole = head(text.get(number.at.end..)?, ANNOUNCEMENT_BYTES).trim_start();
                let after = match whole.split_once(' ') {
                    Some((word, rest)) if COPULAS.has(word) => rest,
                    _ => whole,
                };
                let is_code = mentions_code(after)
                    && self.announcement(after).cue.is_some_and(|cue| cue.what == What::AuthCode)
                    || ends_with_your_code(phrase)
                    || SIGNING_IN.iter().any(|words| whole.starts_with(words));
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
        let said = self.phrase_says(last_words(without_copula(phrase)));
        if said.cue.is_some() {
            return said;
        }
        // `kyc failed: cnp 1970…`: what stands before the colon is about something else.
        if let Some((_, rest)) = phrase.rsplit_once(": ") {
            let closer = self.phrase_says(last_words(without_copula(rest)));
            return if closer.cue.is_some() { closer } else { said };
        }
        // `sms sent to 0203…`: the joint is part of what is said.
        if phrase.trim_end().ends_with(" to") { self.phrase_says(last_words(phrase)) } else { said }
    }

    fn phrase_says(&self, phrase: &str) -> Facts {
        if !phrase.chars().any(char::is_alphabetic) {
            return Facts::default();
        }
        let facts = self.derived(phrase);
        if facts.cue.is_some() {
            return facts;
        }
        if facts.is(keys::ABOUT) {
            // `Use verification code 8083`: what one does with it says nothing about it.
            let closer = phrase.split_once(' ').map(|(_, rest)| self.derived(rest));
            return closer.filter(|closer| is_strong_code(*closer)).unwrap_or(facts);
        }
        let last = phrase
            .rsplit(|c: char| c.is_whitespace() || c == ':')
            .find(|word| !word.is_empty())
            .unwrap_or(phrase);
        // One word comes again sooner than a phrase does, and is remembered.
        if last.len() == phrase.len() { facts } else { self.remembered(last) }
    }
}

fn is_strong_code(facts: Facts) -> bool {
    facts.cue.is_some_and(|cue| cue.strong && cue.what == What::AuthCode)
}

/// The end of a text, from the last sentence on.
fn tail(text: &str, bytes_max: usize) -> &str {
    let start = (text.len().saturating_sub(bytes_max)..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    let cut = text.get(start..).unwrap_or_default();
    let trimmed = cut.trim_end_matches([' ', ':', '=', '#', '№', '：', '"', '\'']);
    // `tel. 021…`: the point belongs to a shortened word.
    let shortened = trimmed.strip_suffix('.').unwrap_or(trimmed);
    let last = shortened.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let trimmed = if (2..=5).contains(&last.chars().count()) { shortened } else { trimmed };
    let ends = trimmed.rmatch_indices(['.', ';', '!', '?', '\n', '|', ',', '&', '{', '}', '。', '，']);
    // `Codul dvs. de verificare`: a small letter goes on with the sentence.
    let goes_on = |at: usize| {
        let rest = trimmed.get(at..).and_then(|rest| rest.strip_prefix(". "));
        rest.is_some_and(|rest| rest.starts_with(char::is_lowercase))
    };
    let from =
        ends.map(|(at, sign)| (at, at + sign.len())).find(|(at, _)| !goes_on(*at)).map_or(0, |(_, end)| end);
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
pub(super) fn head_bytes(text: &str, bytes_max: usize) -> &str {
    let end = (0..=bytes_max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The beginning of a text, up to the end of the sentence.
fn head(text: &str, bytes_max: usize) -> &str {
    let cut = head_bytes(text, bytes_max);
    let bytes = cut.as_bytes();
    let ends = |at: usize, byte: u8| match byte {
        b'.' | b';' | b'!' | b'?' | b'\n' | b'|' | b',' => true,
        0xe3 => bytes.get(at..).is_some_and(|rest| rest.starts_with("。".as_bytes())),
        _ => false,
    };
    let end = bytes.iter().enumerate().find(|(at, byte)| ends(*at, **byte));
    end.and_then(|(at, _)| cut.get(..at)).unwrap_or(cut)
}

static COPULAS: Listed<56> = Listed::of([
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
    "№",
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
    // `mã xác thực của bạn là`: whose it is.
    "bạn",
    "của",
    "σας",
    "tôi",
    "este:",
    "is:",
]);

fn is_copula(word: &str) -> bool {
    const COPULA_BYTES_MAX: usize = 16;
    if word.is_ascii() {
        return COPULAS.has_in_any_case(word);
    }
    word.len() <= COPULA_BYTES_MAX && COPULAS.has(&word.to_lowercase())
}

/// The phrase without the words that join it to what follows.
fn without_copula(phrase: &str) -> &str {
    let mut rest = phrase.trim();
    for _ in 0..3 {
        let trimmed = rest.trim_end_matches([':', '=', '#', '№', '：', ' ', '-', '–']);
        let cut = match trimmed.rsplit_once(char::is_whitespace) {
            Some((before, last)) if is_copula(last) => before,
            _ => trimmed,
        };
        if cut.len() == rest.len() {
            break;
        }
        rest = cut;
    }
    rest
}

/// What one does with a code that is named by its digits alone: `Use 482913 to sign in`.
const SIGNING_IN: &[&str] = &[
    "to sign in",
    "to log in",
    "to login",
    "to verify",
    "to confirm your",
    "to continue signing",
    "as your verification",
    "as your code",
    "as verification",
    "zum Anmelden",
    "pour vous connecter",
    "para iniciar ses",
    "para entrar",
    "per accedere",
    "om in te loggen",
    "för att logga in",
    "for at logge ind",
    "aby się zalogować",
    "для входа",
];

fn mentions_code(after: &str) -> bool {
    let after = after.trim_start();
    after.starts_with(|c: char| c.is_alphabetic()) && after.len() > 4
}

fn ends_with_your_code(phrase: &str) -> bool {
    let bare = without_copula(phrase);
    if !bare.as_bytes().last_chunk::<4>().is_some_and(|end| end.eq_ignore_ascii_case(b"code")) {
        return false;
    }
    let lower = bare.to_lowercase();
    lower.ends_with("code")
        && (lower.contains("your") || lower.contains("the code") || lower.ends_with("enter code"))
}

/// A number with the letters that stand directly before or after it.
fn with_letters(text: &str, at: &Range<usize>) -> Range<usize> {
    let before = text.get(..at.start).unwrap_or_default();
    let plain = before.bytes().rev().take(LEADING_MAX).take_while(u8::is_ascii_alphanumeric).count();
    // `V-11570273-0`
    let leading = if plain == 0 && before.ends_with('-') {
        let letters = before.bytes().rev().skip(1).take(4).take_while(u8::is_ascii_alphabetic).count();
        if letters > 0 { letters + 1 } else { 0 }
    } else {
        plain
    };
    let after = text.get(at.end..).unwrap_or_default();
    let dashed =
        usize::from(after.starts_with('-') && after.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic));
    let trailing =
        after.bytes().skip(dashed).take(TRAILING_MAX).take_while(u8::is_ascii_alphanumeric).count();
    at.start - leading..at.end + if trailing > 0 { dashed + trailing } else { 0 }
}
