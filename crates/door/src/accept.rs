//! The accept loop. `axum::serve` has no limit on how long a header may take, so the loop is ours: hyper's HTTP/1.1 over a
//! guarded stream, with TLS where it is set, a crowd of known size, and a clean end.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use stdx::Networks;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::answer::Answering;
use crate::crowd::{Crowd, Place, count};
use crate::stream::{Guarded, Times};
use crate::tls::{Tls, is_challenge};

/// The bounds of one listener.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a TLS handshake may take.
    pub handshake_time_max: Duration,
    /// How long the head of a request may take, and the first byte of a connection.
    pub head_time_max: Duration,
    /// How long a connection may idle between requests.
    pub idle_time_max: Duration,
    /// How long a client may not read what it is sent.
    pub not_reading_time_max: Duration,
    /// How long open requests get to end when the server stops.
    pub drain_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_time_max: Duration::from_secs(10),
            head_time_max: Duration::from_secs(10),
            idle_time_max: Duration::from_secs(60),
            not_reading_time_max: Duration::from_secs(30),
            drain_time_max: Duration::from_secs(8),
        }
    }
}

impl Limits {
    fn times(&self) -> Times {
        Times {
            head_max: self.head_time_max,
            idle_max: self.idle_time_max,
            not_reading_max: self.not_reading_time_max,
        }
    }
}

/// What stands before the routes of a door; its listeners share it.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// How long what may take.
    pub limits: Limits,
    /// Who is connected.
    pub crowd: Crowd,
    /// TLS, where the door speaks it.
    pub tls: Option<Tls>,
    /// The proxies whose connections are many people's.
    pub proxies: Networks,
}

/// How many commands of the host are served at once; further ones wait.
const LOCAL_CONNECTIONS_MAX: usize = 16;
/// The largest head of a request, and how much of a body is read ahead.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// What is said to a connection that has no place; nothing has been read of it.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

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
pub async fn serve(listener: TcpListener, app: Router, entrance: Entrance, stop: Stop) {
    let drain_time_max = entrance.limits.drain_time_max;
    let graceful = GracefulShutdown::new();
    let entrance = Arc::new(entrance);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.stopped() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the peer left already: make room, breathe, do not spin.
                tracing::warn!(%error, "a connection could not be accepted");
                entrance.crowd.shrink();
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let address = (!entrance.proxies.have(peer.ip())).then(|| peer.ip());
        let Some(place) = entrance.crowd.enter(address) else {
            if entrance.tls.is_none() {
                // The buffer of a new connection takes it at once or never.
                let _ = stream.try_write(FULL);
            }
            continue;
        };
        let attended = attend(stream, peer, place, entrance.clone(), (app.clone(), graceful.watcher()));
        tokio::spawn(attended);
    }
    drop(listener);
    if tokio::time::timeout(drain_time_max, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// One connection, from the handshake to its end.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    entrance: Arc<Entrance>,
    (app, watcher): (Router, Watcher),
) {
    let _ = stream.set_nodelay(true);
    let flight = place.flight.clone();
    let talk = async {
        let times = entrance.limits.times();
        let Some(tls) = &entrance.tls else {
            return converse(stream, peer, &place, times, (app, watcher)).await;
        };
        let handshake = tls.acceptor().accept(stream);
        match tokio::time::timeout(entrance.limits.handshake_time_max, handshake).await {
            Err(_) => count(&place.counts().cut_slow_handshake),
            Ok(Err(_)) => count(&place.counts().failed_handshake),
            // The authority has seen the certificate, which is all it came for.
            Ok(Ok(stream)) if is_challenge(stream.get_ref().1.alpn_protocol()) => {}
            // On the heap: a connection without TLS need not be as large as one with.
            Ok(Ok(stream)) => Box::pin(converse(stream, peer, &place, times, (app, watcher))).await,
        }
    };
    tokio::select! {
        () = talk => {}
        () = flight.cut.notified() => {}
    }
}

/// The requests of one connection.
async fn converse<S>(
    stream: S,
    peer: SocketAddr,
    place: &Place,
    times: Times,
    (app, watcher): (Router, Watcher),
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let flight = place.flight.clone();
    let stream = Guarded::new(stream, place.crowd().clone(), flight.clone(), times);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        flight.taking();
        let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
        let (answer, flight) = (app.clone().oneshot(request), flight.clone());
        async move {
            let mut response: Response = answer.await?;
            flight.answering();
            if is_chunked {
                // It may have had a length too, which is gone by now; whoever stood before us may have believed that
                // one. Nothing that follows on this connection is taken for a request (RFC 9112, 6.1).
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| Answering::new(body, flight)))
        }
    });
    // A connection that breaks is the peer's business and no news.
    let _ = watcher.watch(builder().serve_connection(TokioIo::new(stream), service)).await;
}

/// Serves `app` on a socket of the host itself until `stop`. Who can open the socket is the file system's business.
pub async fn serve_local(listener: UnixListener, app: Router, stop: Stop) {
    let places = Arc::new(Semaphore::new(LOCAL_CONNECTIONS_MAX));
    let head_time_max = Limits::default().head_time_max;
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
            app.clone().oneshot(request.map(Body::new))
        });
        let mut builder = builder();
        builder.timer(TokioTimer::new()).header_read_timeout(head_time_max);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A command that breaks off is no news.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// HTTP/1.1 alone, also over TLS: every limit here is written for one request at a time on a connection, and what SDKs
/// send is one batch now and then.
fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(BUFFER_BYTES_MAX).keep_alive(true).header_read_timeout(None);
    builder
}
