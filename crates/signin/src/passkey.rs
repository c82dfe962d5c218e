//! The passkeys of an account.

use model::{MemberId, PasskeyId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::Value;
use webauthn_rs::prelude::Passkey;

use crate::config::PASSKEYS_MAX;
use crate::error::SigninError;
use crate::marks::RowMark;
use crate::signin::Signin;

/// A passkey younger than this cannot remove older ones.
const YOUNG_MS: i64 = 72 * 3_600_000;

const COLUMNS: &str = "id, account, credential_id, credential, name, created_ms, last_used_ms, mac";

/// What an owner sees of a passkey.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasskeyView {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When it was last used.
    pub last_used_ms: Option<i64>,
}

/// A passkey as it stands in the database, checked.
pub(crate) struct KeptPasskey {
    pub(crate) view: PasskeyView,
    pub(crate) account: MemberId,
    pub(crate) passkey: Passkey,
}

struct Raw {
    view: PasskeyView,
    account: MemberId,
    credential_id: Vec<u8>,
    credential: String,
    mac: Vec<u8>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let view = PasskeyView {
            id: PasskeyId(crate::ids::id(row, 0)?),
            name: row.get(4)?,
            created_ms: row.get(5)?,
            last_used_ms: row.get(6)?,
        };
        let account = MemberId(crate::ids::id(row, 1)?);
        Ok(Self { view, account, credential_id: row.get(2)?, credential: row.get(3)?, mac: row.get(7)? })
    }

    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.id(self.view.id.0).id(self.account.0).blob(&self.credential_id);
        row.text(&self.credential).int(self.view.created_ms)
    }

    fn checked(self, signin: &Signin) -> Result<KeptPasskey, SigninError> {
        self.mark(signin.marks.row("passkey")).check(&self.mac)?;
        let passkey =
            serde_json::from_str(&self.credential).map_err(|_| SigninError::Altered { table: "passkey" })?;
        Ok(KeptPasskey { view: self.view, account: self.account, passkey })
    }
}

impl KeptPasskey {
    /// The counter seen last. webauthn-rs shows it only in the credential's JSON.
    pub(crate) fn counter(&self) -> Result<u32, SigninError> {
        let json = as_value(&self.passkey)?;
        let counter = json.pointer("/cred/counter").and_then(Value::as_u64);
        counter.and_then(|counter| counter.try_into().ok()).ok_or(SigninError::Altered { table: "passkey" })
    }

    /// Writes a new counter down.
    pub(crate) fn set_counter(&mut self, counter: u32) -> Result<(), SigninError> {
        let mut json = as_value(&self.passkey)?;
        let altered = SigninError::Altered { table: "passkey" };
        *json.pointer_mut("/cred/counter").ok_or(altered)? = counter.into();
        self.passkey = serde_json::from_value(json).map_err(|_| SigninError::Altered { table: "passkey" })?;
        Ok(())
    }
}

impl Signin {
    /// The passkeys of an account, oldest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn passkeys(&self, tx: &Transaction<'_>, account: MemberId) -> Result<Vec<PasskeyView>, SigninError> {
        Ok(self.kept_passkeys(tx, account)?.into_iter().map(|kept| kept.view).collect())
    }

    /// Removes a passkey. `with` is the one whose fresh touch confirmed it.
    ///
    /// # Errors
    /// It is not the account's, it is the last one, or `with` is too young to remove an older one.
    pub fn remove_passkey(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        id: PasskeyId,
        with: PasskeyId,
    ) -> Result<(), SigninError> {
        let all = self.passkeys(tx, account)?;
        let find = |id| all.iter().find(|view| view.id == id).ok_or(SigninError::NotValid);
        let (gone, with) = (find(id)?, find(with)?);
        if all.len() == 1 {
            return Err(SigninError::LastPasskey);
        }
        // Somebody who slipped a passkey in must not be able to lock the owner out with it.
        if gone.created_ms < with.created_ms && self.now_ms() - with.created_ms < YOUNG_MS {
            return Err(SigninError::YoungPasskey);
        }
        tx.execute("delete from session where passkey = ?1", [id.0.to_be_bytes()])?;
        tx.execute("delete from passkey where id = ?1", [id.0.to_be_bytes()])?;
        Ok(())
    }

    /// Removes every passkey of an account, for a recovery that is being completed.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_passkeys(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), SigninError> {
        tx.execute("delete from passkey where account = ?1", [account.0.to_be_bytes()])?;
        Ok(())
    }

    pub(crate) fn kept_passkeys(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
    ) -> Result<Vec<KeptPasskey>, SigninError> {
        let mut statement =
            tx.prepare_cached(&format!("select {COLUMNS} from passkey where account = ?1 order by id"))?;
        let rows = statement.query_map([account.0.to_be_bytes()], Raw::read)?;
        rows.map(|raw| raw?.checked(self)).collect()
    }

    pub(crate) fn passkey_by_credential(
        &self,
        tx: &Transaction<'_>,
        credential_id: &[u8],
    ) -> Result<Option<KeptPasskey>, SigninError> {
        let mut statement =
            tx.prepare_cached(&format!("select {COLUMNS} from passkey where credential_id = ?1"))?;
        let found = statement.query_row([credential_id], Raw::read).optional()?;
        found.map(|raw| raw.checked(self)).transpose()
    }

    pub(crate) fn keep_passkey(
        &self,
        tx: &Transaction<'_>,
        account: MemberId,
        passkey: &Passkey,
        name: &str,
    ) -> Result<PasskeyId, SigninError> {
        if self.passkeys(tx, account)?.len() >= PASSKEYS_MAX {
            return Err(SigninError::TooManyPasskeys);
        }
        let created_ms = self.now_ms();
        let raw = Raw {
            view: PasskeyView {
                id: PasskeyId::new(created_ms),
                name: name.to_owned(),
                created_ms,
                last_used_ms: None,
            },
            account,
            credential_id: passkey.cred_id().to_vec(),
            credential: as_json(passkey)?,
            mac: Vec::new(),
        };
        let added = tx.execute(
            "insert into passkey (id, account, credential_id, credential, name, created_ms, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (credential_id) do nothing",
            params![
                raw.view.id.0.to_be_bytes(),
                account.0.to_be_bytes(),
                raw.credential_id,
                raw.credential,
                name,
                created_ms,
                raw.mark(self.marks.row("passkey")).made()
            ],
        )?;
        if added == 1 { Ok(raw.view.id) } else { Err(SigninError::NotValid) }
    }

    /// Writes down that a passkey was used, with its new counter.
    pub(crate) fn passkey_used(&self, tx: &Transaction<'_>, kept: &KeptPasskey) -> Result<(), SigninError> {
        let raw = Raw {
            view: kept.view.clone(),
            account: kept.account,
            credential_id: kept.passkey.cred_id().to_vec(),
            credential: as_json(&kept.passkey)?,
            mac: Vec::new(),
        };
        tx.execute(
            "update passkey set credential = ?2, last_used_ms = ?3, mac = ?4 where id = ?1",
            params![
                raw.view.id.0.to_be_bytes(),
                raw.credential,
                self.now_ms(),
                raw.mark(self.marks.row("passkey")).made()
            ],
        )?;
        Ok(())
    }
}

fn as_value(passkey: &Passkey) -> Result<Value, SigninError> {
    serde_json::to_value(passkey).map_err(|_| SigninError::Altered { table: "passkey" })
}

fn as_json(passkey: &Passkey) -> Result<String, SigninError> {
    let wrong =
        |_| SigninError::Invalid { field: "passkey", want: "a credential that can be written as JSON" };
    serde_json::to_string(passkey).map_err(wrong)
}
