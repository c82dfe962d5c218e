//! What a purge reaches beside journal, people and archive: events in quarantine, what was learned of properties, kept
//! lists of names.

use collect::quarantine::{Edit, Quarantine};
use model::WorkspaceId;
use purge::{Elsewhere, ElsewhereError, EventChange};
use service::Catalogues;
use watch::Watch;

/// The other places of this server.
pub struct Others {
    /// Events that wait for a member.
    pub quarantine: Quarantine,
    /// What properties usually look like.
    pub watch: Watch,
    /// Names, kept for a moment.
    pub catalogues: Catalogues,
}

impl Elsewhere for Others {
    fn set_aside(
        &self,
        workspace: WorkspaceId,
        survey: bool,
        change: &mut EventChange<'_>,
    ) -> Result<u64, ElsewhereError> {
        let mut found = 0;
        self.quarantine.edit(workspace, &mut |record| {
            let Some(changed) = change(record) else { return Edit::Keep };
            found += 1;
            match changed {
                _ if survey => Edit::Keep,
                Some(other) => {
                    *record = other;
                    Edit::Changed
                }
                None => Edit::Drop,
            }
        })?;
        Ok(found)
    }

    fn forget(&self, workspace: WorkspaceId, properties: &[String]) -> Result<(), ElsewhereError> {
        for property in properties {
            self.watch.forget(workspace, None, &property.replace("[]", ".[]"))?;
        }
        self.catalogues.forget(workspace);
        Ok(())
    }
}
