//! Secrets on command lines (`curl -u anna:x`, `sshpass -p x`) and after words that announce one
//! (`cloudsmith secret is x`).

use model::Class;

use super::announced::head_bytes;
use super::told::is_reference;
use super::{Judge, Value, named};
use crate::find::{Hit, mask, token};
use crate::keys::What;
use crate::listed::Listed;
use crate::scan::unbroken;
use crate::shape::{HYPHEN, LETTER, SPACE};

/// Options that a user and a password, or a password, follow.
const OPTIONS: &[(&str, bool)] = &[
    (" -u ", true),
    (" --user ", true),
    (" --user=", true),
    (" --proxy-user ", true),
    ("sshpass -p ", false),
    ("sshpass -p", false),
    ("--password ", false),
    ("--passphrase ", false),
    (" -passin pass:", false),
    (" -passout pass:", false),
    ("docker login -p ", false),
];

/// The most words of one text that are looked at.
const WORDS_MAX: usize = 512;
/// The shortest random word.
const WORD_BYTES_MIN: usize = 16;

impl Judge<'_> {
    pub(super) fn commands(&self, value: &Value<'_>, hits: &mut Vec<Hit>) {
        let text = value.text;
        let mut dashes = memchr::memchr_iter(b'-', text.as_bytes());
        let mut has_option = || dashes.any(|at| at > 0 && text.as_bytes().get(at - 1) == Some(&b' '));
        if value.shape.has(HYPHEN) && has_option() {
            for (option, is_pair) in OPTIONS {
                for (at, _) in text.match_indices(option).take(8) {
                    hits.extend(argument(text, at + option.len(), *is_pair));
                }
            }
        }
        let may_be_random = value.shape.digits >= 2 || value.shape.only(LETTER | SPACE);
        if hits.is_empty() && may_be_random {
            hits.extend(self.told_token(text));
        }
    }

    /// A random word after words that say it is a key or token: `the api key is x`.
    fn told_token(&self, text: &str) -> Option<Hit> {
        static JOINTS: Listed<15> = Listed::of([
            "is", "ist", "est", "es", "é", "è", "=", "->", "was", "lautet", "to", "jest", "je", "är", "er",
        ]);
        let (mut words, mut counted) = (0, 0);
        for span in unbroken(text.as_bytes(), WORD_BYTES_MIN) {
            let at = span.start;
            words += memchr::memchr_iter(b' ', text.as_bytes().get(counted..at)?).count();
            counted = at;
            if words >= WORDS_MAX {
                break;
            }
            // The first word has none before it.
            if at == 0 {
                continue;
            }
            let (before, word) = (text.get(..at)?, text.get(span)?);
            let bare = word.trim_matches(|c: char| {
                c.is_ascii_punctuation() && !matches!(c, '=' | '+' | '/' | '-' | '_')
            });
            if bare.len() < WORD_BYTES_MIN {
                continue;
            }
            let before = before.trim_end();
            let joined = before.rsplit_once(' ').filter(|(_, joint)| JOINTS.has(joint));
            let phrase =
                joined.map(|(phrase, _)| phrase).or_else(|| before.strip_suffix(':')).unwrap_or(before);
            let word_before = phrase.trim_end().rsplit(' ').next().unwrap_or_default();
            let cue = self.facts(word_before).cue;
            let is_announced = cue.is_some_and(|cue| {
                matches!(cue.what, What::ApiKey | What::Secret) && (cue.strong || joined.is_some())
            }) && token::score(bare) >= 2;
            if is_announced && !mask::is_masked(bare) {
                let start = at + (bare.as_ptr() as usize - word.as_ptr() as usize);
                return Some(Hit::at(Class::ApiKey, "text.token", start..start + bare.len()));
            }
        }
        None
    }
}

fn argument(text: &str, from: usize, is_pair: bool) -> Option<Hit> {
    let rest = head_bytes(text.get(from..)?, 256);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let start = from + quote.map_or(0, char::len_utf8);
    let inner = text.get(start..from + rest.len())?;
    let end = match quote {
        Some(quote) => inner.find(quote).unwrap_or(inner.len()),
        None => inner.find(char::is_whitespace).unwrap_or(inner.len()),
    };
    let said = inner.get(..end)?;
    let (skipped, secret) = if is_pair {
        let (user, secret) = said.split_once(':')?;
        (user.len() + 1, secret)
    } else {
        (0, said)
    };
    let is_secret = secret.len() >= 4
        && !mask::is_masked(secret)
        && !is_reference(secret)
        && (named::looks_chosen(secret) || is_pair && text.contains("curl"));
    is_secret.then(|| Hit::at(Class::Password, "text.command", start + skipped..start + end))
}
