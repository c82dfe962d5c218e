//! What can be typed about tracking plans.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Server;

/// `holdfast plan …`
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Say whether a file is a plan, and everything that is wrong with it.
    Check {
        /// The plan as JSON; `-` is standard input.
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the typed TypeScript client of a plan.
    Client(PlanClient),
}

/// `holdfast plan client`
#[derive(Debug, Args)]
pub struct PlanClient {
    /// The plan's name on a running server.
    pub name: Option<String>,
    /// A plan in a file instead.
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub file: Option<PathBuf>,
    /// Which version of the plan; the newest if not given.
    #[arg(long = "plan-version", value_name = "NUMBER")]
    pub plan_version: Option<u32>,
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
}
