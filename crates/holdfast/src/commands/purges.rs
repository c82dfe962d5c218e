//! `holdfast purges`: the list of what was purged, for restores of older backups.

use serde_json::json;

use crate::cli::Purges;
use crate::outcome::Outcome;

pub(super) fn run(command: &Purges) -> Outcome {
    let Purges::Export { place, into, json } = command;
    let body = json!({ "into": super::local::absolute(into)? });
    let report = super::local::call(place, "/local/purges", &body)?;
    if *json {
        return super::print_json(&report);
    }
    println!("{} purges in {}", report["purges"], into.display());
    println!("it opens with the master key alone; keep the newest one where the backups are");
    Ok(())
}
