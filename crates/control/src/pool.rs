//! A bounded set of read-only connections.

use std::path::{Path, PathBuf};

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::database::{OpenAs, connect};
use crate::error::ControlError;

/// The most readers at once; a further one waits until a connection comes back.
const READERS_MAX: usize = 8;

/// Readers, opened when first needed.
pub(crate) struct Pool {
    path: PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    open: usize,
}

/// A connection on loan; it goes back when dropped.
pub(crate) struct Loan<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Pool {
    pub(crate) fn new(path: &Path) -> Self {
        let state = Mutex::new(State { idle: Vec::with_capacity(READERS_MAX), open: 0 });
        Self { path: path.to_owned(), state, returned: Condvar::new() }
    }

    /// Lends a connection to `f`.
    pub(crate) fn with<T, E: From<ControlError>>(
        &self,
        f: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut loan = Loan { pool: self, connection: self.take() };
        let connection = match loan.connection.take() {
            Some(connection) => connection,
            None => connect(&self.path, OpenAs::Reader)?,
        };
        f(loan.connection.insert(connection))
    }

    /// An idle connection, or `None` as the leave to open one more.
    fn take(&self) -> Option<Connection> {
        let mut state = self.state.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Some(connection);
            }
            if state.open < READERS_MAX {
                state.open += 1;
                return None;
            }
            self.returned.wait(&mut state);
        }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock();
        match self.connection.take() {
            Some(connection) => state.idle.push(connection),
            None => state.open -= 1,
        }
        self.pool.returned.notify_one();
    }
}
