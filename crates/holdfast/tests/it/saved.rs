//! Backups of a running server, and restores of them.

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{IDENTITY, RECIPIENT};

use crate::support::House;

/// A backup of the running server, and the report of it.
pub fn backup(house: &House, name: &str) -> (PathBuf, Value) {
    let (data, into) = (house.server.data(), house.server.scratch().join(name));
    let made = house.server.command(&[
        "backup",
        "--json",
        "--data",
        data.to_str().unwrap(),
        "--recipient",
        RECIPIENT,
        into.to_str().unwrap(),
    ]);
    assert_eq!(made.0, 0, "{}", made.2);
    (into, serde_json::from_str(&made.1).unwrap())
}

/// Restores it; gives exit code, output and errors.
pub fn restore(house: &House, from: &Path, target: &Path, more: &[&str]) -> (i32, String, String) {
    restore_with(house, from, target, more, &[])
}

/// The same in another environment.
pub fn restore_with(
    house: &House,
    from: &Path,
    target: &Path,
    more: &[&str],
    environment: &[(&str, &str)],
) -> (i32, String, String) {
    let identity = house.server.scratch().join("identity");
    stdx::files::replace(&identity, IDENTITY.as_bytes()).unwrap();
    let mut arguments = vec![
        "restore",
        "--data",
        target.to_str().unwrap(),
        "--identity",
        identity.to_str().unwrap(),
        from.to_str().unwrap(),
    ];
    arguments.extend(more);
    house.server.command_with(&arguments, environment)
}
