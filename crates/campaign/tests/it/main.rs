//! Sending, with a relay of the test's and a clock that is moved by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod sending;
mod world;
