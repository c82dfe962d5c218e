//! What can be typed to bring history in.

use std::path::PathBuf;

use clap::Args;

/// `holdfast import`
#[derive(Debug, Args)]
pub struct Import {
    /// The file: a message of Segment's shape a line (NDJSON), as it is or gzipped; or Parquet, an event a row.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The collect door's address, with --write-key; else the console door's, with a token that has the scope sources:read.
    #[arg(long, env = "HOLDFAST_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// The write key of the source that the events are of.
    #[arg(long, env = "HOLDFAST_WRITE_KEY", value_name = "KEY")]
    pub write_key: Option<String>,
    /// Without a write key: the source, by its name or id; needed where there are several.
    #[arg(long, value_name = "SOURCE", conflicts_with = "write_key")]
    pub source: Option<String>,
    /// A file with the API token; or set HOLDFAST_TOKEN.
    #[arg(long, value_name = "FILE", conflicts_with = "write_key")]
    pub token_file: Option<PathBuf>,
    /// The workspace; needed only where the token has more than one.
    #[arg(long, value_name = "ID", conflicts_with = "write_key")]
    pub workspace: Option<String>,
    /// Where to note how far it is; beside FILE if absent.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Begin at the first line again, whatever was noted.
    #[arg(long)]
    pub again: bool,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}
