//! Sources: where events come from. The table, and what members do with it.
//!
//! A write key is public. It stands in pages that everybody can read, it may only append, and it is
//! stored plain so that it can be shown again. A rotation leaves the old key working for a while,
//! because the copies of an SDK in the world change slowly.

use model::{SourceId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::CollectError;

/// The longest name of a source.
const NAME_BYTES_MAX: usize = 200;
/// The most sources of a workspace; further ones are refused.
const SOURCES_MAX: u32 = 500;
const COLUMNS: &str = "id, workspace, name, write_key, previous_write_key, previous_until_ms, created_ms, disabled_ms, events_per_s";
/// The highest quota that a source can be given.
pub const EVENTS_PER_S_MAX: u32 = 10_000_000;

/// Where events come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What members call it.
    pub name: String,
    /// The key that senders give.
    pub write_key: String,
    /// The key before the last rotation, with the time until which it is accepted.
    pub previous: Option<PreviousKey>,
    /// When it was made, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// Since when it takes nothing any more.
    pub disabled_ms: Option<i64>,
    /// How many events a second it may send; `None` is what the configuration says.
    pub events_per_s: Option<u32>,
}

/// A write key that has been replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreviousKey {
    /// The key.
    pub write_key: String,
    /// Until when it is accepted, milliseconds since 1970, UTC.
    pub until_ms: i64,
}

/// Every source of a workspace, oldest first, disabled ones too.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<Source>, CollectError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from source where workspace = ?1 order by id"))?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every source of every workspace that is not deleted.
pub(crate) fn list_all(tx: &Transaction<'_>) -> Result<Vec<Source>, CollectError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {COLUMNS} from source where workspace in (select id from workspace where deleted_ms is null)"
    ))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes a source with a write key of its own. The caller reloads [`crate::Sources`] after the commit.
///
/// # Errors
/// A name that cannot be used, too many sources, or the database's.
pub fn create(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    name: &str,
    now_ms: i64,
) -> Result<Source, CollectError> {
    let name = checked_name(name)?;
    let count: u32 = tx.query_row(
        "select count(*) from source where workspace = ?1",
        [workspace.0.to_be_bytes()],
        |row| row.get(0),
    )?;
    if count >= SOURCES_MAX {
        return Err(CollectError::TooManySources { max: SOURCES_MAX });
    }
    let source = Source {
        id: SourceId::new(now_ms),
        workspace,
        name: name.to_owned(),
        write_key: new_write_key(),
        previous: None,
        created_ms: now_ms,
        disabled_ms: None,
        events_per_s: None,
    };
    tx.execute(
        "insert into source (id, workspace, name, write_key, created_ms) values (?1, ?2, ?3, ?4, ?5)",
        params![source.id.0.to_be_bytes(), workspace.0.to_be_bytes(), source.name, source.write_key, now_ms],
    )?;
    Ok(source)
}

/// Gives the source a new write key; the present one is accepted until `previous_until_ms`, and one
/// from an earlier rotation no longer. The caller reloads [`crate::Sources`] after the commit.
///
/// # Errors
/// No such source, or the database's.
pub fn rotate(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
    previous_until_ms: i64,
) -> Result<Source, CollectError> {
    let changed = tx.execute(
        "update source set previous_write_key = write_key, previous_until_ms = ?3, write_key = ?4
         where id = ?1 and workspace = ?2",
        params![id.0.to_be_bytes(), workspace.0.to_be_bytes(), previous_until_ms, new_write_key()],
    )?;
    found(tx, workspace, id, changed)
}

/// Stops the source from taking events, or lets it take them again (`disabled_ms` is `None`). Senders
/// still get their 200; what they send is counted as refused. The caller reloads [`crate::Sources`].
///
/// # Errors
/// No such source, or the database's.
pub fn set_disabled(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
    disabled_ms: Option<i64>,
) -> Result<Source, CollectError> {
    let changed = tx.execute(
        "update source set disabled_ms = ?3 where id = ?1 and workspace = ?2",
        params![id.0.to_be_bytes(), workspace.0.to_be_bytes(), disabled_ms],
    )?;
    found(tx, workspace, id, changed)
}

/// Gives the source another name.
///
/// # Errors
/// A name that cannot be used, no such source, or the database's.
pub fn rename(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
    name: &str,
) -> Result<Source, CollectError> {
    let name = checked_name(name)?;
    let changed = tx.execute(
        "update source set name = ?3 where id = ?1 and workspace = ?2",
        params![id.0.to_be_bytes(), workspace.0.to_be_bytes(), name],
    )?;
    found(tx, workspace, id, changed)
}

/// Sets how many events a second the source may send; `None` is what the configuration says. The caller
/// reloads [`crate::Sources`] after the commit.
///
/// # Errors
/// A quota of nothing or beyond [`EVENTS_PER_S_MAX`], no such source, or the database's.
pub fn set_quota(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
    events_per_s: Option<u32>,
) -> Result<Source, CollectError> {
    if events_per_s.is_some_and(|rate| !(1..=EVENTS_PER_S_MAX).contains(&rate)) {
        return Err(CollectError::Quota { max: EVENTS_PER_S_MAX });
    }
    let changed = tx.execute(
        "update source set events_per_s = ?3 where id = ?1 and workspace = ?2",
        params![id.0.to_be_bytes(), workspace.0.to_be_bytes(), events_per_s],
    )?;
    found(tx, workspace, id, changed)
}

/// The source of that id in that workspace.
///
/// # Errors
/// The database's.
pub fn by_id(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
) -> Result<Option<Source>, CollectError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from source where id = ?1 and workspace = ?2"))?;
    let key = [id.0.to_be_bytes(), workspace.0.to_be_bytes()];
    Ok(statement.query_row(key, from_row).optional()?)
}

fn found(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: SourceId,
    changed: usize,
) -> Result<Source, CollectError> {
    if changed != 1 {
        return Err(CollectError::NoSource);
    }
    by_id(tx, workspace, id)?.ok_or(CollectError::NoSource)
}

fn new_write_key() -> String {
    format!("wk_{}", stdx::random_text::<16>())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Source> {
    let previous: (Option<String>, Option<i64>) = (row.get(4)?, row.get(5)?);
    Ok(Source {
        id: SourceId(u128::from_be_bytes(row.get(0)?)),
        workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
        name: row.get(2)?,
        write_key: row.get(3)?,
        previous: match previous {
            (Some(write_key), Some(until_ms)) => Some(PreviousKey { write_key, until_ms }),
            _ => None,
        },
        created_ms: row.get(6)?,
        disabled_ms: row.get(7)?,
        events_per_s: row.get(8)?,
    })
}

fn checked_name(name: &str) -> Result<&str, CollectError> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(CollectError::Name { bytes_max: NAME_BYTES_MAX });
    }
    Ok(name)
}
