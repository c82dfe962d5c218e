//! What the shield found and what was refused: counts by place, never a value.

use collect::{Count, FindingPlace, RefusalPlace};
use guard::Granted;
use model::WorkspaceId;

use crate::{ServiceError, Services};

impl Services {
    /// What was removed or sealed, by event, property and class, most first.
    ///
    /// # Errors
    /// None today; kept as a result like every other look.
    pub fn findings(
        &self,
        _granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<(FindingPlace, Count)>, ServiceError> {
        let mut counts = self.collector.findings(workspace);
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(count.count));
        Ok(counts)
    }

    /// What was refused, by source, reason and SDK, latest first.
    ///
    /// # Errors
    /// None today; kept as a result like every other look.
    pub fn refusals(
        &self,
        _granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<(RefusalPlace, Count)>, ServiceError> {
        let mut counts = self.collector.refusals(workspace);
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(count.last_ms));
        Ok(counts)
    }
}
