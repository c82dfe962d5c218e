//! Where addresses are, as it stands in the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where addresses are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GeoConfig {
    /// A file in MaxMind's format; events are told no place where it is not set.
    pub file: Option<PathBuf>,
}
