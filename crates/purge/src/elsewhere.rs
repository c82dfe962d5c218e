//! Places that others keep and that this crate does not know; the binary brings them.

use std::error::Error;

use model::{EventRecord, WorkspaceId};

/// What becomes of an event that waits somewhere: `None` leaves it, `Some(None)` drops it.
pub type EventChange<'a> = dyn FnMut(&EventRecord) -> Option<Option<EventRecord>> + 'a;

/// Why another place could not be looked through.
pub type ElsewhereError = Box<dyn Error + Send + Sync>;

/// Events that wait, and what is learned or held of properties.
pub trait Elsewhere: Send + Sync {
    /// Shows every event that is set aside, and changes or drops it; how many. With `survey` nothing is written.
    ///
    /// # Errors
    /// What the place says; it is asked again later.
    fn set_aside(
        &self,
        workspace: WorkspaceId,
        survey: bool,
        change: &mut EventChange<'_>,
    ) -> Result<u64, ElsewhereError>;

    /// Seals anew what an older key of the workspace sealed; how many pieces.
    ///
    /// # Errors
    /// What the place says; it is asked again later.
    fn renew(&self, workspace: WorkspaceId) -> Result<u64, ElsewhereError>;

    /// Forgets what was learned of these properties (`properties.note`), what is held in memory of the workspace's
    /// events, and whatever stands under a name that must go: of a property, an event, a page.
    ///
    /// # Errors
    /// What the place says; it is asked again later.
    fn forget(
        &self,
        workspace: WorkspaceId,
        properties: &[String],
        is_gone: &dyn Fn(&str) -> bool,
    ) -> Result<(), ElsewhereError>;
}
