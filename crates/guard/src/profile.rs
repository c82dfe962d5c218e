//! Members' addresses: sealed under the installation's key, looked up by keyed hash.

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use signin::SigninError;
use signin::account::AccountKind;

use crate::error::GuardError;
use crate::guard::Guard;

/// The longest address, in bytes (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;

impl Guard {
    pub(crate) fn keep_email(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        email: &str,
    ) -> Result<(), GuardError> {
        let email = checked_email(email)?;
        let sealed = self.0.email_seal.seal(&account.0.to_be_bytes(), email.as_bytes());
        tx.execute(
            "insert into profile (account, sealed_email, email_hash) values (?1, ?2, ?3)",
            params![account.0.to_be_bytes(), sealed, self.email_mark(email)],
        )?;
        Ok(())
    }

    pub(crate) fn email_of(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
    ) -> Result<Option<String>, GuardError> {
        let mut statement = tx.prepare_cached("select sealed_email from profile where account = ?1")?;
        let sealed: Option<Vec<u8>> =
            statement.query_row([account.0.to_be_bytes()], |row| row.get(0)).optional()?;
        let Some(sealed) = sealed else { return Ok(None) };
        let altered = || GuardError::Signin(SigninError::Altered { table: "profile" });
        let plain = self.0.email_seal.open(&account.0.to_be_bytes(), &sealed).map_err(|_| altered())?;
        String::from_utf8(plain).map(Some).map_err(|_| altered())
    }

    pub(crate) fn accounts_with_email(
        &self,
        tx: &Transaction<'_>,
        email: &str,
    ) -> Result<Vec<MemberId>, GuardError> {
        let mut statement =
            tx.prepare_cached("select account from profile where email_hash = ?1 order by account")?;
        let rows = statement.query_map([self.email_mark(checked_email(email)?)], |row| {
            Ok(MemberId(u128::from_be_bytes(row.get(0)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn drop_profile(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), GuardError> {
        tx.execute("delete from profile where account = ?1", [account.0.to_be_bytes()])?;
        Ok(())
    }

    /// Whether somebody with that address belongs to the workspace.
    pub(crate) fn is_member_by_email(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        email: &str,
    ) -> Result<bool, GuardError> {
        for account in self.accounts_with_email(tx, email)? {
            if self.membership(tx, workspace, account)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The accounts of a kind that have not ended, oldest first.
    pub(crate) fn accounts_of(
        &self,
        tx: &Transaction<'_>,
        kind: AccountKind,
    ) -> Result<Vec<MemberId>, GuardError> {
        let mut statement =
            tx.prepare_cached("select id from account where kind = ?1 and ended_ms is null order by id")?;
        let rows =
            statement.query_map([kind.as_str()], |row| Ok(MemberId(u128::from_be_bytes(row.get(0)?))))?;
        let ids = rows.collect::<Result<Vec<_>, _>>()?;
        // Read again one by one, so that a row that was made an operator's by hand is refused.
        for id in &ids {
            self.0.signin.account(tx, *id)?;
        }
        Ok(ids)
    }

    pub(crate) fn email_mark(&self, email: &str) -> [u8; 32] {
        self.0.email_hash.mac(email.to_lowercase().as_bytes())
    }
}

pub(crate) fn checked_email(email: &str) -> Result<&str, GuardError> {
    let email = email.trim();
    let shape = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && !host.contains('@'));
    if !shape || email.len() > EMAIL_BYTES_MAX || email.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(GuardError::Invalid {
            field: "email",
            want: "an address such as name@example.com".to_owned(),
        });
    }
    Ok(email)
}
