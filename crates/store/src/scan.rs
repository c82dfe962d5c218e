//! Reading by columns: blocks of rows with the columns asked for, from chunks and from the tail, or only how many there are
//! (`counts`); and by people (`walk`), all of them or a few (`few`); or who did what without reading rows (`doers`), and in which hours
//! (`presence`); or by rows,
//! a stripe at a time for whoever asks for the next (`rows`).

pub mod counts;
mod doers;
pub mod few;
pub mod found;
mod fresh;
pub mod presence;
mod property;
pub mod rows;
mod stripes;
pub mod walk;

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::event::is_of_the_house;
use model::{Offset, WorkspaceId};

use crate::chunk::column::Column;
use crate::config::WalkBounds;
use crate::error::StoreError;
use crate::store::Store;
use crate::workspace::State;
use stripes::Pick;

/// What is to be read.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Rows from this instant on, milliseconds since 1970, UTC.
    pub from_ms: i64,
    /// Rows before this instant.
    pub to_ms: i64,
    /// Rows of these events; of all that people did themselves if `None`.
    pub events: Option<Vec<String>>,
    /// Of all events, those that the house tells of people as well ([`model::event::is_of_the_house`]).
    pub house: bool,
    /// Properties by name, looked up in `properties`, then in `context`.
    pub properties: Vec<String>,
    /// What is looked at beside them.
    pub needs: Needs,
}

/// What is looked at of rows; the rest need not be read.
#[derive(Clone, Debug)]
pub struct Needs {
    /// Whose they are.
    pub people: bool,
    /// Also row by row ([`Block::people`]), and not only by whose follow each other ([`Block::each_run`]).
    pub each: bool,
    /// Which event they are.
    pub events: bool,
    /// Where given, ascending: of a time it is enough to know between which two of these instants it is.
    pub edges_ms: Option<Vec<i64>>,
}

impl Default for Needs {
    fn default() -> Self {
        Self { people: true, each: true, events: true, edges_ms: None }
    }
}

impl Needs {
    /// Whether times from the first to the last need not be told apart.
    fn is_one_time(&self, first_ms: i64, last_ms: i64) -> bool {
        let place = |edges: &[i64], ms: i64| edges.partition_point(|edge| *edge <= ms);
        self.edges_ms.as_ref().is_some_and(|edges| place(edges, first_ms) == place(edges, last_ms))
    }
}

/// A number of rows, in columns. Within a chunk, rows come sorted by stored person code and time.
#[derive(Debug)]
pub struct Block<'a> {
    rows: &'a [u32],
    times: &'a [i64],
    people: &'a [u32],
    runs: &'a [(u32, usize)],
    events: &'a [u32],
    names: &'a [String],
    columns: &'a [Arc<Column>],
    span_ms: (i64, i64),
}

/// What reading cost.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ScanStats {
    /// Rows whose columns were looked at.
    pub rows_read: u64,
    /// Rows that were counted when their chunk was written.
    pub rows_counted: u64,
    /// Rows that could be passed over by what the directories say.
    pub rows_skipped: u64,
}

/// The archive of a workspace at one moment; later changes do not show in it.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) state: State,
    position: Offset,
    received_ms: Option<i64>,
    bounds: WalkBounds,
}

impl<'a> Block<'a> {
    /// The rows that fit, as indices into everything below.
    pub fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// When each happened, milliseconds since 1970, UTC; or another time between the same two edges.
    pub fn times(&self) -> &'a [i64] {
        self.times
    }

    /// When each of `rows` happened.
    pub fn times_of(&self, rows: &[u32]) -> impl Iterator<Item = i64> {
        let times = self.times;
        rows.iter().map(|row| times.get(*row as usize).copied().unwrap_or_default())
    }

    /// No row happened before the first or after the second of these.
    pub fn span_ms(&self) -> (i64, i64) {
        self.span_ms
    }

    /// Whose each is, after merges, if that was asked for.
    pub fn people(&self) -> &'a [u32] {
        self.people
    }

    /// Calls `visit` with everybody and with which of `rows` are theirs, as a range of places there. `rows` are some of
    /// [`Block::rows`], in their order. Whose they are must have been asked for. Somebody may come several times.
    pub fn each_run(&self, rows: &[u32], mut visit: impl FnMut(u32, Range<usize>)) {
        let mut begin = 0;
        if self.runs.is_empty() {
            let person = |row: &u32| self.people.get(*row as usize).copied();
            for run in rows.chunk_by(|a, b| person(a) == person(b)) {
                if let Some(person) = run.first().and_then(person) {
                    visit(person, begin..begin + run.len());
                }
                begin += run.len();
            }
            return;
        }
        let every = rows.len() == self.rows.len();
        for (person, end) in self.runs {
            let end = if every {
                *end
            } else {
                let last =
                    end.checked_sub(1).and_then(|last| self.rows.get(last)).copied().unwrap_or_default();
                let rest = rows.get(begin..).unwrap_or_default();
                begin + rest.iter().take_while(|row| **row <= last).count()
            };
            if end > begin {
                visit(*person, begin..end);
            }
            begin = end;
        }
    }

    /// Which event each is: an index into [`Block::names`]. Only meaningful for rows that
    /// fit, and if it was asked for.
    pub fn events(&self) -> &'a [u32] {
        self.events
    }

    /// The event names: those asked for, or all that came so far; indices stay the same during a scan.
    pub fn names(&self) -> &'a [String] {
        self.names
    }

    /// The column of the property asked for at `index`.
    pub fn column(&self, index: usize) -> &'a Column {
        self.columns.get(index).map_or(&ABSENT, Arc::as_ref)
    }
}

static ABSENT: Column = Column::ABSENT;

impl Store {
    /// The archive of a workspace as it is now.
    pub fn view(&self, workspace: WorkspaceId) -> View {
        // The position first: rows that come in between are more than promised, never less.
        let position = self.position();
        let received_ms = Some(self.shared.received_ms.load(Ordering::SeqCst)).filter(|ms| *ms != i64::MIN);
        let state =
            self.shared.workspace(workspace).map(|workspace| workspace.snapshot()).unwrap_or_default();
        View { state, position, received_ms, bounds: self.shared.config.walk }
    }
}

impl View {
    /// The first journal offset that is not in it.
    pub fn position(&self) -> Offset {
        self.position
    }

    /// When the newest event in it arrived, milliseconds since 1970, UTC.
    pub fn received_ms(&self) -> Option<i64> {
        self.received_ms
    }

    /// Cuts the view into at most `parts` that together hold every row once, for as many threads.
    pub fn split(&self, parts: usize) -> Vec<Self> {
        let parts = parts.min(self.state.chunks.len() + usize::from(!self.state.tail.is_empty())).max(1);
        let mut views: Vec<(u64, Self)> = (0..parts).map(|_| (0, self.without_rows())).collect();
        let mut chunks: Vec<_> = self.state.chunks.iter().collect();
        chunks.sort_by_key(|(_, chunk)| std::cmp::Reverse(chunk.header.rows));
        for listed in chunks {
            if let Some((rows, view)) = views.iter_mut().min_by_key(|(rows, _)| *rows) {
                *rows += u64::from(listed.1.header.rows);
                Arc::make_mut(&mut view.state.chunks).push(listed.clone());
            }
        }
        if let Some((_, view)) = views.iter_mut().min_by_key(|(rows, _)| *rows) {
            view.state.tail.clone_from(&self.state.tail);
        }
        views.into_iter().map(|(_, view)| view).collect()
    }

    fn without_rows(&self) -> Self {
        let state = State { remap: self.state.remap.clone(), ..State::default() };
        Self { state, ..self.clone() }
    }

    /// Calls `visit` with every block that has a row that fits.
    ///
    /// # Errors
    /// What `visit` says, and [`StoreError`] as that type.
    pub fn scan<E: From<StoreError>>(
        &self,
        scan: &Scan,
        visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
    ) -> Result<ScanStats, E> {
        let (mut names, mut stats) = (Names::of(scan), ScanStats::default());
        self.scan_chunks(scan, &Pick::EVERYBODY, (&mut names, &mut stats), visit)?;
        for part in &self.state.tail {
            fresh::scan(part, (scan, &self.state.remap), &mut names, &mut stats, visit)?;
        }
        Ok(stats)
    }

    /// Calls `visit` with every block that has a row that fits of one of `people`, by the codes of today. The rows of one
    /// person come in no order, and those of others not at all.
    ///
    /// # Errors
    /// What `visit` says, and [`StoreError`] as that type.
    pub fn scan_people<E: From<StoreError>>(
        &self,
        scan: &Scan,
        people: RangeInclusive<u32>,
        visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
    ) -> Result<ScanStats, E> {
        let (mut names, mut stats) = (Names::of(scan), ScanStats::default());
        let pick = Pick { people, moved: None };
        self.scan_chunks(scan, &pick, (&mut names, &mut stats), visit)?;
        for part in &self.state.tail {
            if *pick.people.start() == 0 {
                stats.rows_read += part.block.rows.len() as u64;
            }
            if let Some(read) = fresh::read(part, (scan, &self.state.remap), &mut names, &pick) {
                visit(&read.block(&names))?;
            }
        }
        Ok(stats)
    }

    fn scan_chunks<E: From<StoreError>>(
        &self,
        scan: &Scan,
        pick: &Pick,
        (names, stats): (&mut Names, &mut ScanStats),
        visit: &mut dyn FnMut(&Block<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let remap = &self.state.remap;
        let moved = if pick.is_everybody() { Vec::new() } else { remap.moved_to(pick.people.clone()) };
        let mut read = stripes::Read::default();
        for listed in self.state.chunks.iter() {
            stripes::scan(listed, (scan, remap), (pick, &moved), names, (&mut read, stats), visit)?;
        }
        Ok(())
    }
}

/// The event names of a scan.
struct Names {
    list: Vec<String>,
    numbers: HashMap<String, u32, FixedState>,
    /// Whether names that are not asked for are taken up.
    open: bool,
    /// Whether those of the house are, too.
    house: bool,
}

impl Names {
    fn of(scan: &Scan) -> Self {
        let list = scan.events.clone().unwrap_or_default();
        let mut numbers = HashMap::default();
        for (name, number) in list.iter().zip(0_u32..) {
            numbers.entry(name.clone()).or_insert(number);
        }
        Self { list, numbers, open: scan.events.is_none(), house: scan.house }
    }

    /// The number of an event, if it is asked for.
    fn number(&mut self, name: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        if !self.open || (!self.house && is_of_the_house(name)) {
            return None;
        }
        let number = u32::try_from(self.list.len()).ok()?;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }
}
