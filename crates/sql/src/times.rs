//! Instants as text, and the instants that a text parts: all of a length, so that their order is that of the instants.

use jiff::Timestamp;

/// The first instant that is written with a year of four digits: 0000-01-01T00:00:00Z.
const FIRST_MS: i64 = -62_167_219_200_000;
/// The last one that is sure to be written: 9999-12-30T21:59:59.999Z, before the last second of [`Timestamp`].
const LAST_MS: i64 = 253_402_207_199_999;

/// An instant in RFC 3339, UTC, with milliseconds.
pub(crate) fn text(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms.clamp(FIRST_MS, LAST_MS)).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}

/// The first instant whose text is not less than `bound` by bytes; the least or the greatest number where that is all or none.
pub(crate) fn first_from(bound: &str) -> i64 {
    let (mut low, mut high) = (FIRST_MS, LAST_MS);
    if text(low).as_str() >= bound {
        return i64::MIN;
    }
    if text(high).as_str() < bound {
        return i64::MAX;
    }
    // Always less at `low`, and not less at `high`.
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if text(middle).as_str() >= bound {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The first instant whose text is greater than `bound`.
pub(crate) fn first_after(bound: &str) -> i64 {
    first_from(&format!("{bound}\0"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_is_where_it_begins() {
        let midnight = "2026-08-01T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(text(midnight), "2026-08-01T00:00:00.000Z");
        assert_eq!(first_from("2026-08-01"), midnight);
        assert_eq!(first_after("2026-08-01"), midnight);
        assert_eq!(first_after("2026-08-01T00:00:00.000Z"), midnight + 1);
        assert_eq!((first_from(""), first_from("x")), (i64::MIN, i64::MAX));
    }

    proptest! {
        #[test]
        fn what_is_before_is_less(ms in 0_i64..4_000_000_000_000, bound in "[0-9:TZ.-]{0,24}") {
            prop_assert_eq!(text(ms).as_str() >= bound.as_str(), ms >= first_from(&bound));
            prop_assert_eq!(text(ms).as_str() > bound.as_str(), ms >= first_after(&bound));
        }
    }
}
