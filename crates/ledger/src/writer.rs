//! Group commit: one thread takes all that is queued, writes it as one frame, syncs once, answers all.

use std::collections::HashSet;
use std::sync::Arc;

use crate::entry::{EntryId, NewEntry, Payload, Phase};
use crate::error::LedgerError;
use crate::pending::{Mark, Pending, Waiting};
use crate::secrets::{Place, Stream};
use crate::shared::{Queued, Shared};

/// One commit takes at most this much, so that a frame stays small.
const COMMIT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// So many entries wait before the keeper is asked out of turn.
const MANY_WAITING: usize = 16_384;
/// The most intents without an outcome; more are refused.
const OPEN_INTENTS_MAX: usize = 4_096;

pub(crate) struct Writer {
    pub shared: Arc<Shared>,
    pub pending: Pending,
    /// The number of the next entry.
    pub next: u64,
    /// When the last entry was made: times never run backwards along the log.
    pub last_ms: i64,
    /// Intents without an outcome.
    pub open: HashSet<u64>,
    /// Up to which number the companion's entries are made.
    pub accompanied: i64,
}

impl Writer {
    /// Runs until the ledger is closed and the queue is empty.
    pub fn run(mut self) {
        while let Some(mut queued) = self.take() {
            while !queued.is_empty() {
                let mut bytes = 0;
                let fitting = queued.iter().take_while(|entry| {
                    bytes += entry.json.len();
                    bytes <= COMMIT_BYTES_MAX
                });
                let count = fitting.count().max(1);
                let rest = queued.split_off(count.min(queued.len()));
                self.commit(queued);
                queued = rest;
            }
        }
    }

    fn take(&self) -> Option<Vec<Queued>> {
        let mut queue = self.shared.queue.lock();
        while queue.entries.is_empty() {
            if queue.closed {
                return None;
            }
            self.shared.arrived.wait(&mut queue);
        }
        queue.bytes = 0;
        Some(std::mem::take(&mut queue.entries))
    }

    fn commit(&mut self, queued: Vec<Queued>) {
        let refusal = self.shared.check().and_then(|()| {
            if self.shared.state.read().has_room() { Ok(()) } else { Err(LedgerError::Overloaded) }
        });
        if let Err(error) = refusal {
            queued.into_iter().for_each(|entry| (entry.reply)(Err(error.clone())));
            return;
        }
        let now_ms = self.shared.clock.now_ms().max(self.last_ms);
        let (mut entries, mut replies, mut opening) = (Vec::new(), Vec::new(), self.open.len());
        for Queued { json, stream, mark, reply } in queued {
            if mark == Mark::Intent {
                if opening >= OPEN_INTENTS_MAX {
                    reply(Err(LedgerError::Overloaded));
                    continue;
                }
                opening += 1;
            }
            let place = Place { stream, index: self.next + entries.len() as u64, at_ms: now_ms };
            let (leaf, sealed) = self.shared.sealer.seal(place, &with_time(&json, now_ms));
            entries.push(Arc::new(Waiting { place, leaf, sealed, mark }));
            replies.push((EntryId(place.index), reply));
        }
        // In the same frame, so that it costs no sync of its own.
        let companion = self.shared.companion.get().and_then(|companion| companion(self.accompanied));
        let accompanied = companion.as_ref().map(|(number, _)| *number);
        if let Some((json, stream)) = companion.and_then(|(_, entry)| companion_json(entry)) {
            let place = Place { stream, index: self.next + entries.len() as u64, at_ms: now_ms };
            let (leaf, sealed) = self.shared.sealer.seal(place, &with_time(&json, now_ms));
            entries.push(Arc::new(Waiting { place, leaf, sealed, mark: Mark::Entry }));
        }
        let written = self.pending.append(&entries);
        match &written {
            Ok(()) => {
                self.accompanied = accompanied.unwrap_or(self.accompanied);
                self.publish(entries, now_ms);
            }
            Err(error) if error.is_full() => tracing::warn!("the ledger's disk is full: entries are refused"),
            Err(error) => self.shared.stop(error),
        }
        let refused =
            written.err().map(|e| if e.is_full() { LedgerError::Full } else { stopped(&self.shared, e) });
        for (id, reply) in replies {
            reply(refused.clone().map_or(Ok(id), Err));
        }
    }

    fn publish(&mut self, entries: Vec<Arc<Waiting>>, now_ms: i64) {
        self.next += entries.len() as u64;
        self.last_ms = now_ms;
        for entry in &entries {
            match entry.mark {
                Mark::Intent => drop(self.open.insert(entry.place.index)),
                Mark::Outcome(of) => drop(self.open.remove(&of)),
                Mark::Entry => {}
            }
        }
        let many = {
            let mut state = self.shared.state.write();
            state.add(entries);
            state.waiting.len() >= MANY_WAITING
        };
        if many {
            self.shared.want(|work| work.many_waiting = true);
        }
    }
}

/// A companion's entry is of our own making; one that is too large is left out.
fn companion_json(entry: NewEntry) -> Option<(Vec<u8>, Stream)> {
    let payload = Payload::of(entry, Phase::Entry).ok()?;
    Some((payload.bytes().ok()?, payload.stream()))
}

fn stopped(shared: &Shared, error: LedgerError) -> LedgerError {
    shared.check().err().unwrap_or(error)
}

/// The payload's JSON with its time in front. Callers serialise, so that this thread does little.
fn with_time(json: &[u8], at_ms: i64) -> Vec<u8> {
    let mut payload = format!("{{\"at_ms\":{at_ms},").into_bytes();
    payload.extend_from_slice(json.get(1..).unwrap_or_default());
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_put_in_front_of_the_fields() {
        assert_eq!(with_time(br#"{"code":"a"}"#, -7), br#"{"at_ms":-7,"code":"a"}"#);
    }
}
