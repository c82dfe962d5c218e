//! `holdfast bench query`: questions beside other engines; and the process that answers them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::{BenchAnswer, BenchQuery};
use crate::commands::print;
use crate::outcome::{Failure, Outcome};

/// Which Python has the other engines.
const PYTHON: &str = "HOLDFAST_BENCH_PYTHON";

pub(super) fn query(arguments: &BenchQuery) -> Outcome {
    let program = std::env::current_exe().map_err(|error| Failure::failed(error.to_string()))?;
    let python = std::env::var_os(PYTHON).map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let scratch = Scratch::new(arguments.data.as_deref())?;
    let config = bench::Query {
        sizes: arguments.events.clone(),
        seed: arguments.seed,
        rounds: arguments.rounds.into(),
        limit: Duration::from_secs(arguments.limit),
        folder: scratch.0.clone(),
        own: (program, vec!["bench".to_owned(), "answer".to_owned()]),
        peers: arguments.peers.clone().map(|names| (python, names)),
    };
    let report = bench::query(&config, &|text| eprintln!("{text}"));
    let report = report.map_err(|error| Failure::failed(error.to_string()))?;
    if let Some(path) = &arguments.json {
        let text =
            serde_json::to_string_pretty(&report).map_err(|error| Failure::failed(error.to_string()))?;
        write(path, &text)?;
    }
    if let Some(path) = &arguments.html {
        write(path, &bench::query::page::page(&report))?;
    }
    print(&report.to_string())
}

pub(super) fn answer(arguments: &BenchAnswer) -> Outcome {
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    bench::answer_lines(&arguments.folder, input, output).map_err(|error| Failure::failed(error.to_string()))
}

fn write(path: &Path, text: &str) -> Outcome {
    let written = stdx::files::replace(path, text.as_bytes());
    written.map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display())))
}

/// A folder that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(beside: Option<&Path>) -> Outcome<Self> {
        let beside = beside.map_or_else(|| PathBuf::from("."), Path::to_owned);
        let folder = beside.join(format!("holdfast-bench-{}", stdx::random_text::<5>()));
        let failed = |error| Failure::failed(format!("cannot make {}: {error}", folder.display()));
        stdx::files::private_dir(&folder).map_err(failed)?;
        // Other processes are told of it.
        let folder = folder.canonicalize().map_err(failed)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
