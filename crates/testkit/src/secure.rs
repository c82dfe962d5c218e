//! A server that speaks TLS with a given certificate, a thread of this process: takes what is said, and answers it once.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::authority::CertificateFiles;

/// What arrived over TLS.
pub struct SecureSink {
    port: u16,
    arrived: Arc<Mutex<Vec<u8>>>,
}

impl SecureSink {
    /// Opens one on a random port; `answer` is said after the first bytes of each connection, which then ends, unless it is
    /// empty.
    pub fn open(files: &CertificateFiles, answer: &'static str) -> Self {
        let certificate = CertificateDer::from_pem_file(&files.cert).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(&files.key).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate and its key");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let arrived = Arc::<Mutex<Vec<u8>>>::default();
        let into = arrived.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(config.clone()).expect("a connection");
                let (mut stream, into) = (StreamOwned::new(connection, stream), into.clone());
                std::thread::spawn(move || {
                    let mut part = [0; 16 * 1024];
                    while let Ok(count @ 1..) = stream.read(&mut part) {
                        let said = part.get(..count).unwrap_or_default();
                        into.lock().expect("what arrived").extend_from_slice(said);
                        if !answer.is_empty() && is_whole(said) {
                            let _ = stream.write_all(answer.as_bytes());
                            stream.conn.send_close_notify();
                            let _ = stream.flush();
                            return;
                        }
                    }
                });
            }
        });
        Self { port, arrived }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything that was said to it.
    pub fn arrived(&self) -> Vec<u8> {
        self.arrived.lock().expect("what arrived").clone()
    }
}

/// Whether a call's body is there: a document in JSON ends with its brace.
fn is_whole(said: &[u8]) -> bool {
    said.ends_with(b"}")
}
