//! `holdfast database …`: whether somebody changed the database of databases outside Holdfast, and accepting it.

use serde_json::json;
use stdx::Clock;

use crate::cli::{DatabaseCommand, Place};
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::{Core, databases};
use crate::server::kept;

pub(super) fn run(command: &DatabaseCommand) -> Outcome {
    match command {
        DatabaseCommand::Check { place, json } => check(place, *json),
        DatabaseCommand::Accept { place, reason } => accept(place, reason),
    }
}

fn installation(place: &Place) -> Outcome<(Config, Installation)> {
    let config = super::configured(place)?;
    let installation = Installation::open(&config.data, &config)?;
    Ok((config, installation))
}

fn check(place: &Place, as_json: bool) -> Outcome {
    let (_, installation) = installation(place)?;
    let databases = databases(&installation, &Clock::wall())?;
    let differs = kept::differs(&databases)?;
    databases.ledger.close();
    if as_json {
        super::print_json(&json!({ "differs": differs }))?;
    }
    match differs.as_slice() {
        [] if as_json => Ok(()),
        [] => super::print("control.db and people.db are as they were last written\n"),
        tables => Err(kept::refusal(tables)),
    }
}

fn accept(place: &Place, reason: &str) -> Outcome {
    let (config, installation) = installation(place)?;
    let core = Core::open(installation, &config, config.console.addr.port())?;
    let differs = kept::differs(&core.databases())?;
    if differs.is_empty() {
        return Err(Failure::conflict(
            "control.db and people.db are as they were last written: there is nothing to accept",
        ));
    }
    kept::accept(&core, &differs, reason)?;
    core.ledger.close();
    super::print(
        "accepted: every session and token has ended, and the installation is read-only until two people say otherwise\n",
    )
}
