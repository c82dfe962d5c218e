//! What can be typed about segments and computed traits of a running server.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Server;

/// How to reach the server, and how to print.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast segments …`
#[derive(Debug, Subcommand)]
pub enum SegmentsCommand {
    /// Print every segment with how many people it has; needs a token with `questions:ask`, as do show and size.
    List(Asked),
    /// Print one segment: what it says, whether it is up to date, how many people it has.
    Show {
        /// Its name or id.
        segment: String,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
    /// Print how many people a condition would have now; nothing is kept.
    Size {
        /// The segment or its condition as JSON; `-` is standard input.
        file: PathBuf,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
    /// Make a segment; needs a token with `segments:make`.
    Create {
        /// The segment as JSON: `name` and `who`; `-` is standard input.
        file: PathBuf,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
    /// Print why a person is in a segment or not; needs a token with `people:read`.
    Why {
        /// Its name or id.
        segment: String,
        /// The person's id (`p_…`).
        #[arg(long, value_name = "ID")]
        person: String,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
}

/// `holdfast traits …`
#[derive(Debug, Subcommand)]
pub enum TraitsCommand {
    /// Print every computed trait with how many people have a value; needs a token with `questions:ask`, as does show.
    List(Asked),
    /// Print one computed trait: what it is worked out from, whether it is up to date.
    Show {
        /// Its name.
        name: String,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
    /// Make a computed trait; needs a token with `segments:make`.
    Create {
        /// The trait as JSON: `name`, `event`, `measure` and what else it says; `-` is standard input.
        file: PathBuf,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
}
