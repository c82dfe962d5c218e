//! Numbers given by states. With a name or a cue the shape is enough (numbers are mistyped, and a
//! mistyped one is still somebody's); without one only shapes that are rare *and* whose check digits
//! agree count.

/// Whether a value under a name that says so can be such a number.
pub(crate) fn is_plausible(value: &str, strict: bool) -> bool {
    let value = value.trim();
    let (mut digits, mut letters, mut others, mut words) = (0, 0, 0, 0);
    let mut run = 0;
    let has_bracketed_sign = has_bracketed_sign(value);
    for c in value.chars() {
        run = if c.is_alphabetic() { run + 1 } else { 0 };
        words += usize::from(run == 5);
        match c {
            c if c.is_ascii_digit() => digits += 1,
            c if c.is_alphabetic() => letters += 1,
            ' ' | '-' | '.' | '/' | '·' | '\u{a0}' | '_' | '+' | ',' => {}
            // Hong Kong's and Macau's check digit, Myanmar's kind: `A123456(7)`, `12/OUKAMA(N)262921`.
            '(' | ')' if has_bracketed_sign => {}
            _ => others += 1,
        }
    }
    let total = digits + letters;
    let floor = if strict { 6 } else { 4 };
    // `0.7071` is the sine, not somebody.
    let is_fraction = value.starts_with("0.") || value.starts_with("-0.");
    // Cards with letters in place of digits: `LL4JN1T6W`, `C01X00T47`.
    let is_card_number =
        !strict && total == value.len() && (7..=12).contains(&total) && digits >= 2 && words == 0;
    let is_sized = (5..=22).contains(&total) && digits >= floor
        || (11..=20).contains(&total) && digits >= 4
        || is_card_number;
    // Sixteen letters and digits in a fixed pattern hold runs of letters (CURP, codice fiscale): no separators then.
    let is_code =
        words == 0 || value.len() == total && letters < 14 || has_bracketed_sign && words == 1 && digits >= 6;
    others == 0 && !is_fraction && is_sized && is_code && !super::token::is_date(value)
}

/// One letter or digit in brackets, and no other brackets.
fn has_bracketed_sign(value: &str) -> bool {
    let Some((before, rest)) = value.split_once('(') else { return false };
    let Some((inner, after)) = rest.split_once(')') else { return false };
    inner.len() == 1
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !before.is_empty()
        && !after.contains('(')
}

/// India: `ABCPE1234F`.
pub(crate) fn is_indian_pan(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| {
            if (5..9).contains(&at) { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() }
        })
}

/// Whether a text alone is such a number: rare shape and right check digits.
pub(crate) fn is_certain(value: &str) -> bool {
    is_cpf(value)
        || is_codice_fiscale(value)
        || is_chinese(value)
        || is_hetu(value)
        || is_curp(value)
        || is_ahv(value)
}

/// Brazil: `190.531.440-05`, only with its signs.
fn is_cpf(value: &str) -> bool {
    let bytes = value.as_bytes();
    let has_signs = bytes.len() == 14 && bytes[3] == b'.' && bytes[7] == b'.' && bytes[11] == b'-';
    if !has_signs {
        return false;
    }
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    let check = |length: usize| {
        let sum: u32 =
            digits.iter().take(length).zip((2..=11_u32).rev().skip(10 - length)).map(|(d, w)| d * w).sum();
        digits.get(length).copied() == Some(sum * 10 % 11 % 10)
    };
    digits.len() == 11 && digits.iter().any(|d| Some(d) != digits.first()) && check(9) && check(10)
}

/// Italy: sixteen letters and digits with a check letter.
fn is_codice_fiscale(value: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let upper = value.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let pattern = b"LLLLLLDDLDDLDDDL";
    if bytes.len() != 16
        || !bytes
            .iter()
            .zip(pattern)
            .all(|(b, p)| if *p == b'L' { b.is_ascii_uppercase() } else { b.is_ascii_digit() })
    {
        return false;
    }
    let sum: u32 = bytes
        .iter()
        .take(15)
        .enumerate()
        .map(|(at, byte)| {
            let order = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
            if at % 2 == 0 { ODD.get(usize::from(order)).copied().unwrap_or(0) } else { u32::from(order) }
        })
        .sum();
    bytes.last().is_some_and(|last| u32::from(last - b'A') == sum % 26)
}

/// China: 18 characters, a birthday inside, ISO 7064 mod 11-2.
fn is_chinese(value: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let bytes = value.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| {
        value.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0)
    };
    let is_birthday = (1900..2100).contains(&number(6..10))
        && (1..=12).contains(&number(10..12))
        && (1..=31).contains(&number(12..14));
    let is_place = (11..=82).contains(&number(0..2));
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let check = b"10X98765432".get((sum % 11) as usize).copied();
    is_birthday && is_place && bytes.last().map(u8::to_ascii_uppercase) == check
}

/// Finland: `131052-308T`.
fn is_hetu(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_shaped = bytes.len() == 11
        && b"-+ABCDEFYXWVU".contains(&bytes[6])
        && bytes[..6].iter().chain(&bytes[7..10]).all(u8::is_ascii_digit);
    if !is_shaped {
        return false;
    }
    let number = format!("{}{}", value.get(..6).unwrap_or_default(), value.get(7..10).unwrap_or_default());
    let rest = number.parse::<usize>().unwrap_or(0) % 31;
    b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(rest) == bytes.last()
}

/// Mexico: `BOXW310815HNERXI09`, by its pattern with a birthday and a sex.
fn is_curp(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 18
        && bytes[..4].iter().all(u8::is_ascii_uppercase)
        && bytes[4..10].iter().all(u8::is_ascii_digit)
        && matches!(bytes[10], b'H' | b'M')
        && bytes[11..16].iter().all(u8::is_ascii_uppercase)
        && bytes[17].is_ascii_digit()
        && matches!(value.get(6..8).and_then(|m| m.parse::<u8>().ok()), Some(1..=12))
}

/// Switzerland: `756.9217.0769.85`, only with its signs.
fn is_ahv(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() != 16 || !value.starts_with("756.") || bytes[8] != b'.' || bytes[13] != b'.' {
        return false;
    }
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 =
        digits.iter().enumerate().map(|(at, digit)| if at % 2 == 0 { *digit } else { digit * 3 }).sum();
    digits.len() == 13 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_shapes_with_right_check_digits_are_certain() {
        for value in [
            "390.533.447-05",
            "RSSMRA85T10A562S",
            "11010519491231002X",
            "131052-308T",
            "BOXW310815HNERXI09",
            "756.9217.0769.85",
        ] {
            assert!(is_certain(value), "{value}");
        }
        for value in [
            "390.533.447-06",
            "RSSMRA85T10A562T",
            "110105194912310021",
            "131052-308U",
            "111.111.111-11",
            "ABCDEFGHIJKLMNOPQR",
        ] {
            assert!(!is_certain(value), "{value}");
        }
    }

    #[test]
    fn under_a_name_the_shape_is_enough() {
        for value in [
            "PT 535 964 153",
            "54662925-K",
            "E194332834",
            "17.07.70-033.48",
            "B931-9590-7145",
            "BOXW310815HNERXI09",
            "6433489IH",
            "A123456(7)",
            "12/OUKAMA(N)262921",
        ] {
            assert!(is_plausible(value, false), "{value}");
        }
        for value in [
            "facebook",
            "DE",
            "2024-05-01",
            "pending review",
            "passport required",
            "invoice 2024 draft",
            "section 4(a) of 2024",
        ] {
            assert!(!is_plausible(value, false), "{value}");
        }
    }
}
