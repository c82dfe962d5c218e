//! Where entries go.

use std::path::PathBuf;

use stdx::Secret;

/// A place that follows the ledger.
#[derive(Clone, Debug)]
pub enum Place {
    /// A syslog server.
    Syslog(Syslog),
    /// A collector of logs.
    Otlp(Otlp),
}

impl Place {
    /// Its name in positions, on pages and in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Syslog(_) => "syslog",
            Self::Otlp(_) => "otlp",
        }
    }
}

/// A syslog server: RFC 5424 over TCP with counted octets (RFC 6587), or the same over TLS (RFC 5425).
#[derive(Clone, Debug)]
pub struct Syslog {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether TLS is spoken from the first byte.
    pub tls: bool,
    /// The root of a private authority, PEM, in place of those that browsers trust.
    pub root: Option<PathBuf>,
    /// How this host is called in messages.
    pub hostname: String,
}

/// A collector that takes OTLP logs over HTTP as JSON.
#[derive(Clone, Debug)]
pub struct Otlp {
    /// Where logs are posted, mostly `…/v1/logs`.
    pub url: String,
    /// A header of its own: name and value, for example an authorisation.
    pub header: Option<(String, Secret<String>)>,
}
