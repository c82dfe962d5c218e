//! Numbers as people write them: digits with separators, in any script.

use std::ops::Range;

use crate::scan::next_digit;

/// A run of ASCII digits with single separators between groups.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    pub text: &'a str,
    pub at: Range<usize>,
    /// How many digits.
    pub digits: usize,
    /// A `+` stands right before it (and is inside `at`).
    pub has_plus: bool,
}

/// The most numbers looked at in one text; what follows is too much like a table to be contact data,
/// and the work stays bounded.
pub(crate) const NUMBERS_MAX: usize = 4_096;

/// The numbers of a text with at least `digits_min` digits. A separator is one of ` -./()` or a no-break
/// space, at most two in a row.
pub(crate) fn numbers(text: &str, digits_min: usize) -> impl Iterator<Item = Number<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let first = next_digit(bytes, at)?;
            let (end, digits) = run(bytes, first);
            at = end;
            if digits >= digits_min {
                let open = opening(bytes, first);
                let has_plus = bytes.get(open) == Some(&b'+');
                return Some(Number { text: text.get(open..end)?, at: open..end, digits, has_plus });
            }
        }
        None
    })
    .take(NUMBERS_MAX)
}

/// Where the number's sign or parenthesis stands: `+49`, `(415`, `+(49`.
fn opening(bytes: &[u8], first: usize) -> usize {
    let mut open = first;
    for sign in [b'(', b'+'] {
        if open > 0 && bytes.get(open - 1) == Some(&sign) {
            open -= 1;
        }
    }
    open
}

/// The end of the run that begins at a digit, and its number of digits.
fn run(bytes: &[u8], first: usize) -> (usize, usize) {
    let (mut end, mut digits, mut at) = (first, 0, first);
    let mut gap = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                gap = 0;
                end = at + 1;
            }
            b' ' | b'-' | b'.' | b'/' | b'(' | b')' if gap < 2 => gap += 1,
            // A no-break space, in two bytes.
            0xc2 | 0xa0 if gap < 2 => {}
            _ => break,
        }
        at += 1;
    }
    (end, digits)
}

/// The digits of a text alone, the first so many of them: more than any number that is looked for has.
pub(crate) struct Digits {
    held: [u8; Self::MAX],
    len: usize,
    /// How many there are, also beyond those held.
    pub count: usize,
}

impl Digits {
    const MAX: usize = 24;

    pub fn of(text: &str) -> Self {
        let mut digits = Self { held: [b'0'; Self::MAX], len: 0, count: 0 };
        for byte in text.bytes().filter(u8::is_ascii_digit) {
            if let Some(slot) = digits.held.get_mut(digits.count) {
                *slot = byte;
                digits.len += 1;
            }
            digits.count += 1;
        }
        digits
    }

    /// Those held.
    pub fn text(&self) -> &str {
        self.held.get(..self.len).and_then(|held| std::str::from_utf8(held).ok()).unwrap_or_default()
    }
}

/// The text with spaces and dashes of every width as plain ones, and without what has no width; `None`
/// if there are none.
pub(crate) fn plain_separators(text: &str) -> Option<String> {
    const NO_WIDTH: [char; 6] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}'];
    let is_space = |c: char| matches!(c, '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    let is_dash = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{b7}');
    // Their first bytes in UTF-8: most text has none of them.
    let may_have_one = text.bytes().any(|byte| matches!(byte, 0xc2 | 0xe2 | 0xe3 | 0xef));
    if !may_have_one || !text.contains(|c: char| is_space(c) || is_dash(c) || NO_WIDTH.contains(&c)) {
        return None;
    }
    let plain = text.chars().filter(|c| !NO_WIDTH.contains(c));
    Some(
        plain
            .map(|c| {
                if is_space(c) {
                    ' '
                } else if is_dash(c) {
                    '-'
                } else {
                    c
                }
            })
            .collect(),
    )
}

/// The text with the digits of every script as ASCII digits; `None` if there are none to change.
pub(crate) fn ascii_digits(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // The first two bytes of these digits in UTF-8: most text has none of them.
    let begins = |two: &[u8; 2]| match two[0] {
        0xd9 | 0xdb => true,
        0xe0 => two[1] & 1 == 1 || two[1] == 0xbc,
        0xe1 => matches!(two[1], 0x81 | 0x9f),
        0xef => two[1] == 0xbc,
        _ => false,
    };
    let mut plain = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(at) = text.as_bytes().get(from..)?.array_windows().position(begins).map(|at| from + at) {
        let c = text.get(at..)?.chars().next()?;
        from = at + c.len_utf8();
        if let Some(digit) = other_digit(c) {
            if copied == 0 {
                plain.reserve(text.len());
            }
            plain.push_str(text.get(copied..at)?);
            plain.push(digit);
            copied = from;
        }
    }
    if copied == 0 {
        return None;
    }
    plain.push_str(text.get(copied..)?);
    Some(plain)
}

/// The ASCII digit for one of another script; also the plus of full width that stands before such.
fn other_digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let value = match code {
        0x660..=0x669 => code - 0x660,
        0x6f0..=0x6f9 => code - 0x6f0,
        // Indic scripts: each has a block of 128, the digits at the same place in most.
        0x966..=0xd6f if matches!(code & 0x7f, 0x66..=0x6f) && has_digits(code >> 7) => (code & 0x7f) - 0x66,
        0xe50..=0xe59 => code - 0xe50,
        0xed0..=0xed9 => code - 0xed0,
        0xf20..=0xf29 => code - 0xf20,
        0x1040..=0x1049 => code - 0x1040,
        0x17e0..=0x17e9 => code - 0x17e0,
        0xff10..=0xff19 => code - 0xff10,
        0xff0b => return Some('+'),
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Whether a block of 128 characters is a script whose digits are read: Devanagari, Bengali, Gurmukhi, Gujarati,
/// Oriya, Tamil, Telugu, Kannada, Malayalam.
fn has_digits(block: u32) -> bool {
    matches!(block, 0x12..=0x1a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_people_end_them() {
        let found = |text| numbers(text, 4).map(|n| n.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(found("card 5105-1051-0510-5100, exp 08/26"), ["5105-1051-0510-5100", "08/26"]);
        assert_eq!(found("call +33 (0)5 58 79 28 66!"), ["+33 (0)5 58 79 28 66"]);
        assert_eq!(found("(876) 528-8056."), ["(876) 528-8056"]);
        assert_eq!(found("1 2 3"), Vec::<String>::new());
    }

    #[test]
    fn digits_of_other_scripts_are_read() {
        assert_eq!(ascii_digits("٠١٢ ۹ ９").as_deref(), Some("012 9 9"));
        assert_eq!(ascii_digits("012"), None);
        let zeros = [
            0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20,
        ];
        for zero in zeros.into_iter().chain([0x1040, 0x17e0, 0xff10]) {
            let digits: String = (zero..zero + 10).filter_map(char::from_u32).collect();
            assert_eq!(ascii_digits(&digits).as_deref(), Some("0123456789"), "{zero:x}");
        }
        assert_eq!(ascii_digits("＋４９ कखग ｐａｓｓ").as_deref(), Some("+49 कखग ｐａｓｓ"));
    }
}
