//! Where history goes: a collect door with a write key, given or found with a token.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;

use super::lines::Bundle;
use super::way::Answered;
use crate::cli::{Import, Server};
use crate::commands::query::Api;
use crate::outcome::{Failure, Outcome};

/// How long a server that does not take anything is asked again.
const PATIENCE: Duration = Duration::from_secs(600);
const WAIT_S_MAX: u64 = 60;
/// How many digits of a file's digest are its name: 128 bits. It stands in the id of each message.
const FILE_DIGITS: usize = 32;
const COLLECT: &str = "http://localhost:7070";
const CONSOLE: &str = "http://localhost:7071";

pub(super) struct Target {
    agent: Agent,
    collect: String,
    write_key: String,
}

/// What became of a bundle.
#[derive(Deserialize)]
pub(super) struct Taken {
    pub taken: u64,
    pub refused: Vec<Refusal>,
}

/// A line that was not taken.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub line: u64,
    pub reason: String,
    pub field: String,
}

/// A source as the API shows it.
#[derive(Deserialize)]
struct Source {
    id: String,
    name: String,
    write_key: String,
    enabled: bool,
    collect_url: String,
}

impl Target {
    pub fn find(arguments: &Import) -> Outcome<Self> {
        let (collect, write_key) = match &arguments.write_key {
            Some(key) => (arguments.server.clone().unwrap_or_else(|| COLLECT.to_owned()), key.clone()),
            None => by_token(arguments)?,
        };
        // Only the first caller installs a provider; the answer says whether it was us.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let collect = collect.trim_end_matches('/').to_owned();
        Ok(Self { agent: config.into(), collect, write_key })
    }

    /// Sends a bundle, again and again while the server is busy or away for a while.
    pub fn send(&self, file: &str, bundle: &Bundle, answered: &Answered) -> Outcome<Taken> {
        let file = file.get(..FILE_DIGITS).unwrap_or(file);
        let address =
            format!("{}/v1/history?file={file}&line={}&next={}", self.collect, bundle.first, bundle.next());
        let behind = format!("{address}&behind=true");
        let (begun, mut again) = (Instant::now(), 0_u32);
        loop {
            // Asked anew each time: what was under way before it may be answered by now.
            let address = if answered.is_before(bundle.first) { &address } else { &behind };
            let why = match self.try_once(address, &bundle.text)? {
                Ok(taken) => return Ok(taken),
                Err(Later { why, wait_s }) => {
                    let wait_s = wait_s.unwrap_or(1 << again.min(5)).min(WAIT_S_MAX);
                    let stopped = answered.wait(wait_s);
                    again += 1;
                    if stopped {
                        return Err(Failure::temporary(why));
                    }
                    why
                }
            };
            if begun.elapsed() > PATIENCE {
                return Err(Failure::temporary(format!(
                    "{why}; started again, the import goes on after line {}",
                    bundle.first - 1
                )));
            }
        }
    }

    fn try_once(&self, address: &str, text: &[u8]) -> Outcome<Result<Taken, Later>> {
        let request = self
            .agent
            .post(address)
            .header("x-write-key", &self.write_key)
            .content_type("application/x-ndjson");
        let mut response = match request.send(text) {
            Ok(response) => response,
            Err(ureq::Error::BadUri(why)) => {
                return Err(Failure::usage(format!("--server {}: {why}", self.collect)));
            }
            Err(error) => {
                let why = format!("{} does not answer: {error}", self.collect);
                return Ok(Err(Later { why, wait_s: None }));
            }
        };
        let status = response.status().as_u16();
        let wait_s = response.headers().get("retry-after");
        let wait_s = wait_s.and_then(|wait| wait.to_str().ok()).and_then(|wait| wait.parse().ok());
        let text = response.body_mut().read_to_string().unwrap_or_default();
        let said: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let message = said["message"].as_str().unwrap_or("it does not take history");
        match status {
            200 => serde_json::from_value(said)
                .map(Ok)
                .map_err(|_| Failure::failed(format!("{} is no collect door of Holdfast", self.collect))),
            429 | 500.. => Ok(Err(Later { why: message.to_owned(), wait_s })),
            401 => Err(Failure::not_allowed(
                "no source has this write key; the console shows them under Sources",
            )),
            403 => Err(Failure::not_allowed(message.to_owned())),
            404 => Err(Failure::not_found(format!(
                "{} is no collect door: give its address with the write key, or the console's with a token",
                self.collect
            ))),
            _ => Err(Failure::failed(format!("{} said {status}: {message}", self.collect))),
        }
    }
}

/// Nothing was taken this time.
struct Later {
    why: String,
    wait_s: Option<u64>,
}

/// The collect door and the write key of a source, from the management API.
fn by_token(arguments: &Import) -> Outcome<(String, String)> {
    let api = Api::new(&Server {
        server: arguments.server.clone().unwrap_or_else(|| CONSOLE.to_owned()),
        token_file: arguments.token_file.clone(),
        workspace: arguments.workspace.clone(),
    })?;
    let workspace = api.workspace(arguments.workspace.as_deref())?;
    let mut document = api.call("GET", &format!("/api/v1/workspaces/{workspace}/sources"), None)?;
    let sources: Vec<Source> = serde_json::from_value(document["items"].take())
        .map_err(|_| Failure::failed("the server's list of sources is not one"))?;
    let fits = |source: &&Source| match &arguments.source {
        Some(wanted) => source.id == *wanted || source.name == *wanted,
        None => source.enabled,
    };
    let found: Vec<&Source> = sources.iter().filter(fits).collect();
    match found.as_slice() {
        [only] => Ok((only.collect_url.clone(), only.write_key.clone())),
        [] => Err(Failure::not_found("there is no such source; the console makes one under Sources")),
        several => {
            let names: Vec<&str> = several.iter().map(|source| source.name.as_str()).collect();
            Err(Failure::usage(format!("name one with --source: {}", names.join(", "))))
        }
    }
}
