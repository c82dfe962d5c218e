//! customerio-2019: a sign-up form told which addresses had accounts; passwords known from elsewhere opened those without a
//! second factor; spam went out and lists were taken. Played: the questions that strangers can ask, the lists of passwords,
//! and the switch that stops everything but collecting.

mod compared;
mod oracles;
mod read_only;
mod stuffing;

use crate::play::{Drill, Play};

/// The drill.
pub const DRILL: Drill = Drill {
    name: "customerio-2019",
    story: "a sign-up form tells who has an account, and known passwords open them",
    settings: &[],
    plays: &[
        Play {
            name: "oracles",
            goal: "E1: 0 byte differences; AUC of time within 4.9 standard errors of 0.5; medians at most 50 µs apart, or what chance makes of equal ones",
            door: "",
            play: oracles::oracles,
        },
        Play {
            name: "stuffing",
            goal: "E3: 0 sessions by passwords; honest members sign in meanwhile",
            door: "an admin hands the attacker an invitation",
            play: stuffing::stuffing,
        },
        Play {
            name: "read-only",
            goal: "E6: 0 of all changing routes succeed; every event is taken; looking works; the same after a kill",
            door: "a second admin approves normal mode",
            play: read_only::read_only,
        },
    ],
};
