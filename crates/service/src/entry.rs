//! Entries for looks and changes, filled from what guard granted.

use guard::Granted;
use ledger::{NewEntry, Shown};
use serde_json::Value;

use crate::{ServiceError, Services};

impl Services {
    /// Enters a look; afterwards it may be shown.
    pub(crate) fn enter_look(
        &self,
        granted: &Granted,
        code: &'static str,
        object: impl Into<String>,
        detail: Value,
    ) -> Result<(), ServiceError> {
        self.ledger.enter(granted.does(code, object, detail))?;
        Ok(())
    }

    /// Enters a look at people: as many entries as it takes to name them and what was shown.
    pub(crate) fn enter_shown(
        &self,
        granted: &Granted,
        (code, object): (&'static str, &str),
        shown: &Shown,
        about: &Value,
    ) -> Result<(), ServiceError> {
        for detail in shown.details(about) {
            self.ledger.enter(granted.does(code, object, detail))?;
        }
        Ok(())
    }

    /// A change to the control database between its intent and its outcome.
    pub(crate) fn change<T>(
        &self,
        entry: NewEntry,
        act: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<(T, Value), ServiceError>,
    ) -> Result<T, ServiceError> {
        let intent = self.ledger.intend(entry)?;
        match self.control.write(act) {
            Ok((made, detail)) => {
                intent.done(detail)?;
                Ok(made)
            }
            Err(error) => {
                // The refusal is what the caller must hear; a ledger that fails now refuses the next call itself.
                let _ = intent.failed(serde_json::json!({}));
                Err(error)
            }
        }
    }
}
