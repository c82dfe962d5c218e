//! A column's values to blocks: which are present, then those that are.

use super::directory::{Family, Shape};
use crate::codec::{
    Codec, Texts, pack, put_bits, put_deltas, put_folded, put_ids, put_ints, put_leaps, put_planes, put_runs,
    put_texts,
};

/// One value while a chunk is built; texts are indices into the column's words.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Cell {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(u32),
    Json(u32),
}

/// A column's values in the order of the rows that have one.
pub(crate) struct Packing<'a> {
    pub(crate) family: Family,
    pub(crate) path: &'a str,
    pub(crate) shape: Shape,
    /// Whether texts are written as codes.
    pub(crate) coded: bool,
    /// What the texts' indices mean.
    pub(crate) words: &'a Texts,
    /// Of every row of the chunk its place in the journal.
    pub(crate) offsets: &'a [i64],
}

/// Every value is there.
pub(super) const ALL_PRESENT: u8 = 0;
/// A bit a row says which values are there.
pub(super) const SOME_PRESENT: u8 = 1;
/// Floats as their bits.
pub(super) const FLOAT_BITS: u8 = 255;
/// The most decimals that floats are tried with.
pub(super) const DECIMALS_MAX: u8 = 4;

impl Packing<'_> {
    /// The block of a stripe of `stripe_rows` rows: `rows` are those with a value, counted within the
    /// stripe, `cells` their values. `None` when there are none.
    pub(crate) fn block(&self, rows: &[u32], cells: &[Cell], stripe_rows: usize) -> Option<Vec<u8>> {
        if rows.is_empty() {
            return None;
        }
        let mut plain = Vec::with_capacity(cells.len() * 2 + 64);
        if rows.len() == stripe_rows {
            plain.push(ALL_PRESENT);
        } else {
            let mut present = vec![false; stripe_rows];
            for row in rows {
                if let Some(bit) = present.get_mut(*row as usize) {
                    *bit = true;
                }
            }
            plain.push(SOME_PRESENT);
            put_bits(&mut plain, &present);
        }
        self.values(&mut plain, cells);
        Some(pack(&plain, self.codec(cells.len())))
    }

    /// The block of the column's words.
    pub(crate) fn words_block(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        plain.extend_from_slice(&u32::try_from(self.words.len()).unwrap_or(u32::MAX).to_le_bytes());
        put_texts(&mut plain, self.words.iter());
        pack(&plain, Codec::Zstd)
    }

    fn codec(&self, values: usize) -> Codec {
        let is_number = matches!(self.shape, Shape::Bools | Shape::Ints | Shape::Runs);
        match self.family {
            // What nearly every question reads.
            Family::Fixed if matches!(self.path, "person" | "time" | "event") => Codec::Lz4,
            Family::Properties | Family::Context if self.coded || is_number => Codec::Either(values),
            _ => Codec::Zstd,
        }
    }

    fn values(&self, plain: &mut Vec<u8>, cells: &[Cell]) {
        let ints = || {
            cells
                .iter()
                .map(|cell| if let Cell::Int(number) = cell { *number } else { 0 })
                .collect::<Vec<_>>()
        };
        let words = cells.iter().map(|cell| match cell {
            Cell::Text(word) | Cell::Json(word) => *word,
            _ => 0,
        });
        match self.shape {
            Shape::Ints => put_ints(plain, &ints()),
            Shape::Deltas => put_deltas(plain, &ints()),
            Shape::Runs => put_runs(plain, &ints()),
            Shape::Leaps => put_leaps(plain, &ints()),
            Shape::Arrivals => put_folded(plain, &ints()),
            Shape::Ids => {
                let ids: Vec<&str> = words.clone().map(|word| self.words.get(word as usize)).collect();
                let offset = |word| self.offsets.get(word as usize).copied().unwrap_or_default();
                put_ids(plain, &ids, &words.map(offset).collect::<Vec<_>>());
            }
            Shape::Bools => {
                let bits: Vec<bool> = cells.iter().map(|cell| *cell == Cell::Bool(true)).collect();
                put_bits(plain, &bits);
            }
            Shape::Floats => put_floats(plain, cells),
            Shape::TextRuns => put_runs(plain, &words.map(i64::from).collect::<Vec<_>>()),
            Shape::Texts | Shape::Json if self.coded => put_planes(plain, words.map(u64::from)),
            Shape::Texts | Shape::Json => put_texts(plain, words.map(|word| self.words.get(word as usize))),
        }
    }
}

fn put_floats(plain: &mut Vec<u8>, cells: &[Cell]) {
    let numbers: Vec<f64> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Float(number) => *number,
            Cell::Int(number) => *number as f64,
            _ => 0.0,
        })
        .collect();
    for decimals in 0..=DECIMALS_MAX {
        let scaled: Option<Vec<i64>> = numbers.iter().map(|number| decimal(*number, decimals)).collect();
        if let Some(scaled) = scaled {
            plain.push(decimals);
            return put_ints(plain, &scaled);
        }
    }
    plain.push(FLOAT_BITS);
    put_planes(plain, numbers.iter().map(|number| number.to_bits()));
}

/// `number` as a whole number of `10^-decimals`, if that gives it back bit by bit.
fn decimal(number: f64, decimals: u8) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let scaled = (number * scale(decimals)).round();
    let whole = scaled as i64;
    let exact = scaled.abs() < EXACT && (whole as f64 / scale(decimals)).to_bits() == number.to_bits();
    exact.then_some(whole)
}

/// `10^decimals`.
pub(super) fn scale(decimals: u8) -> f64 {
    10_f64.powi(i32::from(decimals))
}
