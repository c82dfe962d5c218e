//! The journal through its public face.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "it/append.rs"]
mod append;
#[path = "it/crash.rs"]
mod crash;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/files.rs"]
mod files;
#[path = "it/fixture.rs"]
mod fixture;
#[path = "it/rewrite.rs"]
mod rewrite;
#[path = "it/support.rs"]
mod support;
