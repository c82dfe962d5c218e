//! Removes what has ended by itself: sessions out of time, invitations nobody accepted.

use crate::error::GuardError;
use crate::guard::Guard;

/// What was removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Swept {
    /// Sessions out of time.
    pub sessions: usize,
    /// Invitations out of time.
    pub invites: usize,
}

impl Guard {
    /// Sweeps once; meant to be called every hour or so. Nothing depends on it but the size of the tables.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sweep(&self) -> Result<Swept, GuardError> {
        self.0.db.write(|tx| {
            let sessions = self.0.signin.sweep_sessions(tx)?;
            Ok(Swept { sessions, invites: self.drop_expired_invites(tx)? })
        })
    }
}
