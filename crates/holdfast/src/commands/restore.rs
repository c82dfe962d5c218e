//! `holdfast restore`: a backup into an empty data directory. What does not verify is refused; everybody signs in anew.

use ::backup::{Identities, restore};
use serde_json::json;

use crate::cli::Restore;
use crate::config::Config;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::Core;

pub(super) fn run(arguments: &Restore) -> Outcome {
    let config = super::configured(&arguments.place)?;
    let identities =
        Identities::read(&arguments.identity).map_err(|error| Failure::invalid(error.to_string()))?;
    let report = restore(&arguments.from, &identities, &config.data)
        .map_err(|error| Failure::failed(error.to_string()))?;
    if let Err(failure) = make_safe(&config) {
        // Half a restore would only stand in the way of the next try.
        let _ = std::fs::remove_dir_all(&config.data);
        return Err(Failure::failed(format!(
            "nothing was restored: {failure}; the master key that you kept must be where keys.* says"
        )));
    }
    if arguments.json {
        return super::print_json(
            &json!({ "files": report.files, "bytes": report.bytes, "mark": report.mark }),
        );
    }
    println!("{} files, {} bytes restored into {}", report.files, report.bytes, config.data.display());
    println!(
        "the ledger verifies; every session has ended; next: holdfast serve --data {}",
        config.data.display()
    );
    println!("what was purged or erased after this backup was made is back: order it again (docs/purge.md)");
    Ok(())
}

/// What was restored must verify, and nobody may be signed in by it.
fn make_safe(config: &Config) -> Outcome {
    let installation = Installation::open(&config.data, config)?;
    let core = Core::open(installation, config, config.console.addr.port())?;
    let verified =
        core.ledger.verify(None).map_err(|error| Failure::failed(format!("the ledger: {error}")))?;
    if !verified.is_sound() {
        return Err(Failure::failed(format!("its ledger does not verify: {verified}")));
    }
    // Sessions, tokens and codes of the past must not come back to life with it.
    let ended = core.guard.host().end_everything_signed_in();
    core.ledger.close();
    ended.map_err(|error| Failure::failed(format!("sessions cannot be ended: {error}")))
}
