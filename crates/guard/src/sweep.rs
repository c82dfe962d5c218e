//! Removes what has ended by itself (sessions out of time, invitations nobody accepted), and tells of what lapses unused.

use std::sync::atomic::Ordering;

use signin::config::SWEPT_SESSIONS_MAX;

use crate::error::GuardError;
use crate::guard::Guard;

/// What was removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Swept {
    /// Sessions that have ended.
    pub sessions: usize,
    /// Invitations out of time.
    pub invites: usize,
    /// Tokens and roles that were told of: about to lapse, or lapsed.
    pub unused: usize,
}

/// How often it is worth while.
const EVERY_MS: i64 = 10 * 60_000;

impl Guard {
    /// Does what is due by now. Cheap; meant to be called every second or so.
    ///
    /// # Errors
    /// As [`Guard::sweep`].
    pub fn keep_time(&self) -> Result<(), GuardError> {
        let now_ms = self.now_ms();
        let last_ms = self.0.swept_ms.load(Ordering::Relaxed);
        if (0..EVERY_MS).contains(&(now_ms - last_ms)) {
            return Ok(());
        }
        self.0.swept_ms.store(now_ms, Ordering::Relaxed);
        if self.sweep()?.sessions >= SWEPT_SESSIONS_MAX as usize {
            // A great many have ended: the next turn takes more of them.
            self.0.swept_ms.store(now_ms - EVERY_MS, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Sweeps now. Nothing depends on it but the size of the tables and who is told.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn sweep(&self) -> Result<Swept, GuardError> {
        let (sessions, invites) = self.0.db.write(|tx| {
            let sessions = self.0.signin.sweep_sessions(tx)?;
            self.drop_old_deliveries(tx)?;
            Ok::<_, GuardError>((sessions, self.drop_expired_invites(tx)?))
        })?;
        Ok(Swept { sessions, invites, unused: self.tell_unused()? })
    }
}
