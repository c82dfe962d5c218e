//! `holdfast backup`: of a running server, encrypted to recipients; the server itself cannot read it afterwards.

use crate::cli::Backup;
use crate::outcome::{Failure, Outcome};
use crate::server::save::SaveRequest;

pub(super) fn run(arguments: &Backup) -> Outcome {
    let request = SaveRequest {
        into: super::local::absolute(&arguments.into)?,
        recipients: arguments.recipient.clone(),
    };
    let body = serde_json::to_value(&request).map_err(|error| Failure::failed(error.to_string()))?;
    let report = super::local::call(&arguments.place, "/local/backup", &body)?;
    if arguments.json {
        return super::print_json(&report);
    }
    println!("{} files, {} bytes in {}", report["files"], report["bytes"], arguments.into.display());
    println!("the master key is not in it: keep it apart, a restore needs both");
    Ok(())
}
