//! `holdfast bench …`: the load generator against a fresh server of its own, or a given one.

mod query;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use testkit::Client;

use crate::cli::{Bench, BenchIngest, BenchOverload, BenchReads};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Bench) -> Outcome {
    match command {
        Bench::Ingest(arguments) => ingest(arguments),
        Bench::Reads(arguments) => reads(arguments),
        Bench::Query(arguments) => query::query(arguments),
        Bench::Answer(arguments) => query::answer(arguments),
        Bench::Overload(arguments) => overload(arguments),
    }
}

fn overload(arguments: &BenchOverload) -> Outcome {
    let quota = arguments.quota.to_string();
    let own = OwnServer::start(
        arguments.data.as_deref(),
        &[("HOLDFAST_COLLECT__SOURCE_EVENTS_PER_S_MAX", quota.as_str())],
    )?;
    let config = bench::Overload {
        addr: own.collect,
        honest_key: own.write_key.clone(),
        greedy_key: own.second_workspace()?,
        quota_per_s: arguments.quota,
        slow_connections: arguments.slow,
        seconds: arguments.seconds,
        pid: Some(own.child.id()),
    };
    eprintln!("six stretches of {} s against {} …", config.seconds, config.addr);
    let report =
        runtime()?.block_on(bench::overload(&config)).map_err(|error| Failure::failed(error.to_string()))?;
    if arguments.json {
        return super::print_json(&report);
    }
    print!("{report}");
    Ok(())
}

fn reads(arguments: &BenchReads) -> Outcome {
    let own = OwnServer::start(arguments.data.as_deref(), &[])?;
    let (token, paths) = own.readable(arguments.people.into())?;
    let addr = own.console.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    let config = bench::Reads {
        addr,
        token,
        paths,
        connections: arguments.connections,
        per_second: arguments.per_second,
        seconds: arguments.seconds,
        data_dir: own.data.clone(),
    };
    eprintln!(
        "reading {} profiles, {} at a time, for {} s, then {} a second for as long …",
        config.paths.len(),
        config.connections,
        config.seconds,
        config.per_second
    );
    let report =
        runtime()?.block_on(bench::reads(&config)).map_err(|error| Failure::failed(error.to_string()))?;
    if arguments.json {
        return super::print_json(&report);
    }
    print!("{report}");
    Ok(())
}

/// One thread, so that the server has most of a small machine.
fn runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("no runtime: {error}")))
}

fn ingest(arguments: &BenchIngest) -> Outcome {
    let own = match arguments.collect {
        Some(_) => None,
        None => Some(OwnServer::start(arguments.data.as_deref(), &[])?),
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
    if let Some(own) = &own {
        own.segments(arguments.segments)?;
    }
    let runtime = runtime()?;
    let run = |config: &bench::Config| {
        runtime.block_on(bench::ingest(config)).map_err(|error| Failure::failed(error.to_string()))
    };
    let full = run(&config)?;
    let half = arguments.half.then(|| {
        config.per_second = Some(full.events_per_s / 2.0);
        config.acknowledged_file = None;
        eprintln!("the same at {:.0} events/s …", full.events_per_s / 2.0);
        run(&config)
    });
    let half = half.transpose()?;
    if arguments.json {
        return match half {
            Some(half) => super::print_json(&json!({ "full": full, "half": half })),
            None => super::print_json(&full),
        };
    }
    print!("{full}");
    if let Some(half) = half {
        print!("at half of that:\n{half}");
    }
    Ok(())
}

/// A server of the benchmark's own: the same program, fresh data, gone afterwards.
struct OwnServer {
    child: Child,
    collect: SocketAddr,
    console: String,
    write_key: String,
    setup_code: String,
    workspace: String,
    data: PathBuf,
    folder: PathBuf,
}

impl OwnServer {
    fn start(beside: Option<&Path>, settings: &[(&str, &str)]) -> Outcome<Self> {
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
        let of = |made: &Value, name: &str| made[name].as_str().unwrap_or_default().to_owned();
        let (write_key, setup_code) = (of(&made, "write_key"), of(&made, "setup_code"));
        let workspace = of(&made, "workspace");
        let mut child = Command::new(&program)
            .args(["serve", "--json", "--collect", "127.0.0.1:0", "--console", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("XDG_CONFIG_HOME", &config)
            .env("HOLDFAST_LOG__FILTER", "warn")
            .envs(settings.iter().copied())
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
            Some(collect) => {
                let console = ready["console"].as_str().and_then(|text| text.parse::<SocketAddr>().ok());
                let port = console.map_or(0, |console| console.port());
                // Passkeys want a name, not an address.
                let console = format!("http://localhost:{port}");
                Ok(Self { child, collect, console, write_key, setup_code, workspace, data, folder })
            }
            None => {
                let _ = child.kill();
                Err(Failure::failed("the benchmark's server did not start; its message stands above"))
            }
        }
    }

    /// Makes so many segments of those who did one of the events that are sent, so and so often.
    fn segments(&self, count: usize) -> Outcome<()> {
        if count == 0 {
            return Ok(());
        }
        let mut owner = Client::new(&self.console);
        owner.enrol(&self.setup_code);
        let path = format!("/api/v1/workspaces/{}/segments", self.workspace);
        for number in 0..count {
            let event = bench::EVENTS.get(number % bench::EVENTS.len()).copied().unwrap_or_default();
            let did =
                json!({ "did": { "event": event }, "times": { "gte": number / 4 + 1 }, "within": "7d" });
            let made = owner.post(&path, &json!({ "name": format!("bench {number}"), "who": did }));
            if made.json["id"].as_str().is_none() {
                return Err(Failure::failed(format!("no segment: {}", made.text)));
            }
        }
        Ok(())
    }

    /// Makes people and a token that may look at them; gives the token and the people's paths.
    fn readable(&self, people: usize) -> Outcome<(String, Vec<String>)> {
        let mut owner = Client::new(&self.console);
        let mut passkey = owner.enrol(&self.setup_code);
        let mut sdk = Client::new(&format!("http://{}", self.collect));
        for number in 0..people {
            let traits =
                json!({ "plan": "pro", "email": format!("bench{number}@example.com"), "name": "Ada Bench" });
            let body =
                json!({ "writeKey": self.write_key, "userId": format!("bench-{number}"), "traits": traits });
            sdk.post("/v1/identify", &body);
        }
        let workspace = format!("/api/v1/workspaces/{}", self.workspace);
        let wanted = json!({ "name": "bench", "scopes": ["people:read", "events:read"] });
        let made = owner.confirmed(&mut passkey, "POST", &format!("{workspace}/tokens"), Some(&wanted));
        let token = made.json["token"].as_str().unwrap_or_default().to_owned();
        let paths = testkit::wait_until(60, "people", || {
            let events = owner.every(&format!("{workspace}/events?limit=1000"));
            let ids: std::collections::BTreeSet<String> =
                events.iter().filter_map(|event| event["person"].as_str().map(str::to_owned)).collect();
            (ids.len() >= people).then_some(ids)
        });
        Ok((token, paths.iter().map(|id| format!("{workspace}/people/{id}")).collect()))
    }

    /// Makes a second workspace, as its owner would. The write key of its source.
    fn second_workspace(&self) -> Outcome<String> {
        let mut owner = Client::new(&self.console);
        let mut passkey = owner.enrol(&self.setup_code);
        let made =
            owner.confirmed(&mut passkey, "POST", "/api/v1/workspaces", Some(&json!({ "name": "Greedy" })));
        let key = made.json["write_key"].as_str().map(str::to_owned);
        key.ok_or_else(|| Failure::failed(format!("no second workspace: {}", made.text)))
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
