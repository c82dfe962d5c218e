//! The collector through its routes, with a real journal on disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod counts;
mod dialect;
mod door;
mod hostile;
mod replies;
mod sources;
