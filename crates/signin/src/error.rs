//! What can go wrong with signing in. No text holds a code, token, name or address.

use control::ControlError;

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum SigninError {
    /// Unknown, expired, ended or used: the outside learns no more.
    #[error("this is not or no longer valid")]
    NotValid,
    /// A session's text came back after it had been replaced: somebody else has it, so the session ended.
    #[error("a replaced session text was used again; the session has ended")]
    Reused {
        /// The session that ended.
        session: model::SessionId,
        /// Whose it was.
        account: model::MemberId,
    },
    /// A row that gives power was changed outside Holdfast.
    #[error(
        "a row of `{table}` was changed outside Holdfast and is refused: restore the database or remove the row"
    )]
    Altered {
        /// The row's table.
        table: &'static str,
    },
    /// The touch does not fit, was used, or is too old.
    #[error("this confirmation does not fit the request")]
    StepUpWrong,
    /// The account takes no new passkeys.
    #[error("this account takes no new passkeys: unlock it first")]
    PasskeysLocked,
    /// The account has as many passkeys as it can.
    #[error("this account has {max} passkeys already: remove one first", max = crate::config::PASSKEYS_MAX)]
    TooManyPasskeys,
    /// It is the last one, and removing it would lock its owner out.
    #[error("this is the last passkey: add another one first")]
    LastPasskey,
    /// A young passkey must not push older ones out.
    #[error("a passkey younger than 72 h cannot remove an older one: use an older one")]
    YoungPasskey,
    /// A value is not of the wanted form.
    #[error("{field}: want {want}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What it should be.
        want: &'static str,
    },
    /// Too many passwords are being looked at already.
    #[error("too many are signing in at the moment: try again in a few seconds")]
    Busy,
    /// The site's name and origins do not fit together.
    #[error("console.url does not fit the relying party `{rp_id}`: {detail}")]
    Configuration {
        /// The relying party's id.
        rp_id: String,
        /// What is wrong.
        detail: String,
    },
    /// The ceremony's own library failed on our side.
    #[error("the passkey ceremony could not be prepared")]
    Ceremony(#[source] webauthn_rs::prelude::WebauthnError),
    /// The database refused or failed.
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl From<rusqlite::Error> for SigninError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
