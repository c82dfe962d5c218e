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
        self.decoded = Some(Decoded {
            people: reader.numbers(Fixed::Person, stripe)?,
            times: reader.numbers(Fixed::Time, stripe)?,
            offsets: reader.numbers(Fixed::Offset, stripe)?,
            events: reader.numbers(Fixed::Event, stripe)?,
            kinds: reader.numbers(Fixed::Kind, stripe)?,
            sources: reader.numbers(Fixed::Source, stripe)?,
            received: reader.numbers(Fixed::Received, stripe)?,
            message_ids: reader.fixed(Fixed::MessageId, stripe)?,
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
        entries(as_text(stripe.rest.get(self.row)), &mut |key, value| {
            let family = key.chars().next().and_then(Family::from_letter);
            if let (Some(family), Some(path)) = (family, key.get(1..)) {
                visit(family, path, value);
            }
        });
    }

    /// Puts the row into `builder`.
    pub(crate) fn copy_to(&self, builder: &mut Builder) -> Result<(), StoreError> {
        let head = self.head().ok_or_else(|| self.reader.damaged("a row"))?;
        builder.row(&head)?;
        let mut result = Ok(());
        self.leaves(&mut |family, path, value| {
            if result.is_ok() {
                result = builder.leaf(family, path, &value);
            }
        });
        result
    }
}

fn as_text(value: Value<'_>) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
