//! Schema changes: each applied once, whole, and recorded with its checksum.

use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::ControlError;

/// One numbered schema change.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number within its database; changes are applied in this order.
    pub number: u32,
    /// What it is about, in one word.
    pub name: &'static str,
    /// Statements, separated by semicolons, without transaction control.
    pub sql: &'static str,
}

impl Migration {
    /// Against accidental edits only: whoever can change the database can change the record too.
    fn checksum(&self) -> i64 {
        i64::from(crc32c::crc32c(self.sql.as_bytes()))
    }
}

/// What a database says it has had done to it.
struct Applied {
    number: u32,
    name: String,
    checksum: i64,
}

/// Whether some of `migrations` have not been applied yet.
pub(crate) fn pending(connection: &Connection, migrations: &[Migration]) -> Result<bool, ControlError> {
    let there = "select count(*) from sqlite_schema where name = 'schema_migration'";
    if connection.query_row(there, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(true);
    }
    let applied = applied(connection)?;
    Ok(migrations.iter().any(|migration| !applied.iter().any(|record| record.number == migration.number)))
}

/// Brings the database to the newest schema of `migrations`. Nothing is applied if the database was
/// written by a newer binary or with edited migrations.
pub(crate) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<(), ControlError> {
    connection.execute_batch(
        "create table if not exists schema_migration (
           number integer primary key, name text not null, checksum integer not null
         ) strict",
    )?;
    let applied = applied(connection)?;
    for record in &applied {
        check(record, migrations)?;
    }
    for migration in migrations {
        if !applied.iter().any(|record| record.number == migration.number) {
            apply(connection, migration).map_err(|source| ControlError::Migration {
                number: migration.number,
                name: migration.name,
                source,
            })?;
        }
    }
    Ok(())
}

fn applied(connection: &Connection) -> Result<Vec<Applied>, rusqlite::Error> {
    let mut statement =
        connection.prepare("select number, name, checksum from schema_migration order by number")?;
    let rows = statement
        .query_map([], |row| Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? }))?;
    rows.collect()
}

fn check(record: &Applied, migrations: &[Migration]) -> Result<(), ControlError> {
    let Some(known) = migrations.iter().find(|migration| migration.number == record.number) else {
        return Err(ControlError::NewerDatabase { number: record.number, name: record.name.clone() });
    };
    if known.checksum() != record.checksum || known.name != record.name {
        return Err(ControlError::EditedMigration { number: record.number, name: record.name.clone() });
    }
    Ok(())
}

fn apply(connection: &mut Connection, migration: &Migration) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "insert into schema_migration (number, name, checksum) values (?1, ?2, ?3)",
        params![migration.number, migration.name, migration.checksum()],
    )?;
    transaction.commit()
}
