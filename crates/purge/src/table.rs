//! Purges in the database of decisions: what was asked for (sealed, until it is done), how far it is, what came of it.

use keys::{KeyDirectory, WorkspaceKeys};
use model::{PurgeId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::PurgeError;
use crate::selector::Asked;
use crate::told::{Told, Wanted};

/// The most purges of a workspace that are listed, the newest first.
pub const LISTED_MAX: u32 = 200;
/// The most that may be under way in one workspace.
pub const UNFINISHED_MAX: u32 = 8;

/// How far a purge is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    /// Waits until everything before its order is stored.
    Ordered,
    /// Looks for what is meant; nothing has changed yet.
    Finding,
    /// Takes it out of what is kept of people.
    People,
    /// Rewrites journal files.
    Journal,
    /// Rewrites chunks of the archive.
    Store,
    /// Empties logs and caches, and writes the report.
    Closing,
    /// It is gone.
    Done,
    /// It cannot be carried out, and nothing was changed; the note says why.
    Failed,
}

impl Step {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Ordered, "ordered"),
        (Self::Finding, "finding"),
        (Self::People, "people"),
        (Self::Journal, "journal"),
        (Self::Store, "store"),
        (Self::Closing, "closing"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(step, _)| *step == self).map_or("", |(_, name)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(step, _)| *step)
    }
}

/// A purge as it stands.
#[derive(Clone, Debug)]
pub struct Purge {
    /// Its id.
    pub id: PurgeId,
    /// Whose data.
    pub workspace: WorkspaceId,
    /// What was asked for, without the value.
    pub shown: Value,
    /// Who ordered it.
    pub principal: String,
    /// When, milliseconds since 1970, UTC.
    pub created_ms: i64,
    /// How far it is.
    pub step: Step,
    /// How much of the present step is done.
    pub at: u64,
    /// Of how much.
    pub whole: u64,
    /// What it waits for, if anything.
    pub note: Option<String>,
    /// Its order's place in the journal.
    pub before: Option<u64>,
    /// The ledger's entry that holds the report's digest.
    pub entry: Option<u64>,
    /// The report.
    pub report: Option<String>,
    /// When it was done.
    pub finished_ms: Option<i64>,
}

const COLUMNS: &str =
    "id, workspace, shown, principal, created_ms, step, at, whole, note, before, entry, report, finished_ms";

/// Enters a purge to be carried out. Wake the runner afterwards.
///
/// # Errors
/// The database's, a workspace without keys, or too many under way.
pub fn enter(
    tx: &Transaction<'_>,
    keys: &KeyDirectory,
    workspace: WorkspaceId,
    asked: &Asked,
    (principal, now_ms): (&str, i64),
) -> Result<PurgeId, PurgeError> {
    let keys = keys.get(workspace).ok_or(PurgeError::NoKeys)?;
    let unfinished: u32 = tx.query_row(
        "select count(*) from purge where workspace = ?1 and finished_ms is null",
        [workspace.0.to_be_bytes()],
        |row| row.get(0),
    )?;
    if unfinished >= UNFINISHED_MAX {
        return Err(PurgeError::TooMany { what: "purges under way", max: u64::from(UNFINISHED_MAX) });
    }
    let id = PurgeId::new(now_ms);
    let plain = serde_json::to_vec(asked).map_err(|_| PurgeError::Unreadable)?;
    tx.execute(
        "insert into purge (id, workspace, asked, shown, principal, created_ms, step)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id.0.to_be_bytes(),
            workspace.0.to_be_bytes(),
            keys.seal.seal(&aad(workspace, id), &plain),
            asked.shown().to_string(),
            principal,
            now_ms,
            Step::Ordered.as_str()
        ],
    )?;
    Ok(id)
}

/// The purges of a workspace, the newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<Purge>, PurgeError> {
    let sql = format!(
        "select {COLUMNS} from purge where workspace = ?1 order by created_ms desc, id desc limit ?2"
    );
    let mut statement = tx.prepare(&sql)?;
    let rows = statement.query_map(params![workspace.0.to_be_bytes(), LISTED_MAX], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One purge of a workspace.
///
/// # Errors
/// The database's.
pub fn by_id(tx: &Transaction<'_>, workspace: WorkspaceId, id: PurgeId) -> Result<Option<Purge>, PurgeError> {
    let sql = format!("select {COLUMNS} from purge where id = ?1 and workspace = ?2");
    Ok(tx.query_row(&sql, params![id.0.to_be_bytes(), workspace.0.to_be_bytes()], read).optional()?)
}

/// One purge, whichever workspace it is of. For the installation's own work.
///
/// # Errors
/// The database's.
pub fn anywhere(tx: &Transaction<'_>, id: PurgeId) -> Result<Option<Purge>, PurgeError> {
    let sql = format!("select {COLUMNS} from purge where id = ?1");
    Ok(tx.query_row(&sql, [id.0.to_be_bytes()], read).optional()?)
}

/// Whether any purge is under way.
///
/// # Errors
/// The database's.
pub fn has_unfinished(tx: &Transaction<'_>) -> Result<bool, PurgeError> {
    Ok(next(tx)?.is_some())
}

/// The oldest purge that is not done.
pub(crate) fn next(tx: &Transaction<'_>) -> Result<Option<Purge>, PurgeError> {
    let sql =
        format!("select {COLUMNS} from purge where finished_ms is null order by created_ms, id limit 1");
    Ok(tx.query_row(&sql, [], read).optional()?)
}

/// What lies sealed in `asked`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sealed {
    Told { told: Box<Told> },
    Asked(Box<Asked>),
}

/// What it looks for, opened.
pub(crate) fn wanted(
    tx: &Transaction<'_>,
    keys: &WorkspaceKeys,
    purge: &Purge,
) -> Result<Wanted, PurgeError> {
    let sealed: Option<Vec<u8>> =
        tx.query_row("select asked from purge where id = ?1", [purge.id.0.to_be_bytes()], |row| row.get(0))?;
    let sealed = sealed.ok_or(PurgeError::Unreadable)?;
    let plain =
        keys.seal.open(&aad(purge.workspace, purge.id), &sealed).map_err(|_| PurgeError::Unreadable)?;
    match serde_json::from_slice(&plain).map_err(|_| PurgeError::Unreadable)? {
        Sealed::Told { told } => Ok(Wanted { asked: told.asked.clone(), told: Some(*told) }),
        Sealed::Asked(asked) => Ok(Wanted { asked: *asked, told: None }),
    }
}

/// Enters a purge that the list tells of, to be carried out again; `false` if it is there or its workspace is not.
pub(crate) fn enter_told(tx: &Transaction<'_>, keys: &KeyDirectory, told: &Told) -> Result<bool, PurgeError> {
    let Some(keys) = keys.get(told.workspace) else { return Ok(false) };
    let plain = serde_json::to_vec(&json!({ "told": told })).map_err(|_| PurgeError::Unreadable)?;
    let entered = tx.execute(
        "insert or ignore into purge (id, workspace, asked, shown, principal, created_ms, step)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            told.purge.0.to_be_bytes(),
            told.workspace.0.to_be_bytes(),
            keys.seal.seal(&aad(told.workspace, told.purge), &plain),
            told.asked.shown().to_string(),
            told.principal,
            told.ordered_ms,
            Step::Ordered.as_str()
        ],
    )?;
    Ok(entered > 0)
}

/// Seals anew what an older key of the workspace sealed; how many.
pub(crate) fn renew(
    tx: &Transaction<'_>,
    keys: &WorkspaceKeys,
    workspace: WorkspaceId,
) -> Result<u64, PurgeError> {
    let mut statement =
        tx.prepare_cached("select id, asked from purge where workspace = ?1 and asked is not null")?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], |row| {
        Ok((PurgeId(u128::from_be_bytes(row.get(0)?)), row.get::<_, Vec<u8>>(1)?))
    })?;
    let rows: Vec<(PurgeId, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
    let mut renewed = 0;
    for (id, sealed) in rows.iter().filter(|(id, sealed)| keys.seal.is_behind(&aad(workspace, *id), sealed)) {
        let plain = keys.seal.open(&aad(workspace, *id), sealed).map_err(|_| PurgeError::Unreadable)?;
        tx.execute(
            "update purge set asked = ?2 where id = ?1",
            params![id.0.to_be_bytes(), keys.seal.seal(&aad(workspace, *id), &plain)],
        )?;
        renewed += 1;
    }
    Ok(renewed)
}

/// Goes on to a step.
pub(crate) fn set_step(tx: &Transaction<'_>, id: PurgeId, step: Step) -> Result<(), PurgeError> {
    tx.execute(
        "update purge set step = ?2, at = 0, whole = 0, note = null where id = ?1",
        params![id.0.to_be_bytes(), step.as_str()],
    )?;
    Ok(())
}

/// Notes how far the present step is.
pub(crate) fn set_progress(tx: &Transaction<'_>, id: PurgeId, at: u64, whole: u64) -> Result<(), PurgeError> {
    let sql = |number| i64::try_from(number).unwrap_or(i64::MAX);
    tx.execute(
        "update purge set at = ?2, whole = ?3, note = null where id = ?1",
        params![id.0.to_be_bytes(), sql(at), sql(whole)],
    )?;
    Ok(())
}

/// Notes what it waits for.
pub(crate) fn set_note(tx: &Transaction<'_>, id: PurgeId, note: &str) -> Result<(), PurgeError> {
    tx.execute("update purge set note = ?2 where id = ?1", params![id.0.to_be_bytes(), note])?;
    Ok(())
}

/// Notes its order's place in the journal.
pub(crate) fn set_before(tx: &Transaction<'_>, id: PurgeId, before: u64) -> Result<(), PurgeError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    tx.execute("update purge set before = ?2 where id = ?1", params![id.0.to_be_bytes(), before])?;
    Ok(())
}

/// Keeps the report until it is entered in the ledger.
pub(crate) fn set_report(tx: &Transaction<'_>, id: PurgeId, report: &str) -> Result<(), PurgeError> {
    tx.execute("update purge set report = ?2 where id = ?1", params![id.0.to_be_bytes(), report])?;
    Ok(())
}

/// It cannot be carried out: what was asked for goes, the note stays.
pub(crate) fn give_up(tx: &Transaction<'_>, id: PurgeId, note: &str, now_ms: i64) -> Result<(), PurgeError> {
    forget_account(tx, id)?;
    tx.execute(
        "update purge set asked = null, step = ?2, note = ?3, finished_ms = ?4 where id = ?1",
        params![id.0.to_be_bytes(), Step::Failed.as_str(), note, now_ms],
    )?;
    Ok(())
}

fn forget_account(tx: &Transaction<'_>, id: PurgeId) -> Result<(), PurgeError> {
    for table in ["purge_chunk", "purge_found", "purge_moment", "purge_person", "purge_mark", "purge_file"] {
        tx.execute(&format!("delete from {table} where purge = ?1"), [id.0.to_be_bytes()])?;
    }
    Ok(())
}

/// It is done: what was asked for goes, and the account with it.
pub(crate) fn finish(tx: &Transaction<'_>, id: PurgeId, entry: u64, now_ms: i64) -> Result<(), PurgeError> {
    forget_account(tx, id)?;
    let id = id.0.to_be_bytes();
    tx.execute(
        "update purge set asked = null, step = ?2, note = null, entry = ?3, finished_ms = ?4 where id = ?1",
        params![id, Step::Done.as_str(), i64::try_from(entry).unwrap_or(i64::MAX), now_ms],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Purge> {
    let step: String = row.get(5)?;
    let number = |index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
    Ok(Purge {
        id: PurgeId(u128::from_be_bytes(row.get(0)?)),
        workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
        shown: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
        principal: row.get(3)?,
        created_ms: row.get(4)?,
        step: Step::from_name(&step).unwrap_or(Step::Ordered),
        at: number(6)?,
        whole: number(7)?,
        note: row.get(8)?,
        before: row.get::<_, Option<i64>>(9)?.map(i64::unsigned_abs),
        entry: row.get::<_, Option<i64>>(10)?.map(i64::unsigned_abs),
        report: row.get(11)?,
        finished_ms: row.get(12)?,
    })
}

fn aad(workspace: WorkspaceId, id: PurgeId) -> Vec<u8> {
    [b"holdfast purge 1\0".as_slice(), &workspace.0.to_be_bytes(), &id.0.to_be_bytes()].concat()
}
