//! `holdfast witness …`: a witness for other people's ledgers, in a folder of its own and with no other data.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ::witness::{Answer, REQUEST_BYTES_MAX, WitnessError, make_key, open_key};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path as Segment, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use door::{Crowd, Entrance, Limits, Stop};
use http::{StatusCode, header};
use serde_json::json;
use stdx::{Clock, Networks};
use tokio::net::TcpListener;

use crate::cli::Witness;
use crate::commands::serve::Ending;
use crate::outcome::{Failure, Outcome};

/// How many connections at once, in all and of one address: logs ask one question every ten seconds.
const CONNECTIONS_MAX: usize = 256;
const CONNECTIONS_PER_ADDRESS_MAX: usize = 32;

pub(super) fn run(command: &Witness) -> Outcome {
    match command {
        Witness::Init { data, name } => {
            let cosigner = make_key(data, name).map_err(failed)?;
            super::print(&format!("{}\n", cosigner.key()))
        }
        Witness::Serve { data, listen, log, json } => {
            let witness = opened(data, log)?;
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(|error| Failure::failed(format!("no runtime: {error}")))?;
            runtime.block_on(serve(witness, *listen, *json))
        }
    }
}

type Shared = Arc<::witness::Witness>;

fn opened(data: &Path, logs: &[String]) -> Outcome<Shared> {
    let key = |text: &String| text.parse().map_err(|error| Failure::usage(format!("--log: {error}")));
    let logs = logs.iter().map(key).collect::<Outcome<Vec<_>>>()?;
    let cosigner = open_key(data).map_err(failed)?;
    let witness = ::witness::Witness::open(data, cosigner, logs, Clock::wall());
    witness.map(Arc::new).map_err(failed)
}

async fn serve(witness: Shared, listen: SocketAddr, as_json: bool) -> Outcome {
    let ending = Ending::hear()?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| Failure::failed(format!("the witness cannot listen on {listen}: {error}")))?;
    let addr = listener.local_addr().map_err(|error| Failure::failed(error.to_string()))?;
    let key = witness.key().to_string();
    if as_json {
        super::print_json(&json!({ "ready": true, "witness": addr.to_string(), "key": key }))?;
    }
    eprintln!("witness  http://{addr}\nkey      {key}");
    let routes = Router::new()
        .route("/add-checkpoint", post(add))
        .route("/{origin}/checkpoint", get(last))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(witness);
    let entrance = Entrance {
        limits: Limits::default(),
        crowd: Crowd::new(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX),
        tls: None,
        proxies: Networks::default(),
    };
    let stop = Stop::default();
    let serving = tokio::spawn(door::serve(listener, routes, entrance, stop.clone()));
    ending.asked().await;
    stop.stop();
    serving.await.map_err(|error| Failure::failed(error.to_string()))
}

async fn add(State(witness): State<Shared>, body: String) -> Response {
    let answer = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match answer {
        Ok(Ok(answer)) => response(answer),
        // What it could not write down it has not seen, and must not sign.
        Ok(Err(error)) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn last(State(witness): State<Shared>, Segment(origin): Segment<String>) -> Response {
    response(witness.checkpoint(&origin))
}

fn response(Answer { status, content_type, body }: Answer) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

fn failed(error: WitnessError) -> Failure {
    Failure::failed(error.to_string())
}
