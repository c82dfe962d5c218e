//! Accounts: those who can sign in. Whose account it is (name, address) is guard's.

use model::MemberId;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::SigninError;
use crate::marks::Marks;
use crate::signin::Signin;

/// What kind of account it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKind {
    /// Belongs to workspaces.
    Member,
    /// Runs the installation.
    Operator,
    /// Looks around a demo by a one-time link, without a passkey.
    Visitor,
}

impl AccountKind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Visitor => "visitor",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Member, Self::Operator, Self::Visitor].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An account as it stands in the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id. The user handle of its passkeys is a keyed hash of it.
    pub id: MemberId,
    /// What kind it is.
    pub kind: AccountKind,
    /// Sessions of an earlier epoch have ended.
    pub epoch: i64,
    /// Whether it takes no new passkeys.
    pub passkeys_locked: bool,
    /// When it was made, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// When it ended for good.
    pub ended_ms: Option<i64>,
}

impl Account {
    fn mac(&self, marks: &Marks) -> [u8; 32] {
        self.mark(marks).made()
    }

    fn mark<'k>(&self, marks: &'k Marks) -> crate::marks::RowMark<'k> {
        let Self { id, kind, epoch, passkeys_locked, created_ms, ended_ms } = self;
        let mark = marks.row("account").id(id.0).text(kind.as_str()).int(*epoch);
        mark.int((*passkeys_locked).into()).int(*created_ms).maybe(*ended_ms)
    }
}

impl Signin {
    /// Makes an account without a passkey: it cannot sign in yet.
    ///
    /// # Errors
    /// The database's.
    pub fn add_account(&self, tx: &Transaction<'_>, kind: AccountKind) -> Result<MemberId, SigninError> {
        let created_ms = self.now_ms();
        let id = MemberId::new(created_ms);
        let account = Account { id, kind, epoch: 1, passkeys_locked: false, created_ms, ended_ms: None };
        tx.execute(
            "insert into account (id, kind, epoch, passkeys_locked, created_ms, mac) values (?1, ?2, 1, 0, ?3, ?4)",
            params![id.0.to_be_bytes(), kind.as_str(), created_ms, account.mac(&self.marks)],
        )?;
        Ok(id)
    }

    /// The account of that id, ended ones included.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn account(&self, tx: &Transaction<'_>, id: MemberId) -> Result<Option<Account>, SigninError> {
        let mut statement = tx.prepare_cached(
            "select kind, epoch, passkeys_locked, created_ms, ended_ms, mac from account where id = ?1",
        )?;
        let found = statement
            .query_row([id.0.to_be_bytes()], |row| {
                let kind: String = row.get(0)?;
                // A word that is none fails the check of the row.
                let kind = AccountKind::from_name(&kind).unwrap_or(AccountKind::Visitor);
                let account = Account {
                    id,
                    kind,
                    epoch: row.get(1)?,
                    passkeys_locked: row.get(2)?,
                    created_ms: row.get(3)?,
                    ended_ms: row.get(4)?,
                };
                Ok((account, row.get::<_, Vec<u8>>(5)?))
            })
            .optional()?;
        let Some((account, mac)) = found else { return Ok(None) };
        account.mark(&self.marks).check(&mac)?;
        Ok(Some(account))
    }

    /// The account, if it can be used.
    pub(crate) fn living(&self, tx: &Transaction<'_>, id: MemberId) -> Result<Account, SigninError> {
        self.account(tx, id)?.filter(|account| account.ended_ms.is_none()).ok_or(SigninError::NotValid)
    }

    /// Ends every session of the account; their rows go with a later sweep, since whoever ends those of a thousand members
    /// must not wait for them.
    ///
    /// # Errors
    /// No such account, an altered row, or the database's.
    pub fn end_sessions_of(&self, tx: &Transaction<'_>, id: MemberId) -> Result<(), SigninError> {
        let mut account = self.account(tx, id)?.ok_or(SigninError::NotValid)?;
        account.epoch += 1;
        self.write(tx, &account)
    }

    /// Ends the account for good: its sessions, passkeys, password and codes go.
    ///
    /// # Errors
    /// No such account, an altered row, or the database's.
    pub fn end_account(&self, tx: &Transaction<'_>, id: MemberId) -> Result<(), SigninError> {
        let mut account = self.account(tx, id)?.ok_or(SigninError::NotValid)?;
        account.epoch += 1;
        account.ended_ms = Some(self.now_ms());
        tx.execute("delete from session where account = ?1", [id.0.to_be_bytes()])?;
        tx.execute("delete from passkey where account = ?1", [id.0.to_be_bytes()])?;
        tx.execute("delete from sign_in_code where account = ?1", [id.0.to_be_bytes()])?;
        tx.execute("delete from password where account = ?1", [id.0.to_be_bytes()])?;
        self.write(tx, &account)
    }

    /// Whether new passkeys are refused for the account.
    ///
    /// # Errors
    /// No such account, an altered row, or the database's.
    pub fn passkeys_locked(&self, tx: &Transaction<'_>, id: MemberId) -> Result<bool, SigninError> {
        Ok(self.living(tx, id)?.passkeys_locked)
    }

    /// Refuses or allows new passkeys for the account.
    ///
    /// # Errors
    /// No such account, an altered row, or the database's.
    pub fn lock_passkeys(&self, tx: &Transaction<'_>, id: MemberId, locked: bool) -> Result<(), SigninError> {
        let mut account = self.living(tx, id)?;
        account.passkeys_locked = locked;
        self.write(tx, &account)
    }

    fn write(&self, tx: &Transaction<'_>, account: &Account) -> Result<(), SigninError> {
        let Account { id, epoch, passkeys_locked, ended_ms, .. } = account;
        tx.execute(
            "update account set epoch = ?2, passkeys_locked = ?3, ended_ms = ?4, mac = ?5 where id = ?1",
            params![id.0.to_be_bytes(), epoch, passkeys_locked, ended_ms, account.mac(&self.marks)],
        )?;
        Ok(())
    }
}
