//! Places in the journal, told by when rows arrived: between some rows whose place is listed places rise about evenly, so that
//! for each row there is little left to say.

use super::{Cursor, get_deltas, put_deltas};

/// One row in so many is listed.
const LISTED: usize = 64;

/// Some rows of a chunk by the time when they arrived, with their places.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Arrivals {
    /// Milliseconds since 1970, ascending.
    received: Vec<i64>,
    offsets: Vec<i64>,
}

impl Arrivals {
    /// Of rows with these times of arrival and places.
    pub(crate) fn of(received: &[i64], offsets: &[i64]) -> Self {
        let mut rows: Vec<(i64, i64)> = received.iter().copied().zip(offsets.iter().copied()).collect();
        rows.sort_unstable();
        let last = rows.len().saturating_sub(1);
        let listed = rows.iter().enumerate().filter(|(row, _)| row % LISTED == 0 || *row == last);
        let (received, offsets) = listed.map(|(_, row)| *row).unzip();
        Self { received, offsets }
    }

    /// About which place a row has that arrived then.
    fn near(&self, received: i64) -> i64 {
        let next = self.received.partition_point(|listed| *listed <= received);
        let at = |index: usize| Some((*self.received.get(index)?, *self.offsets.get(index)?));
        let (before, next) = (next.checked_sub(1).and_then(at), at(next));
        match (before, next) {
            (Some((from, offset)), Some((to, next))) => {
                let part = i128::from(received) - i128::from(from);
                let whole = (i128::from(to) - i128::from(from)).max(1);
                let rise = (i128::from(next) - i128::from(offset)).checked_mul(part).map(|rise| rise / whole);
                // Where numbers are so far apart that this is none, the same is said when it is read.
                let rise = rise.and_then(|rise| i64::try_from(rise).ok()).unwrap_or_default();
                offset.wrapping_add(rise)
            }
            (Some((_, offset)), None) | (None, Some((_, offset))) => offset,
            (None, None) => 0,
        }
    }

    /// How far the rows' places are from where they would be.
    pub(crate) fn without(&self, received: &[i64], offsets: &[i64]) -> Vec<i64> {
        let rest = |(received, offset): (&i64, &i64)| offset.wrapping_sub(self.near(*received));
        received.iter().zip(offsets).map(rest).collect()
    }

    /// Puts the places of rows with these times of arrival where [`Arrivals::without`] put the differences.
    pub(crate) fn add_to(&self, received: impl Iterator<Item = i64>, offsets: &mut [i64]) {
        for (received, offset) in received.zip(offsets) {
            *offset = offset.wrapping_add(self.near(received));
        }
    }

    /// The list as a block.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut plain = u32::try_from(self.received.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
        put_deltas(&mut plain, &self.received);
        put_deltas(&mut plain, &self.offsets);
        plain
    }

    /// Reads what [`Arrivals::write`] made of a chunk of at most `rows_max` rows; `None` if it is not that.
    pub(crate) fn read(plain: &[u8], rows_max: usize) -> Option<Self> {
        let mut cursor = Cursor(plain);
        let count = usize::try_from(cursor.u32()?).ok().filter(|count| *count <= rows_max / LISTED + 2)?;
        let mut arrivals = Self::default();
        get_deltas(&mut cursor, count, &mut arrivals.received)?;
        get_deltas(&mut cursor, count, &mut arrivals.offsets)?;
        (arrivals.received.is_sorted() && cursor.0.is_empty()).then_some(arrivals)
    }
}
