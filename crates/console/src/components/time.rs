//! Times: always with their zone, and the relative one carries the absolute one.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::frame::Frame;

/// Day and time: `30 Oct 2026, 12:04`.
pub fn moment(frame: &Frame, at: Timestamp) -> Markup {
    shown(frame, at, &format_in(frame, at, "%-d %b %Y, %H:%M"))
}

/// Time of day with milliseconds, for lists of one day: `12:04:31.204`.
pub fn clock(frame: &Frame, at: Timestamp) -> Markup {
    shown(frame, at, &format_in(frame, at, "%H:%M:%S.%3f"))
}

/// The day: `30 Oct 2026`.
pub fn day(frame: &Frame, at: Timestamp) -> Markup {
    shown(frame, at, &format_in(frame, at, "%-d %b %Y"))
}

/// How long ago, or in how long: `2 min ago`, `in 3 days`.
pub fn ago(frame: &Frame, at: Timestamp) -> Markup {
    let seconds = frame.now.as_second() - at.as_second();
    let span = span(seconds.unsigned_abs());
    let text = match seconds {
        -1..=1 => "just now".to_owned(),
        2.. => format!("{span} ago"),
        _ => format!("in {span}"),
    };
    shown(frame, at, &text)
}

/// The day as the list of a person's days is headed: `Friday, 30 October 2026`.
pub fn day_words(frame: &Frame, at: Timestamp) -> String {
    format_in(frame, at, "%A, %-d %B %Y")
}

/// The zone's name.
pub fn zone_name(frame: &Frame) -> &str {
    frame.zone.iana_name().unwrap_or("UTC")
}

fn shown(frame: &Frame, at: Timestamp, text: &str) -> Markup {
    let full = format!("{} {}", format_in(frame, at, "%Y-%m-%d %H:%M:%S %:z"), zone_name(frame));
    html! { time.nw datetime=(at) title=(full) { (text) } }
}

fn format_in(frame: &Frame, at: Timestamp, format: &str) -> String {
    at.to_zoned(frame.zone.clone()).strftime(format).to_string()
}

fn span(seconds: u64) -> String {
    let plural = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min", seconds / 60),
        3_600..=86_399 => format!("{} h", seconds / 3_600),
        86_400..=5_183_999 => plural(seconds / 86_400, "day"),
        _ => plural(seconds / 2_592_000, "month"),
    }
}
