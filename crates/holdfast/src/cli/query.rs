//! What can be typed to ask a question.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Server;

/// `holdfast query`
#[derive(Debug, Args)]
pub struct Query {
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// The question as JSON; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "sql")]
    pub file: Option<PathBuf>,
    /// A question in SQL, in the place of a file: "select event, count(*) from events group by 1".
    #[arg(long, value_name = "STATEMENT", conflicts_with = "file")]
    pub sql: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Print the answer as JSON instead of a table; the same as --format json.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// How an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Columns of text, for people.
    Table,
    /// The whole document.
    Json,
    /// RFC 4180, with the columns' names first.
    Csv,
    /// A Parquet file, for tools; to be redirected into a file.
    Parquet,
    /// An Arrow file (IPC), for tools; to be redirected into a file.
    Arrow,
}
