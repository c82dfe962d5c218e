//! A wire with an ear: what a browser sends passes through here on its way to the collect door, and is kept.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The most bytes that are kept; a step that sends more has something else wrong.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A listener that hands everything on to another address.
pub struct Recorder {
    /// `http://127.0.0.1:port`
    pub address: String,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Recorder {
    /// Listens, and hands on to `upstream` (`host:port`). The thread ends with the process.
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (kept, upstream) = (sent.clone(), upstream.to_owned());
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if let Ok(onward) = TcpStream::connect(&upstream) {
                    join(connection, onward, &kept);
                }
            }
        });
        Self { address, sent }
    }

    /// Everything that was sent so far.
    pub fn sent(&self) -> Vec<u8> {
        self.sent.lock().map(|sent| sent.clone()).unwrap_or_default()
    }
}

fn join(browser: TcpStream, server: TcpStream, kept: &Arc<Mutex<Vec<u8>>>) {
    let (Ok(browser_too), Ok(server_too)) = (browser.try_clone(), server.try_clone()) else { return };
    let kept = kept.clone();
    thread::spawn(move || {
        pass(browser, server, |bytes| {
            if let Ok(mut kept) = kept.lock()
                && kept.len() + bytes.len() <= KEPT_BYTES_MAX
            {
                kept.extend_from_slice(bytes);
            }
        });
    });
    thread::spawn(move || pass(server_too, browser_too, |_| {}));
}

fn pass(mut from: TcpStream, mut to: TcpStream, hear: impl Fn(&[u8])) {
    let mut chunk = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut chunk) {
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        hear(bytes);
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    // Either side may have gone already.
    let _ = to.shutdown(Shutdown::Write);
}
