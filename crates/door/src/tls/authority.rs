//! The calls to a certificate authority: few, small, each with a time limit.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::tls::{TlsError, provider};

/// How long one call may take.
const CALL_TIME_MAX: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;

/// Speaks to one authority.
pub(super) struct Authority {
    agent: Agent,
}

impl Authority {
    /// Trusts the authorities that browsers trust, or only the root in `root`.
    pub fn new(root: Option<&Path>) -> Result<Self, TlsError> {
        let roots = match root {
            Some(path) => RootCerts::Specific(Arc::new(read_roots(path)?)),
            None => RootCerts::WebPki,
        };
        let tls =
            TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider()).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(CALL_TIME_MAX))
            .build();
        Ok(Self { agent: config.into() })
    }
}

impl HttpClient for Authority {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let agent = self.agent.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let call = move || call(&agent, Request::from_parts(parts, body.to_vec()));
            let answered =
                tokio::task::spawn_blocking(call).await.map_err(|error| Error::Other(error.into()))?;
            answered.map(BytesResponse::from).map_err(|error| Error::Other(error.into()))
        })
    }
}

fn call(agent: &Agent, request: Request<Vec<u8>>) -> Result<Response<Full<Bytes>>, ureq::Error> {
    let (parts, mut body) = agent.run(request)?.into_parts();
    let bytes = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
    Ok(Response::from_parts(parts, Full::new(bytes.into())))
}

fn read_roots(path: &Path) -> Result<Vec<Certificate<'static>>, TlsError> {
    let what = "the authority's root";
    let text =
        std::fs::read(path).map_err(|source| TlsError::Unreadable { what, path: path.to_owned(), source })?;
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .filter_map(Result::ok)
        .map(|root| Certificate::from_der(&root).to_owned())
        .collect();
    if roots.is_empty() {
        let why = "it holds no certificate; put the root there, PEM".to_owned();
        return Err(TlsError::Wrong { what, path: path.to_owned(), why });
    }
    Ok(roots)
}
