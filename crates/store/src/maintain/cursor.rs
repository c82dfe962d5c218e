//! Walking through the rows of a chunk in their order, with everything they have.

use std::sync::Arc;

use crate::chunk::build::{Builder, Head, kind_from};
use crate::chunk::column::{Column, Form, Words};
use crate::chunk::directory::{Family, Fixed, Shape};
use crate::chunk::read::Reader;
use crate::error::StoreError;
use crate::leaves::{entries, raw_leaf};
use crate::value::Value;

/// A place in a chunk, with the stripe around it decoded.
pub(crate) struct RowCursor {
    pub(crate) reader: Reader,
    words: Vec<Option<Arc<Words>>>,
    stripe: usize,
    row: usize,
    decoded: Option<Decoded>,
}

/// A decoded stripe.
struct Decoded {
    people: Vec<i64>,
    times: Vec<i64>,
    offsets: Vec<i64>,
    events: Vec<i64>,
    kinds: Vec<i64>,
    sources: Vec<i64>,
    received: Vec<i64>,
    message_ids: Column,
    findings: Column,
    rest: Column,
    columns: Vec<Column>,
}

impl RowCursor {
    /// Stands before the first row of `stripe`.
    pub(crate) fn new(reader: Reader, stripe: usize) -> Result<Self, StoreError> {
        let columns = reader.chunk.directory.columns.iter().skip(Fixed::ALL.len());
        let words = columns.map(|entry| reader.words(entry, Form::Raw)).collect::<Result<_, _>>()?;
        let mut cursor = Self { reader, words, stripe, row: 0, decoded: None };
        cursor.decode(stripe)?;
        Ok(cursor)
    }

    /// Goes to a row of a stripe.
    pub(crate) fn seek(&mut self, stripe: usize, row: usize) -> Result<(), StoreError> {
        if stripe != self.stripe {
            self.decode(stripe)?;
        }
        self.row = row;
        Ok(())
    }

    /// Goes to the next row.
    pub(crate) fn advance(&mut self) -> Result<(), StoreError> {
        self.row += 1;
        if self.decoded.as_ref().is_some_and(|stripe| self.row >= stripe.people.len()) {
            self.decode(self.stripe + 1)?;
        }
        Ok(())
    }

    fn decode(&mut self, stripe: usize) -> Result<(), StoreError> {
        (self.stripe, self.row, self.decoded) = (stripe, 0, None);
        if stripe >= self.reader.chunk.directory.stripes.len() {
            return Ok(());
        }
        let reader = &self.reader;
        let entries = reader.chunk.directory.columns.iter().skip(Fixed::ALL.len());
        let mut columns = Vec::with_capacity(self.words.len());
        for (entry, words) in entries.zip(&self.words) {
            columns.push(reader.column(entry, words.as_ref(), stripe, Form::Raw)?);
        }
        let times = reader.numbers(Fixed::Time, stripe)?;
        let received = reader.numbers(Fixed::Received, stripe)?;
        let mut offsets = Vec::new();
        reader.offsets_by(stripe, (&times, &received), &mut offsets)?;
        self.decoded = Some(Decoded {
            people: reader.numbers(Fixed::Person, stripe)?,
            message_ids: reader.message_ids(stripe, &offsets)?,
            times,
            offsets,
            events: reader.numbers(Fixed::Event, stripe)?,
            kinds: reader.numbers(Fixed::Kind, stripe)?,
            sources: reader.numbers(Fixed::Source, stripe)?,
            received,
            findings: reader.fixed(Fixed::Findings, stripe)?,
            rest: reader.fixed(Fixed::Rest, stripe)?,
            columns,
        });
        Ok(())
    }

    /// What every row has; `None` at the end.
    pub(crate) fn head(&self) -> Option<Head<'_>> {
        let (stripe, row) = (self.decoded.as_ref()?, self.row);
        let directory = &self.reader.chunk.directory;
        let time_ms = *stripe.times.get(row)?;
        let event = usize::try_from(*stripe.events.get(row)?).ok()?;
        let source = usize::try_from(*stripe.sources.get(row)?).ok()?;
        Some(Head {
            person: u32::try_from(*stripe.people.get(row)?).ok()?,
            time_ms,
            received_ms: time_ms.wrapping_add(*stripe.received.get(row)?),
            offset: stripe.offsets.get(row)?.cast_unsigned(),
            kind: kind_from(*stripe.kinds.get(row)?)?,
            source: directory.sources.get(source).copied()?,
            event: directory.events.get(event).map(|event| event.name.as_str())?,
            message_id: as_text(stripe.message_ids.get(row)),
            findings: as_text(stripe.findings.get(row)),
        })
    }

    /// What decides the order of rows.
    pub(crate) fn key(&self) -> Option<(u32, i64, u64)> {
        let (stripe, row) = (self.decoded.as_ref()?, self.row);
        let person = u32::try_from(*stripe.people.get(row)?).ok()?;
        Some((person, *stripe.times.get(row)?, stripe.offsets.get(row)?.cast_unsigned()))
    }

    /// Calls `visit` with every leaf of the row, as it was written.
    pub(crate) fn leaves(&self, visit: &mut dyn FnMut(Family, &str, Value<'_>)) {
        let Some(stripe) = &self.decoded else { return };
        let directory = &self.reader.chunk.directory;
        for (entry, column) in directory.columns.iter().skip(Fixed::ALL.len()).zip(&stripe.columns) {
            match column.get(self.row) {
                Value::Absent => {}
                Value::Json(raw) if entry.shape == Shape::Json => {
                    raw_leaf(raw, &mut |value| visit(entry.family, &entry.path, value));
                }
                value => visit(entry.family, &entry.path, value),
            }
        }
        entries_of(as_text(stripe.rest.get(self.row)), visit);
    }

    /// Puts the row into `builder`, the one with this number among those that `copying` is used for.
    pub(crate) fn copy_to(
        &self,
        builder: &mut Builder,
        number: usize,
        copying: &mut Copying,
    ) -> Result<(), StoreError> {
        let head = self.head().ok_or_else(|| self.reader.damaged("a row"))?;
        builder.row(&head)?;
        copying.begin((self.reader.chunk.header.chunk, number), self.words.len());
        let Some(stripe) = &self.decoded else { return Ok(()) };
        let entries = self.reader.chunk.directory.columns.iter().skip(Fixed::ALL.len());
        for ((entry, column), known) in entries.zip(&stripe.columns).zip(&mut copying.columns) {
            if let (Some(code), Some(words)) = (column.code(self.row), column.words())
                && matches!(entry.shape, Shape::Texts | Shape::TextRuns)
            {
                known.word(builder, (entry.family, &entry.path), (code, words))?;
                continue;
            }
            match column.get(self.row) {
                Value::Absent => {}
                Value::Json(raw) if entry.shape == Shape::Json => {
                    let mut result = Ok(());
                    raw_leaf(raw, &mut |value| result = builder.leaf(entry.family, &entry.path, &value));
                    result?;
                }
                value => builder.leaf(entry.family, &entry.path, &value)?,
            }
        }
        let mut result = Ok(());
        entries_of(as_text(stripe.rest.get(self.row)), &mut |family, path, value| {
            if result.is_ok() {
                result = builder.leaf(family, path, &value);
            }
        });
        result
    }
}

/// What is known of the columns of one chunk while its rows are put into one builder.
#[derive(Default)]
pub(crate) struct Copying {
    /// The chunk, and the number of the builder.
    of: (u128, usize),
    columns: Vec<Known>,
}

impl Copying {
    /// Forgets everything if it is not of `of`.
    fn begin(&mut self, of: (u128, usize), columns: usize) {
        if self.of != of || self.columns.len() != columns {
            self.of = of;
            self.columns.clear();
            self.columns.resize_with(columns, Known::default);
        }
    }
}

/// Where a builder has a column, and the words of the chunk's dictionary.
#[derive(Default)]
struct Known {
    place: Option<usize>,
    /// For each code its number there, and one more, so that 0 is unknown.
    words: Vec<u32>,
}

impl Known {
    /// Puts a word of a dictionary into the row begun last.
    fn word(
        &mut self,
        builder: &mut Builder,
        (family, path): (Family, &str),
        (code, words): (u32, &Words),
    ) -> Result<(), StoreError> {
        let Value::Text(text) = words.get(code) else { return Ok(()) };
        if self.place.is_none() {
            self.place = builder.place(family, path);
            self.words.resize(words.len(), 0);
        }
        let (Some(place), Some(known)) = (self.place, self.words.get_mut(code as usize)) else {
            return builder.leaf(family, path, &Value::Text(text));
        };
        if *known == 0 {
            *known = builder.word(place, text)?.saturating_add(1);
        }
        builder.put_word(place, *known - 1, path.len() + text.len())
    }
}

/// The entries of a row's rest.
pub(crate) fn entries_of(rest: &str, visit: &mut dyn FnMut(Family, &str, Value<'_>)) {
    entries(rest, &mut |key, value| {
        let family = key.chars().next().and_then(Family::from_letter);
        if let (Some(family), Some(path)) = (family, key.get(1..)) {
            visit(family, path, value);
        }
    });
}

fn as_text(value: Value<'_>) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
