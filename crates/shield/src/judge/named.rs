//! Values under names that announce something: each kind of thing wants a value that looks the part.
//! A password may look like anything; a telephone number must at least be one.

use model::Class;

use super::{Judge, Value};
use crate::find::{Hit, bank, card, jwt, mask, national, number, phone, token};
use crate::keys::{CODE, Cue, Facts, IDENTIFIER, QUALIFIED, What};
use crate::listed::Listed;
use crate::scan::has;

impl Judge<'_> {
    /// The hit, if the value is what its name announces.
    pub(super) fn named(&self, cue: Cue, facts: Facts, value: &Value<'_>, depth: u8) -> Option<Hit> {
        let text = mask::trimmed(value.text.trim(), |byte| matches!(byte, b'"' | b'\'' | b'`')).trim();
        let schemeless = without_scheme(text);
        let is_masked =
            || mask::is_masked(text) || schemeless.len() < text.len() && mask::is_masked(schemeless);
        if is_masked() || is_json(text) {
            return None;
        }
        let digits = number::ascii_digits(text);
        let text = digits.as_deref().unwrap_or(text);
        let candidate = Candidate { text, is_number: value.is_number, strong: cue.strong, facts };
        let class = candidate.class(cue.what)?;
        // The value may be something more telling than its name: a token as `session`, a URL as `token`.
        if class.sensitivity() == model::Sensitivity::Secret && text.len() > 20 {
            if has(text, "://", b':') || has(text, "-----BEGIN", b'B') || text.starts_with("LS0t") {
                let mut inner = Vec::new();
                self.content(value, depth, &mut inner);
                super::settle(&mut inner);
                if let Some(found) = inner.into_iter().max_by_key(Hit::weight) {
                    return Some(Hit { span: None, needs_quotes: false, ..found });
                }
            }
            let bare = without_scheme(text);
            if bare.starts_with("eyJ") && jwt::at(bare, 0).is_ok() && class != Class::Password {
                return Some(Hit::whole(Class::JwtSession, "jwt"));
            }
        }
        Some(Hit::whole(class, rule(cue.what)))
    }
}

fn rule(what: What) -> &'static str {
    match what {
        What::Password => "name.password",
        What::ApiKey => "name.api_key",
        What::PrivateKey => "name.private_key",
        What::Card => "name.card",
        What::CardCode => "name.card_code",
        What::Iban => "name.iban",
        What::NationalId => "name.national_id",
        What::Email => "name.email",
        What::Phone => "name.phone",
        What::Session => "name.session",
        What::AuthCode => "name.auth_code",
        What::Passcode => "name.passcode",
        What::Secret => "name.secret",
    }
}

/// A value held against what its name announces.
struct Candidate<'a> {
    text: &'a str,
    is_number: bool,
    strong: bool,
    facts: Facts,
}

impl Candidate<'_> {
    fn class(&self, what: What) -> Option<Class> {
        match what {
            // `código de recuperación de la contraseña`: digits are the code.
            What::Password if self.facts.is(CODE) && self.is_digits(4..=10) => Some(Class::AuthCode),
            What::Password => self.is_password().then_some(Class::Password),
            What::Secret if token::score(self.text) >= 2 => Some(Class::ApiKey),
            What::Secret => self.is_password().then_some(Class::Password),
            What::ApiKey => self.api_key(),
            What::PrivateKey => self.is_private_key().then_some(Class::PrivateKey),
            // India's permanent account number has the short name of a card's primary account number.
            What::Card if national::is_indian_pan(self.text) => Some(Class::NationalId),
            What::Card => self.is_card().then_some(Class::CreditCard),
            What::CardCode if self.is_digits(5..=8) => Some(Class::AuthCode),
            What::CardCode => self.is_card_code().then_some(Class::CreditCard),
            What::Iban => self.is_account().then_some(Class::Iban),
            What::NationalId => national::is_plausible(self.text, !self.strong).then_some(Class::NationalId),
            What::Email => self.is_email().then_some(Class::Email),
            What::Phone => {
                let is_short = self.strong && self.is_digits(4..=4);
                (is_short && !is_year(self.text) || phone::is_number(self.text)).then_some(Class::Phone)
            }
            What::Session => self.session(),
            What::AuthCode => self.is_auth_code().then_some(Class::AuthCode),
            What::Passcode if self.text.len() >= 20 && token::score(self.text) >= 2 => Some(Class::ApiKey),
            What::Passcode if self.digits() * 2 >= self.text.len() => {
                self.is_auth_code().then_some(Class::AuthCode)
            }
            What::Passcode => self.is_password().then_some(Class::Password),
        }
    }

    fn digits(&self) -> usize {
        self.text.bytes().filter(u8::is_ascii_digit).count()
    }

    fn is_digits(&self, count: std::ops::RangeInclusive<usize>) -> bool {
        count.contains(&self.text.len()) && self.digits() == self.text.len()
    }

    fn has_space(&self) -> bool {
        self.text.contains(char::is_whitespace)
    }

    fn is_password(&self) -> bool {
        if self.is_number && self.text.len() < 4 {
            return false;
        }
        if STATES.has_in_any_case(self.text) {
            return false;
        }
        self.strong
            || self.text.len() >= 4
                && !self.has_space()
                && !has(self.text, "://", b':')
                && looks_chosen(self.text)
    }

    fn api_key(&self) -> Option<Class> {
        let bare = without_vendor(without_scheme(self.text));
        let has_scheme = bare.len() < self.text.len();
        if bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return match bare.len() {
                4..=8 if self.strong && !self.is_number => Some(Class::AuthCode),
                14.. if self.strong => Some(Class::ApiKey),
                _ => None,
            };
        }
        if has(bare, "://", b':') || bare.contains(char::is_whitespace) && !has_scheme {
            return None;
        }
        let score = token::score(bare);
        let is_token = if self.strong {
            score >= 1
                || has_scheme && bare.len() >= 8
                || bare.len() >= 20
                    && !bare.contains(['.', '/', ' '])
                    && bare.bytes().any(|byte| byte.is_ascii_digit())
                || (6..64).contains(&bare.len())
                    && looks_chosen(bare)
                    && !token::is_date(bare)
                    && !bare.contains('@')
        } else {
            !token::is_publishable(bare)
                && (score >= 3
                || score == 2 && (bare.len() >= 20 || !bare.bytes().all(|byte| byte.is_ascii_hexdigit()))
                || score == 1 && bare.len() >= 14 && !token::is_uuid(bare) && looks_chosen(bare)
                // `key` alone is often an id; `opsgenie_key` is a key.
                || token::is_uuid(bare) && self.facts.is(QUALIFIED) && !self.facts.is(IDENTIFIER))
        };
        is_token.then_some(Class::ApiKey)
    }

    fn is_private_key(&self) -> bool {
        let words =
            self.text.split_whitespace().filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()));
        let is_public = has(self.text, "PUBLIC KEY", b'K') || has(self.text, "BEGIN CERTIFICATE", b'F');
        if is_public && !has(self.text, "PRIVATE", b'V') {
            return false;
        }
        self.text.len() >= 16
            && !has(self.text, "://", b':')
            && (token::score(self.text) >= 1 || has(self.text, "PRIVATE", b'V') || words.count() >= 11)
            || self.text.starts_with("-----")
    }

    fn is_card(&self) -> bool {
        let plain = number::plain_separators(self.text);
        let text = plain.as_deref().unwrap_or(self.text);
        let is_number =
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '\u{a0}' | '_'));
        let digits = number::Digits::of(self.text);
        is_number && ((14..=19).contains(&digits.count) && self.strong || card::is_card(digits.text()))
            || card::track(self.text).is_some()
            || card::card_in(self.text).is_some()
    }

    fn is_card_code(&self) -> bool {
        (3..=4).contains(&self.text.len()) && self.digits() == self.text.len()
    }

    fn is_account(&self) -> bool {
        if bank::find(self.text, 0).is_some() {
            return true;
        }
        let compact: String =
            self.text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '\u{a0}')).collect();
        self.strong
            && (7..=34).contains(&compact.len())
            && compact.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && self.digits() >= 6
    }

    fn is_email(&self) -> bool {
        let at = self.text.find('@').or_else(|| self.text.find("%40"));
        at.is_some_and(|at| at > 0 && at + 1 < self.text.len()) && !self.has_space() && self.text.len() <= 320
            || crate::find::email::find(self.text, 0).is_some()
            || crate::find::email::find_spelled(self.text).is_some()
    }

    fn session(&self) -> Option<Class> {
        let bare = without_scheme(self.text);
        if bare.contains(char::is_whitespace) || has(bare, "://", b':') || bare.len() < 12 {
            return None;
        }
        let score = token::score(bare);
        let is_session = if self.strong {
            score >= 1
                || bare.len() >= 16 && bare.bytes().any(|byte| byte.is_ascii_digit()) && !token::is_date(bare)
        } else {
            score >= 2 && bare.len() >= 24 && !token::is_uuid(bare)
                || bare.starts_with("s%3A")
                || bare.starts_with("s:")
        };
        is_session.then_some(Class::JwtSession)
    }

    fn is_auth_code(&self) -> bool {
        let compact: String = self.text.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).collect();
        let digits = self.digits();
        if compact.bytes().all(|byte| byte.is_ascii_digit()) {
            let is_fraction = self.text.contains('.') && self.text.starts_with("0.");
            return !is_fraction
                && if self.strong { (1..=10).contains(&digits) } else { (4..=8).contains(&digits) };
        }
        if !self.strong {
            return false;
        }
        let is_upper = compact.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let is_code = compact.len() <= 12
            && digits >= 1
            && (digits * 3 >= compact.len() || is_upper)
            && compact.bytes().all(|byte| byte.is_ascii_alphanumeric())
            || is_upper && matches!(compact.len(), 6 | 8) && token::has_odd_letters(&compact);
        let is_seed = (16..=128).contains(&compact.len())
            && compact
                .trim_end_matches('=')
                .bytes()
                .all(|byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'2'..=b'7'))
            && !self.has_space();
        is_code && !token::is_date(self.text)
            || is_seed
            || self.text.starts_with("otpauth:")
            || !self.has_space() && token::score(self.text) >= 1
            || is_code_list(self.text)
    }
}

/// `1984`, `2026`: rather a year than an extension.
fn is_year(text: &str) -> bool {
    text.starts_with("19") || text.starts_with("20")
}

/// Values that tell how it went, under names like `pass`.
static STATES: Listed<11> = Listed::of([
    "pass", "passed", "fail", "failed", "enabled", "disabled", "ok", "success", "error", "skipped",
    "required",
]);

/// `1234-5678, 8765-4321 …`: recovery codes.
fn is_code_list(text: &str) -> bool {
    let mut count = 0;
    text.split([',', ';', ' ', '\n']).map(str::trim).filter(|part| !part.is_empty()).all(|part| {
        count += 1;
        (4..=20).contains(&part.len())
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    }) && count >= 2
}

fn is_json(text: &str) -> bool {
    text.len() > 7
        && (text.starts_with('{') && text.ends_with('}') || text.starts_with('[') && text.ends_with(']'))
        && (has(text, "\":", b'"') || has(text, "[\"", b'['))
}

/// `Bearer x`, `Token x`: the x.
pub(super) fn without_scheme(text: &str) -> &str {
    const SCHEMES: &[&str] = &[
        "bearer ",
        "token ",
        "basic ",
        "apikey ",
        "api-key ",
        "key ",
        "digest ",
        "jwt ",
        "token token=",
        "bot ",
        "hmac ",
        "bearer:",
    ];
    // Most texts have none, and are told by their first letters.
    let begins = text.as_bytes().first_chunk::<2>().map(|two| two.map(|byte| byte.to_ascii_lowercase()));
    if !matches!(
        begins,
        Some(
            [b'a', b'p']
                | [b'b', b'a' | b'e' | b'o']
                | [b'd', b'i']
                | [b'h', b'm']
                | [b'j', b'w']
                | [b'k', b'e']
                | [b't', b'o']
        )
    ) {
        return text;
    }
    for scheme in SCHEMES {
        if text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)) {
            return text.get(scheme.len()..).unwrap_or(text).trim();
        }
    }
    text
}

/// What follows a vendor's own word for how it is authorised: `KakaoAK x`, `GenieKey x`.
pub(super) fn without_vendor(text: &str) -> &str {
    const WORD_BYTES_MAX: usize = 20;
    let Some((word, rest)) = text.split_once(' ') else { return text };
    let is_word = (2..=WORD_BYTES_MAX).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if is_word && rest.len() >= 16 && !rest.contains(' ') && token::score(rest) >= 1 { rest } else { text }
}

/// Somebody's choice rather than a word of the language: a digit, a sign or a capital among small letters.
pub(super) fn looks_chosen(text: &str) -> bool {
    let mut bytes = text.bytes().map(|byte| CHOICES[usize::from(byte)]);
    let first = bytes.next().unwrap_or(0);
    let inner = bytes.fold(0, |all, byte| all | byte);
    let all = first | inner;
    let has = |kind: u8| all & kind != 0;
    has(CHOSEN_SIGN)
        || inner & CAPITAL != 0 && has(SMALL)
        || has(NUMERAL) && (has(SMALL | CAPITAL) || text.len() >= 6)
}

const SMALL: u8 = 1;
const CAPITAL: u8 = 1 << 1;
const NUMERAL: u8 = 1 << 2;
/// A sign that does not join the words of a language.
const CHOSEN_SIGN: u8 = 1 << 3;

/// What each byte has to do with a choice.
static CHOICES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => NUMERAL,
            b'-' | b'_' | b'.' | b',' | b':' | b';' | b'/' | b'\'' | b'"' | b'(' | b')' => 0,
            _ if byte.is_ascii_punctuation() => CHOSEN_SIGN,
            _ => 0,
        };
        byte += 1;
    }
    table
};
