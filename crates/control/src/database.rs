//! One SQLite file: one writer, several readers, everything durable before it is acknowledged.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keys::HashKey;
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::error::ControlError;
use crate::kept::{Keeper, Kept, KeptState, KeptTable};
use crate::migration::{Migration, migrate, pending};
use crate::pool::Pool;

/// The oldest SQLite whose write-ahead log is free of the known reset fault.
const SQLITE_FLOOR: (i32, &str) = (3_051_003, "3.51.3");
/// `Hfst`: marks an SQLite file as one of ours, in the header's application id.
const APPLICATION_ID: i32 = 0x4866_7374;
/// How long a statement waits for a lock held by another process (a backup tool) before it fails.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// How many pages (4 KiB) the write-ahead log gathers before they are moved into the database: large
/// batches then rewrite a hot page once instead of every time.
const LOG_PAGES: i64 = 4_000;
/// To which size the log's file is cut back after a burst.
const LOG_BYTES_KEPT_MAX: i64 = 64 << 20;
/// The most memory for the writer's pages.
const WRITER_CACHE_KIB_MAX: i64 = 64 << 10;
/// The most compiled statements kept per connection; the least recently used one goes.
const STATEMENTS_MAX: usize = 128;

/// An open database. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    keeper: Option<Keeper>,
    readers: Pool,
    stopped: AtomicBool,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenAs {
    Writer,
    Reader,
}

impl Database {
    /// Opens the file, makes it if it is not there (readable by its owner only), and brings it to the
    /// newest schema of `migrations`.
    ///
    /// # Errors
    /// A linked SQLite that is too old, a file of another program or of a newer version, an edited
    /// migration, or whatever disk and SQLite say.
    pub fn open(path: &Path, migrations: &[Migration]) -> Result<Self, ControlError> {
        Self::open_with(path, migrations, None)
    }

    /// The same with a digest of `tables`, under a key of its own: see [`kept`](crate::kept).
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_kept(
        path: &Path,
        migrations: &[Migration],
        (key, tables): (HashKey, &'static [KeptTable]),
    ) -> Result<Self, ControlError> {
        Self::open_with(path, migrations, Some(Keeper::new(key, tables)))
    }

    fn open_with(
        path: &Path,
        migrations: &[Migration],
        keeper: Option<Keeper>,
    ) -> Result<Self, ControlError> {
        check_version(rusqlite::version_number(), rusqlite::version())?;
        make_private(path).map_err(|source| ControlError::File { path: path.to_owned(), source })?;
        let mut writer = connect(path, OpenAs::Writer)?;
        claim(&writer, path)?;
        // A migration changes rows by right: what was whole before it is sealed anew.
        let was_whole = match &keeper {
            Some(keeper) if pending(&writer, migrations)? => keeper.was_whole(&mut writer)?,
            _ => false,
        };
        migrate(&mut writer, migrations)?;
        if let Some(keeper) = &keeper {
            if was_whole {
                let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
                keeper.seal(&tx, 0)?;
                tx.commit()?;
            }
            keeper.watch(&writer)?;
        }
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            keeper,
            writer: Mutex::new(writer),
            readers: Pool::new(path),
            stopped: AtomicBool::new(false),
        })))
    }

    /// Runs `f` on a consistent state of the database. A call within `f` takes a further reader, of
    /// which there are eight: do not nest.
    ///
    /// # Errors
    /// Those of `f`, or the database's.
    pub fn read<T, E: From<ControlError>>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.readers.with(|connection| {
            let transaction = connection.transaction().map_err(ControlError::from)?;
            f(&transaction)
        })
    }

    /// Runs `f` as the only writer; what it did is durable when this returns `Ok`, and undone when `f`
    /// fails. A `write` within `f` would wait for ever.
    ///
    /// # Errors
    /// Those of `f`, the database's, or [`ControlError::Stopped`] once the disk has failed.
    pub fn write<T, E: From<ControlError>>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.0.writer.lock();
        if self.0.stopped.load(Ordering::SeqCst) {
            return Err(ControlError::Stopped { path: self.0.path.clone() }.into());
        }
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| self.failed(e))?;
        if let Some(keeper) = &self.0.keeper {
            keeper.begin();
        }
        let value = f(&transaction)?;
        if let Some(keeper) = &self.0.keeper {
            keeper.end(&transaction)?;
        }
        transaction.commit().map_err(|e| self.failed(e))?;
        if let Some(keeper) = &self.0.keeper {
            keeper.committed();
        }
        Ok(value)
    }

    /// Whether the tables that give power are what was last written here.
    ///
    /// # Errors
    /// The database's.
    pub fn check_kept(&self) -> Result<Kept, ControlError> {
        match &self.0.keeper {
            Some(keeper) => self.read(|tx| keeper.check(tx)),
            None => Ok(Kept::Absent),
        }
    }

    /// What they add up to since the last change that this process made, without looking; `None` before its first.
    pub fn last_kept(&self) -> Option<KeptState> {
        self.0.keeper.as_ref()?.written()
    }

    /// Takes those tables as they are for what they should be; its number is then above `above`.
    ///
    /// # Errors
    /// The database's.
    pub fn seal_kept(&self, above: i64) -> Result<(), ControlError> {
        match &self.0.keeper {
            Some(keeper) => self.write(|tx| keeper.seal(tx, above)),
            None => Ok(()),
        }
    }

    /// Moves the write-ahead log into the database and empties it, so that what was deleted is gone
    /// from the log too. `false`: a reader still needs the log, ask again later.
    ///
    /// # Errors
    /// Whatever disk and SQLite say.
    pub fn empty_log(&self) -> Result<bool, ControlError> {
        let writer = self.0.writer.lock();
        // Waiting for readers here would hold up every writer.
        writer.busy_timeout(Duration::ZERO)?;
        let busy = writer.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
        writer.busy_timeout(BUSY_WAIT)?;
        let busy = busy.map_err(|e| self.failed(e))?;
        Ok(busy == 0)
    }

    /// Writes a consistent, compact copy to `path`, durable when this returns. Free pages, and with
    /// them deleted rows, are left out.
    ///
    /// # Errors
    /// Whatever disk and SQLite say; an older copy at `path` is then still whole.
    pub fn backup_to(&self, path: &Path) -> Result<(), ControlError> {
        let partial = path.with_extension("partial");
        let file_error = |source| ControlError::File { path: partial.clone(), source };
        File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&partial)
            .map_err(file_error)?;
        let text =
            partial.to_str().ok_or(ControlError::Invalid { field: "backup path", want: "UTF-8 text" })?;
        self.0.readers.with(|connection| -> Result<(), ControlError> {
            connection.execute("vacuum into ?1", [text])?;
            Ok(())
        })?;
        // SQLite does not sync what it vacuums into.
        File::open(&partial).and_then(|file| file.sync_all()).map_err(file_error)?;
        fs::rename(&partial, path).and_then(|()| stdx::files::sync_parent(path)).map_err(file_error)
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// After a failed write or sync nothing more is acknowledged: what the disk holds is unknown.
    fn failed(&self, error: rusqlite::Error) -> ControlError {
        if disk_failed(&error) {
            self.0.stopped.store(true, Ordering::SeqCst);
            return ControlError::Stopped { path: self.0.path.clone() };
        }
        error.into()
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database").field(&self.0.path).finish()
    }
}

/// A configured connection.
pub(crate) fn connect(path: &Path, open_as: OpenAs) -> Result<Connection, ControlError> {
    let access = match open_as {
        OpenAs::Writer => OpenFlags::SQLITE_OPEN_READ_WRITE,
        OpenAs::Reader => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Without it a statement whose parameters could guide the planner is compiled anew whenever they change: a third of
    // the processor's time of a look at a profile.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Temporary tables and sorts stay in memory: no personal value in a stray file.
    connection
        .execute_batch("pragma temp_store = memory; pragma foreign_keys = on; pragma cell_size_check = on")?;
    if open_as == OpenAs::Writer {
        connection.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on",
        )?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT_MAX)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB_MAX)?;
    }
    Ok(connection)
}

fn check_version(found: i32, text: &str) -> Result<(), ControlError> {
    let (floor, floor_text) = SQLITE_FLOOR;
    if found < floor {
        return Err(ControlError::OldSqlite { found: text.to_owned(), floor: floor_text });
    }
    Ok(())
}

/// SQLite would make the file readable by all; its log files take over the mode of this one.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => file.sync_all().and_then(|()| stdx::files::sync_parent(path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Marks an empty file as ours and refuses the file of another program.
fn claim(connection: &Connection, path: &Path) -> Result<(), ControlError> {
    let id: i32 = connection.query_row("pragma application_id", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    match (id, tables) {
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) => Ok(connection.pragma_update(None, "application_id", APPLICATION_ID)?),
        _ => Err(ControlError::Foreign { path: path.to_owned() }),
    }
}

/// Whether the disk, not the caller, is at fault.
fn disk_failed(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_sqlite_is_refused_with_both_versions() {
        let error = check_version(3_051_002, "3.51.2").expect_err("one below the floor");
        assert!(error.to_string().starts_with("SQLite 3.51.2 is linked, at least 3.51.3 is needed"));
        assert!(check_version(3_051_003, "3.51.3").is_ok());
    }

    #[test]
    fn after_a_failed_sync_no_change_is_accepted() {
        let dir = tempfile::tempdir().expect("a folder");
        let database = Database::open(&dir.path().join("x.db"), &[]).expect("a database");
        let sync_failed = rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC),
            None,
        );
        assert!(matches!(database.failed(sync_failed), ControlError::Stopped { .. }));
        let again = database.write(|tx| Ok::<_, ControlError>(tx.execute("create table t (x)", [])?));
        assert!(matches!(again, Err(ControlError::Stopped { .. })));
    }
}
