//! Sessions: an opaque text of 256 random bits in the browser, its keyed hash in the database.
//!
//! The text is replaced every ten minutes. A replaced text still counts for ten seconds, because a
//! browser sends requests in parallel; after that its return means that two parties have it, and the
//! whole session ends. A session that is bound to a device (`binding`) is not renewed by being used: its text lives ten
//! minutes, and only the device's key gets another; one that is not is renewed in the network where it was opened
//! (`networks`). A session ends after a time without use and at a fixed time whatever happens.

pub mod networks;
pub(crate) mod row;

use control::Database;
use model::{MemberId, PasskeyId, SessionId, WorkspaceId};
use rusqlite::{Transaction, params};
use stdx::Secret;

use crate::account::AccountKind;
use crate::ceremony::SignedIn;
use crate::config::{
    CLOCK_STEP_MS, GRACE_MS, LAST_USE_STEP_MS, Lifetime, RENEW_AFTER_MS, SESSIONS_MAX, SWEPT_SESSIONS_MAX,
};
use crate::error::SigninError;
use crate::signin::Signin;
use row::{SessionRow, TokenRow};

/// How every session text begins.
pub const PREFIX: &str = "hs_";
/// `hs_` and 32 bytes in base32.
const TEXT_BYTES: usize = 3 + 52;

/// A session that has just been found valid.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its id.
    pub session: SessionId,
    /// Whose it is.
    pub account: MemberId,
    /// What kind of account that is.
    pub kind: AccountKind,
    /// How strongly it was opened.
    pub level: u8,
    /// The one workspace it reaches, where whoever vouched for it speaks for that one alone.
    pub workspace: Option<WorkspaceId>,
    /// The passkey it was opened with, or what stands for one.
    pub passkey: PasskeyId,
    /// Its new text, when it was replaced just now.
    pub renewed: Option<Secret<String>>,
}

/// What its owner sees of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// The passkey it was opened with.
    pub passkey: PasskeyId,
    /// When it was opened, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When it was last used, to within a minute.
    pub last_seen_ms: i64,
    /// When it ends at the latest.
    pub ends_ms: i64,
    /// Whether it is bound to the device: renewed with the device's key alone.
    pub bound: bool,
    /// From how many networks it was used.
    pub networks: usize,
}

impl Signin {
    /// Opens a session after a sign-in. With a workspace it reaches that one alone.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn open_session(
        &self,
        tx: &Transaction<'_>,
        who: &SignedIn,
        lifetime: Lifetime,
        workspace: Option<WorkspaceId>,
    ) -> Result<(SessionId, Secret<String>), SigninError> {
        self.make_room(tx, who.account)?;
        let now_ms = self.now_ms();
        let session = SessionRow {
            id: SessionId::new(now_ms),
            account: who.account,
            passkey: who.passkey,
            level: who.level,
            account_epoch: self.living(tx, who.account)?.epoch,
            installation_epoch: self.installation_epoch(tx)?,
            created_ms: now_ms,
            last_seen_ms: now_ms,
            idle_ms: lifetime.idle_ms,
            ends_ms: now_ms + lifetime.whole_ms,
            workspace,
            binding: None,
        };
        session.insert(tx, &self.marks)?;
        Ok((session.id, self.issue(tx, session.id, now_ms)?))
    }

    /// Finds the session of a text that came from `network` (a keyed mark; nothing where no door said), renews it when it is
    /// time, and ends it when the text is a replaced one.
    ///
    /// # Errors
    /// [`SigninError::NotValid`], [`SigninError::Reused`], an altered row, or the database's.
    pub fn check_session(
        &self,
        db: &Database,
        text: &str,
        network: Option<&str>,
    ) -> Result<Checked, SigninError> {
        if text.len() != TEXT_BYTES || !text.starts_with(PREFIX) {
            return Err(SigninError::NotValid);
        }
        let hash = self.marks.lookup("session", text);
        let now_ms = self.now_ms();
        let (found, state) = db.read(|tx| self.judged(tx, &hash, (network, now_ms)))?;
        match state {
            State::Good => Ok(found),
            // Judged again inside the writing transaction: somebody else may have been first.
            State::Stale | State::Old => db.write(|tx| self.freshened(tx, &hash, (network, now_ms))),
            State::Reused => {
                // Whoever has the text of a bound session has not got its key: its owner stays.
                db.write(|tx| self.end_unless_bound(tx, found.session))?;
                Err(SigninError::Reused { session: found.session, account: found.account })
            }
        }
    }

    /// The sessions of an account, the oldest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sessions(&self, tx: &Transaction<'_>, account: MemberId) -> Result<Vec<SessionView>, SigninError> {
        let now_ms = self.now_ms();
        let mut sessions = Vec::new();
        for row in SessionRow::of_account(tx, &self.marks, account)? {
            if self.runs(tx, &row, now_ms)? {
                sessions.push(row.view(self.network_count(tx, row.id)?));
            }
        }
        Ok(sessions)
    }

    /// Ends one session.
    ///
    /// # Errors
    /// The database's.
    pub fn end_session(&self, tx: &Transaction<'_>, id: SessionId) -> Result<(), SigninError> {
        tx.execute("delete from session where id = ?1", [id.0.to_be_bytes()])?;
        Ok(())
    }

    /// Ends every session of an account but one.
    ///
    /// # Errors
    /// The database's.
    pub fn end_other_sessions(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        but: SessionId,
    ) -> Result<usize, SigninError> {
        Ok(tx.execute(
            "delete from session where account = ?1 and id <> ?2",
            params![account.0.to_be_bytes(), but.0.to_be_bytes()],
        )?)
    }

    /// Ends the sessions of an account that were opened with that; returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn end_sessions_with(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        with: PasskeyId,
    ) -> Result<usize, SigninError> {
        Ok(tx.execute(
            "delete from session where account = ?1 and passkey = ?2",
            params![account.0.to_be_bytes(), with.0.to_be_bytes()],
        )?)
    }

    /// Ends every session that reaches that workspace alone; returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn end_sessions_within(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<usize, SigninError> {
        Ok(tx.execute("delete from session where workspace = ?1", [workspace.0.to_be_bytes()])?)
    }

    /// Whether the session still runs, for streams that outlive their request. Does not count as use.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn session_runs(&self, tx: &Transaction<'_>, id: SessionId) -> Result<bool, SigninError> {
        let Some(session) = SessionRow::by_id(tx, &self.marks, id)? else { return Ok(false) };
        self.runs(tx, &session, self.now_ms())
    }

    /// How long the session of a text would run on by itself if nothing came of it, in milliseconds; nothing where it has ended.
    /// Does not count as use: an open page asks this so that it can empty itself in time.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn session_left_ms(&self, db: &Database, text: &str) -> Result<Option<i64>, SigninError> {
        if text.len() != TEXT_BYTES || !text.starts_with(PREFIX) {
            return Ok(None);
        }
        let (hash, now_ms) = (self.marks.lookup("session", text), self.now_ms());
        db.read(|tx| {
            let Some((_, session)) = TokenRow::with_session(tx, &self.marks, &hash)? else { return Ok(None) };
            let runs = self.runs(tx, &session, now_ms)?;
            Ok(runs.then(|| session.left_ms(now_ms)))
        })
    }

    /// Removes what has ended, by itself or by an epoch, at most [`SWEPT_SESSIONS_MAX`] at once; returns how many.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn sweep_sessions(&self, tx: &Transaction<'_>) -> Result<usize, SigninError> {
        let removed = tx.execute(
            "delete from session where id in (
               select s.id from session s join account a on a.id = s.account
               where s.ends_ms <= ?1 or s.last_seen_ms + s.idle_ms <= ?1 or s.account_epoch <> a.epoch or s.installation_epoch <> ?2
               limit ?3)",
            params![self.now_ms(), self.installation_epoch(tx)?, SWEPT_SESSIONS_MAX],
        )?;
        Ok(removed)
    }

    fn judged(
        &self,
        tx: &Transaction<'_>,
        hash: &[u8; 32],
        (network, now_ms): (Option<&str>, i64),
    ) -> Result<(Checked, State), SigninError> {
        let (token, session) = TokenRow::with_session(tx, &self.marks, hash)?.ok_or(SigninError::NotValid)?;
        if !self.runs(tx, &session, now_ms)? {
            return Err(SigninError::NotValid);
        }
        let account = self.living(tx, session.account)?;
        let state = match token.replaced_ms {
            Some(at_ms) if !(-CLOCK_STEP_MS..=GRACE_MS).contains(&(now_ms - at_ms)) => State::Reused,
            None if session.binding.is_some() && now_ms - token.issued_ms >= RENEW_AFTER_MS + GRACE_MS => {
                return Err(SigninError::NotValid);
            }
            None if session.binding.is_none() && now_ms - token.issued_ms >= RENEW_AFTER_MS => {
                if !self.renews_from(tx, session.id, network)? {
                    return Err(SigninError::NotValid);
                }
                State::Old
            }
            _ if now_ms - session.last_seen_ms >= LAST_USE_STEP_MS => State::Stale,
            _ => State::Good,
        };
        let checked = Checked {
            session: session.id,
            account: account.id,
            kind: account.kind,
            level: session.level,
            workspace: session.workspace,
            passkey: session.passkey,
            renewed: None,
        };
        Ok((checked, state))
    }

    fn freshened(
        &self,
        tx: &Transaction<'_>,
        hash: &[u8; 32],
        (network, now_ms): (Option<&str>, i64),
    ) -> Result<Checked, SigninError> {
        let (mut checked, state) = self.judged(tx, hash, (network, now_ms))?;
        match state {
            State::Good => {}
            State::Stale => SessionRow::touch(tx, &self.marks, checked.session, now_ms)?,
            State::Old => {
                SessionRow::touch(tx, &self.marks, checked.session, now_ms)?;
                TokenRow::replace(tx, &self.marks, hash, now_ms)?;
                checked.renewed = Some(self.issue(tx, checked.session, now_ms)?);
            }
            // Replaced between the two looks and already out of grace: cannot happen within one instant.
            State::Reused => return Err(SigninError::NotValid),
        }
        Ok(checked)
    }

    fn end_unless_bound(&self, tx: &Transaction<'_>, id: SessionId) -> Result<(), SigninError> {
        match SessionRow::by_id(tx, &self.marks, id)? {
            Some(session) if session.binding.is_some() => Ok(()),
            _ => self.end_session(tx, id),
        }
    }

    pub(crate) fn runs(
        &self,
        tx: &Transaction<'_>,
        session: &SessionRow,
        now_ms: i64,
    ) -> Result<bool, SigninError> {
        let Some(account) = self.account(tx, session.account)? else { return Ok(false) };
        let epochs = session.account_epoch == account.epoch
            && session.installation_epoch == self.installation_epoch(tx)?;
        Ok(epochs && account.ended_ms.is_none() && session.is_running(now_ms))
    }

    pub(crate) fn issue(
        &self,
        tx: &Transaction<'_>,
        session: SessionId,
        now_ms: i64,
    ) -> Result<Secret<String>, SigninError> {
        let text = Secret::new(format!("{PREFIX}{}", stdx::random_text::<32>()));
        let hash = self.marks.lookup("session", text.expose());
        TokenRow { hash, session, issued_ms: now_ms, replaced_ms: None }.insert(tx, &self.marks)?;
        Ok(text)
    }

    /// Ends the session unused for longest when the account has as many as it may.
    fn make_room(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), SigninError> {
        let mut rows = SessionRow::of_account(tx, &self.marks, account)?;
        rows.sort_by_key(|row| row.last_seen_ms);
        let surplus = (rows.len() + 1).saturating_sub(SESSIONS_MAX);
        rows.iter().take(surplus).try_for_each(|row| self.end_session(tx, row.id))
    }
}

/// What is to be done with a session that was found.
enum State {
    /// Nothing.
    Good,
    /// Its last use is to be written down.
    Stale,
    /// Its text is to be replaced.
    Old,
    /// Its text was replaced long ago: somebody else has it.
    Reused,
}
