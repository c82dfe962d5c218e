//! Files for other tools: a history of events in Parquet read as the messages that the collect door takes ([`History`]), and
//! an answer written as Parquet ([`write_parquet`]), as Arrow ([`write_arrow`]) or as CSV ([`answer_csv`]). Nothing else
//! compiles a reader of Parquet or a writer of Arrow.
//!
//! Files come from anywhere: what they say of themselves is checked before it is used, and a batch of rows is held at a
//! time, whatever the size of a row group.
//!
//! Modules in reading order: `kind` (what a column of a file is), `part` (which part of a message it is), `batch` (some
//! rows of a column), `cell` (one value as JSON), [`history`], `answer` (its columns), [`parquet`], [`arrow`], [`csv`],
//! [`error`].

mod answer;
pub mod arrow;
mod batch;
mod cell;
pub mod csv;
pub mod error;
pub mod history;
mod kind;
pub mod parquet;
mod part;

pub use self::parquet::write_parquet;
pub use arrow::write_arrow;
pub use csv::answer_csv;
pub use error::ExchangeError;
pub use history::History;
