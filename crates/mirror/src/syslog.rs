//! RFC 5424 messages with counted octets.
//!
//! Syslog has no acknowledgement: what was written may be lost with the connection. So entries count as handed over once the
//! connection still stood a moment after they were written, and what was written last is written again on the next one.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ledger::EntryView;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::error::MirrorError;
use crate::place::Syslog;

/// How long connecting, or one write, may take.
const TIME_MAX: Duration = Duration::from_secs(10);
/// "log audit" (13) and "notice" (5).
const PRIORITY: u8 = 13 * 8 + 5;
/// The longest MSGID.
const MSGID_BYTES_MAX: usize = 32;

/// A connection that stands.
pub(crate) enum Connection {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Connection {
    pub(crate) fn open(place: &Syslog) -> Result<Self, MirrorError> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        let addresses =
            (place.host.as_str(), place.port).to_socket_addrs().map_err(MirrorError::Unreachable)?;
        for address in addresses {
            match TcpStream::connect_timeout(&address, TIME_MAX) {
                Ok(stream) => return Self::over(stream, place),
                Err(error) => last = error,
            }
        }
        Err(MirrorError::Unreachable(last))
    }

    fn over(stream: TcpStream, place: &Syslog) -> Result<Self, MirrorError> {
        stream
            .set_write_timeout(Some(TIME_MAX))
            .and_then(|()| stream.set_read_timeout(Some(TIME_MAX)))
            .map_err(MirrorError::Unreachable)?;
        if !place.tls {
            return Ok(Self::Plain(stream));
        }
        let roots = match &place.root {
            None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
            Some(path) => {
                let pem = std::fs::read(path).map_err(|_| MirrorError::Root)?;
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok));
                if roots.is_empty() {
                    return Err(MirrorError::Root);
                }
                roots
            }
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| MirrorError::Tls)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(place.host.clone()).map_err(|_| MirrorError::Tls)?;
        let mut session = ClientConnection::new(Arc::new(config), name).map_err(|_| MirrorError::Tls)?;
        let mut stream = stream;
        while session.is_handshaking() {
            session.complete_io(&mut stream).map_err(|_| MirrorError::Tls)?;
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(session, stream))))
    }

    /// Writes entries, oldest first.
    pub(crate) fn write(&mut self, place: &Syslog, entries: &[EntryView]) -> Result<(), MirrorError> {
        let bytes: Vec<u8> = entries.iter().flat_map(|entry| framed(&place.hostname, entry)).collect();
        let written = match self {
            Self::Plain(stream) => stream.write_all(&bytes).and_then(|()| stream.flush()),
            Self::Tls(stream) => stream.write_all(&bytes).and_then(|()| stream.flush()),
        };
        written.map_err(MirrorError::Unreachable)
    }

    /// Whether the other side has not hung up. Nothing is ever read of what it says.
    pub(crate) fn stands(&mut self) -> bool {
        let socket = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &mut stream.sock,
        };
        let mut byte = [0; 512];
        let read = socket.set_nonblocking(true).and_then(|()| socket.read(&mut byte));
        let again = socket.set_nonblocking(false);
        let open = match read {
            Ok(count) => count > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        open && again.is_ok()
    }
}

/// One message behind its length in octets.
fn framed(hostname: &str, entry: &EntryView) -> Vec<u8> {
    let message = message(hostname, entry);
    [format!("{} ", message.len()).as_bytes(), message.as_bytes()].concat()
}

fn message(hostname: &str, entry: &EntryView) -> String {
    let at = Timestamp::from_millisecond(entry.at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let code: String = entry.code.chars().take(MSGID_BYTES_MAX).collect();
    let body = serde_json::to_string(entry).unwrap_or_default();
    // 32473 is the number that RFC 5612 sets aside for documents; it names no vendor.
    format!("<{PRIORITY}>1 {at:.3} {hostname} holdfast - {code} [entry@32473 id=\"{}\"] {body}", entry.id.0)
}
