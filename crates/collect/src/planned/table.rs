//! Plans and their versions in `control.db`. A version is never changed; a workspace has at most one active plan, whose
//! newest version judges.

use model::WorkspaceId;
use plan::Plan;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::CollectError;

/// The most plans of a workspace.
pub const PLANS_MAX: u32 = 20;
/// How many versions of a plan are kept; older ones go.
pub const VERSIONS_KEPT: u32 = 500;

/// A plan without its document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanSummary {
    /// Its name.
    pub name: String,
    /// Its newest version.
    pub version: u32,
    /// Whether it judges.
    pub active: bool,
    /// When the newest version was made, milliseconds since 1970, UTC.
    pub changed_ms: i64,
    /// Who made it.
    pub changed_by: String,
}

/// One version of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanVersion {
    /// Its number, from 1.
    pub version: u32,
    /// When it was made, milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// Who made it.
    pub made_by: String,
    /// The document.
    pub document: String,
}

/// What a put did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Put {
    /// The newest version now.
    pub version: u32,
    /// Whether it is a new one; a document that says the same as before makes none.
    pub made: bool,
    /// Whether the plan judges.
    pub active: bool,
}

/// The plans of a workspace by name.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<PlanSummary>, CollectError> {
    let mut statement =
        tx.prepare_cached(&format!("{SUMMARY} where plan.workspace = ?1 order by plan.name"))?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], summary)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The plan of that name.
///
/// # Errors
/// The database's.
pub fn by_name(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<PlanSummary>, CollectError> {
    let mut statement =
        tx.prepare_cached(&format!("{SUMMARY} where plan.workspace = ?1 and plan.name = ?2"))?;
    Ok(statement.query_row(params![workspace.0.to_be_bytes(), name], summary).optional()?)
}

/// A version of a plan, the newest where none is named.
///
/// # Errors
/// The database's.
pub fn version(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
    version: Option<u32>,
) -> Result<Option<PlanVersion>, CollectError> {
    let mut statement = tx.prepare_cached(
        "select version, made_ms, made_by, document from plan_version
         where workspace = ?1 and name = ?2 and version <= ?3 order by version desc limit 1",
    )?;
    let wanted = version.unwrap_or(u32::MAX);
    let found = statement
        .query_row(params![workspace.0.to_be_bytes(), name, wanted], |row| {
            Ok(PlanVersion {
                version: row.get(0)?,
                made_ms: row.get(1)?,
                made_by: row.get(2)?,
                document: row.get(3)?,
            })
        })
        .optional()?;
    Ok(found.filter(|found| version.is_none_or(|wanted| wanted == found.version)))
}

/// The versions of a plan without their documents, the newest first.
///
/// # Errors
/// The database's.
pub fn versions(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Vec<PlanVersion>, CollectError> {
    let mut statement = tx.prepare_cached(
        "select version, made_ms, made_by from plan_version where workspace = ?1 and name = ?2
         order by version desc",
    )?;
    let rows = statement.query_map(params![workspace.0.to_be_bytes(), name], |row| {
        let (version, made_ms, made_by) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(PlanVersion { version, made_ms, made_by, document: String::new() })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes a new version, or a new plan, which becomes the active one where there is none. `based_on` is the version that it
/// was made from, 0 where there was no plan of that name; without it, it replaces whatever is the newest. The caller tells
/// [`crate::Collector::reload_plans`] after the commit.
///
/// # Errors
/// Another version came between, too many plans, or the database's.
pub fn put(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    plan: &Plan,
    based_on: Option<u32>,
    (by, now_ms): (&str, i64),
) -> Result<Put, CollectError> {
    let id = workspace.0.to_be_bytes();
    let document = plan.text();
    let known = by_name(tx, workspace, &plan.name)?;
    if let Some(known) = &known
        && version(tx, workspace, &plan.name, None)?.is_some_and(|latest| latest.document == document)
    {
        return Ok(Put { version: known.version, made: false, active: known.active });
    }
    if let Some(based_on) = based_on
        && based_on != known.as_ref().map_or(0, |known| known.version)
    {
        return Err(CollectError::PlanChanged { based_on, present: known.map(Box::new) });
    }
    let put = match known {
        Some(known) => Put { version: known.version + 1, made: true, active: known.active },
        None => {
            let plans = list(tx, workspace)?;
            if plans.len() >= PLANS_MAX as usize {
                return Err(CollectError::TooManyPlans { max: PLANS_MAX });
            }
            let active = plans.iter().all(|other| !other.active);
            tx.execute(
                "insert into plan (workspace, name, active) values (?1, ?2, ?3)",
                params![id, plan.name, active],
            )?;
            Put { version: 1, made: true, active }
        }
    };
    tx.execute(
        "insert into plan_version (workspace, name, version, made_ms, made_by, document)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, plan.name, put.version, now_ms, by, document],
    )?;
    tx.execute(
        "delete from plan_version where workspace = ?1 and name = ?2 and version <= ?3",
        params![id, plan.name, i64::from(put.version) - i64::from(VERSIONS_KEPT)],
    )?;
    Ok(put)
}

/// Makes a plan the one that judges, or stops it from judging; gives the name of the one that judged before. The caller
/// tells [`crate::Collector::reload_plans`] after the commit.
///
/// # Errors
/// No such plan, or the database's.
pub fn set_active(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
    active: bool,
) -> Result<Option<String>, CollectError> {
    let before = list(tx, workspace)?.into_iter().find(|plan| plan.active).map(|plan| plan.name);
    let id = workspace.0.to_be_bytes();
    if active {
        tx.execute("update plan set active = 0 where workspace = ?1 and active = 1", params![id])?;
    }
    let changed = tx.execute(
        "update plan set active = ?3 where workspace = ?1 and name = ?2",
        params![id, name, active],
    )?;
    if changed != 1 {
        return Err(CollectError::NoPlan);
    }
    Ok(before)
}

/// The newest versions of the active plans of all workspaces that are not deleted.
pub(super) fn active(tx: &Transaction<'_>) -> Result<Vec<(WorkspaceId, String, u32, String)>, CollectError> {
    let mut statement = tx.prepare_cached(
        "select plan.workspace, plan.name from plan join workspace on workspace.id = plan.workspace
         where plan.active = 1 and workspace.deleted_ms is null",
    )?;
    let plans: Vec<([u8; 16], String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut active = Vec::with_capacity(plans.len());
    for (bytes, name) in plans {
        let workspace = WorkspaceId(u128::from_be_bytes(bytes));
        if let Some(latest) = version(tx, workspace, &name, None)? {
            active.push((workspace, name, latest.version, latest.document));
        }
    }
    Ok(active)
}

const SUMMARY: &str = "select plan.name, latest.version, plan.active, latest.made_ms, latest.made_by from plan
    join plan_version latest on latest.workspace = plan.workspace and latest.name = plan.name
     and latest.version = (select max(version) from plan_version v where v.workspace = plan.workspace and v.name = plan.name)";

fn summary(row: &Row<'_>) -> rusqlite::Result<PlanSummary> {
    Ok(PlanSummary {
        name: row.get(0)?,
        version: row.get(1)?,
        active: row.get(2)?,
        changed_ms: row.get(3)?,
        changed_by: row.get(4)?,
    })
}
