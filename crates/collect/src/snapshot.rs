//! What members decided, as every request sees it: read whole from the database, replaced whole after each commit.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use control::Database;
use parking_lot::Mutex;

use crate::error::CollectError;

/// Reads what is decided at present.
type Read<T> = dyn Fn(&Database) -> Result<T, CollectError> + Send + Sync;

/// The state that requests go by; they never wait for it.
pub(crate) struct Snapshot<T> {
    present: ArcSwap<T>,
    read: Box<Read<T>>,
    /// Held from reading to replacing: of two changes at once, what the earlier one read must not replace the later one's.
    turn: Mutex<()>,
}

impl<T> Snapshot<T> {
    /// The state as the database has it.
    pub fn load(
        control: &Database,
        read: impl Fn(&Database) -> Result<T, CollectError> + Send + Sync + 'static,
    ) -> Result<Self, CollectError> {
        let present = ArcSwap::from_pointee(read(control)?);
        Ok(Self { present, read: Box::new(read), turn: Mutex::new(()) })
    }

    /// Takes over what has been committed; in force for the next request.
    ///
    /// # Errors
    /// The database's, or something that cannot be used; what was known before then stays in force.
    pub fn reload(&self, control: &Database) -> Result<(), CollectError> {
        let _turn = self.turn.lock();
        self.present.store(Arc::new((self.read)(control)?));
        Ok(())
    }

    /// The state of this moment.
    pub fn get(&self) -> Guard<Arc<T>> {
        self.present.load()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn of_two_changes_at_once_the_later_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let control = Database::open(&folder.path().join("control.db"), control::CONTROL_MIGRATIONS).unwrap();
        let committed = Arc::new(AtomicU32::new(0));
        let source = committed.clone();
        let snapshot = Snapshot::load(&control, move |_| {
            let read = source.load(Ordering::SeqCst);
            // Room for the other one between reading and replacing.
            thread::yield_now();
            Ok(read)
        })
        .unwrap();
        for round in 1..=2_000 {
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        committed.fetch_add(1, Ordering::SeqCst);
                        snapshot.reload(&control).unwrap();
                    });
                }
            });
            assert_eq!(**snapshot.get(), 2 * round);
        }
    }
}
