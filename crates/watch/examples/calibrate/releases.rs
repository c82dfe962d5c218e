//! Releases: a new version of an SDK, beside the old one, sends a property that the old one does not, in one event or
//! in eight. Ordinary ones must raise no alarm; one that captures what people type must.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::leak::{Leak, Passwords};
use crate::traffic::{self, KINDS};
use crate::{BEGIN_MS, Bench, Outcome, Sent};

/// Events before the release, and after it.
const BEFORE: u64 = 8_000;
const AFTER: u64 = 12_000;
/// The share of the new version.
const ADOPTED: f64 = 0.5;

/// What a release does.
#[derive(Clone, Copy)]
struct Release {
    /// How many events have the property.
    events: u64,
    /// Whether they are captured automatically.
    automatic: bool,
    /// Whether the old version sends labels in it.
    known: bool,
}

/// What the alarms were, and after how many events of the release the first came.
fn run_one(
    seed: u64,
    release: Release,
    make: &mut dyn FnMut(u64, &mut Dice) -> String,
) -> Outcome<Vec<(String, u64)>> {
    let mut bench = Bench::new()?;
    let mut dice = Dice::new(seed.wrapping_mul(104_729) + 5);
    let mut found: Vec<(String, u64)> = Vec::new();
    for round in 0..(BEFORE + AFTER) / 100 {
        let mut entries = Vec::with_capacity(100);
        for place in 0..100 {
            let at = round * 100 + place;
            let is_new = at >= BEFORE && dice.chance(ADOPTED);
            let value = if is_new {
                Some(make(at - BEFORE, &mut dice))
            } else {
                release.known.then(|| traffic::value(traffic::Kind::Label, seed, at, &mut dice))
            };
            let added = value.map_or_else(String::new, |value| format!(",\"added\":{value}"));
            let version = if is_new { "1.85.0" } else { "1.84.3" };
            let sent = Sent { at_ms: BEGIN_MS + at as i64 * 1_000, version, automatic: release.automatic };
            let event = dice.rank(release.events);
            entries.push(bench.entry_of(
                format!("Event {event}"),
                format!("{{\"plan\":\"pro\"{added}}}"),
                at,
                &sent,
            ));
        }
        bench.observe(&entries)?;
        let alarms = bench.watch.alarms(bench.workspace)?;
        for alarm in alarms.iter().rev().skip(found.len()) {
            found.push((alarm.suspicion.as_str().to_owned(), (round * 100).saturating_sub(BEFORE)));
        }
    }
    Ok(found)
}

pub fn run(seeds: u64, first_seed: u64) -> Outcome {
    for (events, automatic) in [(1, false), (8, false), (1, true), (8, true)] {
        println!("a release adds an ordinary property to {events} events, automatic: {automatic}");
        let mut alarmed = 0;
        for kind in KINDS {
            for seed in first_seed..first_seed + seeds {
                let release = Release { events, automatic, known: false };
                let found = run_one(seed, release, &mut |at, dice| traffic::value(kind, seed, at, dice))?;
                if let Some((suspicion, after)) = found.first() {
                    alarmed += 1;
                    println!(
                        "  {kind:?} seed {seed}: {suspicion} after {after} events, {} alarms",
                        found.len()
                    );
                }
            }
        }
        println!("  {alarmed} of {} releases raised an alarm", KINDS.len() as u64 * seeds);
    }
    let passwords = Passwords::new();
    for (events, known) in [(1, false), (1, true), (8, false)] {
        for (share, automatic) in [(1.0, false), (0.1, false), (0.1, true)] {
            let release = Release { events, automatic, known };
            bad(&passwords, share, release, first_seed..first_seed + 10 * seeds)?;
        }
    }
    Ok(())
}

/// Passwords among labels, from the new version alone.
fn bad(passwords: &Passwords, share: f64, release: Release, seeds: std::ops::Range<u64>) -> Outcome {
    let (many, mut delays, mut told_as) = (seeds.end - seeds.start, Vec::new(), BTreeMap::new());
    for seed in seeds {
        let mut leaking = |at: u64, dice: &mut Dice| {
            if !dice.chance(share) {
                return traffic::value(traffic::Kind::Label, seed, at, dice);
            }
            let password = passwords.one(Leak::Mixed, dice);
            format!("\"{}\"", password.replace('\\', "\\\\").replace('"', "\\\""))
        };
        if let Some((suspicion, after)) = run_one(seed, release, &mut leaking)?.into_iter().next() {
            delays.push(after);
            *told_as.entry(suspicion).or_insert(0) += 1;
        }
    }
    delays.sort_unstable();
    let median = delays.get(delays.len() / 2).copied().unwrap_or(0);
    let Release { events, automatic, known } = release;
    println!(
        "passwords in {share} of a property of {events} events, known before: {known}, automatic: {automatic}: {} of {many} found, median after {median} events, told first as {told_as:?}",
        delays.len()
    );
    Ok(())
}
