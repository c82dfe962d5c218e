//! The accept loop. `axum::serve` has no limit on how long a header may take, so the loop is ours:
//! hyper-util's connection builder with a timer, a cap on connections, and a clean end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// The bounds of one listener.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many connections at once; further ones wait in the kernel's queue.
    pub connections_max: usize,
    /// How long the head of a request may take, and how long a connection may idle before its next one.
    pub header_time_max: Duration,
    /// How long open requests get to end when the server stops.
    pub drain_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 8_192,
            header_time_max: Duration::from_secs(10),
            drain_time_max: Duration::from_secs(8),
        }
    }
}

/// How many commands of the host are served at once; further ones wait.
const LOCAL_CONNECTIONS_MAX: usize = 16;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Tells every loop to end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::channel(false).0)
    }
}

impl Stop {
    /// Ends all that wait for it.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Returns once somebody stopped it.
    pub async fn stopped(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }
}

/// Serves `app` on `listener` until `stop`; returns when the open requests have ended or their time is up.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: Stop) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let builder = builder(limits.header_time_max);

    loop {
        // A place first, so that whoever has none waits in the kernel's queue and costs nothing here.
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.stopped() => break,
        };
        let Ok(place) = place else { break };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the peer left already: breathe, do not spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let connection = connection(&builder, stream, peer, app.clone());
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the peer's business and no news.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain_time_max, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// Serves `app` on a socket of the host itself until `stop`. Who can open the socket is the file system's business.
pub async fn serve_local(listener: UnixListener, app: Router, stop: Stop) {
    let builder = builder(Limits::default().header_time_max);
    let places = Arc::new(Semaphore::new(LOCAL_CONNECTIONS_MAX));
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.stopped() => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let app = app.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            app.clone().oneshot(request.map(axum::body::Body::new))
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        tokio::spawn(async move {
            // A command that breaks off is no news.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// HTTP/1.1 alone: nobody speaks HTTP/2 without TLS, and telling the two apart would wait for the first bytes without
/// any limit.
fn builder(header_time_max: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time_max)
        .max_buf_size(64 * 1024)
        .keep_alive(true);
    builder
}

fn connection(
    builder: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error: Send> + Send + 'static {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        app.clone().oneshot(request)
    });
    builder.serve_connection(TokioIo::new(stream), service).into_owned()
}
