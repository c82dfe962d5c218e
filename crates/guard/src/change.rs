//! How a change is made: done in a transaction, entered as an intent before the commit, closed with its
//! outcome after. No entry, no change.

use ledger::NewEntry;
use model::WorkspaceId;
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// Who does something, as the ledger names them.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) principal: String,
    pub(crate) session: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) workspace: Option<WorkspaceId>,
}

impl Actor {
    /// Nobody who is signed in: the parts of the system, and those who are about to sign in.
    pub(crate) fn part(name: &str) -> Self {
        Self { principal: name.to_owned(), session: None, from: None, workspace: None }
    }

    /// An entry of what the actor does to `object`.
    pub(crate) fn does(&self, code: &'static str, object: impl Into<String>, detail: Value) -> NewEntry {
        let Self { principal, session, from, workspace } = self.clone();
        NewEntry { code, principal, session, from, workspace, object: object.into(), detail }
    }
}

impl From<&Granted> for Actor {
    fn from(granted: &Granted) -> Self {
        Self {
            principal: granted.principal.name.clone(),
            session: granted.session.map(|session| session.to_string()),
            from: granted.from.clone(),
            workspace: granted.workspace,
        }
    }
}

impl Guard {
    /// Makes a change: `f` does it and says how to enter it.
    ///
    /// The intent is durable before the commit, so that nothing is changed that the ledger does not know;
    /// the writer waits for that one sync, which changes of power are rare enough for.
    pub(crate) fn change<T>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<(T, NewEntry), GuardError>,
    ) -> Result<T, GuardError> {
        let mut intent = None;
        let result = self.0.db.write(|tx| {
            let (value, entry) = f(tx)?;
            intent = Some(self.0.ledger.intend(entry)?);
            Ok::<_, GuardError>(value)
        });
        match (result, intent) {
            (Ok(value), Some(intent)) => {
                intent.done(json!({}))?;
                Ok(value)
            }
            (Err(error), Some(intent)) => {
                // The commit failed; that is the error to tell, whatever becomes of the entry.
                let _ = intent.failed(json!({}));
                Err(error)
            }
            (result, None) => result,
        }
    }
}
