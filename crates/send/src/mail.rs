//! Mail through an SMTP relay of the operator's.

use std::net::{IpAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use guard::deliveries::{Due, message_id};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, Transport};
use stdx::Secret;

use crate::error::SendError;
use crate::text;

/// How long the relay may take over each step.
pub(crate) const STEP_TIME_MAX: Duration = Duration::from_secs(5);

/// How the way to the relay is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// It must begin TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: to this host and private networks alone.
    Plain,
}

/// A relay as the configuration has it.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: Security,
    /// The user and the password, where it wants them.
    pub login: Option<(String, Secret<String>)>,
    /// Who mail is from.
    pub from: String,
    /// The root of a private authority, PEM, in place of those that browsers trust.
    pub root: Option<PathBuf>,
}

/// Sends mail.
pub struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
    relay: Relay,
    console_url: String,
}

impl Mail {
    /// Prepares to send by `relay`; nothing is connected yet.
    ///
    /// # Errors
    /// Settings that do not fit.
    pub fn new(relay: Relay, console_url: &str) -> Result<Self, SendError> {
        let from: Mailbox = relay
            .from
            .parse()
            .map_err(|_| SendError::Relay("`from` is no address; write Holdfast <holdfast@example.com>"))?;
        let tls = match relay.security {
            Security::Plain => Tls::None,
            Security::Starttls => Tls::Required(parameters(&relay)?),
            Security::Tls => Tls::Wrapper(parameters(&relay)?),
        };
        let mut builder = SmtpTransport::builder_dangerous(&relay.host)
            .port(relay.port)
            .tls(tls)
            .timeout(Some(STEP_TIME_MAX));
        if let Some((user, password)) = &relay.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().clone()));
        }
        Ok(Self { transport: builder.build(), from, relay, console_url: console_url.to_owned() })
    }

    /// Hands one notice for one address to the relay.
    ///
    /// # Errors
    /// Why it did not take it.
    pub fn send(&self, due: &Due, address: &str) -> Result<(), SendError> {
        if self.relay.security == Security::Plain {
            must_be_near(&self.relay)?;
        }
        let to: Address = address.parse().map_err(|_| SendError::Address)?;
        let id = message_id(due.notice.workspace, due.notice.id);
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(text::subject(due))
            // The same for every try, so that mail that was taken twice is known to be one.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(text::body(due, &self.console_url))
            .map_err(|_| SendError::Address)?;
        self.transport.send(&message).map(|_| ()).map_err(|error| why(&error))
    }
}

/// What is said in clear must not leave private networks.
pub(crate) fn must_be_near(relay: &Relay) -> Result<(), SendError> {
    let unknown = SendError::Unreachable("the relay's name is not known");
    let found = (relay.host.as_str(), relay.port).to_socket_addrs().map_err(|_| unknown)?;
    if found.into_iter().all(|address| is_near(address.ip())) {
        return Ok(());
    }
    Err(SendError::Relay(
        "`security = \"plain\"` is for this host and private networks; write starttls or tls",
    ))
}

fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

pub(crate) fn parameters(relay: &Relay) -> Result<TlsParameters, SendError> {
    let mut builder = TlsParameters::builder(relay.host.clone());
    if let Some(path) = &relay.root {
        let wrong = SendError::Relay("`root` holds no certificate; put the authority's root there, PEM");
        let pem = std::fs::read(path).map_err(|_| SendError::Relay("`root` cannot be read"))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|_| wrong)?);
    }
    builder.build().map_err(|_| SendError::Relay("TLS cannot be set up for this host"))
}

pub(crate) fn why(error: &lettre::transport::smtp::Error) -> SendError {
    if let Some(code) = error.status() {
        return SendError::Refused { status: code.into() };
    }
    // A handshake that fails is an error of the stream, with rustls' own inside.
    let mut source = std::error::Error::source(error);
    let mut untrusted = error.is_tls();
    while let Some(cause) = source {
        let stream = cause.downcast_ref::<std::io::Error>();
        untrusted |= stream.is_some_and(|stream| stream.kind() == std::io::ErrorKind::InvalidData);
        source = cause.source();
    }
    SendError::Unreachable(if error.is_timeout() {
        "the relay does not answer in time"
    } else if untrusted {
        "no secure connection to the relay"
    } else if error.is_client() {
        "the relay does not offer what is needed"
    } else {
        "no connection to the relay"
    })
}

/// RFC 3834: no human wrote it, and nothing should answer by itself.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
