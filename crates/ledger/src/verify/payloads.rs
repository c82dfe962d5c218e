//! Payloads, pending files and open intents against the leaves.

use std::collections::BTreeSet;
use std::path::Path;

use crate::checkpoint::SignedCheckpoint;
use crate::disk;
use crate::entry::{EntryId, Payload, Phase};
use crate::error::{LedgerError, relative};
use crate::frame::{Header, Kind, frame_follows};
use crate::intents;
use crate::payloads::{self, EXTENSION, scan};
use crate::pending::{self, Contents, Held};
use crate::retain::DROPPED_CODE;
use crate::secrets::{Place, Sealer, Stream};

use super::known::{Leaves, Seen};
use super::report::{Finding, Report, Wrong};
use super::{Trust, read_note};

/// Checks what is not the tree. `walked` leaves are known; `note` is the checkpoint that was read first.
pub(super) fn check(
    dir: &Path,
    trust: &Trust<'_>,
    walked: u64,
    note: &str,
    report: &mut Report,
) -> Result<(), LedgerError> {
    let mut check = Check {
        dir,
        sealer: trust.payload.map(|key| Sealer::new(key.clone())),
        leaves: Leaves::new(dir, walked),
        seen: Seen::new(walked),
        kept_from: 0,
        open: BTreeSet::new(),
        beyond: None,
        report,
    };
    check.report.with_payloads = trust.payload.is_some();
    for name in disk::names(dir, &dir.join("payload"))? {
        match Stream::from_folder(&name) {
            Some(stream) => check.stream(stream, trust)?,
            None => check.report.add(Finding::whole(Wrong::Payload, &name, "no workspace has such a folder")),
        }
    }
    let pending = check.pending(trust, note)?;
    let now = SignedCheckpoint::open(&read_note(dir)?, trust.public).map_or(walked, |now| now.size);
    let end = pending.as_ref().map_or(now, |pending| pending.end.max(now));
    if let Some((index, file)) = check.beyond.take().filter(|(index, _)| *index >= end) {
        let text = "a payload lies beyond the end of the log";
        check
            .report
            .add(Finding { exact: true, ..Finding::within(Wrong::Payload, end..index + 1, file, text) });
    }
    if check.sealer.is_some() {
        check.missing();
    }
    check.intents(trust, pending.as_ref(), now > walked)?;
    check.report.open_intents = check.open.len() as u64;
    Ok(())
}

struct Check<'a> {
    dir: &'a Path,
    sealer: Option<Sealer>,
    leaves: Leaves<'a>,
    seen: Seen,
    /// Payloads below this may be gone, as an entered drop says.
    kept_from: u64,
    open: BTreeSet<u64>,
    /// The highest payload behind the leaves, and its file.
    beyond: Option<(u64, String)>,
    report: &'a mut Report,
}

impl Check<'_> {
    fn stream(&mut self, stream: Stream, trust: &Trust<'_>) -> Result<(), LedgerError> {
        let firsts = disk::numbered(self.dir, &payloads::folder(self.dir, stream), EXTENSION)?;
        for (number, first) in firsts.iter().enumerate() {
            let path = payloads::path(self.dir, stream, *first);
            let file = relative(self.dir, &path);
            let next = firsts.get(number + 1).copied();
            // A server that drops old payloads may have removed it since; the drop is entered.
            let Some(bytes) = disk::read(self.dir, &path)? else { continue };
            let range = *first..next.unwrap_or(self.leaves.size).max(*first + 1);
            let key = match (trust.payload, Header::parse(&bytes, Kind::Payload)) {
                (Some(key), _) => key.id(),
                (None, Ok(header)) => header.key,
                (None, Err(what)) => {
                    self.report.add(Finding::within(Wrong::Payload, range, file, what));
                    continue;
                }
            };
            match scan(&bytes, key, stream, *first) {
                Err((_, what)) => self.report.add(Finding::within(Wrong::Payload, range, file, what)),
                Ok((places, stop)) => {
                    for (place, sealed) in &places {
                        self.payload(*place, bytes.get(sealed.clone()).unwrap_or_default(), &file)?;
                    }
                    let from = places.last().map_or(*first, |(place, _)| place.index + 1);
                    match stop {
                        Some((position, _)) if next.is_none() && !frame_follows(&bytes, position) => {
                            self.report.torn_bytes += (bytes.len() - position) as u64;
                        }
                        Some((_, what)) => {
                            let range = from..range.end.max(from + 1);
                            self.report.add(Finding::within(Wrong::Payload, range, file, what));
                        }
                        None => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn payload(&mut self, place: Place, sealed: &[u8], file: &str) -> Result<(), LedgerError> {
        if place.index >= self.leaves.size {
            if self.beyond.as_ref().is_none_or(|(index, _)| *index < place.index) {
                self.beyond = Some((place.index, file.to_owned()));
            }
            return Ok(());
        }
        if !self.seen.add(place.index) {
            let text = "there are two payloads for it";
            self.report.add(Finding::at(Wrong::Payload, place.index, file.to_owned(), text));
        }
        let Some(leaf) = self.leaves.get(place.index)? else { return Ok(()) };
        if self.opens_to(place, sealed, &leaf, Wrong::Payload, file) {
            self.report.payloads_checked += 1;
        }
        Ok(())
    }

    /// Whether a sealed payload opens and makes its leaf; takes note of what it says.
    fn opens_to(&mut self, place: Place, sealed: &[u8], leaf: &[u8], wrong: Wrong, file: &str) -> bool {
        let Some(sealer) = &self.sealer else { return false };
        let text = match sealer.open(place, sealed) {
            None => "its payload does not open: it was changed, or put in another place",
            Some(opened) if opened.leaf() != leaf => "its payload does not make its leaf",
            Some(opened) => match serde_json::from_slice::<Payload>(opened.payload()) {
                Ok(payload) if payload.stream() == place.stream && payload.at_ms == place.at_ms => {
                    self.note(place.index, &payload);
                    return true;
                }
                _ => "its payload is not an entry of this place",
            },
        };
        self.report.add(Finding::at(wrong, place.index, file.to_owned(), text));
        false
    }

    fn note(&mut self, index: u64, payload: &Payload) {
        match payload.phase {
            Phase::Intent => drop(self.open.insert(index)),
            Phase::Outcome { of: EntryId(of), .. } => drop(self.open.remove(&of)),
            Phase::Entry if payload.code == DROPPED_CODE => {
                let kept_from = payload.detail.get("kept_from").and_then(serde_json::Value::as_u64);
                self.kept_from = self.kept_from.max(kept_from.unwrap_or(0)).min(index);
            }
            Phase::Entry => {}
        }
    }

    fn pending(&mut self, trust: &Trust<'_>, note: &str) -> Result<Option<Contents>, LedgerError> {
        let mut known = note.to_owned();
        let contents = loop {
            match pending::read(self.dir, trust.payload.map(keys::Key::id), self.leaves.size, 0) {
                Ok(contents) => break contents,
                Err(error) => {
                    // A running server removes files that its next checkpoint covers.
                    let now = read_note(self.dir)?;
                    if now != known {
                        known = now;
                        continue;
                    }
                    self.report.add(Finding::whole(Wrong::Pending, "pending", damage(&error)));
                    return Ok(None);
                }
            }
        };
        if contents.end < self.leaves.size {
            let range = contents.end..self.leaves.size;
            self.report.add(Finding::within(
                Wrong::Pending,
                range,
                "pending".to_owned(),
                "it ends too early",
            ));
        }
        self.report.torn_bytes += contents.torn.as_ref().map_or(0, |torn| torn.torn_bytes);
        self.report.pending_entries = contents.end.saturating_sub(self.leaves.size);
        for Held { place, leaf, sealed } in &contents.entries {
            if place.index >= self.leaves.size {
                self.opens_to(*place, sealed, leaf, Wrong::Pending, "pending");
            } else if self.leaves.get(place.index)?.is_some_and(|known| known != *leaf) {
                let text = "what waits for the tree is not what the tree has";
                self.report.add(Finding::at(Wrong::Pending, place.index, "pending".to_owned(), text));
            }
        }
        Ok(Some(contents))
    }

    /// Payloads that are gone without an entry that says so.
    fn missing(&mut self) {
        let mut index = 0;
        while let Some(first) = self.seen.next_unseen(index) {
            let end = self.seen.next_seen(first);
            let from = first.max(self.kept_from);
            self.report.payloads_dropped += from.min(end) - first;
            if from < end {
                let text = "its payload is gone, and no drop was entered that covers it";
                let finding = Finding::within(Wrong::MissingPayload, from..end, String::new(), text);
                self.report.add(Finding { exact: true, ..finding });
            }
            index = end;
        }
    }

    fn intents(
        &mut self,
        trust: &Trust<'_>,
        pending: Option<&Contents>,
        is_live: bool,
    ) -> Result<(), LedgerError> {
        let listed = match intents::read(self.dir, trust.payload.map(keys::Key::id)) {
            Ok(listed) => listed,
            Err(error) => {
                self.report.add(Finding::whole(Wrong::Intents, intents::FILE, damage(&error)));
                return Ok(());
            }
        };
        for entry in listed.values() {
            let waits =
                pending.and_then(|pending| pending.entries.iter().find(|held| held.place == entry.place));
            let leaf = match waits {
                Some(held) => Some(held.leaf),
                None => self.leaves.get(entry.place.index)?,
            };
            let opens = self.sealer.as_ref().map(|sealer| sealer.open(entry.place, &entry.sealed));
            let differs = opens.is_some_and(|opened| opened.is_none_or(|opened| opened.leaf() != entry.leaf));
            if differs || (leaf != Some(entry.leaf) && !is_live) {
                let text = "an open intent is not the entry of its number";
                self.report.add(Finding::at(
                    Wrong::Intents,
                    entry.place.index,
                    intents::FILE.to_owned(),
                    text,
                ));
            }
        }
        let unlisted =
            self.open.iter().find(|index| **index < self.leaves.size && !listed.contains_key(index));
        // Where a payload is wrong it may have been the outcome that is missed here.
        if let Some(index) = unlisted.filter(|_| !is_live && self.report.is_sound()) {
            let text = "an intent without an outcome is not among the open ones";
            self.report.add(Finding::at(Wrong::Intents, *index, intents::FILE.to_owned(), text));
        }
        Ok(())
    }
}

fn damage(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::Damaged { what, .. } => what,
        _ => "it cannot be read",
    }
}
