//! Backups through the crate's public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "it/damage.rs"]
mod damage;
#[path = "it/round.rs"]
mod round;
#[path = "it/support.rs"]
mod support;
