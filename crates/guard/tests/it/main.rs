//! Guard from the outside: people with software passkeys at a guard with a hand-wound clock.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod house;

mod access;
mod altered;
mod binding;
mod first_passkey;
mod grants;
mod life;
mod members;
mod modes;
mod operators;
mod passwords;
mod recovery;
mod review;
mod sends;
mod sign_in;
mod sign_on;
mod step_up;
mod tokens;
mod visitors;
