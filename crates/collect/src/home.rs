//! Where senders reach this door, for the documents that tell them.
//!
//! Whoever controls such a document controls where an app's data goes, so the address comes from the
//! configuration; only where none is configured is it the host that the sender itself asked for.

use http::header::HOST;
use http::uri::Authority;

use crate::asked::Asked;
use crate::collector::Collector;

/// An address of the collect door.
pub(crate) struct Home {
    /// `https` or `http`.
    pub protocol: &'static str,
    /// The host, with a port where one is needed.
    pub host: Authority,
    /// Whether it is the configured one, the same for everybody.
    pub is_configured: bool,
}

impl Home {
    /// Where to send. Nothing where neither configuration nor sender say so in a form that can be used.
    pub fn of(collector: &Collector, asked: &Asked) -> Option<Self> {
        let configured = collector.0.config.public_url.as_deref();
        let (protocol, host) = match configured {
            Some(url) => url.trim_end_matches('/').split_once("://")?,
            None => (if collector.0.config.secure { "https" } else { "http" }, asked.header(HOST)?),
        };
        let protocol = ["https", "http"].into_iter().find(|known| *known == protocol)?;
        let host: Authority = host.parse().ok()?;
        let is_plain = !host.as_str().contains('@');
        is_plain.then_some(Self { protocol, host, is_configured: configured.is_some() })
    }

    /// `https://collect.example.com`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.protocol, self.host)
    }
}
