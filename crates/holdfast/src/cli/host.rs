//! What can be typed on the host about an installation: its keys (a workspace's while the server runs, the master while it is
//! stopped), its database.

use std::path::PathBuf;

use clap::Subcommand;

use super::Place;

/// `holdfast keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Say which master key the data needs, where the configuration says that it is, and whether it opens the data.
    Status {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// Say it of this workspace's own key instead, from the running server.
        #[arg(long, value_name = "ID")]
        workspace: Option<String>,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Replace the master key on a server that is stopped; the new one is made where the configuration says. With --workspace,
    /// replace that workspace's own key on a server that runs.
    Rotate {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// The file with the present master key; needed unless a transit service opens it.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// The workspace that gets another key; what the one before sealed is sealed anew in the background.
        #[arg(long, value_name = "ID", conflicts_with = "from")]
        workspace: Option<String>,
    },
}

/// `holdfast database …`, on a server that is stopped
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Say whether what gives or limits power is as it was last written; exit 1 and name what differs if not.
    Check {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Accept what is there: every session and token ends, and the installation is read-only until a second person says
    /// otherwise. It is entered in the ledger, and operators are told.
    Accept {
        /// Where the data is.
        #[command(flatten)]
        place: Place,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}
