//! The collector through its routes, with a real journal on disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod advisories;
mod bots;
mod counts;
mod customerio;
mod dialect;
mod door;
mod hostile;
mod jitsu;
mod mixpanel;
mod places;
mod planned;
mod replies;
mod rudder;
mod shown;
mod sources;
mod strict;
mod visits;
