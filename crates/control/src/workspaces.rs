//! Workspaces: one customer of the installation each, with settings and wrapped keys of its own.

use keys::{Key, KeyDirectory, Seal, WorkspaceKeys};
use model::WorkspaceId;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::ControlError;
use crate::workspace_key;

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The longest event retention, in days: a hundred years.
const RETENTION_DAYS_MAX: u32 = 36_525;
const COLUMNS: &str = "id, name, time_zone, retention_days, keep_ip, created_ms";

/// A workspace as it stands in the database, without its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// What its members call it.
    pub name: String,
    /// IANA name of the time zone its days begin in; `UTC` at first.
    pub time_zone: String,
    /// How many days events are kept; `None` is for ever.
    pub retention_days: Option<u32>,
    /// What is kept of an event's network address.
    pub keep_ip: KeepIp,
    /// When it was made, milliseconds since 1970, UTC.
    pub created_ms: i64,
}

/// What is kept of an event's network address, which itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeepIp {
    /// Nothing: it serves limits alone.
    Nothing,
    /// The coarse place it stands for.
    Place,
}

impl KeepIp {
    /// The name in the database and in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Place => "place",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Nothing, Self::Place].into_iter().find(|policy| policy.as_str() == name)
    }
}

/// Settings that a member may change together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings<'a> {
    /// IANA name of the time zone, in any case of letters.
    pub time_zone: &'a str,
    /// Days, 1 to 36,525; `None` is for ever.
    pub retention_days: Option<u32>,
    /// What is kept of an event's network address.
    pub keep_ip: KeepIp,
}

/// Makes a workspace with fresh keys, wrapped under `master`.
///
/// # Errors
/// An empty or overlong name, or the database's.
pub fn create(
    tx: &Transaction<'_>,
    master: &Key,
    name: &str,
    now_ms: i64,
) -> Result<(Workspace, WorkspaceKeys), ControlError> {
    let workspace = Workspace {
        id: WorkspaceId::new(now_ms),
        name: checked_name(name)?.to_owned(),
        time_zone: "UTC".to_owned(),
        retention_days: None,
        keep_ip: KeepIp::Nothing,
        created_ms: now_ms,
    };
    let (seal, hash_seed) = (Key::generate(), Key::generate());
    tx.execute(
        "insert into workspace (id, name, time_zone, keep_ip, created_ms, wrapped_seal, wrapped_hash_seed)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            workspace.id.0.to_be_bytes(),
            workspace.name,
            workspace.time_zone,
            workspace.keep_ip.as_str(),
            now_ms,
            master.wrap(&seal, &binding(workspace.id, "seal")),
            master.wrap(&hash_seed, &binding(workspace.id, "hash seed")),
        ],
    )?;
    Ok((workspace, keys_of(seal.into(), &hash_seed)))
}

/// Every workspace that is not deleted, oldest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &Transaction<'_>) -> Result<Vec<Workspace>, ControlError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from workspace where deleted_ms is null order by id"))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The workspace of that id, unless it is deleted.
///
/// # Errors
/// The database's.
pub fn by_id(tx: &Transaction<'_>, id: WorkspaceId) -> Result<Option<Workspace>, ControlError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from workspace where id = ?1 and deleted_ms is null"))?;
    Ok(statement.query_row([id.0.to_be_bytes()], from_row).optional()?)
}

/// Gives the workspace another name.
///
/// # Errors
/// An empty or overlong name, no such workspace, or the database's.
pub fn rename(tx: &Transaction<'_>, id: WorkspaceId, name: &str) -> Result<(), ControlError> {
    let name = checked_name(name)?;
    expect_one(tx.execute(
        "update workspace set name = ?2 where id = ?1 and deleted_ms is null",
        params![id.0.to_be_bytes(), name],
    )?)
}

/// Changes the settings.
///
/// # Errors
/// An unknown time zone, a retention out of range, no such workspace, or the database's.
pub fn set(tx: &Transaction<'_>, id: WorkspaceId, settings: &Settings<'_>) -> Result<(), ControlError> {
    let time_zone = checked_time_zone(settings.time_zone)?;
    if settings.retention_days.is_some_and(|days| days == 0 || days > RETENTION_DAYS_MAX) {
        return Err(ControlError::Invalid { field: "retention_days", want: "1 to 36525 days, or none" });
    }
    expect_one(tx.execute(
        "update workspace set time_zone = ?2, retention_days = ?3, keep_ip = ?4
         where id = ?1 and deleted_ms is null",
        params![id.0.to_be_bytes(), time_zone, settings.retention_days, settings.keep_ip.as_str()],
    )?)
}

/// Marks the workspace deleted and destroys its wrapped keys: what was sealed under them cannot be
/// opened again. The caller takes its keys out of the [`KeyDirectory`].
///
/// # Errors
/// No such workspace, or the database's.
pub fn delete(tx: &Transaction<'_>, id: WorkspaceId, now_ms: i64) -> Result<(), ControlError> {
    expect_one(tx.execute(
        "update workspace set deleted_ms = ?2, wrapped_seal = null, wrapped_hash_seed = null
         where id = ?1 and deleted_ms is null",
        params![id.0.to_be_bytes(), now_ms],
    )?)?;
    workspace_key::destroy_older(tx, id)
}

/// Unwraps the keys of every workspace into `directory`.
///
/// # Errors
/// [`ControlError::Keys`] under a wrong master key, or the database's.
pub fn load_keys(tx: &Transaction<'_>, master: &Key, directory: &KeyDirectory) -> Result<(), ControlError> {
    let mut statement = tx.prepare_cached(
        "select id, wrapped_seal, wrapped_hash_seed from workspace where deleted_ms is null",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = WorkspaceId(u128::from_be_bytes(row.get(0)?));
        let (seal, hash_seed): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let unwrap = |wrapped: &[u8], purpose| {
            master
                .unwrap(wrapped, &binding(id, purpose))
                .map_err(|source| ControlError::Keys { workspace: id, source })
        };
        let older = workspace_key::older(tx, id)?.map(|wrapped| unwrap(&wrapped, "seal")).transpose()?;
        let seal = Seal::new(unwrap(&seal, "seal")?, older.into_iter().collect());
        directory.insert(id, keys_of(seal, &unwrap(&hash_seed, "hash seed")?));
    }
    Ok(())
}

fn keys_of(seal: Seal, hash_seed: &Key) -> WorkspaceKeys {
    WorkspaceKeys { seal, hash: hash_seed.hasher("workspace") }
}

/// Binds a wrapped key to its workspace and purpose, so that no two can be swapped.
pub(crate) fn binding(id: WorkspaceId, purpose: &str) -> Vec<u8> {
    [b"workspace ", purpose.as_bytes(), b" ", &id.0.to_be_bytes()].concat()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Workspace> {
    let keep_ip: String = row.get(4)?;
    Ok(Workspace {
        id: WorkspaceId(u128::from_be_bytes(row.get(0)?)),
        name: row.get(1)?,
        time_zone: row.get(2)?,
        retention_days: row.get(3)?,
        // An unknown policy of a newer version keeps nothing.
        keep_ip: KeepIp::from_name(&keep_ip).unwrap_or(KeepIp::Nothing),
        created_ms: row.get(5)?,
    })
}

fn checked_name(name: &str) -> Result<&str, ControlError> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(ControlError::Invalid {
            field: "name",
            want: "1 to 200 bytes without control characters",
        });
    }
    Ok(name)
}

/// The zone's name in its official spelling.
fn checked_time_zone(name: &str) -> Result<String, ControlError> {
    let zone = jiff::tz::TimeZone::get(name).ok().filter(|zone| !zone.is_unknown());
    zone.as_ref()
        .and_then(|zone| zone.iana_name())
        .map(str::to_owned)
        .ok_or(ControlError::Invalid { field: "time_zone", want: "an IANA name such as Europe/Berlin" })
}

fn expect_one(changed: usize) -> Result<(), ControlError> {
    if changed == 0 { Err(ControlError::NoWorkspace) } else { Ok(()) }
}
