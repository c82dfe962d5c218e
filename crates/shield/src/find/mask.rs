//! Values that hide something already: masks, placeholders, our own marks.

/// Whether a value is empty, a mask or a placeholder: benign whatever its name.
pub(crate) fn is_masked(value: &str) -> bool {
    let value = value.trim();
    value.is_empty() || is_mark(value) || is_starred(value) || is_placeholder(value)
}

/// Whether this is a mark of the shield, so that screening twice changes nothing: a known class, maybe a
/// hash, and nothing more, or a secret could hide in one.
pub(crate) fn is_mark(value: &str) -> bool {
    const HASH_CHARS_MAX: usize = 64;
    let inner = value.strip_prefix("[removed: ").or_else(|| value.strip_prefix("[sealed: "));
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(']')) else { return false };
    let (class, hash) = match inner.split_once(" #") {
        Some((class, hash)) => (class, Some(hash)),
        None => (inner, None),
    };
    model::Class::ALL.iter().any(|known| known.as_str() == class)
        && hash.is_none_or(|hash| {
            (1..=HASH_CHARS_MAX).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// Whether a mark begins a text: what was screened stays as it is, also inside a longer text.
pub(crate) fn begins_with_mark(text: &str) -> bool {
    const MARK_BYTES_MAX: usize = 128;
    text.starts_with('[')
        && memchr::memchr(b']', text.as_bytes().get(..MARK_BYTES_MAX.min(text.len())).unwrap_or_default())
            .and_then(|end| text.get(..=end))
            .is_some_and(is_mark)
}

/// Mostly stars, dots or crosses: `**** 4242`, `••••`, `XXX-XX-1234`, `j***@x.com`. Stars beside a value
/// that is shown in full hide nothing, however many they are.
fn is_starred(value: &str) -> bool {
    const ENDS_MAX: usize = 10;
    const SHOWN_MAX: usize = 12;
    // Nothing that covers: most values.
    let bytes = value.as_bytes();
    let has_cover =
        || memchr::memchr3(b'*', b'#', b'x', bytes).is_some() || memchr::memchr(b'X', bytes).is_some();
    if value.is_ascii() && !has_cover() {
        return false;
    }
    let (mut hidden, mut letters, mut digits, mut run, mut longest) = (0_usize, 0_usize, 0_usize, 0, 0);
    let may_be_address = memchr::memchr(b'@', value.as_bytes()).is_some();
    for c in value.chars() {
        // More is shown than any mask shows.
        if letters + digits > SHOWN_MAX && !may_be_address {
            return false;
        }
        if is_cover(c) {
            hidden += 1;
            run += 1;
            longest = longest.max(run);
        } else {
            run = 0;
            digits += usize::from(c.is_ascii_digit());
            letters += usize::from(c.is_alphanumeric() && !c.is_ascii_digit());
        }
    }
    let shown = letters + digits;
    let has_other_than_x = value.chars().any(|c| !matches!(c, 'x' | 'X') && !c.is_alphanumeric());
    let is_end_shown = shown <= 4 && (hidden >= shown || hidden * 2 >= shown && has_other_than_x);
    // The first six and last four digits of a card, the ends of an account number.
    let are_ends_shown = letters <= 2 && shown <= ENDS_MAX && hidden * 5 >= shown * 3 && has_other_than_x;
    // `sk_live_********`: the beginning all keys of that kind have.
    let is_begin_shown = longest >= 8 && shown <= SHOWN_MAX && value.ends_with(['*', '•']) && digits <= 4;
    longest >= 3 && (is_begin_shown || is_end_shown || are_ends_shown || is_starred_address(value))
        || hidden > 0 && shown == 0
}

fn is_cover(c: char) -> bool {
    matches!(c, '*' | '•' | '●' | '∙' | '·' | '█' | '#' | 'x' | 'X' | '×' | '…' | '⋅')
}

/// `j***@example.com`: stars and at most three characters before the sign, a host after it.
fn is_starred_address(value: &str) -> bool {
    let Some((local, host)) = value.split_once('@') else { return false };
    let shown = local.chars().filter(|c| !matches!(c, '*' | '•')).count();
    shown <= 3
        && shown < local.chars().count()
        && host.contains('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-*".contains(&byte))
}

/// Words that stand for a value, in small letters.
fn is_placeholder_word(word: &str) -> bool {
    matches!(
        word,
        "redacted"
            | "secure"
            | "filtered"
            | "masked"
            | "removed"
            | "scrubbed"
            | "omitted"
            | "sensitive"
            | "sanitized"
            | "obfuscated"
            | "encrypted"
            | "censored"
            | "anonymized"
            | "n/a"
            | "na"
            | "none"
            | "null"
            | "nil"
            | "undefined"
            | "nan"
            | "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "empty"
            | "missing"
            | "not set"
            | "unset"
            | "blank"
            | "placeholder"
            | "todo"
            | "tbd"
            | "-"
            | "--"
            | "?"
            | "…"
            | "..."
            | "[object object]"
            | "not provided"
            | "not available"
            | "deleted"
            | "data redacted"
            | "required"
            | "invalid"
    )
}

/// The same, which may also be somebody's password unless they stand in brackets.
fn is_placeholder_in_brackets(word: &str) -> bool {
    matches!(
        word,
        "secret"
            | "private"
            | "hidden"
            | "value"
            | "changeme"
            | "change_me"
            | "change-me"
            | "confidential"
            | "unknown"
            | "protected"
    )
}

/// Without these signs of ASCII at both ends.
pub(crate) fn trimmed(text: &str, is_left_out: impl Fn(u8) -> bool) -> &str {
    let bytes = text.as_bytes();
    let start = bytes.iter().position(|byte| !is_left_out(*byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_left_out(*byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

fn is_placeholder(value: &str) -> bool {
    const PLACEHOLDER_BYTES_MAX: usize = 15;
    let bare = trimmed(value, |byte| {
        matches!(byte, b'[' | b']' | b'<' | b'>' | b'(' | b')' | b'{' | b'}' | b'$' | b'%' | b'"' | b'\'')
    });
    let is_wrapped = bare.len() + 2 <= value.len();
    let mut small = [0; PLACEHOLDER_BYTES_MAX];
    if let Some(small) = small.get_mut(..bare.len()) {
        small.copy_from_slice(bare.as_bytes());
        small.make_ascii_lowercase();
        let word = std::str::from_utf8(small).unwrap_or_default();
        if is_placeholder_word(word) || is_wrapped && is_placeholder_in_brackets(word) {
            return true;
        }
    }
    let bare = bare.strip_suffix(")s").or_else(|| bare.strip_suffix(")d")).unwrap_or(bare);
    let words_only = bare.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' ' | b'.'));
    if !words_only {
        return false;
    }
    let is_template = value.starts_with("${")
        || value.starts_with("{{")
        || value.starts_with("%(")
        || value.starts_with("<%")
        || value
            .strip_prefix('$')
            .is_some_and(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        || value.len() > 2 && value.starts_with('%') && value.ends_with('%')
        || value.starts_with('<') && value.ends_with('>');
    let begins = |begin: &str| value.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin));
    is_template
        || ["your_", "your-", "your "].into_iter().any(begins)
        || begins("insert_") && value.ends_with("here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_placeholders_are_told_from_secrets() {
        for value in [
            "",
            "***",
            "**** **** **** 4242",
            "••••••••",
            "XXX-XX-1234",
            "[FILTERED]",
            "<redacted>",
            "${DB_PASSWORD}",
            "{{token}}",
            "%(password)s",
            "YOUR_API_KEY",
            "null",
            "j***@example.com",
            "***@***.com",
            "[removed: password]",
            "[sealed: email #0f3a]",
            "<password>",
            "411111******1111",
            "DE89 **** **** **** **** 30",
        ] {
            assert!(is_masked(value), "{value}");
        }
        for value in [
            "hunter2",
            "h*cb9uThA)7e5DVshwkJE",
            "secret",
            "^9adGw5ZJrvx",
            "Xx1!",
            "$ecret",
            "xkcd",
            "<a1b2c3d4>",
            "foxx",
            "[removed: hunter2-Very-Secret]",
            "[removed: password #hunter2]",
            "[sealed: email #0f3a] hunter2]",
            "hunter2-Very-Secret••••",
            "hunter2-Very-Secret************************",
            "secret***@",
            "a***@Very-Secret",
        ] {
            assert!(!is_masked(value), "{value}");
        }
    }
}
