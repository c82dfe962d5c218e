//! Reading everything that is at rest, to know that it can be read.

use crate::chunk::directory::{BlockRef, Directory, Prepared};
use crate::error::StoreError;
use crate::store::Store;

/// What was read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Verified {
    /// How many chunks.
    pub chunks: u64,
    /// How many rows they hold.
    pub rows: u64,
    /// How many sealed blocks were opened.
    pub blocks: u64,
}

impl Store {
    /// Opens every block of every chunk of every workspace. Headers and manifests were checked at opening.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first file that is not as it was written.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        let mut verified = Verified::default();
        let workspaces: Vec<_> = self.shared.workspaces.read().values().cloned().collect();
        for workspace in workspaces {
            for (_, chunk) in workspace.snapshot().chunks.iter() {
                let reader = chunk.reader()?;
                for block in blocks(&chunk.directory, &chunk.prepared) {
                    reader.check_block(block)?;
                    verified.blocks += 1;
                }
                verified.chunks += 1;
                verified.rows += u64::from(chunk.header.rows);
            }
        }
        Ok(verified)
    }
}

/// Every block that a directory names.
fn blocks<'a>(directory: &'a Directory, prepared: &'a Prepared) -> impl Iterator<Item = BlockRef> + use<'a> {
    let columns = directory.columns.iter().flat_map(|column| column.blocks.iter().chain(&column.words));
    let people = directory.events.iter().map(|event| &event.people_block);
    columns.chain(people).copied().chain(prepared.blocks()).filter(|block| block.bytes > 0)
}
