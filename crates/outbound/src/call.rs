//! One call and its answer.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use url::Url;

use crate::OutboundError;
use crate::reach::{Judging, Reach};

/// How long a call may take, from the name to the last byte.
pub const CALL_TIME_MAX: Duration = Duration::from_secs(10);
/// The largest answer that is read.
pub const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// The largest head of an answer.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// The client. Cheap to clone; connections are kept for a while and shared.
#[derive(Clone, Debug)]
pub struct Outbound {
    agent: Agent,
}

/// What to send.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: &'a str,
    /// Header lines: names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; none is sent where it is empty.
    pub body: &'a [u8],
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status. A redirect is an answer like any other: it is not followed.
    pub status: StatusCode,
    /// The header lines.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Outbound {
    /// A client that may go as far as `reach`. It trusts the authorities that browsers trust, or only those in the PEM file `root`.
    ///
    /// # Errors
    /// A root that cannot be read.
    pub fn new(reach: Reach, root: Option<&Path>) -> Result<Self, OutboundError> {
        let roots = match root {
            Some(path) => RootCerts::Specific(Arc::new(read_roots(path)?)),
            None => RootCerts::WebPki,
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent("Holdfast")
            .max_response_header_size(HEAD_BYTES_MAX)
            .timeout_global(Some(CALL_TIME_MAX))
            .build();
        let judging = Judging { reach, system: DefaultResolver::default() };
        Ok(Self { agent: Agent::with_parts(config, DefaultConnector::default(), judging) })
    }

    /// Makes a call and waits for the whole answer.
    ///
    /// # Errors
    /// Why there is none. Nothing of the address or the answer is in the error.
    pub fn send(&self, call: &Call<'_>) -> Result<Answer, OutboundError> {
        let mut request = Request::builder().method(call.method.clone()).uri(checked(call.url)?.as_str());
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let wrong = |_| OutboundError::BadAddress("it or a header holds characters that HTTP does not know");
        let answered = if call.body.is_empty() {
            self.agent.run(request.body(()).map_err(wrong)?)
        } else {
            self.agent.run(request.body(call.body).map_err(wrong)?)
        };
        let (parts, mut body) = answered.map_err(|error| why(&error))?.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(|error| why(&error))?;
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// The address without what no call needs. Whether its host may be called is judged when it is resolved.
fn checked(text: &str) -> Result<Url, OutboundError> {
    let mut url = Url::parse(text).map_err(|_| OutboundError::BadAddress("it is no URL"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(OutboundError::BadAddress("it must begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OutboundError::BadAddress("it must not hold a user or a password"));
    }
    url.set_fragment(None);
    Ok(url)
}

fn why(error: &ureq::Error) -> OutboundError {
    match error {
        ureq::Error::Other(inner) => inner.downcast_ref().cloned().unwrap_or(OutboundError::Broken),
        ureq::Error::Timeout(_) => OutboundError::TooSlow,
        ureq::Error::HostNotFound => OutboundError::UnknownName,
        ureq::Error::ConnectionFailed => OutboundError::Unreachable,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => OutboundError::TooLarge,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => OutboundError::Tls,
        ureq::Error::Io(error) => of_io(error),
        _ => OutboundError::Broken,
    }
}

fn of_io(error: &io::Error) -> OutboundError {
    match error.kind() {
        io::ErrorKind::InvalidData => OutboundError::Tls,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => OutboundError::TooSlow,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            OutboundError::Broken
        }
        _ => OutboundError::Unreachable,
    }
}

fn read_roots(path: &Path) -> Result<Vec<Certificate<'static>>, OutboundError> {
    let text = std::fs::read(path).map_err(|_| OutboundError::Root)?;
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .filter_map(Result::ok)
        .map(|root| Certificate::from_der(&root).to_owned())
        .collect();
    if roots.is_empty() { Err(OutboundError::Root) } else { Ok(roots) }
}
