//! The binary: one program that serves, asks, proves, saves and measures.
//!
//! Modules: [`cli`] (what can be typed), [`config`] (raw text to settings), [`installation`] (the data directory and its
//! root), [`masters`] and [`transit`] (where the master key comes from), [`follow`] (the resolving pass), [`server`] (everything wired together), [`commands`] (a file per command).

mod cli;
mod commands;
mod config;
mod follow;
mod installation;
mod masters;
mod outcome;
mod server;
mod transit;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
