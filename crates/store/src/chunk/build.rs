//! Rows in, blocks out. Rows must come sorted by person, time and offset.

mod columns;
mod finish;

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::Kind;

use super::directory::Family;
use super::pack::Cell;
use crate::error::StoreError;
use crate::intern::Interner;
use crate::value::{Kinds, Value};

pub(crate) use columns::block_aad;
pub(crate) use finish::{Built, kind_from};

/// The most paths that are told apart while a chunk is built; values of further ones go to the rest.
const PATHS_MAX: usize = 4_096;

/// What every row has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) person: u32,
    pub(crate) time_ms: i64,
    pub(crate) received_ms: i64,
    pub(crate) offset: u64,
    pub(crate) kind: Kind,
    pub(crate) source: u128,
    pub(crate) event: &'a str,
    pub(crate) message_id: &'a str,
    /// JSON, or empty where the shield found nothing.
    pub(crate) findings: &'a str,
}

/// Gathers the rows of one chunk in columns.
#[derive(Default)]
pub(crate) struct Builder {
    people: Vec<u32>,
    times: Vec<i64>,
    received: Vec<i64>,
    offsets: Vec<u64>,
    kinds: Vec<Kind>,
    events: Vec<u32>,
    sources: Vec<u32>,
    event_names: Interner,
    source_ids: Vec<u128>,
    message_ids: Interner,
    findings: Gathered,
    paths: [HashMap<Box<str>, u32, FixedState>; 3],
    gathered: Vec<NamedColumn>,
    rest: BTreeMap<u32, Vec<(String, String)>>,
    rare_unlisted: bool,
    plain_bytes: u64,
}

/// The values of one path, and which it is.
type NamedColumn = (Family, Box<str>, Gathered);

/// The values of one path.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) rows: Vec<u32>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) words: Interner,
    pub(crate) kinds: Kinds,
    /// Whether a whole number is too large for a float to hold exactly.
    pub(crate) large_int: bool,
}

impl Builder {
    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.people.len()
    }

    /// How long the rows are as JSON.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.plain_bytes
    }

    /// Begins a row; its values follow by [`Builder::leaf`].
    pub(crate) fn row(&mut self, head: &Head<'_>) -> Result<(), StoreError> {
        let row = self.next_row()?;
        self.people.push(head.person);
        self.times.push(head.time_ms);
        self.received.push(head.received_ms);
        self.offsets.push(head.offset);
        self.kinds.push(head.kind);
        self.events.push(self.event_names.number(head.event)?);
        let source = match self.source_ids.iter().position(|source| *source == head.source) {
            Some(index) => index,
            None => {
                self.source_ids.push(head.source);
                self.source_ids.len() - 1
            }
        };
        self.sources.push(u32::try_from(source).unwrap_or(u32::MAX));
        self.message_ids.append(head.message_id)?;
        if !head.findings.is_empty() {
            self.findings.add(row, &Value::Text(head.findings))?;
        }
        self.plain_bytes += (head.message_id.len() + head.findings.len() + head.event.len() + 32) as u64;
        Ok(())
    }

    /// A value of the row begun last.
    pub(crate) fn leaf(&mut self, family: Family, path: &str, value: &Value<'_>) -> Result<(), StoreError> {
        let row = self.next_row()?.saturating_sub(1);
        self.plain_bytes += path.len() as u64 + 4;
        if let Value::Text(text) | Value::Json(text) = value {
            self.plain_bytes += text.len() as u64;
        }
        if *value == Value::Json("null") {
            self.put_rest(row, family, path, value);
            return Ok(());
        }
        let Some(index) = self.place(family, path) else {
            self.rare_unlisted = true;
            self.put_rest(row, family, path, value);
            return Ok(());
        };
        match self.gathered.get_mut(index) {
            Some((_, _, gathered)) => gathered.add(row, value),
            None => Ok(()),
        }
    }

    /// Where the values of a path are gathered; `None` where there are too many paths.
    pub(crate) fn place(&mut self, family: Family, path: &str) -> Option<usize> {
        let known = self.paths.get(family.index()).and_then(|paths| paths.get(path)).copied();
        match known {
            Some(index) => Some(index as usize),
            None if self.gathered.len() >= PATHS_MAX => None,
            None => Some(self.new_path(family, path)),
        }
    }

    /// The number of a text among the words of a path.
    pub(crate) fn word(&mut self, place: usize, text: &str) -> Result<u32, StoreError> {
        match self.gathered.get_mut(place) {
            Some((_, _, gathered)) => gathered.words.number(text),
            None => Ok(0),
        }
    }

    /// As [`Builder::leaf`], with a text by its number; path and text together are so long.
    pub(crate) fn put_word(&mut self, place: usize, word: u32, bytes: usize) -> Result<(), StoreError> {
        let row = self.next_row()?.saturating_sub(1);
        self.plain_bytes += bytes as u64 + 4;
        if let Some((_, _, gathered)) = self.gathered.get_mut(place) {
            gathered.kinds.texts += 1;
            gathered.rows.push(row);
            gathered.cells.push(Cell::Text(word));
        }
        Ok(())
    }

    fn new_path(&mut self, family: Family, path: &str) -> usize {
        let index = self.gathered.len();
        if let Some(paths) = self.paths.get_mut(family.index()) {
            paths.insert(path.into(), u32::try_from(index).unwrap_or(u32::MAX));
        }
        self.gathered.push((family, path.into(), Gathered::default()));
        index
    }

    fn put_rest(&mut self, row: u32, family: Family, path: &str, value: &Value<'_>) {
        let mut raw = String::new();
        value.write_json(&mut raw);
        self.rest.entry(row).or_default().push((format!("{}{path}", family.letter()), raw));
    }

    fn next_row(&self) -> Result<u32, StoreError> {
        u32::try_from(self.people.len())
            .map_err(|_| StoreError::TooLarge { what: "a chunk", max: u64::from(u32::MAX) })
    }
}

impl Gathered {
    pub(crate) fn add(&mut self, row: u32, value: &Value<'_>) -> Result<(), StoreError> {
        const EXACT: i64 = 1 << 53;
        let cell = match value {
            Value::Absent => return Ok(()),
            Value::Bool(truth) => Cell::Bool(*truth),
            Value::Int(number) => {
                self.large_int |= *number > EXACT || *number < -EXACT;
                Cell::Int(*number)
            }
            Value::Float(number) => Cell::Float(*number),
            Value::Text(text) => Cell::Text(self.words.number(text)?),
            Value::Json(text) => Cell::Json(self.words.number(text)?),
        };
        self.kinds.count(value);
        self.rows.push(row);
        self.cells.push(cell);
        Ok(())
    }

    /// The value of a cell.
    pub(crate) fn value(&self, cell: Cell) -> Value<'_> {
        match cell {
            Cell::Bool(truth) => Value::Bool(truth),
            Cell::Int(number) => Value::Int(number),
            Cell::Float(number) => Value::Float(number),
            Cell::Text(word) => Value::Text(self.words.texts().get(word as usize)),
            Cell::Json(word) => Value::Json(self.words.texts().get(word as usize)),
        }
    }
}
