//! What can be typed. Results go to standard output, everything else to standard error.

mod bench;
mod consent;
mod dashboards;
mod host;
mod import;
mod plan;
mod query;
mod segments;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use bench::{Bench, BenchAnswer, BenchIngest, BenchOverload, BenchQuery, BenchReads};
pub use consent::ConsentCommand;
pub use dashboards::Dashboards;
pub use host::{DatabaseCommand, KeysCommand};
pub use import::Import;
pub use plan::{Plan, PlanClient};
pub use query::{Format, Query};
pub use segments::{Asked, SegmentsCommand, TraitsCommand};

/// A self-hosted customer data platform that does not let its data out.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything in one process on embedded storage.
    Serve(Serve),
    /// Make an installation and its first workspace without serving.
    Init(Init),
    /// Ask a question of a running server.
    Query(Query),
    /// Print which events and properties there are to ask about; needs a token with `questions:ask`.
    Catalogue(Asked),
    /// Segments: who belongs to which, and why.
    #[command(subcommand)]
    Segments(SegmentsCommand),
    /// Traits that are worked out from what people did.
    #[command(subcommand)]
    Traits(TraitsCommand),
    /// What people agreed to.
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Dashboards of a running server; needs a token with `questions:ask`.
    #[command(subcommand)]
    Dashboards(Dashboards),
    /// Bring history in from a file; can be interrupted and started again.
    Import(Import),
    /// Find out which export a leaked file came from.
    Attribute(Attribute),
    /// The ledger of who saw and did what.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Who may do what in a workspace, and what changed between two days.
    #[command(subcommand)]
    Access(Access),
    /// What somebody saw and did, from the ledger.
    #[command(subcommand)]
    Incident(Incident),
    /// Who could see what in a workspace, who used it, and what has lapsed unused; needs a token with `ledger:read`.
    Review(Review),
    /// A witness that watches ledgers of others.
    #[command(subcommand)]
    Witness(Witness),
    /// The shield that finds secrets and personal values.
    #[command(subcommand)]
    Shield(Shield),
    /// Tracking plans as files.
    #[command(subcommand)]
    Plan(Plan),
    /// Measure.
    #[command(subcommand)]
    Bench(Bench),
    /// Play the incidents against a fresh server of its own; exit 1 if a control did not hold.
    Drill(Drill),
    /// Save a running server's data, encrypted to recipients.
    Backup(Backup),
    /// Bring a backup back into an empty data directory.
    Restore(Restore),
    /// The list of purges, without which no backup is restored.
    #[command(subcommand)]
    Purges(Purges),
    /// Which passwords are known to strangers.
    #[command(subcommand)]
    Breached(Breached),
    /// The master key: where it is, and replacing it.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The database of decisions: whether it was changed outside Holdfast.
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Change the mode of a running server on this host (it can only be tightened from here).
    #[command(subcommand)]
    Mode(Mode),
    /// Let a lone owner who lost every passkey back in, after a delay.
    Recover(Recover),
    /// How people are told beside the console.
    #[command(subcommand)]
    Notices(Notices),
    /// Print every route of every door with its policy.
    Routes(Routes),
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Where the data and its keys are.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The configuration file.
    #[arg(long, env = "HOLDFAST_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `holdfast serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// The collect door's address; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub collect: Option<SocketAddr>,
    /// The console door's address; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub console: Option<SocketAddr>,
    /// Add a workspace with a shop's three months and a live trickle, in a data directory of its own.
    #[arg(long)]
    pub demo: bool,
    /// Print one JSON line with the real addresses when ready.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast init`
#[derive(Debug, Args)]
pub struct Init {
    /// Where the data shall be.
    #[command(flatten)]
    pub place: Place,
    /// The first workspace's name.
    #[arg(long)]
    pub workspace: String,
    /// The owner's e-mail address.
    #[arg(long)]
    pub owner: String,
    /// Make a code for a second operator, too: what one operator may not do alone then works from the first day.
    #[arg(long)]
    pub second_operator: bool,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// How to reach and address a running server.
#[derive(Debug, Clone, Args)]
pub struct Server {
    /// The console door's address.
    #[arg(long, env = "HOLDFAST_SERVER", default_value = "http://localhost:7071", value_name = "URL")]
    pub server: String,
    /// A file with the API token; or set HOLDFAST_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The workspace; needed only where the token has more than one.
    #[arg(long, value_name = "ID")]
    pub workspace: Option<String>,
}

/// `holdfast drill`
#[derive(Debug, Args)]
pub struct Drill {
    /// Which drill; all of them if absent.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Print the steps as JSON.
    #[arg(long)]
    pub json: bool,
    /// Write a page that stands alone.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Play only this step, and those that it stands on. May be given several times.
    #[arg(long, value_name = "STEP")]
    pub step: Vec<String>,
    /// The negative control: open the door of this step first, by means that an admin has; the drill must then report the breach.
    /// May be given several times.
    #[arg(long, value_name = "STEP")]
    pub open_door: Vec<String>,
    /// The Chromium for steps that need a browser; found on the path if absent.
    #[arg(long, value_name = "FILE")]
    pub browser: Option<PathBuf>,
    /// Play the full figures instead of those that end within minutes.
    #[arg(long)]
    pub long: bool,
    /// Print which drills and steps there are.
    #[arg(long)]
    pub list: bool,
}

/// `holdfast attribute`
#[derive(Debug, Args)]
pub struct Attribute {
    /// How to reach the server; the token needs the scope ledger:read.
    #[command(flatten)]
    pub server: Server,
    /// The leaked file: CSV, JSON lines, or any text; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print what was found as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast review`
#[derive(Debug, Args)]
pub struct Review {
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print the whole review as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast incident …`
#[derive(Debug, Subcommand)]
pub enum Incident {
    /// Print whom a session, principal, token or address was shown, which fields, and what it did; needs a token with `ledger:read`.
    Scope(IncidentScope),
}

/// `holdfast incident scope`
#[derive(Debug, Args)]
pub struct IncidentScope {
    /// A session's id.
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// A member's or operator's id.
    #[arg(long, value_name = "ID", conflicts_with = "token")]
    pub principal: Option<String>,
    /// A token's id.
    #[arg(long, value_name = "ID")]
    pub token: Option<String>,
    /// An address, or a network of it (/24, or /64 of IPv6).
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// From this day or instant on, UTC.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Before this day or instant.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Only entries before this one: the `before` of an older answer makes that very answer again.
    #[arg(long, value_name = "NUMBER")]
    pub before: Option<u64>,
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print the whole answer as JSON, byte for byte as its digest is made of it.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast access …`
#[derive(Debug, Subcommand)]
pub enum Access {
    /// Print what must never be allowed and is proved not to be, and who may do what by role; asks no server.
    Rules {
        /// Print the policies and their schema in full.
        #[arg(long)]
        full: bool,
    },
    /// Print who may do what in the workspace, by id; the look keeps it in the ledger.
    Show {
        /// Which server.
        #[command(flatten)]
        server: Server,
        /// As it was kept last before this instant (2026-11-22T12:00:00Z).
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what changed; exit 1 if anything did.
    Diff {
        /// Which server.
        #[command(flatten)]
        server: Server,
        /// The state that was kept last before this instant.
        #[arg(long, value_name = "TIME")]
        from: String,
        /// And before this one; now if absent.
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
    },
}

/// `holdfast ledger …`
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check the whole ledger, against an older checkpoint if given; or check the proof of one entry, which needs no data.
    Verify(LedgerVerify),
    /// Print the proof of one entry: what it says and that it stands in the ledger. It can be checked offline.
    Prove {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// The entry's number.
        index: u64,
    },
    /// Print how far the ledger is and how far its witnesses have seen it; exit 1 if one of them refuses it.
    Status {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the ledger's public key, for witnesses and auditors.
    Key {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// Print the key that opens payloads instead: whoever has it can read every entry in a copy of the ledger.
        #[arg(long)]
        payload: bool,
    },
}

/// `holdfast ledger verify`
#[derive(Debug, Args)]
pub struct LedgerVerify {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// An older checkpoint, kept somewhere else.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// The proof of one entry, to be checked instead of the data.
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with = "checkpoint")]
    pub proof: Option<PathBuf>,
    /// The ledger's public key, for the proof.
    #[arg(long, requires = "proof")]
    pub key: Option<String>,
    /// A witness's public key: its cosignature must be there; may be given more than once.
    #[arg(long, value_name = "KEY")]
    pub witness: Vec<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast witness …`
#[derive(Debug, Subcommand)]
pub enum Witness {
    /// Make a witness's key and print its public half.
    Init {
        /// Where the witness keeps its key and what it saw.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Its name, by convention a URL without its scheme; fixed for good.
        #[arg(long)]
        name: String,
    },
    /// Cosign the checkpoints of ledgers that continue what was seen of them before (C2SP tlog-witness).
    Serve {
        /// Where the witness keeps its key and what it saw.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Where it listens.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7072")]
        listen: SocketAddr,
        /// The public key of a ledger to watch; may be given more than once.
        #[arg(long, required = true, value_name = "KEY")]
        log: Vec<String>,
        /// Print a line of JSON when it listens.
        #[arg(long)]
        json: bool,
    },
}

/// `holdfast shield …`
#[derive(Debug, Subcommand)]
pub enum Shield {
    /// Say what each case of a JSONL file is; `-` or nothing is standard input.
    Classify {
        /// The cases.
        file: Option<PathBuf>,
    },
    /// Judge labelled cases and print how well that went.
    Score {
        /// The labelled cases.
        file: PathBuf,
        /// Print the table as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `holdfast breached …`
#[derive(Debug, Subcommand)]
pub enum Breached {
    /// Make the filter that passwords are held against, in place of the one before. A running server uses it at once.
    Import {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// A line each: a SHA-1 in hexadecimal, perhaps with `:` and a count, or a password. `-` is standard input.
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `holdfast backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// Where the running server's data is.
    #[command(flatten)]
    pub place: Place,
    /// The folder that shall hold the backup; it must not exist yet.
    pub into: PathBuf,
    /// An age recipient (`age1…`); may be given more than once.
    #[arg(long, required = true, value_name = "RECIPIENT")]
    pub recipient: Vec<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// Where the data shall be; it must be empty or absent.
    #[command(flatten)]
    pub place: Place,
    /// The backup's folder.
    pub from: PathBuf,
    /// A file with an age identity (`AGE-SECRET-KEY-1…`).
    #[arg(long, required = true, value_name = "FILE")]
    pub identity: PathBuf,
    /// The list of what was purged, as `holdfast purges export` writes it, or the data directory that it lies in. Found by itself
    /// where the old data directory lies beside the new one.
    #[arg(long, value_name = "FILE")]
    pub purges: Option<PathBuf>,
    /// Restore although the list is lost: what was purged after the backup was made comes back. It is entered in the ledger, and
    /// operators are shown it.
    #[arg(long, conflicts_with = "purges")]
    pub without_purges: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast purges …`
#[derive(Debug, Subcommand)]
pub enum Purges {
    /// Write the list as of now to a file, to be kept with the backups. It holds no values.
    Export {
        /// Where the running server's data is.
        #[command(flatten)]
        place: Place,
        /// The file; it must not exist yet.
        into: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `holdfast mode …`
#[derive(Debug, Subcommand)]
pub enum Mode {
    /// Refuse every change in every workspace; collecting goes on. An operator ends it in the console, under Operations.
    ReadOnly {
        /// Where the running server's data is.
        #[command(flatten)]
        place: Place,
        /// Why; people see it.
        #[arg(long)]
        reason: String,
    },
    /// End every session and token at once.
    Lockdown {
        /// Where the running server's data is.
        #[command(flatten)]
        place: Place,
        /// Why; people see it.
        #[arg(long)]
        reason: String,
    },
}

/// `holdfast recover`
#[derive(Debug, Args)]
pub struct Recover {
    /// Where the running server's data is.
    #[command(flatten)]
    pub place: Place,
    /// The owner's e-mail address.
    #[arg(long)]
    pub owner: String,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast notices …`
#[derive(Debug, Subcommand)]
pub enum Notices {
    /// Send a test notice by every channel of a running server on this host; exit 1 if none took it.
    Test {
        /// Where the running server's data is.
        #[command(flatten)]
        place: Place,
        /// To those who run this workspace (ws_…); to the operators where none is named.
        #[arg(long)]
        workspace: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `holdfast routes`
#[derive(Debug, Args)]
pub struct Routes {
    /// Print the table as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the configuration and print the effective one, secrets masked.
    Check {
        /// Where the configuration is.
        #[command(flatten)]
        place: Place,
    },
    /// Print the commented default file.
    Default,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
