//! Which passwords are known to strangers: the much used ones, embedded, and a full corpus that an operator imports.
//!
//! Both are filters, which hold no password and answer "very likely" or "no". Left to others: where passwords may be used
//! and what becomes of one that is known (`guard`), and what it means when values of a property look like passwords (`watch`).
//!
//! Modules in reading order: [`common`], [`corpus`] (asking), [`import`] (building), `line`, `error`.

pub mod common;
pub mod corpus;
mod error;
pub mod import;
mod line;

pub use common::PasswordFilter;
pub use corpus::{Corpus, Facts};
pub use error::BreachError;
pub use import::import;
