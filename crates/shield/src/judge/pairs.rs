//! Names inside values: form bodies, cookies, `key: value` in text.

use std::ops::Range;

use model::Class;

use super::announced::head_bytes;
use super::told::{is_password_like, is_remark};
use super::{Judge, Value, named};
use crate::find::{Hit, mask, token};
use crate::shape::SPACE;

/// How many names of several words a text may have, and one more for so many bytes: they are not remembered.
const PHRASES_MIN: usize = 32;
const PHRASE_BYTES_EACH: usize = 96;
/// The most pairs of one text that are judged.
const PAIRS_MAX: usize = 2_048;
/// The longest value of a pair that is looked at; a longer one that looks secret takes the whole text along.
const VALUE_BYTES_MAX: usize = 256;

impl Judge<'_> {
    /// `a=1&b=2`, `a=1; b=2`, `a: 1`.
    pub(super) fn pairs(
        &self,
        value: &Value<'_>,
        depth: u8,
        addresses: &[Range<usize>],
        hits: &mut Vec<Hit>,
    ) {
        let text = value.text;
        let taken = taken_places(addresses, hits);
        let mut reader = ValueReader::default();
        let mut phrases_left = PHRASES_MIN + text.len() / PHRASE_BYTES_EACH;
        let mut until = 0;
        // Values of pairs do not overlap, unless signs stand in a row to be slow.
        let mut bytes_left = VALUE_BYTES_MAX * 16 + text.len() * 2;
        let is_connection_string = std::cell::LazyCell::new(|| is_connection_string(text));
        let has_cookies = std::cell::LazyCell::new(|| has_cookies(text));
        for (at, sign) in signs(text).take(PAIRS_MAX) {
            if at < until || is_taken(&taken, at) {
                continue;
            }
            let is_form = matches!(sign, "=" | "＝");
            if !is_form && is_scheme(text, at) {
                continue;
            }
            let Some(mut name) = name_before(text, at, is_form) else { continue };
            let Some(span) = reader.value_after(text, at + sign.len()) else { continue };
            let Some(raw) = text.get(span.clone()) else { continue };
            if raw.starts_with("//") {
                continue;
            }
            if super::told::is_reference(raw) {
                continue;
            }
            // `codice fiscale=…` in running text is one name.
            if is_form && value.shape.has(SPACE) && phrases_left > 0 && self.facts(name).cue.is_none() {
                name = typed_name(text, at, name).or_else(|| name_before(text, at, false)).unwrap_or(name);
            }
            let is_plain = !name.contains(' ');
            let facts = if is_plain {
                self.facts(name)
            } else if let Some(left) = phrases_left.checked_sub(1) {
                phrases_left = left;
                self.derived(name)
            } else {
                // A text of nothing but phrases and colons: the last word must do.
                self.facts(name.rsplit(' ').next().unwrap_or(name))
            };
            if facts.cue.is_none() && facts.custom == 0 {
                continue;
            }
            let Some(left) = bytes_left.checked_sub(raw.len()) else {
                hits.push(Hit::whole(Class::Password, "text.crowded"));
                return;
            };
            bytes_left = left;
            let decoded = super::wrapped::percent_decoded(raw);
            let inner = Value::nameless(decoded.as_deref().unwrap_or(raw));
            let Some(hit) = self.by_name(facts, &inner, depth) else { continue };
            if hit.custom.is_some() {
                until = span.end;
                hits.push(Hit { span: Some(span), ..hit });
                continue;
            }
            if !is_form && !is_convincing(&hit, raw, text) && !is_member(text, at, &span, raw) {
                continue;
            }
            let is_connection = matches!(hit.class, Class::Password | Class::ApiKey) && *is_connection_string;
            let class = match hit.class {
                _ if is_connection => Class::UrlWithCredentials,
                // A cookie's token is a session's.
                Class::ApiKey if is_form && *has_cookies => Class::JwtSession,
                class => class,
            };
            let is_complete = span.len() + 4 < VALUE_BYTES_MAX;
            let is_certain =
                is_complete && (is_form || hit.class.sensitivity() == model::Sensitivity::Personal);
            let rule = if is_form { "pair.form" } else { "pair.text" };
            if !is_certain {
                hits.push(Hit::whole(class, rule));
                return;
            }
            until = span.end;
            hits.push(Hit::at(class, rule, span));
        }
    }
}

/// `did:key:z6Mk…`: parts of a name that is public as a whole.
fn is_scheme(text: &str, at: usize) -> bool {
    const SCHEMES: &[&str] = &["did:", "urn:", "arn:", "spotify:"];
    const SCHEME_BYTES_MAX: usize = 48;
    let floor = (at.saturating_sub(SCHEME_BYTES_MAX)..=at).find(|place| text.is_char_boundary(*place));
    let before = floor.and_then(|floor| text.get(floor..at)).unwrap_or_default();
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '('))
        .next()
        .unwrap_or_default();
    SCHEMES.iter().any(|scheme| word.starts_with(scheme))
}

/// Where addresses and what was found already stand, in order and without overlaps.
fn taken_places(addresses: &[Range<usize>], hits: &[Hit]) -> Vec<Range<usize>> {
    let mut taken: Vec<Range<usize>> =
        addresses.iter().cloned().chain(hits.iter().filter_map(|hit| hit.span.clone())).collect();
    taken.sort_unstable_by_key(|place| place.start);
    taken.dedup_by(|next, held| {
        let is_joined = next.start <= held.end;
        if is_joined {
            held.end = held.end.max(next.end);
        }
        is_joined
    });
    taken
}

/// Whether a place lies in one of the places taken.
pub(super) fn is_taken(taken: &[Range<usize>], at: usize) -> bool {
    let after = taken.partition_point(|place| place.start <= at);
    after.checked_sub(1).and_then(|before| taken.get(before)).is_some_and(|place| at < place.end)
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
    // `Key (token)=(x)`, as data bases report it.
    let before = before
        .strip_suffix(')')
        .filter(|_| text.get(at..).is_some_and(|rest| rest.starts_with("=(")))
        .unwrap_or(before);
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

/// `let pin: String = "x"`: the name stands before its type.
fn typed_name<'a>(text: &'a str, at: usize, kind: &str) -> Option<&'a str> {
    const KINDS: &[&str] = &[
        "String",
        "string",
        "str",
        "&str",
        "String?",
        "string?",
        "NSString",
        "CharSequence",
        "Optional<String>",
        "any",
        "Any",
    ];
    let before = text.get(..at)?.trim_end().strip_suffix(kind).filter(|_| KINDS.contains(&kind))?;
    let colon = before.trim_end().strip_suffix(':')?;
    name_before(text, colon.len(), true)
}

/// Reads values one after the other, and remembers how far the text has no end of a value, so that signs in a row
/// (`a:a:a:a:`) do not read the same text again and again.
#[derive(Default)]
struct ValueReader {
    open: Range<usize>,
}

impl ValueReader {
    /// The value after a sign: quoted, or up to a space or separator.
    fn value_after(&mut self, text: &str, from: usize) -> Option<Range<usize>> {
        let rest = text.get(from..)?;
        let start = from + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = text.get(start..)?;
        if mask::begins_with_mark(rest) {
            return None;
        }
        let (start, rest) = match rest.strip_prefix('(') {
            Some(inner) => (start + 1, inner),
            None => (start, rest),
        };
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        if let Some(quote) = quote {
            let skipped = if rest.starts_with("```") { 3 } else { 1 };
            let inner = head_bytes(rest.get(skipped..)?, VALUE_BYTES_MAX);
            let end = inner.find(quote).unwrap_or(inner.len());
            return (end > 0).then_some(start + skipped..start + skipped + end);
        }
        let scheme = ["Bearer ", "Basic ", "Token ", "bearer ", "basic ", "token "]
            .iter()
            .find(|scheme| rest.starts_with(**scheme))
            .map_or(0, |scheme| scheme.len());
        let scheme = if scheme == 0 { other_scheme(rest) } else { scheme };
        let begin = start + scheme;
        let bound = begin + head_bytes(text.get(begin..)?, VALUE_BYTES_MAX).len();
        let known = if self.open.contains(&begin) { self.open.end.min(bound).max(begin) } else { begin };
        let known = (known..=bound).find(|at| text.is_char_boundary(*at))?;
        let stop = text
            .get(known..bound)?
            .find(|c: char| c.is_whitespace() || matches!(c, '&' | ';' | '|' | ',' | '"' | '<' | '>'))
            .map_or(bound, |at| known + at);
        self.open = begin..stop;
        let end = stop - start;
        let trimmed = rest.get(..end)?.trim_end_matches(['.', ')', ']', '}', '!', '?', '\'', '`']);
        (!trimmed.is_empty()).then_some(start..start + trimmed.len())
    }
}

/// Whether a text holds a header of cookies.
fn has_cookies(text: &str) -> bool {
    text.contains("Cookie:") || text.contains("cookie:")
}

/// `KakaoAK 4bc26bf7…`, `GenieKey 360449ec-…`: a word, a space and something random.
fn other_scheme(rest: &str) -> usize {
    const SCHEME_BYTES_MAX: usize = 20;
    const TOKEN_BYTES_MIN: usize = 20;
    let length = rest
        .bytes()
        .take(SCHEME_BYTES_MAX + 1)
        .take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
        .count();
    let is_scheme = (2..=SCHEME_BYTES_MAX).contains(&length) && rest.as_bytes().get(length) == Some(&b' ');
    let Some(token) = rest.get(length + 1..).filter(|_| is_scheme) else { return 0 };
    let token = head_bytes(token, 64);
    let end =
        token.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).unwrap_or(token.len());
    let token = token.get(..end).unwrap_or_default();
    if token.len() >= TOKEN_BYTES_MIN && token::score(token) >= 1 { length + 1 } else { 0 }
}

/// A member of a document written out, its name and its value in quotes: `'pin': 'x'`. There a plain word counts.
fn is_member(text: &str, at: usize, span: &Range<usize>, raw: &str) -> bool {
    let is_quote = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'"' | b'\''));
    let bytes = text.as_bytes();
    at > 0
        && is_quote(bytes.get(at - 1))
        && is_quote(span.start.checked_sub(1).and_then(|before| bytes.get(before)))
        && is_quote(bytes.get(span.end))
        && raw.chars().count() >= 4
        && !raw.contains(char::is_whitespace)
        && !is_remark(raw)
        && !mask::is_masked(raw)
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
        Class::ApiKey | Class::JwtSession => {
            token::score(named::without_vendor(named::without_scheme(raw))) >= 1
        }
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
