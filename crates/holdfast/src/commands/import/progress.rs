//! How far an import is: kept beside the file while it runs, and shown.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::lines::Bundle;
use super::source::is_parquet;
use crate::cli::Import;
use crate::outcome::{Failure, Outcome};

/// How often a terminal is told, and something else.
const TERMINAL_EVERY: Duration = Duration::from_millis(500);
const OTHER_EVERY: Duration = Duration::from_secs(10);
/// How often it is noted how far it is: a note waits for the disk.
const NOTED_EVERY: Duration = Duration::from_secs(1);

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The file's digest: another file of the same name begins anew.
    file: String,
    /// Lines that were answered.
    lines: u64,
    taken: u64,
    refused: u64,
    done: bool,
}

/// What is told at the end.
pub(super) struct Told {
    pub lines: u64,
    pub taken: u64,
    pub refused: u64,
    /// Of this run.
    pub seconds: f64,
    pub per_s: u64,
}

pub(super) struct Progress {
    path: PathBuf,
    kept: Kept,
    begun: Instant,
    /// Lines that were answered before this run.
    before: u64,
    file_bytes: u64,
    shown: Option<Instant>,
    noted: Instant,
    is_terminal: bool,
    /// What is counted.
    pub unit: Unit,
}

/// What a file is made of.
pub(super) struct Unit {
    pub one: &'static str,
    pub many: &'static str,
}

impl Progress {
    /// Where an import of this file is.
    pub fn begin(arguments: &Import, file: &str) -> Outcome<Self> {
        let path = arguments.state.clone().unwrap_or_else(|| {
            let mut name = arguments.file.clone().into_os_string();
            name.push(".import");
            name.into()
        });
        let fresh = Kept { file: file.to_owned(), lines: 0, taken: 0, refused: 0, done: false };
        let kept = match std::fs::read(&path) {
            Ok(bytes) if !arguments.again => {
                let kept: Kept = serde_json::from_slice(&bytes).map_err(|_| {
                    Failure::failed(format!(
                        "{} does not say how far the import is: remove it, or name another with --state",
                        path.display()
                    ))
                })?;
                if kept.file == file { kept } else { fresh }
            }
            _ => fresh,
        };
        let file_bytes = std::fs::metadata(&arguments.file).map_or(0, |found| found.len());
        let (before, is_terminal) = (kept.lines, std::io::stderr().is_terminal());
        let begun = Instant::now();
        let unit = if is_parquet(&arguments.file) {
            Unit { one: "row", many: "rows" }
        } else {
            Unit { one: "line", many: "lines" }
        };
        let progress =
            Self { path, kept, begun, before, file_bytes, shown: None, noted: begun, is_terminal, unit };
        // A place that cannot be written to is told before anything is sent.
        progress.keep()?;
        Ok(progress)
    }

    pub fn is_done(&self) -> bool {
        self.kept.done
    }

    /// How many lines were answered.
    pub fn lines(&self) -> u64 {
        self.kept.lines
    }

    /// Counts a refused line; how many there are now.
    pub fn refuse(&mut self) -> u64 {
        self.kept.refused += 1;
        self.kept.refused
    }

    /// Notes that a bundle was answered.
    pub fn add(&mut self, bundle: &Bundle, taken: u64) -> Outcome {
        self.kept.lines += bundle.lines;
        self.kept.taken += taken;
        // What was answered and is not noted yet would be sent again after a crash, and known by its ids.
        if self.noted.elapsed() >= NOTED_EVERY {
            self.noted = Instant::now();
            self.keep()?;
        }
        let every = if self.is_terminal { TERMINAL_EVERY } else { OTHER_EVERY };
        if self.shown.unwrap_or(self.begun).elapsed() >= every {
            self.show(bundle.file_bytes);
        }
        Ok(())
    }

    /// Notes that it is done.
    pub fn finish(&mut self) -> Outcome {
        self.kept.done = true;
        self.clear();
        self.keep()
    }

    /// A line between what is shown.
    pub fn say(&self, text: &str) {
        self.clear();
        eprintln!("{text}");
    }

    pub fn told(&self) -> Told {
        let Kept { lines, taken, refused, .. } = self.kept;
        let seconds = self.begun.elapsed().as_secs_f64();
        Told { lines, taken, refused, seconds, per_s: self.per_s() }
    }

    /// Notes how far it is.
    pub fn keep(&self) -> Outcome {
        let text = serde_json::to_vec(&self.kept).map_err(|error| Failure::failed(error.to_string()))?;
        stdx::files::replace(&self.path, &text).map_err(|error| {
            Failure::failed(format!(
                "cannot note in {} how far the import is ({error}); name another file with --state",
                self.path.display()
            ))
        })
    }

    fn per_s(&self) -> u64 {
        let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
        ((self.kept.lines - self.before) as f64 / seconds) as u64
    }

    fn show(&mut self, read: u64) {
        self.shown = Some(Instant::now());
        let share = (read * 100).checked_div(self.file_bytes).map_or(100, |share| share.min(100));
        let text = format!(
            "{} {}, {share} % of the file, {} a second, {} refused",
            self.kept.lines,
            self.unit.many,
            self.per_s(),
            self.kept.refused
        );
        if self.is_terminal { eprint!("\r\x1b[2K{text}") } else { eprintln!("{text}") }
    }

    fn clear(&self) {
        if self.is_terminal {
            eprint!("\r\x1b[2K");
        }
    }
}
