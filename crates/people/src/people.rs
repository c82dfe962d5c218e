//! The resolving follower's handle: opened once, shared by reference.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use control::Database;
use keys::KeyDirectory;
use model::{Entry, Offset, Order, PersonCode};
use parking_lot::{Condvar, Mutex};
use rusqlite::OptionalExtension;
use stdx::Clock;

use crate::batch::{Batch, FOLLOWER};
use crate::error::PeopleError;
use crate::memory::Memory;
use crate::orders;

/// The people of every workspace, in `people.db`.
pub struct People {
    pub(crate) database: Database,
    pub(crate) keys: KeyDirectory,
    clock: Clock,
    memory: Mutex<Memory>,
    position: AtomicU64,
    /// Held by whoever waits for the position to pass a place.
    waiting: Mutex<()>,
    passed: Condvar,
}

impl People {
    /// Opens the people in `database`, which has the migrations [`control::PEOPLE_MIGRATIONS`].
    ///
    /// # Errors
    /// The database's.
    pub fn open(database: Database, keys: KeyDirectory, clock: Clock) -> Result<Self, PeopleError> {
        let (position, decided) = database.read(|tx| {
            let position: Option<i64> = tx
                .query_row("select position from progress where follower = ?1", [FOLLOWER], |row| row.get(0))
                .optional()?;
            let decided: i64 =
                tx.query_row("select coalesce(max(no), 0) from outgoing", [], |row| row.get(0))?;
            Ok::<_, PeopleError>((position.unwrap_or(0).unsigned_abs(), decided))
        })?;
        let memory = Mutex::new(Memory::new(position, decided));
        let position = AtomicU64::new(position);
        Ok(Self {
            database,
            keys,
            clock,
            memory,
            position,
            waiting: Mutex::default(),
            passed: Condvar::new(),
        })
    }

    /// The first offset that is not resolved yet.
    pub fn position(&self) -> Offset {
        Offset(self.position.load(Ordering::SeqCst))
    }

    /// Waits until the record at `offset` is resolved, for `time` at most. Whether it is.
    pub fn wait_past(&self, offset: Offset, time: Duration) -> bool {
        let mut waiting = self.waiting.lock();
        !self.passed.wait_while_for(&mut waiting, |()| self.position() <= offset, time).timed_out()
    }

    /// Gives each event its person, in one transaction with the position. `repeated` says of each entry
    /// whether an earlier one bore its message id; such an entry, and one below the position, is only
    /// looked up. [`PersonCode::NOBODY`] for events in which nothing says who it was and for those of programs;
    /// `None` for orders, and for events of a workspace or person that is gone.
    ///
    /// # Errors
    /// Nothing of the batch has then happened; it may be given again.
    pub fn resolve(
        &self,
        entries: &[Entry],
        repeated: &[bool],
    ) -> Result<Vec<Option<PersonCode>>, PeopleError> {
        let mut memory = self.memory.lock();
        let (position, decided) = (memory.position, memory.decided);
        let now_ms = self.clock.now_ms();
        let result = self.database.write(|tx| {
            let mut batch = Batch::new(tx, &mut memory, &self.keys, now_ms);
            let repeated = repeated.iter().copied().chain(std::iter::repeat(false));
            let persons = entries
                .iter()
                .zip(repeated)
                .map(|(entry, repeated)| batch.entry(entry, repeated))
                .collect::<Result<Vec<_>, PeopleError>>()?;
            batch.finish()?;
            Ok::<_, PeopleError>(persons)
        });
        match result {
            Ok(persons) => {
                {
                    let _waiting = self.waiting.lock();
                    self.position.store(memory.position, Ordering::SeqCst);
                }
                self.passed.notify_all();
                self.empty_log(&mut memory)?;
                Ok(persons)
            }
            Err(error) => {
                memory.forget_undone(position, decided);
                Err(error)
            }
        }
    }

    /// Held while something is changed beside the resolving of entries.
    pub(crate) fn memory(&self) -> parking_lot::MutexGuard<'_, Memory> {
        self.memory.lock()
    }

    /// Orders decided while resolving, to be fed into the journal. Each is handed over once per start and
    /// waits in the database until it has come back, so that a crash loses none. At most 1,000 a call.
    ///
    /// # Errors
    /// The database's.
    pub fn take_orders(&self) -> Result<Vec<Order>, PeopleError> {
        let mut memory = self.memory.lock();
        if memory.handed >= memory.decided {
            return Ok(Vec::new());
        }
        let rows = self.database.read(|tx| orders::outgoing(tx, memory.handed))?;
        memory.handed = rows.last().map_or(memory.decided, |(no, _)| *no);
        Ok(rows.into_iter().map(|(_, order)| order).collect())
    }

    /// After an erasure the write-ahead log is emptied, so that no destroyed key is left in it. A reader
    /// may hold it; the next batch tries again.
    fn empty_log(&self, memory: &mut Memory) -> Result<(), PeopleError> {
        if memory.log_to_empty {
            memory.log_to_empty = !self.database.empty_log()?;
        }
        Ok(())
    }
}
