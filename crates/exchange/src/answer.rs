//! An answer as a Parquet file: numbers and names, never people.

use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use question::answer::{Answer, Column, ColumnType};
use serde_json::Value;

use crate::error::ExchangeError;

/// Writes an answer. Times are instants in UTC; of a column that may hold values of several kinds, each is its text.
///
/// # Errors
/// [`ExchangeError::Write`]: nothing more can be written, or the answer has a row that does not fit its columns.
pub fn write_answer<W: Write + Send>(answer: &Answer, out: W) -> Result<(), ExchangeError> {
    written(answer, out).map_err(|error| ExchangeError::Write(error.to_string()))
}

fn written<W: Write + Send>(answer: &Answer, out: W) -> Result<(), ParquetError> {
    let fields = answer.columns.iter().map(|column| field(column).map(Arc::new));
    let schema = Type::group_type_builder("answer").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (index, column) in answer.columns.iter().enumerate() {
        let cells = answer.rows.iter().map(|row| row.get(index).unwrap_or(&Value::Null));
        let mut out = group.next_column()?.ok_or_else(|| wrong("a column too many"))?;
        let put = match column.kind {
            ColumnType::Time => put::<Int64Type>(&mut out, cells, &|cell| {
                let time: Timestamp = cell.as_str()?.parse().ok()?;
                Some(time.as_millisecond())
            }),
            ColumnType::Integer => put::<Int64Type>(&mut out, cells, &Value::as_i64),
            ColumnType::Number => put::<DoubleType>(&mut out, cells, &Value::as_f64),
            ColumnType::Text | ColumnType::Value => {
                put::<ByteArrayType>(&mut out, cells, &|cell| Some(ByteArray::from(text(cell).into_bytes())))
            }
        };
        put?;
        out.close()?;
    }
    group.close()?;
    writer.close().map(|_| ())
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnType::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        ColumnType::Integer => (Physical::INT64, None),
        ColumnType::Number => (Physical::DOUBLE, None),
        ColumnType::Text | ColumnType::Value => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// Writes the values that are there, and which they are.
fn put<'a, T: DataType>(
    out: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Value>,
    of: &dyn Fn(&Value) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(!cell.is_null()));
        if !cell.is_null() {
            values.push(of(cell).ok_or_else(|| wrong("a value is not of its column's type"))?);
        }
    }
    out.typed::<T>().write_batch(&values, Some(&levels), None).map(|_| ())
}

fn text(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn wrong(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
