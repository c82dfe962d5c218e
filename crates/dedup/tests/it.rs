//! Message ids through the crate's public face.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "it/bounds.rs"]
mod bounds;
#[path = "it/damage.rs"]
mod damage;
#[path = "it/replay.rs"]
mod replay;
#[path = "it/support.rs"]
mod support;
