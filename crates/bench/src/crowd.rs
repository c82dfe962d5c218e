//! Connections that hold a server up: heads that never end, bodies that come byte by byte, and idle ones that never
//! ask. Each that is cut is opened anew, from addresses of its own, until the crowd is told to leave.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::error::BenchError;

/// How many connections come from one address of the loopback network.
const PER_ADDRESS: usize = 500;
/// How often another byte is sent.
const DRIP: Duration = Duration::from_secs(2);
/// How long a connection waits before it tries again when it is refused.
const AGAIN: Duration = Duration::from_millis(500);

/// What each of them begins with, in turns.
const OPENINGS: [&[u8]; 3] = [
    b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
    b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
];

/// A crowd that has come.
pub(crate) struct Crowd {
    open: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
    leave: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Crowd {
    /// Opens that many connections to the server at `addr` and keeps them open.
    pub async fn come(addr: SocketAddr, count: usize) -> Self {
        let (open, cut) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let leave = Arc::new(AtomicBool::new(false));
        let mut tasks = Vec::with_capacity(count);
        for number in 0..count {
            let (open, cut, leave) = (open.clone(), cut.clone(), leave.clone());
            tasks.push(tokio::spawn(async move {
                while !leave.load(Ordering::Relaxed) {
                    if hold(addr, number, &open, &leave).await.is_ok() {
                        cut.fetch_add(1, Ordering::Relaxed);
                    } else {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            }));
            if number % 100 == 99 {
                // The server's queue of connections to be taken is short; a burst beyond it waits a second.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Self { open, cut, leave, tasks }
    }

    /// How many are open now.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// All go. How many were cut by the server.
    pub async fn go(self) -> Result<usize, BenchError> {
        self.leave.store(true, Ordering::Relaxed);
        for task in &self.tasks {
            task.abort();
        }
        for task in self.tasks {
            let _ = task.await;
        }
        Ok(self.cut.load(Ordering::Relaxed))
    }
}

/// One more among the open ones, as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(open)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Opens one and drips until the server cuts it.
async fn hold(
    addr: SocketAddr,
    number: usize,
    open: &AtomicUsize,
    leave: &AtomicBool,
) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    if addr.ip().is_loopback() {
        let own = Ipv4Addr::new(127, 0, 1, u8::try_from(1 + (number / PER_ADDRESS) % 250).unwrap_or(1));
        socket.bind(SocketAddr::new(IpAddr::V4(own), 0))?;
    }
    let mut stream = socket.connect(addr).await?;
    let kind = number % OPENINGS.len();
    stream.write_all(OPENINGS.get(kind).copied().unwrap_or_default()).await?;
    let _counted = Counted::new(open);
    let mut sink = [0; 512];
    while !leave.load(Ordering::Relaxed) {
        tokio::select! {
            read = stream.read(&mut sink) => if read? == 0 { return Ok(()) },
            () = tokio::time::sleep(DRIP) => {
                if kind != 2 && stream.write_all(b"x").await.is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}
