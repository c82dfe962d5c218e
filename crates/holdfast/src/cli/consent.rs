//! What can be typed about what people agreed to.

use clap::Subcommand;

use super::Asked;

/// `holdfast consent …`
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// Print what a person agreed to, with what they said before; needs a token with `people:read`.
    Show {
        /// The person's id (`p_…`).
        #[arg(long, value_name = "ID")]
        person: String,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
    /// Enter what a person said; needs a token with `people:consent`.
    Enter {
        /// The person's id (`p_…`).
        #[arg(long, value_name = "ID")]
        person: String,
        /// For which purpose, such as `marketing`.
        #[arg(long, value_name = "NAME")]
        purpose: String,
        /// By which channel: all, email, sms, push or web.
        #[arg(long, value_name = "CHANNEL", default_value = "all")]
        channel: String,
        /// What they said: granted, withdrawn or refused.
        #[arg(long, value_name = "STATE")]
        state: String,
        /// Where and how they said so.
        #[arg(long, value_name = "WORDS")]
        reason: String,
        /// When they said so, as an instant; now if not given.
        #[arg(long, value_name = "INSTANT")]
        said_at: Option<String>,
        /// Where and how.
        #[command(flatten)]
        asked: Asked,
    },
}
