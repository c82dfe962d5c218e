//! How people are told beside the console, as it stands in the configuration.

use std::fs;
use std::path::PathBuf;

use guard::hooks::Hook;
use send::{Relay, Security};
use serde::{Deserialize, Serialize};
use stdx::Secret;

use super::ConfigError;

/// Second channels for notices.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticesConfig {
    /// Whether an approval, an export and an operator's first look are refused where there is no second channel.
    pub required: bool,
    /// The relay that mail is handed to.
    pub smtp: SmtpConfig,
    /// The operators' webhook.
    pub operators: OperatorsConfig,
}

/// How messages to customers leave: by a relay of their own, so that what they do to its standing does not hold up notices.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessagesConfig {
    /// The relay that they are handed to; none are sent where it is not set.
    pub smtp: SmtpConfig,
}

/// A relay.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpConfig {
    /// Its name; no mail is sent where it is not set.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: SmtpSecurity,
    /// The user.
    pub user: Option<String>,
    /// A file with the password.
    pub password_file: Option<PathBuf>,
    /// Who mail is from.
    pub from: Option<String>,
    /// The root of a private authority, in place of those that browsers trust.
    pub root: Option<PathBuf>,
}

/// How the way to the relay is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// It must begin TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; to this host and private networks alone.
    Plain,
}

/// The operators' webhook.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperatorsConfig {
    /// Where to.
    pub url: Option<String>,
    /// A file with the secret that signs: `whsec_` and base64.
    pub secret_file: Option<PathBuf>,
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            host: None,
            port: 587,
            security: SmtpSecurity::default(),
            user: None,
            password_file: None,
            from: None,
            root: None,
        }
    }
}

impl NoticesConfig {
    /// The relay, if mail is to be sent.
    ///
    /// # Errors
    /// Names what is missing or does not fit.
    pub fn relay(&self) -> Result<Option<Relay>, ConfigError> {
        let missing =
            || wrong("notices.smtp.from is missing; write Holdfast <holdfast@example.com>".to_owned());
        if self.smtp.host.is_some() && self.smtp.from.is_none() {
            return Err(missing());
        }
        self.smtp.relay("notices.smtp")
    }

    /// The operators' webhook, if there is one.
    ///
    /// # Errors
    /// Names what is missing or no secret.
    pub fn operators_hook(&self) -> Result<Option<Hook>, ConfigError> {
        let OperatorsConfig { url, secret_file } = &self.operators;
        match (url, secret_file) {
            (None, None) => Ok(None),
            (Some(url), Some(path)) => {
                let text = secret("notices.operators.secret_file", path)?;
                let hook = Hook::new(url, text.expose());
                let want = "notices.operators.secret_file: want whsec_ and at least 24 bytes in base64";
                hook.map(Some).ok_or_else(|| wrong(want.to_owned()))
            }
            _ => Err(wrong("set notices.operators.url and secret_file, or neither".to_owned())),
        }
    }
}

impl MessagesConfig {
    /// The relay, if messages are to be sent. Its `from` is where what comes back goes, if not to who a message is from.
    ///
    /// # Errors
    /// Names what is missing or does not fit.
    pub fn relay(&self) -> Result<Option<Relay>, ConfigError> {
        self.smtp.relay("messages.smtp")
    }
}

impl SmtpConfig {
    /// The relay of the settings below `key`, if there is one.
    fn relay(&self, key: &str) -> Result<Option<Relay>, ConfigError> {
        let Some(host) = self.host.clone() else { return Ok(None) };
        let login = match (&self.user, &self.password_file) {
            (None, None) => None,
            (Some(user), Some(path)) => Some((user.clone(), secret(&format!("{key}.password_file"), path)?)),
            _ => return Err(wrong(format!("set {key}.user and password_file, or neither"))),
        };
        let security = match self.security {
            SmtpSecurity::Starttls => Security::Starttls,
            SmtpSecurity::Tls => Security::Tls,
            SmtpSecurity::Plain => Security::Plain,
        };
        let from = self.from.clone().unwrap_or_default();
        Ok(Some(Relay { host, port: self.port, security, login, from, root: self.root.clone() }))
    }
}

fn secret(key: &str, path: &PathBuf) -> Result<Secret<String>, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|error| wrong(format!("{key}: {} cannot be read: {error}", path.display())))?;
    Ok(Secret::new(text.trim_end().to_owned()))
}

fn wrong(message: String) -> ConfigError {
    ConfigError::Wrong { from: "as a whole".to_owned(), message }
}
