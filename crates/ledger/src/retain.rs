//! Dropping old payloads: after their time only the leaves remain.

use serde_json::json;

use crate::entry::{OWN_PREFIX, Payload, Phase};
use crate::error::LedgerError;
use crate::ledger::Ledger;

/// How long payloads are kept where nothing else is set, in days.
pub const PAYLOAD_DAYS: u32 = 400;
/// The code under which a drop is entered.
pub(crate) const DROPPED_CODE: &str = "ledger.payloads_dropped";

/// What was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Retained {
    /// Payload files removed.
    pub files: u64,
    /// Payloads below this entry may be gone; all from it on are kept.
    pub kept_from: u64,
}

impl Ledger {
    /// Removes payload files in which everything is older than `days`; files close after seven days, so
    /// that payloads stay at most that much longer. The drop is entered before it happens, so that a
    /// verifier can tell it from theft.
    ///
    /// # Errors
    /// As [`Ledger::enter`], and whatever the file system says.
    pub fn retain(&self, days: u32) -> Result<Retained, LedgerError> {
        let shared = self.shared();
        let before_ms = shared.clock.now_ms().saturating_sub(i64::from(days) * 24 * 3_600 * 1_000);
        let droppable = shared.payloads.droppable(before_ms)?;
        let Some(last) = droppable.iter().map(|file| file.last).max() else { return Ok(Retained::default()) };
        let kept_from = last + 1;
        self.submit(&dropped(kept_from, droppable.len()))?.blocking()?;
        let mut files = 0;
        for file in &droppable {
            files += u64::from(shared.payloads.drop_file(file)?);
        }
        Ok(Retained { files, kept_from })
    }
}

fn dropped(kept_from: u64, files: usize) -> Payload {
    Payload {
        code: DROPPED_CODE.into(),
        at_ms: 0,
        phase: Phase::Entry,
        principal: OWN_PREFIX.trim_end_matches('.').to_owned(),
        session: None,
        from: None,
        workspace: None,
        object: "payload".to_owned(),
        detail: json!({ "kept_from": kept_from, "files": files }),
    }
}
