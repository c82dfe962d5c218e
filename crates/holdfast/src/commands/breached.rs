//! `holdfast breached import`: a corpus of breached passwords becomes the filter in the data directory.

use std::io::BufReader;
use std::path::Path;

use breach::{BreachError, Facts};
use serde_json::json;

use crate::cli::Breached;
use crate::installation::Installation;
use crate::outcome::{Failure, Outcome};
use crate::server::core::BREACHED;

pub(super) fn run(command: &Breached) -> Outcome {
    let Breached::Import { place, file, json } = command;
    let config = super::configured(place)?;
    if !Installation::exists(&config.data) {
        return Err(Failure::usage(format!("there is no installation in {}", config.data.display())));
    }
    let made =
        import(file, &config.data.join(BREACHED)).map_err(|error| Failure::failed(error.to_string()))?;
    if *json {
        return super::print_json(
            &json!({ "passwords": made.keys, "bytes": made.bytes, "shards": 1_u64 << made.bits }),
        );
    }
    println!(
        "{} passwords in {} bytes; every password is held against them from now on",
        made.keys, made.bytes
    );
    Ok(())
}

fn import(file: &Path, to: &Path) -> Result<Facts, BreachError> {
    let tell = |lines| eprintln!("{lines} lines read");
    if file == Path::new("-") {
        return breach::import(BufReader::with_capacity(1 << 20, std::io::stdin()), to, tell);
    }
    breach::import(breach::import::open(file)?, to, tell)
}
