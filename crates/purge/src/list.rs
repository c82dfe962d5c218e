//! The list of purges: what must go again from a backup that is older than they are. It lies in the database of decisions, in
//! a file under DATA and in every backup; each entry is sealed in its place, so that none can be left out unseen
//! (docs/formats/purges.md).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use control::Database;
use data_encoding::HEXLOWER;
use keys::{Key, KeyDirectory};
use ledger::{Filter, Ledger, NewEntry, Scope};
use model::PurgeId;
use parking_lot::Mutex;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::json;
use stdx::Clock;

use crate::error::PurgeError;
use crate::list_file::{Chain, ListFile, ListKey, NO_CHAIN, write};
use crate::table;
use crate::told::Told;

/// The name of the list under DATA and in backups.
pub const LIST_NAME: &str = "purges";
/// The code of the ledger's entries that name an entry of the list.
const LISTED: &str = "purge.listed";
/// The most restores that are shown.
const RESTORES_MAX: u32 = 20;

/// The list of an installation. Cheap to clone.
#[derive(Clone)]
pub struct PurgeList(Arc<Inner>);

struct Inner {
    control: Database,
    ledger: Ledger,
    clock: Clock,
    key: ListKey,
    path: PathBuf,
    /// Of when the file is; held while it is written.
    as_of_ms: Mutex<i64>,
}

/// How far a list goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    /// How many purges it has.
    pub purges: u64,
    /// Of when it is, milliseconds since 1970, UTC.
    pub as_of_ms: i64,
}

/// An entry as it lies in the database.
pub(crate) struct Kept {
    pub(crate) entry: u64,
    pub(crate) sealed: Vec<u8>,
    pub(crate) chain: Chain,
}

/// A restore that made the data what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// When the backup was made, where it says so.
    pub backup_ms: Option<i64>,
    /// Of when the list of purges was; `None` if there was none.
    pub list_ms: Option<i64>,
    /// How many purges were carried out again.
    pub purges: u64,
}

impl PurgeList {
    /// The list of the installation `id` in the folder `data`. What lies there already must fit what the decisions and the ledger
    /// say; the file is brought up to date.
    ///
    /// # Errors
    /// The file or the ledger knows purges that the decisions do not know, or something cannot be read or written.
    pub fn open(
        data: &Path,
        (id, master): (&str, &Key),
        control: Database,
        ledger: Ledger,
        clock: Clock,
    ) -> Result<Self, PurgeError> {
        let (key, path) = (ListKey::new(id, master), data.join(LIST_NAME));
        let kept = control.read(all)?;
        let mut as_of_ms = i64::MIN;
        match ListFile::read(&path, &key) {
            Ok(file) => {
                let known = kept.get(file.lines.len().wrapping_sub(1)).map_or(NO_CHAIN, |kept| kept.chain);
                if file.lines.len() > kept.len() || file.chain() != known {
                    return Err(PurgeError::Behind { path });
                }
                as_of_ms = file.as_of_ms;
            }
            Err(PurgeError::ListIo { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "the list of purges is written anew"),
        }
        if newest_listed(&ledger)?.is_some_and(|number| number > kept.len() as u64) {
            return Err(PurgeError::Behind { path });
        }
        let list =
            Self(Arc::new(Inner { control, ledger, clock, key, path, as_of_ms: Mutex::new(as_of_ms) }));
        list.refresh()?;
        Ok(list)
    }

    /// Where it lies under DATA.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Writes the file under DATA as of now.
    ///
    /// # Errors
    /// The database's, the ledger's or the disk's.
    pub fn refresh(&self) -> Result<Extent, PurgeError> {
        self.export(&self.0.path)
    }

    /// Writes the list as of now to a file.
    ///
    /// # Errors
    /// The database's, the ledger's or the disk's.
    pub fn export(&self, to: &Path) -> Result<Extent, PurgeError> {
        let inner = &self.0;
        let mut last_ms = inner.as_of_ms.lock();
        let kept = inner.control.read(all)?;
        // Of two lists the later one must be told even where the clock was set back.
        let as_of_ms = inner.clock.now_ms().max(*last_ms);
        let checkpoint = inner.ledger.checkpoint_now()?.note;
        let bytes = write(&inner.key, &kept, as_of_ms, &checkpoint);
        stdx::files::replace(to, &bytes)
            .map_err(|source| PurgeError::ListIo { path: to.to_owned(), source })?;
        *last_ms = as_of_ms;
        Ok(Extent { purges: kept.len() as u64, as_of_ms })
    }

    /// Enters a purge, unless it is there, before it changes anything.
    pub(crate) fn enter(&self, told: &Told) -> Result<(), PurgeError> {
        let inner = &self.0;
        let (is_there, number, before) = inner.control.read(|tx| head(tx, told.purge))?;
        if !is_there {
            let plain = serde_json::to_vec(told).map_err(|_| PurgeError::Unreadable)?;
            let sealed = inner.key.seal(number, &before, &plain);
            let principal = "purge".to_owned();
            let detail = json!({ "number": number, "sha256": HEXLOWER.encode(&inner.key.digest(&sealed)) });
            let object = told.purge.to_string();
            let entry = NewEntry {
                code: LISTED,
                principal,
                session: None,
                from: None,
                workspace: None,
                object,
                detail,
            };
            let entry = inner.ledger.enter(entry)?.0;
            let kept = Kept { entry, chain: inner.key.chain(&before, entry, &sealed), sealed };
            inner.control.write(|tx| insert(tx, number, told.purge, &kept))?;
        }
        self.refresh().map(drop)
    }
}

impl std::fmt::Debug for PurgeList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PurgeList")
    }
}

/// The number of the newest entry of the list that the ledger knows of, among the newest that one look goes through: a start
/// must not read years. What lies further back the chain of the file under DATA still shows.
fn newest_listed(ledger: &Ledger) -> Result<Option<u64>, PurgeError> {
    let mut filter = Filter::newest(Scope::Installation);
    filter.code = Some(LISTED.to_owned());
    filter.limit = 1;
    let found = ledger.entries(&filter)?.entries;
    Ok(found.first().and_then(|entry| entry.detail["number"].as_u64()))
}

fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Every entry, in order.
pub(crate) fn all(tx: &Transaction<'_>) -> Result<Vec<Kept>, PurgeError> {
    let mut statement = tx.prepare_cached("select entry, sealed, chain from purge_list order by number")?;
    let rows = statement.query_map([], |row| {
        Ok(Kept { entry: row.get::<_, i64>(0)?.unsigned_abs(), sealed: row.get(1)?, chain: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a purge is there, how many there are, and the chain so far.
fn head(tx: &Transaction<'_>, purge: PurgeId) -> Result<(bool, u64, Chain), PurgeError> {
    let is_there: bool = tx.query_row(
        "select exists (select 1 from purge_list where purge = ?1)",
        [purge.0.to_be_bytes()],
        |row| row.get(0),
    )?;
    let last: Option<(i64, Chain)> = tx
        .query_row("select number, chain from purge_list order by number desc limit 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (count, chain) = last.map_or((0, NO_CHAIN), |(number, chain)| (number.unsigned_abs() + 1, chain));
    Ok((is_there, count, chain))
}

fn insert(tx: &Transaction<'_>, number: u64, purge: PurgeId, kept: &Kept) -> Result<(), PurgeError> {
    tx.execute(
        "insert into purge_list (number, purge, entry, sealed, chain) values (?1, ?2, ?3, ?4, ?5)",
        params![sql(number), purge.0.to_be_bytes(), sql(kept.entry), kept.sealed, kept.chain],
    )?;
    Ok(())
}

/// Enters what a list knows and the restored decisions do not, to be carried out again; gives which. Entries of workspaces that
/// the backup does not have are taken over into the list alone.
///
/// # Errors
/// The database's.
pub fn enter_missing(
    tx: &Transaction<'_>,
    keys: &KeyDirectory,
    list: &ListFile,
) -> Result<Vec<PurgeId>, PurgeError> {
    let known = all(tx)?.len();
    let mut again = Vec::new();
    for (number, line) in list.lines.iter().enumerate().skip(known) {
        insert(tx, number as u64, line.told.purge, &line.kept)?;
        if table::enter_told(tx, keys, &line.told)? {
            again.push(line.told.purge);
        }
    }
    Ok(again)
}

/// Writes down that the data comes from a backup.
///
/// # Errors
/// The database's.
pub fn note_restore(tx: &Transaction<'_>, restored: &Restored) -> Result<(), PurgeError> {
    let Restored { at_ms, backup_ms, list_ms, purges } = restored;
    tx.execute(
        "insert into restored (at_ms, backup_ms, list_ms, purges) values (?1, ?2, ?3, ?4)",
        params![at_ms, backup_ms, list_ms, sql(*purges)],
    )?;
    Ok(())
}

/// The restores that made the data what it is, the newest first.
///
/// # Errors
/// The database's.
pub fn restores(tx: &Transaction<'_>) -> Result<Vec<Restored>, PurgeError> {
    let mut statement =
        tx.prepare("select at_ms, backup_ms, list_ms, purges from restored order by id desc limit ?1")?;
    let rows = statement.query_map([RESTORES_MAX], |row| {
        Ok(Restored {
            at_ms: row.get(0)?,
            backup_ms: row.get(1)?,
            list_ms: row.get(2)?,
            purges: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
