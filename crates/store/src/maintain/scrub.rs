//! Writing a chunk anew without what a scrub takes out, and comparing what was written with what was wanted.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::FixedState;
use model::WorkspaceId;

use super::add_json;
use super::cursor::{Copying, RowCursor};
use crate::chunk::build::{Builder, Head};
use crate::chunk::directory::Family;
use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::events::StoredEvent;
use crate::leaves::leaves;
use crate::scrub::{Scrub, Scrubbed, Verdict, look};
use crate::store::Shared;
use crate::value::Value;
use crate::workspace::{Listed, State, Workspace};

impl Shared {
    pub(crate) fn scrub_chunk(
        &self,
        workspace: WorkspaceId,
        chunk: u128,
        scrub: &mut dyn Scrub,
    ) -> Result<Option<Scrubbed>, StoreError> {
        let _alone = self.maintaining.lock();
        let Some(workspace) = self.workspace(workspace) else { return Ok(None) };
        let state = workspace.snapshot();
        let Some(listed) = state.chunks.iter().find(|(entry, _)| entry.chunk == chunk) else {
            return Ok(None);
        };
        if !is_affected(&state, &listed.1, scrub)? {
            return Ok(Some(Scrubbed { kept: u64::from(listed.1.header.rows), ..Scrubbed::default() }));
        }
        let written = self.write_scrubbed(&workspace, &state, listed, scrub)?;
        self.config.faults.pass("scrub written")?;
        let found = sum_of(&written.added)?;
        if found != written.sum {
            return Err(StoreError::damaged(
                &listed.1.path,
                "a chunk written anew does not read back as meant",
            ));
        }
        self.replace(&workspace, std::slice::from_ref(listed), written.added)?;
        self.config.faults.pass("scrub replaced")?;
        Ok(Some(written.scrubbed))
    }

    fn write_scrubbed(
        &self,
        workspace: &Workspace,
        state: &State,
        (entry, chunk): &Listed,
        scrub: &mut dyn Scrub,
    ) -> Result<Written, StoreError> {
        let erasures = state.remap.erasures();
        let mut written = Written::default();
        let mut builder = Builder::default();
        let mut cursor = RowCursor::new(chunk.reader()?, 0)?;
        while let Some(head) = cursor.head() {
            if !state.remap.is_erased(head.person, head.offset) {
                written.row(state, &cursor, &head, scrub, &mut builder)?;
            }
            cursor.advance()?;
            if self.is_chunk_full(&builder) {
                let full = std::mem::take(&mut builder);
                written.added.push(self.write_chunk(workspace, full, &entry.partition, erasures)?);
            }
        }
        if builder.rows() > 0 {
            written.added.push(self.write_chunk(workspace, builder, &entry.partition, erasures)?);
        }
        Ok(written)
    }
}

/// What was written in a chunk's place, and what must be read back.
#[derive(Default)]
struct Written {
    added: Vec<Listed>,
    scrubbed: Scrubbed,
    sum: Sum,
    copying: Copying,
}

impl Written {
    fn row(
        &mut self,
        state: &State,
        cursor: &RowCursor,
        head: &Head<'_>,
        scrub: &mut dyn Scrub,
        builder: &mut Builder,
    ) -> Result<(), StoreError> {
        match look(state, cursor, head, scrub) {
            Verdict::Keep => {
                cursor.copy_to(builder, self.added.len(), &mut self.copying)?;
                self.sum.add(row_print(head, &mut |visit| cursor.leaves(visit)));
                self.scrubbed.kept += 1;
            }
            Verdict::Drop => self.scrubbed.dropped += 1,
            Verdict::Change(event) => {
                let findings = findings_text(&event);
                let head =
                    Head { event: &event.name, message_id: &event.message_id, findings: &findings, ..*head };
                builder.row(&head)?;
                let objects = [&event.properties, &event.context, &event.traits];
                for (family, json) in Family::JSON.into_iter().zip(objects) {
                    add_json(builder, family, json)?;
                }
                self.sum.add(row_print(&head, &mut |visit| {
                    for (family, json) in Family::JSON.into_iter().zip(objects) {
                        leaves(json, &mut |path, value| visit(family, path, value));
                    }
                }));
                self.scrubbed.changed += 1;
            }
        }
        Ok(())
    }
}

fn findings_text(event: &StoredEvent) -> String {
    match event.findings.as_slice() {
        [] => String::new(),
        findings => serde_json::to_string(findings).unwrap_or_default(),
    }
}

fn is_affected(state: &State, chunk: &Arc<Chunk>, scrub: &mut dyn Scrub) -> Result<bool, StoreError> {
    let mut cursor = RowCursor::new(chunk.reader()?, 0)?;
    while let Some(head) = cursor.head() {
        if !state.remap.is_erased(head.person, head.offset)
            && look(state, &cursor, &head, scrub) != Verdict::Keep
        {
            return Ok(true);
        }
        cursor.advance()?;
    }
    Ok(false)
}

/// Rows in any order: how many, and a sum of their prints.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Sum {
    rows: u64,
    prints: u64,
}

impl Sum {
    fn add(&mut self, print: u64) {
        self.rows += 1;
        self.prints = self.prints.wrapping_add(print);
    }
}

/// What stands in freshly written chunks.
fn sum_of(chunks: &[Listed]) -> Result<Sum, StoreError> {
    let mut sum = Sum::default();
    for (_, chunk) in chunks {
        let mut cursor = RowCursor::new(chunk.reader()?, 0)?;
        while let Some(head) = cursor.head() {
            sum.add(row_print(&head, &mut |visit| cursor.leaves(visit)));
            cursor.advance()?;
        }
    }
    Ok(sum)
}

/// Shows the leaves of a row one by one.
type Walk<'a> = dyn FnMut(&mut dyn FnMut(Family, &str, Value<'_>)) + 'a;

/// A number that two rows share only if they are the same, for all that is likely. The order of the leaves and the
/// kind of a number (a column of numbers does not remember which had a fraction) do not count.
fn row_print(head: &Head<'_>, leaves: &mut Walk<'_>) -> u64 {
    let state = FixedState::with_seed(0x0068_6f6c_6466_6173);
    let mut hasher = state.build_hasher();
    (head.person, head.time_ms, head.received_ms, head.offset, head.kind, head.source).hash(&mut hasher);
    (head.event, head.message_id, head.findings).hash(&mut hasher);
    let mut print = hasher.finish();
    leaves(&mut |family, path, value| {
        let mut hasher = state.build_hasher();
        (family.index(), path).hash(&mut hasher);
        match value {
            Value::Absent => 0_u8.hash(&mut hasher),
            Value::Bool(truth) => (1_u8, truth).hash(&mut hasher),
            Value::Int(number) if number.unsigned_abs() <= 1 << 53 => {
                (2_u8, (number as f64).to_bits()).hash(&mut hasher);
            }
            Value::Int(number) => (3_u8, number).hash(&mut hasher),
            Value::Float(number) => (2_u8, (number + 0.0).to_bits()).hash(&mut hasher),
            Value::Text(text) => (4_u8, text).hash(&mut hasher),
            Value::Json(text) => (5_u8, text).hash(&mut hasher),
        }
        print = print.wrapping_add(hasher.finish());
    });
    print
}
