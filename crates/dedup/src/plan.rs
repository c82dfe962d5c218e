//! Which runs are merged and which are dropped. It sees only how many ids each has and how new they are.
//!
//! Runs stand in order of age. Four neighbours of about one size become one of four times that size, up to
//! an eighth of all that may be kept; so there are at most about thirty runs, an id is rewritten
//! about five times, and the oldest can be dropped in small parts.

use std::ops::Range;

const FAN_IN: usize = 4;
/// How much smaller than the largest the smallest class is; below it all are alike.
const CLASSES: u32 = 5;

/// What the plan knows of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) count: u64,
    pub(crate) newest_s: u32,
}

/// The neighbours that should become one, if any.
pub(crate) fn to_merge(runs: &[Size], ids_max: u64) -> Option<Range<usize>> {
    let largest = (ids_max / 8).max(1);
    // Classes below largest/1024, /256, /64, /16, /4; what is larger stays as it is.
    (1..=CLASSES).rev().find_map(|class| {
        let below = (largest >> (2 * class)).max(1);
        let start = runs.iter().rposition(|run| run.count >= below).map_or(0, |last| last + 1);
        (runs.len() - start >= FAN_IN).then_some(start..runs.len())
    })
}

/// How many of the oldest runs should be dropped, because their ids are all older than `from_s` or because
/// there are more than `ids_max`.
pub(crate) fn to_drop(runs: &[Size], from_s: u32, ids_max: u64) -> usize {
    let mut total: u64 = runs.iter().map(|run| run.count).sum();
    let mut dropped = 0;
    for run in runs {
        if run.newest_s >= from_s && total <= ids_max {
            break;
        }
        total -= run.count;
        dropped += 1;
    }
    dropped
}
