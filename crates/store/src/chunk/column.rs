//! One column of one stripe, decoded.

mod made;

use std::sync::Arc;

use super::directory::Shape;
use super::pack::{ALL_PRESENT, DECIMALS_MAX, FLOAT_BITS, SOME_PRESENT, scale};
use crate::codec::{Cursor, Texts, get_bits, get_deltas, get_ids, get_ints, get_planes, get_runs, get_texts};
use crate::leaves::scalar;
use crate::value::{Owned, Value};

/// One column of a block of rows.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Which rows have a value; all of them if `None`.
    present: Option<Vec<bool>>,
    data: Data,
}

/// The values; where a row has none, something stands in its place.
#[derive(Clone, Debug, Default)]
pub enum Data {
    /// No row has a value.
    #[default]
    Absent,
    /// Truths.
    Bools(Vec<bool>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Numbers.
    Floats(Vec<f64>),
    /// Codes into a dictionary that all blocks of a chunk share.
    Codes(Vec<u32>, Arc<Words>),
    /// Texts, and the place of each row among them.
    Texts(Texts, Vec<u32>),
    /// Values of several kinds.
    Mixed(Mixed),
}

/// Values of several kinds.
#[derive(Clone, Debug, Default)]
pub struct Mixed(pub(crate) Vec<Owned>);

/// A dictionary.
#[derive(Clone, Debug)]
pub struct Words(WordsData);

#[derive(Clone, Debug)]
enum WordsData {
    Texts(Texts),
    Mixed(Vec<Owned>),
}

impl Words {
    /// The value that `code` stands for.
    pub fn get(&self, code: u32) -> Value<'_> {
        match &self.0 {
            WordsData::Texts(texts) => Value::Text(texts.get(code as usize)),
            WordsData::Mixed(values) => values.get(code as usize).map_or(Value::Absent, Owned::as_value),
        }
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            WordsData::Texts(texts) => texts.len(),
            WordsData::Mixed(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads a dictionary's block, unpacked.
    pub(crate) fn read(plain: &[u8], shape: Shape, form: Form) -> Option<Self> {
        let mut cursor = Cursor(plain);
        // Words differ, so at most one is empty: a count beyond the bytes is wrong and must not be allocated.
        let count = usize::try_from(cursor.u32()?).ok().filter(|count| *count <= plain.len())?;
        let texts = get_texts(&mut cursor, count)?;
        Some(Self(match (shape, form) {
            (Shape::Json, Form::Values) => WordsData::Mixed(texts.iter().map(scalar).collect()),
            (Shape::Json, Form::Raw) => {
                WordsData::Mixed(texts.iter().map(|raw| Owned::Json(raw.into())).collect())
            }
            _ => WordsData::Texts(texts),
        }))
    }
}

/// Whether JSON texts are looked into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// As questions see them.
    Values,
    /// As they were written.
    Raw,
}

impl Column {
    /// No row has a value.
    pub(crate) const ABSENT: Self = Self { present: None, data: Data::Absent };

    /// The value of a row of the block.
    pub fn get(&self, row: usize) -> Value<'_> {
        if self.present.as_ref().is_some_and(|present| !present.get(row).copied().unwrap_or_default()) {
            return Value::Absent;
        }
        let found = match &self.data {
            Data::Absent => None,
            Data::Bools(truths) => truths.get(row).map(|truth| Value::Bool(*truth)),
            Data::Ints(numbers) => numbers.get(row).map(|number| Value::Int(*number)),
            Data::Floats(numbers) => numbers.get(row).map(|number| Value::Float(*number)),
            Data::Codes(codes, words) => codes.get(row).map(|code| words.get(*code)),
            Data::Texts(texts, places) => {
                places.get(row).map(|place| Value::Text(texts.get(*place as usize)))
            }
            Data::Mixed(Mixed(values)) => values.get(row).map(Owned::as_value),
        };
        found.unwrap_or(Value::Absent)
    }

    /// The code of a row's value, where there is a dictionary.
    pub(crate) fn code(&self, row: usize) -> Option<u32> {
        match &self.data {
            Data::Codes(codes, _)
                if self.present.as_ref().is_none_or(|present| present.get(row) == Some(&true)) =>
            {
                codes.get(row).copied()
            }
            _ => None,
        }
    }

    /// The dictionary, if there is one.
    pub(crate) fn words(&self) -> Option<&Words> {
        match &self.data {
            Data::Codes(_, words) => Some(words),
            _ => None,
        }
    }

    /// Which rows have a value; all of them if `None`. Not said for mixed columns, whose values may be absent.
    pub fn present(&self) -> Option<&[bool]> {
        self.present.as_deref()
    }

    /// The values; where a row has none, something stands in its place.
    pub fn data(&self) -> &Data {
        &self.data
    }

    pub(crate) fn mixed(values: Vec<Owned>) -> Self {
        Self { present: None, data: Data::Mixed(Mixed(values)) }
    }

    pub(crate) fn into_data(self) -> Data {
        self.data
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.data, Data::Absent)
    }

    /// Reads a stripe's block, unpacked; `None` when it is not one.
    pub(crate) fn read(
        plain: &[u8],
        shape: Shape,
        words: Option<&Arc<Words>>,
        rows: usize,
        form: Form,
    ) -> Option<Self> {
        let mut cursor = Cursor(plain);
        let present = read_presence(&mut cursor, rows)?;
        let count = present.as_ref().map_or(rows, |present| present.iter().filter(|bit| **bit).count());
        let spread = Spread { present: present.as_deref() };
        let mut numbers: Vec<i64> = Vec::new();
        let data = match (shape, words) {
            (Shape::Ints, _) => {
                get_ints(&mut cursor, count, &mut numbers)?;
                Data::Ints(spread.out(numbers))
            }
            (Shape::Deltas, _) => {
                get_deltas(&mut cursor, count, &mut numbers)?;
                Data::Ints(spread.out(numbers))
            }
            (Shape::Runs, _) => {
                get_runs(&mut cursor, count, |number, rows| {
                    numbers.extend(std::iter::repeat_n(number, rows));
                    Some(())
                })?;
                Data::Ints(spread.out(numbers))
            }
            // Read with the rows' places in the journal ([`Column::ids`]), with the bounds of times, and with times of arrival.
            (Shape::Ids | Shape::Leaps | Shape::Arrivals, _) => return None,
            (Shape::Bools, _) => Data::Bools(spread.out(get_bits(&mut cursor, count)?)),
            (Shape::Floats, _) => Data::Floats(spread.out(read_floats(&mut cursor, count)?)),
            (Shape::Texts | Shape::Json, Some(words)) => {
                let mut codes: Vec<u32> = Vec::new();
                get_planes(&mut cursor, count, &mut codes)?;
                // The greatest first: a pass that has nothing to decide on the way is many times as fast.
                if codes.iter().max().is_some_and(|code| *code as usize >= words.len()) {
                    return None;
                }
                Data::Codes(spread.out(codes), words.clone())
            }
            (Shape::TextRuns, Some(words)) => {
                let mut codes: Vec<u32> = Vec::with_capacity(count);
                get_runs(&mut cursor, count, |code, rows| {
                    let code = u32::try_from(code).ok().filter(|code| (*code as usize) < words.len())?;
                    codes.extend(std::iter::repeat_n(code, rows));
                    Some(())
                })?;
                Data::Codes(spread.out(codes), words.clone())
            }
            (Shape::TextRuns, None) => return None,
            (Shape::Texts, None) => {
                let texts = get_texts(&mut cursor, count)?;
                Data::Texts(texts, spread.out((0..u32::try_from(count).ok()?).collect()))
            }
            (Shape::Json, None) => {
                let texts = get_texts(&mut cursor, count)?;
                let value = |raw: &str| if form == Form::Raw { Owned::Json(raw.into()) } else { scalar(raw) };
                Data::Mixed(Mixed(spread.out(texts.iter().map(value).collect())))
            }
        };
        Some(Self { present, data })
    }
}

impl Column {
    /// Reads a stripe's block of messages' ids, unpacked, where `offsets` are the places in the journal of its rows.
    pub(crate) fn ids(plain: &[u8], offsets: &[i64]) -> Option<Self> {
        let mut cursor = Cursor(plain);
        if read_presence(&mut cursor, offsets.len())?.is_some() {
            return None;
        }
        let texts = get_ids(&mut cursor, offsets)?;
        let places = (0..u32::try_from(texts.len()).ok()?).collect();
        Some(Self { present: None, data: Data::Texts(texts, places) })
    }
}

pub(crate) fn read_presence(cursor: &mut Cursor<'_>, rows: usize) -> Option<Option<Vec<bool>>> {
    match cursor.byte()? {
        ALL_PRESENT => Some(None),
        SOME_PRESENT => Some(Some(get_bits(cursor, rows)?)),
        _ => None,
    }
}

fn read_floats(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<f64>> {
    match cursor.byte()? {
        decimals if decimals <= DECIMALS_MAX => {
            let scale = scale(decimals);
            let mut numbers = Vec::new();
            get_ints(cursor, count, &mut numbers)?;
            Some(numbers.into_iter().map(|number| number as f64 / scale).collect())
        }
        FLOAT_BITS => {
            let mut bits: Vec<i64> = Vec::new();
            get_planes(cursor, count, &mut bits)?;
            Some(bits.into_iter().map(|bits| f64::from_bits(bits.cast_unsigned())).collect())
        }
        _ => None,
    }
}

/// Spreads the values that are there over the rows.
struct Spread<'a> {
    present: Option<&'a [bool]>,
}

impl Spread<'_> {
    fn out<T: Clone + Default>(&self, values: Vec<T>) -> Vec<T> {
        let Some(present) = self.present else { return values };
        let mut values = values.into_iter();
        present
            .iter()
            .map(|bit| if *bit { values.next().unwrap_or_default() } else { T::default() })
            .collect()
    }
}
