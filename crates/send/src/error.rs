//! What can go wrong on the way. No text holds an address, a name or an answer's words: they stand in a table that members read.

/// Why a notice was not delivered, or why nothing can be.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The relay's settings do not fit.
    #[error("notices.smtp: {0}")]
    Relay(&'static str),
    /// An address that mail cannot be sent to.
    #[error("the address is none that mail can be sent to")]
    Address,
    /// The relay said no.
    #[error("the relay refused with {status}")]
    Refused {
        /// The SMTP reply code.
        status: u16,
    },
    /// The relay could not be reached, or broke off.
    #[error("{0}")]
    Unreachable(&'static str),
    /// The webhook answered with something else than 2xx.
    #[error("the webhook answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The webhook could not be called.
    #[error(transparent)]
    Outbound(#[from] outbound::OutboundError),
}
