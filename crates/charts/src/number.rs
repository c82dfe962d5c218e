//! Numbers for reading: thousands parted, no more digits than say something.

/// A whole number: `61,204`.
pub fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Any number: whole ones as [`whole`], others with two digits behind the point.
pub fn plain(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let sign = if number < 0.0 { "−" } else { "" };
    let cents = (number.abs() * 100.0).round();
    let (units, rest) = ((cents / 100.0).trunc() as u64, (cents % 100.0) as u64);
    match rest {
        0 => format!("{sign}{}", whole(units)),
        _ => format!("{sign}{}.{rest:02}", whole(units)),
    }
}

/// A share of 1 as a percentage with one digit behind the point: `98.4 %`.
pub fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() / 10.0;
    if tenths.fract() == 0.0 { format!("{tenths:.0} %") } else { format!("{tenths:.1} %") }
}

/// A number shortened for an axis: `4.1 M`, `250 k`.
pub fn short(number: f64) -> String {
    let (size, unit) = match number.abs() {
        large if large >= 1e9 => (1e9, " bn"),
        large if large >= 1e6 => (1e6, " M"),
        large if large >= 1e4 => (1e3, " k"),
        _ => return plain(number),
    };
    let scaled = (number / size * 10.0).round() / 10.0;
    if scaled.fract() == 0.0 { format!("{scaled:.0}{unit}") } else { format!("{scaled:.1}{unit}") }
}

/// A count and its noun: `1 event`, `2 events`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", whole(number), if number == 1 { "" } else { "s" })
}

/// A duration in the two largest units that say something: `2 d 4 h`.
pub fn took(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let Some(first) = units.iter().position(|(length, _)| whole >= *length) else {
        return if seconds > 0.0 { "under 1 s".to_owned() } else { "0 s".to_owned() };
    };
    let mut rest = whole;
    let mut words = Vec::new();
    for (length, unit) in units.iter().skip(first).take(2) {
        if rest / length > 0 {
            words.push(format!("{} {unit}", rest / length));
        }
        rest %= length;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_two_units() {
        for (seconds, words) in [
            (0.0, "0 s"),
            (0.2, "under 1 s"),
            (59.6, "1 min"),
            (3_725.0, "1 h 2 min"),
            (86_400.0, "1 d"),
            (187_200.0, "2 d 4 h"),
        ] {
            assert_eq!(took(seconds), words);
        }
    }

    #[test]
    fn numbers_are_parted_and_shortened() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (4_100_203, "4,100,203")] {
            assert_eq!(whole(number), text);
        }
        for (number, text) in [(2.0, "2"), (1_234.5, "1,234.50"), (-0.25, "−0.25"), (f64::NAN, "–")] {
            assert_eq!(plain(number), text);
        }
        for (share, text) in [(0.0, "0 %"), (0.984, "98.4 %"), (1.0, "100 %"), (0.000_4, "0 %")] {
            assert_eq!(percent(share), text);
        }
        for (number, text) in [(950.0, "950"), (25_000.0, "25 k"), (4_130_000.0, "4.1 M")] {
            assert_eq!(short(number), text);
        }
    }
}
