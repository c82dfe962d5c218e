//! Configuration: one TOML file, every key also an environment variable, flags above both.
//!
//! Raw text becomes [`Config`] here and nowhere else; nothing after this looks at raw input. Only what is
//! needed before the control database can be opened stands here; people decide the rest in the console.

pub mod export;
pub mod geo;
pub mod notices;
pub mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use door::ForwardedHeader;
use serde::{Deserialize, Serialize};
use stdx::Networks;
use witness::Peer;

use crate::config::export::ExportConfig;
use crate::config::geo::GeoConfig;
use crate::config::notices::{MessagesConfig, NoticesConfig};
use crate::config::tls::{ConsoleTlsConfig, TlsConfig};

/// The commented default file; it is also the reference page (docs/configuration.md links it).
pub const DEFAULT_FILE: &str = include_str!("default.toml");

/// Everything that is set from outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the data lives.
    pub data: PathBuf,
    /// The collect door.
    pub collect: CollectConfig,
    /// Where addresses are.
    pub geo: GeoConfig,
    /// The console door.
    pub console: ConsoleConfig,
    /// Where the master key is.
    pub keys: KeysConfig,
    /// Who may be shown how many people.
    pub people: PeopleConfig,
    /// The journal's bounds.
    pub journal: JournalConfig,
    /// Who watches the ledger from outside.
    pub ledger: LedgerConfig,
    /// What may be called from here.
    pub outbound: OutboundConfig,
    /// How people are told beside the console.
    pub notices: NoticesConfig,
    /// How messages leave.
    pub messages: MessagesConfig,
    /// How to log.
    pub log: LogConfig,
}

/// The collect door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CollectConfig {
    /// The address it listens on.
    pub addr: SocketAddr,
    /// The address that SDKs are told, where it differs (behind a proxy).
    pub url: Option<String>,
    /// Events a second that one source may send.
    pub source_events_per_s_max: u32,
    /// How many connections at once.
    pub connections_max: usize,
    /// How many connections at once from one address.
    pub connections_per_address_max: usize,
    /// How many requests a second one address may send; no limit where it is not set.
    pub address_requests_per_s_max: Option<u32>,
    /// How many bytes of bodies may be held at the same time.
    pub held_bytes_max: usize,
    /// The networks of proxies whose word about the client's address counts.
    pub trusted_proxies: Vec<String>,
    /// The header in which they give it.
    pub forwarded_header: ForwardedHeader,
    /// TLS.
    pub tls: TlsConfig,
}

/// The console door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleConfig {
    /// The address it listens on. Passkeys refuse bare addresses, so it is opened as `localhost`.
    pub addr: SocketAddr,
    /// The address people open, where it differs (behind a proxy or under a name); https outside localhost.
    pub url: Option<String>,
    /// How many connections at once.
    pub connections_max: usize,
    /// How many connections at once from one address.
    pub connections_per_address_max: usize,
    /// The networks of proxies whose connections are many people's, and whose word about the client's address counts.
    pub trusted_proxies: Vec<String>,
    /// Whether sessions that are not bound to a device are renewed in any network.
    pub sessions_roam: bool,
    /// TLS.
    pub tls: ConsoleTlsConfig,
}

impl ConsoleConfig {
    /// The host name that people type: of `url`, else `localhost`.
    pub fn host(&self) -> String {
        let authority =
            self.url.as_deref().and_then(|url| url.split_once("://")).map_or("localhost", |(_, rest)| rest);
        let host = authority.split(['/', '?', '#']).next().unwrap_or_default();
        host.rsplit_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase()
    }

    /// The address that people type, for a console that listens on `port`.
    pub fn origin(&self, port: u16) -> String {
        match &self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if self.tls.as_collect || self.tls.cert.is_some() => format!("https://localhost:{port}"),
            None => format!("http://localhost:{port}"),
        }
    }
}

impl Config {
    /// What each setting may be on its own was looked at when it was read; this looks at what must fit together.
    ///
    /// # Errors
    /// Names the key and what to write.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.collect_tls()?;
        self.console_tls()?;
        self.collect.proxies()?;
        self.console.proxies()?;
        self.ledger.peers()?;
        self.ledger.export.places("")?;
        self.outbound.allowed()?;
        self.notices.relay()?;
        self.notices.operators_hook()?;
        Ok(())
    }
}

impl CollectConfig {
    /// The trusted proxies.
    ///
    /// # Errors
    /// Names what is no network.
    pub fn proxies(&self) -> Result<Networks, ConfigError> {
        networks("collect.trusted_proxies", &self.trusted_proxies)
    }
}

impl ConsoleConfig {
    /// The trusted proxies.
    ///
    /// # Errors
    /// Names what is no network.
    pub fn proxies(&self) -> Result<Networks, ConfigError> {
        networks("console.trusted_proxies", &self.trusted_proxies)
    }
}

fn networks(key: &str, texts: &[String]) -> Result<Networks, ConfigError> {
    Networks::read(texts).map_err(|text| ConfigError::Wrong {
        from: "as a whole".to_owned(),
        message: format!("{key}: `{text}` is no network; write 10.0.0.0/8, 192.0.2.1 or fd00::/8"),
    })
}

/// Where the master key is. It never lies inside the data directory, except for the demo.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeysConfig {
    /// A file of mode 0600; by default one under the user's configuration folder.
    pub master_file: Option<PathBuf>,
    /// The name of a systemd credential, or the path of a file that a secret manager mounts.
    pub credential: Option<String>,
    /// A file with a passphrase that gives it; the salt is kept beside it.
    pub passphrase_file: Option<PathBuf>,
    /// A service that seals and opens it.
    pub transit: Option<TransitConfig>,
}

/// A service with HashiCorp Vault's transit interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitConfig {
    /// Its address.
    pub url: String,
    /// Where the transit engine is mounted.
    #[serde(default = "transit_mount")]
    pub mount: String,
    /// The name of the key there.
    pub key: String,
    /// A file with the token that may use it.
    pub token_file: PathBuf,
    /// The authority that its certificate is from, where it is none that browsers trust.
    #[serde(default)]
    pub root: Option<PathBuf>,
}

fn transit_mount() -> String {
    "transit".to_owned()
}

/// Who may be shown how many people.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleConfig {
    /// How many different people one member may be shown in one workspace within an hour.
    pub seen_per_hour_max: usize,
    /// The same within 24 hours.
    pub seen_per_day_max: usize,
}

/// The journal's bounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JournalConfig {
    /// How many days the journal keeps events (encrypted) before its files and their keys are destroyed.
    pub retention_days: u32,
    /// How many bytes may wait for the disk before the collector answers 503.
    pub queue_bytes_max: usize,
}

/// Who watches the ledger from outside.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerConfig {
    /// Witnesses that are asked to cosign every checkpoint.
    pub witnesses: Vec<WitnessConfig>,
    /// Where entries are handed over.
    pub export: ExportConfig,
}

/// A witness.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// Where it listens: its submission prefix.
    pub url: String,
    /// Its public key, `name+<key id>+<base64>`.
    pub key: String,
}

impl LedgerConfig {
    /// The witnesses.
    ///
    /// # Errors
    /// Names what is no URL or key.
    pub fn peers(&self) -> Result<Vec<Peer>, ConfigError> {
        let wrong = |message: String| ConfigError::Wrong {
            from: "as a whole".to_owned(),
            message: format!("ledger.witnesses: {message}"),
        };
        if self.witnesses.len() > ledger::WITNESSES_MAX {
            return Err(wrong(format!("at most {} witnesses", ledger::WITNESSES_MAX)));
        }
        let peer = |witness: &WitnessConfig| {
            if !witness.url.starts_with("http://") && !witness.url.starts_with("https://") {
                return Err(wrong(format!("`{}` is no URL; write https://witness.example.com", witness.url)));
            }
            let key = witness.key.parse().map_err(|error: ledger::LedgerError| wrong(error.to_string()))?;
            Ok(Peer { url: witness.url.clone(), key })
        };
        self.witnesses.iter().map(peer).collect()
    }
}

/// What may be called from here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundConfig {
    /// Networks beside the public ones that addresses typed by members may lead to.
    pub allow: Vec<String>,
    /// The root of a private authority, in place of those that browsers trust.
    pub root: Option<PathBuf>,
}

impl OutboundConfig {
    /// The networks.
    ///
    /// # Errors
    /// Names what is no network.
    pub fn allowed(&self) -> Result<Networks, ConfigError> {
        networks("outbound.allow", &self.allow)
    }
}

/// How to log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `json`, or `text`; by default text on a terminal and JSON elsewhere.
    pub format: Option<LogFormat>,
    /// A tracing filter such as `info` or `info,collect=debug`.
    pub filter: String,
}

/// The two ways to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("holdfast-data"),
            collect: CollectConfig::default(),
            geo: GeoConfig::default(),
            console: ConsoleConfig::default(),
            keys: KeysConfig::default(),
            people: PeopleConfig::default(),
            journal: JournalConfig::default(),
            ledger: LedgerConfig::default(),
            outbound: OutboundConfig::default(),
            notices: NoticesConfig::default(),
            messages: MessagesConfig::default(),
            log: LogConfig::default(),
        }
    }
}

impl Default for CollectConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 7070)),
            url: None,
            source_events_per_s_max: 200_000,
            connections_max: 16_384,
            connections_per_address_max: 4_096,
            address_requests_per_s_max: None,
            held_bytes_max: 128 * 1024 * 1024,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            tls: TlsConfig::default(),
        }
    }
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 7071)),
            url: None,
            connections_max: 1_024,
            connections_per_address_max: 256,
            trusted_proxies: Vec::new(),
            sessions_roam: false,
            tls: ConsoleTlsConfig::default(),
        }
    }
}

impl Default for PeopleConfig {
    fn default() -> Self {
        Self { seen_per_hour_max: 250, seen_per_day_max: 500 }
    }
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self { retention_days: 7, queue_bytes_max: 64 * 1024 * 1024 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: None, filter: "info".to_owned() }
    }
}

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration file {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML, or a value has the wrong type.
    #[error("the configuration {from} is not right: {message}")]
    Wrong {
        /// The file or the environment.
        from: String,
        /// What and where.
        message: String,
    },
    /// A key nobody knows.
    #[error("unknown key `{key}` in {from}{}", nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    UnknownKey {
        /// The key.
        key: String,
        /// The file or the environment.
        from: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
}

/// Reads defaults, then `file`, then `HOLDFAST_SECTION__KEY` variables.
///
/// # Errors
/// Names the file or variable, the key, and the nearest known key.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut merged = toml::Table::try_from(Config::default()).unwrap_or_default();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let from = path.display().to_string();
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(&from, &error))?;
        check_names(&table, "", &from)?;
        merge(&mut merged, table);
    }
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix("HOLDFAST_").filter(|rest| is_setting(rest)) {
            let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
            let table = nested(&keys, parse_value(&value));
            check_names(&table, "", &format!("the environment variable {name}"))?;
            merge(&mut merged, table);
        }
    }
    let config = Config::deserialize(merged).map_err(|error| wrong("as a whole", &error))?;
    config.check()?;
    Ok(config)
}

/// Variables that speak to the command line, not to the configuration.
fn is_setting(rest: &str) -> bool {
    !matches!(rest, "TOKEN" | "SERVER" | "CONFIG") && !rest.starts_with("TEST_")
}

fn wrong(from: &str, error: &toml::de::Error) -> ConfigError {
    ConfigError::Wrong { from: from.to_owned(), message: error.message().to_owned() }
}

fn parse_value(text: &str) -> toml::Value {
    format!("value = {text}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut table| table.remove("value"))
        .filter(|value| !value.is_table())
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

fn nested(keys: &[String], value: toml::Value) -> toml::Table {
    let mut table = toml::Table::new();
    if let Some((first, rest)) = keys.split_first() {
        let inner = if rest.is_empty() { value } else { toml::Value::Table(nested(rest, value)) };
        table.insert(first.clone(), inner);
    }
    table
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => merge(inner, value),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn check_names(table: &toml::Table, prefix: &str, from: &str) -> Result<(), ConfigError> {
    let known = known_keys();
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) if known.iter().any(|name| name.starts_with(&format!("{path}."))) => {
                check_names(inner, &path, from)?;
            }
            _ if known.contains(&path.as_str()) => {}
            _ => {
                let nearest = known
                    .iter()
                    .map(|name| (distance(name, &path), *name))
                    .min()
                    .filter(|(distance, _)| *distance <= 4)
                    .map(|(_, name)| name.to_owned());
                return Err(ConfigError::UnknownKey { key: path, from: from.to_owned(), nearest });
            }
        }
    }
    Ok(())
}

fn known_keys() -> &'static [&'static str] {
    &[
        "data",
        "collect.addr",
        "collect.url",
        "collect.source_events_per_s_max",
        "collect.connections_max",
        "collect.connections_per_address_max",
        "collect.address_requests_per_s_max",
        "collect.held_bytes_max",
        "collect.trusted_proxies",
        "collect.forwarded_header",
        "collect.tls.cert",
        "collect.tls.key",
        "collect.tls.acme.names",
        "collect.tls.acme.directory",
        "collect.tls.acme.contact",
        "collect.tls.acme.terms_agreed",
        "collect.tls.acme.root",
        "geo.file",
        "console.addr",
        "console.url",
        "console.connections_max",
        "console.connections_per_address_max",
        "console.trusted_proxies",
        "console.sessions_roam",
        "console.tls.cert",
        "console.tls.key",
        "console.tls.as_collect",
        "keys.master_file",
        "keys.credential",
        "keys.passphrase_file",
        "keys.transit.url",
        "keys.transit.mount",
        "keys.transit.key",
        "keys.transit.token_file",
        "keys.transit.root",
        "people.seen_per_hour_max",
        "people.seen_per_day_max",
        "journal.retention_days",
        "journal.queue_bytes_max",
        "ledger.witnesses",
        "ledger.export.syslog.host",
        "ledger.export.syslog.port",
        "ledger.export.syslog.tls",
        "ledger.export.syslog.root",
        "ledger.export.otlp.url",
        "ledger.export.otlp.header",
        "ledger.export.otlp.header_file",
        "outbound.allow",
        "outbound.root",
        "notices.required",
        "notices.smtp.host",
        "notices.smtp.port",
        "notices.smtp.security",
        "notices.smtp.user",
        "notices.smtp.password_file",
        "notices.smtp.from",
        "notices.smtp.root",
        "notices.operators.url",
        "notices.operators.secret_file",
        "messages.smtp.host",
        "messages.smtp.port",
        "messages.smtp.security",
        "messages.smtp.user",
        "messages.smtp.password_file",
        "messages.smtp.from",
        "messages.smtp.root",
        "log.format",
        "log.filter",
    ]
}

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (j, b) in right.chars().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let cost = (diagonal + usize::from(a != b)).min(above + 1).min(last + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = last;
            }
            last = cost;
        }
        if let Some(cell) = row.last_mut() {
            *cell = last;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> std::vec::IntoIter<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn the_default_file_says_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdfast.toml");
        stdx::files::replace(&path, DEFAULT_FILE.as_bytes()).unwrap();
        let from_file = load(Some(&path), environment(&[])).unwrap();
        assert_eq!(
            toml::to_string(&from_file).unwrap(),
            toml::to_string(&Config::default()).unwrap(),
            "default.toml and Config::default() differ"
        );
    }

    #[test]
    fn the_environment_wins_and_unknown_keys_name_the_nearest() {
        let config =
            load(None, environment(&[("HOLDFAST_COLLECT__ADDR", "127.0.0.1:9"), ("HOLDFAST_TOKEN", "x")]));
        assert_eq!(config.unwrap().collect.addr.port(), 9);
        let error = load(None, environment(&[("HOLDFAST_COLLECT__ADRR", "127.0.0.1:9")])).unwrap_err();
        assert!(error.to_string().contains("did you mean `collect.addr`"), "{error}");
    }

    #[test]
    fn distances() {
        assert_eq!(distance("addr", "adrr"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
