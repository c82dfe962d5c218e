//! The incidents, played against a server of its own through the doors that an attacker has: HTTP, the command
//! line and the files on disk. It knows no room of the house from inside.
//!
//! A drill is a list of steps on one [`stage`]; each step says what was tried, what happened, and the figure beside
//! its goal ([`report`]). Every step that shows a control can be played with the door open (`--open-door STEP`): the
//! drill then opens it by means that an admin really has, and must report the breach. The product has no switch for drills.
//!
//! Steps may panic where they cannot go on (the tools they share with the tests do); a step that panics has failed and
//! says so, and the next one is played.
//!
//! Modules in reading order: [`report`], `stage`, `walk` (every route, called by somebody), `browser` and `recorder` (a real browser and what leaves it),
//! `proxy` (what an operator can put in front of a door),
//! `canary` and `dice` (planted and invented values), `fault` (a disk that fails), then a module for each incident.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that cannot go on has failed; `play` catches it and reports it"
)]

mod browser;
mod canary;
mod customerio_2019;
mod customerio_2022;
mod dice;
mod fault;
mod mixpanel_2018;
mod mixpanel_2025;
mod play;
mod proxy;
mod recorder;
pub mod report;
mod segment_2019;
mod stage;
mod twilio_2022;
mod walk;

use std::path::PathBuf;

pub use play::{Drill, Play, drills, run};
pub use report::{Report, Step};

/// What is to be played, and with what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program under drill.
    pub program: PathBuf,
    /// One drill; all of them if absent.
    pub name: Option<String>,
    /// Only these steps, and those that they stand on; all of them if empty.
    pub steps: Vec<String>,
    /// The steps whose doors are opened first: the negative control.
    pub open_doors: Vec<String>,
    /// The browser for steps that need one; found on the path if absent.
    pub browser: Option<PathBuf>,
    /// The full figures instead of those that end within minutes.
    pub long: bool,
}

/// Why nothing was played.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// No such drill.
    #[error("there is no drill `{name}`; there are: {known}")]
    NoDrill {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// No such step.
    #[error("this drill has no step `{step}`; it has: {known}")]
    NoStep {
        /// What was asked for.
        step: String,
        /// What there is.
        known: String,
    },
    /// No such step among those that are played, or it has no door.
    #[error("no step `{step}` of this drill has a door to open; these have: {known}")]
    NoDoor {
        /// What was asked for.
        step: String,
        /// What there is.
        known: String,
    },
}
