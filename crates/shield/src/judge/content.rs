//! What a value contains, whatever its name: one keyword pass, then the finders for what the shape allows.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use model::Class;

use super::{Judge, Value, WRAPPED_MAX, named};
use crate::find::{Hit, bank, card, email, jwt, national, number, phone, token};
use crate::keys::{IDENTIFIER, Lexicon, NUMBER_ID};
use crate::shape::{AT, BRACE, COLON, DASH, DIGIT, EQUALS, HIGH, LETTER, PERCENT, PLUS, SLASH, SPACE};

/// The words worth stopping at. Text of ASCII alone, which is most, takes the smaller and faster
/// automaton; as a table of all words in all scripts it would not stay in the processor's cache.
pub(super) struct Keywords {
    ascii: Automaton,
    full: Automaton,
}

struct Automaton {
    matcher: Option<AhoCorasick>,
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
        let mut patterns: Vec<String> = vec!["://".into(), "eyJ".into(), "otpauth".into()];
        let mut meanings = vec![Meaning::Address, Meaning::Jwt, Meaning::OneTimeSeed];
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
        let words: Vec<(String, Meaning)> = patterns.into_iter().zip(meanings).collect();
        let ascii = words.iter().filter(|(word, _)| word.is_ascii()).cloned().collect();
        Self {
            ascii: Automaton::of(ascii, AhoCorasickKind::DFA),
            full: Automaton::of(words, AhoCorasickKind::ContiguousNFA),
        }
    }
}

impl Automaton {
    fn of(words: Vec<(String, Meaning)>, kind: AhoCorasickKind) -> Self {
        let (patterns, meanings): (Vec<String>, Vec<Meaning>) = words.into_iter().unzip();
        let matcher = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(kind))
            .build(&patterns)
            .ok();
        Self { matcher, meanings }
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

impl Judge {
    /// Looks into a text for everything that can be known without its name.
    pub(super) fn content(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let Value { text, shape, .. } = *value;
        let start = hits.len();
        if depth < WRAPPED_MAX && shape.has(BRACE) && self.json(value, depth, hits) {
            return;
        }
        if shape.has(HIGH) && depth < WRAPPED_MAX && self.other_digits(value, depth, hits) {
            return;
        }
        if text.len() == 36 && token::is_uuid(text) {
            return;
        }
        let mut addresses = Vec::new();
        if is_web_address(text) && !shape.has(SPACE) {
            // An address and nothing else, by far the most frequent: no need to search for it.
            addresses.extend(self.address(text, text.find("://").unwrap_or(0), depth, hits));
        } else if !shape.only(DIGIT) && !value.is_number {
            self.keywords(value, depth, hits, &mut addresses);
        }
        let is_address_alone = addresses.first().is_some_and(|at: &Range<usize>| at.len() + 2 >= text.len());
        if shape.has(AT) {
            emails(text, hits);
        }
        if is_address_alone {
            return;
        }
        if shape.digits >= 4 && !is_packed(text, shape.kinds) {
            self.numbers(value, &addresses, hits);
        }
        if shape.digits >= 4 && shape.has(LETTER) && text.len() >= 15 {
            let mut from = 0;
            while let Some(at) = bank::find(text, from) {
                from = at.end;
                hits.push(Hit::at(Class::Iban, "iban", at));
            }
        }
        if shape.has(EQUALS | COLON) || shape.has(HIGH) && text.contains('：') {
            self.pairs(value, depth, &addresses, hits);
        }
        if hits.len() > start {
            return;
        }
        if shape.has(PERCENT | PLUS) && depth < WRAPPED_MAX && self.percent(value, depth, hits) {
            return;
        }
        if !value.is_identifier {
            self.random(value, depth, hits);
        }
    }

    /// The keyword pass.
    fn keywords(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>, addresses: &mut Vec<Range<usize>>) {
        let text = value.text;
        let keywords = &self.keywords;
        let automaton = if value.shape.has(HIGH) { &keywords.full } else { &keywords.ascii };
        let Some(matcher) = &automaton.matcher else { return };
        let mut jwt_tried = 0;
        for found in matcher.find_iter(text) {
            let Some(meaning) = automaton.meanings.get(found.pattern().as_usize()) else { continue };
            let is_inside_address = addresses.last().is_some_and(|at| found.start() < at.end);
            match *meaning {
                Meaning::Address if !is_inside_address => {
                    addresses.extend(self.address(text, found.start(), depth, hits));
                }
                // A token begins once in its run of characters, so no run is read twice.
                Meaning::Jwt if found.start() >= jwt_tried => match jwt::at(text, found.start()) {
                    Ok(at) => {
                        jwt_tried = at.end;
                        hits.push(Hit::at(Class::JwtSession, "jwt", at));
                    }
                    Err(end) => jwt_tried = end,
                },
                Meaning::PrivateKey if !is_whole(hits) => hits.extend(private_key(text, found.range())),
                Meaning::OneTimeSeed
                    if text.get(found.end()..).is_some_and(|rest| {
                        rest.starts_with(':') || rest.starts_with('%') || rest.starts_with("-migration")
                    }) =>
                {
                    hits.push(Hit::whole(Class::AuthCode, "otpauth"));
                    addresses.push(found.start()..text.len());
                }
                Meaning::Token(beginning, rest_min) if !is_inside_address => {
                    if let Some(at) = token::at(text, found.start(), beginning, rest_min) {
                        hits.push(Hit::at(Class::ApiKey, "token.prefix", at));
                    }
                }
                Meaning::PasswordWord
                    if !is_inside_address
                        && !value.is_identifier
                        && super::pairs::is_told_password(text, found.range()) =>
                {
                    hits.push(Hit::whole(Class::Password, "text.password"));
                }
                _ => {}
            }
        }
    }

    /// Cards, telephone numbers, and numbers announced by the words around them.
    fn numbers(&self, value: &Value<'_>, addresses: &[Range<usize>], hits: &mut Vec<Hit>) {
        let text = value.text;
        if value.shape.digits >= 16
            && (value.shape.has(EQUALS) || memchr::memchr(b'^', text.as_bytes()).is_some())
            && let Some(at) = card::track(text)
        {
            hits.push(Hit::at(Class::CreditCard, "card.track", at));
        }
        let mut announced = 0;
        for number in number::numbers(text, 3) {
            if addresses.iter().any(|at| at.start <= number.at.start && number.at.end <= at.end) {
                continue;
            }
            let before = text.get(..number.at.start).unwrap_or_default();
            let after = text.get(number.at.end..).unwrap_or_default();
            if before.ends_with(['-', '.', ',', '@', '\'']) && number.digits < 12 && !number.has_plus {
                continue;
            }
            let is_word_part = before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                || after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if is_word_part && !after.starts_with(|c: char| c.is_alphabetic()) {
                continue;
            }
            let wants_card = number.digits >= 12
                && !is_word_part
                && (!value.facts.is(NUMBER_ID) || number.text.contains([' ', '-']));
            if wants_card && let Some(at) = card::card_in(number.text) {
                let start = number.at.start;
                hits.push(Hit::at(Class::CreditCard, "card", start + at.start..start + at.end));
            } else if !value.is_identifier
                && !is_word_part
                && (phone::is_international(text, &number) || phone::is_dialled(text, &number))
            {
                hits.push(Hit::at(Class::Phone, "phone", number.at.clone()));
            } else if !value.is_identifier
                && announced < super::pairs::ANNOUNCED_MAX
                && value.shape.has(LETTER | HIGH)
            {
                announced += 1;
                hits.extend(self.announced(text, &number));
            }
        }
        if !value.facts.is(IDENTIFIER)
            && !value.shape.has(SLASH)
            && (11..=18).contains(&text.len())
            && national::is_certain(text)
        {
            hits.push(Hit::whole(Class::NationalId, "national_id.checked"));
        }
    }

    /// Text too random to be anything but a token; also what is encoded.
    fn random(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let text = value.text.trim();
        let bare = text.trim_matches(['<', '>', '[', ']', '(', ')', '"', '\'', '`', ',', ';']);
        if bare.len() < 16 {
            return;
        }
        let has_space = value.shape.has(SPACE) && bare.contains(' ');
        let may_be_shaped = bare.len() >= 26 && value.shape.digits >= 1 && !has_space;
        if may_be_shaped && let Some(at) = token::shaped(bare) {
            let offset = bare.as_ptr() as usize - value.text.as_ptr() as usize;
            hits.push(Hit::at(Class::ApiKey, "token.shape", at.start + offset..at.end + offset));
            return;
        }
        if has_space {
            let rest = named::without_scheme(bare);
            if rest.len() < bare.len() && !rest.contains(' ') && rest.len() >= 16 && token::score(rest) >= 1 {
                hits.push(Hit::whole(Class::ApiKey, "text.scheme"));
            } else {
                self.random_word(value, hits);
            }
            return;
        }
        let begins_like_json = ["ey", "W3", "W1", "Cns", "eyA"].iter().any(|begin| bare.starts_with(begin));
        let is_random = bare.len() >= 30
            && !value.facts.is(IDENTIFIER)
            && (!value.shape.has(SLASH) || bare.matches('/').count() <= 3)
            && token::score(bare) >= 3;
        if (begins_like_json || is_random) && depth < WRAPPED_MAX && self.base64(value, bare, depth, hits) {
            return;
        }
        if is_random {
            hits.push(Hit::whole(Class::ApiKey, "token.random"));
        }
    }

    /// A long random word in running text.
    fn random_word(&self, value: &Value<'_>, hits: &mut Vec<Hit>) {
        if value.shape.digits < 2
            || value.text.len() < 26
            || value.facts.is(IDENTIFIER)
            || value.text.starts_with("ssh-")
            || value.text.starts_with("ecdsa-")
            || value.text.contains("PUBLIC KEY")
        {
            return;
        }
        let is_found = value.text.split_whitespace().any(|word| {
            let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
            bare.len() >= 26
                && (token::shaped(bare).is_some()
                    || bare.len() >= 32 && !bare.contains(['/', '.']) && token::score(bare) >= 3)
        });
        if is_found {
            hits.push(Hit::whole(Class::ApiKey, "token.random"));
        }
    }
}

/// Whether the whole value goes already.
fn is_whole(hits: &[Hit]) -> bool {
    hits.iter().any(|hit| hit.span.is_none())
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// All e-mail addresses of a text, or one written to avoid being read.
fn emails(text: &str, hits: &mut Vec<Hit>) {
    let mut from = 0;
    while let Some(at) = email::find(text, from) {
        from = at.end;
        hits.push(Hit::at(Class::Email, "email", at));
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

/// Digits packed among letters without a separator: hashes, ids, encodings hold no numbers of people.
fn is_packed(text: &str, kinds: u32) -> bool {
    kinds & !(LETTER | DIGIT) == 0 && kinds & LETTER != 0 && text.len() > 20
        || kinds & !(LETTER | DIGIT | DASH) == 0 && crate::find::token::is_uuid(text)
}
