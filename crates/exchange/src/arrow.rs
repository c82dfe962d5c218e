//! An answer as an Arrow file (the IPC file format: Arrow columnar format 1.5, "IPC File Format").

use std::io::Write;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMillisecondArray,
};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, Field, Schema};
use question::Answer;

use crate::answer::{Cells, columns};
use crate::error::ExchangeError;

/// Writes an answer, in one batch of rows and not compressed, as every reader of Arrow takes it. Times are instants in UTC,
/// in milliseconds; of a column that may hold values of several kinds, each is its text.
///
/// # Errors
/// [`ExchangeError::Write`]: nothing more can be written, or the answer has a row that does not fit its columns.
pub fn write_arrow<W: Write>(answer: &Answer, out: W) -> Result<(), ExchangeError> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for column in columns(answer) {
        let (column, cells) = column?;
        let array = array(cells);
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    written(Schema::new(fields), arrays, answer.rows.len(), out)
        .map_err(|error| ExchangeError::Write(error.to_string()))
}

fn array(cells: Cells) -> ArrayRef {
    match cells {
        Cells::Times(cells) => Arc::new(TimestampMillisecondArray::from(cells).with_timezone("UTC")),
        Cells::Integers(cells) => Arc::new(Int64Array::from(cells)),
        Cells::Numbers(cells) => Arc::new(Float64Array::from(cells)),
        Cells::Texts(cells) => Arc::new(StringArray::from(cells)),
    }
}

fn written<W: Write>(schema: Schema, arrays: Vec<ArrayRef>, rows: usize, out: W) -> Result<(), ArrowError> {
    let schema = Arc::new(schema);
    let rows = RecordBatchOptions::new().with_row_count(Some(rows));
    let mut writer = FileWriter::try_new(out, &schema)?;
    writer.write(&RecordBatch::try_new_with_options(schema, arrays, &rows)?)?;
    writer.finish()
}
