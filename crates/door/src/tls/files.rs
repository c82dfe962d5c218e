//! A certificate in two PEM files that somebody else renews: read at start, looked at every second, read again when
//! either has changed. A pair that does not fit leaves the old one in place, and the log says why.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use stdx::Clock;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::accept::Stop;
use crate::tls::{Certificates, TlsError, provider};

/// How often the files are looked at. A look is two calls to the file system.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// No certificate or key is larger; a larger file is something else.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// From so many days before its end on, the log warns of a certificate that nobody has renewed.
const WARN_DAYS: i64 = 14;
const DAY_S: i64 = 24 * 3_600;

/// Where a certificate and its key lie.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    /// PEM: the certificate first, then what leads from it to the authority.
    pub cert: PathBuf,
    /// PEM: its private key.
    pub key: PathBuf,
}

/// When a certificate begins and ends, seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Validity {
    pub from_s: i64,
    pub until_s: i64,
}

impl Pair {
    /// Reads both files.
    ///
    /// # Errors
    /// Names the file, what is wrong with it and what belongs there.
    pub fn read(&self, clock: &Clock) -> Result<Arc<CertifiedKey>, TlsError> {
        let (certified, validity) = load(self)?;
        let now_s = clock.now_ms() / 1_000;
        if validity.until_s <= now_s {
            return Err(self.wrong_cert("it has ended; renew it"));
        }
        if validity.until_s - now_s < WARN_DAYS * DAY_S {
            let days = (validity.until_s - now_s) / DAY_S;
            tracing::warn!(file = %self.cert.display(), days, "the certificate ends soon; renew it");
        }
        let others_read = fs::metadata(&self.key).is_ok_and(|meta| meta.permissions().mode() & 0o007 != 0);
        if others_read {
            tracing::warn!(file = %self.key.display(), "everybody on this host can read the key; chmod 600 it");
        }
        Ok(certified)
    }

    /// Shows the pair whenever it has changed, until `stop`.
    pub async fn follow(self, certificates: Arc<Certificates>, clock: Clock, stop: Stop) {
        let mut seen = self.stamp();
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.stopped() => return,
            }
            let stamp = self.stamp();
            if stamp == seen || stamp.is_none() {
                continue;
            }
            let (pair, clock) = (self.clone(), clock.clone());
            let Ok(read) = tokio::task::spawn_blocking(move || pair.read(&clock)).await else { continue };
            match read {
                Ok(certificate) => {
                    certificates.show(certificate);
                    tracing::info!(file = %self.cert.display(), "a new certificate is shown");
                }
                Err(error) => {
                    tracing::error!(%error, "the new certificate cannot be used; the old one stays")
                }
            }
            seen = stamp;
        }
    }

    /// What tells whether either file is another one than before.
    fn stamp(&self) -> Option<[(u64, u64, i64, i64); 2]> {
        let of = |path: &Path| {
            let meta = fs::metadata(path).ok()?;
            Some((meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
        };
        Some([of(&self.cert)?, of(&self.key)?])
    }

    fn wrong_cert(&self, why: &str) -> TlsError {
        TlsError::Wrong { what: "the certificate", path: self.cert.clone(), why: why.to_owned() }
    }
}

/// The pair as the library wants it, whatever its dates.
pub(crate) fn load(pair: &Pair) -> Result<(Arc<CertifiedKey>, Validity), TlsError> {
    let text = read_file("the certificate", &pair.cert)?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|_| pair.wrong_cert("it is not PEM; begin it with -----BEGIN CERTIFICATE-----"))?;
    let Some(leaf) = chain.first() else {
        return Err(pair.wrong_cert("it holds no certificate; put the full chain there, PEM"));
    };
    let validity =
        validity_of(leaf).ok_or_else(|| pair.wrong_cert("its first certificate cannot be read"))?;
    let wrong_key =
        |why: &str| TlsError::Wrong { what: "the key", path: pair.key.clone(), why: why.to_owned() };
    let key = PrivateKeyDer::from_pem_slice(&read_file("the key", &pair.key)?).map_err(|_| {
        wrong_key("it holds no private key; put the certificate's key there, PEM, without a passphrase")
    })?;
    let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => wrong_key("it is not the key of the certificate"),
        error => wrong_key(&error.to_string()),
    })?;
    Ok((Arc::new(certified), validity))
}

fn validity_of(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let validity = parsed.validity();
    Some(Validity { from_s: validity.not_before.timestamp(), until_s: validity.not_after.timestamp() })
}

fn read_file(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { what, path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_BYTES_MAX {
        let why = "it is far too large; is it another file?".to_owned();
        return Err(TlsError::Wrong { what, path: path.to_owned(), why });
    }
    fs::read(path).map_err(unreadable)
}
