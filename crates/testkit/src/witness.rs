//! A witness of the ledger (C2SP tlog-witness) for tests and drills, a thread of this process. It cosigns whatever it is shown, at
//! a time of its own choosing, and can be away. What an honest witness checks is tested on the real one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64, HEXLOWER};

/// What it is called.
const NAME: &str = "witness.example/drill";
/// The kind of its key: Ed25519 for cosignatures.
const KIND: u8 = 4;

struct Inner {
    pair: Ed25519KeyPair,
    id: [u8; 4],
    /// Seconds by which its clock is behind.
    behind_s: AtomicU64,
    away: AtomicBool,
}

/// The witness.
pub struct WitnessSink {
    address: SocketAddr,
    inner: Arc<Inner>,
}

impl Default for WitnessSink {
    fn default() -> Self {
        Self::open()
    }
}

impl WitnessSink {
    /// Opens one on a random port.
    pub fn open() -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let named = [NAME.as_bytes(), b"\n", &[KIND], pair.public_key().as_ref()].concat();
        let id = digest(&SHA256, &named).as_ref().first_chunk().copied().expect("a digest");
        let inner = Arc::new(Inner { pair, id, behind_s: AtomicU64::new(0), away: AtomicBool::new(false) });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = serving.clone();
                std::thread::spawn(move || answer(stream, &inner));
            }
        });
        Self { address, inner }
    }

    /// What `ledger.witnesses` has to be for it alone.
    pub fn setting(&self) -> String {
        let key = [&[KIND], self.inner.pair.public_key().as_ref()].concat();
        let (id, key) = (HEXLOWER.encode(&self.inner.id), BASE64.encode(&key));
        format!("[{{ url = \"http://{}\", key = \"{NAME}+{id}+{key}\" }}]", self.address)
    }

    /// Has its clock run behind by so many seconds.
    pub fn set_behind(&self, seconds: u64) {
        self.inner.behind_s.store(seconds, Ordering::SeqCst);
    }

    /// Whether it answers nothing from now on but 503.
    pub fn go_away(&self, away: bool) {
        self.inner.away.store(away, Ordering::SeqCst);
    }
}

/// One request, one answer, and the connection ends.
#[allow(clippy::disallowed_methods, reason = "a witness signs the time that it has")]
fn answer(mut stream: TcpStream, inner: &Inner) {
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = String::from_utf8_lossy(&body);
    // `old N`, the proof, an empty line, and the checkpoint: text, an empty line, signatures.
    let text =
        body.split_once("\n\n").and_then(|(_, note)| Some(format!("{}\n", note.split_once("\n\n")?.0)));
    let (status, said) = match text {
        _ if inner.away.load(Ordering::SeqCst) => ("503 Service Unavailable", String::new()),
        None => ("400 Bad Request", String::new()),
        Some(text) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
            let at = now.saturating_sub(inner.behind_s.load(Ordering::SeqCst));
            let signature = inner.pair.sign(format!("cosignature/v1\ntime {at}\n{text}").as_bytes());
            let bytes = [inner.id.as_slice(), &at.to_be_bytes(), signature.as_ref()].concat();
            ("200 OK", format!("\u{2014} {NAME} {}\n", BASE64.encode(&bytes)))
        }
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", said.len());
    let _ = stream.write_all(format!("{head}{said}").as_bytes());
}
