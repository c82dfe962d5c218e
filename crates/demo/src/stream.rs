//! Visits laid out in time: three months of history, and live traffic without end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::Timestamp;

use crate::dice::{Dice, mix};
use crate::visit::Shop;

/// How many days of history [`planted`] knows of; a longer history would carry values it does not list.
pub const HISTORY_DAYS: u32 = 92;

const VISITS_A_DAY: u64 = 326;
const HOUR_MS: i64 = 3_600_000;
/// Live traffic begins anew after so many visits, with the same people, so that what it carries is finite.
const TRICKLE_VISITS: u64 = 4_000;
const TRICKLE_GAP_MS: i64 = 5_200;

/// Visits by hour of the day (UTC) and by day of the week from Monday, in parts of an average.
const HOURS: [u64; 24] = [
    22, 15, 11, 9, 10, 16, 32, 58, 82, 98, 108, 114, 120, 116, 112, 114, 124, 140, 162, 180, 176, 142, 92, 48,
];
const WEEKDAYS: [u64; 7] = [104, 100, 97, 98, 93, 108, 121];

/// What visitors did in the `days` before `end`, one Segment message a line of JSON, in order of
/// time: about 200,000 for 92 days. The content depends on the seed alone, `end` only shifts it.
pub fn history(seed: u64, end: Timestamp, days: u32) -> impl Iterator<Item = String> {
    let end_ms = end.as_millisecond();
    let mut shop = Shop::new(seed, seed, true);
    let starts = starts(seed, end_ms, days.min(HISTORY_DAYS));
    let visits = starts.zip(0..).map(move |(start_ms, number)| (start_ms, shop.visit(number, start_ms)));
    in_order(visits).take_while(move |(at_ms, _)| *at_ms < end_ms).map(|(_, message)| message)
}

/// Live messages without end: milliseconds to wait before each, and the message, which carries no
/// time. `run` tells the message ids of one start of the program from those of the next.
pub fn trickle(seed: u64, run: u64) -> impl Iterator<Item = (u64, String)> {
    let seed = mix(seed, 1);
    let mut shop = Shop::new(seed, run, false);
    let mut dice = Dice::new(run);
    let mut start_ms = 0;
    let visits = (0_u64..).map(move |number| {
        if number % TRICKLE_VISITS == 0 {
            shop = Shop::new(seed, mix(run, number), false);
        }
        start_ms += dice.below(2 * TRICKLE_GAP_MS as u64) as i64;
        (start_ms, shop.visit(number % TRICKLE_VISITS, start_ms))
    });
    let mut before_ms = None;
    in_order(visits).map(move |(at_ms, message)| {
        let wait_ms = before_ms.replace(at_ms).map_or(0, |before_ms: i64| (at_ms - before_ms).unsigned_abs());
        (wait_ms, message)
    })
}

/// Every planted secret and every personal value (full names, e-mail addresses, telephones) that
/// [`history`] and [`trickle`] of that seed can carry.
pub fn planted(seed: u64) -> Vec<String> {
    let of = |seed: u64, visits: u64| {
        let mut shop = Shop::new(seed, 0, false);
        for number in 0..visits {
            shop.visit(number, 0);
        }
        shop.into_planted()
    };
    let mut values = of(seed, VISITS_A_DAY * u64::from(HISTORY_DAYS));
    values.extend(of(mix(seed, 1), TRICKLE_VISITS));
    values.sort_unstable();
    values.dedup();
    values
}

/// When visits begin: more in the evening, at the end of the week, and from month to month.
fn starts(seed: u64, end_ms: i64, days: u32) -> impl Iterator<Item = i64> {
    let hours = i64::from(days) * 24;
    let begin_ms = end_ms - hours * HOUR_MS;
    let weight = move |hour: i64| {
        let at_ms = begin_ms + hour * HOUR_MS;
        // 1970 began on a Thursday, three days after a Monday.
        let weekday = (at_ms.div_euclid(24 * HOUR_MS) + 3).rem_euclid(7) as usize;
        let growth = 800 + 450 * hour.unsigned_abs() / hours.max(1).unsigned_abs();
        HOURS[(at_ms.div_euclid(HOUR_MS)).rem_euclid(24) as usize] * WEEKDAYS[weekday] * growth
    };
    let total: u64 = (0..hours).map(weight).sum::<u64>().max(1);
    let visits = VISITS_A_DAY * u64::from(days);
    let mut dice = Dice::new(mix(seed, 2));
    let mut weighed = 0;
    (0..hours).flat_map(move |hour| {
        let before = share(weighed, visits, total);
        weighed += weight(hour);
        let mut starts: Vec<i64> = (before..share(weighed, visits, total))
            .map(|_| begin_ms + hour * HOUR_MS + dice.below(HOUR_MS.unsigned_abs()) as i64)
            .collect();
        starts.sort_unstable();
        starts
    })
}

fn share(weighed: u64, visits: u64, total: u64) -> u64 {
    (u128::from(weighed) * u128::from(visits) / u128::from(total)) as u64
}

/// Messages of overlapping visits in order of time; holds only those of visits not yet over.
fn in_order(visits: impl Iterator<Item = (i64, Vec<(i64, String)>)>) -> impl Iterator<Item = (i64, String)> {
    let mut visits = visits.peekable();
    let mut waiting: BinaryHeap<Reverse<(i64, u64, String)>> = BinaryHeap::new();
    let mut serial = 0_u64;
    std::iter::from_fn(move || {
        while let Some((_, messages)) = visits.next_if(|(start_ms, _)| match waiting.peek() {
            Some(Reverse((earliest_ms, ..))) => start_ms <= earliest_ms,
            None => true,
        }) {
            for (at_ms, message) in messages {
                waiting.push(Reverse((at_ms, serial, message)));
                serial += 1;
            }
        }
        waiting.pop().map(|Reverse((at_ms, _, message))| (at_ms, message))
    })
}
