//! Somebody signed out at the provider: what it vouched for ends here, too.

use model::SessionId;
use rusqlite::{Transaction, params};
use serde_json::json;
use signin::marks::RowMark;

use super::SignOn;
use crate::change::Actor;
use crate::error::GuardError;
use crate::guard::Guard;

const TABLE: &str = "sign_on_session";

impl Guard {
    /// Ends what the provider vouched for: the session that it calls so, or, where it names none or none that is known, every
    /// session of that person that it opened. Returns how many.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn end_vouched(
        &self,
        on: &SignOn,
        subject: Option<&str>,
        sid: Option<&str>,
    ) -> Result<usize, GuardError> {
        self.change(|tx| {
            let named = match sid {
                Some(sid) => self.sessions_called(tx, on, sid)?,
                None => vec![],
            };
            for session in &named {
                self.0.signin.end_session(tx, *session)?;
            }
            let account = match subject {
                Some(subject) => self.account_of_subject(tx, on, subject)?,
                None => None,
            };
            let ended = match account.filter(|_| named.is_empty()) {
                Some(account) => tx.execute(
                    "delete from session where account = ?1 and workspace = ?2",
                    params![account.0.to_be_bytes(), on.workspace.0.to_be_bytes()],
                )?,
                None => named.len(),
            };
            let actor = Actor { workspace: Some(on.workspace), ..Actor::part("provider") };
            let object = account.map_or_else(|| on.workspace.to_string(), |account| account.to_string());
            let detail = json!({"ended": ended, "sessions": named});
            Ok((ended, actor.does("sign_on.ended", object, detail)))
        })
    }

    /// Remembers what the provider calls a session.
    pub(super) fn keep_sid(
        &self,
        tx: &Transaction<'_>,
        on: &SignOn,
        (session, sid): (SessionId, &str),
    ) -> Result<(), GuardError> {
        let hash = self.sid_hash(on, sid);
        tx.execute(
            "insert into sign_on_session (session, workspace, sid_hash, mac) values (?1, ?2, ?3, ?4)",
            params![
                session.0.to_be_bytes(),
                on.workspace.0.to_be_bytes(),
                hash,
                self.sid_mark(on, session, &hash).made()
            ],
        )?;
        Ok(())
    }

    fn sessions_called(
        &self,
        tx: &Transaction<'_>,
        on: &SignOn,
        sid: &str,
    ) -> Result<Vec<SessionId>, GuardError> {
        let hash = self.sid_hash(on, sid);
        let mut statement = tx.prepare_cached(
            "select session, mac from sign_on_session where workspace = ?1 and sid_hash = ?2",
        )?;
        let rows = statement.query_map(params![on.workspace.0.to_be_bytes(), hash], |row| {
            Ok((SessionId(u128::from_be_bytes(row.get(0)?)), row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|found| {
            let (session, mac) = found?;
            self.sid_mark(on, session, &hash).check(&mac)?;
            Ok(session)
        })
        .collect()
    }

    fn sid_hash(&self, on: &SignOn, sid: &str) -> [u8; 32] {
        self.marks().lookup("provider's session", &format!("{}\0{sid}", on.issuer))
    }

    fn sid_mark(&self, on: &SignOn, session: SessionId, hash: &[u8; 32]) -> RowMark<'_> {
        self.marks().row(TABLE).id(session.0).id(on.workspace.0).blob(hash)
    }
}
