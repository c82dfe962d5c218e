//! Statements over a small store.

mod counts;
mod people;
mod refused;
mod statements;
mod world;
