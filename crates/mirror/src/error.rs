//! What can go wrong. Texts name no address and repeat no answer.

/// Why entries were not handed over.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// No connection, or it broke.
    #[error("no connection to the syslog server")]
    Unreachable(#[source] std::io::Error),
    /// TLS does not come about.
    #[error("no secure connection to the syslog server")]
    Tls,
    /// The root cannot be read.
    #[error("`root` holds no certificate; put the authority's root there, PEM")]
    Root,
    /// The collector said no.
    #[error("the collector answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The collector could not be called.
    #[error(transparent)]
    Outbound(#[from] outbound::OutboundError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// The position cannot be read or written.
    #[error("the position cannot be kept: {0}")]
    Position(#[source] std::io::Error),
}
