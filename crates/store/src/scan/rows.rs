//! Reading by rows for whoever asks for the next stripe when it suits them: what may end at any row, and holds no more than
//! one stripe at a time. Chunks and stripes that cannot have a row that fits are passed over by what their directories say.

use std::sync::Arc;

use model::PersonCode;

use super::View;
use crate::chunk::column::{Column, Form, Words};
use crate::chunk::directory::{Family, Fixed, Shape, Stripe};
use crate::chunk::read::{Chunk, Reader};
use crate::error::StoreError;
use crate::leaves::{assemble, raw_leaf};
use crate::maintain::cursor::entries_of;
use crate::tail::block::TailBlock;
use crate::value::Value;
use crate::workspace::Listed;

/// Which rows are wanted, and what of them.
#[derive(Clone, Debug)]
pub struct RowScan {
    /// Rows from this instant on, milliseconds since 1970, UTC.
    pub from_ms: i64,
    /// Rows before this instant.
    pub to_ms: i64,
    /// Rows of this event; of all, those that the house tells of people as well, if `None`.
    pub event: Option<String>,
    /// Rows of this person, after merges; of everybody if `None`.
    pub person: Option<PersonCode>,
    /// What is asked of each row.
    pub needs: RowNeeds,
}

/// What is asked of rows; the rest need not be read, and is answered as if it was empty.
#[derive(Clone, Copy, Default, Debug)]
pub struct RowNeeds {
    /// When they happened.
    pub times: bool,
    /// Whose they are.
    pub people: bool,
    /// Which event they are.
    pub events: bool,
    /// Their properties.
    pub properties: bool,
    /// Their context.
    pub context: bool,
}

impl RowNeeds {
    fn has(self, family: Family) -> bool {
        match family {
            Family::Properties => self.properties,
            Family::Context => self.context,
            Family::Fixed | Family::Traits => false,
        }
    }
}

/// Where a column stands in its chunk, and its dictionary.
type WordsOfColumn = (usize, Option<Arc<Words>>);

/// Goes through the rows of a [`View`], a stripe at a time.
#[derive(Debug)]
pub struct RowReader {
    view: View,
    scan: RowScan,
    /// The codes that the wanted person has in stored rows, sorted.
    codes: Option<Vec<u32>>,
    /// The chunk, or behind the chunks the part of the tail, that is read next.
    part: usize,
    stripe: usize,
    /// The wanted columns of the present chunk: their places in its directory, and their dictionaries.
    words: Option<Vec<WordsOfColumn>>,
    block: Block,
    /// The rows of the block that fit.
    rows: Vec<usize>,
    rows_read: u64,
}

/// The stripe or the fresh rows that are looked at.
#[derive(Debug)]
enum Block {
    None,
    Stripe(Decoded),
    Fresh(Arc<TailBlock>),
}

/// What was read of a stripe; what was not asked for is empty.
#[derive(Debug)]
struct Decoded {
    chunk: Arc<Chunk>,
    times: Vec<i64>,
    people: Vec<u32>,
    events: Vec<i64>,
    columns: Vec<(usize, Column)>,
    rest: Option<Column>,
}

impl View {
    /// Begins to go through the rows that `scan` wants.
    pub fn rows(&self, scan: RowScan) -> RowReader {
        let codes = scan.person.map(|person| {
            let mut codes = self.state.remap.codes_of(person.0);
            codes.sort_unstable();
            codes
        });
        RowReader {
            view: self.clone(),
            scan,
            codes,
            part: 0,
            stripe: 0,
            words: None,
            block: Block::None,
            rows: Vec::new(),
            rows_read: 0,
        }
    }
}

impl RowReader {
    /// Reads the next stripe that may have rows that fit and tells how many do, possibly none; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn next_block(&mut self) -> Result<Option<usize>, StoreError> {
        self.rows.clear();
        self.block = Block::None;
        let chunks = self.view.state.chunks.clone();
        loop {
            let Some(listed) = chunks.get(self.part) else {
                return Ok(self.next_fresh(chunks.len()));
            };
            let index = self.stripe;
            let Some(stripe) = listed.1.directory.stripes.get(index) else {
                (self.part, self.stripe, self.words) = (self.part + 1, 0, None);
                continue;
            };
            self.stripe += 1;
            if self.may_lie_in(listed, stripe) {
                self.rows_read += u64::from(stripe.rows);
                self.read(listed, (index, stripe))?;
                return Ok(Some(self.rows.len()));
            }
        }
    }

    /// How many rows were looked at so far.
    pub fn rows_read(&self) -> u64 {
        self.rows_read
    }

    /// When the row at this place of the block happened, milliseconds since 1970, UTC.
    pub fn time_ms(&self, at: usize) -> i64 {
        let Some(row) = self.rows.get(at) else { return 0 };
        match &self.block {
            Block::None => 0,
            Block::Stripe(decoded) => decoded.times.get(*row).copied().unwrap_or_default(),
            Block::Fresh(block) => block.rows.get(*row).map_or(0, |row| row.time_ms),
        }
    }

    /// Whose it is, after merges; nobody's if `None`.
    pub fn person(&self, at: usize) -> Option<PersonCode> {
        let row = *self.rows.get(at)?;
        let stored = match &self.block {
            Block::None => None,
            Block::Stripe(decoded) => decoded.people.get(row).copied(),
            Block::Fresh(block) => block.rows.get(row).map(|row| row.person),
        };
        let person = PersonCode(self.view.state.remap.survivor(stored?));
        (person != PersonCode::NOBODY).then_some(person)
    }

    /// Which event it is.
    pub fn event(&self, at: usize) -> &str {
        let Some(row) = self.rows.get(at) else { return "" };
        match &self.block {
            Block::None => "",
            Block::Stripe(decoded) => {
                let code = decoded.events.get(*row).and_then(|code| usize::try_from(*code).ok());
                let entry = code.and_then(|code| decoded.chunk.directory.events.get(code));
                entry.map_or("", |entry| entry.name.as_str())
            }
            Block::Fresh(block) => block.rows.get(*row).map_or("", |row| block.event(row)),
        }
    }

    /// Its properties, a JSON object.
    pub fn properties(&self, at: usize) -> String {
        self.object(at, Family::Properties)
    }

    /// Its context, a JSON object.
    pub fn context(&self, at: usize) -> String {
        self.object(at, Family::Context)
    }

    fn object(&self, at: usize, family: Family) -> String {
        let Some(row) = self.rows.get(at) else { return "{}".to_owned() };
        match &self.block {
            Block::None => "{}".to_owned(),
            Block::Stripe(decoded) => decoded.object(*row, family),
            Block::Fresh(block) => {
                let texts = block.rows.get(*row).map(|row| block.texts(row));
                let text = texts.map_or("{}", |texts| match family {
                    Family::Context => texts.context,
                    _ => texts.properties,
                });
                text.to_owned()
            }
        }
    }

    fn may_lie_in(&self, (_, chunk): &Listed, stripe: &Stripe) -> bool {
        let has_event = self.scan.event.as_ref().is_none_or(|event| {
            let named = |(code, _): &(u32, u32)| {
                chunk.directory.events.get(*code as usize).is_some_and(|entry| entry.name == *event)
            };
            stripe.events.iter().any(named)
        });
        has_event
            && stripe.max_ms >= self.scan.from_ms
            && stripe.min_ms < self.scan.to_ms
            && self.codes.as_ref().is_none_or(|codes| stripe.has_one_of(codes))
    }

    /// Reads the wanted columns of a stripe, and finds the rows that fit.
    fn read(&mut self, (entry, chunk): &Listed, (index, stripe): (usize, &Stripe)) -> Result<(), StoreError> {
        let (needs, remap) = (self.scan.needs, self.view.state.remap.clone());
        let reader = chunk.reader()?;
        let is_within = stripe.min_ms >= self.scan.from_ms && stripe.max_ms < self.scan.to_ms;
        let has_erased = (entry.erasures as usize) < remap.erasures()
            && remap.may_have_erased(stripe.first_person, stripe.last_person);
        let numbers = |wanted: bool, fixed| {
            if wanted { reader.numbers(fixed, index) } else { Ok(Vec::new()) }
        };
        let times = numbers(needs.times || !is_within, Fixed::Time)?;
        let events = numbers(needs.events || self.scan.event.is_some(), Fixed::Event)?;
        let offsets = numbers(has_erased, Fixed::Offset)?;
        let mut people = Vec::new();
        if needs.people || has_erased || self.codes.is_some() {
            reader.people(index, &mut people)?;
        }
        let code = self.scan.event.as_ref().and_then(|event| {
            let place = chunk.directory.events.iter().position(|entry| entry.name == *event);
            i64::try_from(place?).ok()
        });
        let fits = |row: &usize| {
            let time = times.get(*row).copied().unwrap_or_default();
            let person = people.get(*row).copied().unwrap_or_default();
            let offset = offsets.get(*row).copied().unwrap_or_default().cast_unsigned();
            (is_within || (self.scan.from_ms..self.scan.to_ms).contains(&time))
                && code.is_none_or(|code| events.get(*row) == Some(&code))
                && self.codes.as_ref().is_none_or(|codes| codes.binary_search(&person).is_ok())
                && !(has_erased && remap.is_erased(person, offset))
        };
        self.rows.extend((0..stripe.rows as usize).filter(fits));
        let (mut columns, mut rest) = (Vec::new(), None);
        if (needs.properties || needs.context) && !self.rows.is_empty() {
            for (place, words) in self.words_of(&reader)? {
                if let Some(entry) = chunk.directory.columns.get(*place) {
                    columns.push((*place, reader.column(entry, words.as_ref(), index, Form::Raw)?));
                }
            }
            rest = Some(reader.fixed(Fixed::Rest, index)?);
        }
        self.block = Block::Stripe(Decoded { chunk: chunk.clone(), times, people, events, columns, rest });
        Ok(())
    }

    /// The wanted columns of the present chunk, each with its dictionary.
    fn words_of(&mut self, reader: &Reader) -> Result<&[WordsOfColumn], StoreError> {
        let words = match self.words.take() {
            Some(words) => words,
            None => {
                let entries = reader.chunk.directory.columns.iter().enumerate().skip(Fixed::ALL.len());
                let wanted = entries.filter(|(_, entry)| self.scan.needs.has(entry.family));
                let read = wanted.map(|(place, entry)| Ok((place, reader.words(entry, Form::Raw)?)));
                read.collect::<Result<_, StoreError>>()?
            }
        };
        Ok(self.words.insert(words))
    }

    /// The next fresh rows; `chunks` is how many chunks there are before them.
    fn next_fresh(&mut self, chunks: usize) -> Option<usize> {
        let part = self.view.state.tail.get(self.part.checked_sub(chunks)?)?;
        self.part += 1;
        let (block, remap) = (part.block.clone(), &self.view.state.remap);
        self.rows_read += block.rows.len() as u64;
        let rows = block.rows.iter().enumerate().filter(|(_, row)| {
            (self.scan.from_ms..self.scan.to_ms).contains(&row.time_ms)
                && self.scan.event.as_ref().is_none_or(|event| block.event(row) == event)
                && self.codes.as_ref().is_none_or(|codes| codes.binary_search(&row.person).is_ok())
                && !remap.is_erased(row.person, row.offset)
        });
        self.rows.extend(rows.map(|(place, _)| place));
        self.block = Block::Fresh(block);
        Some(self.rows.len())
    }
}

impl Decoded {
    /// The properties or the context of a row, put together again.
    fn object(&self, row: usize, family: Family) -> String {
        let mut leaves: Vec<(String, String)> = Vec::new();
        let mut add = |path: &str, value: Value<'_>| {
            let mut raw = String::new();
            value.write_json(&mut raw);
            leaves.push((path.to_owned(), raw));
        };
        for (place, column) in &self.columns {
            let Some(entry) = self.chunk.directory.columns.get(*place) else { continue };
            if entry.family != family {
                continue;
            }
            match column.get(row) {
                Value::Absent => {}
                Value::Json(raw) if entry.shape == Shape::Json => {
                    raw_leaf(raw, &mut |value| add(&entry.path, value));
                }
                value => add(&entry.path, value),
            }
        }
        if let Some(Value::Text(rest)) = self.rest.as_ref().map(|rest| rest.get(row)) {
            entries_of(rest, &mut |of, path, value| {
                if of == family {
                    add(path, value);
                }
            });
        }
        assemble(&leaves)
    }
}
