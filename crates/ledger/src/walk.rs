//! Going through all entries that fit, oldest first: for questions that want every one of them and no page.
//!
//! Files outside the time asked for are not opened, and a payload that does not contain what is asked for is opened and not
//! taken apart: millions of entries are gone through within seconds, without an index that could differ from the ledger.

use std::sync::Arc;

use memchr::memmem::Finder;

use crate::entry::{EntryId, EntryView, Payload};
use crate::error::LedgerError;
use crate::filter::Filter;
use crate::ledger::Ledger;
use crate::payloads::folder;
use crate::pending::Waiting;
use crate::read::PAGE_ENTRIES_MAX;
use crate::secrets::{Place, Stream};
use crate::shared::Shared;

impl Ledger {
    /// Hands every entry that fits to `each`, stream by stream, oldest first; gives how many were looked at. `after` bounds
    /// it from above, so that what is entered later changes nothing; `limit` does not count. Blocks on files.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] names a payload file that is not what was written; whatever `each` says.
    pub fn walk<E: From<LedgerError>>(
        &self,
        filter: &Filter,
        each: &mut dyn FnMut(EntryView) -> Result<(), E>,
    ) -> Result<u64, E> {
        let shared = self.shared();
        // What waits is looked at before files are, so that no entry is missed on its way from one to the other.
        let (waiting, covered) = {
            let state = shared.state.read();
            (state.waiting.iter().cloned().collect::<Vec<_>>(), state.tree.edge.size())
        };
        let before = filter.after.map_or(u64::MAX, |after| after.0);
        let mut walk = Walk { shared, filter, needles: filter.needles(), before, looked_at: 0, each };
        for stream in filter.streams()? {
            walk.files(stream, covered.min(before))?;
            walk.waiting(stream, &waiting)?;
        }
        Ok(walk.looked_at)
    }

    /// The entries from number `first` to before `end`, whosever they are, oldest first, at most [`PAGE_ENTRIES_MAX`]. Those
    /// whose payloads were dropped are not among them. For whoever follows the ledger; blocks on files.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] names a payload file that is not what was written.
    pub fn between(&self, first: u64, end: u64) -> Result<Vec<EntryView>, LedgerError> {
        let shared = self.shared();
        let (waiting, covered) = {
            let state = shared.state.read();
            (state.waiting.iter().cloned().collect::<Vec<_>>(), state.tree.edge.size())
        };
        let range = first..end.min(first.saturating_add(PAGE_ENTRIES_MAX as u64));
        let mut found = Vec::new();
        let mut open = |place: Place, sealed: &[u8]| {
            if range.contains(&place.index)
                && let Some(payload) = open_if(shared, place, sealed, &[])?
            {
                found.push(EntryView::of(EntryId(place.index), payload));
            }
            Ok::<_, LedgerError>(())
        };
        // Most of the time all that is asked for is still in memory.
        let streams = if first < covered { shared.payloads.streams() } else { Vec::new() };
        for stream in streams {
            let files = shared.payloads.files_of(stream).unwrap_or_default();
            // The file before the one that begins behind `first` holds it.
            let begin = files.firsts.partition_point(|file| *file <= first).saturating_sub(1);
            let below = range.end.min(covered);
            for file in files.firsts.get(begin..).unwrap_or_default().iter().filter(|file| **file < below) {
                let good_bytes = (files.firsts.last() == Some(file)).then_some(files.bytes);
                let loaded = shared.payloads.load(stream, *file, good_bytes)?;
                for (place, bytes) in loaded.places.iter().filter(|(place, _)| place.index < below) {
                    open(*place, loaded.sealed(bytes))?;
                }
            }
        }
        for entry in &waiting {
            open(entry.place, &entry.sealed)?;
        }
        found.sort_by_key(|entry| entry.id);
        Ok(found)
    }
}

struct Walk<'a, E> {
    shared: &'a Shared,
    filter: &'a Filter,
    needles: Vec<Finder<'static>>,
    before: u64,
    looked_at: u64,
    each: &'a mut dyn FnMut(EntryView) -> Result<(), E>,
}

impl<E: From<LedgerError>> Walk<'_, E> {
    fn files(&mut self, stream: Stream, below: u64) -> Result<(), E> {
        let payloads = &self.shared.payloads;
        let files = payloads.files_of(stream).unwrap_or_default();
        let begin = match self.filter.from_ms {
            // The file before the first one that begins in time may end in time.
            Some(from) => payloads.first_from(stream, &files, from)?.saturating_sub(1),
            None => 0,
        };
        for first in files.firsts.get(begin..).unwrap_or_default().iter().filter(|first| **first < below) {
            let good_bytes = (files.firsts.last() == Some(first)).then_some(files.bytes);
            let loaded = payloads.load(stream, *first, good_bytes)?;
            for (place, range) in loaded.places.iter().take_while(|(place, _)| place.index < below) {
                if self.filter.to_ms.is_some_and(|to| place.at_ms >= to) {
                    // Times never run backwards along the log, so nothing newer can fit.
                    return Ok(());
                }
                self.entry(*place, loaded.sealed(range))?;
            }
        }
        Ok(())
    }

    fn waiting(&mut self, stream: Stream, waiting: &[Arc<Waiting>]) -> Result<(), E> {
        let before = self.before;
        let mine = |entry: &&Arc<Waiting>| entry.place.stream == stream && entry.place.index < before;
        for entry in waiting.iter().filter(mine) {
            self.entry(entry.place, &entry.sealed)?;
        }
        Ok(())
    }

    fn entry(&mut self, place: Place, sealed: &[u8]) -> Result<(), E> {
        if !self.filter.is_in_time(place.at_ms) {
            return Ok(());
        }
        self.looked_at += 1;
        let Some(payload) = open_if(self.shared, place, sealed, &self.needles)? else { return Ok(()) };
        if self.filter.wants(&payload) {
            (self.each)(EntryView::of(EntryId(place.index), payload))?;
        }
        Ok(())
    }
}

/// Opens a sealed entry, and takes it apart if all needles are in it.
pub(crate) fn open_if(
    shared: &Shared,
    place: Place,
    sealed: &[u8],
    needles: &[Finder<'static>],
) -> Result<Option<Payload>, LedgerError> {
    let folder = folder(&shared.root, place.stream);
    let damaged = |what| LedgerError::damaged(&shared.root, &folder, 0, what);
    let opened = shared.sealer.open(place, sealed).ok_or_else(|| damaged("an entry in it does not open"))?;
    if !needles.iter().all(|needle| needle.find(opened.payload()).is_some()) {
        return Ok(None);
    }
    let payload = serde_json::from_slice(opened.payload());
    payload.map(Some).map_err(|_| damaged("a payload in it is not an entry"))
}
