//! What the house itself found out about people, as events: screened like everything else, counted with nothing that
//! senders send.

use journal::{AppendError, Record};
use model::{Event, WorkspaceId};

use crate::collector::Collector;
use crate::intake::mark;

impl Collector {
    /// Takes these in; durable afterwards. `false` where the log is too busy or the disk is full: to be tried again.
    /// Blocks: for threads, not for tasks.
    ///
    /// # Errors
    /// The journal's, for good.
    pub fn of_the_house(
        &self,
        workspace: WorkspaceId,
        events: Vec<Event<'static>>,
    ) -> Result<bool, AppendError> {
        // Of a workspace that is deleted nothing is left to tell.
        let Some(keys) = self.0.keys.get(workspace) else { return Ok(true) };
        let shield = self.shield(workspace);
        let keyed_hash = |value: &str| mark(&keys, value);
        // What the shield refuses is not told: a name that is itself a secret.
        let clean = events.into_iter().filter_map(|event| shield.screen(event, &keyed_hash).ok());
        let records: Vec<Record> = clean.map(|clean| Record::Event(Box::new(clean))).collect();
        if records.is_empty() {
            return Ok(true);
        }
        match self.0.journal.append_blocking(workspace, records) {
            Ok(_) => Ok(true),
            Err(AppendError::Overloaded { .. } | AppendError::Full) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
