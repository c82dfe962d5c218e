//! Why something could not be done, for the caller; the cause is logged once, by the face that answers.

use std::error::Error;

use collect::planned::table::PlanSummary;
use door::Problem;
use jiff::Timestamp;

/// What went wrong, named after what it means for the caller.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What was named is not there.
    #[error("{what} is not here")]
    NotFound {
        /// What was looked for: `source`, `workspace`, …
        what: &'static str,
    },
    /// A field of the request is wrong.
    #[error("`{field}` is not right: {fix}")]
    Invalid {
        /// Its name or JSON pointer.
        field: String,
        /// What to write.
        fix: String,
    },
    /// A plan's document is wrong: everything that is.
    #[error("the plan is not right")]
    Plan(Vec<plan::Invalid>),
    /// The plan is at another version than the one a change was made from.
    #[error("the plan is not at version {based_on} any more")]
    PlanChanged {
        /// The version the change was made from; 0 where there was no plan.
        based_on: u32,
        /// The plan now; nothing where there is none of that name.
        present: Option<Box<PlanSummary>>,
    },
    /// It collides with what is there, or a limit is reached.
    #[error("{0}")]
    Conflict(String),
    /// Guard says no.
    #[error(transparent)]
    Denied(guard::Denied),
    /// A member has seen as many people as one may.
    #[error("{budget} people in {hours} h is what one member may see here")]
    Spent {
        /// How many people.
        budget: usize,
        /// In how many hours.
        hours: u32,
        /// When there is room again.
        retry_after_s: u64,
    },
    /// As much of it is under way as may be: waiting a moment helps.
    #[error("{0}")]
    Busy(String),
    /// The ledger takes no entries, so nothing is shown and nothing is changed.
    #[error("the ledger takes no entries, so nothing is shown or changed")]
    Unrecorded(#[source] ledger::LedgerError),
    /// Something broke on our side.
    #[error("something broke")]
    Broke(#[source] Box<dyn Error + Send + Sync>),
}

impl ServiceError {
    /// A cause that the caller can do nothing about.
    pub fn broke(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broke(error.into())
    }
}

impl From<ledger::LedgerError> for ServiceError {
    fn from(error: ledger::LedgerError) -> Self {
        Self::Unrecorded(error)
    }
}

impl From<control::ControlError> for ServiceError {
    fn from(error: control::ControlError) -> Self {
        Self::broke(error)
    }
}

impl From<collect::CollectError> for ServiceError {
    fn from(error: collect::CollectError) -> Self {
        match error {
            collect::CollectError::NoAdvisory => Self::NotFound { what: "advisory" },
            collect::CollectError::TooManyAdvisories { .. } => Self::Conflict(error.to_string()),
            collect::CollectError::Advisory { field, .. } => {
                Self::Invalid { field: field.to_owned(), fix: error.to_string() }
            }
            collect::CollectError::NoSource => Self::NotFound { what: "source" },
            collect::CollectError::NoPlan => Self::NotFound { what: "plan" },
            collect::CollectError::TooManySources { .. }
            | collect::CollectError::TooManyPlans { .. }
            | collect::CollectError::NotReleased(_) => Self::Conflict(error.to_string()),
            collect::CollectError::RulesChanged { .. } => Self::Conflict(error.to_string()),
            collect::CollectError::PlanChanged { based_on, present } => {
                Self::PlanChanged { based_on, present }
            }
            collect::CollectError::Name { .. } => {
                Self::Invalid { field: "name".to_owned(), fix: error.to_string() }
            }
            collect::CollectError::Quota { .. } => {
                Self::Invalid { field: "events_per_s".to_owned(), fix: error.to_string() }
            }
            other => Self::broke(other),
        }
    }
}

impl From<watch::WatchError> for ServiceError {
    fn from(error: watch::WatchError) -> Self {
        match error {
            watch::WatchError::NoAlarm => Self::NotFound { what: "alarm" },
            other => Self::broke(other),
        }
    }
}

impl From<rows::RowsError> for ServiceError {
    fn from(error: rows::RowsError) -> Self {
        match error {
            rows::RowsError::Unrecorded(error) => Self::Unrecorded(error),
            rows::RowsError::Spent { budget, hours, retry_after_s } => {
                Self::Spent { budget, hours, retry_after_s }
            }
            rows::RowsError::Scope { field, want } => Self::Invalid { field: field.to_owned(), fix: want },
            rows::RowsError::Untold(error) => error.into(),
            other => Self::broke(other),
        }
    }
}

impl From<incident::IncidentError> for ServiceError {
    fn from(error: incident::IncidentError) -> Self {
        use incident::IncidentError as Incident;
        match error {
            Incident::Nobody => Self::Invalid { field: "session".to_owned(), fix: error.to_string() },
            Incident::Window => Self::Invalid { field: "to".to_owned(), fix: error.to_string() },
            Incident::TooMany { .. } => Self::Invalid { field: "from".to_owned(), fix: error.to_string() },
            Incident::Text { field, want } => Self::Invalid { field: field.to_owned(), fix: want },
            Incident::Full { .. } | Incident::Contradicts => Self::Conflict(error.to_string()),
            Incident::Ledger(error) => Self::Unrecorded(error),
            Incident::Control(error) => error.into(),
        }
    }
}

impl From<store::StoreError> for ServiceError {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Cursor => Self::Invalid { field: "after".to_owned(), fix: error.to_string() },
            other => Self::broke(other),
        }
    }
}

impl From<campaign::CampaignError> for ServiceError {
    fn from(error: campaign::CampaignError) -> Self {
        use campaign::CampaignError as Campaign;
        match error {
            Campaign::NotFound(what) => Self::NotFound { what },
            Campaign::Invalid { field, fix } => Self::Invalid { field: field.to_owned(), fix },
            Campaign::Conflict(why) => Self::Conflict(why),
            Campaign::Guard(error) => error.into(),
            Campaign::Ledger(error) => Self::Unrecorded(error),
            Campaign::Rows(error) => error.into(),
            Campaign::People(error) => error.into(),
            Campaign::Segments(error) => error.into(),
            other => Self::broke(other),
        }
    }
}

impl From<::segments::SegmentError> for ServiceError {
    fn from(error: ::segments::SegmentError) -> Self {
        use ::segments::SegmentError as Segment;
        match error {
            Segment::NotFound(what) => Self::NotFound { what },
            Segment::Invalid { field, fix } => Self::Invalid { field, fix },
            Segment::Conflict(why) => Self::Conflict(why),
            Segment::Ledger(error) => Self::Unrecorded(error),
            Segment::People(error) => error.into(),
            Segment::Ask(error) => crate::questions::unanswered(error),
            other => Self::broke(other),
        }
    }
}

impl From<journal::AppendError> for ServiceError {
    fn from(error: journal::AppendError) -> Self {
        match error {
            journal::AppendError::Overloaded { .. } | journal::AppendError::Full => {
                Self::Conflict(error.to_string())
            }
            other => Self::broke(other),
        }
    }
}

impl From<people::PeopleError> for ServiceError {
    fn from(error: people::PeopleError) -> Self {
        match error {
            people::PeopleError::TooMany(_) => {
                Self::Invalid { field: "who".to_owned(), fix: error.to_string() }
            }
            other => Self::broke(other),
        }
    }
}

impl From<purge::PurgeError> for ServiceError {
    fn from(error: purge::PurgeError) -> Self {
        match error {
            purge::PurgeError::Wrong(wrong) => {
                Self::Invalid { field: wrong.field.to_owned(), fix: wrong.fix }
            }
            purge::PurgeError::TooMany { .. } => Self::Conflict(error.to_string()),
            purge::PurgeError::NoKeys => Self::NotFound { what: "workspace" },
            other => Self::broke(other),
        }
    }
}

/// The one place where what went wrong becomes a status, for every face.
impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound { .. } => Self::not_found(),
            ServiceError::Invalid { field, fix } => Self::invalid(&field, fix),
            ServiceError::Plan(errors) => plan_problem(&errors),
            ServiceError::PlanChanged { based_on, present } => plan_changed(based_on, present.as_deref()),
            ServiceError::Denied(denied) => denied.into(),
            ServiceError::Conflict(title) => Self::conflict(title),
            ServiceError::Spent { budget, hours, retry_after_s } => spent(budget, hours, retry_after_s),
            ServiceError::Busy(_) | ServiceError::Unrecorded(_) => Self::unavailable(error.to_string()),
            ServiceError::Broke(_) => Self::broke(&error),
        }
    }
}

/// Not too fast, but too many: waiting helps, and whoever runs the workspace has been told.
fn spent(budget: usize, hours: u32, retry_after_s: u64) -> Problem {
    let within = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
    let mut problem = Problem::new(
        http::StatusCode::TOO_MANY_REQUESTS,
        "people-budget",
        format!("you have seen {budget} people within {within}, which is as many as one member may"),
    )
    .detail("people you have seen already stay open to you; those who run the workspace were told. Ask a question instead, or come back later");
    problem.retry_after_s = Some(retry_after_s);
    problem
}

/// The first error as every problem document has it, and all of them beside it.
fn plan_problem(errors: &[plan::Invalid]) -> Problem {
    let Some(first) = errors.first() else { return Problem::invalid("", "write a plan") };
    let field = if first.pointer.is_empty() { "/" } else { &first.pointer };
    let mut problem = Problem::invalid(field, format!("{}: {}", first.problem, first.fix));
    problem.extra.insert("errors".to_owned(), serde_json::json!(errors));
    problem
}

/// Which version is there now and who made it: whom to speak with.
fn plan_changed(based_on: u32, present: Option<&PlanSummary>) -> Problem {
    let Some(present) = present else {
        let mut problem =
            Problem::conflict(format!("there is no plan of that name, so no version {based_on}"))
                .detail("send it with based_on=0 to make a new plan");
        problem.extra.insert("version".to_owned(), serde_json::json!(0));
        return problem;
    };
    let PlanSummary { version, changed_by, changed_ms, .. } = present;
    let mut problem =
        Problem::conflict(format!("the plan is at version {version}, and this was made from {based_on}"))
            .detail(format!(
                "{changed_by} made version {version}: read it, put your change into it, and send that with based_on={version}"
            ));
    let at = Timestamp::from_millisecond(*changed_ms).map(|at| format!("{at:.3}")).unwrap_or_default();
    problem.extra.insert("version".to_owned(), serde_json::json!(version));
    problem.extra.insert("changed_by".to_owned(), serde_json::json!(changed_by));
    problem.extra.insert("changed_at".to_owned(), serde_json::json!(at));
    problem
}

impl From<guard::GuardError> for ServiceError {
    fn from(error: guard::GuardError) -> Self {
        use guard::GuardError as Guard;
        match error {
            Guard::Denied(denied) => Self::Denied(denied),
            Guard::Invalid { field, want } => Self::Invalid { field: field.to_owned(), fix: want },
            Guard::Breached => Self::Invalid { field: "password".to_owned(), fix: error.to_string() },
            Guard::AlreadyMember
            | Guard::NoPasswords
            | Guard::NobodyElse
            | Guard::PowerElsewhere
            | Guard::LastOwner
            | Guard::LastOperator
            | Guard::NothingToRecover
            | Guard::KeyReplacing(_)
            | Guard::TooEarly { .. }
            | Guard::NotYet { .. }
            | Guard::HasPasskey
            | Guard::NeedsRecovery
            | Guard::SignInAgain
            | Guard::GrantIs { .. }
            | Guard::SendIsAnother
            | Guard::Installed => Self::Conflict(error.to_string()),
            Guard::OwnersOnly => Self::Denied(guard::Denied::Forbidden { why: "owners-only".to_owned() }),
            Guard::SecondPerson => Self::Denied(guard::Denied::Forbidden { why: "second-person".to_owned() }),
            Guard::Ledger(error) => Self::Unrecorded(error),
            other => Self::broke(other),
        }
    }
}
