//! Bringing in another operator. It is asked for by one and approved by another; whoever asked then makes the code, so that
//! the newcomer is theirs to answer for. Where nobody else could approve it is announced to everybody, in every workspace
//! too, waits a day, and is called `alone` wherever it stands.

use model::{GrantId, MemberId};
use rusqlite::{Row, Transaction, params};
use serde_json::{Value, json};
use signin::account::AccountKind;
use signin::code::Purpose;
use signin::config::{CLOCK_STEP_MS, CODE_LIFE_MS};
use signin::marks::RowMark;

use super::voice::Origin;
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::invites::Invited;
use crate::mode::checked_reason;

/// How long a request waits for another operator, and how long an approved one for its code.
const OPEN_MS: i64 = 24 * 3_600_000;
/// How long one who is alone waits.
pub const ALONE_MS: i64 = 24 * 3_600_000;
/// The most requests that are open at once.
const OPEN_MAX: usize = 10;
const TABLE: &str = "operator_invite";
const COLUMNS: &str = "id, asked_by, reason, epoch, alone, asked_ms, approved_by, ready_ms, void_ms, mac";

/// A request to bring in another operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperatorInvite {
    /// Its id.
    pub id: GrantId,
    /// Who asked.
    pub asked_by: MemberId,
    /// Whom for and why, in their words.
    pub reason: String,
    /// Whether nobody else could approve: weaker.
    pub alone: bool,
    /// When it was asked for, milliseconds since 1970, UTC.
    pub asked_ms: i64,
    /// Who approved it.
    pub approved_by: Option<MemberId>,
    /// From when the code can be made; nothing while it waits for another operator.
    pub ready_ms: Option<i64>,
    /// When it is void.
    pub void_ms: i64,
    epoch: i64,
}

/// How a request is, now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InviteState {
    /// For another operator to approve.
    Waiting,
    /// For its day to pass.
    Delayed,
    /// Whoever asked can make the code.
    Ready,
}

impl InviteState {
    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delayed => "delayed",
            Self::Ready => "ready",
        }
    }
}

impl OperatorInvite {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.id.0).id(self.asked_by.0).text(&self.reason).int(self.epoch);
        let row = row.int(self.alone.into()).int(self.asked_ms);
        let row = row.blob(&self.approved_by.map_or_else(Vec::new, |by| by.0.to_be_bytes().to_vec()));
        row.maybe(self.ready_ms).int(self.void_ms)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<(Self, Vec<u8>)> {
        let invite = Self {
            id: GrantId(u128::from_be_bytes(row.get(0)?)),
            asked_by: MemberId(u128::from_be_bytes(row.get(1)?)),
            reason: row.get(2)?,
            epoch: row.get(3)?,
            alone: row.get(4)?,
            asked_ms: row.get(5)?,
            approved_by: row.get::<_, Option<[u8; 16]>>(6)?.map(|by| MemberId(u128::from_be_bytes(by))),
            ready_ms: row.get(7)?,
            void_ms: row.get(8)?,
        };
        Ok((invite, row.get(9)?))
    }

    fn state(&self, now_ms: i64) -> InviteState {
        match self.ready_ms {
            None => InviteState::Waiting,
            Some(ready_ms) if now_ms < ready_ms => InviteState::Delayed,
            Some(_) => InviteState::Ready,
        }
    }
}

impl Guard {
    /// The requests that are open, the oldest first, and how each is.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn operator_invites(
        &self,
        granted: &Granted,
    ) -> Result<Vec<(OperatorInvite, InviteState)>, GuardError> {
        granted.must_be_for(&["ListOperators"])?;
        let now_ms = self.now_ms();
        let open = self.0.db.read(|tx| self.open_operator_invites(tx))?;
        Ok(open
            .into_iter()
            .map(|invite| (invite.state(now_ms), invite))
            .map(|(state, it)| (it, state))
            .collect())
    }

    /// Asks for another operator.
    ///
    /// # Errors
    /// An empty or overlong reason, too many open requests, an altered row, or the ledger's or database's.
    pub fn ask_operator(&self, granted: &Granted, reason: &str) -> Result<OperatorInvite, GuardError> {
        granted.must_be_for(&["InviteOperator"])?;
        let (asked_by, asked_ms) = (granted.member()?, self.now_ms());
        let reason = checked_reason(reason)?.to_owned();
        self.change(|tx| {
            tx.execute("delete from operator_invite where void_ms <= ?1", [asked_ms])?;
            if self.open_operator_invites(tx)?.len() >= OPEN_MAX {
                return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
            }
            let alone = self.others_who_could(tx, None, asked_by)? == 0;
            let ready_ms = alone.then_some(asked_ms + ALONE_MS);
            let invite = OperatorInvite {
                id: GrantId::new(asked_ms),
                asked_by,
                reason,
                epoch: self.0.signin.installation_epoch(tx)?,
                alone,
                asked_ms,
                approved_by: None,
                ready_ms,
                void_ms: ready_ms.unwrap_or(asked_ms) + OPEN_MS,
            };
            self.keep_operator_invite(tx, &invite)?;
            let told = json!({"invite": invite.id, "by": asked_by});
            self.tell_of_operator(tx, alone, ["operator.asked", "operator.asked_alone"], &told)?;
            let detail = json!({"reason": invite.reason, "alone": alone, "ready_ms": ready_ms});
            let entry = Actor::from(granted).does("operator.asked", invite.id.to_string(), detail);
            Ok((invite, entry))
        })
    }

    /// Approves that another operator brings one in: by somebody who is another person, and was there before it was asked for.
    ///
    /// # Errors
    /// Not found, not waiting, [`GuardError::SecondPerson`], an altered row, or the ledger's or database's.
    pub fn approve_operator(&self, granted: &Granted, id: GrantId) -> Result<OperatorInvite, GuardError> {
        granted.must_be_for(&["ApproveOperator"])?;
        let (by, now_ms) = (granted.member()?, self.now_ms());
        self.change(|tx| {
            let mut invite = self.operator_invite(tx, id)?;
            if invite.state(now_ms) != InviteState::Waiting {
                return Err(GuardError::GrantIs { state: invite.state(now_ms).as_str() });
            }
            let since = self.0.signin.account(tx, by)?.map(|account| account.created_ms);
            let was_there = since.is_some_and(|since| since <= invite.asked_ms);
            if !was_there || !self.are_two(tx, invite.asked_by, by)? {
                return Err(GuardError::SecondPerson);
            }
            invite.approved_by = Some(by);
            invite.ready_ms = Some(now_ms);
            invite.void_ms = now_ms + OPEN_MS;
            self.keep_operator_invite(tx, &invite)?;
            let told = json!({"invite": id, "asked_by": invite.asked_by, "by": by});
            self.notice(tx, None, None, "operator.approved", &told)?;
            let detail = json!({"asked_by": invite.asked_by, "reason": invite.reason});
            let entry = Actor::from(granted).does("operator.approved", id.to_string(), detail);
            Ok((invite, entry))
        })
    }

    /// Makes the code of a request that is ready: an account of its own, for whom whoever asked answers. Once.
    ///
    /// # Errors
    /// Not found or another operator's, not ready, an altered row, or the ledger's or database's.
    pub fn invite_operator(&self, granted: &Granted, id: GrantId) -> Result<Invited, GuardError> {
        granted.must_be_for(&["InviteOperator"])?;
        let (by, now_ms) = (granted.member()?, self.now_ms());
        self.change(|tx| {
            let invite = self.operator_invite(tx, id)?;
            if invite.asked_by != by {
                return Err(Denied::NotFound.into());
            }
            if invite.state(now_ms) != InviteState::Ready {
                return Err(GuardError::GrantIs { state: invite.state(now_ms).as_str() });
            }
            // It holds by what is so now: whoever approved it is still there.
            if let Some(approved_by) = invite.approved_by
                && !self.active_operators(tx)?.contains(&approved_by)
            {
                return Err(GuardError::SecondPerson);
            }
            let account = self.0.signin.add_account(tx, AccountKind::Operator)?;
            let code = self.0.signin.make_code(tx, Purpose::Operator, account)?;
            self.keep_origin(tx, &Origin { account, invited_by: by, since_ms: now_ms })?;
            self.drop_operator_invite(tx, id)?;
            let told = json!({"operator": account, "invite": id, "by": by});
            self.tell_of_operator(tx, invite.alone, ["operator.invited", "operator.invited_alone"], &told)?;
            let detail = json!({"invite": id, "approved_by": invite.approved_by, "alone": invite.alone});
            let entry = Actor::from(granted).does("operator.invited", account.to_string(), detail);
            Ok((Invited { id: account, code, expires_ms: now_ms + CODE_LIFE_MS }, entry))
        })
    }

    /// Withdraws a request, or refuses it: any operator may, whatever state it is in.
    ///
    /// # Errors
    /// Not found, an altered row, or the ledger's or database's.
    pub fn withdraw_operator(&self, granted: &Granted, id: GrantId) -> Result<(), GuardError> {
        granted.must_be_for(&["WithdrawOperator"])?;
        let by = granted.member()?;
        self.change(|tx| {
            let invite = self.operator_invite(tx, id)?;
            self.drop_operator_invite(tx, id)?;
            self.notice(tx, None, None, "operator.withdrawn", &json!({"invite": id, "by": by}))?;
            let detail = json!({"asked_by": invite.asked_by});
            Ok(((), Actor::from(granted).does("operator.withdrawn", id.to_string(), detail)))
        })
    }

    /// To those who run the installation; where somebody is alone, to those who run any workspace as well.
    fn tell_of_operator(
        &self,
        tx: &Transaction<'_>,
        alone: bool,
        [usual, weaker]: [&'static str; 2],
        told: &Value,
    ) -> Result<(), GuardError> {
        if !alone {
            return self.notice(tx, None, None, usual, told).map(|_| ());
        }
        self.notice(tx, None, None, weaker, told)?;
        for workspace in control::workspaces::list(tx)? {
            self.notice(tx, Some(workspace.id), None, weaker, told)?;
        }
        Ok(())
    }

    fn operator_invite(&self, tx: &Transaction<'_>, id: GrantId) -> Result<OperatorInvite, GuardError> {
        let open = self.open_operator_invites(tx)?;
        open.into_iter().find(|invite| invite.id == id).ok_or_else(|| Denied::NotFound.into())
    }

    fn open_operator_invites(&self, tx: &Transaction<'_>) -> Result<Vec<OperatorInvite>, GuardError> {
        let epoch = self.0.signin.installation_epoch(tx)?;
        let mut statement = tx.prepare_cached(&format!(
            "select {COLUMNS} from operator_invite
             where void_ms > ?1 and asked_ms - ?2 <= ?1 and epoch = ?3 order by id"
        ))?;
        let rows = statement.query_map(params![self.now_ms(), CLOCK_STEP_MS, epoch], OperatorInvite::read)?;
        rows.map(|found| {
            let (invite, mac) = found?;
            invite.mark(self.marks().row(TABLE)).check(&mac)?;
            Ok(invite)
        })
        .collect()
    }

    fn keep_operator_invite(&self, tx: &Transaction<'_>, invite: &OperatorInvite) -> Result<(), GuardError> {
        tx.execute(
            &format!(
                "insert or replace into operator_invite ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
            ),
            params![
                invite.id.0.to_be_bytes(),
                invite.asked_by.0.to_be_bytes(),
                invite.reason,
                invite.epoch,
                invite.alone,
                invite.asked_ms,
                invite.approved_by.map(|by| by.0.to_be_bytes()),
                invite.ready_ms,
                invite.void_ms,
                invite.mark(self.marks().row(TABLE)).made(),
            ],
        )?;
        Ok(())
    }

    fn drop_operator_invite(&self, tx: &Transaction<'_>, id: GrantId) -> Result<(), GuardError> {
        tx.execute("delete from operator_invite where id = ?1", [id.0.to_be_bytes()])?;
        Ok(())
    }

    /// What an operator who goes had asked for goes with them.
    pub(super) fn drop_operator_invites_of(
        &self,
        tx: &Transaction<'_>,
        operator: MemberId,
    ) -> Result<usize, GuardError> {
        Ok(tx.execute("delete from operator_invite where asked_by = ?1", [operator.0.to_be_bytes()])?)
    }
}
