//! A week of normal traffic on a simulated clock: days and nights, a weekend, a release with a new version of the SDK and new
//! properties, a campaign. And afterwards a leak of one password in a thousand events of one property.

use crate::dice::Dice;
use crate::leak::{Leak, Passwords};
use crate::traffic::{self, Kind};
use crate::{BEGIN_MS, Bench, EVENTS, Outcome, PROPERTIES, Sent, kind_of};

const MINUTES: u64 = 7 * 24 * 60;
/// Events a minute at noon of a working day: 5 a second.
const NOON: f64 = 300.0;
/// The release: Tuesday at ten. The campaign: Thursday at six, for three hours.
const RELEASE: u64 = (24 + 10) * 60;
const CAMPAIGN: std::ops::Range<u64> = (3 * 24 + 18) * 60..(3 * 24 + 21) * 60;
/// The leak: events of the leaking name come at that rate.
const LEAKING_EVENTS_PER_S: u64 = 50;

pub fn run(seed: u64) -> Outcome {
    let mut bench = Bench::new()?;
    let mut dice = Dice::new(seed.wrapping_mul(15_485_863) + 3);
    let mut counts = vec![0_u64; PROPERTIES as usize];
    let mut events = 0;
    for minute in 0..MINUTES {
        let many = (rhythm(minute) * NOON) as u64;
        let mut entries = Vec::new();
        for place in 0..many {
            let at_ms = BEGIN_MS + (minute * 60_000 + place * 60_000 / many.max(1)) as i64;
            entries.push(event(&mut bench, &mut dice, &mut counts, (minute, at_ms)));
        }
        events += many;
        bench.observe(&entries)?;
    }
    let alarms = bench.watch.alarms(bench.workspace)?;
    for alarm in &alarms {
        println!("  {} {} {}, {} suspect", alarm.suspicion.as_str(), alarm.event, alarm.path, alarm.count);
    }
    println!("a week, seed {seed}: {events} events, {} alarms", alarms.len());
    leak(&mut bench, &mut dice, alarms.len())
}

/// The share of the noon's traffic in a minute of the week, which begins on a Monday.
fn rhythm(minute: u64) -> f64 {
    let hour = (minute / 60 % 24) as f64 + (minute % 60) as f64 / 60.0;
    let day = 0.55 - 0.45 * ((hour - 1.0) / 24.0 * std::f64::consts::TAU).cos();
    let weekend = if minute / (24 * 60) >= 5 { 0.6 } else { 1.0 };
    let campaign = if CAMPAIGN.contains(&minute) { 4.0 } else { 1.0 };
    day * weekend * campaign
}

fn event(
    bench: &mut Bench,
    dice: &mut Dice,
    counts: &mut [u64],
    (minute, at_ms): (u64, i64),
) -> model::Entry {
    let event = dice.rank(EVENTS);
    // Two thirds have loaded the new version a day after the release.
    let adopted = if minute < RELEASE { 0.0 } else { ((minute - RELEASE) as f64 / 1_440.0).min(1.0) * 0.67 };
    let is_new = dice.chance(adopted) && adopted > 0.0;
    let is_campaign = CAMPAIGN.contains(&minute) && dice.chance(0.75);
    let mut properties = String::from("{");
    for place in 0..PROPERTIES / EVENTS {
        let property = event * (PROPERTIES / EVENTS) + place;
        let at = counts[property as usize];
        counts[property as usize] += 1;
        let comma = if place == 0 { "" } else { "," };
        // The release shows in lists and names; the campaign brings its own.
        let at = if is_new { at + 40_000 } else { at };
        let own = if is_campaign { property ^ 0xca3 } else { property };
        properties
            .push_str(&format!("{comma}\"p{place}\":{}", traffic::value(kind_of(property), own, at, dice)));
    }
    if is_new {
        // A property in all events, and one in each.
        properties.push_str(&format!(",\"session\":{}", traffic::value(Kind::Base62Id, 1, 0, dice)));
        let kind = kind_of(event * 7 + 3);
        properties
            .push_str(&format!(",\"added\":{}", traffic::value(kind, event, counts[event as usize], dice)));
    }
    if is_campaign {
        properties.push_str(",\"utm_campaign\":\"summer_sale_2026\",\"utm_content\":\"hero-2\"");
    }
    properties.push('}');
    let version = if is_new { "1.85.0" } else { "1.84.3" };
    let person = dice.below(100_000);
    bench.entry_of(format!("Event {event}"), properties, person, &Sent { at_ms, version, automatic: false })
}

/// One password in a thousand events, in each of the properties of labels, and how many minutes that went on.
fn leak(bench: &mut Bench, dice: &mut Dice, before: usize) -> Outcome {
    let passwords = Passwords::new();
    let begin_ms = BEGIN_MS + (MINUTES * 60_000) as i64;
    let mut at = 0_u64;
    let told = loop {
        let mut entries = Vec::new();
        for _ in 0..LEAKING_EVENTS_PER_S {
            let at_ms = begin_ms + (at * 1_000 / LEAKING_EVENTS_PER_S) as i64;
            // `p1` of `Event 0` carries labels.
            let value = if dice.chance(0.001) {
                let password = passwords.one(Leak::Mixed, dice);
                format!("\"{}\"", password.replace('\\', "\\\\").replace('"', "\\\""))
            } else {
                traffic::value(Kind::Label, 1, 80_000, dice)
            };
            at += 1;
            let sent = Sent { at_ms, version: "1.85.0", automatic: false };
            entries.push(bench.entry_of("Event 0".to_owned(), format!("{{\"p1\":{value}}}"), at, &sent));
        }
        bench.observe(&entries)?;
        if bench.alarms()? > before {
            break true;
        }
        if at > 400_000 {
            break false;
        }
    };
    let seconds = at / LEAKING_EVENTS_PER_S;
    println!(
        "1 password in 1,000 events of one property, {LEAKING_EVENTS_PER_S} of them a second: told {told} after {at} events, {} min {} s of traffic",
        seconds / 60,
        seconds % 60
    );
    Ok(())
}
