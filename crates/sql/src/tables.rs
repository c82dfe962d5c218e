//! Virtual tables: the one place where SQLite's callbacks are met. What a table does is written in safe traits; here they are
//! only given the layout that SQLite expects.
#![allow(
    unsafe_code,
    reason = "rusqlite's traits for virtual tables are unsafe, since they promise a layout"
)]

use std::borrow::Cow;
use std::ffi::{CStr, c_int};

use rusqlite::vtab::{
    Context, Filters, IndexInfo, Module, VTab, VTabConnection, VTabCursor, sqlite3_vtab, sqlite3_vtab_cursor,
};
use rusqlite::{Connection, Error, Result, ffi};

/// A table whose rows are made when they are read.
pub(crate) trait Table: Clone + Send + Sync + 'static {
    /// What stands in a `create table`.
    const DECLARATION: &'static CStr;
    /// Its rows.
    type Rows: Rows;

    /// Says which conditions spare reading, and about how much reading is left.
    fn plan(&self, info: &mut IndexInfo) -> Result<()>;

    /// Begins to read.
    fn open(&self) -> Result<Self::Rows>;
}

/// Rows, one after the other.
pub(crate) trait Rows: 'static {
    /// Goes to the first row that may fit, by what [`Table::plan`] put into the number and the text.
    fn begin(&mut self, number: c_int, text: &str, values: &Filters<'_>) -> Result<()>;

    /// Goes to the next row.
    fn advance(&mut self) -> Result<()>;

    /// Whether there is no row any more.
    fn is_at_end(&self) -> bool;

    /// Gives the value of a column of this row.
    fn column(&self, context: &mut Context, column: c_int) -> Result<()>;
}

/// Makes a table known under a name; it need not be created then.
pub(crate) fn register<T: Table>(connection: &Connection, name: &CStr, table: T) -> Result<()> {
    connection.create_module(
        name,
        &const { Module::<'static, Virtual<T>>::eponymous_only_module() },
        Some(table),
    )
}

/// How many bytes all of SQLite in this process holds at the moment.
pub(crate) fn memory_used() -> i64 {
    // SAFETY: it takes nothing and may be called from any thread at any time; SQLite was built with its own mutexes.
    unsafe { ffi::sqlite3_memory_used() }
}

/// A table as SQLite holds it.
#[repr(C)]
struct Virtual<T> {
    base: sqlite3_vtab,
    table: T,
}

/// A place in a table as SQLite holds it.
#[repr(C)]
struct Cursor<R> {
    base: sqlite3_vtab_cursor,
    rows: R,
    number: i64,
}

// SAFETY: the struct has the layout of C, and SQLite's own part stands first.
unsafe impl<'vtab, T: Table> VTab<'vtab> for Virtual<T> {
    type Aux = T;
    type Cursor = Cursor<T::Rows>;

    fn connect(
        _: &mut VTabConnection,
        table: Option<&T>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let table = table.cloned().ok_or_else(|| Error::ModuleError("a table of nothing".to_owned()))?;
        Ok((Cow::Borrowed(T::DECLARATION), Self { base: sqlite3_vtab::default(), table }))
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        self.table.plan(info).map(|()| true)
    }

    fn open(&'vtab mut self) -> Result<Self::Cursor> {
        Ok(Cursor { base: sqlite3_vtab_cursor::default(), rows: self.table.open()?, number: 0 })
    }
}

// SAFETY: the struct has the layout of C, and SQLite's own part stands first.
unsafe impl<R: Rows> VTabCursor for Cursor<R> {
    fn filter(&mut self, number: c_int, text: Option<&str>, values: &Filters<'_>) -> Result<()> {
        self.number = 0;
        self.rows.begin(number, text.unwrap_or_default(), values)
    }

    fn next(&mut self) -> Result<()> {
        self.number += 1;
        self.rows.advance()
    }

    fn eof(&self) -> bool {
        self.rows.is_at_end()
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        self.rows.column(context, column)
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.number)
    }
}
