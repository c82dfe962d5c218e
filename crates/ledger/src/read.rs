//! Reading entries, newest first, with bounded work.

use std::collections::VecDeque;
use std::sync::Arc;

use model::WorkspaceId;

use crate::entry::{EntryId, EntryView, Payload};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::payloads::{Loaded, StreamFiles};
use crate::pending::Waiting;
use crate::secrets::{Place, Stream};
use crate::shared::Shared;

/// The most entries on one page.
pub const PAGE_ENTRIES_MAX: usize = 1_000;
/// The most workspaces that one question covers.
pub const WORKSPACES_MAX: usize = 64;
/// One page opens at most so many entries; then it ends early, with a cursor to go on from.
const OPENED_MAX: usize = 20_000;
/// One page loads at most so many files, half a mebibyte each.
const LOADED_MAX: usize = 256;

/// Whose entries are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The installation's own.
    Installation,
    /// Those of these workspaces, at most [`WORKSPACES_MAX`].
    Workspaces(Vec<WorkspaceId>),
}

/// Which entries are asked for. The caller has decided that they may be seen.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose.
    pub scope: Scope,
    /// Only this principal's.
    pub principal: Option<String>,
    /// Only this code.
    pub code: Option<String>,
    /// Only this session's.
    pub session: Option<String>,
    /// Only what was done to this object.
    pub object: Option<String>,
    /// From this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Before this instant.
    pub to_ms: Option<i64>,
    /// Only entries older than this one: the `next` of the page before.
    pub after: Option<EntryId>,
    /// The most entries wanted; at most [`PAGE_ENTRIES_MAX`] are given.
    pub limit: usize,
}

/// A page of entries.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct EntriesPage {
    /// The entries, newest first.
    pub entries: Vec<EntryView>,
    /// Where to go on; `None` when nothing older can match. A page may be short or empty and still have
    /// one, when much had to be looked through.
    pub next: Option<EntryId>,
}

impl Filter {
    /// The newest 100 entries of `scope`.
    pub fn newest(scope: Scope) -> Self {
        Self {
            scope,
            principal: None,
            code: None,
            session: None,
            object: None,
            from_ms: None,
            to_ms: None,
            after: None,
            limit: 100,
        }
    }

    fn streams(&self) -> Result<Vec<Stream>, LedgerError> {
        match &self.scope {
            Scope::Installation => Ok(vec![Stream(None)]),
            Scope::Workspaces(ids) if ids.len() > WORKSPACES_MAX => Err(LedgerError::Malformed {
                what: "question to the ledger",
                rule: "want at most 64 workspaces",
            }),
            Scope::Workspaces(ids) => {
                let mut streams: Vec<Stream> = ids.iter().map(|id| Stream(Some(*id))).collect();
                streams.sort();
                streams.dedup();
                Ok(streams)
            }
        }
    }

    fn wants(&self, payload: &Payload) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(&self.principal, &payload.principal)
            && is(&self.code, &payload.code)
            && is(&self.object, &payload.object)
            && (self.session.is_none() || self.session == payload.session)
    }
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
            cursors.push(Cursor::new(shared, stream, &waiting, covered.min(before), before));
        }
        Page { shared, filter, opened: 0, loaded: 0 }.fill(cursors)
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
    fn new(shared: &Shared, stream: Stream, waiting: &[Arc<Waiting>], below: u64, before: u64) -> Self {
        let mine = |entry: &&Arc<Waiting>| entry.place.stream == stream && entry.place.index < before;
        Self {
            stream,
            waiting: waiting.iter().filter(mine).cloned().collect(),
            files: shared.payloads.files_of(stream).unwrap_or_default(),
            loaded: None,
            below,
        }
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
            self.opened += 1;
            let payload = open(self.shared, place, &sealed)?;
            if self.filter.wants(&payload) {
                entries.push(EntryView::of(EntryId(place.index), payload));
            }
        }
    }
}

/// Opens a sealed entry.
pub(crate) fn open(shared: &Shared, place: Place, sealed: &[u8]) -> Result<Payload, LedgerError> {
    let folder = crate::payloads::folder(&shared.root, place.stream);
    let damaged = |what| LedgerError::damaged(&shared.root, &folder, 0, what);
    let opened = shared.sealer.open(place, sealed).ok_or_else(|| damaged("an entry in it does not open"))?;
    serde_json::from_slice(opened.payload()).map_err(|_| damaged("a payload in it is not an entry"))
}
