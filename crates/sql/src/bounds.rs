//! Which conditions of a statement spare reading. Every condition is looked at again by SQLite: these only leave out what
//! cannot fit.

use std::ffi::c_int;

use rusqlite::Result;
use rusqlite::types::ValueRef;
use rusqlite::vtab::{Filters, IndexConstraintOp, IndexInfo};

/// How a column is compared with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Is {
    Equal,
    More,
    Least,
    Less,
    Most,
}

impl Is {
    const ALL: [(Self, char); 5] =
        [(Self::Equal, '='), (Self::More, '>'), (Self::Least, 'g'), (Self::Less, '<'), (Self::Most, 'l')];

    fn of(op: &IndexConstraintOp) -> Option<Self> {
        match op {
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ => Some(Self::Equal),
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GT => Some(Self::More),
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GE => Some(Self::Least),
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LT => Some(Self::Less),
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LE => Some(Self::Most),
            _ => None,
        }
    }
}

/// A column that may spare reading.
#[derive(Clone, Copy)]
pub(crate) struct Sparing {
    /// Its place in the table.
    pub(crate) column: c_int,
    /// Whether ranges do, and not only equality.
    pub(crate) ranges: bool,
    /// Whether it is text, which is compared by bytes or not at all.
    pub(crate) text: bool,
}

/// Takes the conditions that spare reading, and notes which columns are used. What is taken, by column.
pub(crate) fn take(info: &mut IndexInfo, sparing: &[Sparing]) -> Result<Vec<(c_int, Is)>> {
    let mut taken = Vec::new();
    for (place, condition) in info.constraints().enumerate() {
        let known = sparing.iter().find(|sparing| sparing.column == condition.column());
        let is = Is::of(&condition.operator()).filter(|_| condition.is_usable());
        let (Some(known), Some(is)) = (known, is) else { continue };
        let by_bytes = !known.text || info.collation(place)?.eq_ignore_ascii_case("binary");
        if by_bytes && (known.ranges || is == Is::Equal) {
            taken.push((place, (known.column, is)));
        }
    }
    let mut text = String::new();
    for (argument, (place, (column, is))) in (1..).zip(&taken) {
        info.constraint_usage(*place).set_argv_index(argument);
        let sign = Is::ALL.iter().find(|(known, _)| known == is).map_or('=', |(_, sign)| *sign);
        text.push_str(&format!("{column}{sign}"));
    }
    info.set_idx_str(&text);
    // Few columns: each has a bit of its own.
    info.set_idx_num(c_int::try_from(info.col_used() & 0xff).unwrap_or(0xff));
    Ok(taken.into_iter().map(|(_, taken)| taken).collect())
}

/// Whether a column is used, by the number that [`take`] noted.
pub(crate) fn uses(number: c_int, column: c_int) -> bool {
    number & (1 << column) != 0
}

/// Calls `tell` with every condition that [`take`] noted and its value.
pub(crate) fn each(text: &str, values: &Filters<'_>, mut tell: impl FnMut(c_int, Is, ValueRef<'_>)) {
    let signs: Vec<char> = text.chars().collect();
    for (pair, value) in signs.chunks(2).zip(values.iter()) {
        let [column, sign] = pair else { continue };
        let is = Is::ALL.iter().find(|(_, known)| known == sign).map(|(is, _)| *is);
        if let (Some(column), Some(is)) =
            (column.to_digit(10).and_then(|digit| c_int::try_from(digit).ok()), is)
        {
            tell(column, is, value);
        }
    }
}

/// Instants from the first on and before the second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
}

impl Span {
    pub(crate) const ALL: Self = Self { from_ms: i64::MIN, to_ms: i64::MAX };

    /// Leaves out what is not so with a bound: `first` is the first instant that is not less than it, `after` the first that is
    /// greater.
    pub(crate) fn narrow(&mut self, is: Is, first: i64, after: i64) {
        if matches!(is, Is::Equal | Is::Least) {
            self.from_ms = self.from_ms.max(first);
        }
        if is == Is::More {
            self.from_ms = self.from_ms.max(after);
        }
        if is == Is::Less {
            self.to_ms = self.to_ms.min(first);
        }
        if matches!(is, Is::Equal | Is::Most) {
            self.to_ms = self.to_ms.min(after);
        }
    }

    /// The same with a number of milliseconds; what is no number leaves out nothing.
    pub(crate) fn narrow_to(&mut self, is: Is, value: ValueRef<'_>) {
        match value {
            ValueRef::Integer(ms) => self.narrow(is, ms, ms.saturating_add(1)),
            // Conversions to whole numbers end at the least and the greatest.
            ValueRef::Real(ms) => self.narrow(is, ms.ceil() as i64, (ms.floor() as i64).saturating_add(1)),
            _ => {}
        }
    }
}
