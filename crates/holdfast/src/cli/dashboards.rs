//! What can be typed about dashboards.

use clap::{Args, Subcommand};

use super::Server;

/// `holdfast dashboards …`; the token needs the scope questions:ask.
#[derive(Debug, Subcommand)]
pub enum Dashboards {
    /// The dashboards of a workspace.
    List(DashboardsList),
    /// A dashboard's numbers: a table a tile.
    Show(DashboardsOne),
    /// A dashboard as JSON, in the form in which one is made.
    Export(DashboardsExport),
}

/// `holdfast dashboards list`
#[derive(Debug, Args)]
pub struct DashboardsList {
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print the list as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast dashboards show`
#[derive(Debug, Args)]
pub struct DashboardsOne {
    /// The dashboard, by its id or name.
    pub dashboard: String,
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print the answers as JSON.
    #[arg(long)]
    pub json: bool,
}

/// `holdfast dashboards export`
#[derive(Debug, Args)]
pub struct DashboardsExport {
    /// The dashboard, by its id or name.
    pub dashboard: String,
    /// How to reach the server.
    #[command(flatten)]
    pub server: Server,
    /// Print it in one line.
    #[arg(long)]
    pub json: bool,
}
