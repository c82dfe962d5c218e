//! How soon it is noticed that lists are being tried: fast from one address, and slowly from thousands.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::play::Seen;
use crate::stage::Stage;

/// The most probes until somebody is told.
const PROBES_MAX: usize = 500;
const WITHIN: Duration = Duration::from_secs(60);

/// How an attacker spreads the probes.
struct Wave {
    name: &'static str,
    addresses: usize,
    every: Duration,
}

const WAVES: [Wave; 2] = [
    Wave { name: "from one address, 2 a second", addresses: 1, every: Duration::from_millis(500) },
    // One every ten minutes from each.
    Wave { name: "from 5,000 addresses", addresses: 5_000, every: Duration::from_millis(120) },
];

pub fn detection(stage: &mut Stage, open: bool) -> Seen {
    stage.allow_passwords();
    let mut told = Vec::new();
    for wave in &WAVES {
        // What was seen before is forgotten, so that each stands alone.
        stage.kill_and_restart();
        told.push(until_told(stage, wave, open));
        // One that nobody was told of is enough.
        if told.iter().any(|(probes, _)| *probes > PROBES_MAX) {
            break;
        }
    }
    let held = told.iter().all(|(probes, took)| *probes <= PROBES_MAX && *took <= WITHIN);
    let figures: Vec<String> = WAVES
        .iter()
        .zip(&told)
        .map(|(wave, (probes, took))| format!("{}: {probes} probes, {:.1} s", wave.name, took.as_secs_f64()))
        .collect();
    let logged = stage.server.log().contains("lists of addresses and passwords are being tried");
    Seen {
        tried: format!(
            "addresses that are nobody's, with passwords: {} and {}",
            WAVES[0].name, WAVES[1].name
        ),
        outcome: format!(
            "those who run the workspace were {}{}",
            if held { "told" } else { "not told in time" },
            if logged { ", and it stands in the log" } else { ", but nothing stands in the log" }
        ),
        figure: figures.join("; "),
        held: held && logged,
    }
}

/// A supervisor that starts the server anew after so many probes, which is what an alarm forgets.
const RESTARTED_EVERY: usize = 30;

/// After how many probes, and how long, a notice stands there; more than there may be where none stands in time.
#[allow(clippy::disallowed_methods, reason = "an attacker who takes time")]
fn until_told(stage: &mut Stage, wave: &Wave, restarted: bool) -> (usize, Duration) {
    let noticed = |stage: &mut Stage| stage.get("/notices").to_string().matches("stuffing.noticed").count();
    let before = noticed(stage);
    let (begin, mut attacker) = (Instant::now(), stage.server.client());
    for probe in 1..=PROBES_MAX {
        if begin.elapsed() > WITHIN {
            break;
        }
        if restarted && probe % RESTARTED_EVERY == 0 {
            stage.kill_and_restart();
            attacker.move_to(&stage.server.console);
        }
        let n = probe % wave.addresses;
        let from = format!("127.{}.{}.77", 50 + n / 250, 1 + n % 250);
        let body = json!({ "email": format!("nobody{probe}@example.com"), "password": "one of a list of many", "code": "123456" });
        attacker.send("POST", "/api/v1/login/password", Some(&body), &[("x-forwarded-for", &from)]);
        if probe % 4 == 0 && noticed(stage) > before {
            return (probe, begin.elapsed());
        }
        let due = begin + wave.every * u32::try_from(probe).unwrap_or(u32::MAX);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    (PROBES_MAX + 1, begin.elapsed())
}
