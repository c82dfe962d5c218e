//! A file per command.

mod access;
mod attribute;
mod backup;
mod bench;
mod breached;
mod catalogue;
mod config;
mod consent;
mod dashboards;
mod database;
mod drill;
mod import;
mod incident;
mod init;
mod keys;
mod ledger;
mod local;
mod plan;
mod purges;
mod query;
mod restore;
mod review;
mod routes;
mod segments;
mod serve;
mod shield;
mod witness;

use std::io::Write;

use clap::CommandFactory;

use crate::cli::{Cli, Command, Place};
use crate::config::Config;
use crate::outcome::{Failure, Outcome};

/// Does what was typed.
///
/// # Errors
/// What went wrong, with its exit code.
pub fn run(cli: Cli) -> Outcome {
    match cli.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Catalogue(asked) => catalogue::run(&asked),
        Command::Segments(command) => segments::run(&command),
        Command::Traits(command) => segments::run_traits(&command),
        Command::Consent(command) => consent::run(&command),
        Command::Dashboards(arguments) => dashboards::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Attribute(arguments) => attribute::run(&arguments),
        Command::Access(arguments) => access::run(&arguments),
        Command::Ledger(arguments) => ledger::run(&arguments),
        Command::Incident(arguments) => incident::run(&arguments),
        Command::Review(arguments) => review::run(&arguments),
        Command::Witness(arguments) => witness::run(&arguments),
        Command::Shield(arguments) => shield::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Drill(arguments) => drill::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Purges(arguments) => purges::run(&arguments),
        Command::Breached(arguments) => breached::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        Command::Database(arguments) => database::run(&arguments),
        Command::Mode(arguments) => local::mode(&arguments),
        Command::Recover(arguments) => local::recover(&arguments),
        Command::Notices(command) => local::notices(&command),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "holdfast", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}

/// The configuration of a place, with `--data` above it.
pub(crate) fn configured(place: &Place) -> Outcome<Config> {
    let mut config = crate::config::load(place.config.as_deref(), std::env::vars())
        .map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(data) = &place.data {
        config.data.clone_from(data);
    }
    Ok(config)
}

/// Prints a document the way `--json` promises: one line.
pub(crate) fn print_json(document: &impl serde::Serialize) -> Outcome {
    let text = serde_json::to_string(document).map_err(|error| Failure::failed(error.to_string()))?;
    print(&format!("{text}\n"))
}

/// Prints a result. A reader who has seen enough (`… | head`) is no failure.
pub(crate) fn print(text: &str) -> Outcome {
    print_bytes(text.as_bytes())
}

/// Prints a result that is no text.
pub(crate) fn print_bytes(bytes: &[u8]) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}
