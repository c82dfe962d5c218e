//! Telephone numbers. Without a cue only the international form counts: a plus and a known country.

use super::number::Number;

/// Country calling codes (ITU-T E.164), sorted.
const CALLING_CODES: &[u16] = &[
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57,
    58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98, 211, 212, 213, 216, 218, 220,
    221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241,
    242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263,
    264, 265, 266, 267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359,
    370, 371, 372, 373, 374, 375, 376, 377, 378, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500,
    501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672,
    673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 800, 808,
    850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965, 966, 967,
    968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998,
];

/// Whether a number in a text is a telephone number in the international form.
pub(crate) fn is_international(text: &str, number: &Number<'_>) -> bool {
    let before = text.get(..number.at.start).unwrap_or_default();
    number.has_plus
        && (7..=15).contains(&number.digits)
        && !before.ends_with(|c: char| c.is_alphanumeric())
        && !number.text.contains('/')
        && begins_with_country(super::number::Digits::of(number.text).text())
}

fn begins_with_country(digits: &str) -> bool {
    (1..=3).any(|length| {
        digits
            .get(..length)
            .and_then(|code| code.parse().ok())
            .is_some_and(|code| CALLING_CODES.binary_search(&code).is_ok())
    })
}

/// Whether a number stands after `tel:` or `callto:`, or in the form `(415) 555-2671`.
pub(crate) fn is_dialled(text: &str, number: &Number<'_>) -> bool {
    let before = text.get(..number.at.start).unwrap_or_default();
    let follows = |scheme: &str| {
        let head = before.len().checked_sub(scheme.len()).and_then(|at| before.as_bytes().get(at..));
        head.is_some_and(|tail| tail.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    if (5..=15).contains(&number.digits)
        && before.ends_with(':')
        && (follows("tel:") || follows("callto:") || follows("sms:"))
    {
        return true;
    }
    let bytes = number.text.as_bytes();
    number.digits == 10
        && bytes.len() >= 13
        && bytes.first() == Some(&b'(')
        && bytes.get(4) == Some(&b')')
        && bytes.get(bytes.len() - 5).is_some_and(|byte| matches!(byte, b'-' | b' ' | b'.'))
}

/// Whether a value under a name that says telephone is one: nothing but a number and its signs.
pub(crate) fn is_number(value: &str) -> bool {
    let rest = value.trim();
    if rest.starts_with("0.") || rest.starts_with("-0.") {
        return false;
    }
    let rest = ["tel:", "sms:", "callto:", "whatsapp:", "Tel.", "Tel", "tel"]
        .iter()
        .find_map(|scheme| rest.strip_prefix(scheme))
        .unwrap_or(rest);
    let rest = rest.split_once(";ext=").map_or(rest, |(number, _)| number);
    let rest = rest.split_once(" ext").map_or(rest, |(number, _)| number);
    let rest = rest.split_once('x').map_or(rest, |(number, _)| number);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (5..=17).contains(&digits)
        && rest.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(
                    c,
                    '+' | '-' | '.' | '(' | ')' | '/' | ' ' | '\u{a0}' | '\u{2011}' | '\u{2013}' | '\u{202f}'
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::number::numbers;

    #[test]
    fn the_international_form_is_known_by_its_plus_and_country() {
        let found = |text: &str| numbers(text, 6).any(|n| is_international(text, &n) || is_dialled(text, &n));
        for text in
            ["+48512340831", "Fwd: +251 11 114 6305 / urgent", "tel:0599115314", "call (415) 555-2671 now"]
        {
            assert!(found(text), "{text}");
        }
        for text in [
            "512340831",
            "2024-06-26T15:00:06.000000+02:00",
            "a+48512340831",
            "+999 123 456 78",
            "1+1 = 20000000",
        ] {
            assert!(!found(text), "{text}");
        }
    }

    #[test]
    fn a_named_number_may_be_local() {
        for value in ["0599 115 314", "347 403", "739.894.8772", "+33 (0)5 58 79 28 66", "555-1234 ext. 5"] {
            assert!(is_number(value), "{value}");
        }
        for value in ["DE", "415", "SM-G960F", "2024-01-01T00:00", "phone"] {
            assert!(!is_number(value), "{value}");
        }
    }
}
