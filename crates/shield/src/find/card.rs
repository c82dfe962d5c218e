//! Payment cards: Luhn's check digit together with the issuers' ranges and lengths; track data.

use std::ops::Range;

use super::number::Digits;

/// Whether these digits can be a card's number: a known issuer, its lengths, the check digit.
pub(crate) fn is_card(digits: &str) -> bool {
    (12..=19).contains(&digits.len()) && is_issued(digits) && luhn(digits) && !is_monotonous(digits)
}

/// Luhn's check (ISO/IEC 7812-1).
pub(crate) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if place % 2 == 1 { if digit > 4 { digit * 2 - 9 } else { digit * 2 } } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Issuer ranges by first digits, with the lengths their numbers have.
const ISSUERS: &[(u32, u32, usize, usize)] = &[
    // first four digits from, to, shortest, longest
    (4000, 4999, 16, 19), // Visa
    (2221, 2720, 16, 16), // Mastercard
    (5100, 5599, 16, 16), // Mastercard
    (3400, 3499, 15, 15), // American Express
    (3700, 3799, 15, 15), // American Express
    (3000, 3059, 14, 16), // Diners Club
    (3095, 3095, 14, 16), // Diners Club
    (3600, 3699, 14, 19), // Diners Club
    (3800, 3999, 14, 16), // Diners Club
    (3528, 3589, 16, 19), // JCB
    (2131, 2131, 15, 15), // JCB, old
    (1800, 1800, 15, 15), // JCB, old
    (6011, 6011, 16, 19), // Discover
    (6440, 6599, 16, 19), // Discover, RuPay
    (6200, 6299, 16, 19), // UnionPay
    (8100, 8299, 16, 19), // UnionPay, RuPay
    (6000, 6010, 16, 16), // RuPay
    (6060, 6099, 16, 19), // RuPay, Hipercard
    (5018, 5018, 12, 19), // Maestro
    (5020, 5020, 12, 19),
    (5038, 5038, 12, 19),
    (5612, 5612, 12, 19),
    (5893, 5893, 12, 19),
    (6304, 6304, 12, 19),
    (6331, 6333, 12, 19),
    (6390, 6390, 12, 19),
    (6700, 6799, 12, 19),
    (5060, 5061, 16, 19), // Verve
    (5078, 5079, 16, 19),
    (6500, 6500, 16, 19),
    (5066, 5067, 16, 16), // Elo
    (5090, 5090, 16, 16),
    (6277, 6278, 16, 16),
    (6362, 6363, 16, 16),
    (2200, 2204, 16, 19), // Mir
    (9792, 9792, 16, 16), // Troy
    (5019, 5019, 16, 16), // Dankort
    (4571, 4571, 16, 16),
    (5081, 5089, 16, 16), // RuPay
    (5600, 5899, 16, 16), // Maestro
    (3531, 3531, 16, 16),
    (9860, 9860, 16, 16), // Humo
    (8600, 8600, 16, 16), // Uzcard
];

fn is_issued(digits: &str) -> bool {
    let Some(head) = digits.get(..4).and_then(|head| head.parse::<u32>().ok()) else { return false };
    let known = ISSUERS
        .iter()
        .any(|(from, to, min, max)| (*from..=*to).contains(&head) && (*min..=*max).contains(&digits.len()));
    // Visa's old numbers of 13 digits.
    known || digits.len() == 13 && digits.starts_with('4')
}

fn is_monotonous(digits: &str) -> bool {
    let mut bytes = digits.bytes().skip(4);
    let first = bytes.next();
    bytes.all(|byte| Some(byte) == first) && first == digits.bytes().next()
}

/// Where a magnetic stripe's track stands: `%B4111…^NAME^` or `;4111…=2912…?`.
pub(crate) fn track(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'%', b';', bytes).take(128) {
        let (open, separator) = match bytes.get(at..at + 2) {
            Some(b"%B" | b"%b") => (2, b'^'),
            Some([b';', _]) => (1, b'='),
            _ => continue,
        };
        let rest = bytes.get(at + open..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = rest.get(digits..)?;
        if (12..=19).contains(&digits)
            && after.first() == Some(&separator)
            && after.iter().skip(1).take(64).filter(|byte| byte.is_ascii_digit()).count() >= 4
        {
            let end = memchr::memchr(b'?', after).map_or(text.len(), |end| at + open + digits + end + 1);
            return Some(at..end);
        }
    }
    None
}

/// The longest number with a fraction or an exponent that is looked at.
pub(crate) const FLOAT_BYTES_MAX: usize = 32;

/// Whether this is a card's number with a fraction or an exponent, as programs that know only floating
/// numbers write it: `4111111111111111.0`, `4.111111111111111e15`.
pub(crate) fn is_float_card(text: &str) -> bool {
    if text.len() > FLOAT_BYTES_MAX {
        return false;
    }
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()),
        None if text.contains('.') => (text, Some(0)),
        None => return false,
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    let place = exponent
        .and_then(|exponent| usize::try_from(i32::try_from(whole.len()).ok()?.checked_add(exponent)?).ok());
    let Some(place) = place.filter(|place| (12..=19).contains(place)) else { return false };
    // Round numbers are amounts: nearly all digits of a card are written out.
    if digits.len() < 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    while digits.len() < place {
        digits.push('0');
    }
    digits.get(..place).is_some_and(is_card)
}

/// The card at the beginning of a run of groups: the whole run, or as many groups as make one.
pub(crate) fn card_in(number: &str) -> Option<Range<usize>> {
    let digits = Digits::of(number);
    // Those held are more than a card has.
    if is_card(digits.text()) {
        return Some(0..number.len());
    }
    // Groups of a card followed by something else: `4111 1111 1111 1111 08/26`.
    let mut seen = 0;
    for (at, byte) in number.bytes().enumerate() {
        let next_is_digit = number.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
        seen += usize::from(byte.is_ascii_digit());
        if byte.is_ascii_digit() && !next_is_digit && (14..=19).contains(&seen) && seen < digits.count {
            let head = digits.text().get(..seen)?;
            if is_card(head) {
                return Some(0..at + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_test_numbers_are_cards_and_near_misses_are_not() {
        for card in [
            "4111111111111111",
            "5555555555554444",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "2223003122003222",
            "6200000000000005",
            "676224747987",
            "4222222222222",
        ] {
            assert!(is_card(card), "{card}");
        }
        for number in ["4111111111111112", "1234567812345670", "0000000000000000", "9782604753544", "411111"]
        {
            assert!(!is_card(number), "{number}");
        }
    }

    #[test]
    fn groups_after_a_card_are_left_out() {
        assert_eq!(card_in("5105-1051-0510-5100 08/26"), Some(0..19));
        assert_eq!(card_in("5105-1051-0510-5101"), None);
    }

    #[test]
    fn tracks_are_found() {
        let text = "swipe %B501849326405828188^DOE/JOHN^29121010000000000000? ok";
        assert_eq!(track(text), Some(6..57));
        assert_eq!(track(";4111111111111111=29121010000012300000?"), Some(0..39));
        assert_eq!(track("a;123=4"), None);
    }
}
