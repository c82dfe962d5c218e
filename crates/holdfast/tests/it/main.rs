//! The product through its doors: a real server in a process of its own, spoken to over sockets.
//!
//! One binary, because each further one is linked and run apart. A file per noun.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod access;
mod asvs;
mod autocapture;
mod backup;
mod binding;
mod browser;
mod budget;
mod census;
mod collecting;
mod database;
mod demo;
mod discard;
mod doors;
mod drill;
mod effective;
mod exports;
mod grants;
mod hostile;
mod incidents;
mod kill;
mod ledger;
mod liar;
mod limits;
mod live;
mod mirror;
mod notices;
mod passive;
mod passwords;
mod paths;
mod people;
mod plans;
mod purge;
mod questions;
mod raw;
mod repeated;
mod restoring;
mod review;
mod routes;
mod rules;
mod saved;
mod schemathesis;
mod scim;
mod sdk;
mod secrets;
mod status;
mod sign_on;
mod support;
mod tidy;
mod tls;
mod touching;
mod watch;
mod witness;
mod workspaces;
