//! Time in questions: ranges, intervals and durations, all in the workspace's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit, Zoned, ZonedRound};
use serde::{Serialize, Serializer};

use crate::invalid::Invalid;
use crate::read::{Node, Object};

/// The most intervals in one answer; longer ranges are refused with the fix.
pub const INTERVALS_MAX: usize = 5_000;

/// From when to when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Range {
    /// Included; a day from its start.
    pub from: Bound,
    /// A day is included whole; an instant is not included.
    pub to: Bound,
}

/// An end of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// A day in the workspace's time zone: `2026-08-01`.
    Day(Date),
    /// An instant: `2026-08-01T12:00:00Z`.
    Instant(Timestamp),
}

/// A range in milliseconds since 1970, UTC: `from_ms` included, `to_ms` not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The first millisecond.
    pub from_ms: i64,
    /// The first millisecond after the end.
    pub to_ms: i64,
}

/// How finely an answer is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Starts when the clock on the wall shows a full hour.
    Hour,
    /// Starts at the day's first instant.
    #[default]
    Day,
    /// Starts on Monday.
    Week,
    /// Starts on the first.
    Month,
}

pub(crate) const INTERVALS: [(&str, Interval); 4] =
    [("hour", Interval::Hour), ("day", Interval::Day), ("week", Interval::Week), ("month", Interval::Month)];

/// A duration such as `7d`, kept as written by amount and unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Within {
    /// How many milliseconds.
    pub ms: i64,
}

impl Range {
    pub(crate) fn read(object: &Object<'_>) -> Result<Self, Invalid> {
        let node = object.required("range", "{\"from\":\"2026-08-01\",\"to\":\"2026-08-31\"}")?;
        let object = node.object(&["from", "to"])?;
        let from = Bound::read(&object.required("from", "\"2026-08-01\"")?)?;
        let to_node = object.required("to", "\"2026-08-31\"")?;
        let range = Self { from, to: Bound::read(&to_node)? };
        let ends = range.ends(&TimeZone::UTC)?;
        // A day and an instant can be compared only in a zone; a day's slack is left for `span` to judge there.
        if ends.from_ms >= ends.to_ms + DAY_MS {
            return Err(to_node.wrong("lies before `from`", "swap the two"));
        }
        Ok(range)
    }

    /// The range in a time zone.
    ///
    /// # Errors
    /// [`Invalid`] when nothing lies between the two.
    pub fn span(&self, zone: &TimeZone) -> Result<Span, Invalid> {
        let ends = self.ends(zone)?;
        if ends.from_ms >= ends.to_ms {
            return Err(Invalid::new("/range/to", "leaves nothing after `from`", "give a later end"));
        }
        Ok(ends)
    }

    pub(crate) fn ends(&self, zone: &TimeZone) -> Result<Span, Invalid> {
        let from_ms = match self.from {
            Bound::Day(day) => day_start(day, zone)?.timestamp().as_millisecond(),
            Bound::Instant(at) => at.as_millisecond(),
        };
        let to_ms = match self.to {
            Bound::Day(day) => {
                let next = day.tomorrow().map_err(|_| too_far())?;
                day_start(next, zone)?.timestamp().as_millisecond()
            }
            Bound::Instant(at) => at.as_millisecond(),
        };
        Ok(Span { from_ms, to_ms })
    }
}

impl Bound {
    fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        let text = node.text(64)?;
        let bound = match text.parse::<Date>() {
            // jiff reads a date out of a longer text too; only the short form means a day.
            Ok(day) if text.len() == "2026-08-01".len() => Self::Day(day),
            _ => Self::Instant(text.parse::<Timestamp>().map_err(|_| {
                node.wrong("is neither a day nor an instant", "write 2026-08-01, or 2026-08-01T12:00:00Z")
            })?),
        };
        let year = match bound {
            Self::Day(day) => day.year(),
            Self::Instant(at) => at.to_zoned(TimeZone::UTC).year(),
        };
        if !YEARS.contains(&year) {
            return Err(node.wrong("is out of bounds", "use years from 1970 to 2200"));
        }
        Ok(bound)
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => serializer.collect_str(day),
            Self::Instant(at) => serializer.collect_str(at),
        }
    }
}

impl Interval {
    /// The start of the interval that `at` lies in.
    ///
    /// # Errors
    /// [`Invalid`] at the edge of what the calendar can hold.
    pub fn start(self, at: &Zoned) -> Result<Zoned, Invalid> {
        match self {
            Self::Hour => at
                .round(ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc))
                .map_err(|_| too_far()),
            Self::Day | Self::Week | Self::Month => day_start(self.first_day(at.date())?, at.time_zone()),
        }
    }

    /// The starts of all intervals that `span` touches, ascending; the first may lie before it.
    ///
    /// # Errors
    /// [`Invalid`] when there are more than [`INTERVALS_MAX`].
    pub fn starts(self, span: Span, zone: &TimeZone) -> Result<Vec<i64>, Invalid> {
        let mut starts: Vec<i64> = Vec::new();
        let mut start = self.start(&zoned(span.from_ms, zone)?)?;
        while start.timestamp().as_millisecond() < span.to_ms {
            if starts.len() == INTERVALS_MAX {
                let problem = format!("gives more than {INTERVALS_MAX} intervals");
                return Err(Invalid::new("/range", problem, "shorten the range or take a longer interval"));
            }
            starts.push(start.timestamp().as_millisecond());
            start = self.next(&start)?;
        }
        Ok(starts)
    }

    /// The same, and the starts of so many intervals behind them.
    ///
    /// # Errors
    /// As [`Interval::starts`].
    pub fn starts_and(self, span: Span, further: u32, zone: &TimeZone) -> Result<Vec<i64>, Invalid> {
        let mut starts = self.starts(span, zone)?;
        for _ in 0..further {
            let Some(last) = starts.last() else { break };
            starts.push(self.next(&zoned(*last, zone)?)?.timestamp().as_millisecond());
        }
        Ok(starts)
    }

    /// So many hours, days of 24 hours, weeks of seven of them, or months by the calendar after `from_ms`. In a
    /// month without that day it is the last one.
    ///
    /// # Errors
    /// [`Invalid`] beyond what the calendar can hold.
    pub fn after(self, from_ms: i64, count: u32, zone: &TimeZone) -> Result<i64, Invalid> {
        let count = i64::from(count);
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => {
                let later = zoned(from_ms, zone)?.checked_add(count.months()).map_err(|_| too_far())?;
                return Ok(later.timestamp().as_millisecond());
            }
        };
        Ok(from_ms.saturating_add(count * hours * 3_600_000))
    }

    /// The start after `start`, which is one itself.
    fn next(self, start: &Zoned) -> Result<Zoned, Invalid> {
        let step = |date: Date| match self {
            Self::Week => date.checked_add(1.week()),
            Self::Month => date.checked_add(1.month()),
            Self::Hour | Self::Day => date.tomorrow(),
        };
        if self != Self::Hour {
            let mut date = start.date();
            loop {
                // A zone that moves over the date line skips a day, which then starts where the next one does.
                date = step(date).map_err(|_| too_far())?;
                let next = day_start(self.first_day(date)?, start.time_zone())?;
                if next > *start {
                    return Ok(next);
                }
            }
        }
        // An hour in which the clock is changed may be longer or shorter than sixty minutes.
        let mut probe = start.clone();
        loop {
            probe = probe.checked_add(15.minutes()).map_err(|_| too_far())?;
            let next = self.start(&probe)?;
            if next > *start {
                return Ok(next);
            }
        }
    }

    fn first_day(self, date: Date) -> Result<Date, Invalid> {
        match self {
            Self::Week => date
                .checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
                .map_err(|_| too_far()),
            Self::Month => Ok(date.first_of_month()),
            Self::Hour | Self::Day => Ok(date),
        }
    }
}

impl Within {
    pub(crate) fn read(node: &Node<'_>) -> Result<Self, Invalid> {
        Self::read_to(node, 3_650 * DAY_MS)
    }

    /// Not longer than `ms_max`, which is a whole number of days.
    pub(crate) fn read_to(node: &Node<'_>, ms_max: i64) -> Result<Self, Invalid> {
        let wrong = |problem: &str| {
            let days = ms_max / DAY_MS;
            node.wrong(problem, format!("write a number and a unit: 30m, 12h, 7d or 4w, at most {days}d"))
        };
        let text = node.text(16)?;
        let unit = text.chars().next_back().unwrap_or_default();
        let amount = text.strip_suffix(unit).and_then(|digits| digits.parse::<u32>().ok());
        let unit_ms = match unit {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => DAY_MS,
            'w' => 7 * DAY_MS,
            _ => return Err(wrong("is not a duration")),
        };
        let amount = i64::from(amount.ok_or_else(|| wrong("is not a duration"))?);
        match amount * unit_ms {
            ms if ms > 0 && ms <= ms_max => Ok(Self { ms }),
            _ => Err(wrong("is out of bounds")),
        }
    }
}

impl Serialize for Within {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        for (unit_ms, unit) in [(DAY_MS, "d"), (3_600_000, "h"), (60_000, "m")] {
            if self.ms % unit_ms == 0 {
                return serializer.collect_str(&format_args!("{}{unit}", self.ms / unit_ms));
            }
        }
        serializer.collect_str(&format_args!("{}s", self.ms / 1_000))
    }
}

const DAY_MS: i64 = 86_400_000;
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// A millisecond in a time zone.
///
/// # Errors
/// [`Invalid`] beyond what the calendar can hold.
pub fn zoned(ms: i64, zone: &TimeZone) -> Result<Zoned, Invalid> {
    Ok(Timestamp::from_millisecond(ms).map_err(|_| too_far())?.to_zoned(zone.clone()))
}

fn day_start(day: Date, zone: &TimeZone) -> Result<Zoned, Invalid> {
    day.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day()).map_err(|_| too_far())
}

fn too_far() -> Invalid {
    Invalid::new("/range", "is out of bounds", "use years from 1970 to 2200")
}
