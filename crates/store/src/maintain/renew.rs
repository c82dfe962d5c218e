//! Off an older key of the workspace: what is sealed under it is written anew under the present one.

use model::WorkspaceId;

use crate::chunk::read::Chunk;
use crate::error::StoreError;
use crate::manifest;
use crate::store::{Shared, Store};
use crate::workspace::Workspace;

impl Store {
    /// Whether anything of the workspace is still sealed under an older key of it: how many chunks, one more for the list of
    /// them. Fresh rows are not counted: [`Store::settle`] comes first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn behind(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let Some(workspace) = self.shared.workspace_if_any(workspace)? else { return Ok(0) };
        let present = workspace.seal.id();
        let chunks =
            workspace.snapshot().chunks.iter().filter(|(_, chunk)| is_behind(&workspace, chunk)).count();
        let sealed_by = manifest::sealed_by(&workspace.manifest_path())?;
        Ok(chunks as u64 + u64::from(sealed_by.is_some_and(|key| key != present)))
    }

    /// Writes one chunk anew that is sealed under an older key, or the list of chunks when there is none; `false` when all is
    /// under the present one.
    ///
    /// # Errors
    /// [`StoreError`]; what was not written anew is as it was.
    pub fn renew_one(&self, workspace: WorkspaceId) -> Result<bool, StoreError> {
        let Some(workspace) = self.shared.workspace_if_any(workspace)? else { return Ok(false) };
        let _alone = self.shared.maintaining.lock();
        let state = workspace.snapshot();
        if let Some(listed) = state.chunks.iter().find(|(_, chunk)| is_behind(&workspace, chunk)) {
            // The list goes with it, under the present key.
            self.shared.rewrite(&workspace, &state, std::slice::from_ref(listed))?;
            return Ok(true);
        }
        let path = workspace.manifest_path();
        if manifest::sealed_by(&path)?.is_none_or(|key| key == workspace.seal.id()) {
            return Ok(false);
        }
        let listed = workspace.manifest.lock();
        listed.write(&path, workspace.id, &workspace.seal)?;
        Ok(true)
    }
}

impl Shared {
    /// The archive of a workspace that still has keys.
    fn workspace_if_any(&self, id: WorkspaceId) -> Result<Option<std::sync::Arc<Workspace>>, StoreError> {
        if self.keys.get(id).is_none() { Ok(None) } else { self.workspace_or_new(id).map(Some) }
    }
}

fn is_behind(workspace: &Workspace, chunk: &Chunk) -> bool {
    chunk.header.key_id != workspace.seal.id()
}
