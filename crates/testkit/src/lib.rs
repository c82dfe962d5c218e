//! For tests only: a real server on random ports, a client that speaks to it as a person or a program
//! would, and a software authenticator.
//!
//! Everything here panics where a test should fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod app;
mod authenticator;
mod authority;
mod client;
mod database;
mod device;
mod handshake;
mod liar;
mod recipient;
mod secure;
mod server;
mod sinks;
mod witness;

pub use app::App;
pub use authenticator::Authenticator;
pub use authority::{Authority, CertificateFiles};
pub use client::{Client, Reply};
pub use database::DatabaseFile;
pub use device::{Device, hs256};
pub use handshake::presented;
pub use liar::Liar;
pub use recipient::{IDENTITY, RECIPIENT, decrypted};
pub use secure::SecureSink;
pub use server::{Installed, Server, wait_until};
pub use sinks::{HookSink, MailSink, Mailed, Posted};
pub use witness::WitnessSink;
