//! mixpanel-2025: staff are phished by text message, a data set of a customer's people is exported, and the customer has the
//! list of who was in it sixteen days later. The entry of twilio-2022 and the exit of customerio-2022, one after the other, and
//! the list.

use crate::play::{Drill, Play};
use crate::segment_2019::{SEEN, TOLD};
use crate::{customerio_2022, twilio_2022};

/// The drill.
pub const DRILL: Drill = Drill {
    name: "mixpanel-2025",
    story: "the same again, three years on: staff are phished, and an exported list comes out sixteen days later",
    settings: crate::segment_2019::SETTINGS,
    plays: &[
        Play {
            name: "relay",
            goal: "T1: 0 sessions by a look-alike that relays everything",
            door: "the owner adds the attacker's passkey",
            play: twilio_2022::relayed,
        },
        Play {
            name: "export",
            goal: "C1: 0 files without a grant that another person approved",
            door: "another admin approves it",
            play: customerio_2022::without_a_grant,
        },
        SEEN,
        TOLD,
    ],
    needs: &[],
};
