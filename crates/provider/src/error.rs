//! Why a provider's word does not count. No text holds a token, a code, an address or a name.

use outbound::OutboundError;
use signin::jws::JwsError;

/// Why a provider's word does not count.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or may not be.
    #[error("the provider cannot be asked: {0}")]
    Call(#[from] OutboundError),
    /// What it publishes about itself is not what is needed.
    #[error("the provider's own description does not do: {0}")]
    Published(&'static str),
    /// It gave no token for the code.
    #[error("the provider gave no token: status {status}{}", .error.as_deref().map(|word| format!(", `{word}`")).unwrap_or_default())]
    NoToken {
        /// The status of its answer.
        status: u16,
        /// Its word for why (RFC 6749, 5.2), where it is one of those.
        error: Option<String>,
    },
    /// The ID token is no signed token, or of another's.
    #[error("the provider's token does not count: {0}")]
    Signature(#[from] JwsError),
    /// What the ID token says does not fit this sign-in.
    #[error("the provider's token does not fit: `{0}`")]
    Claim(&'static str),
}
