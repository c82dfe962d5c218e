//! customerio-2022: an engineer whose work gave access to client lists passed the addresses of six clients on. Played: an
//! operator before, during and after a workspace opens itself to them, and breaking the glass, every way to a file without a second person, a file
//! that was leaked all the same, whom it is told and what waits for that, somebody who reads one profile at a time, whoever carries the disk away, or
//! writes to its database; a ledger that takes nothing, and a workspace's key that is replaced.
//!
//! Tests elsewhere: no permitting path for operators to any list or export, for every request there is (`policy`:
//! `invariants`), no other maker of the value that an export takes (`rows`, `guard`: `compile_fail`), what lapses after thirty days
//! without use, on a clock of its own (`guard`: `review`), forged ledgers by the thousand (`ledger`: `campaign`: C5), running exports broken off
//! (`it exports`), a day of slow reading on a clock of its own (`it budget`).

mod broken;
mod ceremony;
mod channels;
mod database;
mod edits;
mod glass;
mod leak;
mod review;
mod scraper;
mod statements;
mod support;
mod thief;
mod workspace_key;

use crate::play::{Drill, Play};

pub(crate) use ceremony::without_a_grant;
pub(crate) use support::opened;

/// The drill.
pub const DRILL: Drill = Drill {
    name: "customerio-2022",
    story: "a senior engineer hands customers' e-mail lists to an outsider",
    settings: &[],
    plays: &[
        Play {
            name: "support",
            goal: "0 routes before the workspace opens itself; masked while it does; over within 1 s when it ends",
            door: "an owner opens the workspace beforehand",
            play: support::support,
        },
        Play {
            name: "operator-export",
            goal: "C1: 0 files and 0 lists for an operator with access",
            door: "an owner invites the operator as an admin",
            play: support::operator_export,
        },
        Play {
            name: "break-glass",
            goal: "0 looks by one operator alone; the workspace is told before the first one, and ends it within 1 s",
            door: "one person enrolled both operators when the installation was made",
            play: glass::break_glass,
        },
        Play {
            name: "second-account",
            goal: "0 operators brought in by one alone; 0 looks by a newcomer and whoever brought them in",
            door: "one person enrolled both operators when the installation was made",
            play: glass::second_account,
        },
        Play {
            name: "export",
            goal: "C1: 0 files without a grant that another person approved",
            door: "another admin approves it",
            play: ceremony::without_a_grant,
        },
        Play {
            name: "leak",
            goal: "C7: from 2,000 rows the right export in at least 99 %, from fewer a guess at most; 0 wrong ones named",
            door: "a colleague approves both exports for the same person, who mixes the files",
            play: leak::leak,
        },
        Play {
            name: "notice-channels",
            goal: "C3: each act by console, mail and webhook within 10 s; with neither of them no export begins",
            door: "an admin points the webhook elsewhere",
            play: channels::notice_channels,
        },
        Play {
            name: "sql",
            goal: "C1: 0 names and 0 sealed values by SQL; 0 statements that do anything but read; at most 300 rows of people in an hour, or 75 KiB where they are gathered into few",
            door: "an admin gives the same person a second account",
            play: statements::statements,
        },
        Play {
            name: "scraper",
            goal: "C2: at most 250 people in an hour and 500 in a day (--long), whatever the session or token, 50 for an operator; those who run the workspace are told",
            door: "an admin gives the same person a second account",
            play: scraper::scraper,
        },
        Play {
            name: "review",
            goal: "every planted key and role that nobody uses is listed, and nothing that somebody does",
            door: "an admin uses one of the planted keys for its thief",
            play: review::review,
        },
        Play {
            name: "disk",
            goal: "C4: 0 planted personal values in any file, the master key in none",
            door: "the operator keeps a copy of the master key beside the data",
            play: thief::disk,
        },
        Play {
            name: "ledger-broken",
            goal: "C6: 0 looks and changes without a durable entry, 0 events lost; without a witness exports and operators wait first",
            door: "an admin takes the witness out of the configuration while it is away",
            play: broken::ledger_broken,
        },
        Play {
            name: "database",
            goal: "C8: 0 silent gains by at least 50 edits; each start refused, and the table named",
            door: "an owner makes the engineer an admin in the console",
            play: database::database,
        },
        Play {
            name: "workspace-key",
            goal: "0 values of today's files opened by the older key, its wrapped form in 0 files, everything readable through the doors",
            door: "an admin keeps a copy of the files from before where the thief finds it",
            play: workspace_key::workspace_key,
        },
    ],
    needs: &[],
};
