//! The one thread that carries purges out, the oldest first. It rests between two pieces of work, so that collecting
//! and questions go on; what fails is told and tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use control::Database;
use journal::Journal;
use keys::KeyDirectory;
use ledger::Ledger;
use model::WorkspaceId;
use parking_lot::{Condvar, Mutex};
use people::People;
use shield::Shield;
use shield::rules::CustomRules;
use stdx::Clock;
use store::Store;

use crate::elsewhere::{Elsewhere, ElsewhereError};
use crate::error::PurgeError;
use crate::list::PurgeList;
use crate::renew::Renewal;
use crate::steps::Run;
use crate::table::{self, Purge, Step};

/// How long it rests after a piece of work, as a part of what the work took.
const REST_PART: u64 = 4;
/// How long it waits for others before it looks again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The shield of a workspace as it is now.
pub type ShieldOf = Arc<dyn Fn(WorkspaceId) -> Shield + Send + Sync>;

/// The shield rules of a workspace as it wrote them.
pub type RulesOf = Arc<dyn Fn(WorkspaceId) -> Result<CustomRules, ElsewhereError> + Send + Sync>;

/// What purges work on.
#[derive(Clone)]
pub struct Parts {
    /// Decisions.
    pub control: Database,
    /// The workspaces' keys.
    pub keys: KeyDirectory,
    /// Where reports are entered.
    pub ledger: Ledger,
    /// The log.
    pub journal: Journal,
    /// Who they are.
    pub people: Arc<People>,
    /// What they did.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Today's rules.
    pub shield_of: ShieldOf,
    /// The same as they were written.
    pub rules_of: RulesOf,
    /// The list of purges, for restores of older backups.
    pub list: PurgeList,
    /// What others keep.
    pub elsewhere: Arc<dyn Elsewhere>,
    /// Held while files are replaced; a backup holds it while it copies.
    pub still: Arc<Mutex<()>>,
}

/// The thread's handle. Cheap to clone.
#[derive(Clone)]
pub struct Purges(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    call: Mutex<Call>,
    bell: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// How far the workspaces are that get off an older key.
    pub(crate) renewals: Mutex<HashMap<WorkspaceId, Renewal>>,
}

#[derive(Default)]
struct Call {
    wanted: bool,
    ended: bool,
    /// How the last round ended: `None` while there is one.
    ended_with: Option<Result<(), String>>,
}

impl Purges {
    /// Begins the thread; it goes on with what an earlier process left. The archive must have been opened with
    /// merging held if there is any.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let call = Mutex::new(Call { wanted: true, ..Call::default() });
        let inner = Arc::new(Inner {
            parts,
            call,
            bell: Condvar::new(),
            thread: Mutex::new(None),
            renewals: Mutex::default(),
        });
        let working = inner.clone();
        let thread = std::thread::Builder::new().name("purge".to_owned()).spawn(move || working.work())?;
        *inner.thread.lock() = Some(thread);
        Ok(Self(inner))
    }

    /// The workspaces' keys, under which what is asked for is sealed.
    pub fn keys(&self) -> &KeyDirectory {
        &self.0.parts.keys
    }

    /// Why the last round could not go on, where it could not.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.0.call.lock().ended_with.clone().and_then(Result::err)
    }

    /// Says that there is a new purge, or another key.
    pub fn wake(&self) {
        self.0.call.lock().wanted = true;
        self.0.bell.notify_all();
    }

    /// Waits until everything ordered is done, or cannot go on.
    ///
    /// # Errors
    /// Why it cannot go on.
    pub fn wait(&self) -> Result<(), String> {
        let mut call = self.0.call.lock();
        while call.ended_with.is_none() && !call.ended {
            self.0.bell.wait(&mut call);
        }
        call.ended_with.clone().unwrap_or(Ok(()))
    }

    /// Ends the thread after its present piece of work; the purge goes on with the next start.
    pub fn end(&self) {
        self.0.call.lock().ended = true;
        self.0.bell.notify_all();
        if let Some(thread) = self.0.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the purging thread broke");
        }
    }
}

impl std::fmt::Debug for Purges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Purges")
    }
}

impl Inner {
    fn work(&self) {
        // A killed process may have left what was removed in the database's log.
        if let Err(error) = self.parts.control.empty_log() {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
        loop {
            {
                let mut call = self.call.lock();
                while !call.wanted && !call.ended {
                    self.bell.wait(&mut call);
                }
                if call.ended {
                    return;
                }
                call.wanted = false;
                call.ended_with = None;
            }
            let ended = self.all();
            self.call.lock().ended_with = Some(ended.as_ref().map_err(ToString::to_string).copied());
            self.bell.notify_all();
            match ended {
                Ok(()) => {}
                Err(PurgeError::Stopping) => return,
                Err(error) => {
                    tracing::error!(%error, "a purge or another key cannot go on; it is tried again");
                    self.note(&error);
                    let mut call = self.call.lock();
                    self.bell.wait_for(&mut call, AFTER_FAILURE);
                    call.wanted = true;
                }
            }
        }
    }

    /// Every purge that is not done, and then every workspace that has an older key.
    fn all(&self) -> Result<(), PurgeError> {
        loop {
            self.purges()?;
            if self.renew_all()? {
                return Ok(());
            }
        }
    }

    fn purges(&self) -> Result<(), PurgeError> {
        while let Some(purge) = self.parts.control.read(table::next)? {
            self.parts.store.hold_merging(true);
            let id = purge.id;
            tracing::info!(purge = %id, step = purge.step.as_str(), "a purge goes on");
            match self.one(purge) {
                Ok(()) => tracing::info!(purge = %id, "a purge is done"),
                // Found out before anything was changed; the next one must not wait for it.
                Err(error @ (PurgeError::TooMany { .. } | PurgeError::NoKeys | PurgeError::Unreadable)) => {
                    tracing::warn!(purge = %id, %error, "a purge cannot be carried out");
                    let now_ms = self.parts.clock.now_ms();
                    self.parts.control.write(|tx| table::give_up(tx, id, &error.to_string(), now_ms))?;
                }
                Err(error) => return Err(error),
            }
        }
        self.parts.store.hold_merging(false);
        Ok(())
    }

    fn one(&self, purge: Purge) -> Result<(), PurgeError> {
        let keys = self.parts.keys.get(purge.workspace).ok_or(PurgeError::NoKeys)?;
        let wanted = self.parts.control.read(|tx| table::wanted(tx, &keys, &purge))?;
        let mut run = Run { inner: self, purge, wanted };
        while run.purge.step != Step::Done {
            run.step()?;
        }
        Ok(())
    }

    fn note(&self, error: &PurgeError) {
        let noted = self.parts.control.write(|tx| match table::next(tx)? {
            Some(purge) => table::set_note(tx, purge.id, &error.to_string()),
            None => Ok(()),
        });
        if let Err(error) = noted {
            tracing::warn!(%error, "why a purge cannot go on could not be noted");
        }
    }

    /// Rests after a piece of work that began at `begun_ms`.
    pub(crate) fn rest(&self, begun_ms: i64) -> Result<(), PurgeError> {
        let took_ms = self.parts.clock.now_ms().saturating_sub(begun_ms).max(0).unsigned_abs();
        self.sleep(Duration::from_millis(took_ms / REST_PART))
    }

    /// Waits a moment for others.
    pub(crate) fn pause(&self) -> Result<(), PurgeError> {
        self.sleep(PAUSE)
    }

    fn sleep(&self, time: Duration) -> Result<(), PurgeError> {
        let mut call = self.call.lock();
        if !call.ended && !time.is_zero() {
            self.bell.wait_while_for(&mut call, |call| !call.ended, time);
        }
        if call.ended { Err(PurgeError::Stopping) } else { Ok(()) }
    }
}
