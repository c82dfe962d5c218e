//! `holdfast config …`

use crate::cli::ConfigCommand;
use crate::config::DEFAULT_FILE;
use crate::outcome::{Failure, Outcome};

pub(super) fn run(command: &ConfigCommand) -> Outcome {
    match command {
        ConfigCommand::Default => super::print(DEFAULT_FILE),
        ConfigCommand::Check { place } => {
            // Secrets are named by file or credential, so that the effective configuration holds none.
            let config = super::configured(place)?;
            let text = toml::to_string(&config).map_err(|error| Failure::failed(error.to_string()))?;
            super::print(&text)
        }
    }
}
