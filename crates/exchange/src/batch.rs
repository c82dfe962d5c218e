//! Some rows of one column, decoded.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::{ParquetError, Result};

use crate::cell::Cell;

/// A column of a row group, read some rows at a time.
pub(crate) struct Batch {
    reader: ColumnReader,
    values: Values,
    /// Of each row; a row has a value if its level is the greatest. Empty where every row has one.
    levels: Vec<i16>,
    level_max: i16,
    /// The row it stands at, and the value that this one has or the next that has one.
    value: usize,
    row: usize,
}

/// The values of the rows that have one.
enum Values {
    Bools(Vec<bool>),
    Ints(Vec<i32>),
    Longs(Vec<i64>),
    Int96(Vec<Int96>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

impl Batch {
    pub fn new(reader: ColumnReader, level_max: i16) -> Self {
        let values = match &reader {
            ColumnReader::BoolColumnReader(_) => Values::Bools(Vec::new()),
            ColumnReader::Int32ColumnReader(_) => Values::Ints(Vec::new()),
            ColumnReader::Int64ColumnReader(_) => Values::Longs(Vec::new()),
            ColumnReader::Int96ColumnReader(_) => Values::Int96(Vec::new()),
            ColumnReader::FloatColumnReader(_) => Values::Floats(Vec::new()),
            ColumnReader::DoubleColumnReader(_) => Values::Doubles(Vec::new()),
            ColumnReader::ByteArrayColumnReader(_) => Values::Bytes(Vec::new()),
            ColumnReader::FixedLenByteArrayColumnReader(_) => Values::Fixed(Vec::new()),
        };
        Self { reader, values, levels: Vec::new(), level_max, value: 0, row: 0 }
    }

    /// Passes over rows.
    pub fn skip(&mut self, rows: usize) -> Result<()> {
        let skipped = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int96ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FloatColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::DoubleColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => reader.skip_records(rows),
        };
        all(skipped?, rows)
    }

    /// Reads the next rows in the place of those before.
    pub fn read(&mut self, rows: usize) -> Result<()> {
        (self.value, self.row) = (0, 0);
        let levels = &mut self.levels;
        let read = match (&mut self.reader, &mut self.values) {
            (ColumnReader::BoolColumnReader(reader), Values::Bools(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::Int32ColumnReader(reader), Values::Ints(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::Int64ColumnReader(reader), Values::Longs(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::Int96ColumnReader(reader), Values::Int96(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::FloatColumnReader(reader), Values::Floats(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::DoubleColumnReader(reader), Values::Doubles(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::ByteArrayColumnReader(reader), Values::Bytes(values)) => {
                fill(reader, rows, levels, values)
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Fixed(values)) => {
                fill(reader, rows, levels, values)
            }
            _ => Err(ParquetError::General("the column changed its type".to_owned())),
        };
        all(read?, rows)
    }

    /// The value of the row it stands at, if that has one.
    pub fn cell(&self) -> Option<Cell<'_>> {
        if !self.has_value() {
            return None;
        }
        let at = self.value;
        Some(match &self.values {
            Values::Bools(values) => Cell::Bool(*values.get(at)?),
            Values::Ints(values) => Cell::Int(*values.get(at)?),
            Values::Longs(values) => Cell::Long(*values.get(at)?),
            Values::Int96(values) => Cell::Int96(values.get(at)?),
            Values::Floats(values) => Cell::Float(*values.get(at)?),
            Values::Doubles(values) => Cell::Double(*values.get(at)?),
            Values::Bytes(values) => Cell::Bytes(values.get(at)?.data()),
            Values::Fixed(values) => Cell::Bytes(values.get(at)?.data()),
        })
    }

    /// Goes on to the next row.
    pub fn advance(&mut self) {
        self.value += usize::from(self.has_value());
        self.row += 1;
    }

    fn has_value(&self) -> bool {
        self.level_max == 0 || self.levels.get(self.row) == Some(&self.level_max)
    }
}

fn fill<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> Result<usize> {
    levels.clear();
    values.clear();
    let (read, _, _) = reader.read_records(rows, Some(levels), None, values)?;
    Ok(read)
}

fn all(read: usize, wanted: usize) -> Result<()> {
    if read == wanted {
        Ok(())
    } else {
        Err(ParquetError::EOF("it has fewer rows than the row group".to_owned()))
    }
}
