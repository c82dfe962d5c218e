//! What can go wrong with a change. No text holds a code, token, name or address.

use control::ControlError;
use ledger::LedgerError;
use signin::SigninError;

use crate::denied::Denied;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// It is refused.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A value is not of the wanted form.
    #[error("{field}: want {want}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What it should be.
        want: String,
    },
    /// Somebody with that address belongs to the workspace already.
    #[error("somebody with this address is a member already: change their role instead")]
    AlreadyMember,
    /// A workspace must not be left without an owner.
    #[error("this is the last owner: make somebody else an owner first")]
    LastOwner,
    /// An installation must not be left without an operator.
    #[error("this is the last operator: invite another one first")]
    LastOperator,
    /// Only owners make, change and remove owners.
    #[error("only an owner may do this to an owner")]
    OwnersOnly,
    /// It was asked for by the same person.
    #[error("a second person must approve this")]
    SecondPerson,
    /// The grant is not in the state that this needs.
    #[error("this grant is {state}, so this cannot be done with it")]
    GrantIs {
        /// Its state.
        state: &'static str,
    },
    /// What would be sent is not what was asked for or approved.
    #[error(
        "this is not what was asked for any more: the text, the links or more than 5 % of the people differ; ask again"
    )]
    SendIsAnother,
    /// Others can help, so no recovery is needed.
    #[error("no lone owner has this address: another owner or admin can invite them again")]
    NothingToRecover,
    /// A recovery by members takes two of them.
    #[error("nobody else could approve this: remove the member and invite them again")]
    NobodyElse,
    /// The account has more than these two could give.
    #[error(
        "this account has a role that you could not give, here or in another workspace: remove the member and invite them again"
    )]
    PowerElsewhere,
    /// The delay has not passed.
    #[error("the recovery is not ready yet: wait until its delay has passed")]
    TooEarly {
        /// When it is ready, milliseconds since 1970, UTC.
        ready_ms: i64,
    },
    /// The member has a passkey.
    #[error("this account has a passkey already: whoever has one adds further ones themselves")]
    HasPasskey,
    /// Whoever runs a workspace gets a first passkey by two people.
    #[error("this account runs a workspace: start a recovery, which another person approves")]
    NeedsRecovery,
    /// What was allowed waits.
    #[error("this is not ready yet: wait until its delay has passed")]
    NotYet {
        /// When it is ready, milliseconds since 1970, UTC.
        ready_ms: i64,
    },
    /// The session was opened too long ago.
    #[error(
        "this needs a session that was just opened: sign out, sign in again, and do it within ten minutes"
    )]
    SignInAgain,
    /// The password is known to strangers.
    #[error("this password is in a list of known ones: choose another one")]
    Breached,
    /// No workspace of theirs lets them in with a password.
    #[error("no workspace of yours lets you in with a password: sign in with a passkey")]
    NoPasswords,
    /// The workspace's key was replaced a moment ago.
    #[error("{0}")]
    KeyReplacing(ControlError),
    /// There is an installation already.
    #[error("this installation has been set up already")]
    Installed,
    /// Signing in says no.
    #[error(transparent)]
    Signin(SigninError),
    /// The rules cannot be loaded.
    #[error(transparent)]
    Policy(#[from] policy::PolicyError),
    /// The ledger takes no entry, so nothing is done.
    #[error("the ledger takes no entries, so nothing was changed")]
    Ledger(#[from] LedgerError),
    /// The database refused or failed.
    #[error(transparent)]
    Control(ControlError),
}

impl From<SigninError> for GuardError {
    fn from(error: SigninError) -> Self {
        match error {
            SigninError::NotValid => Self::Denied(Denied::NotFound),
            SigninError::Busy => Self::Denied(Denied::TooMany { retry_after_s: 5 }),
            SigninError::StepUpWrong => Self::Denied(Denied::StepUpWrong),
            SigninError::Invalid { field, want } => Self::Invalid { field, want: want.to_owned() },
            SigninError::Control(error) => error.into(),
            other => Self::Signin(other),
        }
    }
}

impl From<ControlError> for GuardError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Invalid { field, want } => Self::Invalid { field, want: want.to_owned() },
            ControlError::NoWorkspace => Self::Denied(Denied::NotFound),
            busy @ ControlError::KeyReplacing => Self::KeyReplacing(busy),
            other => Self::Control(other),
        }
    }
}

impl From<rusqlite::Error> for GuardError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}

/// For callers who can only be told yes or no.
impl From<GuardError> for Denied {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Denied(denied) => denied,
            GuardError::Signin(SigninError::Altered { .. }) => Self::Forbidden { why: ALTERED.to_owned() },
            GuardError::Ledger(_)
            | GuardError::Control(_)
            | GuardError::Policy(_)
            | GuardError::Signin(_) => Self::Unavailable,
            _ => Self::NotFound,
        }
    }
}

/// The rule that refuses rows which were changed outside Holdfast.
pub(crate) const ALTERED: &str = "altered-row";
