//! TLS of a door: which certificate is shown, where it comes from, and that a new one is shown without a restart.
//!
//! A certificate comes from two files that somebody else renews ([`files`]), or from a certificate authority that speaks
//! ACME ([`acme`]). Both put it into [`Certificates`], which every handshake asks.

pub mod acme;
mod authority;
pub mod files;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// What a client says that it will speak over TLS: HTTP/1.1, or the authority's challenge and nothing else.
const HTTP: &[u8] = b"http/1.1";
const CHALLENGE: &[u8] = b"acme-tls/1";

/// What is wrong with a certificate or its key, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read.
    #[error("{what} {path} cannot be read: {source}")]
    Unreadable {
        /// Certificate, key or root.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{what} {path} is not right: {why}")]
    Wrong {
        /// Certificate, key or root.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why, and what to put there.
        why: String,
    },
    /// The library refuses the settings.
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
    /// The authority refused or did not answer.
    #[error("no certificate from {directory}: {why}")]
    Authority {
        /// The authority's directory.
        directory: String,
        /// What it said, and what to do.
        why: String,
    },
}

/// What a door shows to those who connect. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Tls {
    certificates: Arc<Certificates>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// TLS that has no certificate yet: until one is shown, every handshake fails.
    ///
    /// # Errors
    /// The library's.
    pub fn new() -> Result<Self, TlsError> {
        let certificates = Arc::new(Certificates::default());
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificates.clone());
        config.alpn_protocols = vec![HTTP.to_vec(), CHALLENGE.to_vec()];
        // Sealed tickets instead of a table of sessions: nothing to hold for those who went away.
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(Self { certificates, config: Arc::new(config) })
    }

    /// The certificates that are shown.
    pub fn certificates(&self) -> &Arc<Certificates> {
        &self.certificates
    }

    /// Takes the handshakes of a listener.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }
}

/// Whether a client came for the authority's challenge: it has then seen all it wants.
pub(crate) fn is_challenge(alpn: Option<&[u8]>) -> bool {
    alpn == Some(CHALLENGE)
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// The certificate that is shown now, and those that answer an authority's challenges.
#[derive(Default)]
pub struct Certificates {
    shown: ArcSwapOption<CertifiedKey>,
    /// By name; as many as the order under way has names.
    challenges: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    /// Shows this one from the next handshake on.
    pub fn show(&self, certificate: Arc<CertifiedKey>) {
        self.shown.store(Some(certificate));
    }

    /// Whether there is one to show.
    pub fn is_ready(&self) -> bool {
        self.shown.load().is_some()
    }

    fn answer(&self, name: &str, certificate: Arc<CertifiedKey>) {
        self.challenges.lock().insert(name.to_owned(), certificate);
    }

    fn forget_challenges(&self) {
        self.challenges.lock().clear();
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let for_challenge = hello.alpn().is_some_and(|mut offered| offered.any(|name| name == CHALLENGE));
        if for_challenge {
            return self.challenges.lock().get(hello.server_name()?).cloned();
        }
        self.shown.load_full()
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[certificates, ready: {}]", self.is_ready())
    }
}
