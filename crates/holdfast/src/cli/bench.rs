//! What can be typed after `holdfast bench`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `holdfast bench …`
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Send events to a fresh server of its own (or a given one) and say how many were kept per second.
    Ingest(BenchIngest),
    /// Say how many looks at a profile a second a fresh server of its own answers, each decided, counted and in the ledger.
    Reads(BenchReads),
    /// Ask nine questions of an invented shop's ninety days, and say what each took; with `--peers` beside chDB and DuckDB.
    Query(BenchQuery),
    /// Answer the questions of `bench query` about an archive of its, a line each.
    #[command(hide = true)]
    Answer(BenchAnswer),
    /// Say what honest senders notice of thousands of slow connections, and of another workspace at ten times its quota.
    Overload(BenchOverload),
}

/// `holdfast bench query`
#[derive(Debug, Args)]
pub struct BenchQuery {
    /// How many events; several sizes, with commas between, show how answers grow.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "2000000", value_parser = clap::value_parser!(u64).range(1_000..=200_000_000))]
    pub events: Vec<u64>,
    /// Ask chDB and DuckDB too and compare the answers; or only these: chdb_event, chdb_user, chdb_tuned, duckdb. The variable
    /// HOLDFAST_BENCH_PYTHON names a Python that has them.
    #[arg(long, value_name = "ENGINES", num_args = 0..=1, require_equals = true, value_delimiter = ',', default_missing_values = ["chdb", "duckdb"])]
    pub peers: Option<Vec<String>>,
    /// Which invented shop.
    #[arg(long, default_value_t = 20_260_101)]
    pub seed: u64,
    /// How often everything is asked after the first time, which is not counted; the median counts.
    #[arg(long, value_name = "TIMES", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub rounds: u16,
    /// How many seconds an engine may take for one answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    pub limit: u64,
    /// Where the data lies meanwhile; by default beside the present directory, removed afterwards.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Write the report to this file as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report to this file as a page with drawings.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `holdfast bench answer`
#[derive(Debug, Args)]
pub struct BenchAnswer {
    /// The archive's folder.
    pub folder: PathBuf,
}

/// `holdfast bench overload`
#[derive(Debug, Args)]
pub struct BenchOverload {
    /// How many slow connections.
    #[arg(long, default_value_t = 10_000)]
    pub slow: usize,
    /// How long each of the six stretches takes, in seconds.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// How many events a second a source may send.
    #[arg(long, default_value_t = 500)]
    pub quota: u32,
    /// Where the server of its own keeps its data; by default beside the present directory, removed afterwards.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast bench reads`
#[derive(Debug, Args)]
pub struct BenchReads {
    /// How many looks a second in the second, paced stretch.
    #[arg(long, default_value_t = 2_000)]
    pub per_second: u32,
    /// How long to read, in seconds, each stretch.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// How many at a time.
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// How many people are read again and again.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=250))]
    pub people: u16,
    /// Where the server of its own keeps its data; by default beside the present directory, removed afterwards.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast bench ingest`
#[derive(Debug, Args)]
pub struct BenchIngest {
    /// How long to send.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// Connections at once.
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Events in a batch.
    #[arg(long, default_value_t = 10)]
    pub batch: usize,
    /// How many segments of people by what they did the server of its own keeps up to date meanwhile.
    #[arg(long, default_value_t = 0, conflicts_with = "collect")]
    pub segments: usize,
    /// Send for as long again, at half the rate that was reached.
    #[arg(long)]
    pub half: bool,
    /// A running collect door instead of a server of its own.
    #[arg(long, value_name = "ADDR", requires = "write_key")]
    pub collect: Option<SocketAddr>,
    /// The write key for it.
    #[arg(long)]
    pub write_key: Option<String>,
    /// Write the acknowledged message ids to this file.
    #[arg(long, value_name = "FILE")]
    pub acked: Option<PathBuf>,
    /// Where the server of its own keeps its data; by default beside the present directory, removed afterwards.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}
