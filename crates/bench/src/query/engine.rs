//! An engine in a process of its own: asked a line, answers a line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::table::Asked;
use crate::error::BenchError;

/// How long an engine may take to open its data.
const OPENING: Duration = Duration::from_secs(600);

/// How an engine is started.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// Its name for people.
    pub(super) title: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

impl Start {
    /// The command, with what it says on standard error let through.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stderr(Stdio::inherit());
        command
    }
}

/// What an engine says when it is ready.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Ready {
    pub(super) version: String,
    /// The forms in which it can be asked a question, where there are several; the fastest counts.
    forms: BTreeMap<String, Vec<String>>,
}

impl Ready {
    pub(super) fn forms(&self, question: &str) -> Vec<String> {
        self.forms.get(question).cloned().unwrap_or_else(|| vec![String::new()])
    }
}

/// What came of a question.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Said {
    /// An answer.
    Answer(Took),
    /// None, and why.
    Error {
        /// In the engine's words.
        error: String,
    },
}

/// An answer and what it took.
#[derive(Clone, Deserialize)]
pub(super) struct Took {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    pub(super) peak_bytes: u64,
    pub(super) rows: Vec<Vec<Value>>,
}

/// A running engine.
pub(super) struct Engine {
    pub(super) start: Start,
    pub(super) ready: Ready,
    /// Resident memory before the first question.
    pub(super) idle_bytes: u64,
    limit: Duration,
    child: Child,
    lines: Receiver<String>,
}

impl Engine {
    /// Starts one; a question may take as long as `limit`.
    pub(super) fn start(start: &Start, limit: Duration) -> Result<Self, BenchError> {
        let lost = |problem: String| BenchError::Engine { engine: start.title.clone(), problem };
        let spawned = start.command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| lost(format!("did not start: {error}")))?;
        let (sender, lines) = channel();
        if let Some(out) = child.stdout.take() {
            // Ends with the engine's output; somebody has to wait for a line while another looks at the clock.
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let mut engine =
            Self { start: start.clone(), ready: Ready::default(), idle_bytes: 0, limit, child, lines };
        let line = engine.lines.recv_timeout(OPENING).map_err(|_| {
            lost("ended, or took too long, before it was ready; its message stands above".to_owned())
        })?;
        engine.ready =
            serde_json::from_str(&line).map_err(|_| lost("did not say that it is ready".to_owned()))?;
        let memory = crate::process::memory(engine.child.id());
        engine.idle_bytes = memory.map_or(0, |memory| memory.resident_bytes);
        Ok(engine)
    }

    /// Asks; an engine that takes too long is stopped and started anew.
    pub(super) fn ask(&mut self, question: &str, form: &str) -> Result<Said, BenchError> {
        let line = json!({ "ask": question, "form": form });
        let sent =
            self.child.stdin.as_mut().map(|input| writeln!(input, "{line}").and_then(|()| input.flush()));
        let answer = match sent {
            Some(Ok(())) => self.lines.recv_timeout(self.limit).ok(),
            _ => None,
        };
        let Some(answer) = answer else {
            let error = match self.child.try_wait() {
                Ok(Some(_)) => "the engine's process ended".to_owned(),
                _ => format!("took longer than {} s and was stopped", self.limit.as_secs()),
            };
            *self = Self::start(&self.start.clone(), self.limit)?;
            return Ok(Said::Error { error });
        };
        serde_json::from_str(&answer).map_err(|error| BenchError::Engine {
            engine: self.start.title.clone(),
            problem: format!("gave something else than an answer: {error}"),
        })
    }
}

impl Engine {
    /// Who it is, for the report.
    pub(super) fn as_told(&self) -> Asked {
        Asked {
            engine: self.start.title.clone(),
            version: self.ready.version.clone(),
            idle_bytes: self.idle_bytes,
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
