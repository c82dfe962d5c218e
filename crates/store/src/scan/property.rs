//! A property of a chunk by its name: one column, or several places that spell the same name.

use std::sync::Arc;

use crate::chunk::column::{Column, Form, Words};
use crate::chunk::directory::{ColumnEntry, Directory, Family, Fixed};
use crate::chunk::read::Reader;
use crate::error::StoreError;
use crate::leaves::{entries, name, scalar};
use crate::value::{Owned, Value};

/// In what questions look for a property: first in the properties, then in the context.
const ASKED: [Family; 2] = [Family::Properties, Family::Context];

/// The columns of a property, the one that counts most first, and whether the rest may have values of it too.
fn places<'d>(
    directory: &'d Directory,
    wanted: &str,
    families: &[Family],
) -> (Vec<(usize, &'d ColumnEntry)>, bool) {
    let asked = |family: Family, path: &str| families.contains(&family) && name(path) == wanted;
    // Columns stand sorted by family and path, which is the order in which they count.
    let columns = directory.columns.iter().enumerate().filter(|(_, entry)| asked(entry.family, &entry.path));
    let in_rest =
        directory.rare_unlisted || directory.rare.iter().any(|entry| asked(entry.family, &entry.path));
    (columns.collect(), in_rest)
}

/// The one column that has all values of a property: `Some(None)` where there are no values, `None` where they stand in
/// several places.
pub(super) fn one_column<'d>(
    directory: &'d Directory,
    wanted: &str,
) -> Option<Option<(usize, &'d ColumnEntry)>> {
    match places(directory, wanted, &ASKED) {
        (columns, false) if columns.len() <= 1 => Some(columns.first().copied()),
        _ => None,
    }
}

/// Where a chunk keeps a property.
pub(super) struct Property<'a> {
    name: &'a str,
    /// In which of the objects it is looked for.
    families: &'static [Family],
    /// Its columns, the one that counts most first.
    columns: Vec<(usize, Option<Arc<Words>>)>,
    /// Whether the rest may have values of it too.
    in_rest: bool,
}

impl<'a> Property<'a> {
    /// As questions name it: in the properties, then in the context.
    pub(super) fn find(reader: &Reader, wanted: &'a str) -> Result<Self, StoreError> {
        Self::find_in(reader, wanted, &ASKED)
    }

    /// In some of the objects alone.
    pub(super) fn find_in(
        reader: &Reader,
        wanted: &'a str,
        families: &'static [Family],
    ) -> Result<Self, StoreError> {
        let mut columns = Vec::new();
        let (places, in_rest) = places(&reader.chunk.directory, wanted, families);
        for (index, entry) in places {
            columns.push((index, reader.words(entry, Form::Values)?));
        }
        Ok(Self { name: wanted, families, columns, in_rest })
    }

    /// The values of a stripe.
    pub(super) fn read(&self, reader: &Reader, stripe: usize) -> Result<Column, StoreError> {
        let directory = &reader.chunk.directory;
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, words) in &self.columns {
            let Some(entry) = directory.columns.get(*index) else { continue };
            let column = reader.column(entry, words.as_ref(), stripe, Form::Values)?;
            if !column.is_absent() {
                columns.push((entry.family, entry.path.as_str(), column));
            }
        }
        let rest = if self.in_rest { reader.fixed(Fixed::Rest, stripe)? } else { Column::ABSENT };
        if rest.is_absent() && columns.len() <= 1 {
            return Ok(columns.pop().map_or(Column::ABSENT, |(_, _, column)| column));
        }
        let rows = directory.stripes.get(stripe).map_or(0, |stripe| stripe.rows as usize);
        Ok(Column::mixed((0..rows).map(|row| self.first(row, &columns, &rest)).collect()))
    }

    /// The value of a row that counts most.
    fn first(&self, row: usize, columns: &[(Family, &str, Column)], rest: &Column) -> Owned {
        let found = columns.iter().find_map(|(family, path, column)| match column.get(row) {
            Value::Absent => None,
            value => Some(((*family, (*path).to_owned()), value.to_owned())),
        });
        let Value::Text(rest) = rest.get(row) else {
            return found.map(|(_, value)| value).unwrap_or_default();
        };
        let mut best = found;
        entries(rest, &mut |key, value| {
            let Some(family) = key.chars().next().and_then(Family::from_letter) else { return };
            let Some(path) = key.get(1..).filter(|path| name(path) == self.name) else { return };
            let place = (family, path.to_owned());
            let better = best.as_ref().is_none_or(|(known, _)| place < *known);
            let value = if let Value::Json(raw) = value { scalar(raw) } else { value.to_owned() };
            if better && self.families.contains(&family) && value != Owned::Absent {
                best = Some((place, value));
            }
        });
        best.map(|(_, value)| value).unwrap_or_default()
    }
}
