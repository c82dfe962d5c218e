//! When an event happened, given that the sender's clock may be wrong.
//!
//! Sender's clock and ours differ by an unknown amount, but the time between happening and sending is
//! measured by one clock: `time = receivedAt - (sentAt - originalTimestamp)`. Where that cannot be:
//!
//! 1. no time of happening: the time of arrival;
//! 2. no `sentAt`, or one that is more than a year off while the time of happening is not: the time of happening as it stands;
//! 3. a result before 1971 or more than an hour after the arrival: the time of happening as it stands if
//!    that is within the bounds, else the time of arrival.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::json::string;

const YEAR_MS: i64 = 365 * 24 * 3_600_000;
const EARLIEST_MS: i64 = YEAR_MS;
const AHEAD_MS_MAX: i64 = 3_600_000;
/// Numbers below this are seconds, from here on milliseconds: in seconds it is the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// The time of an event by our clock, in milliseconds since 1970.
pub(crate) fn corrected(original_ms: Option<i64>, sent_ms: Option<i64>, received_ms: i64) -> i64 {
    let Some(original) = original_ms else { return received_ms };
    let off = |time: i64| received_ms.saturating_sub(time).saturating_abs();
    let sent = sent_ms.filter(|sent| off(*sent) <= YEAR_MS || off(original) > YEAR_MS);
    let by_both_clocks = sent.map(|sent| received_ms.saturating_sub(sent.saturating_sub(original)));
    by_both_clocks
        .into_iter()
        .chain([original])
        .find(|time| is_plausible(*time, received_ms))
        .unwrap_or(received_ms)
}

/// Whether something that arrived at `received_ms` may have happened at `time_ms`.
pub(crate) fn is_plausible(time_ms: i64, received_ms: i64) -> bool {
    (EARLIEST_MS..=received_ms.saturating_add(AHEAD_MS_MAX)).contains(&time_ms)
}

/// A time as senders write it: RFC 3339, ISO 8601 without a zone (taken as UTC), a date, or a number of
/// seconds or milliseconds since 1970. Nothing for anything else.
pub(crate) fn parse_ms(raw: &[u8]) -> Option<i64> {
    let Some(text) = string(raw).ok()? else {
        return number_ms(std::str::from_utf8(raw).ok()?);
    };
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_millisecond());
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
    match civil {
        Ok(civil) => Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond()),
        Err(_) => number_ms(text),
    }
}

fn number_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let value: i64 = whole.parse().ok()?;
    if value.abs() >= MILLISECONDS_FROM {
        return Some(value);
    }
    let digits = fraction.bytes().take(3).chain(std::iter::repeat(b'0')).take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit.saturating_sub(b'0').min(9)));
    Some(value * 1_000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn the_senders_clock_is_corrected() {
        let minute = 60_000;
        let cases = [
            ("nothing known", None, None, NOW),
            ("nothing happened but sent", None, Some(NOW), NOW),
            ("right clock", Some(NOW - minute), Some(NOW - 10), NOW - minute + 10),
            ("clock an hour slow", Some(NOW - 61 * minute), Some(NOW - 60 * minute), NOW - minute),
            ("clock thirty years slow", Some(minute), Some(2 * minute), NOW - minute),
            (
                "clock ten years fast",
                Some(NOW + 10 * YEAR_MS - minute),
                Some(NOW + 10 * YEAR_MS),
                NOW - minute,
            ),
            ("history sent today", Some(NOW - 3 * YEAR_MS), Some(NOW), NOW - 3 * YEAR_MS),
            ("no sentAt", Some(NOW - minute), None, NOW - minute),
            ("sentAt is nonsense", Some(NOW - minute), Some(0), NOW - minute),
            ("sentAt far ahead", Some(NOW - minute), Some(NOW + 20 * YEAR_MS), NOW - minute),
            ("a day in the future", Some(NOW + 24 * 60 * minute), Some(NOW), NOW),
            ("before 1971", Some(5), None, NOW),
            ("extremes", Some(i64::MIN), Some(i64::MAX), NOW),
        ];
        for (what, original, sent, expected) in cases {
            assert_eq!(corrected(original, sent, NOW), expected, "{what}");
        }
    }

    #[test]
    fn times_are_read_as_senders_write_them() {
        let cases: [(&str, Option<i64>); 13] = [
            (r#""2026-09-21T13:33:20.123Z""#, Some(1_789_997_600_123)),
            (r#""2026-09-21T13:33:20+00:00""#, Some(1_789_997_600_000)),
            (r#""2026-09-21T15:33:20.123456+02:00""#, Some(1_789_997_600_123)),
            (r#""2026-09-21T13:33:20.123""#, Some(1_789_997_600_123)),
            (r#""2026-09-21 13:33:20""#, Some(1_789_997_600_000)),
            (r#""2026-09-21""#, Some(1_789_948_800_000)),
            ("1789997600123", Some(1_789_997_600_123)),
            ("1789997600", Some(1_789_997_600_000)),
            ("1789997600.25", Some(1_789_997_600_250)),
            (r#""1789997600""#, Some(1_789_997_600_000)),
            (r#""yesterday""#, None),
            ("{}", None),
            ("true", None),
        ];
        for (raw, expected) in cases {
            assert_eq!(parse_ms(raw.as_bytes()), expected, "{raw}");
        }
    }
}
