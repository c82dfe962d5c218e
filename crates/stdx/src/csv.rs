//! Cells of CSV (RFC 4180) that no spreadsheet calculates.

/// A text as a cell: one that a spreadsheet would take for a formula becomes one that it shows.
pub fn text(text: &str) -> String {
    let first = text.trim_start_matches([' ', '\u{feff}', '\u{a0}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            quoted(&format!("'{text}"))
        }
        _ => quoted(text),
    }
}

/// A cell as it stands, in quotes where it needs them; for what is no text of somebody's.
pub fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n', ';', '\t']) || text != text.trim() {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_stays_one() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+44 20 7946 0958", "'+44 20 7946 0958"),
            (" =cmd|' /C calc'!A0", "' =cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "'＝1"),
            ("-2", "'-2"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("two\nlines", "\"two\nlines\""),
            ("plain", "plain"),
        ];
        for (cell, wanted) in cases {
            assert_eq!(text(cell), wanted, "{cell:?}");
        }
        assert_eq!(quoted("-2"), "-2", "a number is no text");
    }
}
