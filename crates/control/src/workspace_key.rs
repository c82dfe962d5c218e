//! Another key for a workspace: the present one becomes the older one, kept wrapped until nothing is sealed under it any more.
//!
//! One at a time: a second replacement waits until the older key is gone, so that there are never more than two to open things
//! with. The hash seed is not replaced: identifiers are looked up by keyed hashes of values that are kept nowhere in clear.

use keys::Key;
use model::WorkspaceId;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::ControlError;
use crate::workspaces::binding;

/// How a workspace's key stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyState {
    /// Since when it is the present one, milliseconds since 1970, UTC.
    pub since_ms: i64,
    /// The one before it, while something may be sealed under it.
    pub older: Option<OlderKey>,
}

/// A key that was replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OlderKey {
    /// When it was replaced, milliseconds since 1970, UTC.
    pub replaced_ms: i64,
    /// The principal who had it replaced.
    pub replaced_by: String,
}

/// How the key of a workspace stands.
///
/// # Errors
/// No such workspace, or the database's.
pub fn state(tx: &Transaction<'_>, id: WorkspaceId) -> Result<KeyState, ControlError> {
    let mut statement = tx.prepare_cached(
        "select coalesce(w.key_made_ms, w.created_ms), o.replaced_ms, o.replaced_by
         from workspace w left join older_key o on o.workspace = w.id where w.id = ?1 and w.deleted_ms is null",
    )?;
    let found = statement
        .query_row([id.0.to_be_bytes()], |row| {
            let older = match row.get::<_, Option<i64>>(1)? {
                Some(replaced_ms) => Some(OlderKey { replaced_ms, replaced_by: row.get(2)? }),
                None => None,
            };
            Ok(KeyState { since_ms: row.get(0)?, older })
        })
        .optional()?;
    found.ok_or(ControlError::NoWorkspace)
}

/// Gives the workspace a fresh key, wrapped under `root`, and keeps the one before. The caller makes it the present one where
/// the keys are held open.
///
/// # Errors
/// [`ControlError::KeyReplacing`] while an older key is still needed, no such workspace, or the database's.
pub fn replace(
    tx: &Transaction<'_>,
    root: &Key,
    id: WorkspaceId,
    (by, now_ms): (&str, i64),
) -> Result<Key, ControlError> {
    if state(tx, id)?.older.is_some() {
        return Err(ControlError::KeyReplacing);
    }
    let fresh = Key::generate();
    tx.execute(
        "insert into older_key (workspace, wrapped, replaced_ms, replaced_by)
         select id, wrapped_seal, ?2, ?3 from workspace where id = ?1",
        params![id.0.to_be_bytes(), now_ms, by],
    )?;
    tx.execute(
        "update workspace set wrapped_seal = ?2, key_made_ms = ?3 where id = ?1",
        params![id.0.to_be_bytes(), root.wrap(&fresh, &binding(id, "seal")), now_ms],
    )?;
    Ok(fresh)
}

/// The workspaces that still have an older key.
///
/// # Errors
/// The database's.
pub fn with_older(tx: &Transaction<'_>) -> Result<Vec<WorkspaceId>, ControlError> {
    let mut statement = tx.prepare_cached("select workspace from older_key order by replaced_ms")?;
    let rows = statement.query_map([], |row| Ok(WorkspaceId(u128::from_be_bytes(row.get(0)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Destroys the older key: what is still sealed under it cannot be opened again. The caller makes sure that nothing is.
///
/// # Errors
/// The database's.
pub fn destroy_older(tx: &Transaction<'_>, id: WorkspaceId) -> Result<(), ControlError> {
    tx.execute("delete from older_key where workspace = ?1", [id.0.to_be_bytes()])?;
    Ok(())
}

/// The older key as it is kept.
pub(crate) fn older(tx: &Transaction<'_>, id: WorkspaceId) -> Result<Option<Vec<u8>>, ControlError> {
    let mut statement = tx.prepare_cached("select wrapped from older_key where workspace = ?1")?;
    Ok(statement.query_row([id.0.to_be_bytes()], |row| row.get(0)).optional()?)
}
