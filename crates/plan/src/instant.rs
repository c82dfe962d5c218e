//! Whether a text is an instant by RFC 3339, without making one.

/// `2026-08-01T12:00:00Z`, `2026-08-01T12:00:00.123+02:00`; a space or a small `t` or `z` will do. A leap second passes.
pub(crate) fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, length: usize| {
        let digits = bytes.get(from..from + length)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0')))
    };
    let sign = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|byte| signs.contains(byte));
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 2), number(8, 2)) else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (number(11, 2), number(14, 2), number(17, 2)) else {
        return false;
    };
    let is_date =
        sign(4, b"-") && sign(7, b"-") && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    let is_time =
        sign(10, b"Tt ") && sign(13, b":") && sign(16, b":") && hour < 24 && minute < 60 && second <= 60;
    if !is_date || !is_time {
        return false;
    }
    let mut at = 19;
    if sign(at, b".") {
        let digits = bytes.iter().skip(at + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        at += 1 + digits;
    }
    if sign(at, b"Zz") {
        return bytes.len() == at + 1;
    }
    sign(at, b"+-")
        && sign(at + 3, b":")
        && bytes.len() == at + 6
        && number(at + 1, 2).is_some_and(|hours| hours < 24)
        && number(at + 4, 2).is_some_and(|minutes| minutes < 60)
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::is_instant;

    #[test]
    fn instants_are_told_from_other_texts() {
        for good in [
            "2026-08-01T12:00:00Z",
            "2026-08-01t12:00:00.123456z",
            "2026-08-01 23:59:60+02:00",
            "2024-02-29T00:00:00-11:30",
        ] {
            assert!(is_instant(good), "{good}");
        }
        for bad in [
            "",
            "2026-08-01",
            "2026-08-01T12:00:00",
            "2026-13-01T12:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-08-01T24:00:00Z",
            "2026-08-01T12:00:00.Z",
            "2026-08-01T12:00:00+0200",
            "2026-08-01T12:00:00Zx",
            "yesterday",
            "２026-08-01T12:00:00Z",
            "2026-08-01T12:00:00+2\u{e9}:0",
        ] {
            assert!(!is_instant(bad), "{bad}");
        }
    }
}
