//! Rows of `sign_on`, `sign_on_domain` and `sign_on_subject`, checked when read.

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use signin::SigninError;
use signin::marks::RowMark;
use stdx::Secret;

use super::SignOn;
use crate::error::GuardError;
use crate::guard::Guard;

impl Guard {
    /// The workspace's provider.
    pub(crate) fn sign_on_of(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Option<SignOn>, GuardError> {
        let mut statement = tx.prepare_cached(
            "select issuer, client_id, sealed_secret, trusted, changed_ms, mac from sign_on where workspace = ?1",
        )?;
        let found = statement
            .query_row([workspace.0.to_be_bytes()], |row| {
                let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
                let (sealed, mac): (Option<Vec<u8>>, Vec<u8>) = (row.get(2)?, row.get(5)?);
                Ok((texts, sealed, row.get::<_, i64>(4)?, mac))
            })
            .optional()?;
        let Some(((issuer, client_id, trusted), sealed, changed_ms, mac)) = found else { return Ok(None) };
        let altered = || GuardError::Signin(SigninError::Altered { table: "sign_on" });
        let mark = self.sign_on_mark(workspace, (&issuer, &client_id, &trusted));
        mark.blob(sealed.as_deref().unwrap_or_default()).int(changed_ms).check(&mac)?;
        let opened = sealed.map(|sealed| self.0.email_seal.open(&sealed_for(workspace), &sealed)).transpose();
        let opened =
            opened.map_err(|_| altered())?.map(String::from_utf8).transpose().map_err(|_| altered())?;
        let trusted = serde_json::from_str(&trusted).map_err(|_| altered())?;
        let domains = self.domains_of(tx, workspace)?;
        let secret = opened.map(Secret::new);
        Ok(Some(SignOn { workspace, issuer, client_id, secret, domains, trusted, changed_ms }))
    }

    /// Writes it in place of the one that is there; with `forget` nobody is known there any more.
    pub(super) fn write_sign_on(
        &self,
        tx: &Transaction<'_>,
        now: &SignOn,
        forget: bool,
    ) -> Result<(), GuardError> {
        let workspace = now.workspace;
        let id = workspace.0.to_be_bytes();
        for domain in &now.domains {
            if self.workspace_of_domain(tx, domain)?.is_some_and(|other| other != workspace) {
                let want = "domains that no other workspace of this installation has".to_owned();
                return Err(GuardError::Invalid { field: "domains", want });
            }
        }
        let trusted = serde_json::to_string(&now.trusted).unwrap_or_default();
        let sealed = now
            .secret
            .as_ref()
            .map(|secret| self.0.email_seal.seal(&sealed_for(workspace), secret.expose().as_bytes()));
        let mark = self.sign_on_mark(workspace, (&now.issuer, &now.client_id, &trusted));
        let mac = mark.blob(sealed.as_deref().unwrap_or_default()).int(now.changed_ms).made();
        tx.execute(
            "insert into sign_on values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             on conflict (workspace) do update set issuer = excluded.issuer, client_id = excluded.client_id,
               sealed_secret = excluded.sealed_secret, trusted = excluded.trusted, changed_ms = excluded.changed_ms,
               mac = excluded.mac",
            params![id, now.issuer, now.client_id, sealed, trusted, now.changed_ms, mac],
        )?;
        tx.execute("delete from sign_on_domain where workspace = ?1", [id])?;
        for domain in &now.domains {
            let mac = self.domain_mark(domain, workspace).made();
            tx.execute("insert into sign_on_domain values (?1, ?2, ?3)", params![domain, id, mac])?;
        }
        if forget {
            tx.execute("delete from sign_on_subject where workspace = ?1", [id])?;
        }
        Ok(())
    }

    pub(super) fn drop_sign_on(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<(), GuardError> {
        tx.execute("delete from sign_on where workspace = ?1", [workspace.0.to_be_bytes()])?;
        Ok(())
    }

    /// Whose domain it is.
    pub(super) fn workspace_of_domain(
        &self,
        tx: &Transaction<'_>,
        domain: &str,
    ) -> Result<Option<WorkspaceId>, GuardError> {
        let mut statement =
            tx.prepare_cached("select workspace, mac from sign_on_domain where domain = ?1")?;
        let found = statement
            .query_row([domain], |row| Ok((u128::from_be_bytes(row.get(0)?), row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        let Some((workspace, mac)) = found else { return Ok(None) };
        self.domain_mark(domain, WorkspaceId(workspace)).check(&mac)?;
        Ok(Some(WorkspaceId(workspace)))
    }

    /// The account of somebody whom the provider calls so.
    pub(super) fn account_of_subject(
        &self,
        tx: &Transaction<'_>,
        on: &SignOn,
        subject: &str,
    ) -> Result<Option<MemberId>, GuardError> {
        let hash = self.subject_hash(on, subject);
        let mut statement = tx.prepare_cached(
            "select account, created_ms, mac from sign_on_subject where workspace = ?1 and subject_hash = ?2",
        )?;
        let found = statement
            .query_row(params![on.workspace.0.to_be_bytes(), hash], |row| {
                Ok((u128::from_be_bytes(row.get(0)?), row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
            })
            .optional()?;
        let Some((account, created_ms, mac)) = found else { return Ok(None) };
        self.subject_mark(on, &hash, MemberId(account), created_ms).check(&mac)?;
        Ok(Some(MemberId(account)))
    }

    /// Whether the provider knows the account under some name already.
    pub(crate) fn is_known_there(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        account: MemberId,
    ) -> Result<bool, GuardError> {
        let mut statement = tx.prepare_cached(
            "select exists (select 1 from sign_on_subject where workspace = ?1 and account = ?2)",
        )?;
        Ok(statement
            .query_row(params![workspace.0.to_be_bytes(), account.0.to_be_bytes()], |row| row.get(0))?)
    }

    /// Remembers what the provider calls somebody.
    pub(super) fn keep_subject(
        &self,
        tx: &Transaction<'_>,
        on: &SignOn,
        subject: &str,
        account: MemberId,
    ) -> Result<(), GuardError> {
        let (hash, now_ms) = (self.subject_hash(on, subject), self.now_ms());
        let mac = self.subject_mark(on, &hash, account, now_ms).made();
        let id = on.workspace.0.to_be_bytes();
        tx.execute(
            "insert into sign_on_subject values (?1, ?2, ?3, ?4, ?5)",
            params![id, hash, account.0.to_be_bytes(), now_ms, mac],
        )?;
        Ok(())
    }

    /// Somebody who has left is nobody at the provider either.
    pub(crate) fn drop_subject(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        account: MemberId,
    ) -> Result<(), GuardError> {
        let ids = params![workspace.0.to_be_bytes(), account.0.to_be_bytes()];
        tx.execute("delete from sign_on_subject where workspace = ?1 and account = ?2", ids)?;
        Ok(())
    }

    fn domains_of(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<String>, GuardError> {
        let mut statement =
            tx.prepare_cached("select domain from sign_on_domain where workspace = ?1 order by domain")?;
        let rows = statement.query_map([workspace.0.to_be_bytes()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn subject_hash(&self, on: &SignOn, subject: &str) -> [u8; 32] {
        self.marks().lookup("provider's subject", &format!("{}\0{subject}", on.issuer))
    }

    fn sign_on_mark(
        &self,
        workspace: WorkspaceId,
        (issuer, client, trusted): (&str, &str, &str),
    ) -> RowMark<'_> {
        self.marks().row("sign_on").id(workspace.0).text(issuer).text(client).text(trusted)
    }

    fn domain_mark(&self, domain: &str, workspace: WorkspaceId) -> RowMark<'_> {
        self.marks().row("sign_on_domain").text(domain).id(workspace.0)
    }

    fn subject_mark(&self, on: &SignOn, hash: &[u8; 32], account: MemberId, created_ms: i64) -> RowMark<'_> {
        self.marks().row("sign_on_subject").id(on.workspace.0).blob(hash).id(account.0).int(created_ms)
    }
}

fn sealed_for(workspace: WorkspaceId) -> Vec<u8> {
    [b"sign-on secret".as_slice(), &workspace.0.to_be_bytes()].concat()
}
