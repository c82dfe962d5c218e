//! Answers questions in SQL: one statement that reads, over the views `events` and `people`, run by SQLite in memory over
//! virtual tables. There is nothing in the database but these two, nothing is written anywhere, and every statement has limits
//! of time, memory and rows.
//!
//! A person is a number that is the same throughout one question and another one in the next. What the vault seals is absent.
//!
//! Left to others: who may ask, and how many rows a member is shown (`guard`, `rows`, `service`); reading (`store`, `people`).
//!
//! Modules in reading order: [`Sql`] (`asking`), `answers`, `connection` (what a statement may do), `budget` (limits while it
//! runs), `tables` (the one place with `unsafe`), `bounds` (what of a condition spares reading), `events`, `everybody`,
//! `pseudonyms`, `times`.

mod answers;
mod asking;
mod bounds;
mod budget;
mod connection;
mod events;
mod everybody;
mod pseudonyms;
mod tables;
mod times;

pub use asking::{Asked, Limits, Sql};
pub use connection::TABLES;
