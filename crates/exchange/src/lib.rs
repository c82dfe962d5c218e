//! Files in Parquet: a history of events read as the messages that the collect door takes ([`History`]), and an answer
//! written as a table ([`write_answer`]), or as CSV ([`answer_csv`]). Nothing else compiles a reader of Parquet.
//!
//! Files come from anywhere: what they say of themselves is checked before it is used, and a batch of rows is held at a
//! time, whatever the size of a row group.
//!
//! Modules in reading order: `kind` (what a column of a file is), `part` (which part of a message it is), `batch` (some
//! rows of a column), `cell` (one value as JSON), [`history`], [`answer`], [`csv`], [`error`].

pub mod answer;
mod batch;
mod cell;
pub mod csv;
pub mod error;
pub mod history;
mod kind;
mod part;

pub use answer::write_answer;
pub use csv::answer_csv;
pub use error::ExchangeError;
pub use history::History;
