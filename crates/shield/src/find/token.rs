//! Tokens of interfaces: known beginnings, and texts too random to be anything else.

use std::ops::Range;

use super::wordlike::is_wordlike;
use crate::scan::has;
use crate::shape::{DIGIT, LOWER, UPPER, kind_among};

/// The known beginnings with the fewest characters after each.
pub(crate) fn beginnings() -> impl Iterator<Item = (&'static str, usize)> {
    include_str!("../../rules/tokens.txt").lines().filter_map(|line| {
        let (beginning, rest) = line.trim().split_once(' ')?;
        if beginning.starts_with('#') || matches!(beginning, "yes:" | "no:") {
            return None;
        }
        Some((beginning, rest.trim().parse().ok()?))
    })
}

/// The token that begins at `start` with `beginning`, if enough of the right characters follow.
pub(crate) fn at(text: &str, start: usize, beginning: &str, rest_min: usize) -> Option<Range<usize>> {
    let before = text.get(..start)?.bytes().next_back();
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return None;
    }
    let rest = text.get(start..)?.strip_prefix(beginning)?;
    let length = rest.bytes().take_while(|byte| is_token_byte(*byte)).count();
    let body = rest.get(..length)?.trim_end_matches(['.', '=']);
    // Amazon's key ids are certain by length and alphabet; one in six has fewer than two digits.
    let is_key_id = matches!(beginning, "AKIA" | "ASIA" | "ABIA" | "ACCA")
        && body.len() == 16
        && body.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if is_key_id {
        return Some(start..start + beginning.len() + body.len());
    }
    (length >= rest_min && is_random_enough(body)).then(|| start..start + beginning.len() + length)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.=+/~$".contains(&byte)
}

/// Not a row of words: digits, or capitals and small letters mixed, and no long runs of small letters
/// separated by hyphens (`sk-learn-extra-tools`).
fn is_random_enough(body: &str) -> bool {
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let uppers = body.bytes().filter(u8::is_ascii_uppercase).count();
    let lowers = body.bytes().filter(u8::is_ascii_lowercase).count();
    let is_mixed =
        digits >= 2 || uppers >= 3 && lowers >= 3 || body.len() >= 30 && switches(body) * 8 > body.len();
    let is_counted =
        uppers + digits == body.len() && body.len() >= 16 && (digits >= 1 || has_odd_letters(body));
    let is_one_run = !body.contains(['-', '_', '.', '/']) && (body.len() >= 20 || is_counted);
    (is_mixed && !is_wordy(body))
        || is_one_run && (digits >= 2 || uppers >= 3 || body.len() >= 32 || is_counted)
}

/// Mostly words between separators; a word may end in a few digits.
fn is_wordy(body: &str) -> bool {
    let in_words: usize = body
        .as_bytes()
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|part| {
            let numbered = part.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            let letters = part.get(..part.len() - numbered).unwrap_or_default();
            letters.len() >= 3 && numbered <= 4 && is_word_cased(letters)
        })
        .map(<[u8]>::len)
        .sum();
    in_words * 3 > body.len() * 2
}

fn is_word_cased(part: &[u8]) -> bool {
    part.iter().skip(1).all(u8::is_ascii_lowercase)
        || part.len() < 16 && part.iter().all(u8::is_ascii_uppercase)
}

/// How often the kind of character changes among small letters, capitals and digits.
fn switches(text: &str) -> usize {
    let mut last = 0;
    let mut count = 0;
    for byte in text.bytes() {
        let kind = kind_among(byte, DIGIT | LOWER | UPPER);
        if kind != 0 {
            count += usize::from(last != 0 && kind != last);
            last = kind;
        }
    }
    count
}

/// What a text that may be a token is made of, counted in one pass.
struct Signs {
    digits: usize,
    uppers: usize,
    lowers: usize,
    vowels: usize,
    switches: usize,
}

const VOWEL: u8 = 8;
const PLAIN: u8 = 16;

/// For each byte that may stand in a token, whether it is a digit (1), a small letter (2), a capital (4), a vowel.
static SIGNS: [u8; 256] = signs();

const fn signs() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let kind = match byte {
            b'0'..=b'9' => 1,
            b'a'..=b'z' => 2,
            b'A'..=b'Z' => 4,
            b'-' | b'_' | b'.' | b'=' | b'+' | b'/' | b'~' | b'$' => PLAIN,
            b':' | b'|' | b'%' | b'!' | b'@' | b'#' | b'^' | b'&' | b'*' => PLAIN,
            _ => 0,
        };
        let vowel = match byte.to_ascii_lowercase() {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => VOWEL,
            _ => 0,
        };
        table[byte as usize] = kind | vowel;
        byte += 1;
    }
    table
}

impl Signs {
    /// `None` if something stands in the text that is in no token.
    fn of(text: &str) -> Option<Self> {
        let mut signs = Self { digits: 0, uppers: 0, lowers: 0, vowels: 0, switches: 0 };
        let mut last = 0;
        for byte in text.bytes() {
            let sign = SIGNS[usize::from(byte)];
            if sign == 0 {
                return None;
            }
            signs.digits += usize::from(sign & 1);
            signs.lowers += usize::from(sign >> 1 & 1);
            signs.uppers += usize::from(sign >> 2 & 1);
            signs.vowels += usize::from(sign >> 3 & 1);
            let kind = sign & 7;
            if kind != 0 {
                signs.switches += usize::from(last != 0 && kind != last);
                last = kind;
            }
        }
        Some(signs)
    }
}

/// How much a value without spaces looks like a token: 0 not at all, 1 it may be one under a name that
/// says so, 2 it looks random, 3 it is long and random and nothing known.
pub(crate) fn score(value: &str) -> u8 {
    let length = value.len();
    if length < 8 {
        return 0;
    }
    let Some(Signs { digits, uppers, lowers, vowels, switches }) = Signs::of(value) else { return 0 };
    let letters = uppers + lowers;
    if digits + letters == 0
        || is_date(value)
        || is_address(value)
        || letters * 2 > length && is_wordlike(value)
    {
        return 0;
    }
    let is_mixed =
        digits > 0 && digits < length || uppers > 1 && lowers > 1 || digits == length && length >= 16;
    if !is_mixed {
        let has_odd_letters = vowels * 4 < uppers + lowers;
        return u8::from(length >= 20 && switches == 0 && has_odd_letters && !is_wordy(value));
    }
    if is_wordy(value) {
        return 0;
    }
    if length < 16 || digits == length || is_uuid(value) {
        return 1;
    }
    let letters_digits = (digits + uppers + lowers).max(1);
    let is_random = switches * 5 >= letters_digits && digits + uppers >= 3;
    if !is_random {
        return 1;
    }
    if length < 30 || is_hex_of_hash_length(value) || is_known_public(value) { 2 } else { 3 }
}

/// Letters no language puts together: few vowels, or rare pairs.
pub(crate) fn has_odd_letters(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let vowels = value.bytes().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    letters > 0 && vowels * 4 < letters
}

/// `2024-05-01…`, `01/05/2024 …`, `20240501…`.
pub(crate) fn is_date(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = |at: usize| bytes.get(at).is_some_and(|byte| b"-/.".contains(byte));
    let is_year = value.starts_with("19") || value.starts_with("20");
    let iso = is_year && (0..4).all(digit) && sign(4) && digit(5) && digit(6) && sign(7) && digit(8);
    let digits_after = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let ends_at = |at: usize| bytes.get(at).is_none_or(|byte| b" T,".contains(byte));
    let european = digit(0)
        && digit(1)
        && sign(2)
        && digit(3)
        && digit(4)
        && sign(5)
        && matches!(digits_after(6), 2 | 4)
        && ends_at(6 + digits_after(6));
    let compact = bytes.len() == 14 && bytes.iter().all(u8::is_ascii_digit) && is_year;
    (iso || european) && value.len() <= 40 || compact
}

fn is_address(value: &str) -> bool {
    has(value, "://", b':')
        || value.starts_with('/')
            && value.bytes().filter(|byte| *byte == b'/').count() > 1
            // Base64 may begin with a slash too; a path does not end with its padding.
            && !value.ends_with('=')
        || is_file(value)
}

/// `uploads/2026/08/eb994f57.png`: a path whose last part has an ending.
fn is_file(value: &str) -> bool {
    value.rsplit_once('/').and_then(|(_, last)| last.rsplit_once('.')).is_some_and(|(name, ending)| {
        !name.is_empty()
            && (2..=5).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && ending.starts_with(|c: char| c.is_ascii_lowercase())
    })
}

/// The 8-4-4-4-12 form.
pub(crate) fn is_uuid(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

/// Hexadecimal in the lengths of hashes and object ids, in one case: random, but rarely a secret by itself.
fn is_hex_of_hash_length(value: &str) -> bool {
    matches!(value.len(), 7 | 8 | 12 | 16 | 24 | 32 | 40 | 48 | 56 | 64 | 96 | 128)
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !(value.bytes().any(|byte| byte.is_ascii_uppercase())
            && value.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// Forms that are random and meant to be seen: integrity hashes, trace headers, analytics ids, public
/// keys, parts of packages.
fn is_known_public(value: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "sha256:",
        "sha1:",
        "md5:",
        "md5-",
        "00-",
        "01-",
        "GA1.",
        "GS1.",
        "GS2.",
        "fb.1.",
        "fb.2.",
        "_ga",
        "Cj0KCQ",
        "EAIaIQ",
        "IwAR",
        "IwZX",
        "AAAA",
        "ssh-",
        "ecdsa-",
        "urn:",
        "arn:",
        "data:",
        "rgb",
        "W/",
        "css-",
        "sc-",
        "amp-",
        "gid:",
        "did:",
        "ipfs",
        "bafy",
        "Qm",
        "0x",
        "bc1",
        "cus_",
        "pi_",
        "ch_",
        "in_",
        "sub_",
        "prod_",
        "price_",
        "evt_",
        "acct_",
        "pm_",
        "seti_",
        "cs_",
        "txn_",
        "pk_",
        "M0",
        "M1",
        "v2:",
        "spotify:",
        "E.C.P.",
        // Sums of packages and files.
        "h1:",
        "sha224-",
        "sha512:",
        "sha256=",
        "blake3:",
        "10c0/",
        // Public keys and what chains show to everybody.
        "npub1",
        "nprofile1",
        "nevent1",
        "age1",
        "tb1",
        "ltc1",
        "addr1",
        "stake1",
        "cosmos1",
        "osmo1",
        "terra1",
        "z6Mk",
        "bafk",
        "MFkwEwYHKoZI",
        "MCowBQYDK2Vw",
        "MIIBIjANBgkqhki",
        "MIICIjANBgkqhki",
        "MIGfMA0GCSqGSI",
        "LS0tLS1CRUdJTiBQVUJM",
        "LS0tLS1CRUdJTiBDRVJU",
        // Places, accounts and resources.
        "ChIJ",
        "amzn1.",
        "crn:v1:",
        "tag:",
        "boundary=",
        "nonce-",
    ];
    let bytes = value.as_bytes();
    let begins =
        |beginning: &&str| bytes.first() == beginning.as_bytes().first() && value.starts_with(*beginning);
    BEGINNINGS.iter().any(begins)
        // A string of consent (IAB): mostly zeros.
        || matches!(bytes, [b'C', b'O'..=b'S', ..]) && value.contains("AAAA")
        // A site's key of reCAPTCHA, which every visitor gets.
        || value.len() == 40 && value.starts_with("6L")
        || has(value, "...", b'.')
        || memchr::memchr(b'@', bytes).is_some()
        || is_internet_address(value)
}

/// Keys that are made to be shown: Stripe's publishable ones and their like.
pub(crate) fn is_publishable(value: &str) -> bool {
    ["pk_live_", "pk_test_", "phc_", "pub_", "pub-", "pk.eyJ", "rzp_pub"]
        .iter()
        .any(|begin| value.starts_with(begin))
}

/// `2001:db8:…`, also with a port or a prefix's length.
fn is_internet_address(value: &str) -> bool {
    let groups = value.split(':');
    value.matches(':').count() >= 5
        && groups.clone().all(|group| group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A word for a secret among the parts before a random rest: `acme_pat_…`, `shop-live-…`.
fn is_self_described(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "api", "key", "apikey", "token", "tok", "tkn", "secret", "sec", "sk", "pat", "oat", "sat", "live",
        "prod", "sandbox", "test", "access", "auth", "priv", "private", "pwd", "pass", "bearer", "refresh",
        "svc", "service", "cred",
    ];
    const PUBLIC: &[&str] =
        &["pk", "pub", "public", "publishable", "client", "site", "anon", "id", "page", "next", "cs", "pi"];
    const PARTS_MAX: usize = 4;
    let Some(at) = value.rfind(['_', '-']).filter(|at| *at <= 24) else { return false };
    let (head, rest) = (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default());
    let parts = || head.split(['_', '-']);
    let is_telling = |(place, part): (usize, &str)| {
        let is_mode = matches!(part, "live" | "prod" | "sandbox" | "test");
        WORDS.contains(&part) && (!is_mode || place > 0)
    };
    rest.len() >= 20
        && parts().count() <= PARTS_MAX
        && head
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
        && parts().enumerate().any(is_telling)
        && !parts().any(|part| PUBLIC.contains(&part))
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && score(rest) >= 2
}

/// Forms without a beginning of their own: Azure's client secret, Twilio's keys, Vault's, Terraform's, Facebook's and Telegram's tokens.
pub(crate) fn shaped(value: &str) -> Option<Range<usize>> {
    let bytes = value.as_bytes();
    let has_separator = memchr::memchr3(b'|', b'%', b':', bytes).is_some();
    if memchr::memchr(b'~', bytes).is_some()
        && let Some(at) = value.find("Q~")
        && at >= 4
    {
        let start = at - 4;
        let end = at
            + 2
            + value
                .get(at + 2..)?
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || b"_~.-".contains(b))
                .count();
        let is_counted = value.as_bytes().get(at - 1).is_some_and(u8::is_ascii_digit);
        if is_counted && (28..=40).contains(&(end - at - 2)) && value.is_char_boundary(start) {
            return Some(start..end);
        }
    }
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let twilio = value.strip_prefix("SK").or_else(|| value.strip_prefix("AC"));
    let vault = value.strip_prefix("s.").is_some_and(|rest| rest.len() == 24 && score(rest) >= 2);
    if vault || twilio.is_some_and(|rest| rest.len() == 32 && is_hex(rest)) {
        return Some(0..value.len());
    }
    // LaunchDarkly's, by a word before a UUID; Google's old keys for messages.
    let is_named_uuid =
        ["api-", "sdk-", "rel-"].iter().any(|begin| value.strip_prefix(begin).is_some_and(is_uuid));
    let is_messages_key = value.len() >= 120 && value.starts_with("AAAA") && value.contains(":APA91b");
    if is_named_uuid || is_messages_key || is_self_described(value) {
        return Some(0..value.len());
    }
    // A person's key of ClickUp; those that begin alike elsewhere are public.
    let person = value.strip_prefix("pk_").and_then(|rest| rest.split_once('_'));
    if person.is_some_and(|(number, rest)| {
        (6..=10).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() == 32
            && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    }) {
        return Some(0..value.len());
    }
    let may_be_terraform = memchr::memchr(b'.', bytes).is_some() && memchr::memchr(b'v', bytes).is_some();
    if may_be_terraform && let Some(at) = value.find(".atlasv1.") {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_=.".contains(byte);
        let start = at - value.get(..at)?.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
        let end = at + value.get(at..)?.bytes().take_while(is_part).count();
        return (end - start >= 40).then_some(start..end);
    }
    if !has_separator {
        return None;
    }
    for separator in ['|', '%', ':'] {
        for (at, _) in value.match_indices(separator).take(16) {
            let digits = value.get(..at)?.bytes().rev().take_while(u8::is_ascii_digit).count();
            let tail = value.get(at + 1..)?;
            let rest = tail.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-".contains(b)).count();
            let is_facebook = separator != ':' && (15..=16).contains(&digits) && (27..=40).contains(&rest);
            let is_telegram = separator == ':'
                && (5..=16).contains(&digits)
                && (32..=38).contains(&rest)
                && tail.starts_with(['A', 'a']);
            if is_facebook || is_telegram {
                return Some(at - digits..at + 1 + rest);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_rules_is_read() {
        let lines = include_str!("../../rules/tokens.txt").lines();
        let is_rule = |line: &str| {
            !line.trim().is_empty() && !["#", "yes:", "no:"].iter().any(|begin| line.starts_with(begin))
        };
        let wanted = lines.filter(|line| is_rule(line)).count();
        assert_eq!(beginnings().count(), wanted);
    }

    /// What is wrong with the examples of the groups of a file, whose head ends with a line `#`.
    fn wrong(rules: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut groups: Vec<(&str, usize, usize)> = Vec::new();
        for line in rules.lines().skip_while(|line| *line != "#") {
            if let Some(name) = line.strip_prefix("# ") {
                groups.push((name, 0, 0));
            }
            let Some((group, yes, no)) = groups.last_mut() else { continue };
            let (text, wanted) = match (line.strip_prefix("yes: "), line.strip_prefix("no: ")) {
                (Some(text), _) => (text, true),
                (_, Some(text)) => (text, false),
                _ => continue,
            };
            *if wanted { yes } else { no } += 1;
            if holds(&filled(text)) != wanted {
                found.push(format!("{group}: {text}"));
            }
        }
        let without = groups.iter().filter(|(_, yes, no)| *yes == 0 || *no == 0);
        found.extend(without.map(|(group, ..)| format!("{group} lacks examples")));
        found
    }

    fn holds(text: &str) -> bool {
        beginnings().any(|(begin, least)| {
            text.match_indices(begin).any(|(place, _)| at(text, place, begin, least).is_some())
        })
    }

    /// `ghp_{36}` with 36 random signs.
    fn filled(example: &str) -> String {
        const SIGNS: &str = "a8Kq3Zt7Lw2Xc9Vb5Nm1Rp6Hd4Gf0Js";
        let parts = example.split(['{', '}']).enumerate().map(|(place, part)| match part.parse() {
            Ok(count) if place % 2 == 1 => SIGNS.chars().cycle().take(count).collect(),
            _ => part.to_owned(),
        });
        parts.collect()
    }

    #[test]
    fn every_group_has_examples_and_they_hold() {
        let rules = include_str!("../../rules/tokens.txt");
        assert!(rules.lines().filter(|line| line.starts_with("# ")).count() > 10);
        assert_eq!(wrong(rules), Vec::<String>::new());
        assert_eq!(wrong("#\n# things\nghp_ 20"), ["things lacks examples"]);
        assert_eq!(wrong("#\n# things\nyes: plan\nno: ghp_{36}"), ["things: plan", "things: ghp_{36}"]);
    }

    #[test]
    fn beginnings_need_a_random_rest() {
        assert_eq!(at("Hi, npm_4dbdazkasfzmerkbpqcfqbqlr9goh7xpjjdz ok", 4, "npm_", 20), Some(4..44));
        assert_eq!(at("AKIAROSEMARYGARDENAB.", 0, "AKIA", 12), Some(0..20));
        assert_eq!(at("sk-learn-extra-tools-for-everyone-else", 0, "sk-", 28), None);
        assert_eq!(at("task-4dbdazkasfzmerkbpqcfqbqlr9goh7xpjjdz", 2, "sk-", 28), None);
    }

    #[test]
    fn scores_rise_with_length_and_disorder() {
        for (value, wanted) in [
            ("google", 0),
            ("2024-06-26T15:00:06.000000+02:00", 0),
            ("get-current-package", 0),
            ("https://example.com/a/b/c123456789012345678", 0),
            ("h1:17mVfmtzstEhvDnU7u2fjYnZoLDclcNu4fOzJQDvZqz=", 2),
            ("uploads/2026/08/eb994f57-df75-4542-9ce1-65742081c4f3.png", 0),
            ("4a7027de-f155-4eb3-886a-a6e1f7643403", 1),
            ("DECB58E95DE358359D34FD86C2D5AE4F", 2),
            ("82d1b1f3a3fef185", 2),
            ("PxlcZH9nMEZdz6OsgPdn7QHXw4s", 2),
            ("sha384-4MD7CxV+dFO2DAStroFFhmbzyNGR4YguLtuRvm8eTuZC3mAm7pS6wySB3rtVxjjs", 2),
            ("cmVmdArJv9FJdRPjmzZVsni3C9ACI8PSA4Arw3mqcixPNMspIA3Zt7Y0DpgJXSDl", 3),
        ] {
            assert_eq!(score(value), wanted, "{value}");
        }
    }

    #[test]
    fn shaped_tokens_are_found() {
        assert_eq!(shaped("JBp1Q~94rnO9osyDlwhRBOdJQ0mVyiv0Gj96f"), Some(0..37));
        assert_eq!(shaped("<340562988148915%wttqxdbdlp9ah4rsiqg3jer4w2ywmgb>"), Some(1..48));
        assert_eq!(shaped("12:30 is early"), None);
        assert_eq!(shaped("acme_pat_a8Kq3Zt7Lw2Xc9Vb5Nm1Rp6H"), Some(0..33));
        assert_eq!(shaped("acme_pub_key_a8Kq3Zt7Lw2Xc9Vb5Nm1Rp6H"), None);
        assert_eq!(shaped("prod_a8Kq3Zt7Lw2Xc9Vb5Nm1Rp6H"), None);
        assert_eq!(shaped("sdk-4a7027de-f155-4eb3-886a-a6e1f7643403"), Some(0..40));
    }
}
