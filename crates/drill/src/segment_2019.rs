//! segment-2019: somebody signs in as an employee with e-mail and password alone, reads what customers send and looks around
//! in their workspaces for five days. Played: everything but a passkey at every route, an operator with the strongest factors
//! and nothing granted, a write key, a stolen live session in front of every act that needs a touch, the exact list of what
//! an attacker saw, notices to those affected and to nobody else, and the end of every session.
//!
//! Tests elsewhere, since they need a clock of their own or the rules themselves: a touch after 120 s and sessions after their
//! time (`guard`: `step_up`, `life`), every rule taken away and missed, no permit below a passkey for every request there is,
//! who may do what held against the engine (`policy`: `invariants`, `matrix`: S1, S4), every path to a session
//! (`guard`: `sign_in`; `it access`: S2), ten million entries asked in one question (`incident`: the example `scope`: S6).

pub(crate) mod ended;
mod entering;
mod matrix;
mod paths;
mod seen;
mod told;
mod touch;

use crate::play::{Drill, Play};

/// Who calls from where is told by a header here, so that one host can play several addresses.
pub(crate) const SETTINGS: &[(&str, &str)] =
    &[("HOLDFAST_CONSOLE__TRUSTED_PROXIES", "[\"127.0.0.1\", \"::1\"]")];

/// What somebody saw, exactly.
pub(crate) const SEEN: Play = Play {
    name: "scope",
    goal: "S6: precision 1 and recall 1 by session, token and address; the same bytes after a restart; at most 60 s",
    door: "an admin asks about the last moment only",
    play: seen::scope,
};

/// Who is told of it.
pub(crate) const TOLD: Play = Play {
    name: "notice",
    goal: "every affected workspace and no other has a notice; 0 sent by one person alone",
    door: "one person enrolled both operators when the installation was made",
    play: told::notice,
};

/// The drill.
pub const DRILL: Drill = Drill {
    name: "segment-2019",
    story: "an employee's account is taken over with its e-mail and password",
    settings: SETTINGS,
    plays: &[
        Play {
            name: "half-signed-in",
            goal: "S1: 0 of R routes answer",
            door: "an admin invites the attacker",
            play: entering::half_signed_in,
        },
        Play {
            name: "operator",
            goal: "S4: 0 of R routes of 3 workspaces answer; 0 planted values in what others answer",
            door: "an owner invites the operator into a workspace",
            play: entering::operator,
        },
        Play {
            name: "write-key",
            goal: "0 of R routes answer",
            door: "an admin hands out a token in the place of the write key",
            play: entering::write_key,
        },
        Play {
            name: "step-up",
            goal: "S3: 0 wrong acceptances over every act that needs a touch",
            door: "the owner is talked into touching the key for the thief's request",
            play: touch::step_up,
        },
        Play {
            name: "matrix",
            goal: "S7: of all answers to members of every role and tokens of every scope, 0 are other than the printed matrix says; one change is one difference",
            door: "an admin gives somebody another role right after the matrix was printed",
            play: matrix::matrix,
        },
        SEEN,
        TOLD,
        Play {
            name: "paths",
            goal: "S2: paths in the server's table = paths known here; 0 below the account's floor; 0 codes by e-mail; a reset adds and removes no factor",
            door: "an admin lets members of a workspace that demands passkeys in with passwords",
            play: paths::paths,
        },
        Play {
            name: "reset",
            goal: "S5: 0 of N sessions and tokens work, within 1 s; 0 revived by kill -9, restart or a restored backup",
            door: "the operator leaves one member out",
            play: ended::reset,
        },
        Play {
            name: "lockdown",
            goal: "S5: 0 of N sessions and tokens work, and nothing can be changed until a second person says so",
            door: "another operator approves the way back at once",
            play: ended::lockdown,
        },
    ],
    needs: &[],
};
