//! The other engines: which there are, how they are loaded and started. They run in Python, by the one script beside this file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::engine::Start;
use super::table::Store;
use crate::error::BenchError;

/// Speaks for all of them.
const SCRIPT: &str = include_str!("peers.py");
/// The versions that the goals were set against.
const INSTALL: &str = "python3 -m venv bench && bench/bin/pip install chdb==4.4.0 chdb-core==26.9.0 duckdb==2.0.0, then HOLDFAST_BENCH_PYTHON=bench/bin/python";
/// Name between processes, package, name for people.
const KNOWN: [(&str, &str, &str); 4] = [
    ("chdb_event", "chdb", "chDB by event, person"),
    ("chdb_user", "chdb", "chDB by person"),
    ("chdb_tuned", "chdb", "chDB tuned by hand"),
    ("duckdb", "duckdb", "DuckDB"),
];

/// One of them.
pub(super) struct Peer {
    key: &'static str,
    pub(super) title: &'static str,
    python: PathBuf,
    script: PathBuf,
    threads: usize,
}

#[derive(Deserialize)]
struct Packages {
    chdb: Option<String>,
    duckdb: Option<String>,
}

#[derive(Deserialize)]
struct Loaded {
    wall_s: f64,
    cpu_s: f64,
    disk_bytes: u64,
    rows: u64,
}

impl Peer {
    /// Those of these names, or of these packages, once their packages are there; the script is put into `folder`.
    pub(super) fn find(
        python: &Path,
        names: &[String],
        folder: &Path,
        threads: usize,
    ) -> Result<Vec<Self>, BenchError> {
        let script = folder.join("peers.py");
        stdx::files::replace(&script, SCRIPT.as_bytes()).map_err(BenchError::file(&script))?;
        let missing = |problem: String| BenchError::Peers { problem, fix: INSTALL };
        if let Some(name) = names.iter().find(|name| !KNOWN.iter().any(|known| is_meant(known, name))) {
            let known: Vec<&str> = KNOWN.iter().map(|(key, ..)| *key).collect();
            return Err(missing(format!("there is no engine {name:?}, but chdb ({})", known.join(", "))));
        }
        let said = said(Command::new(python).arg(&script).arg("check"), python, "no Python")?;
        let packages: Packages = serde_json::from_str(&said)
            .map_err(|_| missing(format!("{} is no Python 3", python.display())))?;
        let mut peers = Vec::new();
        for known in KNOWN.iter().filter(|known| names.iter().any(|name| is_meant(known, name))) {
            let (key, package, title) = *known;
            let there = if package == "chdb" { &packages.chdb } else { &packages.duckdb };
            if there.is_none() {
                return Err(missing(format!("{} has no package {package}", python.display())));
            }
            peers.push(Self { key, title, python: python.to_owned(), script: script.clone(), threads });
        }
        Ok(peers)
    }

    /// Has it take in the events in `folder`, of which there are so many.
    pub(super) fn load(&self, folder: &Path, events: u64) -> Result<Store, BenchError> {
        let mut command = Command::new(&self.python);
        command.arg(&self.script).args(["load", self.key]).arg(folder).arg(self.threads.to_string());
        let text = said(&mut command, &self.python, self.title)?;
        let lost = |problem: String| BenchError::Engine { engine: self.title.to_owned(), problem };
        let loaded: Loaded =
            serde_json::from_str(&text).map_err(|error| lost(format!("was not loaded: {error}")))?;
        if loaded.rows != events {
            return Err(lost(format!("has {} of {events} events after loading", loaded.rows)));
        }
        Ok(Store {
            engine: self.title.to_owned(),
            disk_bytes: loaded.disk_bytes,
            load_wall_s: loaded.wall_s,
            load_cpu_s: loaded.cpu_s,
        })
    }

    /// How it is started to answer.
    pub(super) fn answering(&self, folder: &Path) -> Start {
        let text = |path: &Path| path.display().to_string();
        let arguments = vec![
            text(&self.script),
            "answer".to_owned(),
            self.key.to_owned(),
            text(folder),
            self.threads.to_string(),
        ];
        Start { title: self.title.to_owned(), program: self.python.clone(), arguments }
    }
}

/// Whether `name` is that engine, or its package.
fn is_meant(known: &(&str, &str, &str), name: &str) -> bool {
    name == known.0 || name == known.1
}

/// What a command prints.
fn said(command: &mut Command, python: &Path, who: &str) -> Result<String, BenchError> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| BenchError::Peers {
        problem: format!("{} cannot be run: {error}", python.display()),
        fix: INSTALL,
    })?;
    if !output.status.success() {
        let problem = "failed; its message stands above".to_owned();
        return Err(BenchError::Engine { engine: who.to_owned(), problem });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
