//! When what gives power was last used. What nobody has used for thirty days lapses: it opens nothing until somebody who may
//! says that it is still needed.
//!
//! Whether something has lapsed is worked out at every use, from its row and from when it was made; [`review`](crate::review)
//! tells of it. An owner lapses only while another owner does not, and an operator likewise, so that somebody can always say so.

use model::{MemberId, TokenId, WorkspaceId};
use policy::Role;
use rusqlite::{OptionalExtension, Transaction, params};
use signin::account::AccountKind;
use signin::marks::RowMark;

use crate::error::GuardError;
use crate::guard::Guard;
use crate::standing::Membership;

const DAY_MS: i64 = 24 * 3_600_000;
/// What is not used for that long lapses.
pub const UNUSED_MS_MAX: i64 = 30 * DAY_MS;
/// That long before it does, it is told.
pub const TOLD_BEFORE_MS: i64 = 7 * DAY_MS;
/// How exactly the last use is kept.
const USE_STEP_MS: i64 = 3_600_000;

/// What an operator whose access has lapsed may still do: see who they are, and leave.
pub(crate) const OPEN_TO_THE_LAPSED: &[&str] =
    &["ReadSession", "EndSession", "EndOtherSessions", "ListSessions", "ReadOwnNotices", "ListPasskeys"];

/// Whose use is kept: a member's role or a token in a workspace, or an operator of the installation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holder {
    /// In which workspace; `None` is the installation.
    pub workspace: Option<WorkspaceId>,
    /// The member's, operator's or token's id.
    pub id: u128,
}

impl Holder {
    pub(crate) fn member(workspace: WorkspaceId, id: MemberId) -> Self {
        Self { workspace: Some(workspace), id: id.0 }
    }

    pub(crate) fn token(workspace: WorkspaceId, id: TokenId) -> Self {
        Self { workspace: Some(workspace), id: id.0 }
    }

    pub(crate) fn operator(id: MemberId) -> Self {
        Self { workspace: None, id: id.0 }
    }

    fn scope(&self) -> Vec<u8> {
        self.workspace.map(|id| id.0.to_be_bytes().to_vec()).unwrap_or_default()
    }
}

/// How far those who run a workspace have been told.
pub(crate) const TOLD_NOTHING: i64 = 0;
pub(crate) const TOLD_SOON: i64 = 1;
pub(crate) const TOLD_LAPSED: i64 = 2;

/// What is known of its use.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// When it was last used, to within an hour; nothing: never.
    pub used_ms: Option<i64>,
    /// From which network, as the ledger's keyed mark.
    pub used_from: Option<String>,
    /// When somebody last said that it is still needed.
    pub renewed_ms: Option<i64>,
    /// When it lapsed, where that has been told.
    pub lapsed_ms: Option<i64>,
    pub(crate) told: i64,
}

impl Usage {
    /// When it lapses unless it is used, for something that was made at `made_ms`.
    pub fn lapses_ms(&self, made_ms: i64) -> i64 {
        let counted = [self.used_ms, self.renewed_ms].into_iter().flatten().fold(made_ms, i64::max);
        self.lapsed_ms.unwrap_or(counted.saturating_add(UNUSED_MS_MAX))
    }

    pub(crate) fn is_over(&self, made_ms: i64, now_ms: i64) -> bool {
        self.lapsed_ms.is_some() || self.lapses_ms(made_ms) <= now_ms
    }

    fn mark<'k>(&self, row: RowMark<'k>, holder: &Holder) -> RowMark<'k> {
        let row = row.blob(&holder.scope()).id(holder.id).maybe(self.used_ms);
        let row = row.text(self.used_from.as_deref().unwrap_or_default());
        row.maybe(self.renewed_ms).int(self.told).maybe(self.lapsed_ms)
    }
}

impl Guard {
    /// What is known of a holder's use.
    pub(crate) fn usage(&self, tx: &Transaction<'_>, holder: Holder) -> Result<Usage, GuardError> {
        let mut statement = tx.prepare_cached(
            "select used_ms, used_from, renewed_ms, told, lapsed_ms, mac from last_use where workspace = ?1 and holder = ?2",
        )?;
        let found = statement
            .query_row(params![holder.scope(), holder.id.to_be_bytes()], |row| {
                let usage = Usage {
                    used_ms: row.get(0)?,
                    used_from: row.get(1)?,
                    renewed_ms: row.get(2)?,
                    told: row.get(3)?,
                    lapsed_ms: row.get(4)?,
                };
                Ok((usage, row.get::<_, Vec<u8>>(5)?))
            })
            .optional()?;
        let Some((usage, mac)) = found else { return Ok(Usage::default()) };
        usage.mark(self.marks().row("last_use"), &holder).check(&mac)?;
        Ok(usage)
    }

    pub(crate) fn keep_usage(
        &self,
        tx: &Transaction<'_>,
        holder: Holder,
        usage: &Usage,
    ) -> Result<(), GuardError> {
        tx.prepare_cached(
            "insert into last_use (workspace, holder, used_ms, used_from, renewed_ms, told, lapsed_ms, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             on conflict (workspace, holder) do update set used_ms = excluded.used_ms, used_from = excluded.used_from,
               renewed_ms = excluded.renewed_ms, told = excluded.told, lapsed_ms = excluded.lapsed_ms, mac = excluded.mac",
        )?
        .execute(params![
            holder.scope(),
            holder.id.to_be_bytes(),
            usage.used_ms,
            usage.used_from,
            usage.renewed_ms,
            usage.told,
            usage.lapsed_ms,
            usage.mark(self.marks().row("last_use"), &holder).made()
        ])?;
        Ok(())
    }

    /// Whoever gets a role anew, or loses it, begins anew.
    pub(crate) fn forget_usage(&self, tx: &Transaction<'_>, holder: Holder) -> Result<(), GuardError> {
        tx.execute(
            "delete from last_use where workspace = ?1 and holder = ?2",
            params![holder.scope(), holder.id.to_be_bytes()],
        )?;
        Ok(())
    }

    /// Somebody who may says that it is still needed.
    pub(crate) fn renew_usage(&self, tx: &Transaction<'_>, holder: Holder) -> Result<(), GuardError> {
        let usage = self.usage(tx, holder)?;
        let renewed_ms = Some(self.now_ms());
        self.keep_usage(tx, holder, &Usage { renewed_ms, told: TOLD_NOTHING, lapsed_ms: None, ..usage })
    }

    /// Writes down that it was used, from where, once an hour.
    pub(crate) fn note_use(
        &self,
        holder: Holder,
        before: &Usage,
        from: Option<&str>,
    ) -> Result<(), GuardError> {
        let now_ms = self.now_ms();
        if before.used_ms.is_some_and(|used_ms| now_ms - used_ms < USE_STEP_MS) {
            return Ok(());
        }
        self.0.db.write(|tx| {
            let usage = self.usage(tx, holder)?;
            if usage.lapsed_ms.is_some() {
                return Ok(());
            }
            let used_ms = Some(now_ms.max(usage.used_ms.unwrap_or(now_ms)));
            // The mark of the network is the second of the two.
            let used_from = from.and_then(|from| from.split_once('.')).map(|(_, network)| network.to_owned());
            self.keep_usage(tx, holder, &Usage { used_ms, used_from, told: TOLD_NOTHING, ..usage })
        })
    }

    /// Whether the role has lapsed. An owner's does not while every other owner's would have.
    pub(crate) fn role_lapsed(
        &self,
        tx: &Transaction<'_>,
        membership: &Membership,
        usage: &Usage,
    ) -> Result<bool, GuardError> {
        let now_ms = self.now_ms();
        let is_over = usage.is_over(membership.created_ms, now_ms);
        // What was told stands until somebody confirms it.
        if !is_over || membership.role != Role::Owner || usage.lapsed_ms.is_some() {
            return Ok(is_over);
        }
        for other in self.memberships_in(tx, membership.workspace)? {
            if other.role == Role::Owner && other.member != membership.member {
                let usage = self.usage(tx, Holder::member(other.workspace, other.member))?;
                if !usage.is_over(other.created_ms, now_ms) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether an operator's access has lapsed. It does not while every other operator's would have.
    pub(crate) fn operator_lapsed(
        &self,
        tx: &Transaction<'_>,
        operator: MemberId,
        usage: &Usage,
    ) -> Result<bool, GuardError> {
        let now_ms = self.now_ms();
        let made_ms = |tx: &Transaction<'_>, id| {
            let account = self.0.signin.account(tx, id)?;
            Ok::<_, GuardError>(account.map_or(0, |account| account.created_ms))
        };
        if usage.lapsed_ms.is_some() || !usage.is_over(made_ms(tx, operator)?, now_ms) {
            return Ok(usage.lapsed_ms.is_some());
        }
        for other in self.accounts_of(tx, AccountKind::Operator)? {
            let able = other != operator && !self.0.signin.passkeys(tx, other)?.is_empty();
            if able && !self.usage(tx, Holder::operator(other))?.is_over(made_ms(tx, other)?, now_ms) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The operators whose access has not lapsed.
    pub(crate) fn active_operators(&self, tx: &Transaction<'_>) -> Result<Vec<MemberId>, GuardError> {
        let mut active = Vec::new();
        for id in self.accounts_of(tx, AccountKind::Operator)? {
            let usage = self.usage(tx, Holder::operator(id))?;
            if !self.operator_lapsed(tx, id, &usage)? {
                active.push(id);
            }
        }
        Ok(active)
    }

    /// The memberships in a workspace that have not lapsed.
    pub(crate) fn active_memberships_in(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<Membership>, GuardError> {
        let mut active = Vec::new();
        for membership in self.memberships_in(tx, workspace)? {
            let usage = self.usage(tx, Holder::member(workspace, membership.member))?;
            if !self.role_lapsed(tx, &membership, &usage)? {
                active.push(membership);
            }
        }
        Ok(active)
    }
}
