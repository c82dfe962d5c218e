//! `holdfast config …`

use stdx::Clock;

use crate::cli::ConfigCommand;
use crate::config::DEFAULT_FILE;
use crate::config::tls::Origin;
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &ConfigCommand) -> Outcome {
    match command {
        ConfigCommand::Default => super::print(DEFAULT_FILE),
        ConfigCommand::Check { place } => {
            // Secrets are named by file or credential, so that the effective configuration holds none.
            let config = super::configured(place)?;
            let clock = Clock::wall();
            let origins = [config.collect_tls(), config.console_tls()];
            for origin in origins {
                let origin = origin.map_err(|error| Failure::usage(error.to_string()))?;
                if let Some(Origin::Files(pair)) = origin {
                    pair.read(&clock).map_err(|error| Failure::failed(error.to_string()))?;
                }
            }
            let text = toml::to_string(&config).map_err(|error| Failure::failed(error.to_string()))?;
            super::print(&text)
        }
    }
}
