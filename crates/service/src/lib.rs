//! What people and programs can do here, once for every face: the API and the console call the same functions.
//!
//! Each takes guard's `Granted`, so none can be called without a decision, and each looks only after its
//! entry in the ledger is durable. A change is an intent (durable), the commit, and an outcome.
//!
//! Everything here waits for disks: call it from a blocking thread.
//!
//! Modules in reading order: [`Services`], [`entry`] (looks and changes in the ledger), then a file per noun: [`sources`],
//! [`events`], [`looking`], [`lookup`], [`questions`], [`behind`], [`listing`], [`timeline`], [`findings`], [`segments`], [`dashboards`], [`rules`], [`plans`], [`quarantine`], [`purges`], [`grants`], [`identity`], [`review`], [`workspaces`], [`ledgers`], [`incidents`], [`doors`], [`sign_on`].
//!
//! Left to others: messages to people (`campaign`), people's rows (`rows`), members, tokens and sessions (`guard`), HTTP (`door`, `api`, `console`).

pub mod access;
pub mod advisories;
pub mod alarms;
pub mod behind;
mod catalogues;
pub mod dashboards;
pub mod doors;
mod entry;
mod error;
pub mod events;
pub mod findings;
pub mod grants;
pub mod identity;
pub mod incidents;
pub mod ledgers;
pub mod listing;
pub mod looking;
pub mod lookup;
pub mod plans;
pub mod purges;
pub mod quarantine;
pub mod questions;
pub mod report;
pub mod review;
pub mod rules;
pub mod segments;
mod shown;
pub mod sign_on;
pub mod sources;
pub mod status;
pub mod timeline;
pub mod workspaces;

use ::dashboards::Dashboards;
use ::segments::Segments;
use ::sql::Sql;
use campaign::Campaigns;
use collect::Collector;
use control::Database;
use guard::Guard;
use insight::Insight;
use journal::Intake;
use ledger::Ledger;
use people::People;
use purge::Purges;
use rows::Rows;
use stdx::Clock;
use store::Store;
use watch::Watch;

pub use catalogues::Catalogues;
pub use error::ServiceError;

/// The parts that answer. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// Who may.
    pub guard: Guard,
    /// Who did.
    pub ledger: Ledger,
    /// Decisions.
    pub control: Database,
    /// What arrives, and what was refused.
    pub collector: Collector,
    /// How decisions about people get into the log.
    pub intake: Intake,
    /// Who they are. Its rows leave through `rows` only.
    pub people: std::sync::Arc<People>,
    /// What they did.
    pub store: Store,
    /// What properties usually look like, and who sends how much.
    pub watch: Watch,
    /// Takes out what should not have been kept.
    pub purging: Purges,
    /// Answers.
    pub insight: Insight,
    /// Answers in SQL.
    pub sql: Sql,
    /// Audiences that people join and leave.
    pub segments: Segments,
    /// Questions side by side, shared, watched, told.
    pub dashboards: Dashboards,
    /// The only way out for people's rows.
    pub rows: Rows,
    /// Messages to people.
    pub campaigns: Campaigns,
    /// Names of events and properties, kept for a moment.
    pub catalogues: Catalogues,
    /// What time it is.
    pub clock: Clock,
    /// Who is at the doors.
    pub doors: doors::Doors,
    /// How far whoever follows the ledger from outside is.
    pub mirrored: mirror::Standings,
    /// Organisations' providers, and who is on the way to one.
    pub sign_on: std::sync::Arc<sign_on::SignOns>,
    /// What the outside is told.
    pub about: std::sync::Arc<About>,
}

/// What the outside is told about this server.
#[derive(Clone, Debug)]
pub struct About {
    /// The program's version.
    pub version: &'static str,
    /// The collect door as SDKs are told, without a slash at the end.
    pub collect_url: String,
    /// The console door as people type it, without a slash at the end.
    pub console_url: String,
    /// Whether this is the demo.
    pub demo: bool,
}
