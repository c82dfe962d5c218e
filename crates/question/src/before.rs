//! The period just before another, for comparison.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::invalid::Invalid;
use crate::range::{Bound, Interval, Range};

impl Range {
    /// The range of the same length that ends where this one begins. Of whole days it is as many days, however long the clock
    /// makes them; by week or month it lies so many whole weeks or months earlier that it does not reach into this one, so
    /// that a part of an interval stands beside the same part of another. With an instant at an end it is as long to the
    /// millisecond.
    ///
    /// # Errors
    /// [`Invalid`] when nothing lies within this range, or when the other begins before 1970.
    pub fn before(&self, interval: Interval, zone: &TimeZone) -> Result<Self, Invalid> {
        let span = self.span(zone)?;
        let before = match (self.from, self.to) {
            (Bound::Day(from), Bound::Day(to)) => days_before(from, to, interval),
            _ => instants_before(span.from_ms, span.to_ms - span.from_ms),
        };
        before.filter(|before| before.ends(zone).is_ok_and(|ends| ends.from_ms >= 0)).ok_or_else(|| {
            Invalid::new("/compare", "reaches back before 1970", "take a later range, or leave it out")
        })
    }
}

fn instants_before(from_ms: i64, length_ms: i64) -> Option<Range> {
    let from = Timestamp::from_millisecond(from_ms - length_ms).ok()?;
    let to = Timestamp::from_millisecond(from_ms).ok()?;
    Some(Range { from: Bound::Instant(from), to: Bound::Instant(to) })
}

fn days_before(from: Date, to: Date, interval: Interval) -> Option<Range> {
    let end = to.tomorrow().ok()?;
    let days = end.since(from).ok()?.get_days();
    let back = match interval {
        Interval::Hour | Interval::Day => days.days(),
        Interval::Week => (days + 6).div_euclid(7).weeks(),
        Interval::Month => {
            let mut months = (days / 31).max(1);
            while end.checked_sub(months.months()).ok()? > from {
                months += 1;
            }
            months.months()
        }
    };
    let from = from.checked_sub(back).ok()?;
    // The 30th of a month can become the end of February together with the day behind it.
    let to = end.checked_sub(back).ok()?.yesterday().ok()?.max(from);
    Some(Range { from: Bound::Day(from), to: Bound::Day(to) })
}
