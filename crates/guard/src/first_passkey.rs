//! The first passkey of a member who came in without one: by their organisation's sign-in, or with a password.
//!
//! Somebody who runs the workspace allows it with a touch. That alone opens nothing: no code is made that could be talked out
//! of anybody. After a day, in which the member and those who run the workspace have been told and any of them may take it
//! back, the member enrols from within a session of their own that was opened a moment ago. So it takes three things that no
//! thief has together: somebody's touch, a day unnoticed, and the member's own way in, fresh.

use model::{MemberId, SessionId};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};
use signin::config::CLOCK_STEP_MS;
use signin::marks::RowMark;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// How long it can be taken back before anything comes of it.
pub const WAIT_MS: i64 = 24 * 3_600_000;
/// How long the member then has.
pub const OPEN_MS: i64 = 72 * 3_600_000;
/// How old the session may be from within which they enrol.
pub const SIGNED_IN_MS_MAX: i64 = 10 * 60_000;
const TABLE: &str = "first_passkey";

/// That a member may enrol a first passkey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FirstPasskey {
    /// Who may.
    pub member: MemberId,
    /// Who allowed it.
    pub allowed_by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub allowed_ms: i64,
    /// From when on.
    pub ready_ms: i64,
    /// Until when.
    pub void_ms: i64,
    epoch: i64,
}

impl FirstPasskey {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.member.0).id(self.allowed_by.0).int(self.epoch);
        row.int(self.allowed_ms).int(self.ready_ms).int(self.void_ms)
    }
}

impl Guard {
    /// Allows a member who has no passkey to enrol one, after a day.
    ///
    /// # Errors
    /// Not found; the caller's own; they have one; they run something; the account has power elsewhere; the ledger's or
    /// database's.
    pub fn allow_first_passkey(
        &self,
        granted: &Granted,
        member: MemberId,
    ) -> Result<FirstPasskey, GuardError> {
        granted.must_be_for(&["AllowFirstPasskey"])?;
        let (workspace, own) = (granted.in_workspace()?, granted.member()?);
        self.change(|tx| {
            self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            self.must_be_for_a_first(tx, own, member)?;
            let allowed_ms = self.now_ms();
            let ready_ms = allowed_ms + WAIT_MS;
            let epoch = self.0.signin.installation_epoch(tx)?;
            let void_ms = ready_ms + OPEN_MS;
            let allowed = FirstPasskey { member, allowed_by: own, allowed_ms, ready_ms, void_ms, epoch };
            self.keep_first_passkey(tx, &allowed)?;
            self.announce(tx, "first_passkey.allowed", member)?;
            let detail = json!({"ready_ms": ready_ms});
            Ok((allowed, Actor::from(granted).does("first_passkey.allowed", member.to_string(), detail)))
        })
    }

    /// Takes it back.
    ///
    /// # Errors
    /// Not found, an altered row, or the ledger's or database's.
    pub fn stop_first_passkey(&self, granted: &Granted, member: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["StopFirstPasskey"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            self.end_first_passkey(tx, granted, member)
        })
    }

    /// The member says that they did not want it.
    ///
    /// # Errors
    /// Not found, an altered row, or the ledger's or database's.
    pub fn refuse_first_passkey(&self, granted: &Granted) -> Result<(), GuardError> {
        granted.must_be_for(&["RefuseFirstPasskey"])?;
        let member = granted.member()?;
        self.change(|tx| self.end_first_passkey(tx, granted, member))
    }

    /// What is allowed to members of the workspace.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn first_passkeys(&self, granted: &Granted) -> Result<Vec<FirstPasskey>, GuardError> {
        granted.must_be_for(&["ListMembers"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let members = self.memberships_in(tx, workspace)?;
            members.iter().filter_map(|found| self.first_passkey(tx, found.member).transpose()).collect()
        })
    }

    /// What is allowed to the caller.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn own_first_passkey(&self, granted: &Granted) -> Result<Option<FirstPasskey>, GuardError> {
        granted.must_be_for(&["ListPasskeys"])?;
        let member = granted.member()?;
        self.0.db.read(|tx| self.first_passkey(tx, member))
    }

    /// Begins to enrol it: `PublicKeyCredentialCreationOptionsJSON`. Finished like every further one.
    ///
    /// # Errors
    /// Not found where nothing is allowed; not ready; a session that is too old; an
    /// altered row, or the database's.
    pub fn begin_first_passkey(&self, granted: &Granted) -> Result<Value, GuardError> {
        granted.must_be_for(&["AddFirstPasskey"])?;
        let (member, session) = (granted.member()?, granted.session.ok_or(Denied::NotSignedIn)?);
        self.0.db.read(|tx| {
            self.may_enrol_first(tx, member, session)?;
            Ok(self.0.signin.begin_add_passkey(tx, member, session)?)
        })
    }

    /// Uses it up, where the account has no passkey yet; every other session of the account ends.
    pub(crate) fn take_first_passkey(
        &self,
        tx: &Transaction<'_>,
        (member, session): (MemberId, SessionId),
    ) -> Result<(), GuardError> {
        self.may_enrol_first(tx, member, session)?;
        self.drop_first_passkey(tx, member)?;
        self.0.signin.end_other_sessions(tx, member, session)?;
        self.announce(tx, "first_passkey.enrolled", member)
    }

    fn may_enrol_first(
        &self,
        tx: &Transaction<'_>,
        member: MemberId,
        session: SessionId,
    ) -> Result<(), GuardError> {
        let allowed = self.first_passkey(tx, member)?.ok_or(Denied::NotFound)?;
        let now_ms = self.now_ms();
        if now_ms < allowed.ready_ms {
            return Err(GuardError::NotYet { ready_ms: allowed.ready_ms });
        }
        // It holds by what is so now: who allowed it still could, and the member still is who they were.
        self.must_be_for_a_first(tx, allowed.allowed_by, member)?;
        let sessions = self.0.signin.sessions(tx, member)?;
        let opened_ms = sessions.iter().find(|found| found.id == session).map(|found| found.created_ms);
        match opened_ms {
            Some(opened_ms) if now_ms - opened_ms <= SIGNED_IN_MS_MAX => Ok(()),
            _ => Err(GuardError::SignInAgain),
        }
    }

    /// Refuses whoever has a passkey, runs something anywhere, or has more than `by` could give.
    fn must_be_for_a_first(
        &self,
        tx: &Transaction<'_>,
        by: MemberId,
        member: MemberId,
    ) -> Result<(), GuardError> {
        if !self.0.signin.passkeys(tx, member)?.is_empty() {
            return Err(GuardError::HasPasskey);
        }
        if self.memberships_of(tx, member)?.iter().any(|found| found.role.is_powerful()) {
            return Err(GuardError::NeedsRecovery);
        }
        self.must_help(tx, by, member)
    }

    fn end_first_passkey(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        member: MemberId,
    ) -> Result<((), ledger::NewEntry), GuardError> {
        self.first_passkey(tx, member)?.ok_or(Denied::NotFound)?;
        self.drop_first_passkey(tx, member)?;
        self.announce(tx, "first_passkey.stopped", member)?;
        Ok(((), Actor::from(granted).does("first_passkey.stopped", member.to_string(), json!({}))))
    }

    fn first_passkey(
        &self,
        tx: &Transaction<'_>,
        member: MemberId,
    ) -> Result<Option<FirstPasskey>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select allowed_by, epoch, allowed_ms, ready_ms, void_ms, mac from first_passkey where account = ?1",
        )?;
        let found = statement
            .query_row([member.0.to_be_bytes()], |row| {
                let allowed = FirstPasskey {
                    member,
                    allowed_by: MemberId(u128::from_be_bytes(row.get(0)?)),
                    epoch: row.get(1)?,
                    allowed_ms: row.get(2)?,
                    ready_ms: row.get(3)?,
                    void_ms: row.get(4)?,
                };
                Ok((allowed, row.get::<_, Vec<u8>>(5)?))
            })
            .optional()?;
        let Some((allowed, mac)) = found else { return Ok(None) };
        allowed.mark(self.marks().row(TABLE)).check(&mac)?;
        let open = (allowed.allowed_ms - CLOCK_STEP_MS..allowed.void_ms).contains(&self.now_ms())
            && allowed.epoch == self.0.signin.installation_epoch(tx)?;
        Ok(open.then_some(allowed))
    }

    fn keep_first_passkey(&self, tx: &Transaction<'_>, allowed: &FirstPasskey) -> Result<(), GuardError> {
        tx.execute(
            "insert or replace into first_passkey (account, allowed_by, epoch, allowed_ms, ready_ms, void_ms, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                allowed.member.0.to_be_bytes(),
                allowed.allowed_by.0.to_be_bytes(),
                allowed.epoch,
                allowed.allowed_ms,
                allowed.ready_ms,
                allowed.void_ms,
                allowed.mark(self.marks().row(TABLE)).made(),
            ],
        )?;
        Ok(())
    }

    fn drop_first_passkey(&self, tx: &Transaction<'_>, member: MemberId) -> Result<(), GuardError> {
        tx.execute("delete from first_passkey where account = ?1", [member.0.to_be_bytes()])?;
        Ok(())
    }
}
