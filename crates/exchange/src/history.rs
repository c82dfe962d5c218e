//! A history of events in Parquet, as messages of Segment's shape, a line each.
//!
//! The columns `time` (or `timestamp`), `user_id`, `anonymous_id`, `event`, `message_id` and `type` are the message's, every
//! other is a property. A row whose `type` is `identify` or `group` says them as traits, and these two calls and `alias` take
//! `group_id` and `previous_id` for their own. What is null is left out.

use std::fs::File;
use std::path::Path;

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::batch::Batch;
use crate::error::ExchangeError;
use crate::kind::Kind;
use crate::part::{Call, Part};

/// How a Parquet file begins and ends.
pub const MAGIC: &[u8; 4] = b"PAR1";
/// The most columns: an event has no more keys.
const COLUMNS_MAX: usize = 1_024;
/// How many rows of every column are held at a time.
const BATCH_ROWS: usize = 1_024;

/// The rows of a file as messages.
pub struct History {
    file: SerializedFileReader<File>,
    /// The columns, those of the message first.
    columns: Vec<Column>,
    /// The row group that is read, from 0, and its rows that were not decoded yet.
    group: usize,
    undecoded: usize,
    /// A batch of each of the columns, and how many of its rows are left.
    batches: Vec<Batch>,
    left: usize,
}

/// A column of the file.
struct Column {
    /// Its place in the file.
    index: usize,
    name: String,
    /// Its name as JSON with a colon behind.
    key: Vec<u8>,
    kind: Kind,
    part: Part,
    level_max: i16,
}

impl History {
    /// Opens a file and looks at its columns.
    ///
    /// # Errors
    /// [`ExchangeError`]: it is no Parquet, a column that messages need is missing, or one is of a type that no property
    /// has.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let file = SerializedFileReader::new(File::open(path)?)
            .map_err(|error| ExchangeError::NotParquet(error.to_string()))?;
        let columns = columns(&file)?;
        let mut history = Self { file, columns, group: 0, undecoded: 0, batches: Vec::new(), left: 0 };
        history.enter(0)?;
        Ok(history)
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.file.metadata().row_groups().iter().map(|group| group.num_rows().max(0).cast_unsigned()).sum()
    }

    /// Passes over rows, row groups at a time where it can; before the first row was taken.
    ///
    /// # Errors
    /// [`ExchangeError::Values`] for a damaged column.
    pub fn skip(&mut self, rows: u64) -> Result<(), ExchangeError> {
        let mut rows = usize::try_from(rows).unwrap_or(usize::MAX);
        while rows >= self.undecoded && self.group < self.groups() {
            rows -= self.undecoded;
            self.enter(self.group + 1)?;
        }
        if self.group < self.groups() && rows > 0 {
            for (column, batch) in self.columns.iter().zip(&mut self.batches) {
                batch.skip(rows).map_err(|error| column.wrong(self.group, &error))?;
            }
            self.undecoded -= rows;
        }
        Ok(())
    }

    /// Appends the message of the next row with a line end; `false` if there are no more.
    ///
    /// # Errors
    /// [`ExchangeError::Values`] for a column that cannot be read.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Result<bool, ExchangeError> {
        while self.left == 0 {
            if self.group >= self.groups() {
                return Ok(false);
            }
            if self.undecoded == 0 {
                self.enter(self.group + 1)?;
                continue;
            }
            let rows = self.undecoded.min(BATCH_ROWS);
            for (column, batch) in self.columns.iter().zip(&mut self.batches) {
                batch.read(rows).map_err(|error| column.wrong(self.group, &error))?;
            }
            (self.undecoded, self.left) = (self.undecoded - rows, rows);
        }
        self.left -= 1;
        let begin = out.len();
        self.message(out).inspect_err(|_| out.truncate(begin))?;
        self.batches.iter_mut().for_each(Batch::advance);
        Ok(true)
    }

    fn groups(&self) -> usize {
        self.file.metadata().num_row_groups()
    }

    /// Begins with a row group.
    fn enter(&mut self, group: usize) -> Result<(), ExchangeError> {
        self.group = group;
        self.batches.clear();
        self.undecoded = 0;
        if group >= self.groups() {
            return Ok(());
        }
        let damaged = |error: ParquetError| ExchangeError::NotParquet(error.to_string());
        let reader = self.file.get_row_group(group).map_err(damaged)?;
        self.undecoded = usize::try_from(reader.metadata().num_rows()).unwrap_or_default();
        for column in &self.columns {
            let of_column =
                reader.get_column_reader(column.index).map_err(|error| column.wrong(group, &error))?;
            self.batches.push(Batch::new(of_column, column.level_max));
        }
        Ok(())
    }

    /// Appends the message of the row that the batches stand at.
    fn message(&self, out: &mut Vec<u8>) -> Result<(), ExchangeError> {
        let cells = || self.columns.iter().zip(self.batches.iter().map(Batch::cell));
        let named = cells().find(|(column, _)| column.part == Part::Type).and_then(|(_, cell)| cell);
        let call = named.map_or(Call::default(), |cell| Call::of(cell.text().unwrap_or_default()));
        out.push(b'{');
        let mut comma = false;
        if named.is_none() {
            out.extend_from_slice(br#""type":"track""#);
            comma = true;
        }
        for (column, cell) in cells() {
            let (Some(member), Some(cell)) = (call.member(column.part), cell) else { continue };
            let put = |out: &mut Vec<u8>| match column.part {
                Part::Time => cell.put_time(column.kind, out),
                _ => cell.put_as_text(column.kind, out),
            };
            comma |= member_of(out, comma, member, put).map_err(|why| column.values(self.group, why))?;
        }
        if comma {
            out.push(b',');
        }
        out.extend_from_slice(call.bag());
        comma = false;
        for (column, cell) in cells() {
            let Some(cell) = cell.filter(|_| call.member(column.part).is_none()) else { continue };
            let put = |out: &mut Vec<u8>| cell.put(column.kind, out);
            comma |= member_of(out, comma, &column.key, put).map_err(|why| column.values(self.group, why))?;
        }
        out.extend_from_slice(b"}}\n");
        Ok(())
    }
}

/// Appends a member of an object; nothing if it has no value.
fn member_of(
    out: &mut Vec<u8>,
    comma: bool,
    key: &[u8],
    put: impl FnOnce(&mut Vec<u8>) -> Result<bool, &'static str>,
) -> Result<bool, &'static str> {
    let begin = out.len();
    if comma {
        out.push(b',');
    }
    out.extend_from_slice(key);
    let is_there = put(out)?;
    if !is_there {
        out.truncate(begin);
    }
    Ok(is_there)
}

impl Column {
    fn wrong(&self, group: usize, error: &ParquetError) -> ExchangeError {
        self.values(group, &error.to_string())
    }

    /// What is wrong with its values in a row group, counted from 0.
    fn values(&self, group: usize, why: &str) -> ExchangeError {
        ExchangeError::Values { column: self.name.clone(), group: group + 1, why: why.to_owned() }
    }
}

/// Why a column that is packed so cannot be read.
fn unreadable(packed: Compression) -> Option<&'static str> {
    match packed {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_) => None,
        _ => Some("packed with a codec that is not read; write it with snappy, zstd or gzip"),
    }
}

/// What the columns are, those of the message first; refused where something is missing or strange.
fn columns(file: &SerializedFileReader<File>) -> Result<Vec<Column>, ExchangeError> {
    let schema = file.metadata().file_metadata().schema_descr();
    let found = schema.num_columns();
    if found > COLUMNS_MAX {
        return Err(ExchangeError::TooManyColumns { found, max: COLUMNS_MAX });
    }
    let packed = file.metadata().row_groups().iter().flat_map(|group| group.columns());
    for column in packed {
        if let Some(what) = unreadable(column.compression()) {
            let column = column.column_path().string();
            return Err(ExchangeError::Column { column, what });
        }
    }
    let has_time = schema.columns().iter().any(|column| column.path().parts() == ["time"]);
    let mut columns = Vec::with_capacity(found);
    for (index, descriptor) in schema.columns().iter().enumerate() {
        let name = descriptor.path().string();
        let kind =
            Kind::of(descriptor).map_err(|what| ExchangeError::Column { column: name.clone(), what })?;
        let key = format!("{}:", serde_json::Value::from(name.as_str())).into_bytes();
        let (part, level_max) = (Part::of(&name, has_time), descriptor.max_def_level());
        columns.push(Column { index, name, key, kind, part, level_max });
    }
    columns.sort_by_key(|column| column.part);
    let has = |part: Part| columns.iter().any(|column| column.part == part);
    if !has(Part::Time) {
        return Err(ExchangeError::Missing("`time` or `timestamp`"));
    }
    if !has(Part::UserId) && !has(Part::AnonymousId) {
        return Err(ExchangeError::Missing("`user_id` or `anonymous_id`"));
    }
    if !has(Part::Event) && !has(Part::Type) {
        return Err(ExchangeError::Missing("`event` or `type`"));
    }
    Ok(columns)
}
