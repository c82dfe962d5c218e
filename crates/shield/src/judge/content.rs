//! What a value contains, whatever its name: the keyword pass, then the finders for what the shape allows.

use std::ops::Range;

use model::Class;

use super::{Judge, Value, WRAPPED_MAX, named};
use crate::find::{Hit, bank, card, email, mask, national, number, phone, token};
use crate::keys::{IDENTIFIER, NUMBER_ID};
use crate::scan::{has, unbroken};
use crate::shape::{
    AT, BRACE, BRACKET, CARET, CELL, COLON, DASH, DIGIT, DOUBLE, EQUALS, GREATER, HIGH, HYPHEN, LESS, LETTER,
    OTHER, PERCENT, SLASH, SPACE, Shape, VEE,
};

impl Judge<'_> {
    /// Looks into a text for everything that can be known without its name.
    pub(super) fn content(&self, value: &Value<'_>, depth: u8, hits: &mut Vec<Hit>) {
        let Value { text, shape, .. } = *value;
        let start = hits.len();
        if shape.has(BRACE) && self.json(value, depth, hits) {
            return;
        }
        if text.len() <= card::FLOAT_BYTES_MAX && shape.digits >= 12 && card::is_float_card(text) {
            hits.push(Hit::whole(Class::CreditCard, "card.float"));
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
            addresses.extend(self.address(text, if text.starts_with("https") { 5 } else { 4 }, depth, hits));
        }
        let is_address_alone = addresses.first().is_some_and(|at: &Range<usize>| at.len() + 2 >= text.len());
        if !is_address_alone && shape.has(LETTER | HIGH | COLON) && !value.is_number {
            self.keywords(value, depth, hits, &mut addresses);
        }
        let is_address_alone =
            is_address_alone || addresses.first().is_some_and(|at| at.len() + 2 >= text.len());
        if hits.iter().any(|hit| hit.rule == "text.crowded") {
            return;
        }
        if shape.has(AT) {
            emails(text, hits);
        }
        if is_address_alone {
            return;
        }
        if text.starts_with("data:") && is_data_alone(text) {
            if hits.len() == start && !value.is_identifier {
                self.random(value, depth, hits);
            }
            return;
        }
        // Encoded more than once: its signs and digits mean nothing yet.
        let is_twice = shape.has(PERCENT) && depth < WRAPPED_MAX && has(text, "%25", b'%');
        if is_twice && self.percent(value, depth, hits) {
            return;
        }
        if depth < WRAPPED_MAX && shape.has(COLON | EQUALS) && self.escaped_quotes(value, depth, hits) {
            return;
        }
        // Before numbers: an account number's groups may look like a card's.
        if shape.digits >= 2 && shape.has(LETTER) && text.len() >= 15 {
            let mut from = 0;
            while let Some(at) = bank::find(text, from) {
                from = at.end;
                addresses.push(at.clone());
                hits.push(Hit::at(Class::Iban, "iban", at));
            }
        }
        if shape.digits >= 4 && !is_packed(text, shape.kinds) {
            self.numbers(value, &addresses, hits);
        }
        let has_pairs =
            shape.has(EQUALS | COLON) && !is_padded_only(text) || shape.has(HIGH) && has(text, "：", 0xef);
        if has_pairs {
            self.pairs(value, depth, &addresses, hits);
        }
        if shape.has(BRACE | EQUALS) {
            self.markup(value, depth, hits);
        }
        if may_have_cells(text, shape) {
            self.cells(value, depth, hits);
        }
        if shape.has(SPACE) && text.len() >= 20 {
            self.commands(value, hits);
        }
        if hits.len() > start {
            return;
        }
        if !is_twice && shape.has(PERCENT) && depth < WRAPPED_MAX && self.percent(value, depth, hits) {
            return;
        }
        if !value.is_identifier {
            self.random(value, depth, hits);
        }
    }

    /// Cards, telephone numbers, and numbers announced by the words around them.
    fn numbers(&self, value: &Value<'_>, addresses: &[Range<usize>], hits: &mut Vec<Hit>) {
        let text = value.text;
        if value.shape.digits >= 16
            && value.shape.has(EQUALS | CARET)
            && let Some(at) = card::track(text)
        {
            hits.push(Hit::at(Class::CreditCard, "card.track", at));
        }
        if value.shape.digits >= 12
            && value.shape.has(HIGH)
            && number::plain_separators(text).is_some_and(|plain| super::certain::has_card(&plain))
        {
            hits.push(Hit::whole(Class::CreditCard, "card.separated"));
            return;
        }
        let mut announced = 0;
        let mut taken = addresses.to_vec();
        taken.sort_unstable_by_key(|at| at.start);
        let announced_max =
            super::announced::ANNOUNCED_MIN + text.len() / super::announced::ANNOUNCED_BYTES_EACH;
        for number in number::numbers(text, 3) {
            if super::pairs::is_taken(&taken, number.at.start) {
                continue;
            }
            let before = text.get(..number.at.start).unwrap_or_default();
            let after = text.get(number.at.end..).unwrap_or_default();
            let is_tail = matches!(before.as_bytes().last(), Some(b'-' | b'.' | b',' | b'@' | b'\'' | b'%'))
                && !has_short_lead(before);
            if is_tail && number.digits < 12 && !number.has_plus {
                continue;
            }
            let is_word_part = before.chars().next_back().is_some_and(is_word_sign)
                || after.chars().next().is_some_and(is_word_sign);
            if is_word_part && !after.starts_with(char::is_alphabetic) && !has_lead(before) {
                continue;
            }
            let wants_card = number.digits >= 12
                && !is_word_part
                && (!value.facts.is(NUMBER_ID) || is_grouped(number.text) || value.shape.has(LETTER));
            if wants_card && let Some(at) = card::card_in(number.text) {
                let start = number.at.start;
                hits.push(Hit::at(Class::CreditCard, "card", start + at.start..start + at.end));
            } else if !value.is_identifier
                && !is_word_part
                && (phone::is_international(text, &number) || phone::is_dialled(text, &number))
            {
                hits.push(Hit::at(Class::Phone, "phone", number.at.clone()));
            } else if !value.is_identifier && announced < announced_max && value.shape.has(LETTER | HIGH) {
                announced += 1;
                let found = self.announced(text, &number);
                // Only numbers of persons begin with letters.
                hits.extend(found.filter(|hit| !has_lead(before) || hit.class == Class::NationalId));
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
        let bare = mask::trimmed(text, |byte| {
            matches!(byte, b'<' | b'>' | b'[' | b']' | b'(' | b')' | b'"' | b'\'' | b'`' | b',' | b';')
        });
        // What a certificate or a public key holds is random and meant to be seen.
        if bare.len() < 16 || is_public_block(bare) || is_picture(bare) {
            return;
        }
        let has_space = value.shape.has(SPACE) && memchr::memchr(b' ', bare.as_bytes()).is_some();
        let may_be_shaped = bare.len() >= 26 && value.shape.digits >= 1 && !has_space;
        // The ids of Twilio's accounts are formed like its keys.
        let is_named_id = value.facts.is(IDENTIFIER) && bare.starts_with("AC");
        if may_be_shaped
            && !is_named_id
            && let Some(at) = token::shaped(bare)
        {
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
        if value.shape.has(EQUALS) && self.has_random_pair(bare) {
            hits.push(Hit::whole(Class::ApiKey, "token.random"));
            return;
        }
        let (bare, is_data) = match data_of(bare) {
            Some(data) => (data, true),
            // A picture, which is random and meant to be seen.
            None if bare.starts_with("data:") => return,
            None => (bare, false),
        };
        let begins_like_json =
            is_data || ["ey", "W3", "W1", "Cns", "eyA"].iter().any(|begin| bare.starts_with(begin));
        let is_random = bare.len() >= 30
            && !value.facts.is(IDENTIFIER)
            && (!value.shape.has(SLASH) || bare.matches('/').count() <= slashes_max(bare))
            && token::score(bare) >= 3;
        if (begins_like_json || is_random) && self.base64(value, bare, depth, hits) {
            return;
        }
        if is_random && !is_data && !token::is_publishable(bare) {
            hits.push(Hit::whole(Class::ApiKey, "token.random"));
        }
    }

    /// `value=<random>;next=1`: a long random value of a name that is none of an identifier.
    fn has_random_pair(&self, text: &str) -> bool {
        const RANDOM_BYTES_MIN: usize = 40;
        const PAIRS_MAX: usize = 16;
        text.split(['&', ';', ',']).take(PAIRS_MAX).filter_map(|part| part.split_once('=')).any(
            |(name, raw)| {
                raw.len() >= RANDOM_BYTES_MIN
                    && !name.is_empty()
                    && name.len() <= 32
                    && is_plain_or_encoded(raw)
                    && token::score(raw) >= 3
                    && !token::is_publishable(raw)
                    && !self.facts(name).is(IDENTIFIER | NUMBER_ID)
            },
        )
    }

    /// A long random word in running text.
    fn random_word(&self, value: &Value<'_>, hits: &mut Vec<Hit>) {
        const WORD_BYTES_MIN: usize = 26;
        let mut long = unbroken(value.text.as_bytes(), WORD_BYTES_MIN).peekable();
        if value.shape.digits < 2
            || long.peek().is_none()
            || value.facts.is(IDENTIFIER)
            || value.text.starts_with("ssh-")
            || value.text.starts_with("ecdsa-")
            || has(value.text, "PUBLIC KEY", b'K')
        {
            return;
        }
        let is_random = |word: &str| {
            let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
            bare.len() >= WORD_BYTES_MIN
                && !token::is_uuid(bare)
                && (token::shaped(bare).is_some()
                    || bare.len() >= 32
                        && !bare.contains('.')
                        && is_plain_or_encoded(bare)
                        && token::score(bare) >= 3)
        };
        let is_found = long.filter_map(|at| value.text.get(at)).any(|run| {
            // Nearly always one word; else what other spaces part.
            if run.bytes().all(|byte| byte.is_ascii_graphic()) {
                is_random(run)
            } else {
                run.split_whitespace().any(is_random)
            }
        });
        if is_found {
            hits.push(Hit::whole(Class::ApiKey, "token.random"));
        }
    }
}

/// One sign of base64 in 64 is a slash; a path has more.
fn slashes_max(text: &str) -> usize {
    (text.len() / 24).max(3)
}

/// No slash, or those of base64 in a text long enough to tell them from a path's.
fn is_plain_or_encoded(text: &str) -> bool {
    let slashes = memchr::memchr_iter(b'/', text.as_bytes()).count();
    slashes == 0 || text.len() >= 48 && slashes <= slashes_max(text)
}

/// Whether a text has what parts the cells of a table or joins a name to its value as programs do.
fn may_have_cells(text: &str, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    let has_pair = |sign: u8, pair: &[u8; 2]| {
        memchr::memchr_iter(sign, bytes).any(|at| bytes.get(at..at + 2).is_some_and(|two| two == pair))
    };
    let has_values = || {
        memchr::memchr2_iter(b'V', b'v', bytes)
            .any(|at| matches!(bytes.get(at..at + 6), Some(b"VALUES" | b"values" | b"Values")))
    };
    let has_joint = || {
        (shape.has(HYPHEN) && (has_pair(b'-', b"- ") || has_pair(b'-', b"->"))
            || shape.has(HIGH) && has(text, " → ", 0xe2))
            && [" - ", " -> ", " → "].iter().any(|joint| text.contains(joint))
    };
    text.len() >= 8
        && (shape.has(BRACE)
            && (shape.has(LESS) && has_pair(b'<', b"</")
                || shape.has(DOUBLE) && has_pair(b'"', b"\"]")
                || shape.has(BRACKET) && has_pair(b':', b":["))
            || shape.has(EQUALS) && shape.has(GREATER) && has_pair(b'=', b"=>")
            || shape.has(SPACE) && shape.has(HYPHEN | HIGH) && has_joint()
            || shape.has(CELL)
                && shape.has(SPACE | OTHER)
                && memchr::memchr3(b'\n', b'\t', b'|', bytes).is_some()
            || shape.has(DOUBLE) && shape.has(COLON) && shape.has(SPACE) && has_pair(b' ', b" \"")
            || shape.has(VEE) && shape.has(SPACE) && has_values()
            || shape.has(SPACE)
                && memchr::memchr2(b'"', b'\'', bytes).is_some()
                && ["', '", "\", \"", " value ", " row "].iter().any(|joint| text.contains(joint)))
}

/// Whether a sign makes a word with the digits beside it. Scripts without spaces join nothing: `验证码是1379，`.
fn is_word_sign(c: char) -> bool {
    c == '_'
        || c.is_alphanumeric()
            && !matches!(u32::from(c), 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x9fff | 0xac00..=0xd7af)
}

/// In fours, or as American Express has it: under the name of an order other groups are its own.
fn is_grouped(number: &str) -> bool {
    let mut groups = number.as_bytes().split(|byte| matches!(byte, b' ' | b'-')).map(<[u8]>::len);
    let mut last = groups.next();
    let (mut count, mut is_in_fours, mut is_express) = (1, true, false);
    for length in groups {
        is_in_fours &= last == Some(4);
        is_express |= count == 1 && length == 6;
        last = Some(length);
        count += 1;
    }
    count > 1 && (is_in_fours || is_express)
}

/// `C0090892569`: one to four capitals, at the border of a word.
fn has_lead(before: &str) -> bool {
    let letters = before.bytes().rev().take(5).take_while(u8::is_ascii_uppercase).count();
    (1..=4).contains(&letters)
        && !before
            .get(..before.len() - letters)
            .unwrap_or_default()
            .ends_with(|c: char| c.is_alphanumeric() || "-_/.".contains(c))
}

/// `G-482913`, `VACE-480916`: one to four letters and a hyphen, at the border of a word.
fn has_short_lead(before: &str) -> bool {
    let Some(lead) = before.strip_suffix('-') else { return false };
    let letters = lead.bytes().rev().take(5).take_while(u8::is_ascii_uppercase).count();
    (1..=4).contains(&letters)
        && !lead
            .get(..lead.len() - letters)
            .unwrap_or_default()
            .ends_with(|c: char| c.is_alphanumeric() || c == '-')
}

/// Whether the only equals signs are the padding of base64: what stands before them is no name.
fn is_padded_only(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    body.len() >= 16
        && (1..=2).contains(&(text.len() - body.len()))
        && !body.contains(['=', ':', ' ', '&', ';'])
}

fn is_public_block(text: &str) -> bool {
    text.starts_with("-----BEGIN ") && !text.contains("PRIVATE")
}

/// Pictures and fonts in base64, without saying so: by their first bytes (PNG, JPEG, GIF, WebP, WOFF).
fn is_picture(text: &str) -> bool {
    let may_be_one = matches!(text.as_bytes().first(), Some(b'i' | b'/' | b'R' | b'U' | b'd'));
    may_be_one
        && ["iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "d09GR", "d09GMg"]
            .iter()
            .any(|begin| text.starts_with(begin))
}

/// What `data:application/json;base64,` carries; of pictures and films there is nothing to read.
fn data_of(text: &str) -> Option<&str> {
    let (kind, data) = text.strip_prefix("data:")?.split_once(";base64,")?;
    (!kind.starts_with("image/") && !kind.starts_with("video/") && !kind.starts_with("audio/"))
        .then_some(data)
}

/// Whether a text is a data URL in base64 and nothing else: its digits are numbers of nobody, its signs part no names.
fn is_data_alone(text: &str) -> bool {
    let Some((kind, data)) = text.split_once(";base64,") else { return false };
    let is_kind = kind.bytes().skip(5).all(|byte| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte));
    is_kind
        && data
            .trim_end_matches('=')
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
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

/// Digits packed among letters without a separator: hashes, ids, encodings hold no numbers of people.
fn is_packed(text: &str, kinds: u32) -> bool {
    kinds & !(LETTER | DIGIT) == 0 && kinds & LETTER != 0 && text.len() > 20
        || kinds & !(LETTER | DIGIT | DASH) == 0 && crate::find::token::is_uuid(text)
}
