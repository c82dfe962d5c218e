//! A lone owner who lost every passkey: begun on the host, ready after a day, announced at both ends,
//! stopped by any member of the workspace in the meantime.

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
}

impl Recovery {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        row.id(self.member.0).int(self.started_ms).int(self.ready_ms)
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
            let fresh = Recovery { member, started_ms: now_ms, ready_ms: now_ms + DELAY_MS };
            let recovery = guard.recovery(tx, member)?.unwrap_or(fresh);
            let mac = recovery.mark(guard.marks().row("recovery")).made();
            tx.execute(
                "insert into recovery (account, started_ms, ready_ms, mac) values (?1, ?2, ?3, ?4)
                 on conflict (account) do nothing",
                params![member.0.to_be_bytes(), recovery.started_ms, recovery.ready_ms, mac],
            )?;
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
            let recovery = guard.recovery(tx, member)?.ok_or(GuardError::NothingToRecover)?;
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
    /// The recoveries that run for owners of the workspace.
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

    /// Stops the recovery of an owner of the workspace.
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

    /// The owner has enrolled again.
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
        let mut statement =
            tx.prepare_cached("select started_ms, ready_ms, mac from recovery where account = ?1")?;
        let found = statement
            .query_row([member.0.to_be_bytes()], |row| {
                Ok((
                    Recovery { member, started_ms: row.get(0)?, ready_ms: row.get(1)? },
                    row.get::<_, Vec<u8>>(2)?,
                ))
            })
            .optional()?;
        let Some((recovery, mac)) = found else { return Ok(None) };
        recovery.mark(self.marks().row("recovery")).check(&mac)?;
        Ok(Some(recovery))
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
    fn announce(&self, tx: &Transaction<'_>, kind: &'static str, member: MemberId) -> Result<(), GuardError> {
        for membership in self.memberships_of(tx, member)? {
            self.notice(tx, Some(membership.workspace), None, kind, &json!({"member": member}))?;
        }
        Ok(())
    }
}
