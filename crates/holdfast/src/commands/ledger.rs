//! `holdfast ledger verify`: the whole ledger, recomputed from its leaves. A running server does not disturb it.

use std::path::Path;

use ::ledger::{LedgerKeys, Trust, verify};

use crate::cli::{Ledger, Place};
use crate::installation::{Installation, master_key};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &Ledger) -> Outcome {
    match command {
        Ledger::Verify { place, checkpoint, json } => check(place, checkpoint.as_deref(), *json),
    }
}

fn check(place: &Place, older: Option<&Path>, as_json: bool) -> Outcome {
    let config = super::configured(place)?;
    let identity = Installation::identity(&config.data)?;
    let master = master_key(&config.data, &config.keys, identity.demo, &identity.id, false)?;
    let failed = |error: ::ledger::LedgerError| Failure::failed(error.to_string());
    let keys = LedgerKeys::derive(&crate::server::core::ledger_origin(&identity), &master).map_err(failed)?;
    let older = older
        .map(|path| {
            std::fs::read_to_string(path)
                .map_err(|error| Failure::failed(format!("cannot read {}: {error}", path.display())))
        })
        .transpose()?;
    let trust = Trust { public: keys.public(), payload: Some(keys.payload()) };
    let report = verify(&config.data.join("ledger"), &trust, older.as_deref()).map_err(failed)?;
    if as_json {
        super::print_json(&report)?;
    } else {
        println!("{report}");
    }
    match report.first_wrong() {
        None => Ok(()),
        Some(wrong) => {
            Err(Failure::failed(format!("the ledger does not verify from entry {} on", wrong.first)))
        }
    }
}
