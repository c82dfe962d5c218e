//! mixpanel-2018: a change in a front-end library made an SDK read the values of password fields, for nine months, in
//! silence. Played: the same page and worse ones, an SDK that sends secrets wherever they fit, a leak too thin to see, the
//! count of what came in, its removal, and the switch that stops the copies of the SDK that are out in the world.

mod advice;
mod browsing;
mod captured;
mod corpus;
mod drift;
mod history;
mod rules;
mod sending;

use crate::play::{Drill, Play};

/// The drill.
pub const DRILL: Drill = Drill {
    name: "mixpanel-2018",
    story: "autocapture collects passwords for nine months",
    settings: &[],
    plays: &[
        Play {
            name: "off-by-default",
            goal: "0 events captured by themselves",
            door: "",
            play: browsing::off_by_default,
        },
        Play {
            name: "structure-only",
            goal: "M1: 0 planted values in what leaves the browser; every ordinary click arrives",
            door: "the page itself hands what was typed to the SDK",
            play: browsing::structure_only,
        },
        Play {
            name: "captured",
            goal: "M2: 0 of what any SDK captured from fields is kept; every event arrives with its structure",
            door: "an admin's plan lists the member",
            play: captured::captured,
        },
        Play {
            name: "shield",
            goal: "M2: 0 planted values in files, log and answers; every event arrives",
            door: "an admin makes an exception for the property",
            play: sending::shield,
        },
        Play {
            name: "fail-closed",
            goal: "M2: 0 planted values kept of bodies that cannot be inspected; neighbours arrive",
            door: "",
            play: sending::fail_closed,
        },
        Play {
            name: "rule-to-effect",
            goal: "M3: at most 1 s until all new events obey; 0 events lost; 0 restarts",
            door: "the rule is taken back again",
            play: rules::rule_to_effect,
        },
        Play {
            name: "scope",
            goal: "M4: the report equals what was planted: people, properties, versions, counts; 0 values in it",
            door: "",
            play: history::scope,
        },
        Play {
            name: "census",
            goal: "M6: events by SDK version equal what was sent",
            door: "",
            play: advice::census,
        },
        Play {
            name: "advisory",
            goal: "M6: within 60 s 0 autocaptured events of the bad version are kept; its other events all are",
            door: "the advisory is lifted again",
            play: advice::advisory,
        },
        Play {
            name: "purge",
            goal: "M4: 0 planted values left; every other event unchanged; a signed report",
            door: "the purge is asked for another property",
            play: history::purge,
        },
        Play {
            name: "drift",
            goal: "M5: an alarm within 1,000 leaked values at 2 %, within 200,000 values at 0.1 %; none on clean traffic",
            door: "",
            play: drift::drift,
        },
        Play {
            name: "corpus",
            goal: "M7: precision and recall of each class at least 0.99",
            door: "",
            play: corpus::corpus,
        },
    ],
    needs: &[("advisory", "census"), ("purge", "scope")],
};
