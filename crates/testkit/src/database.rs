//! A database of the server's in the hands of somebody who has its file: it is copied, put back and changed directly, as an
//! engineer with access to the disk would. The server must not be running.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// The file.
#[derive(Clone, Debug)]
pub struct DatabaseFile(PathBuf);

impl DatabaseFile {
    /// The one at `path`.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn open(&self) -> Connection {
        let db = Connection::open(&self.0).expect("a database");
        db.execute_batch("pragma foreign_keys = off").expect("a setting");
        db
    }

    /// A copy, with what still stands in the write-ahead log.
    pub fn copy_to(&self, to: &Path) -> Self {
        self.open().execute("vacuum into ?1", [to.to_str().expect("a path that is text")]).expect("a copy");
        Self(to.to_owned())
    }

    /// Puts another one in its place; nothing is left of its own log.
    pub fn replace_by(&self, other: &Self) {
        for suffix in ["-wal", "-shm"] {
            let mut log = self.0.clone().into_os_string();
            log.push(suffix);
            let _ = std::fs::remove_file(log);
        }
        std::fs::copy(&other.0, &self.0).expect("copied");
    }

    /// Carries a statement out, with another database attached as `old`; how many rows it touched.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn edit(&self, old: &Self, sql: &str) -> Result<usize, String> {
        let db = self.open();
        db.execute("attach ?1 as old", [old.0.to_str().expect("a path that is text")]).expect("attached");
        db.execute(sql, []).map_err(|error| format!("{sql}: {error}"))
    }

    /// The first column of what a question finds, as bytes.
    pub fn bytes(&self, sql: &str) -> Vec<Vec<u8>> {
        let db = self.open();
        let mut asked = db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let rows = asked.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }
}
