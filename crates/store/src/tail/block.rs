//! Fresh rows in memory and, the same way, in a frame on disk.

use model::{EventRecord, Kind, Order, PersonCode};
use serde::{Deserialize, Serialize};

use crate::chunk::build::Head;
use crate::error::StoreError;

/// The most rows that are gathered in one block.
pub(crate) const BLOCK_ROWS_MAX: usize = 4_096;
/// The most text that is gathered in one block, unless a single batch is longer.
pub(crate) const BLOCK_TEXT_MAX: usize = 4 << 20;
/// How many names are searched for one that is already there; further ones may stand twice.
const NAMES_SEARCHED: usize = 64;

/// Fresh rows of one workspace.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TailBlock {
    pub(crate) rows: Vec<TailRow>,
    pub(crate) orders: Vec<(u64, Note)>,
    names: Vec<String>,
    sources: Vec<u128>,
    text: String,
}

/// What an order means to stored rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Note {
    /// `from` is `into` from here on.
    Merge {
        /// The code that goes on living.
        into: u32,
        /// The code that now points to it.
        from: u32,
    },
    /// Rows of the person before this place are gone.
    Erase {
        /// Which person.
        person: u32,
    },
    /// A merged person is one of their own again.
    Part {
        /// Which person.
        person: u32,
    },
}

/// A fresh row; its texts stand one behind the other in the block's text.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct TailRow {
    pub(crate) offset: u64,
    pub(crate) time_ms: i64,
    pub(crate) received_ms: i64,
    pub(crate) person: u32,
    pub(crate) kind: Kind,
    /// An index into the block's names.
    pub(crate) name: u32,
    source: u32,
    start: u32,
    lengths: [u32; 5],
}

/// From this version on a row's place, times and text are written as differences from what came before them.
const DIFFERENCES_SINCE: u16 = 3;

/// What a row's numbers are told by.
#[derive(Default)]
struct Before {
    offset: u64,
    time_ms: i64,
    end: u32,
}

impl Before {
    fn less(&mut self, row: &TailRow) -> TailRow {
        let told = TailRow {
            offset: row.offset.wrapping_sub(self.offset),
            time_ms: row.time_ms.wrapping_sub(self.time_ms),
            received_ms: row.received_ms.wrapping_sub(row.time_ms),
            start: row.start.wrapping_sub(self.end),
            ..*row
        };
        self.pass(row);
        told
    }

    fn more(&mut self, row: &mut TailRow) {
        row.offset = row.offset.wrapping_add(self.offset);
        row.time_ms = row.time_ms.wrapping_add(self.time_ms);
        row.received_ms = row.received_ms.wrapping_add(row.time_ms);
        row.start = row.start.wrapping_add(self.end);
        self.pass(row);
    }

    fn pass(&mut self, row: &TailRow) {
        let bytes = row.lengths.iter().fold(0, |sum: u32, length| sum.wrapping_add(*length));
        *self = Self { offset: row.offset, time_ms: row.time_ms, end: row.start.wrapping_add(bytes) };
    }
}

/// The texts of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) properties: &'a str,
    pub(crate) context: &'a str,
    pub(crate) traits: &'a str,
    pub(crate) findings: &'a str,
}

impl TailBlock {
    /// As a frame of a file of that version has it.
    pub(crate) fn write(&self, version: u16) -> Option<Vec<u8>> {
        if version < DIFFERENCES_SINCE {
            return postcard::to_stdvec(self).ok();
        }
        let Self { rows, orders, names, sources, text } = self;
        let mut before = Before::default();
        let rows: Vec<TailRow> = rows.iter().map(|row| before.less(row)).collect();
        // The fields as they would be written.
        postcard::to_stdvec(&(rows, orders, names, sources, text)).ok()
    }

    /// Reads what [`TailBlock::write`] made.
    pub(crate) fn read(plain: &[u8], version: u16) -> Option<Self> {
        let mut block: Self = postcard::from_bytes(plain).ok()?;
        if version >= DIFFERENCES_SINCE {
            let mut before = Before::default();
            block.rows.iter_mut().for_each(|row| before.more(row));
        }
        Some(block)
    }

    /// Adds an event.
    pub(crate) fn push_event(
        &mut self,
        offset: u64,
        person: PersonCode,
        event: &EventRecord,
    ) -> Result<(), StoreError> {
        let findings = match event.findings.as_slice() {
            [] => String::new(),
            findings => serde_json::to_string(findings).unwrap_or_default(),
        };
        let texts = Texts {
            message_id: &event.message_id,
            properties: &event.properties,
            context: &event.context,
            traits: &event.traits,
            findings: &findings,
        };
        let head = Head {
            person: person.0,
            time_ms: event.time_ms,
            received_ms: event.received_ms,
            offset,
            kind: event.kind,
            source: event.source.0,
            event: &event.name,
            message_id: &event.message_id,
            findings: &findings,
        };
        self.push(&head, &texts)
    }

    fn push(&mut self, head: &Head<'_>, texts: &Texts<'_>) -> Result<(), StoreError> {
        let too_large = || StoreError::TooLarge { what: "a batch of fresh rows", max: u64::from(u32::MAX) };
        let start = u32::try_from(self.text.len()).map_err(|_| too_large())?;
        let mut lengths = [0; 5];
        for (length, text) in lengths.iter_mut().zip(texts.in_order()) {
            *length = u32::try_from(text.len()).map_err(|_| too_large())?;
            self.text.push_str(text);
        }
        self.rows.push(TailRow {
            offset: head.offset,
            time_ms: head.time_ms,
            received_ms: head.received_ms,
            person: head.person,
            kind: head.kind,
            name: place(&mut self.names, |name| name == head.event, || head.event.to_owned()),
            source: place(&mut self.sources, |source| *source == head.source, || head.source),
            start,
            lengths,
        });
        Ok(())
    }

    /// Adds an order.
    pub(crate) fn push_order(&mut self, offset: u64, order: &Order) {
        let note = match order {
            Order::Merge { into, from, .. }
            | Order::Join { into, from, .. }
            | Order::Standing { into: Some(into), person: from, .. } => {
                Note::Merge { into: into.0, from: from.0 }
            }
            Order::Unmerge { from: person, .. } | Order::Standing { person, into: None, .. } => {
                Note::Part { person: person.0 }
            }
            Order::Erase { person, .. } => Note::Erase { person: person.0 },
            // A purge is carried out by its own runner, which rewrites chunks; who is kept apart, or agreed to what, is not asked here.
            Order::Purge { .. } | Order::Apart { .. } | Order::Consent { .. } => return,
        };
        self.orders.push((offset, note));
    }

    /// Whether `other` may be gathered into this block.
    pub(crate) fn has_room_for(&self, other: &Self) -> bool {
        self.rows.len() + other.rows.len() <= BLOCK_ROWS_MAX
            && self.text.len() + other.text.len() <= BLOCK_TEXT_MAX
    }

    /// Adds everything of `other`.
    pub(crate) fn gather(&mut self, other: &Self) -> Result<(), StoreError> {
        for row in &other.rows {
            self.push(&other.head(row), &other.texts(row))?;
        }
        self.orders.extend_from_slice(&other.orders);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.orders.is_empty()
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.rows.len() * size_of::<TailRow>()
    }

    pub(crate) fn event(&self, row: &TailRow) -> &str {
        self.names.get(row.name as usize).map_or("", String::as_str)
    }

    /// The names of the events; some may stand twice.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn head<'a>(&'a self, row: &TailRow) -> Head<'a> {
        let texts = self.texts(row);
        Head {
            person: row.person,
            time_ms: row.time_ms,
            received_ms: row.received_ms,
            offset: row.offset,
            kind: row.kind,
            source: self.sources.get(row.source as usize).copied().unwrap_or_default(),
            event: self.event(row),
            message_id: texts.message_id,
            findings: texts.findings,
        }
    }

    pub(crate) fn texts(&self, row: &TailRow) -> Texts<'_> {
        let mut at = row.start as usize;
        let mut next = |length: u32| {
            let end = at.saturating_add(length as usize);
            let text = self.text.get(at..end).unwrap_or_default();
            at = end;
            text
        };
        let [message_id, properties, context, traits, findings] = row.lengths;
        Texts {
            message_id: next(message_id),
            properties: next(properties),
            context: next(context),
            traits: next(traits),
            findings: next(findings),
        }
    }
}

impl<'a> Texts<'a> {
    fn in_order(&self) -> [&'a str; 5] {
        [self.message_id, self.properties, self.context, self.traits, self.findings]
    }
}

/// The index of a value in a short list, at whose end it is put if it is not found.
fn place<T>(list: &mut Vec<T>, same: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> u32 {
    let index = list.iter().take(NAMES_SEARCHED).position(same).unwrap_or_else(|| {
        list.push(make());
        list.len() - 1
    });
    u32::try_from(index).unwrap_or(u32::MAX)
}
