//! A certificate from an authority that speaks ACME (RFC 8555): asked for, kept, renewed, without a restart and
//! without another program.
//!
//! The authority's question is answered by the door itself (tls-alpn-01, RFC 8737), so no other port has to be open: the
//! authority connects to port 443 of each name. The account's key, the certificate and its key lie in one folder, each
//! file readable by its owner only.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;
use stdx::{Clock, files};

use crate::accept::Stop;
use crate::tls::authority::Authority;
use crate::tls::files::{Pair, load};
use crate::tls::{Certificates, TlsError, provider};

/// How long an order may take, from the answered questions on.
const ORDER_TIME_MAX: Duration = Duration::from_secs(90);
/// After a failure it is tried again; the pause doubles from the first to the last of these. Authorities limit failures.
const PAUSE_FIRST: Duration = Duration::from_secs(60);
const PAUSE_LAST: Duration = Duration::from_secs(6 * 3_600);
/// How often it is asked whether it is time to renew.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// What is asked for, and of whom.
#[derive(Clone, Debug)]
pub struct Acme {
    /// The authority's directory.
    pub directory: String,
    /// The names that the certificate is for.
    pub names: Vec<String>,
    /// Whom the authority may write to.
    pub contact: Option<String>,
    /// The root of the authority's own certificate, PEM, where browsers do not know it.
    pub root: Option<PathBuf>,
    /// Where the account and the certificate are kept.
    pub folder: PathBuf,
}

impl Acme {
    /// Shows the certificate that is kept, and asks for a new one when there is none or two thirds of its time have
    /// passed, until `stop`.
    pub async fn keep(self, certificates: Arc<Certificates>, clock: Clock, stop: Stop) {
        let mut pause = PAUSE_FIRST;
        loop {
            let wait = match self.look(&certificates, &clock).await {
                Ok(wait) => {
                    pause = PAUSE_FIRST;
                    wait.min(LOOK_EVERY)
                }
                Err(error) => {
                    certificates.forget_challenges();
                    let shown = certificates.is_ready();
                    tracing::error!(%error, again_s = pause.as_secs(), an_older_one_is_shown = shown, "no new certificate");
                    let now = pause;
                    pause = (pause * 2).min(PAUSE_LAST);
                    now
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.stopped() => return,
            }
        }
    }

    /// Shows what is kept, or gets a new one; says when to look again.
    async fn look(&self, certificates: &Certificates, clock: &Clock) -> Result<Duration, TlsError> {
        if let Some(wait) = self.show_kept(certificates, clock) {
            return Ok(wait);
        }
        let text = self.order(certificates).await?;
        certificates.forget_challenges();
        let path = self.kept().cert;
        files::replace(&path, text.as_bytes()).map_err(|source| TlsError::Unreadable {
            what: "the certificate",
            path,
            source,
        })?;
        tracing::info!(names = ?self.names, "a new certificate from the authority is shown");
        self.show_kept(certificates, clock).ok_or_else(|| {
            self.failed("it gave a certificate that has ended already or is for other names; is this host's clock right?")
        })
    }

    /// Shows the certificate that is kept, if there is one for these names, and says how long it need not be renewed.
    fn show_kept(&self, certificates: &Certificates, clock: &Clock) -> Option<Duration> {
        let (certified, validity) = load(&self.kept()).ok()?;
        if !self.is_for_our_names(&certified) {
            return None;
        }
        let now_s = clock.now_ms() / 1_000;
        if now_s < validity.until_s {
            certificates.show(certified);
        }
        let renew_s = validity.from_s + (validity.until_s - validity.from_s) * 2 / 3;
        u64::try_from(renew_s - now_s).ok().filter(|left| *left > 0).map(Duration::from_secs)
    }

    fn is_for_our_names(&self, certified: &CertifiedKey) -> bool {
        use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
        let Some(leaf) = certified.cert.first() else { return false };
        let Ok((_, leaf)) = X509Certificate::from_der(leaf) else { return false };
        let Ok(Some(alternative)) = leaf.subject_alternative_name() else { return false };
        let has = |wanted: &String| {
            alternative.value.general_names.iter().any(|name| match name {
                GeneralName::DNSName(found) => found.eq_ignore_ascii_case(wanted),
                _ => false,
            })
        };
        self.names.iter().all(has)
    }

    /// Chain and key in one file, so that they always fit.
    fn kept(&self) -> Pair {
        let path = self.folder.join("certificate.pem");
        Pair { cert: path.clone(), key: path }
    }

    /// Asks for a certificate; gives its chain and key.
    async fn order(&self, certificates: &Certificates) -> Result<String, TlsError> {
        let refused = |error: instant_acme::Error| self.failed(&error.to_string());
        let account = self.account().await?;
        let names: Vec<_> = self.names.iter().map(|name| Identifier::Dns(name.clone())).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await.map_err(refused)?;
        self.answer_challenges(&mut order, certificates).await?;
        let retries = RetryPolicy::default().timeout(ORDER_TIME_MAX);
        match order.poll_ready(&retries).await {
            Ok(OrderStatus::Ready) => {}
            Ok(_) | Err(instant_acme::Error::Api(_)) => return Err(self.why_invalid(&mut order).await),
            Err(error) => return Err(refused(error)),
        }
        let key = order.finalize().await.map_err(refused)?;
        let chain = order.poll_certificate(&retries).await.map_err(refused)?;
        Ok(format!("{chain}\n{key}"))
    }

    async fn answer_challenges(
        &self,
        order: &mut Order,
        certificates: &Certificates,
    ) -> Result<(), TlsError> {
        let refused = |error: instant_acme::Error| self.failed(&error.to_string());
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(refused)?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let name = authorization.identifier().to_string();
            let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
                return Err(self.failed("it offers no tls-alpn-01 challenge; use certificate files instead"));
            };
            let digest = challenge.key_authorization().digest();
            let certificate = challenge_certificate(&name, digest.as_ref())
                .map_err(|error| self.failed(&format!("the challenge for {name}: {error}")))?;
            certificates.answer(&name, certificate);
            challenge.set_ready().await.map_err(refused)?;
        }
        Ok(())
    }

    /// What the authority says about the name that it did not accept.
    async fn why_invalid(&self, order: &mut Order) -> TlsError {
        let mut said = Vec::new();
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let name = authorization.identifier().to_string();
            let Ok(state) = authorization.refresh().await else { continue };
            let errors = state.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
            said.extend(errors.filter_map(|error| error.detail.as_ref()).map(|why| format!("{name}: {why}")));
        }
        self.failed(&format!(
            "it could not verify every name ({}); each name must lead to this door on port 443",
            said.join("; ")
        ))
    }

    /// The account that is kept for this directory, or a new one.
    async fn account(&self) -> Result<Account, TlsError> {
        let refused = |error: instant_acme::Error| self.failed(&error.to_string());
        files::private_dir(&self.folder).map_err(|source| TlsError::Unreadable {
            what: "the folder",
            path: self.folder.clone(),
            source,
        })?;
        let authority = Box::new(Authority::new(self.root.as_deref())?);
        let builder = Account::builder_with_http(authority);
        let path = self.folder.join("account.json");
        if let Some(kept) = std::fs::read(&path).ok().and_then(|text| self.kept_account(&text)) {
            return builder.from_credentials(kept).await.map_err(refused);
        }
        let contact: Vec<_> = self.contact.iter().map(|address| format!("mailto:{address}")).collect();
        let contact: Vec<_> = contact.iter().map(String::as_str).collect();
        let asked =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let made = builder.create(&asked, self.directory.clone(), None).await;
        let (account, credentials) = made.map_err(refused)?;
        let text = serde_json::json!({ "directory": self.directory, "credentials": credentials });
        files::replace(&path, text.to_string().as_bytes()).map_err(|source| TlsError::Unreadable {
            what: "the account",
            path,
            source,
        })?;
        Ok(account)
    }

    /// The account in `text`, unless it is another authority's.
    fn kept_account(&self, text: &[u8]) -> Option<AccountCredentials> {
        let mut kept: serde_json::Value = serde_json::from_slice(text).ok()?;
        if kept.get("directory")?.as_str()? != self.directory {
            return None;
        }
        serde_json::from_value(kept.get_mut("credentials")?.take()).ok()
    }

    fn failed(&self, why: &str) -> TlsError {
        TlsError::Authority { directory: self.directory.clone(), why: why.to_owned() }
    }
}

/// The certificate that answers a challenge: for that name, with the digest where the authority looks.
fn challenge_certificate(name: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, Box<dyn std::error::Error>> {
    let mut parameters = CertificateParams::new([name.to_owned()])?;
    parameters.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?;
    let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let signing = provider().key_provider.load_private_key(private)?;
    // Not `from_der`, which refuses the critical extension that the authority is looking for.
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signing)))
}
