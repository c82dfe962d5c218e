//! `holdfast shield …`: the very judgement of the collector, on cases from a file.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde_json::json;
use shield::{Case, Shield};

use crate::cli::Shield as Command;
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Command) -> Outcome {
    match command {
        Command::Classify { file } => classify(file.as_deref()),
        Command::Score { file, json } => score(file, *json),
    }
}

fn classify(file: Option<&Path>) -> Outcome {
    let input: Box<dyn BufRead> = match file {
        Some(path) if path != Path::new("-") => Box::new(BufReader::new(open(path)?)),
        _ => Box::new(BufReader::new(std::io::stdin())),
    };
    let shield = Shield::builtin();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (index, line) in input.lines().enumerate() {
        let line = line.map_err(|error| Failure::failed(format!("cannot read the cases: {error}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case<'_> = serde_json::from_str(&line).map_err(|_| {
            Failure::invalid(format!(
                "line {} is not a case: want a JSON object with id, key and value",
                index + 1
            ))
        })?;
        let label = shield.classify(&case).map(model::Class::as_str);
        writeln!(out, "{}", json!({ "id": case.id, "label": label })).map_err(broken_pipe)?;
    }
    out.flush().map_err(broken_pipe)
}

fn score(file: &Path, as_json: bool) -> Outcome {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::failed(format!("cannot read {}: {error}", file.display())))?;
    let report = shield::score::score(&Shield::builtin(), &text)
        .map_err(|error| Failure::invalid(format!("{}: {error}", file.display())))?;
    if as_json {
        return super::print_json(&report);
    }
    super::print(&report.to_string())
}

fn open(path: &Path) -> Outcome<File> {
    File::open(path).map_err(|error| Failure::failed(format!("cannot read {}: {error}", path.display())))
}

/// A reader who has seen enough (`… | head`) ends the command.
fn broken_pipe(error: std::io::Error) -> Failure {
    Failure::failed(format!("cannot write the result: {error}"))
}
