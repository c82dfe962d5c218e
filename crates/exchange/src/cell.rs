//! One value of a file as JSON.

use std::io::Write;

use jiff::Timestamp;
use parquet::data_type::Int96;
use serde::de::IgnoredAny;

use crate::kind::Kind;

/// One value as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Bool(bool),
    Int(i32),
    Long(i64),
    Int96(&'a Int96),
    Float(f32),
    Double(f64),
    Bytes(&'a [u8]),
}

/// Numbers from here on are taken for milliseconds by the collect door, and below for seconds.
const MILLISECONDS_FROM: i64 = 100_000_000_000;
const DAY_S: i64 = 86_400;

const NOT_TEXT: &str = "a value is not text in UTF-8";
const NOT_JSON: &str = "a value is not JSON";
const NO_TIME: &str = "a time is outside the years that can be written";
const WRONG: &str = "a value is not of the column's type";

impl Cell<'_> {
    /// Appends the value as JSON; `false` if it is none that JSON has, as no number is.
    pub fn put(self, kind: Kind, out: &mut Vec<u8>) -> Result<bool, &'static str> {
        match (kind, self) {
            (Kind::Bool, Cell::Bool(truth)) => put(out, &truth),
            (Kind::Int, Cell::Int(number)) => put(out, &number),
            (Kind::Int, Cell::Long(number)) => put(out, &number),
            (Kind::Uint, Cell::Int(number)) => put(out, &number.cast_unsigned()),
            (Kind::Uint, Cell::Long(number)) => put(out, &number.cast_unsigned()),
            (Kind::Float, Cell::Float(number)) if number.is_finite() => put(out, &number),
            (Kind::Float, Cell::Double(number)) if number.is_finite() => put(out, &number),
            (Kind::Float, Cell::Float(_) | Cell::Double(_)) => return Ok(false),
            (Kind::Decimal(scale), cell) => put_decimal(out, cell.unscaled().ok_or(WRONG)?, scale),
            (Kind::Text, Cell::Bytes(bytes)) => put(out, std::str::from_utf8(bytes).map_err(|_| NOT_TEXT)?),
            (Kind::Json, Cell::Bytes(bytes)) => return put_json(out, bytes),
            (Kind::Date | Kind::Instant { .. } | Kind::Uuid, _) => {
                out.push(b'"');
                self.put_text(kind, out)?;
                out.push(b'"');
            }
            _ => return Err(WRONG),
        }
        Ok(true)
    }

    /// Appends the value as a text of JSON, whatever it is: ids and names are texts.
    pub fn put_as_text(self, kind: Kind, out: &mut Vec<u8>) -> Result<bool, &'static str> {
        if matches!(kind, Kind::Text | Kind::Date | Kind::Instant { .. } | Kind::Uuid) {
            return self.put(kind, out);
        }
        let mut plain = Vec::new();
        if !self.put(kind, &mut plain)? {
            return Ok(false);
        }
        // A text that stands as JSON stays what it is.
        if plain.starts_with(b"\"") {
            out.append(&mut plain);
        } else {
            put(out, std::str::from_utf8(&plain).map_err(|_| NOT_TEXT)?);
        }
        Ok(true)
    }

    /// Appends an instant so that the collect door reads it; a text as it stands.
    pub fn put_time(self, kind: Kind, out: &mut Vec<u8>) -> Result<bool, &'static str> {
        match self.milliseconds(kind) {
            // Read many times as fast as text.
            Some(ms) if ms >= MILLISECONDS_FROM => put(out, &ms),
            Some(ms) => {
                let time = Timestamp::from_millisecond(ms).map_err(|_| NO_TIME)?;
                put(out, &time.to_string());
            }
            None => return self.put(kind, out),
        }
        Ok(true)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Cell::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn milliseconds(self, kind: Kind) -> Option<i64> {
        match (kind, self) {
            (Kind::Instant { unit_ns }, Cell::Long(count)) => {
                i64::try_from(i128::from(count) * i128::from(unit_ns) / 1_000_000).ok()
            }
            (Kind::Instant { .. }, Cell::Int96(instant)) => Some(instant.to_millis()),
            (Kind::Date, Cell::Int(days)) => Some(i64::from(days) * DAY_S * 1_000),
            _ => None,
        }
    }

    fn put_text(self, kind: Kind, out: &mut Vec<u8>) -> Result<(), &'static str> {
        match (kind, self) {
            (Kind::Date, Cell::Int(days)) => {
                let day = Timestamp::from_second(i64::from(days) * DAY_S).map_err(|_| NO_TIME)?;
                write!(out, "{}", day.strftime("%Y-%m-%d")).map_err(|_| NO_TIME)
            }
            (Kind::Instant { unit_ns }, Cell::Long(count)) => {
                put_instant(out, i128::from(count) * i128::from(unit_ns))
            }
            (Kind::Instant { .. }, Cell::Int96(instant)) => {
                put_instant(out, i128::from(instant.to_seconds()) * 1_000_000_000 + nanoseconds(instant))
            }
            (Kind::Uuid, Cell::Bytes(bytes)) => {
                for (index, byte) in bytes.iter().enumerate() {
                    let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
                    write!(out, "{dash}{byte:02x}").map_err(|_| WRONG)?;
                }
                Ok(())
            }
            _ => Err(WRONG),
        }
    }

    /// The whole number behind a decimal.
    fn unscaled(self) -> Option<i128> {
        match self {
            Cell::Int(number) => Some(number.into()),
            Cell::Long(number) => Some(number.into()),
            Cell::Bytes(bytes) if (1..=16).contains(&bytes.len()) => {
                let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
                Some(bytes.iter().fold(sign, |number: i128, byte| (number << 8) | i128::from(*byte)))
            }
            _ => None,
        }
    }
}

/// The part of a second.
fn nanoseconds(instant: &Int96) -> i128 {
    let [low, high, _] = instant.data() else { return 0 };
    let of_day = (i128::from(*high) << 32) + i128::from(*low);
    of_day.rem_euclid(1_000_000_000)
}

fn put_instant(out: &mut Vec<u8>, ns: i128) -> Result<(), &'static str> {
    let time = Timestamp::from_nanosecond(ns).map_err(|_| NO_TIME)?;
    write!(out, "{time}").map_err(|_| NO_TIME)
}

/// Appends a value as JSON; a list of bytes takes every write.
fn put<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(out, value);
}

fn put_json(out: &mut Vec<u8>, bytes: &[u8]) -> Result<bool, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| NOT_TEXT)?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| NOT_JSON)?;
    // A message stands on one line; within the texts of JSON a line end is always escaped.
    out.extend(text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
    Ok(true)
}

/// Appends an exact number, as it would be written by hand.
fn put_decimal(out: &mut Vec<u8>, unscaled: i128, scale: u32) {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    if unscaled < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(whole.as_bytes());
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}
