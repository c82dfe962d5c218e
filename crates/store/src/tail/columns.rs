//! Fresh rows as columns: made when a question first needs them, and kept beside the rows for every one that follows.
//! What changes from view to view, who is whom and who was erased, is not in them.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::block::TailBlock;
use crate::chunk::column::Column;
use crate::leaves::lookup_all;
use crate::value::Owned;

/// The most properties that are kept of a block; the one that was not asked for the longest makes room.
pub(crate) const COLUMNS_MAX: usize = 24;
/// About the most memory that those take together, in bytes a row; the same.
pub(crate) const COLUMN_BYTES_A_ROW: usize = 128;

/// The columns of one block, for as long as nothing is gathered in it.
#[derive(Debug, Default)]
pub(crate) struct TailColumns {
    fixed: OnceLock<Fixed>,
    /// Held while columns are made, so that two questions at a time do not make the same ones.
    kept: Mutex<Kept>,
}

/// What every row has.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) times: Vec<i64>,
    /// As stored, before merges.
    pub(crate) people: Vec<u32>,
    /// Indices into the block's names.
    pub(crate) events: Vec<u32>,
    pub(crate) offsets: Vec<i64>,
    /// The first and the last time.
    pub(crate) span_ms: (i64, i64),
}

#[derive(Debug, Default)]
struct Kept {
    columns: Vec<Property>,
    /// How often was asked.
    asked: u64,
}

#[derive(Debug)]
struct Property {
    name: String,
    column: Arc<Column>,
    bytes: usize,
    /// Which time it was asked for last.
    asked: u64,
}

impl TailColumns {
    /// What every row of `block` has.
    pub(crate) fn fixed(&self, block: &TailBlock) -> &Fixed {
        self.fixed.get_or_init(|| {
            let rows = &block.rows;
            let times = rows.iter().map(|row| row.time_ms);
            Fixed {
                span_ms: (times.clone().min().unwrap_or(i64::MAX), times.clone().max().unwrap_or(i64::MIN)),
                times: times.collect(),
                people: rows.iter().map(|row| row.person).collect(),
                events: rows.iter().map(|row| row.name).collect(),
                offsets: rows.iter().map(|row| row.offset.cast_signed()).collect(),
            }
        })
    }

    /// The columns of these properties of `block`, in their order. Those that are not kept are made if `make`;
    /// otherwise there are none if one is not kept.
    pub(crate) fn of(&self, block: &TailBlock, names: &[String], make: bool) -> Option<Vec<Arc<Column>>> {
        let mut kept = self.kept.lock();
        let mut missing: Vec<&str> = Vec::new();
        for name in names.iter().map(String::as_str) {
            if !kept.has(name) && !missing.contains(&name) {
                missing.push(name);
            }
        }
        if !missing.is_empty() && !make {
            return None;
        }
        kept.asked += 1;
        let made = columns(block, &missing);
        let find = |name: &String| match missing.iter().position(|missing| missing == name) {
            Some(index) => made.get(index).cloned(),
            None => kept.ask(name),
        };
        let found: Vec<Arc<Column>> = names.iter().map(find).map(Option::unwrap_or_default).collect();
        for (name, column) in missing.iter().zip(made) {
            kept.add(name, column, block.rows.len() * COLUMN_BYTES_A_ROW);
        }
        Some(found)
    }

    /// How many properties are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.kept.lock().columns.len()
    }
}

impl Kept {
    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|known| known.name == name)
    }

    fn ask(&mut self, name: &str) -> Option<Arc<Column>> {
        let property = self.columns.iter_mut().find(|known| known.name == name)?;
        property.asked = self.asked;
        Some(property.column.clone())
    }

    fn add(&mut self, name: &str, column: Arc<Column>, bytes_max: usize) {
        let bytes = column.bytes();
        if bytes > bytes_max {
            tracing::debug!(property = name, bytes, "not keeping a column of fresh rows, it is too large");
            return;
        }
        self.columns.push(Property { name: name.to_owned(), column, bytes, asked: self.asked });
        let is_full = |columns: &[Property]| {
            columns.len() > COLUMNS_MAX || columns.iter().map(|one| one.bytes).sum::<usize>() > bytes_max
        };
        while is_full(&self.columns)
            && let Some((oldest, _)) = self.columns.iter().enumerate().min_by_key(|(_, one)| one.asked)
        {
            let gone = self.columns.remove(oldest);
            tracing::debug!(property = gone.name, "letting go of a column of fresh rows, for want of room");
        }
    }
}

/// The columns of these properties, each object read once for all of them.
fn columns(block: &TailBlock, names: &[&str]) -> Vec<Arc<Column>> {
    if names.is_empty() {
        return Vec::new();
    }
    let mut values: Vec<Vec<Owned>> = vec![Vec::with_capacity(block.rows.len()); names.len()];
    for row in 0..block.rows.len() {
        for (column, value) in values.iter_mut().zip(look_into(block, row, names)) {
            column.push(value);
        }
    }
    values.into_iter().map(|values| Arc::new(Column::of(values))).collect()
}

/// The values of these properties in a row: of the properties, else of the context.
pub(crate) fn look_into(block: &TailBlock, row: usize, names: &[&str]) -> Vec<Owned> {
    let Some(row) = block.rows.get(row) else { return vec![Owned::Absent; names.len()] };
    let texts = block.texts(row);
    let mut found = lookup_all(texts.properties, names);
    if found.contains(&Owned::Absent) {
        for (slot, other) in found.iter_mut().zip(lookup_all(texts.context, names)) {
            if *slot == Owned::Absent {
                *slot = other;
            }
        }
    }
    found
}
