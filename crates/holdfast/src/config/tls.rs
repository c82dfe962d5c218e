//! The settings of TLS: two files, or an authority that speaks ACME.

use std::path::{Path, PathBuf};

use door::tls::acme::Acme;
use door::tls::files::Pair;
use serde::{Deserialize, Serialize};

use crate::config::{Config, ConfigError};

/// The authority that is asked when none is named.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// How many names one certificate may have.
const NAMES_MAX: usize = 20;

/// TLS of the collect door.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// PEM: the certificate and what leads from it to the authority.
    pub cert: Option<PathBuf>,
    /// PEM: its private key.
    pub key: Option<PathBuf>,
    /// A certificate from an authority instead of files.
    pub acme: AcmeConfig,
}

/// TLS of the console door.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleTlsConfig {
    /// PEM: the certificate and what leads from it to the authority.
    pub cert: Option<PathBuf>,
    /// PEM: its private key.
    pub key: Option<PathBuf>,
    /// Shows the collect door's certificate here too.
    pub as_collect: bool,
}

/// A certificate from an authority that speaks ACME.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcmeConfig {
    /// The names that the certificate is for; none: no authority is asked.
    pub names: Vec<String>,
    /// The authority's directory.
    pub directory: String,
    /// Whom the authority may write to about the certificate.
    pub contact: Option<String>,
    /// Whether the authority's terms of service are agreed to; without that it is not asked.
    pub terms_agreed: bool,
    /// The root of the authority's own certificate, PEM, where it is a private one.
    pub root: Option<PathBuf>,
}

impl Default for AcmeConfig {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            directory: DIRECTORY.to_owned(),
            contact: None,
            terms_agreed: false,
            root: None,
        }
    }
}

/// Where a door's certificate comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Two files.
    Files(Pair),
    /// An authority.
    Acme(Acme),
    /// It is the collect door's.
    AsCollect,
}

impl Config {
    /// Where the collect door's certificate comes from; nothing: it speaks plain http.
    ///
    /// # Errors
    /// Names the key that is wrong and what to write.
    pub fn collect_tls(&self) -> Result<Option<Origin>, ConfigError> {
        let tls = &self.collect.tls;
        let files = pair("collect", tls.cert.as_deref(), tls.key.as_deref())?;
        let acme = tls.acme.origin(&self.data)?;
        match (files, acme) {
            (Some(_), Some(_)) => Err(wrong("collect.tls has files and acme.names; keep one of the two")),
            (Some(files), None) => Ok(Some(Origin::Files(files))),
            (None, acme) => Ok(acme.map(Origin::Acme)),
        }
    }

    /// Where the console door's certificate comes from; nothing: it speaks plain http.
    ///
    /// # Errors
    /// Names the key that is wrong and what to write.
    pub fn console_tls(&self) -> Result<Option<Origin>, ConfigError> {
        let tls = &self.console.tls;
        let files = pair("console", tls.cert.as_deref(), tls.key.as_deref())?;
        match (files, tls.as_collect) {
            (Some(_), true) => Err(wrong("console.tls has files and as_collect; keep one of the two")),
            (Some(files), false) => Ok(Some(Origin::Files(files))),
            (None, false) => Ok(None),
            (None, true) if self.collect_tls()?.is_none() => {
                Err(wrong("console.tls.as_collect needs a certificate in collect.tls"))
            }
            (None, true) => Ok(Some(Origin::AsCollect)),
        }
    }
}

impl AcmeConfig {
    fn origin(&self, data: &Path) -> Result<Option<Acme>, ConfigError> {
        if self.names.is_empty() {
            return Ok(None);
        }
        if !self.terms_agreed {
            return Err(wrong(
                "collect.tls.acme.terms_agreed is false; read the authority's terms of service, then set it to true",
            ));
        }
        if self.names.len() > NAMES_MAX {
            return Err(wrong(&format!("collect.tls.acme.names has more than {NAMES_MAX} names")));
        }
        if let Some(name) = self.names.iter().find(|name| !is_name(name)) {
            return Err(wrong(&format!(
                "collect.tls.acme.names: `{name}` is no host name; write one such as collect.example.com, without wildcards"
            )));
        }
        if !self.directory.starts_with("https://") {
            return Err(wrong("collect.tls.acme.directory must begin with https://"));
        }
        Ok(Some(Acme {
            directory: self.directory.clone(),
            names: self.names.iter().map(|name| name.to_ascii_lowercase()).collect(),
            contact: self.contact.clone(),
            root: self.root.clone(),
            folder: data.join("tls"),
        }))
    }
}

fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
    };
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && name.parse::<std::net::IpAddr>().is_err()
}

fn pair(door: &str, cert: Option<&Path>, key: Option<&Path>) -> Result<Option<Pair>, ConfigError> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(Pair { cert: cert.to_owned(), key: key.to_owned() })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(wrong(&format!("{door}.tls.cert is set without {door}.tls.key"))),
        (None, Some(_)) => Err(wrong(&format!("{door}.tls.key is set without {door}.tls.cert"))),
    }
}

fn wrong(message: &str) -> ConfigError {
    ConfigError::Wrong { from: "as a whole".to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(set: impl FnOnce(&mut Config), says: Option<&str>) {
        let mut config = Config::default();
        set(&mut config);
        let said = config.collect_tls().and(config.console_tls()).err().map(|error| error.to_string());
        match (&said, says) {
            (Some(said), Some(says)) => assert!(said.contains(says), "{said}"),
            (said, says) => assert_eq!(said.as_deref(), says),
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_the_fix() {
        check(|_| {}, None);
        check(|config| config.collect.tls.cert = Some("c".into()), Some("without collect.tls.key"));
        check(|config| config.console.tls.key = Some("k".into()), Some("without console.tls.cert"));
        check(|config| config.console.tls.as_collect = true, Some("needs a certificate"));
        check(|config| config.collect.tls.acme.names = vec!["a.example".into()], Some("terms_agreed"));
        let acme = |names: &[&str]| AcmeConfig {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            terms_agreed: true,
            ..AcmeConfig::default()
        };
        for name in ["*.example.com", "localhost", "10.0.0.1", "a..b", "https://a.example"] {
            check(|config| config.collect.tls.acme = acme(&[name]), Some("is no host name"));
        }
        check(
            |config| {
                config.collect.tls.acme = acme(&["collect.example.com"]);
                config.console.tls.as_collect = true;
            },
            None,
        );
    }
}
