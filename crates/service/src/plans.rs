//! Tracking plans: versions, what the active one does, how often it was violated, and a first draft from what arrived.

use collect::planned::counts::{self, Violated};
use collect::planned::table::{self, PlanSummary, PlanVersion, Put};
use guard::Granted;
use model::WorkspaceId;
use plan::draft::Sample;
use plan::{Draft, Mode, Plan, diff, typescript};
use serde_json::{Value, json};
use store::EventsFilter;

use crate::{ServiceError, Services};

/// For how many days a draft looks back at most.
pub const DRAFT_DAYS_MAX: u32 = 90;
/// How many events of one name a draft looks at: the newest ones.
const SAMPLES: usize = 200;
/// How many names a draft looks at: the most frequent ones.
const NAMES_MAX: usize = 200;
const DAY_MS: i64 = 86_400_000;
/// The name of the events that plans themselves cause.
const VIOLATED: &str = "Plan Violated";

/// A version of a plan, read.
#[derive(Clone, Debug)]
pub struct PlanRead {
    /// The plan as it is now.
    pub summary: PlanSummary,
    /// The version asked for, or the newest.
    pub version: PlanVersion,
    /// What it says.
    pub plan: Plan,
}

/// What a change of mode did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModeChange {
    /// The plan's version and whether it judges.
    pub put: Put,
    /// The plan that judged before, where it was another one.
    pub instead_of: Option<String>,
}

impl Services {
    /// The plans of the workspace.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn plans(&self, granted: &Granted, workspace: WorkspaceId) -> Result<Vec<PlanSummary>, ServiceError> {
        self.enter_look(granted, "plans.read", workspace.to_string(), json!({}))?;
        self.control.read(|tx| Ok(table::list(tx, workspace)?))
    }

    /// A version of a plan; the newest where none is named.
    ///
    /// # Errors
    /// No such plan or version, the database's, the ledger's.
    pub fn plan(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        version: Option<u32>,
    ) -> Result<PlanRead, ServiceError> {
        let read = self.read_plan(workspace, name, version)?;
        let detail = json!({ "version": read.version.version });
        self.enter_look(granted, "plan.read", &read.summary.name, detail)?;
        Ok(read)
    }

    /// The versions of a plan without their documents, the newest first.
    ///
    /// # Errors
    /// No such plan, the database's, the ledger's.
    pub fn plan_versions(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Vec<PlanVersion>, ServiceError> {
        let found = self.control.read(|tx| table::versions(tx, workspace, name))?;
        if found.is_empty() {
            return Err(NO_PLAN);
        }
        self.enter_look(granted, "plan.read", name, json!({ "versions": found.len() }))?;
        Ok(found)
    }

    /// What changed from one version of a plan to another.
    ///
    /// # Errors
    /// No such plan or version, the database's, the ledger's.
    pub fn plan_changes(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        (from, to): (u32, u32),
    ) -> Result<Vec<diff::Change>, ServiceError> {
        let before = self.read_plan(workspace, name, Some(from))?;
        let after = self.read_plan(workspace, name, Some(to))?;
        self.enter_look(granted, "plan.read", name, json!({ "from": from, "to": to }))?;
        Ok(diff::diff(&before.plan, &after.plan))
    }

    /// The typed client of a plan.
    ///
    /// # Errors
    /// No such plan or version, the database's, the ledger's.
    pub fn plan_client(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        version: Option<u32>,
    ) -> Result<String, ServiceError> {
        let read = self.plan(granted, workspace, name, version)?;
        Ok(typescript::client(&read.plan, read.version.version))
    }

    /// Makes a new version of a plan, or a new plan; when this returns, every event that arrives from now on is judged by
    /// it, if it is the active one. The first plan of a workspace is. `based_on` is the version it was made from, 0 for a new
    /// plan; without it, it replaces whatever is there.
    ///
    /// # Errors
    /// The document is wrong, another version came between, there are too many plans, the database's, the ledger's.
    pub fn put_plan(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        (document, based_on): (&Value, Option<u32>),
    ) -> Result<Put, ServiceError> {
        let plan = Plan::read(document, Some(name)).map_err(ServiceError::Plan)?;
        self.keep_plan(granted, workspace, &plan, based_on)
    }

    /// Sets the mode of a plan, or of one of its events: a version of its own, and the plan judges from now on. Without a
    /// mode the plan stops judging.
    ///
    /// # Errors
    /// No such plan or event, the database's, the ledger's.
    pub fn set_plan_mode(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        (mode, event): (Option<Mode>, Option<&str>),
    ) -> Result<ModeChange, ServiceError> {
        let mut read = self.read_plan(workspace, name, None)?;
        let detail = json!({ "mode": mode.map_or("off", Mode::as_str), "event": event });
        if let Some(mode) = mode
            && !read.plan.set_mode(event, mode)
        {
            return Err(ServiceError::Invalid {
                field: "event".to_owned(),
                fix: "name an event of the plan".to_owned(),
            });
        }
        let by = granted.principal.name.clone();
        let now_ms = self.clock.now_ms();
        let changed = self.change(granted.does("plan.mode", name, detail), |tx| {
            let before = table::set_active(tx, workspace, name, mode.is_some())?;
            // Made from what was read above: a version that came between is not overwritten.
            let based_on = Some(read.summary.version);
            let put = table::put(tx, workspace, &read.plan, based_on, (&by, now_ms))?;
            let instead_of = before.filter(|before| mode.is_some() && before != name);
            let detail = json!({ "version": put.version, "active": put.active, "instead_of": instead_of });
            Ok((ModeChange { put, instead_of }, detail))
        })?;
        self.collector.reload_plans()?;
        Ok(changed)
    }

    /// How often plans were violated in the last days, the newest day first.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn plan_violations(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        days: u32,
    ) -> Result<Vec<Violated>, ServiceError> {
        self.enter_look(granted, "plans.violations", workspace.to_string(), json!({ "days": days }))?;
        // What was counted within the last second is not in the table yet.
        self.collector.flush()?;
        let from = self.clock.now_ms().div_euclid(DAY_MS) - i64::from(days.clamp(1, 400)) + 1;
        self.control.read(|tx| Ok(counts::since(tx, workspace, from)?))
    }

    /// A first plan from what arrived in the last days: names and types, no value. It is not kept.
    ///
    /// # Errors
    /// A name that cannot be one, nothing arrived, the store's, the ledger's.
    pub fn draft_plan(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        days: u32,
    ) -> Result<Plan, ServiceError> {
        if !plan::document::is_name(name) {
            return Err(ServiceError::Invalid {
                field: "name".to_owned(),
                fix: "use small letters, digits, `-` and `_`".to_owned(),
            });
        }
        let from_ms = self.clock.now_ms() - i64::from(days.clamp(1, DRAFT_DAYS_MAX)) * DAY_MS;
        let catalogue = self.catalogue(granted, workspace);
        let names: Vec<&str> = catalogue
            .events
            .iter()
            .filter(|event| event.last_ms >= from_ms && event.name != VIOLATED)
            .map(|event| event.name.as_str())
            .take(NAMES_MAX)
            .collect();
        self.enter_look(granted, "plan.drafted", name, json!({ "events": names.len(), "days": days }))?;
        let mut draft = Draft::default();
        for event in names {
            let filter = EventsFilter {
                event: Some(event.to_owned()),
                from_ms: Some(from_ms),
                limit: SAMPLES,
                ..EventsFilter::default()
            };
            for event in self.store.events(workspace, &filter)?.events {
                draft.add(Sample {
                    kind: event.kind,
                    name: &event.name,
                    properties: &event.properties,
                    traits: &event.traits,
                });
            }
        }
        if draft.is_empty() {
            return Err(ServiceError::Conflict(
                "nothing arrived in that time: send events first, or look back further".to_owned(),
            ));
        }
        Ok(draft.finish(name))
    }

    /// Keeps a plan that was drafted.
    ///
    /// # Errors
    /// As [`Services::draft_plan`] and [`Services::put_plan`]; a plan of that name that is there already.
    pub fn keep_draft(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        name: &str,
        days: u32,
    ) -> Result<Put, ServiceError> {
        let draft = self.draft_plan(granted, workspace, name, days)?;
        if self.control.read(|tx| table::by_name(tx, workspace, name))?.is_some() {
            return Err(ServiceError::Conflict(format!(
                "there is a plan `{name}` already: choose another name"
            )));
        }
        self.keep_plan(granted, workspace, &draft, Some(0))
    }

    fn keep_plan(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        plan: &Plan,
        based_on: Option<u32>,
    ) -> Result<Put, ServiceError> {
        let by = granted.principal.name.clone();
        let now_ms = self.clock.now_ms();
        let detail = json!({ "mode": plan.mode.as_str(), "events": plan.events.len() });
        let put = self.change(granted.does("plan.changed", &plan.name, detail), |tx| {
            let put = table::put(tx, workspace, plan, based_on, (&by, now_ms))?;
            Ok((put, json!({ "version": put.version, "made": put.made, "active": put.active })))
        })?;
        self.collector.reload_plans()?;
        Ok(put)
    }

    fn read_plan(
        &self,
        workspace: WorkspaceId,
        name: &str,
        version: Option<u32>,
    ) -> Result<PlanRead, ServiceError> {
        let found = self.control.read(|tx| {
            let summary = table::by_name(tx, workspace, name)?;
            Ok::<_, ServiceError>(summary.zip(table::version(tx, workspace, name, version)?))
        })?;
        let (summary, version) = found.ok_or(NO_PLAN)?;
        let plan = Plan::read_text(&version.document, Some(name)).map_err(|_| {
            let unusable =
                collect::CollectError::PlanUnusable { name: name.to_owned(), version: version.version };
            ServiceError::broke(unusable)
        })?;
        Ok(PlanRead { summary, version, plan })
    }
}

const NO_PLAN: ServiceError = ServiceError::NotFound { what: "plan" };
