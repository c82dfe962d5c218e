//! The keyword pass: one automaton over known beginnings, marks of private keys and words for passwords.

use std::ops::Range;

use model::Class;

use super::{Judge, Value};
use crate::find::{Hit, jwt, token};
use crate::keys::Lexicon;
use crate::words::Words;

/// How many words for passwords a text may have before it is taken for an attack, and one more for so many bytes.
const TOLD_MIN: usize = 32;
const TOLD_BYTES_EACH: usize = 128;

/// The words worth stopping at.
pub(super) struct Keywords {
    words: Words<3>,
    meanings: Vec<Meaning>,
}

#[derive(Clone, Copy)]
enum Meaning {
    /// `://`
    Address,
    /// `eyJ`
    Jwt,
    /// Part of a private key.
    PrivateKey,
    /// `otpauth://`
    OneTimeSeed,
    /// `jdbc:oracle:thin:`, then user, slash, password, `@`.
    OracleLogin,
    /// A token's beginning, and how much must follow.
    Token(&'static str, usize),
    /// A word that announces a password.
    PasswordWord,
}

/// What only private keys contain: headers in any damaged form, and the first bytes of their encodings.
const PRIVATE_KEY_MARKS: &[&str] = &[
    "PRIVATE KEY",
    "PRIVATE%20KEY",
    "PRIVATE+KEY",
    "PRIVATE_KEY-----",
    "PRIVATEKEY-----",
    "PRIVATE\\ KEY",
    "PRIVATE%2520KEY",
    "PuTTY-User-Key-File",
    "Private-Lines:",
    "AGE-SECRET-KEY-1",
    "minisign encrypted secret key",
    "OpenVPN Static key",
    "<RSAKeyValue>",
    "BEGIN PGP PRIVATE",
    "-BEGIN%20OPENSSH",
    "LS0tLS1CRUdJTiBQUklWQVRF",
    "LS0tLS1CRUdJTiBSU0Eg",
    "LS0tLS1CRUdJTiBFQyB",
    "LS0tLS1CRUdJTiBPUEVOU1NI",
    "LS0tLS1CRUdJTiBFTkNSWVBURUQg",
    "LS0tLS1CRUdJTiBEU0Eg",
    "LS0tLS1CRUdJTiBQR1AgUFJJVkFURS",
    "b3BlbnNzaC1rZXktdjE",
    "MIIEvQIBADAN",
    "MIIEvgIBADAN",
    "MIIEvAIBADAN",
    "MIIEpAIBAAKC",
    "MIIEowIBAAKC",
    "MIIEpQIBAAKC",
    "MIIEogIBAAKC",
    "MIICXAIBAAKB",
    "MIICXQIBAAKB",
    "MIICWwIBAAKB",
    "MIICdgIBADAN",
    "MIICdwIBADAN",
    "MIICeAIBADAN",
    "MIIJQgIBADAN",
    "MIIJQQIBADAN",
    "MIIJKAIBAAKC",
    "MIIJKQIBAAKC",
    "MIIJKgIBAAKC",
    "MIIG4wIBAAKC",
    "MIIG5AIBAAKC",
    "MIIG/gIBADAN",
    "MC4CAQAwBQYDK2Vw",
    "MC4CAQAwBQYDK2Vu",
    "MHcCAQEEI",
    "MIGHAgEAMBMGByqGSM49",
    "MIGTAgEBBD",
    "MIGkAgEBBD",
    "MIG2AgEAMBAGByqGSM49",
    "MIHcAgEBBE",
    "MIHuAgEAMBAGByqGSM49",
    "MHQCAQEEI",
    "xprv9",
    "tprv8",
];

impl Keywords {
    pub fn builtin() -> Self {
        let mut patterns: Vec<String> =
            vec!["://".into(), "eyJ".into(), "otpauth".into(), "oracle:thin:".into()];
        let mut meanings = vec![Meaning::Address, Meaning::Jwt, Meaning::OneTimeSeed, Meaning::OracleLogin];
        for mark in PRIVATE_KEY_MARKS {
            patterns.push((*mark).into());
            meanings.push(Meaning::PrivateKey);
        }
        for (beginning, rest_min) in token::beginnings() {
            patterns.push(beginning.into());
            meanings.push(Meaning::Token(beginning, rest_min));
        }
        let mut words: Vec<String> =
            ["pwd", "passwd", "senha", "clave", "parol", "pass", "mdp", "PASSWORD", "PASSWORT", "PWD"]
                .map(str::to_owned)
                .into();
        words.extend(
            Lexicon::password_words()
                .filter(|word| word.chars().count() >= 2 && !is_name_only(word))
                .map(str::to_lowercase),
        );
        for word in [
            "contraseña",
            "κωδικός",
            "mật khẩu",
            "şifre",
            "jelszó",
            "hasło",
            "lösenord",
            "fjalëkalim",
            "slaptažodis",
            "salasõna",
            "parolă",
            "mot de passe",
            "mots de passe",
            "lykilorð",
        ] {
            words.push(word.into());
        }
        // With case: without it the short beginnings of tokens would stop the pass at every other word.
        words.sort_unstable();
        words.dedup();
        for word in words {
            for spelling in [capitalised(&word), word] {
                patterns.push(spelling);
                meanings.push(Meaning::PasswordWord);
            }
        }
        Self { words: Words::of(&patterns), meanings }
    }
}

/// Words run together as only names of fields are (`userpass`, `dbpwd`): nobody writes them in a sentence.
fn is_name_only(word: &str) -> bool {
    ["pass", "pwd", "pw", "answer", "pattern"].iter().any(|end| word.ends_with(end) && word.len() > end.len())
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Judge<'_> {
    /// The keyword pass.
    pub(super) fn keywords(
        &self,
        value: &Value<'_>,
        depth: u8,
        hits: &mut Vec<Hit>,
        addresses: &mut Vec<Range<usize>>,
    ) {
        let text = value.text;
        let Keywords { words, meanings } = &self.rules.keywords;
        let mut jwt_tried = 0;
        let mut key_until = 0;
        let mut told_left = TOLD_MIN + text.len() / TOLD_BYTES_EACH;
        let (mut looked_at, mut goes_whole) = (0, false);
        for (found, number) in words.longest(text) {
            let Some(meaning) = meanings.get(number) else { continue };
            // Only the hits since the last word: a text may have thousands.
            goes_whole |= is_whole(hits.get(looked_at..).unwrap_or_default());
            looked_at = hits.len();
            let is_inside_address = addresses.last().is_some_and(|at| found.start < at.end);
            match *meaning {
                Meaning::Address if !is_inside_address => {
                    addresses.extend(self.address(text, found.start, depth, hits));
                }
                // A token begins once in its run of characters, so no run is read twice.
                Meaning::Jwt if found.start >= jwt_tried => match jwt::at(text, found.start) {
                    Ok(at) => {
                        jwt_tried = at.end;
                        hits.push(Hit::at(Class::JwtSession, "jwt", at));
                    }
                    Err(end) => jwt_tried = end,
                },
                // What stands inside a key that was found is not searched for its end again.
                Meaning::PrivateKey if found.start >= key_until && !goes_whole => {
                    let hit = private_key(text, found.clone());
                    key_until =
                        hit.as_ref().and_then(|hit| hit.span.as_ref()).map_or(found.end, |span| span.end);
                    hits.extend(hit);
                }
                Meaning::OneTimeSeed
                    if text.get(found.end..).is_some_and(|rest| {
                        rest.starts_with(':') || rest.starts_with('%') || rest.starts_with("-migration")
                    }) =>
                {
                    hits.push(Hit::whole(Class::AuthCode, "otpauth"));
                    addresses.push(found.start..text.len());
                }
                Meaning::OracleLogin => hits.extend(oracle_login(text, found.end)),
                Meaning::Token(beginning, rest_min) if !is_inside_address => {
                    if let Some(at) = token::at(text, found.start, beginning, rest_min) {
                        hits.push(Hit::at(Class::ApiKey, "token.prefix", at));
                    }
                }
                Meaning::PasswordWord if !is_inside_address && !value.is_identifier && !goes_whole => {
                    // More of these words than any text has: nothing but an attack, and it goes whole.
                    let Some(left) = told_left.checked_sub(1) else {
                        hits.push(Hit::whole(Class::Password, "text.crowded"));
                        break;
                    };
                    told_left = left;
                    hits.extend(self.told(text, found.clone()));
                }
                _ => {}
            }
        }
    }
}

impl Judge<'_> {
    /// Whether a token with a known beginning stands in a text of ASCII.
    pub(super) fn has_token(&self, text: &str) -> bool {
        let Keywords { words, meanings } = &self.rules.keywords;
        words.longest(text).any(|(found, number)| match meanings.get(number) {
            Some(Meaning::Token(beginning, rest_min)) => {
                token::at(text, found.start, beginning, *rest_min).is_some()
            }
            _ => false,
        })
    }
}

/// The private key around a mark: from its beginning to its footer, or everything.
fn private_key(text: &str, mark: Range<usize>) -> Option<Hit> {
    let before = text.get(..mark.start)?;
    let marked = text.get(mark.clone())?;
    // Words about keys are no key: the header's dashes, or key material, must be there.
    let is_header =
        marked.eq_ignore_ascii_case("private key") || marked.to_ascii_uppercase().starts_with("PRIVATE");
    if is_header {
        let has_begin = before
            .get(before.len().saturating_sub(40)..)
            .unwrap_or(before)
            .to_ascii_uppercase()
            .contains("BEGIN");
        if !has_begin || !marked.chars().any(|c| c.is_ascii_uppercase()) {
            return None;
        }
    }
    let near = before.len() - before.len().min(64);
    let near = (near..=before.len()).find(|at| before.is_char_boundary(*at)).unwrap_or(before.len());
    let begins = before.get(near..)?.rfind("-----BEGIN").filter(|_| is_header).map(|at| near + at);
    let ends = text.get(mark.end..)?.find("-----END").map(|at| mark.end + at);
    if let (Some(start), Some(end)) = (begins, ends) {
        let rest = text.get(end + 8..)?;
        let footer = rest.find("-----").map_or(text.len(), |at| end + 8 + at + 5);
        return Some(Hit::at(Class::PrivateKey, "private_key.pem", start..footer));
    }
    Some(Hit::whole(Class::PrivateKey, "private_key"))
}

/// `scott/tiger@` at this place.
fn oracle_login(text: &str, from: usize) -> Option<Hit> {
    let rest = super::announced::head_bytes(text.get(from..)?, 256);
    let end = rest.find('@')?;
    let (user, password) = rest.get(..end)?.split_once('/')?;
    let is_login =
        !user.is_empty() && !password.is_empty() && !rest.get(..end)?.contains(char::is_whitespace);
    is_login.then(|| Hit::at(Class::UrlWithCredentials, "url.userinfo", from..from + end))
}

/// Whether the whole value goes already.
fn is_whole(hits: &[Hit]) -> bool {
    hits.iter().any(|hit| hit.span.is_none())
}
