//! Why a call did not get an answer. No text holds the address: a path may be a secret.

/// Why a call did not get an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address cannot be called.
    #[error("the address cannot be called: {0}")]
    BadAddress(&'static str),
    /// The address leads where calls may not go.
    #[error(
        "the address leads to a network that is not public; an operator can allow it with `outbound.allow`"
    )]
    NotAllowed,
    /// Nobody knows the name.
    #[error("the name of the address is not known")]
    UnknownName,
    /// No connection.
    #[error("nothing answers at the address")]
    Unreachable,
    /// The other side could not prove who it is.
    #[error("no secure connection: the certificate is not one that is trusted here")]
    Tls,
    /// It took too long.
    #[error("no whole answer within 10 seconds")]
    TooSlow,
    /// The answer is larger than what is read.
    #[error("the answer is larger than 1 MiB")]
    TooLarge,
    /// What came was no HTTP.
    #[error("the answer is not HTTP/1.1")]
    Broken,
    /// A root that cannot be read.
    #[error("`outbound.root` holds no certificate; put the authority's root there, PEM")]
    Root,
}
