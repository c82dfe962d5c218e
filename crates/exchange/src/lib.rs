//! Files in Parquet: a history of events read as the messages that the collect door takes ([`History`]), and an answer
//! written as a table ([`write_answer`]). Nothing else compiles a reader of Parquet.
//!
//! Files come from anywhere: what they say of themselves is checked before it is used, and a batch of rows is held at a
//! time, whatever the size of a row group.
//!
//! Modules in reading order: `kind` (what a column of a file is), `part` (which part of a message it is), `batch` (some
//! rows of a column), `cell` (one value as JSON), [`history`], [`answer`], [`error`].

pub mod answer;
mod batch;
mod cell;
pub mod error;
pub mod history;
mod kind;
mod part;

pub use answer::write_answer;
pub use error::ExchangeError;
pub use history::History;
