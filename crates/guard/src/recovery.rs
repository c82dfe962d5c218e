//! Somebody who lost every passkey. Where others can help, one who runs the workspace starts and another approves; a lone owner's is
//! begun on the host and ready after a day. Announced at both ends, and stopped by any member of the workspace in the meantime.

use model::MemberId;
use policy::Role;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::json;
use signin::code::Purpose;
use signin::marks::RowMark;
use stdx::Secret;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::lockdown::Host;
use crate::standing::Membership;

/// How long others have to stop it.
const DELAY_MS: i64 = 24 * 3_600_000;

/// A recovery that has been started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recovery {
    /// Whose account.
    pub member: MemberId,
    /// When it was started, milliseconds since 1970, UTC.
    pub started_ms: i64,
    /// When it can be finished.
    pub ready_ms: i64,
    /// Who started it; nothing where it was begun on the host.
    pub started_by: Option<MemberId>,
}

impl Recovery {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.member.0).int(self.started_ms).int(self.ready_ms);
        match self.started_by {
            Some(by) => row.id(by.0),
            None => row,
        }
    }
}

impl Host<'_> {
    /// Starts to recover the account of a lone owner; started already, it goes on as it was.
    ///
    /// # Errors
    /// [`GuardError::NothingToRecover`], or the ledger's or database's.
    pub fn start_recovery(&self, email: &str) -> Result<Recovery, GuardError> {
        let guard = self.0;
        guard.change(|tx| {
            let member = guard.lone_owner(tx, email)?;
            let now_ms = guard.now_ms();
            let ready_ms = now_ms + DELAY_MS;
            let fresh = Recovery { member, started_ms: now_ms, ready_ms, started_by: None };
            // One that members began is ready at once; it does not shorten this one.
            let running = guard.recovery(tx, member)?.filter(|running| running.started_by.is_none());
            let recovery = running.unwrap_or(fresh);
            guard.keep_recovery(tx, &recovery)?;
            guard.announce(tx, "recovery.started", member)?;
            let detail = json!({"ready_ms": recovery.ready_ms});
            Ok((recovery, Actor::part("host").does("recovery.started", member.to_string(), detail)))
        })
    }

    /// Finishes it after the delay: a code with which the owner enrols a new passkey. Old passkeys and
    /// sessions end when the code is used.
    ///
    /// # Errors
    /// [`GuardError::NothingToRecover`] when none was started or it was stopped, [`GuardError::TooEarly`],
    /// or the ledger's or database's.
    pub fn finish_recovery(&self, email: &str) -> Result<Secret<String>, GuardError> {
        let guard = self.0;
        guard.change(|tx| {
            let member = guard.lone_owner(tx, email)?;
            let recovery = guard.recovery(tx, member)?.filter(|running| running.started_by.is_none());
            let recovery = recovery.ok_or(GuardError::NothingToRecover)?;
            if guard.now_ms() < recovery.ready_ms {
                return Err(GuardError::TooEarly { ready_ms: recovery.ready_ms });
            }
            let code = guard.0.signin.make_code(tx, Purpose::Recover, member)?;
            guard.announce(tx, "recovery.ready", member)?;
            Ok((code, Actor::part("host").does("recovery.ready", member.to_string(), json!({}))))
        })
    }
}

impl Guard {
    /// Starts to recover a member's account; another person who runs the workspace approves.
    ///
    /// # Errors
    /// Not found; the caller's own; nobody else could approve; the account has power elsewhere; the ledger's or database's.
    pub fn start_member_recovery(&self, granted: &Granted, member: MemberId) -> Result<Recovery, GuardError> {
        granted.must_be_for(&["StartRecovery"])?;
        let (workspace, own) = (granted.in_workspace()?, granted.member()?);
        self.change(|tx| {
            self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            self.must_help(tx, own, member)?;
            let mut others = Vec::new();
            for other in self.who_runs(tx, workspace)? {
                let can = other != own && self.can_help(tx, other, member)?;
                if can && !self.0.signin.passkeys(tx, other)?.is_empty() {
                    others.push(other);
                }
            }
            if others.is_empty() {
                return Err(GuardError::NobodyElse);
            }
            let started_ms = self.now_ms();
            let recovery = Recovery { member, started_ms, ready_ms: started_ms, started_by: Some(own) };
            self.keep_recovery(tx, &recovery)?;
            self.announce(tx, "recovery.started", member)?;
            let detail = json!({"ready_ms": recovery.ready_ms});
            Ok((recovery, Actor::from(granted).does("recovery.started", member.to_string(), detail)))
        })
    }

    /// Approves it: a code with which the member enrols anew. Old passkeys, the password and sessions end when it is used.
    ///
    /// # Errors
    /// Not found; the one who started; the account has power elsewhere; the ledger's or database's.
    pub fn approve_member_recovery(
        &self,
        granted: &Granted,
        member: MemberId,
    ) -> Result<Secret<String>, GuardError> {
        granted.must_be_for(&["ApproveRecovery"])?;
        let (workspace, own) = (granted.in_workspace()?, granted.member()?);
        self.change(|tx| {
            self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            let started_by = self.recovery(tx, member)?.and_then(|running| running.started_by);
            let started_by = started_by.ok_or(Denied::NotFound)?;
            if started_by == own {
                return Err(GuardError::SecondPerson);
            }
            self.must_help(tx, own, member)?;
            self.must_help(tx, started_by, member)?;
            let code = self.0.signin.make_code(tx, Purpose::Recover, member)?;
            self.announce(tx, "recovery.ready", member)?;
            let detail = json!({"started_by": started_by});
            Ok((code, Actor::from(granted).does("recovery.ready", member.to_string(), detail)))
        })
    }

    /// Refuses whoever could not give the member everything that they have, in every workspace they are in: a recovered account
    /// is all of it.
    pub(crate) fn must_help(
        &self,
        tx: &Transaction<'_>,
        helper: MemberId,
        member: MemberId,
    ) -> Result<(), GuardError> {
        if self.can_help(tx, helper, member)? { Ok(()) } else { Err(GuardError::PowerElsewhere) }
    }

    fn can_help(&self, tx: &Transaction<'_>, helper: MemberId, member: MemberId) -> Result<bool, GuardError> {
        if helper == member {
            return Ok(false);
        }
        for theirs in self.memberships_of(tx, member)? {
            let own = self.membership(tx, theirs.workspace, helper)?.map(|own| own.role);
            let can = own == Some(Role::Owner) || (own == Some(Role::Admin) && theirs.role != Role::Owner);
            if !can {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn keep_recovery(&self, tx: &Transaction<'_>, recovery: &Recovery) -> Result<(), GuardError> {
        let Recovery { member, started_ms, ready_ms, started_by } = recovery;
        tx.execute(
            "insert or replace into recovery (account, started_ms, ready_ms, started_by, mac)
             values (?1, ?2, ?3, ?4, ?5)",
            params![
                member.0.to_be_bytes(),
                started_ms,
                ready_ms,
                started_by.map(|by| by.0.to_be_bytes()),
                recovery.mark(self.marks().row("recovery")).made(),
            ],
        )?;
        Ok(())
    }

    /// The recoveries that run for members of the workspace.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn recoveries(&self, granted: &Granted) -> Result<Vec<Recovery>, GuardError> {
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| {
            let members = self.memberships_in(tx, workspace)?;
            members.iter().filter_map(|member| self.recovery(tx, member.member).transpose()).collect()
        })
    }

    /// Stops the recovery of a member of the workspace.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn stop_recovery(&self, granted: &Granted, member: MemberId) -> Result<(), GuardError> {
        granted.must_be_for(&["StopRecovery"])?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            self.membership(tx, workspace, member)?.ok_or(Denied::NotFound)?;
            self.recovery(tx, member)?.ok_or(Denied::NotFound)?;
            self.end_recovery(tx, member)?;
            // A code that was made already must not outlive it.
            self.0.signin.drop_codes(tx, member)?;
            self.announce(tx, "recovery.stopped", member)?;
            Ok(((), Actor::from(granted).does("recovery.stopped", member.to_string(), json!({}))))
        })
    }

    /// The member has enrolled again.
    pub(crate) fn recovered(&self, tx: &Transaction<'_>, member: MemberId) -> Result<(), GuardError> {
        self.recovery(tx, member)?.ok_or(Denied::NotFound)?;
        self.end_recovery(tx, member)?;
        self.announce(tx, "recovery.finished", member)
    }

    fn end_recovery(&self, tx: &Transaction<'_>, member: MemberId) -> Result<(), GuardError> {
        tx.execute("delete from recovery where account = ?1", [member.0.to_be_bytes()])?;
        Ok(())
    }

    fn recovery(&self, tx: &Transaction<'_>, member: MemberId) -> Result<Option<Recovery>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select started_ms, ready_ms, started_by, mac from recovery where account = ?1",
        )?;
        let found = statement
            .query_row([member.0.to_be_bytes()], |row| {
                let started_by: Option<[u8; 16]> = row.get(2)?;
                let started_by = started_by.map(|by| MemberId(u128::from_be_bytes(by)));
                let recovery =
                    Recovery { member, started_ms: row.get(0)?, ready_ms: row.get(1)?, started_by };
                Ok((recovery, row.get::<_, Vec<u8>>(3)?))
            })
            .optional()?;
        let Some((recovery, mac)) = found else { return Ok(None) };
        recovery.mark(self.marks().row("recovery")).check(&mac)?;
        // What members began and nobody finished is over by itself, once a code made at its end is.
        let over = self.now_ms() - recovery.started_ms >= 2 * DELAY_MS;
        Ok(Some(recovery).filter(|_| recovery.started_by.is_none() || !over))
    }

    /// The owner with that address whom nobody else could invite again in some workspace.
    fn lone_owner(&self, tx: &Transaction<'_>, email: &str) -> Result<MemberId, GuardError> {
        for member in self.accounts_with_email(tx, email)? {
            for membership in self.memberships_of(tx, member)? {
                if membership.role == Role::Owner && !self.others_can_help(tx, &membership)? {
                    return Ok(member);
                }
            }
        }
        Err(GuardError::NothingToRecover)
    }

    fn others_can_help(&self, tx: &Transaction<'_>, owner: &Membership) -> Result<bool, GuardError> {
        let others = self.active_memberships_in(tx, owner.workspace)?;
        for other in others.iter().filter(|other| other.role == Role::Owner && other.member != owner.member) {
            if !self.0.signin.passkeys(tx, other.member)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// In every workspace the account belongs to.
    pub(crate) fn announce(
        &self,
        tx: &Transaction<'_>,
        kind: &'static str,
        member: MemberId,
    ) -> Result<(), GuardError> {
        for membership in self.memberships_of(tx, member)? {
            self.notice(tx, Some(membership.workspace), None, kind, &json!({"member": member}))?;
        }
        self.notice(tx, None, Some(member), kind, &json!({})).map(|_| ())
    }
}
