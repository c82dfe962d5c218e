//! Statements over a small store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod counts;
mod people;
mod refused;
mod statements;
mod world;
