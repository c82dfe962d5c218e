//! What a chunk holds and where: the sealed part of its header.

use serde::{Deserialize, Serialize};

use crate::value::Kinds;

/// What a chunk holds and where.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Directory {
    /// The parts of up to `STRIPE_ROWS` rows that are read together.
    pub(crate) stripes: Vec<Stripe>,
    /// The columns: first the fixed ones in the order of `Fixed`, then by family and path.
    pub(crate) columns: Vec<ColumnEntry>,
    /// The event names; a row's code is the index.
    pub(crate) events: Vec<EventEntry>,
    /// The sources; a row's code is the index.
    pub(crate) sources: Vec<u128>,
    /// Paths too rare for a column of their own.
    pub(crate) rare: Vec<RareEntry>,
    /// Whether the rest holds paths that `rare` does not list.
    pub(crate) rare_unlisted: bool,
    /// The journal offset after the last of its rows.
    pub(crate) end_offset: u64,
    /// When the newest of its rows arrived.
    pub(crate) received_max_ms: i64,
    /// The length of its rows as JSON, as a measure for merging.
    pub(crate) plain_bytes: u64,
}

/// Person, time and place in the journal: what rows are sorted by.
pub(crate) type RowKey = (u32, i64, u64);

/// The blocks of counts (`counts`), since version 3.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CountBlocks {
    /// Of the rows as they are; length 0 where there are none.
    pub(crate) rows: BlockRef,
    /// By columns with a dictionary: the place of each among the columns, and its block.
    pub(crate) columns: Vec<(u32, BlockRef)>,
}

/// What was listed of events (`lists`), since version 4.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ListBlocks {
    /// How many people did anything, themselves.
    pub(crate) people: u32,
    /// Their codes, ascending.
    pub(crate) people_block: BlockRef,
    /// In which hours they did; length 0 where that is not listed.
    pub(crate) own: BlockRef,
    /// Of each event, by its code. Who did it stands with the event.
    pub(crate) events: Vec<EventList>,
}

/// What was listed of one event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) enum EventList {
    #[default]
    Nothing,
    /// In which hours each of its people did it.
    Hours(BlockRef),
    /// Its rows, which are few: how many each of its people has, when they happened, and where they stand.
    Rows(BlockRef),
    /// A bit for each hour in which somebody did anything: whether they did it then. Since version 5.
    Bits(BlockRef),
}

/// What was put together for questions that need not read rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) counts: CountBlocks,
    pub(crate) lists: ListBlocks,
}

impl Prepared {
    /// All blocks.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = BlockRef> + use<'_> {
        let counts = self.counts.columns.iter().map(|(_, block)| *block);
        let lists = self.lists.events.iter().filter_map(|list| match list {
            EventList::Nothing => None,
            EventList::Hours(block) | EventList::Rows(block) | EventList::Bits(block) => Some(*block),
        });
        [self.counts.rows, self.lists.people_block, self.lists.own].into_iter().chain(counts).chain(lists)
    }
}

/// The first and the last row of a chunk, since version 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ends {
    pub(crate) first: RowKey,
    pub(crate) last: RowKey,
}

impl Ends {
    /// What is certain about a chunk of version 1.
    fn around(directory: &Directory) -> Self {
        let first = directory.stripes.first().map_or(0, |stripe| stripe.first_person);
        let last =
            directory.stripes.last().map_or(first, |stripe| stripe.last_person.max(stripe.first_person));
        Self { first: (first, i64::MIN, 0), last: (last, i64::MAX, u64::MAX) }
    }
}

impl Directory {
    /// As a chunk of the present version has it.
    pub(crate) fn write(&self, ends: &Ends, prepared: &Prepared) -> Option<Vec<u8>> {
        let plain = postcard::to_stdvec(self).ok()?;
        postcard::to_extend(&(ends, &prepared.counts, &prepared.lists), plain).ok()
    }

    /// As a chunk of version `version` has it.
    pub(crate) fn read(plain: &[u8], version: u16) -> Option<(Self, Ends, Prepared)> {
        let (directory, rest) = postcard::take_from_bytes::<Self>(plain).ok()?;
        if version == 1 {
            let ends = Ends::around(&directory);
            return Some((directory, ends, Prepared::default()));
        }
        let (ends, rest) = postcard::take_from_bytes(rest).ok()?;
        let mut prepared = Prepared::default();
        if version >= 3 {
            let (counts, rest) = postcard::take_from_bytes(rest).ok()?;
            prepared.counts = counts;
            if version >= 4 {
                prepared.lists = postcard::from_bytes(rest).ok()?;
            }
        }
        Some((directory, ends, prepared))
    }
}

/// Rows that are read together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stripe {
    pub(crate) rows: u32,
    pub(crate) min_ms: i64,
    pub(crate) max_ms: i64,
    pub(crate) first_person: u32,
    pub(crate) last_person: u32,
    /// How many rows of which event.
    pub(crate) events: Vec<(u32, u32)>,
}

/// A column and its blocks, one a stripe.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct ColumnEntry {
    pub(crate) family: Family,
    pub(crate) path: String,
    pub(crate) shape: Shape,
    /// What kinds of value it holds.
    pub(crate) kinds: Kinds,
    /// The dictionary, where the blocks hold codes.
    pub(crate) words: Option<BlockRef>,
    pub(crate) blocks: Vec<BlockRef>,
}

/// Where a column comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum Family {
    /// What every row has.
    Fixed,
    /// The event's properties.
    Properties,
    /// The event's context.
    Context,
    /// The traits that came with the event.
    Traits,
}

impl Family {
    pub(crate) const JSON: [Self; 3] = [Self::Properties, Self::Context, Self::Traits];

    /// The letter before a path in the rest.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Fixed => 'f',
            Self::Properties => 'p',
            Self::Context => 'c',
            Self::Traits => 't',
        }
    }

    pub(crate) fn from_letter(letter: char) -> Option<Self> {
        Self::JSON.into_iter().find(|family| family.letter() == letter)
    }

    /// Its place in an array of the families with JSON.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Fixed | Self::Properties => 0,
            Self::Context => 1,
            Self::Traits => 2,
        }
    }
}

/// The columns that every chunk has, in the order in which they stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fixed {
    Person,
    Time,
    Event,
    Kind,
    Source,
    Received,
    Offset,
    MessageId,
    Findings,
    Rest,
}

impl Fixed {
    pub(crate) const ALL: [(Self, &'static str, Shape); 10] = [
        (Self::Person, "person", Shape::Runs),
        (Self::Time, "time", Shape::Leaps),
        (Self::Event, "event", Shape::Ints),
        (Self::Kind, "kind", Shape::Ints),
        (Self::Source, "source", Shape::Ints),
        (Self::Received, "received", Shape::Ints),
        (Self::Offset, "offset", Shape::Arrivals),
        (Self::MessageId, "message_id", Shape::Ids),
        (Self::Findings, "findings", Shape::Texts),
        (Self::Rest, "rest", Shape::Texts),
    ];
}

/// How the values of a column are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Shape {
    /// Whole numbers, as differences from the smallest.
    Ints,
    /// Whole numbers, as differences from the one before.
    Deltas,
    /// Truths, a bit each.
    Bools,
    /// Numbers, as their bits or as decimals.
    Floats,
    /// Texts.
    Texts,
    /// JSON texts of values of several kinds.
    Json,
    /// Whole numbers that stay the same for a while: each once, and for how many rows. Since version 2.
    Runs,
    /// Ids of messages, as what they are. Since version 3.
    Ids,
    /// Texts of a dictionary that stay the same for a while: the code of each once, and for how many values. Since version 5.
    TextRuns,
    /// Whole numbers that mostly rise by a little. Since version 5.
    Leaps,
    /// Places in the journal, as differences from where they would be by the rows' times of arrival; the column's words are the
    /// list that tells where that is. Since version 5.
    Arrivals,
}

/// Where a block lies, counted from the end of the directory. Length 0: no row of the stripe has a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct BlockRef {
    /// Its number, part of what it is sealed with.
    pub(crate) number: u32,
    pub(crate) at: u64,
    pub(crate) bytes: u32,
}

/// An event name, how often it stands here, and who did it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct EventEntry {
    pub(crate) name: String,
    pub(crate) rows: u32,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// How many people did it.
    pub(crate) people: u32,
    /// Their codes, ascending; length 0 where [`EventList::Bits`] tell them.
    pub(crate) people_block: BlockRef,
}

/// A path that is too rare for a column.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct RareEntry {
    pub(crate) family: Family,
    pub(crate) path: String,
    pub(crate) kinds: Kinds,
}
