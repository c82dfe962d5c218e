//! How many entries a second the ledger takes, beside what the disk itself does in the same run.
//!
//! `cargo run --release -p ledger --example rate -- FOLDER [SECONDS] [CALLERS]`

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use keys::Key;
use ledger::{Ledger, LedgerKeys, NewEntry};
use model::WorkspaceId;
use stdx::{Clock, Secret};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder? its disk is measured")?);
    let seconds = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let callers: usize = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let time = Duration::from_secs(seconds);
    std::fs::create_dir_all(&folder)?;

    let before = raw(&folder, time / 2)?;
    let alone = entries(&folder.join("alone"), time, 1)?;
    let together = entries(&folder.join("together"), time, callers)?;
    let after = raw(&folder, time / 2)?;
    let sync = [before, after].concat();
    let raw_p50 = tell("append of 4 KiB and fdatasync", 1, time, sync);
    for (name, callers, waits) in [("entries, one caller", 1, alone), ("entries together", callers, together)]
    {
        let p50 = tell(name, callers, time, waits);
        println!("    p50 is {:.2} x the p50 of one fdatasync", p50.as_secs_f64() / raw_p50.as_secs_f64());
    }
    let started = Instant::now();
    let keys = keys()?;
    let trust = ledger::Trust { public: keys.public(), payload: Some(keys.payload()), witnesses: &[] };
    let report = ledger::verify(&folder.join("together"), &trust, None)?;
    let rate = report.leaves_checked as f64 / started.elapsed().as_secs_f64();
    println!(
        "verified {} leaves and {} payloads, {rate:.0}/s",
        report.leaves_checked, report.payloads_checked
    );
    if report.is_sound() { Ok(()) } else { Err(report.to_string().into()) }
}

/// What the disk does: one writer, 4 KiB at a time.
fn raw(folder: &Path, time: Duration) -> Result<Vec<Duration>, Box<dyn Error>> {
    let path = folder.join("raw");
    let mut file: File = OpenOptions::new().create(true).append(true).open(&path)?;
    let (started, mut waits) = (Instant::now(), Vec::new());
    while started.elapsed() < time {
        let from = Instant::now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        waits.push(from.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(waits)
}

fn entries(folder: &Path, time: Duration, callers: usize) -> Result<Vec<Duration>, Box<dyn Error>> {
    let ledger = Ledger::open(folder, keys()?, Clock::wall())?;
    let started = Instant::now();
    let waits = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|caller| {
                scope.spawn({
                    let ledger = &ledger;
                    move || -> Result<Vec<Duration>, ledger::LedgerError> {
                        let mut waits = Vec::new();
                        while started.elapsed() < time {
                            let from = Instant::now();
                            ledger.enter(entry(caller))?;
                            waits.push(from.elapsed());
                        }
                        Ok(waits)
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for waited in waits {
        all.extend(waited.map_err(|_| "a caller panicked")??);
    }
    Ok(all)
}

fn entry(caller: usize) -> NewEntry {
    NewEntry {
        code: "person.viewed",
        principal: "mem_01jd2h5k3v8q9r7t6w4x2y1z0a".to_owned(),
        session: Some("ses_01jd2h5k3v8q9r7t6w4x2y1z0a".to_owned()),
        from: None,
        workspace: Some(WorkspaceId(1 + caller as u128 % 8)),
        object: "p_01jd2h5k3v8q9r7t6w4x2y1z0a".to_owned(),
        detail: serde_json::json!({ "columns": ["plan", "country", "last_seen"], "rows": 1, "masked": true }),
    }
}

fn keys() -> Result<LedgerKeys, ledger::LedgerError> {
    LedgerKeys::new("rate.example/ledger", &Secret::new([1; 32]), Key::from_bytes([2; 32]))
}

fn tell(name: &str, callers: usize, time: Duration, mut waits: Vec<Duration>) -> Duration {
    waits.sort();
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    let rate = waits.len() as f64 / time.as_secs_f64();
    println!(
        "{name}: {callers} callers, {rate:.0}/s, p50 {:.2?}, p99 {:.2?}, worst {:.2?}",
        at(0.5),
        at(0.99),
        at(0.999_999)
    );
    at(0.5)
}
