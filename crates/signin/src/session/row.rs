//! Rows of `session` and `session_token`, checked when read.

use model::{MemberId, PasskeyId, SessionId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::SessionView;
use crate::config::CLOCK_STEP_MS;
use crate::error::SigninError;
use crate::ids::id;
use crate::marks::{Marks, RowMark};

const COLUMNS: &str = "s.id, s.account, s.passkey, s.level, s.account_epoch, s.installation_epoch, s.created_ms, \
                       s.last_seen_ms, s.idle_ms, s.ends_ms, s.mac";

/// A session.
pub(super) struct SessionRow {
    pub(super) id: SessionId,
    pub(super) account: MemberId,
    pub(super) passkey: PasskeyId,
    pub(super) level: u8,
    pub(super) account_epoch: i64,
    pub(super) installation_epoch: i64,
    pub(super) created_ms: i64,
    pub(super) last_seen_ms: i64,
    pub(super) idle_ms: i64,
    pub(super) ends_ms: i64,
}

/// One text of a session; all of a session's texts are kept until it ends, to tell a replayed one.
pub(super) struct TokenRow {
    pub(super) hash: [u8; 32],
    pub(super) session: SessionId,
    pub(super) issued_ms: i64,
    pub(super) replaced_ms: Option<i64>,
}

impl SessionRow {
    /// A clock that was turned back ends a session rather than lengthening it.
    pub(super) fn is_running(&self, now_ms: i64) -> bool {
        let idle_ms = (now_ms - self.last_seen_ms).max(0);
        idle_ms < self.idle_ms && (self.created_ms - CLOCK_STEP_MS..self.ends_ms).contains(&now_ms)
    }

    pub(super) fn view(&self) -> SessionView {
        let Self { id, passkey, created_ms, last_seen_ms, ends_ms, .. } = *self;
        SessionView { id, passkey, created_ms, last_seen_ms, ends_ms }
    }

    pub(super) fn insert(&self, tx: &Transaction<'_>, marks: &Marks) -> Result<(), SigninError> {
        tx.prepare_cached("insert into session values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
            .execute(params![
                self.id.0.to_be_bytes(),
                self.account.0.to_be_bytes(),
                self.passkey.0.to_be_bytes(),
                self.level,
                self.account_epoch,
                self.installation_epoch,
                self.created_ms,
                self.last_seen_ms,
                self.idle_ms,
                self.ends_ms,
                self.mark(marks).made(),
            ])?;
        Ok(())
    }

    pub(super) fn by_id(
        tx: &Transaction<'_>,
        marks: &Marks,
        id: SessionId,
    ) -> Result<Option<Self>, SigninError> {
        let mut statement = tx.prepare_cached(&format!("select {COLUMNS} from session s where s.id = ?1"))?;
        let found = statement.query_row([id.0.to_be_bytes()], |row| Self::read(row, 0)).optional()?;
        found.map(|raw| Self::checked(raw, marks)).transpose()
    }

    pub(super) fn of_account(
        tx: &Transaction<'_>,
        marks: &Marks,
        account: MemberId,
    ) -> Result<Vec<Self>, SigninError> {
        let mut statement = tx
            .prepare_cached(&format!("select {COLUMNS} from session s where s.account = ?1 order by s.id"))?;
        let rows = statement.query_map([account.0.to_be_bytes()], |row| Self::read(row, 0))?;
        rows.map(|raw| Self::checked(raw?, marks)).collect()
    }

    pub(super) fn touch(
        tx: &Transaction<'_>,
        marks: &Marks,
        id: SessionId,
        now_ms: i64,
    ) -> Result<(), SigninError> {
        let Some(mut session) = Self::by_id(tx, marks, id)? else { return Err(SigninError::NotValid) };
        session.last_seen_ms = now_ms.max(session.last_seen_ms);
        tx.execute(
            "update session set last_seen_ms = ?2, mac = ?3 where id = ?1",
            params![id.0.to_be_bytes(), session.last_seen_ms, session.mark(marks).made()],
        )?;
        Ok(())
    }

    fn mark<'k>(&self, marks: &'k Marks) -> RowMark<'k> {
        let mark =
            marks.row("session").id(self.id.0).id(self.account.0).id(self.passkey.0).int(self.level.into());
        let mark = mark.int(self.account_epoch).int(self.installation_epoch).int(self.created_ms);
        mark.int(self.last_seen_ms).int(self.idle_ms).int(self.ends_ms)
    }

    fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<(Self, Vec<u8>)> {
        let session = Self {
            id: SessionId(id(row, at)?),
            account: MemberId(id(row, at + 1)?),
            passkey: PasskeyId(id(row, at + 2)?),
            level: row.get(at + 3)?,
            account_epoch: row.get(at + 4)?,
            installation_epoch: row.get(at + 5)?,
            created_ms: row.get(at + 6)?,
            last_seen_ms: row.get(at + 7)?,
            idle_ms: row.get(at + 8)?,
            ends_ms: row.get(at + 9)?,
        };
        Ok((session, row.get(at + 10)?))
    }

    fn checked((session, mac): (Self, Vec<u8>), marks: &Marks) -> Result<Self, SigninError> {
        session.mark(marks).check(&mac)?;
        Ok(session)
    }
}

impl TokenRow {
    /// The text of that hash with its session.
    pub(super) fn with_session(
        tx: &Transaction<'_>,
        marks: &Marks,
        hash: &[u8; 32],
    ) -> Result<Option<(Self, SessionRow)>, SigninError> {
        let mut statement = tx.prepare_cached(&format!(
            "select t.session, t.issued_ms, t.replaced_ms, t.mac, {COLUMNS}
             from session_token t join session s on s.id = t.session where t.hash = ?1"
        ))?;
        let found = statement
            .query_row([hash], |row| {
                let session = SessionId(id(row, 0)?);
                let token = Self { hash: *hash, session, issued_ms: row.get(1)?, replaced_ms: row.get(2)? };
                Ok((token, row.get::<_, Vec<u8>>(3)?, SessionRow::read(row, 4)?))
            })
            .optional()?;
        let Some((token, mac, session)) = found else { return Ok(None) };
        token.mark(marks).check(&mac)?;
        Ok(Some((token, SessionRow::checked(session, marks)?)))
    }

    pub(super) fn insert(&self, tx: &Transaction<'_>, marks: &Marks) -> Result<(), SigninError> {
        tx.prepare_cached("insert into session_token values (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            self.hash,
            self.session.0.to_be_bytes(),
            self.issued_ms,
            self.replaced_ms,
            self.mark(marks).made(),
        ])?;
        Ok(())
    }

    /// Marks a text as replaced.
    pub(super) fn replace(
        tx: &Transaction<'_>,
        marks: &Marks,
        hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<(), SigninError> {
        let Some((mut token, _)) = Self::with_session(tx, marks, hash)? else {
            return Err(SigninError::NotValid);
        };
        token.replaced_ms = Some(now_ms);
        tx.execute(
            "update session_token set replaced_ms = ?2, mac = ?3 where hash = ?1",
            params![hash, now_ms, token.mark(marks).made()],
        )?;
        Ok(())
    }

    fn mark<'k>(&self, marks: &'k Marks) -> RowMark<'k> {
        let Self { hash, session, issued_ms, replaced_ms } = self;
        marks.row("session_token").blob(hash).id(session.0).int(*issued_ms).maybe(*replaced_ms)
    }
}
