//! Why a file cannot be read or written. No text holds a value.

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The file is not there, or may not be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// It is no Parquet, or its end is missing.
    #[error("it is no Parquet file, or is cut short: {0}")]
    NotParquet(String),
    /// A column that messages need is missing.
    #[error("there is no column {0}")]
    Missing(&'static str),
    /// There are more columns than an event may have keys.
    #[error("there are {found} columns; an event has {max} properties at most")]
    TooManyColumns {
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// A column is of a type that no property has.
    #[error("column `{column}` is {what}")]
    Column {
        /// Its name.
        column: String,
        /// What it is, and what to do about it.
        what: &'static str,
    },
    /// The values of a column cannot be read in one of the row groups.
    #[error("column `{column}`, row group {group}: {why}")]
    Values {
        /// Its name.
        column: String,
        /// Which row group, from 1.
        group: usize,
        /// What is wrong.
        why: String,
    },
    /// The answer cannot be written.
    #[error("cannot write: {0}")]
    Write(String),
}
