//! Advisories: versions of an SDK that are refused, in whole or what they capture by themselves. The table, and the
//! list in force, which every request reads without waiting (docs/advisories.md).

mod versions;

use std::collections::HashMap;
use std::sync::Arc;

use control::Database;
use model::origin::{Context, is_autocaptured};
use model::{Event, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::CollectError;
use crate::snapshot::Snapshot;

pub use versions::Versions;

/// The most advisories of one workspace.
pub const ADVISORIES_MAX: u32 = 200;
/// The longest name of an SDK, and the longest reason, in bytes.
pub const SDK_BYTES_MAX: usize = 64;
/// As above.
pub const REASON_BYTES_MAX: usize = 500;
/// What our own SDK is called.
const OURS: &str = "holdfast.js";

/// What an advisory stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stops {
    /// What was captured automatically.
    Autocapture,
    /// Everything.
    All,
}

impl Stops {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Autocapture => "autocapture",
            Self::All => "all",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Autocapture, Self::All].into_iter().find(|stops| stops.as_str() == name)
    }
}

/// What a member says about an SDK.
#[derive(Clone, Debug)]
pub struct NewAdvisory {
    /// The name that the library gives itself.
    pub sdk: String,
    /// Which versions of it.
    pub versions: Versions,
    /// What is stopped.
    pub stops: Stops,
    /// Why, for people.
    pub reason: String,
}

/// An advisory in force.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What it says.
    pub says: NewAdvisory,
    /// Who made it.
    pub made_by: String,
    /// When, milliseconds since 1970, UTC.
    pub created_ms: i64,
}

impl Advisory {
    fn names(&self, sdk: &str, version: &str) -> bool {
        self.says.sdk.eq_ignore_ascii_case(sdk) && self.says.versions.hold(version)
    }
}

/// The advisories of a workspace, oldest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<Advisory>, CollectError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from advisory where workspace = ?1 order by id"))?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], from_row)?;
    rows.map(|row| row?).collect()
}

/// Puts an advisory in force once [`crate::Collector::reload_advisories`] is called after the commit.
///
/// # Errors
/// Too many advisories, a name or reason that is too long, or the database's.
pub fn create(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    says: &NewAdvisory,
    (made_by, now_ms): (&str, i64),
) -> Result<Advisory, CollectError> {
    if says.sdk.is_empty() || says.sdk.len() > SDK_BYTES_MAX || says.sdk.chars().any(char::is_control) {
        return Err(CollectError::Advisory { field: "sdk", bytes_max: SDK_BYTES_MAX });
    }
    if says.reason.len() > REASON_BYTES_MAX {
        return Err(CollectError::Advisory { field: "reason", bytes_max: REASON_BYTES_MAX });
    }
    let count: u32 = tx.query_row(
        "select count(*) from advisory where workspace = ?1",
        [workspace.0.to_be_bytes()],
        |row| row.get(0),
    )?;
    if count >= ADVISORIES_MAX {
        return Err(CollectError::TooManyAdvisories { max: ADVISORIES_MAX });
    }
    tx.execute(
        "insert into advisory (workspace, sdk, versions, what, reason, made_by, created_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            workspace.0.to_be_bytes(),
            says.sdk,
            says.versions.to_string(),
            says.stops.as_str(),
            says.reason,
            made_by,
            now_ms
        ],
    )?;
    let (id, says) = (tx.last_insert_rowid(), says.clone());
    Ok(Advisory { id, workspace, says, made_by: made_by.to_owned(), created_ms: now_ms })
}

/// Lifts an advisory, one that cannot be read too; as with [`create`], tell the collector afterwards. Gives which
/// SDK and versions it named.
///
/// # Errors
/// [`CollectError::NoAdvisory`], or the database's.
pub fn remove(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: i64,
) -> Result<(String, String), CollectError> {
    let mut statement =
        tx.prepare_cached("delete from advisory where workspace = ?1 and id = ?2 returning sdk, versions")?;
    let named = statement
        .query_row(params![workspace.0.to_be_bytes(), id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    named.ok_or(CollectError::NoAdvisory)
}

const COLUMNS: &str = "id, workspace, sdk, versions, what, reason, made_by, created_ms";

/// What cannot be read must not be passed over: what it was to stop would be taken again, and nobody told.
fn from_row(row: &Row<'_>) -> rusqlite::Result<Result<Advisory, CollectError>> {
    let (versions, stops): (String, String) = (row.get(3)?, row.get(4)?);
    let (id, workspace) = (row.get(0)?, WorkspaceId(u128::from_be_bytes(row.get(1)?)));
    let (Some(versions), Some(stops)) = (Versions::parse(&versions), Stops::from_name(&stops)) else {
        return Ok(Err(CollectError::AdvisoryUnusable { id, workspace }));
    };
    Ok(Ok(Advisory {
        id,
        workspace,
        says: NewAdvisory { sdk: row.get(2)?, versions, stops, reason: row.get(5)? },
        made_by: row.get(6)?,
        created_ms: row.get(7)?,
    }))
}

type InForce = HashMap<WorkspaceId, Arc<Vec<Advisory>>>;

/// Every advisory in force, by workspace.
pub(crate) struct Advisories(Snapshot<InForce>);

impl Advisories {
    /// As the database has them.
    pub fn load(control: &Database) -> Result<Self, CollectError> {
        Ok(Self(Snapshot::load(control, in_force)?))
    }

    /// Takes over what has been committed.
    pub fn reload(&self, control: &Database) -> Result<(), CollectError> {
        self.0.reload(control)
    }

    /// Those of a workspace, if it has any.
    pub fn of(&self, workspace: WorkspaceId) -> Option<Arc<Vec<Advisory>>> {
        self.0.get().get(&workspace).cloned()
    }

    /// Whether an SDK may capture automatically. One that gives no name is asked as ours in every version.
    pub fn may_autocapture(&self, workspace: WorkspaceId, sdk: Option<&str>, version: &str) -> bool {
        let Some(advisories) = self.of(workspace) else { return true };
        !advisories.iter().any(|advisory| advisory.names(sdk.unwrap_or(OURS), version))
    }
}

fn in_force(control: &Database) -> Result<InForce, CollectError> {
    let all: Vec<Advisory> = control.read(|tx| {
        let mut statement = tx.prepare_cached(&format!("select {COLUMNS} from advisory order by id"))?;
        let rows = statement.query_map([], from_row)?;
        rows.map(|row| row?).collect::<Result<_, CollectError>>()
    })?;
    let mut by_workspace: HashMap<WorkspaceId, Vec<Advisory>> = HashMap::new();
    for advisory in all {
        by_workspace.entry(advisory.workspace).or_default().push(advisory);
    }
    Ok(by_workspace.into_iter().map(|(workspace, list)| (workspace, Arc::new(list))).collect())
}

/// Whether an advisory meets an event.
pub(crate) fn meets(advisories: &[Advisory], event: &Event<'_>) -> bool {
    let context = Context::read(&event.context);
    let mut automatic = None;
    advisories.iter().any(|advisory| {
        advisory.names(&context.sdk, &context.sdk_version)
            && (advisory.says.stops == Stops::All
                || *automatic.get_or_insert_with(|| is_autocaptured(&event.name, context.autocapture)))
    })
}
