//! Taking something out of what is at rest. Whoever asks says what becomes of a row ([`Scrub`]); a chunk with an
//! affected row is written anew, columns, dictionaries, directory and all, read back and compared, and takes the old
//! one's place in the manifest. The old file loses its key when its last reader is done.

use model::{Kind, Offset, PersonCode, SourceId, WorkspaceId};

use crate::chunk::build::Head;
use crate::chunk::directory::Family;
use crate::error::StoreError;
use crate::events::{self, StoredEvent};
use crate::maintain::cursor::RowCursor;
use crate::store::Store;
use crate::value::Value;
use crate::workspace::State;

/// Which object of an event a value stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The event's properties.
    Properties,
    /// The event's context.
    Context,
    /// The traits that came with the event.
    Traits,
}

/// What every row has.
#[derive(Clone, Copy, Debug)]
pub struct RowHead<'a> {
    /// Whose it is, after merges.
    pub person: PersonCode,
    /// Its place in the journal.
    pub offset: Offset,
    /// When it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// Which call it was.
    pub kind: Kind,
    /// Which source sent it.
    pub source: SourceId,
    /// Its name.
    pub name: &'a str,
    /// The sender's id for it.
    pub message_id: &'a str,
    /// What the shield found, as JSON; empty for nothing.
    pub findings: &'a str,
}

/// What becomes of a row.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// It stays as it is.
    Keep,
    /// It has these names, ids, objects and findings instead; whose it is, when and where stays.
    Change(Box<StoredEvent>),
    /// It goes.
    Drop,
}

/// Shows the values of a row one by one: part, path (keys joined by dots, with a backslash before a dot or backslash
/// in a key), value. Lists are one value, their JSON text.
pub type Leaves<'a> = dyn FnMut(&mut dyn FnMut(Part, &str, Value<'_>)) + 'a;

/// Says what becomes of rows. Asked in two steps, since putting a row's objects together is dear.
pub trait Scrub {
    /// Whether a row may be concerned.
    fn suspects(&mut self, row: &RowHead<'_>, leaves: &mut Leaves<'_>) -> bool;

    /// What becomes of a row that may be concerned.
    fn judge(&mut self, event: &StoredEvent) -> Verdict;
}

/// A chunk of the archive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChunkMark {
    /// Its id; a chunk that is written anew has another.
    pub chunk: u128,
    /// How many rows it has, those of the erased included.
    pub rows: u32,
}

/// What became of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Scrubbed {
    /// Rows that have other values now.
    pub changed: u64,
    /// Rows that are gone.
    pub dropped: u64,
    /// Rows that are as they were, read back and compared.
    pub kept: u64,
}

impl Store {
    /// The chunks of a workspace.
    pub fn chunks(&self, workspace: WorkspaceId) -> Vec<ChunkMark> {
        let Some(workspace) = self.shared.workspace(workspace) else { return Vec::new() };
        let state = workspace.snapshot();
        state
            .chunks
            .iter()
            .map(|(entry, chunk)| ChunkMark { chunk: entry.chunk, rows: chunk.header.rows })
            .collect()
    }

    /// Shows every row of a chunk to `scrub` and changes nothing: how many rows would be changed or go. `None`
    /// when there is no such chunk any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn survey_chunk(
        &self,
        workspace: WorkspaceId,
        chunk: u128,
        scrub: &mut dyn Scrub,
    ) -> Result<Option<u64>, StoreError> {
        let Some(workspace) = self.shared.workspace(workspace) else { return Ok(None) };
        let state = workspace.snapshot();
        let Some((_, chunk)) = state.chunks.iter().find(|(entry, _)| entry.chunk == chunk) else {
            return Ok(None);
        };
        let mut found = 0;
        let mut cursor = RowCursor::new(chunk.reader()?, 0)?;
        while let Some(head) = cursor.head() {
            if !state.remap.is_erased(head.person, head.offset)
                && look(&state, &cursor, &head, scrub) != Verdict::Keep
            {
                found += 1;
            }
            cursor.advance()?;
        }
        Ok(Some(found))
    }

    /// As [`Store::survey_chunk`], for the fresh rows that are in no chunk yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn survey_fresh(&self, workspace: WorkspaceId, scrub: &mut dyn Scrub) -> Result<u64, StoreError> {
        let Some(workspace) = self.shared.workspace(workspace) else { return Ok(0) };
        let state = workspace.snapshot();
        let mut found = 0;
        for part in &state.tail {
            for row in &part.block.rows {
                let head = part.block.head(row);
                if state.remap.is_erased(head.person, head.offset) {
                    continue;
                }
                let texts = part.block.texts(row);
                let objects = [texts.properties, texts.context, texts.traits];
                let suspected = scrub.suspects(&row_head(&state, &head), &mut |visit| {
                    for (family, json) in Family::JSON.into_iter().zip(objects) {
                        crate::leaves::leaves(json, &mut |path, value| visit(part_of(family), path, value));
                    }
                });
                let mut event = events::stored(&head, objects.map(str::to_owned));
                event.person = PersonCode(state.remap.survivor(head.person));
                if suspected && scrub.judge(&event) != Verdict::Keep {
                    found += 1;
                }
            }
        }
        Ok(found)
    }

    /// Writes a chunk anew if `scrub` changes or drops any of its rows. `None` when there is no such chunk any
    /// more. Rows of the erased are left out on the way.
    ///
    /// # Errors
    /// [`StoreError`]; the chunk is then as it was.
    pub fn scrub_chunk(
        &self,
        workspace: WorkspaceId,
        chunk: u128,
        scrub: &mut dyn Scrub,
    ) -> Result<Option<Scrubbed>, StoreError> {
        self.shared.scrub_chunk(workspace, chunk, scrub)
    }

    /// Turns all fresh rows into chunks and overwrites the files that they stood in.
    ///
    /// # Errors
    /// [`StoreError`]; the rows stay in the tail then.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.shared.maintain_and(true)
    }

    /// Whether chunks are merged when there are many small ones. Held while a scrub goes through them, so that
    /// each keeps its id until it is written anew.
    pub fn hold_merging(&self, hold: bool) {
        self.shared.merging_held.store(hold, std::sync::atomic::Ordering::SeqCst);
    }

    /// How many chunk files lie in a workspace's folder that the archive no longer has: replaced ones that
    /// somebody still reads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replaced_files(&self, workspace: WorkspaceId) -> Result<usize, StoreError> {
        let Some(workspace) = self.shared.workspace(workspace) else { return Ok(0) };
        let _alone = self.shared.maintaining.lock();
        let known: std::collections::BTreeSet<_> =
            workspace.snapshot().chunks.iter().map(|(entry, _)| workspace.dir.join(entry.file())).collect();
        let mut replaced = 0;
        for folder in crate::workspace::entries(&workspace.dir)?.into_iter().filter(|path| path.is_dir()) {
            let files = crate::workspace::entries(&folder)?;
            replaced += files.iter().filter(|file| !known.contains(*file)).count();
        }
        Ok(replaced)
    }
}

/// What becomes of the row at the cursor.
pub(crate) fn look(state: &State, cursor: &RowCursor, head: &Head<'_>, scrub: &mut dyn Scrub) -> Verdict {
    let suspected = scrub.suspects(&row_head(state, head), &mut |visit| {
        cursor.leaves(&mut |family, path, value| visit(part_of(family), path, value));
    });
    if !suspected {
        return Verdict::Keep;
    }
    let mut event = events::stored(head, events::objects(cursor));
    event.person = PersonCode(state.remap.survivor(head.person));
    scrub.judge(&event)
}

fn row_head<'a>(state: &State, head: &Head<'a>) -> RowHead<'a> {
    RowHead {
        person: PersonCode(state.remap.survivor(head.person)),
        offset: Offset(head.offset),
        time_ms: head.time_ms,
        kind: head.kind,
        source: SourceId(head.source),
        name: head.event,
        message_id: head.message_id,
        findings: head.findings,
    }
}

fn part_of(family: Family) -> Part {
    match family {
        Family::Fixed | Family::Properties => Part::Properties,
        Family::Context => Part::Context,
        Family::Traits => Part::Traits,
    }
}
