//! twilio-2022: text messages led staff to copies of the sign-in page; what they typed opened internal tools, and devices were
//! added to the accounts of others. Played: a look-alike that relays everything, a live session in the wrong hands, a device
//! that is added, the two doors, how long anything lives, somebody who leaves, and what is told in public.
//!
//! Tests elsewhere, since they need a clock of their own: idle and whole lifetimes, renewal, and a replaced session that is
//! shown again, a copy elsewhere after 1 s, 5 and 11 minutes (`guard`: `life`).

mod devices;
mod leaving;
mod relay;
mod staff;
mod status;
mod stolen;

use crate::play::{Drill, Play};

pub(crate) use relay::relay as relayed;

/// The drill.
pub const DRILL: Drill = Drill {
    name: "twilio-2022",
    story: "staff are phished by text message, and internal tools are used against customers",
    // The drill says from which network somebody calls, as a proxy would.
    settings: crate::segment_2019::SETTINGS,
    plays: &[
        Play {
            name: "relay",
            goal: "T1: 0 sessions by a look-alike that relays everything",
            door: "the owner adds the attacker's passkey",
            play: relay::relay,
        },
        Play {
            name: "two-doors",
            goal: "T4: 0 of R console routes exist at the collector's address",
            door: "the operator puts a proxy at the collector's address that passes /api on to the console",
            play: relay::two_doors,
        },
        Play {
            name: "staff-console",
            goal: "T4: 0 routes open to operators return an end customer's field, 0 a workspace's secret or key",
            door: "an owner invites the operator into a workspace",
            play: staff::staff_console,
        },
        Play {
            name: "stolen-session",
            goal: "T2: 0 acts that need a touch; 0 answers once its owner ended it",
            door: "the owner does not end it",
            play: stolen::stolen_session,
        },
        Play {
            name: "stolen-cookie",
            goal: "T2: 0 acts that need a touch and at most 10 min of looking with an unbound copy elsewhere; its owner is told within 10 s",
            door: "the thief is in the owner's own network",
            play: stolen::stolen_cookie,
        },
        Play {
            name: "bound-session",
            goal: "T2: 0 sessions that are bound to the device usable elsewhere after their renewal",
            door: "the key can be copied like the cookie",
            play: stolen::bound_session,
        },
        Play {
            name: "new-device",
            goal: "T3: 0 devices added without a touch, 0 while they are refused; an added one is announced and can be undone",
            door: "the owner touches the key for the thief",
            play: devices::new_device,
        },
        Play {
            name: "lifetimes",
            goal: "T5: a session at most 12 h, a code at most 24 h, a token 90 days",
            door: "an admin asks for a token of a year",
            play: leaving::lifetimes,
        },
        Play {
            name: "leaver",
            goal: "0 of a leaver's sessions, tokens and codes work, removed by a person or by a directory",
            door: "an admin invites them again",
            play: leaving::leaver,
        },
        Play {
            name: "status",
            goal: "T6: the public page shows the update within 15 min and nothing else; 0 later entries contradict the exact list",
            door: "an operator types the workspace's name into the update",
            play: status::status,
        },
    ],
    needs: &[],
};
