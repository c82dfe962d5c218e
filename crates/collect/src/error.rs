//! What can go wrong with sources and counts. What goes wrong with a request is a reply, not an error.

use control::ControlError;
use model::WorkspaceId;

/// A source could not be made or changed, or the counts could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The database refused or failed.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// There is no such source in this workspace.
    #[error("there is no such source in this workspace")]
    NoSource,
    /// The name cannot be used.
    #[error("name: want 1 to {bytes_max} bytes without control characters")]
    Name {
        /// The longest name.
        bytes_max: usize,
    },
    /// Shield rules that were accepted once cannot be read any more.
    #[error(
        "shield rules, set {version}: cannot be read or compiled; they came from a newer version, or the database is damaged"
    )]
    Rules {
        /// The number of the set.
        version: u32,
    },
    /// Somebody else changed the rules meanwhile.
    #[error("the rules are at version {present} now, not {based_on}: read them again and repeat the change")]
    RulesChanged {
        /// What is in force.
        present: u32,
        /// What the change was made from.
        based_on: u32,
    },
    /// There is no such plan in this workspace.
    #[error("there is no such plan in this workspace")]
    NoPlan,
    /// Somebody else changed the plan meanwhile.
    #[error("the plan is not at version {based_on} any more")]
    PlanChanged {
        /// What the change was made from; 0 where there was no plan.
        based_on: u32,
        /// What is there now; nothing where there is no plan of that name.
        present: Option<Box<crate::planned::table::PlanSummary>>,
    },
    /// The workspace has as many plans as it may have.
    #[error("a workspace has at most {max} plans: change one that is no longer used")]
    TooManyPlans {
        /// How many it may have.
        max: u32,
    },
    /// A plan that was accepted once cannot be used any more.
    #[error(
        "plan `{name}`, version {version}: cannot be read or compiled; it came from a newer version, or the database is damaged"
    )]
    PlanUnusable {
        /// Which plan.
        name: String,
        /// Which version.
        version: u32,
    },
    /// The quarantine refused or failed.
    #[error(transparent)]
    Quarantine(#[from] crate::quarantine::QuarantineError),
    /// Events could not be appended, and still wait.
    #[error("the events could not be released and still wait")]
    NotReleased(#[source] journal::AppendError),
    /// The quota cannot be used.
    #[error("events_per_s: want 1 to {max}, or nothing for the configuration's")]
    Quota {
        /// The highest one.
        max: u32,
    },
    /// There is no such advisory in this workspace.
    #[error("there is no such advisory in this workspace")]
    NoAdvisory,
    /// An advisory that was accepted once cannot be read any more.
    #[error(
        "advisory {id} of workspace {workspace}: cannot be read; it came from a newer version, or the database is damaged"
    )]
    AdvisoryUnusable {
        /// Its number.
        id: i64,
        /// Whose it is.
        workspace: WorkspaceId,
    },
    /// A field of an advisory cannot be used.
    #[error("{field}: want at most {bytes_max} bytes without control characters")]
    Advisory {
        /// Which one.
        field: &'static str,
        /// The longest one.
        bytes_max: usize,
    },
    /// The workspace has as many advisories as it may have.
    #[error("a workspace has at most {max} advisories: lift one that is no longer needed")]
    TooManyAdvisories {
        /// How many it may have.
        max: u32,
    },
    /// The workspace has as many sources as it may have.
    #[error("a workspace has at most {max} sources: disable one that is no longer used")]
    TooManySources {
        /// How many it may have.
        max: u32,
    },
}

impl From<rusqlite::Error> for CollectError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Control(error.into())
    }
}
