//! What a backup of a running server consists of, and in which order it is taken so that the parts fit together.
//!
//! The resolving pass is held between two batches while people, message ids and the store are copied: they then stand at
//! one moment. The journal is copied after them, so it holds everything they had seen; decisions and the ledger come last, so that no
//! record speaks of a key that is missing and no change lacks its entry. Collecting goes on all the while.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backup::{Backup, BackupError, Recipient};
use collect::quarantine::Quarantine;
use control::Database;
use door::Problem;
use journal::Journal;
use ledger::{Ledger, NewEntry};
use parking_lot::Mutex;
use purge::{LIST_NAME, PurgeList};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Store;
use watch::Watch;

use crate::server::core::Core;
use crate::server::engine::Engine;

/// How often the ledger's folder is copied anew when it changed under the copy.
const LEDGER_TRIES: u32 = 10;

/// What is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct SaveRequest {
    /// The folder that shall hold the backup.
    pub into: PathBuf,
    /// age recipients.
    pub recipients: Vec<String>,
}

/// Everything a backup is taken from.
pub struct Save {
    data: PathBuf,
    control: Database,
    people: Database,
    journal: Journal,
    store: Store,
    watch: Watch,
    quarantine: Quarantine,
    ledger: Ledger,
    list: PurgeList,
    gate: Arc<Mutex<()>>,
    still: Arc<Mutex<()>>,
    one_at_a_time: Mutex<()>,
}

impl Save {
    /// From a running server's parts.
    pub fn new(core: &Core, engine: &Engine) -> Self {
        Self {
            data: core.installation.data.clone(),
            control: core.control.clone(),
            people: engine.people_db.clone(),
            journal: engine.journal.clone(),
            store: engine.services.store.clone(),
            watch: engine.services.watch.clone(),
            quarantine: engine.services.collector.quarantine().clone(),
            ledger: core.ledger.clone(),
            list: engine.list.clone(),
            gate: engine.pass.lock().gate(),
            still: engine.still.clone(),
            one_at_a_time: Mutex::new(()),
        }
    }

    /// Makes the backup and says what it holds.
    ///
    /// # Errors
    /// A recipient that is none, a folder that is not empty, or whatever could not be read or written.
    pub fn to(&self, request: &SaveRequest) -> Result<Value, Problem> {
        let Some(_alone) = self.one_at_a_time.try_lock() else {
            return Err(Problem::conflict("a backup is being made already"));
        };
        let recipients = request
            .recipients
            .iter()
            .map(|text| text.parse::<Recipient>())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Problem::invalid("recipients", error.to_string()))?;
        let intent = self
            .ledger
            .intend(NewEntry {
                code: "backup.made",
                principal: "host".to_owned(),
                session: None,
                from: None,
                workspace: None,
                object: "installation".to_owned(),
                detail: json!({ "recipients": recipients.len() }),
            })
            .map_err(|error| Problem::broke(&error))?;
        let made = self.make(&request.into, recipients);
        match made {
            Ok(report) => {
                let detail = json!({ "files": report.files, "bytes": report.bytes });
                intent.done(detail.clone()).map_err(|error| Problem::broke(&error))?;
                Ok(
                    json!({ "into": request.into, "files": report.files, "bytes": report.bytes, "mark": report.mark }),
                )
            }
            Err(error) => {
                // The caller hears the reason; a ledger that fails now refuses the next call itself.
                let _ = intent.failed(json!({}));
                Err(Problem::conflict(format!("the backup was not made: {error}")))
            }
        }
    }

    /// Writes the list of purges as of now to a file that does not exist.
    ///
    /// # Errors
    /// The file is there, or cannot be written.
    pub fn purges_to(&self, into: &Path) -> Result<Value, Problem> {
        if into.exists() {
            return Err(Problem::conflict(format!("{} exists: name a new file", into.display())));
        }
        let extent =
            self.list.export(into).map_err(|error| Problem::conflict(format!("not written: {error}")))?;
        let entry = NewEntry {
            code: "purges.exported",
            principal: "host".to_owned(),
            session: None,
            from: None,
            workspace: None,
            object: "installation".to_owned(),
            detail: json!({ "purges": extent.purges }),
        };
        self.ledger.enter(entry).map_err(|error| Problem::broke(&error))?;
        Ok(json!({ "into": into, "purges": extent.purges, "as_of_ms": extent.as_of_ms }))
    }

    fn make(&self, into: &Path, recipients: Vec<Recipient>) -> Result<backup::Report, SaveError> {
        // A purge replaces files and destroys the keys of the old ones; it waits until the copy is made.
        let _still = self.still.lock();
        let staging = Staging::at(self.data.join("staging"))?;
        let mut backup = Backup::new(into, recipients)?;
        backup.add_file("installation", File::open(self.data.join("installation"))?)?;
        if self.data.join("demo-master.key").exists() {
            backup.add_file("demo-master.key", File::open(self.data.join("demo-master.key"))?)?;
        }
        let resolved = self.resolved(&mut backup, &staging)?;
        self.quarantined(&mut backup)?;
        self.exported(&mut backup)?;
        for path in self.journal.files() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            backup.add_file(&format!("journal/{name}"), File::open(&path)?)?;
        }
        // After the pass stood still: nothing is purged while the backup is made, so the list is of now.
        let list = self.list.refresh()?;
        backup.add_file(LIST_NAME, File::open(self.list.path())?)?;
        let control = staging.path("control.db");
        self.control.backup_to(&control)?;
        backup.add_file("control.db", File::open(&control)?)?;
        backup.add_dir_snapshot("ledger", &self.ledger_copy(&staging)?)?;
        Ok(backup.finish(json!({
            "resolved_to": resolved,
            "checkpoint": self.ledger.checkpoint().note,
            "made_ms": list.as_of_ms,
            "purges": list.purges,
        }))?)
    }

    /// What the resolving pass has made, while it stands still.
    fn resolved(&self, backup: &mut Backup, staging: &Staging) -> Result<u64, SaveError> {
        let _still = self.gate.lock();
        // Everything into chunks first, so that no thread changes files under the copy.
        self.store.maintain()?;
        // Its counts stand in control.db, which is copied later: they must not lag behind the store's.
        self.watch.flush()?;
        let people = staging.path("people.db");
        self.people.backup_to(&people)?;
        backup.add_file("people.db", File::open(&people)?)?;
        for folder in ["dedup", "store", "tail"] {
            let path = self.data.join(folder);
            if path.exists() {
                backup.add_dir_snapshot(folder, &path)?;
            }
        }
        Ok(self.store.position().0)
    }

    /// What waits in quarantine, before the journal: an event that is released meanwhile is then in one of the two at least,
    /// and where it is in both, its id makes it one.
    fn quarantined(&self, backup: &mut Backup) -> Result<(), SaveError> {
        for path in self.quarantine.files() {
            let file = match File::open(&path) {
                Ok(file) => file,
                // All that was in it was released or dropped just now.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            let name = path.strip_prefix(&self.data).unwrap_or(&path).to_string_lossy().into_owned();
            backup.add_file(&name, file)?;
        }
        Ok(())
    }

    /// Who was in which export. A set is there before the entry that tells of it.
    fn exported(&self, backup: &mut Backup) -> Result<(), SaveError> {
        let folder = self.data.join("exports");
        if !folder.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            // What has another name is being written.
            if path.extension().is_some_and(|extension| extension == "set") {
                let name = path.strip_prefix(&self.data).unwrap_or(&path).to_string_lossy().into_owned();
                backup.add_file(&name, File::open(&path)?)?;
            }
        }
        Ok(())
    }

    /// The ledger's folder as it stood at one moment: its keeper may replace files under a copy, so the copy is
    /// repeated until it verifies.
    fn ledger_copy(&self, staging: &Staging) -> Result<PathBuf, SaveError> {
        for attempt in 0..LEDGER_TRIES {
            let copy = staging.path(&format!("ledger-{attempt}"));
            self.ledger.checkpoint_now()?;
            if copy_dir(&self.data.join("ledger"), &copy).is_ok()
                && self.ledger.verify_copy(&copy)?.is_sound()
            {
                return Ok(copy);
            }
        }
        Err(SaveError::LedgerBusy)
    }
}

/// A folder inside DATA for copies, gone afterwards.
struct Staging(PathBuf);

impl Staging {
    fn at(path: PathBuf) -> Result<Self, SaveError> {
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        stdx::files::private_dir(&path)?;
        Ok(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    stdx::files::private_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
enum SaveError {
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("a file cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    #[error("a database cannot be copied: {0}")]
    Control(#[from] control::ControlError),
    #[error("what is learned of properties: {0}")]
    Watch(#[from] watch::WatchError),
    #[error("the store: {0}")]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Purges(#[from] purge::PurgeError),
    #[error("the ledger: {0}")]
    Ledger(#[from] ledger::LedgerError),
    #[error("the ledger changed under every copy; try again when there is less to do")]
    LedgerBusy,
}
