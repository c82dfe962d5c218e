//! An answer as a Parquet file.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use question::Answer;

use crate::answer::{Cells, columns};
use crate::error::ExchangeError;

/// Writes an answer. Times are instants in UTC; of a column that may hold values of several kinds, each is its text.
///
/// # Errors
/// [`ExchangeError::Write`]: nothing more can be written, or the answer has a row that does not fit its columns.
pub fn write_parquet<W: Write + Send>(answer: &Answer, out: W) -> Result<(), ExchangeError> {
    let columns = columns(answer).collect::<Result<Vec<_>, _>>()?;
    let columns = columns.into_iter().map(|(column, cells)| (column.name.as_str(), cells)).collect();
    written(columns, out).map_err(|error| ExchangeError::Write(error.to_string()))
}

fn written<W: Write + Send>(columns: Vec<(&str, Cells)>, out: W) -> Result<(), ParquetError> {
    let fields = columns.iter().map(|(name, cells)| field(name, cells).map(Arc::new));
    let schema = Type::group_type_builder("answer").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (_, cells) in columns {
        let mut out =
            group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
        match cells {
            Cells::Times(cells) | Cells::Integers(cells) => put::<Int64Type>(&mut out, cells)?,
            Cells::Numbers(cells) => put::<DoubleType>(&mut out, cells)?,
            Cells::Texts(cells) => {
                let bytes = |cell: Option<String>| cell.map(|text| ByteArray::from(text.into_bytes()));
                put::<ByteArrayType>(&mut out, cells.into_iter().map(bytes).collect())?;
            }
        }
        out.close()?;
    }
    group.close()?;
    writer.close().map(|_| ())
}

fn field(name: &str, cells: &Cells) -> Result<Type, ParquetError> {
    let (physical, logical) = match cells {
        Cells::Times(_) => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Cells::Integers(_) => (Physical::INT64, None),
        Cells::Numbers(_) => (Physical::DOUBLE, None),
        Cells::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// Writes the values that are there, and which they are.
fn put<T: DataType>(
    out: &mut SerializedColumnWriter<'_>,
    cells: Vec<Option<T::T>>,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    out.typed::<T>().write_batch(&values, Some(&levels), None).map(|_| ())
}
