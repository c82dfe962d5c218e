//! Codes that let somebody enrol a first passkey: single use, 24 hours, kept as a keyed hash only.

use model::MemberId;
use rusqlite::{OptionalExtension, Transaction, params};
use stdx::Secret;

use crate::config::{CLOCK_STEP_MS, CODE_LIFE_MS};
use crate::error::SigninError;
use crate::marks::RowMark;
use crate::signin::Signin;

/// What a code was made for. It is the code's visible first word, so that a page can greet accordingly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The first owner of an installation.
    Owner,
    /// An operator.
    Operator,
    /// A member invited into a workspace.
    Invite,
    /// A lone owner who lost every passkey.
    Recover,
    /// A look around a demo; opens a session without a passkey, and enrols nobody.
    Look,
}

impl Purpose {
    const ALL: [Self; 5] = [Self::Owner, Self::Operator, Self::Invite, Self::Recover, Self::Look];

    /// The first word of such a code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Invite => "invite",
            Self::Recover => "recover",
            Self::Look => "look",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// What a text that looks like a code says it is for, whether or not it is a code.
    pub(crate) fn of_text(code: &str) -> Self {
        code.split_once('-').and_then(|(word, _)| Self::from_name(word)).unwrap_or(Self::Invite)
    }
}

/// A code as it stands in the database.
pub(crate) struct Code {
    pub(crate) hash: [u8; 32],
    pub(crate) purpose: Purpose,
    pub(crate) account: MemberId,
    created_ms: i64,
    expires_ms: i64,
}

impl Code {
    fn mark<'k>(&self, row: RowMark<'k>) -> RowMark<'k> {
        let row = row.blob(&self.hash).text(self.purpose.as_str()).id(self.account.0);
        row.int(self.created_ms).int(self.expires_ms)
    }
}

impl Signin {
    /// Makes a code for the account; an earlier code of the account no longer counts.
    ///
    /// # Errors
    /// The database's.
    pub fn make_code(
        &self,
        tx: &Transaction<'_>,
        purpose: Purpose,
        account: MemberId,
    ) -> Result<Secret<String>, SigninError> {
        self.drop_codes(tx, account)?;
        let text = Secret::new(format!("{}-{}", purpose.as_str(), stdx::random_text::<20>()));
        let created_ms = self.now_ms();
        let hash = self.marks.lookup("code", text.expose());
        let code = Code { hash, purpose, account, created_ms, expires_ms: created_ms + CODE_LIFE_MS };
        tx.execute(
            "insert into sign_in_code (hash, purpose, account, created_ms, expires_ms, mac)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                hash,
                purpose.as_str(),
                account.0.to_be_bytes(),
                created_ms,
                code.expires_ms,
                code.mark(self.marks.row("sign_in_code")).made()
            ],
        )?;
        Ok(text)
    }

    /// Removes the codes of an account.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_codes(&self, tx: &Transaction<'_>, account: MemberId) -> Result<(), SigninError> {
        tx.execute("delete from sign_in_code where account = ?1", [account.0.to_be_bytes()])?;
        Ok(())
    }

    /// Removes every code there is.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_all_codes(&self, tx: &Transaction<'_>) -> Result<(), SigninError> {
        tx.execute("delete from sign_in_code", [])?;
        Ok(())
    }

    /// Uses a code up without enrolling: for somebody who has an account already.
    ///
    /// # Errors
    /// [`SigninError::NotValid`] when it is unknown, used or too old, an altered row, or the database's.
    pub fn take_code(&self, tx: &Transaction<'_>, text: &str) -> Result<(Purpose, MemberId), SigninError> {
        let code = self.code(tx, &self.marks.lookup("code", text))?.ok_or(SigninError::NotValid)?;
        self.use_code(tx, &code)?;
        Ok((code.purpose, code.account))
    }

    /// Whose code it is, where it is one.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn account_of_code(&self, tx: &Transaction<'_>, text: &str) -> Result<Option<MemberId>, SigninError> {
        Ok(self.code(tx, &self.marks.lookup("code", text))?.map(|code| code.account))
    }

    /// The valid code of that hash.
    pub(crate) fn code(&self, tx: &Transaction<'_>, hash: &[u8; 32]) -> Result<Option<Code>, SigninError> {
        let mut statement = tx.prepare_cached(
            "select purpose, account, created_ms, expires_ms, mac from sign_in_code where hash = ?1",
        )?;
        let found = statement
            .query_row([hash], |row| {
                let purpose: String = row.get(0)?;
                let code = Code {
                    hash: *hash,
                    purpose: Purpose::from_name(&purpose).unwrap_or(Purpose::Invite),
                    account: MemberId(crate::ids::id(row, 1)?),
                    created_ms: row.get(2)?,
                    expires_ms: row.get(3)?,
                };
                Ok((code, row.get::<_, Vec<u8>>(4)?))
            })
            .optional()?;
        let Some((code, mac)) = found else { return Ok(None) };
        code.mark(self.marks.row("sign_in_code")).check(&mac)?;
        Ok((code.created_ms - CLOCK_STEP_MS..code.expires_ms).contains(&self.now_ms()).then_some(code))
    }

    pub(crate) fn use_code(&self, tx: &Transaction<'_>, code: &Code) -> Result<(), SigninError> {
        match tx.execute("delete from sign_in_code where hash = ?1", [code.hash])? {
            1 => Ok(()),
            _ => Err(SigninError::NotValid),
        }
    }
}
