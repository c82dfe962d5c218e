//! E-mail addresses, also with internationalised names; not packages, images or clone addresses.

use std::ops::Range;

use crate::listed::Listed;

/// Endings of files that look like a top-level domain.
static FILE_ENDINGS: Listed<47> = Listed::of([
    "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "css", "js", "mjs", "cjs", "ts", "tsx", "jsx",
    "json", "map", "html", "htm", "php", "py", "rb", "rs", "go", "java", "md", "txt", "xml", "yml", "yaml",
    "zip_", "tgz", "gz", "whl", "jar", "exe", "dmg", "pdf", "mp3", "mp4", "woff", "woff2", "ttf", "scss",
    "vue", "lock", "tar",
]);

/// Where the first address at or after `from` stands.
pub(crate) fn find(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'@', bytes.get(from..)?).map(|at| at + from).find_map(|at| {
        let start = local_start(bytes, from, at)?;
        let end = domain_end(text, at + 1)?;
        Some(start..end)
    })
}

fn local_start(bytes: &[u8], from: usize, at: usize) -> Option<usize> {
    const LOCAL_BYTES_MAX: usize = 128;
    let floor = at.saturating_sub(LOCAL_BYTES_MAX).max(from);
    let mut start = at;
    while start > floor && bytes.get(start - 1).is_some_and(|byte| is_local(*byte)) {
        start -= 1;
    }
    // Signs a local part does not begin with belong to what stands before it.
    while start < at
        && bytes
            .get(start)
            .is_some_and(|byte| matches!(byte, b'.' | b'-' | b'\'' | b'+' | b'%' | b'&' | b'/'))
    {
        start += 1;
    }
    if start == at {
        // `"anna k"@example.org`
        let open = quoted_start(bytes, floor, at)?;
        return Some(open);
    }
    let local = bytes.get(start..at)?;
    // The public half of an address for error reports.
    let is_report = start >= 2
        && bytes.get(start - 2..start) == Some(b"//")
        && local.len() == 32
        && local.iter().all(u8::is_ascii_hexdigit);
    if is_report || local.windows(3).any(|signs| signs == "•".as_bytes()) {
        return None;
    }
    let is_masked = start > 0 && bytes.get(start - 1) == Some(&b'*') || local.contains(&b'*');
    let is_clone = local == b"git" || local == b"hg";
    (!local.is_empty() && !is_masked && !is_clone).then_some(start)
}

/// Where the quote before the sign opens.
fn quoted_start(bytes: &[u8], floor: usize, at: usize) -> Option<usize> {
    let inner = bytes.get(floor..at)?.strip_suffix(b"\"")?;
    let open = memchr::memrchr(b'"', inner)?;
    let local = inner.get(open + 1..)?;
    let is_local = !local.is_empty() && local.iter().all(|byte| !byte.is_ascii_control());
    is_local.then_some(floor + open)
}

fn is_local(byte: u8) -> bool {
    LOCAL[usize::from(byte)]
}

/// The bytes of a local part without quotes.
static LOCAL: [bool; 256] = {
    let mut table = [true; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'!' | b'#' | b'~');
        byte += 1;
    }
    table
};

fn domain_end(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let mut end = rest.as_bytes().iter().take_while(|byte| is_plain(byte)).count();
    for c in rest.get(end..)?.chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '-') || crate::fold::is_letter_mark(c) {
            end += c.len_utf8();
        } else {
            break;
        }
    }
    let domain = rest.get(..end)?.trim_end_matches(['.', '-']);
    let (name, top) = domain.rsplit_once('.')?;
    let is_name =
        !name.is_empty() && name.split('.').all(|label| !label.is_empty() && !label.starts_with('-'));
    let is_top = top.chars().count() >= 2
        && (top.starts_with("xn--")
            || top.chars().all(|c| c.is_alphabetic() || crate::fold::is_letter_mark(c)))
        && !FILE_ENDINGS.has_in_any_case(top);
    (is_name && is_top).then(|| start + domain.len())
}

/// An address written to avoid being read: `jane (at) example (dot) org`.
pub(crate) fn find_spelled(text: &str) -> Option<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    for (at, dot) in [("(at)", "(dot)"), ("[at]", "[dot]"), (" at ", " dot ")] {
        let Some(middle) = lower.find(at) else { continue };
        let start =
            lower[..middle].trim_end().rfind(|c: char| !c.is_ascii_alphanumeric() && !".-_+".contains(c));
        let start =
            start.map_or(0, |before| before + lower[before..].chars().next().map_or(1, char::len_utf8));
        let Some(dotted) = lower[middle..].find(dot).map(|place| place + middle + dot.len()) else {
            continue;
        };
        let tail = lower[dotted..].trim_start();
        let top = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let host = lower[middle + at.len()..dotted - dot.len()].trim();
        if top >= 2
            && !host.is_empty()
            && host.len() < 64
            && !host.contains("  ")
            && host.split(' ').count() <= 2
        {
            return Some(start..dotted + (lower[dotted..].len() - tail.len()) + top);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_things_with_an_at_sign_are_not() {
        for (text, found) in [
            ("We sent a code to kentjepsen@example.museum.", Some("kentjepsen@example.museum")),
            ("a+promo_2@sub.dept.example.edu", Some("a+promo_2@sub.dept.example.edu")),
            ("jürgen@bücher.example", Some("jürgen@bücher.example")),
            ("почта@пример.рф", Some("почта@пример.рф")),
            ("\"x@y.org\" twice", Some("x@y.org")),
            ("@kepler.gl/constants@5.2.4", None),
            ("git@github.com:misty35/nester-cs.git", None),
            ("https://medium.com/@jose39/where", None),
            ("img/force@2x.png", None),
            ("***@***.com", None),
            ("nobody@localhost", None),
        ] {
            assert_eq!(find(text, 0).map(|at| &text[at]), found, "{text}");
        }
        assert_eq!(find_spelled("write to jane (at) example (dot) org now").map(|at| at.start), Some(9));
        assert_eq!(find_spelled("look at the dot"), None);
    }
}
