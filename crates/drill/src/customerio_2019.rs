//! customerio-2019: a sign-up form told which addresses had accounts; passwords known from elsewhere opened those without a
//! second factor; spam went out and lists were taken. Played: the questions that strangers can ask, the lists of passwords,
//! what passwords are refused, spam from a taken account, and the switch that stops everything but collecting.
//!
//! Tests elsewhere, since they need a clock of their own: the waits before and within a large send, what is new for how long, and
//! who is a second person after how many days (`guard`: `sends`; `campaign`).

mod choosing;
mod compared;
mod demanded;
mod noticed;
mod oracles;
mod read_only;
mod spam;
mod stuffing;

use crate::play::{Drill, Play};

pub(crate) use choosing::import as known_passwords;

/// The drill.
pub const DRILL: Drill = Drill {
    name: "customerio-2019",
    story: "a sign-up form tells who has an account, and known passwords open them",
    settings: crate::segment_2019::SETTINGS,
    plays: &[
        Play {
            name: "oracles",
            goal: "E1: 0 byte differences; AUC of time within 4.9 standard errors of 0.5; medians at most 50 µs apart, or 4.9 standard deviations of what chance makes of equal ones",
            door: "the operator puts a proxy before the console that lets in who is on a list of members",
            play: oracles::oracles,
        },
        Play {
            name: "stuffing",
            goal: "E3: 0 sessions; honest members sign in meanwhile; at most 128 MiB for hashes; 0 accounts locked for their owners; whose password was hit has to change it and is told",
            door: "an admin hands the attacker an invitation",
            play: stuffing::stuffing,
        },
        Play {
            name: "passwords",
            goal: "E4: every planted password is refused and no other; 15 characters at least, 64 and Unicode taken; names refused; one that becomes known is caught at the next sign-in",
            door: "the operator imports another list in place of the corpus",
            play: choosing::passwords,
        },
        Play {
            name: "second-factor",
            goal: "E5: 0 members without a passkey who can read once passkeys are demanded, within 1 s, open sessions and streams included",
            door: "another admin allows passwords again",
            play: demanded::second_factor,
        },
        Play {
            name: "detection",
            goal: "E2: told within 60 s and 500 probes, from one address at 2 a second and from 5,000 addresses",
            door: "a supervisor restarts the server every few seconds",
            play: noticed::detection,
        },
        Play {
            name: "send-guard",
            goal: "E7: 0 messages of a taken account's to anybody without a touch of a second person's for exactly this send",
            door: "a colleague is talked into approving it",
            play: spam::send_guard,
        },
        Play {
            name: "spike",
            goal: "E7: a send whose messages come back stops by itself within 1,000",
            door: "the relay takes every message and tells nobody what came back",
            play: spam::spike,
        },
        Play {
            name: "read-only",
            goal: "E6: 0 of all changing routes succeed; every event is taken; looking works; the same after a kill",
            door: "a second admin approves normal mode",
            play: read_only::read_only,
        },
    ],
    needs: &[("spike", "send-guard")],
};
