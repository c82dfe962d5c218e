//! Why not.

/// A refusal, in the words that the outside may know.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Denied {
    /// No valid session or token.
    #[error("sign in first")]
    NotSignedIn,
    /// It does not exist, or the caller may not know that it does.
    #[error("nothing is here")]
    NotFound,
    /// Known, and not allowed.
    #[error("not allowed: {why}")]
    Forbidden {
        /// The id of the policy or rule that says so.
        why: String,
    },
    /// The action needs a fresh touch of a passkey first.
    #[error("touch a passkey to confirm this request")]
    StepUpRequired {
        /// The step-up's id, for the header of the repeated request.
        id: String,
        /// `PublicKeyCredentialRequestOptionsJSON`.
        public_key: serde_json::Value,
    },
    /// The touch does not fit this request, was used, or is too old.
    #[error("this confirmation does not fit the request")]
    StepUpWrong,
    /// It was not used for thirty days.
    #[error("this {what} was not used for 30 days and has lapsed")]
    Lapsed {
        /// What: `role` or `token`.
        what: &'static str,
    },
    /// The token may not be used from this address.
    #[error("this token may not be used from here")]
    FromElsewhere,
    /// Changes are switched off.
    #[error("changes are switched off: {reason}")]
    ReadOnly {
        /// Why, in the words of whoever switched them off.
        reason: String,
    },
    /// Too many attempts or open requests.
    #[error("too many attempts, try again in {retry_after_s} s")]
    TooMany {
        /// When to try again.
        retry_after_s: u64,
    },
    /// No witness has seen the ledger lately, or one says that it was rewritten: what leaves, and who is let in, waits.
    #[error("no witness has seen the ledger lately")]
    Unwitnessed,
    /// Nobody could be told beforehand by a second channel, so it was not done.
    #[error("nobody could be told of it by a second channel")]
    Untold {
        /// Whether there is a second channel at all.
        configured: bool,
    },
    /// The database or the ledger does not take writes, so nothing can be granted.
    #[error("the ledger or the control database is out of service")]
    Unavailable,
}
