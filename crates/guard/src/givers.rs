//! Whom somebody owes their role to: so that nobody is the second person of whoever brought them in.

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use signin::marks::RowMark;

use crate::error::GuardError;
use crate::guard::Guard;

const TABLE: &str = "membership_giver";
/// How far it is followed who brought in whom.
const STEPS_MAX: usize = 16;

impl Guard {
    /// Writes down who gave a member their role, now.
    pub(crate) fn note_giver(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
        giver: MemberId,
    ) -> Result<(), GuardError> {
        let given_ms = self.now_ms();
        tx.execute(
            "insert into membership_giver (workspace, account, giver, given_ms, mac) values (?1, ?2, ?3, ?4, ?5)
             on conflict (workspace, account)
             do update set giver = excluded.giver, given_ms = excluded.given_ms, mac = excluded.mac",
            params![
                workspace.0.to_be_bytes(),
                member.0.to_be_bytes(),
                giver.0.to_be_bytes(),
                given_ms,
                self.giver_mark((workspace, member), giver, given_ms).made()
            ],
        )?;
        Ok(())
    }

    /// Whether `member` owes their role to `other` since `since_ms`: from them, or from somebody who owes theirs to them.
    pub(crate) fn owes_role_to(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        (member, other): (MemberId, MemberId),
        since_ms: i64,
    ) -> Result<bool, GuardError> {
        let mut at = member;
        for _ in 0..STEPS_MAX {
            match self.giver_of(tx, workspace, at)? {
                Some((giver, given_ms)) if given_ms > since_ms && giver == other => return Ok(true),
                Some((giver, given_ms)) if given_ms > since_ms && giver != at => at = giver,
                _ => return Ok(false),
            }
        }
        // Nobody brings in so many within days without something being wrong.
        Ok(true)
    }

    fn giver_of(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<Option<(MemberId, i64)>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select giver, given_ms, mac from membership_giver where workspace = ?1 and account = ?2",
        )?;
        let ids = params![workspace.0.to_be_bytes(), member.0.to_be_bytes()];
        let found: Option<([u8; 16], i64, Vec<u8>)> =
            statement.query_row(ids, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let Some((giver, given_ms, mac)) = found else { return Ok(None) };
        let giver = MemberId(u128::from_be_bytes(giver));
        self.giver_mark((workspace, member), giver, given_ms).check(&mac)?;
        Ok(Some((giver, given_ms)))
    }

    fn giver_mark(
        &self,
        (workspace, member): (WorkspaceId, MemberId),
        giver: MemberId,
        given_ms: i64,
    ) -> RowMark<'_> {
        self.marks().row(TABLE).id(workspace.0).id(member.0).id(giver.0).int(given_ms)
    }
}
