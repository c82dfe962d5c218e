//! Whose word an operator's is. Somebody who was just brought in may be the one who brought them in, with a second account:
//! for a week the two count as one where two people are asked for, in both directions and along the whole chain.

use model::MemberId;
use rusqlite::{OptionalExtension, Transaction, params};
use signin::marks::RowMark;

use crate::error::GuardError;
use crate::guard::Guard;

/// How long somebody who was brought in speaks with the voice of whoever brought them in.
pub const FRESH_MS: i64 = 7 * 24 * 3_600_000;
/// The longest chain of invitations within that time that is followed.
const CHAIN_MAX: usize = 64;
const TABLE: &str = "operator_origin";

/// Who brought an operator in, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Origin {
    pub(super) account: MemberId,
    pub(super) invited_by: MemberId,
    pub(super) since_ms: i64,
}

impl Origin {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        row.id(self.account.0).id(self.invited_by.0).int(self.since_ms)
    }
}

impl Guard {
    /// Whether the two are two people where two are asked for.
    pub(crate) fn are_two(
        &self,
        tx: &Transaction<'_>,
        one: MemberId,
        other: MemberId,
    ) -> Result<bool, GuardError> {
        Ok(self.voice(tx, one)? != self.voice(tx, other)?)
    }

    /// In whose name an operator speaks: their own, or for a time that of whoever invited them.
    pub(crate) fn voice(&self, tx: &Transaction<'_>, operator: MemberId) -> Result<MemberId, GuardError> {
        let mut voice = operator;
        for _ in 0..CHAIN_MAX {
            match self.operator_origin(tx, voice)?.filter(|origin| self.is_fresh(origin)) {
                Some(origin) => voice = origin.invited_by,
                None => break,
            }
        }
        Ok(voice)
    }

    /// Until when the operator speaks with somebody else's voice; nothing where they speak with their own.
    pub(super) fn fresh_until(
        &self,
        tx: &Transaction<'_>,
        operator: MemberId,
    ) -> Result<Option<(MemberId, i64)>, GuardError> {
        let origin = self.operator_origin(tx, operator)?.filter(|origin| self.is_fresh(origin));
        Ok(origin.map(|origin| (origin.invited_by, origin.since_ms + FRESH_MS)))
    }

    pub(super) fn keep_origin(&self, tx: &Transaction<'_>, origin: &Origin) -> Result<(), GuardError> {
        tx.execute(
            "insert into operator_origin (account, invited_by, since_ms, mac) values (?1, ?2, ?3, ?4)",
            params![
                origin.account.0.to_be_bytes(),
                origin.invited_by.0.to_be_bytes(),
                origin.since_ms,
                origin.mark(self.marks().row(TABLE)).made(),
            ],
        )?;
        Ok(())
    }

    /// A clock that is turned back shortens nothing.
    fn is_fresh(&self, origin: &Origin) -> bool {
        self.now_ms() < origin.since_ms + FRESH_MS
    }

    fn operator_origin(&self, tx: &Transaction<'_>, account: MemberId) -> Result<Option<Origin>, GuardError> {
        let mut statement =
            tx.prepare_cached("select invited_by, since_ms, mac from operator_origin where account = ?1")?;
        let found = statement
            .query_row([account.0.to_be_bytes()], |row| {
                let invited_by = MemberId(u128::from_be_bytes(row.get(0)?));
                Ok((Origin { account, invited_by, since_ms: row.get(1)? }, row.get::<_, Vec<u8>>(2)?))
            })
            .optional()?;
        let Some((origin, mac)) = found else { return Ok(None) };
        origin.mark(self.marks().row(TABLE)).check(&mac)?;
        Ok(Some(origin))
    }
}
