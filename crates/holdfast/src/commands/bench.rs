//! `holdfast bench ingest`: the load generator against a fresh server of its own, or a given one.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::cli::{Bench, BenchIngest};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Bench) -> Outcome {
    match command {
        Bench::Ingest(arguments) => ingest(arguments),
    }
}

fn ingest(arguments: &BenchIngest) -> Outcome {
    let own = match arguments.collect {
        Some(_) => None,
        None => Some(OwnServer::start(arguments.data.as_deref())?),
    };
    let (collect, write_key) = match (&own, arguments.collect, &arguments.write_key) {
        (Some(own), _, _) => (own.collect, own.write_key.clone()),
        (None, Some(collect), Some(key)) => (collect, key.clone()),
        _ => return Err(Failure::usage("--collect needs --write-key")),
    };
    let mut config = bench::Config::new(collect.to_string(), write_key);
    config.seconds = arguments.seconds;
    config.connections = arguments.connections;
    config.batch = arguments.batch;
    config.acknowledged_file.clone_from(&arguments.acked);
    if let Some(own) = &own {
        config.pid = Some(own.child.id());
        config.data_dir = Some(own.data.clone());
    }
    eprintln!(
        "sending batches of {} events over {} connections to {collect} for {} s …",
        config.batch, config.connections, config.seconds
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("no runtime: {error}")))?;
    let report =
        runtime.block_on(bench::ingest(&config)).map_err(|error| Failure::failed(error.to_string()))?;
    if arguments.json {
        return super::print_json(&report);
    }
    print!("{report}");
    Ok(())
}

/// A server of the benchmark's own: the same program, fresh data, gone afterwards.
struct OwnServer {
    child: Child,
    collect: SocketAddr,
    write_key: String,
    data: PathBuf,
    folder: PathBuf,
}

impl OwnServer {
    fn start(beside: Option<&Path>) -> Outcome<Self> {
        let program = std::env::current_exe().map_err(|error| Failure::failed(error.to_string()))?;
        let folder = beside
            .map_or_else(|| PathBuf::from("."), Path::to_owned)
            .join(format!("holdfast-bench-{}", stdx::random_text::<5>()));
        let (data, config) = (folder.join("data"), folder.join("config"));
        stdx::files::private_dir(&folder)
            .map_err(|error| Failure::failed(format!("cannot make {}: {error}", folder.display())))?;
        let said = Command::new(&program)
            .args(["init", "--json", "--workspace", "Bench", "--owner", "bench@example.com", "--data"])
            .arg(&data)
            .env("XDG_CONFIG_HOME", &config)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure::failed(format!("cannot run init: {error}")))?;
        let made: Value = serde_json::from_slice(&said.stdout).unwrap_or_default();
        let write_key = made["write_key"].as_str().unwrap_or_default().to_owned();
        let mut child = Command::new(&program)
            .args(["serve", "--json", "--collect", "127.0.0.1:0", "--console", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("XDG_CONFIG_HOME", &config)
            .env("HOLDFAST_LOG__FILTER", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::failed(format!("cannot run serve: {error}")))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        let address =
            ready["collect"].as_str().and_then(|text| text.trim_start_matches("http://").parse().ok());
        match address {
            Some(collect) => Ok(Self { child, collect, write_key, data, folder }),
            None => {
                let _ = child.kill();
                Err(Failure::failed("the benchmark's server did not start; its message stands above"))
            }
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
