//! A database that is nothing but the two views, and what a statement may do there: read them, with functions that only
//! calculate.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Result};

use crate::budget::Budget;
use crate::events::Events;
use crate::everybody::Everybody;
use crate::tables::register;

/// The views and their columns, in their order, each with what it is.
pub const TABLES: [(&str, &[(&str, &str)]); 2] = [
    (
        "events",
        &[
            ("event", "its name"),
            ("time", "when it happened: text, 2026-08-01T12:00:00.000Z"),
            ("time_ms", "the same in milliseconds since 1970"),
            (
                "person",
                "whose it is: a number that is another one in the next question; null where it is nobody's",
            ),
            ("properties", "JSON: properties ->> 'country'"),
            ("context", "JSON: context ->> '$.library.name'"),
        ],
    ),
    (
        "people",
        &[
            ("person", "the same number as in events"),
            ("first_seen", "the time of their earliest event, text"),
            ("last_seen", "the time of their latest event, text"),
            ("traits", "JSON, without those that are sealed: traits ->> 'plan'"),
        ],
    ),
];

/// Tables that are made of a JSON text.
const OF_JSON: [&str; 2] = ["json_each", "json_tree"];

/// How many instructions of SQLite go by between two looks at the limits.
const INSTRUCTIONS: i32 = 200;

/// The longest text that a value can be, in bytes: far more than the properties of an event.
pub(crate) const VALUE_BYTES_MAX: i32 = 256 * 1024;
/// The most columns of an answer.
pub(crate) const COLUMNS_MAX: i32 = 100;
const LIMITS: [(Limit, i32); 10] = [
    (Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, question::kinds::SQL_BYTES_MAX as i32),
    (Limit::SQLITE_LIMIT_COLUMN, COLUMNS_MAX),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_VDBE_OP, 100_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 100),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// Functions that calculate and do nothing else.
const FUNCTIONS: &str = "-> ->> abs avg ceil ceiling char coalesce concat concat_ws count cume_dist current_date \
    current_time current_timestamp date datetime dense_rank exp first_value floor format glob group_concat hex if ifnull iif \
    instr json json_array json_array_insert json_array_length json_error_position json_extract json_group_array \
    json_group_object json_insert json_object json_patch json_quote json_remove json_replace json_set json_type json_valid \
    julianday lag last_value lead length like ln log log10 log2 lower ltrim max median min mod nth_value ntile nullif \
    octet_length percent_rank percentile percentile_cont percentile_disc pow power printf quote rank replace round row_number \
    rtrim sign sqrt strftime string_agg substr substring sum time timediff total trim trunc typeof unicode unixepoch upper";

/// What a statement reads, and what of it was refused.
#[derive(Default)]
pub(crate) struct Noted {
    /// The columns, as `events.time`.
    pub(crate) reads: BTreeSet<String>,
    /// The first thing that it may not do, in words.
    pub(crate) refused: Option<String>,
}

/// A database of its own, in memory, that can only be asked.
pub(crate) fn open(
    events: Events,
    everybody: Everybody,
    budget: Arc<Budget>,
) -> Result<(Connection, Arc<Mutex<Noted>>)> {
    let mut connection = Connection::open_in_memory()?;
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    connection.pragma_update(None, "temp_store", "memory")?;
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        // A name in double quotes that is no column is a mistake and not a text.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        connection.set_db_config(setting, value)?;
    }
    register(&connection, c"events", events)?;
    register(&connection, c"people", everybody)?;
    let noted = Arc::new(Mutex::new(Noted::default()));
    let notes = noted.clone();
    connection.authorizer(Some(move |asked: AuthContext<'_>| decide(&asked, &mut notes.lock())))?;
    connection.progress_handler(INSTRUCTIONS, Some(move || budget.is_spent()))?;
    Ok((connection, noted))
}

/// Whether a name can only be one that the statement gave: it is no table of ours, and none of SQLite's own.
fn is_of_the_statement(name: &str) -> bool {
    let is_sqlites = ["sqlite_", "pragma_"]
        .iter()
        .any(|begin| name.get(..begin.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(begin)));
    !is_sqlites && !TABLES.iter().any(|(table, _)| table.eq_ignore_ascii_case(name))
}

fn decide(asked: &AuthContext<'_>, noted: &mut Noted) -> Authorization {
    let refused = match asked.action {
        AuthAction::Select | AuthAction::Recursive => return Authorization::Allow,
        AuthAction::Read { table_name, .. } if OF_JSON.contains(&table_name) => return Authorization::Allow,
        // How many rows there are of what the statement itself names (`with n as …`), or of nothing: no column is read.
        AuthAction::Read { table_name, column_name: "" } if is_of_the_statement(table_name) => {
            return Authorization::Allow;
        }
        AuthAction::Read { table_name, column_name } => {
            let columns = TABLES.iter().find(|(table, _)| *table == table_name).map(|(_, columns)| *columns);
            let is_there =
                |columns: &[(&str, &str)]| columns.iter().any(|(column, _)| *column == column_name);
            // Without a column: only how many rows there are.
            if columns.is_some_and(|columns| column_name.is_empty() || is_there(columns)) {
                noted.reads.insert(format!("{table_name}.{column_name}"));
                return Authorization::Allow;
            }
            format!("reads `{table_name}`, where only `events` and `people` may be read, by their columns")
        }
        AuthAction::Function { function_name } => {
            if FUNCTIONS.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(function_name)) {
                return Authorization::Allow;
            }
            format!("uses the function `{function_name}`, which is not among those that may be used")
        }
        _ => "does something else than read".to_owned(),
    };
    noted.refused.get_or_insert(refused);
    Authorization::Deny
}
