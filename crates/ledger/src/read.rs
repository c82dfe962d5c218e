//! Reading entries, newest first, with bounded work.

use std::collections::VecDeque;
use std::sync::Arc;

use memchr::memmem::Finder;
use model::WorkspaceId;

use crate::entry::{EntryId, EntryView};
use crate::error::LedgerError;
use crate::filter::Filter;
use crate::ledger::Ledger;
use crate::payloads::{Loaded, StreamFiles};
use crate::pending::Waiting;
use crate::secrets::{Place, Stream};
use crate::shared::Shared;
use crate::walk::open_if;

/// The most entries on one page.
pub const PAGE_ENTRIES_MAX: usize = 1_000;
/// One page takes at most so many entries apart; then it ends early, with a cursor to go on from.
const OPENED_MAX: usize = 20_000;
/// One page loads at most so many files, half a mebibyte each.
const LOADED_MAX: usize = 256;

/// A page of entries.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct EntriesPage {
    /// The entries, newest first.
    pub entries: Vec<EntryView>,
    /// Where to go on; `None` when nothing older can match. A page may be short or empty and still have
    /// one, when much had to be looked through.
    pub next: Option<EntryId>,
}

impl Ledger {
    /// Entries newest first. Blocks on files; call it from a blocking thread.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] names a payload file that is not what was written.
    pub fn entries(&self, filter: &Filter) -> Result<EntriesPage, LedgerError> {
        let shared = self.shared();
        // What waits is looked at before files are, so that no entry is missed on its way from one to the other.
        let (waiting, covered) = {
            let state = shared.state.read();
            (state.waiting.iter().cloned().collect::<Vec<_>>(), state.tree.edge.size())
        };
        let before = filter.after.map_or(u64::MAX, |after| after.0);
        let mut cursors = Vec::new();
        for stream in filter.streams()? {
            cursors.push(Cursor::new((shared, filter), stream, &waiting, covered.min(before), before)?);
        }
        Page { shared, filter, needles: filter.needles(), opened: 0, loaded: 0 }.fill(cursors)
    }

    /// The workspaces that have entries here, those included that exist no more.
    pub fn workspaces(&self) -> Vec<WorkspaceId> {
        let shared = self.shared();
        let state = shared.state.read();
        let mut streams: Vec<Stream> = state.waiting.iter().map(|entry| entry.place.stream).collect();
        streams.extend(shared.payloads.streams());
        streams.sort();
        streams.dedup();
        streams.into_iter().filter_map(|stream| stream.0).collect()
    }
}

/// One stream, walked from its newest entry to its oldest.
struct Cursor {
    stream: Stream,
    /// Entries not in files yet, oldest first.
    waiting: VecDeque<Arc<Waiting>>,
    files: StreamFiles,
    loaded: Option<(Loaded, usize)>,
    below: u64,
}

impl Cursor {
    fn new(
        (shared, filter): (&Shared, &Filter),
        stream: Stream,
        waiting: &[Arc<Waiting>],
        mut below: u64,
        before: u64,
    ) -> Result<Self, LedgerError> {
        let mine = |entry: &&Arc<Waiting>| entry.place.stream == stream && entry.place.index < before;
        let files = shared.payloads.files_of(stream).unwrap_or_default();
        if let Some(to) = filter.to_ms {
            // Files that begin later hold nothing that fits, and need not be opened to know it.
            let late = shared.payloads.first_from(stream, &files, to)?;
            below = files.firsts.get(late).map_or(below, |first| below.min(*first));
        }
        let waiting = waiting.iter().filter(mine).cloned().collect();
        Ok(Self { stream, waiting, files, loaded: None, below })
    }

    /// An upper bound of the entries still to come; `None` at the end.
    fn bound(&self) -> Option<u64> {
        if let Some(entry) = self.waiting.back() {
            return Some(entry.place.index);
        }
        if let Some((loaded, left)) = &self.loaded
            && let Some((place, _)) = left.checked_sub(1).and_then(|at| loaded.places.get(at))
        {
            return Some(place.index);
        }
        self.files
            .firsts
            .iter()
            .rev()
            .find(|first| **first < self.below)
            .map(|_| self.below.saturating_sub(1))
    }

    /// The next older entry; `None` when a file had to be loaded first or the end is reached.
    fn step(&mut self, page: &mut Page<'_>) -> Result<Option<(Place, Vec<u8>)>, LedgerError> {
        if let Some(entry) = self.waiting.pop_back() {
            return Ok(Some((entry.place, entry.sealed.clone())));
        }
        if let Some((loaded, left)) = &mut self.loaded
            && *left > 0
        {
            *left -= 1;
            let Some((place, range)) = loaded.places.get(*left) else { return Ok(None) };
            return Ok(Some((*place, loaded.sealed(range).to_vec())));
        }
        let is_growing = |files: &StreamFiles, first| files.firsts.last() == Some(first);
        let Some(first) = self.files.firsts.iter().rev().find(|first| **first < self.below) else {
            return Ok(None);
        };
        let good_bytes = is_growing(&self.files, first).then_some(self.files.bytes);
        let loaded = page.shared.payloads.load(self.stream, *first, good_bytes)?;
        page.loaded += 1;
        let left = loaded.places.partition_point(|(place, _)| place.index < self.below);
        self.below = *first;
        self.loaded = Some((loaded, left));
        Ok(None)
    }
}

struct Page<'a> {
    shared: &'a Shared,
    filter: &'a Filter,
    needles: Vec<Finder<'static>>,
    opened: usize,
    loaded: usize,
}

impl Page<'_> {
    fn fill(mut self, mut cursors: Vec<Cursor>) -> Result<EntriesPage, LedgerError> {
        let limit = self.filter.limit.clamp(1, PAGE_ENTRIES_MAX);
        let mut entries = Vec::new();
        loop {
            let newest =
                cursors.iter_mut().filter_map(|cursor| Some((cursor.bound()?, cursor))).max_by_key(|c| c.0);
            let Some((bound, cursor)) = newest else { return Ok(EntriesPage { entries, next: None }) };
            if entries.len() >= limit || self.opened >= OPENED_MAX || self.loaded >= LOADED_MAX {
                return Ok(EntriesPage { entries, next: Some(EntryId(bound + 1)) });
            }
            let Some((place, sealed)) = cursor.step(&mut self)? else { continue };
            if self.filter.from_ms.is_some_and(|from| place.at_ms < from) {
                // Times never run backwards along the log, so nothing older can match.
                return Ok(EntriesPage { entries, next: None });
            }
            if self.filter.to_ms.is_some_and(|to| place.at_ms >= to) {
                continue;
            }
            let Some(payload) = open_if(self.shared, place, &sealed, &self.needles)? else { continue };
            self.opened += 1;
            if self.filter.wants(&payload) {
                entries.push(EntryView::of(EntryId(place.index), payload));
            }
        }
    }
}
