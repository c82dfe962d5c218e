//! Rows of `session` and `session_token`, checked when read.

use model::{MemberId, PasskeyId, SessionId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::SessionView;
use crate::config::CLOCK_STEP_MS;
use crate::error::SigninError;
use crate::ids::id;
use crate::marks::{Marks, RowMark};

const COLUMNS: &str = "s.id, s.account, s.passkey, s.level, s.account_epoch, s.installation_epoch, s.created_ms, \
                       s.last_seen_ms, s.idle_ms, s.ends_ms, s.mac, s.workspace, s.binding";

/// A session.
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) account: MemberId,
    pub(super) passkey: PasskeyId,
    pub(super) level: u8,
    pub(super) account_epoch: i64,
    pub(super) installation_epoch: i64,
    pub(super) created_ms: i64,
    pub(super) last_seen_ms: i64,
    pub(super) idle_ms: i64,
    pub(super) ends_ms: i64,
    /// The one workspace it reaches, where whoever vouched for it speaks for that one alone.
    pub(super) workspace: Option<WorkspaceId>,
    /// The key of the device it is bound to, as JSON.
    pub(crate) binding: Option<String>,
}

/// One text of a session; all of a session's texts are kept until it ends, to tell a replayed one.
pub(crate) struct TokenRow {
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

    /// How long until it ends by itself.
    pub(super) fn left_ms(&self, now_ms: i64) -> i64 {
        (self.last_seen_ms + self.idle_ms).min(self.ends_ms) - now_ms
    }

    pub(super) fn view(&self, networks: usize) -> SessionView {
        let Self { id, passkey, created_ms, last_seen_ms, ends_ms, .. } = *self;
        let bound = self.binding.is_some();
        SessionView { id, passkey, created_ms, last_seen_ms, ends_ms, bound, networks }
    }

    pub(super) fn insert(&self, tx: &Transaction<'_>, marks: &Marks) -> Result<(), SigninError> {
        tx.prepare_cached(
            "insert into session (id, account, passkey, level, account_epoch, installation_epoch, created_ms, last_seen_ms,
               idle_ms, ends_ms, mac, workspace, binding)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
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
                self.workspace.map(|id| id.0.to_be_bytes()),
                self.binding,
            ])?;
        Ok(())
    }

    pub(crate) fn by_id(
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

    /// Writes down what the session is bound to.
    pub(crate) fn keep_binding(&self, tx: &Transaction<'_>, marks: &Marks) -> Result<(), SigninError> {
        tx.execute(
            "update session set binding = ?2, mac = ?3 where id = ?1",
            params![self.id.0.to_be_bytes(), self.binding, self.mark(marks).made()],
        )?;
        Ok(())
    }

    fn mark<'k>(&self, marks: &'k Marks) -> RowMark<'k> {
        let mark =
            marks.row("session").id(self.id.0).id(self.account.0).id(self.passkey.0).int(self.level.into());
        let mark = mark.int(self.account_epoch).int(self.installation_epoch).int(self.created_ms);
        let mark = mark.int(self.last_seen_ms).int(self.idle_ms).int(self.ends_ms);
        // Only where they are: what was written before there were any stays what it was, and none can be taken away.
        let mark = match self.workspace {
            Some(workspace) => mark.text("within").id(workspace.0),
            None => mark,
        };
        match &self.binding {
            Some(binding) => mark.text("bound").text(binding),
            None => mark,
        }
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
            workspace: row
                .get::<_, Option<[u8; 16]>>(at + 11)?
                .map(|id| WorkspaceId(u128::from_be_bytes(id))),
            binding: row.get(at + 12)?,
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

    /// Marks whatever text a session has at present as replaced.
    pub(crate) fn replace_all(
        tx: &Transaction<'_>,
        marks: &Marks,
        session: SessionId,
        now_ms: i64,
    ) -> Result<(), SigninError> {
        let mut statement =
            tx.prepare_cached("select hash from session_token where session = ?1 and replaced_ms is null")?;
        let rows = statement.query_map([session.0.to_be_bytes()], |row| row.get::<_, [u8; 32]>(0))?;
        let present = rows.collect::<Result<Vec<_>, _>>()?;
        present.iter().try_for_each(|hash| Self::replace(tx, marks, hash, now_ms))
    }

    fn mark<'k>(&self, marks: &'k Marks) -> RowMark<'k> {
        let Self { hash, session, issued_ms, replaced_ms } = self;
        marks.row("session_token").blob(hash).id(session.0).int(*issued_ms).maybe(*replaced_ms)
    }
}
