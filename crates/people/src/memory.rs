//! What the resolver keeps in memory between batches. All of it can be read from the database again,
//! and is thrown away when a transaction fails.

use std::collections::HashMap;

use model::{PersonCode, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::PeopleError;
use crate::identifiers::Hash;
use crate::recent::Recent;

/// The most names of traits in one workspace; traits under further names are counted, not kept.
pub const TRAIT_NAMES_MAX: usize = 2_000;

pub(crate) struct Memory {
    /// The first offset not resolved yet.
    pub(crate) position: u64,
    /// Who an identifier belongs to, by workspace number and hash.
    pub(crate) identities: Recent<(u32, Hash), Identity>,
    /// The last outgoing order handed over, and the last one there is.
    pub(crate) handed: i64,
    pub(crate) decided: i64,
    /// Destroyed keys may still stand in the write-ahead log.
    pub(crate) log_to_empty: bool,
    spaces: HashMap<WorkspaceId, Space>,
}

/// Whose an identifier is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    /// The living person.
    pub(crate) code: PersonCode,
    /// Whether that person has a user id.
    pub(crate) tied: bool,
}

/// A workspace's row, and the names of its traits.
pub(crate) struct Space {
    pub(crate) no: u32,
    next_code: u64,
    living: i64,
    names: HashMap<String, u32>,
    /// The names inside each object, by the object's name.
    inside: HashMap<String, Vec<u32>>,
    changed: bool,
}

impl Memory {
    pub(crate) fn new(position: u64, decided: i64) -> Self {
        Self {
            position,
            identities: Recent::new(),
            handed: 0,
            decided,
            // A crash may have come between an erasure and the emptying.
            log_to_empty: true,
            spaces: HashMap::new(),
        }
    }

    /// Goes back to where a transaction that was undone had begun.
    pub(crate) fn forget_undone(&mut self, position: u64, decided: i64) {
        self.position = position;
        self.decided = decided;
        self.identities = Recent::new();
        self.spaces.clear();
    }

    /// Names of traits have changed; between two batches nothing else of a workspace waits here.
    pub(crate) fn forget_names(&mut self) {
        self.spaces.clear();
    }

    /// The workspace's row, made if absent.
    pub(crate) fn space(&mut self, tx: &Transaction<'_>, id: WorkspaceId) -> Result<&mut Space, PeopleError> {
        use std::collections::hash_map::Entry;
        match self.spaces.entry(id) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(Space::load(tx, id)?)),
        }
    }

    /// Writes the rows that changed.
    pub(crate) fn store_spaces(&mut self, tx: &Transaction<'_>) -> Result<(), PeopleError> {
        for space in self.spaces.values_mut().filter(|space| space.changed) {
            tx.prepare_cached("update space set next_code = ?2, living = ?3 where no = ?1")?
                .execute(params![space.no, sql_integer(space.next_code), space.living])?;
            space.changed = false;
        }
        Ok(())
    }
}

impl Space {
    fn load(tx: &Transaction<'_>, id: WorkspaceId) -> Result<Self, PeopleError> {
        let workspace = id.0.to_be_bytes();
        tx.execute("insert into space (workspace) values (?1) on conflict do nothing", [workspace])?;
        let (no, next_code, living): (u32, u32, i64) = tx.query_row(
            "select no, next_code, living from space where workspace = ?1",
            [workspace],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let mut statement = tx.prepare_cached("select name, no from trait_name where space = ?1")?;
        let mut rows = statement.query([no])?;
        let (names, inside) = (HashMap::new(), HashMap::new());
        let mut space = Self { no, next_code: u64::from(next_code), living, names, inside, changed: false };
        while let Some(row) = rows.next()? {
            space.enter_name(row.get(0)?, row.get(1)?);
        }
        Ok(space)
    }

    fn enter_name(&mut self, name: String, no: u32) {
        for (at, _) in name.match_indices('.') {
            if let Some(object) = name.get(..at) {
                self.inside.entry(object.to_owned()).or_default().push(no);
            }
        }
        self.names.insert(name, no);
    }

    /// The next free code; `None` when all are used up.
    pub(crate) fn take_code(&mut self) -> Option<PersonCode> {
        let code = u32::try_from(self.next_code).ok().filter(|code| *code < u32::MAX)?;
        self.next_code += 1;
        self.living += 1;
        self.changed = true;
        Some(PersonCode(code))
    }

    /// One living person fewer.
    pub(crate) fn one_gone(&mut self) {
        self.living -= 1;
        self.changed = true;
    }

    /// One living person more, who was one before.
    pub(crate) fn one_back(&mut self) {
        self.living += 1;
        self.changed = true;
    }

    /// The number of a trait's name; `None` when there are too many names already.
    pub(crate) fn name_no(&mut self, tx: &Transaction<'_>, name: &str) -> Result<Option<u32>, PeopleError> {
        if let Some(no) = self.names.get(name) {
            return Ok(Some(*no));
        }
        if self.names.len() >= TRAIT_NAMES_MAX {
            return Ok(None);
        }
        let no = tx.query_row(
            "insert into trait_name (space, name) values (?1, ?2) returning no",
            params![self.no, name],
            |row| row.get(0),
        )?;
        self.enter_name(name.to_owned(), no);
        Ok(Some(no))
    }

    /// The numbers of the names inside the object `name`.
    pub(crate) fn names_inside(&self, name: &str) -> Vec<u32> {
        self.inside.get(name).cloned().unwrap_or_default()
    }
}

/// The number of a workspace that may have no people yet, for reading.
pub(crate) fn space_no(tx: &Transaction<'_>, id: WorkspaceId) -> Result<Option<u32>, rusqlite::Error> {
    tx.prepare_cached("select no from space where workspace = ?1")?
        .query_row([id.0.to_be_bytes()], |row| row.get(0))
        .optional()
}

/// SQLite's integers are signed; an offset beyond their range is centuries away.
pub(crate) fn sql_integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
