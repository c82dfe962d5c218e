//! Who follows the ledger from outside, as it stands in the configuration.

use std::fs;
use std::path::PathBuf;

use mirror::{Otlp, Place, Syslog};
use serde::{Deserialize, Serialize};
use stdx::Secret;

use super::ConfigError;

/// Where the ledger's entries are handed over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportConfig {
    /// A syslog server.
    pub syslog: SyslogConfig,
    /// A collector of logs.
    pub otlp: OtlpConfig,
}

/// A syslog server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SyslogConfig {
    /// Its name; nothing is handed over where it is not set.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The root of a private authority, in place of those that browsers trust.
    pub root: Option<PathBuf>,
}

/// A collector of logs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OtlpConfig {
    /// Where logs are posted; nothing is handed over where it is not set.
    pub url: Option<String>,
    /// The name of a header of its own.
    pub header: Option<String>,
    /// A file with that header's value.
    pub header_file: Option<PathBuf>,
}

impl Default for SyslogConfig {
    fn default() -> Self {
        Self { host: None, port: 601, tls: false, root: None }
    }
}

impl ExportConfig {
    /// The places; `hostname` is how this host is called there.
    ///
    /// # Errors
    /// Names what is missing or cannot be read.
    pub fn places(&self, hostname: &str) -> Result<Vec<Place>, ConfigError> {
        let mut places = Vec::new();
        let SyslogConfig { host, port, tls, root } = &self.syslog;
        if let Some(host) = host.clone() {
            let (hostname, root) = (hostname.to_owned(), root.clone());
            places.push(Place::Syslog(Syslog { host, port: *port, tls: *tls, root, hostname }));
        }
        if let Some(url) = self.otlp.url.clone() {
            places.push(Place::Otlp(Otlp { url, header: self.otlp.header()? }));
        }
        Ok(places)
    }
}

impl OtlpConfig {
    fn header(&self) -> Result<Option<(String, Secret<String>)>, ConfigError> {
        let wrong = |message: String| ConfigError::Wrong { from: "as a whole".to_owned(), message };
        match (&self.header, &self.header_file) {
            (None, None) => Ok(None),
            (Some(name), Some(path)) => {
                let text = fs::read_to_string(path).map_err(|error| {
                    wrong(format!(
                        "ledger.export.otlp.header_file: {} cannot be read: {error}",
                        path.display()
                    ))
                })?;
                Ok(Some((name.to_ascii_lowercase(), Secret::new(text.trim_end().to_owned()))))
            }
            _ => Err(wrong("set ledger.export.otlp.header and header_file, or neither".to_owned())),
        }
    }
}
