//! Shapes that several nouns share.

use door::Problem;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct List<T> {
    /// The things.
    pub items: Vec<T>,
    /// Where the next page begins (`after`), if there is more.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A list that is whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// How many at most.
    pub limit: Option<usize>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// An instant as RFC 3339 in UTC.
pub fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}

/// Milliseconds of an RFC 3339 instant, or of midnight UTC of a day.
pub fn parse_instant(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond());
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// A query's instant, where it has one.
///
/// # Errors
/// It is neither a day nor an instant.
pub fn instant_of(field: &str, text: Option<String>) -> Result<Option<i64>, Problem> {
    text.map(|text| {
        parse_instant(&text).ok_or_else(|| {
            Problem::invalid(field, "write a day (2026-08-01) or an instant (2026-08-01T12:00:00Z)")
        })
    })
    .transpose()
}
