//! How often clean traffic raises an alarm, and how soon a leak does:
//! `cargo run --release -p watch --example calibrate -- WHAT`, where that is
//! `clean EVENTS SEED`, `leaks SHARE WITHIN SEEDS FIRST_SEED`, `releases SEEDS FIRST_SEED`, `week SEED` or `shapes`.

mod dice;
mod leak;
mod releases;
mod traffic;
mod week;
mod words;

use std::error::Error;

use breach::PasswordFilter;
use control::Database;
use keys::{Key, KeyDirectory};
use model::{Entry, EventRecord, Kind as Call, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use stdx::Clock;
use watch::{Shape, Watch};

use dice::Dice;
use leak::{Leak, Passwords};
use traffic::{KINDS, Kind};

/// 2026-08-01.
const BEGIN_MS: i64 = 1_785_542_400_000;
const EVENTS: u64 = 20;
const PROPERTIES: u64 = 200;
/// How many clean values a property shows before it leaks.
const LEARNED: u64 = 50_000;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let what = arguments.first().map_or("clean", String::as_str);
    let number = |place: usize, usual: u64| -> Outcome<u64> {
        Ok(arguments.get(place).map_or(Ok(usual), |text| text.parse())?)
    };
    match what {
        "clean" => clean(number(1, 10_000_000)?, number(2, 1)?),
        "leaks" => {
            let share: f64 = arguments.get(1).map_or(Ok(0.02), |text| text.parse())?;
            leaks((share, number(2, 1_000)?), number(3, 20)?, number(4, 0)?)
        }
        "releases" => releases::run(number(1, 3)?, number(2, 0)?),
        "week" => week::run(number(1, 1)?),
        "shapes" => shapes(),
        other => Err(format!("{other}: say clean, leaks, releases, week or shapes").into()),
    }
}

/// When and by whom an event is sent.
struct Sent<'a> {
    at_ms: i64,
    version: &'a str,
    automatic: bool,
}

/// A watch over a database of its own.
struct Bench {
    watch: Watch,
    workspace: WorkspaceId,
    offset: u64,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let db = Database::open(&folder.path().join("control.db"), control::CONTROL_MIGRATIONS)?;
        let keys = KeyDirectory::new();
        let (made, own) =
            db.write(|tx| control::workspaces::create(tx, &Key::generate(), "bench", BEGIN_MS))?;
        keys.insert(made.id, own);
        let watch = Watch::open(db, keys, Clock::wall())?;
        Ok(Self { watch, workspace: made.id, offset: 0, _folder: folder })
    }

    fn entry(&mut self, name: String, properties: String, person: u64) -> Entry {
        let at_ms = BEGIN_MS + self.offset as i64 * 10;
        self.entry_of(name, properties, person, &Sent { at_ms, version: "1.84.3", automatic: false })
    }

    fn entry_of(&mut self, name: String, properties: String, person: u64, sent: &Sent<'_>) -> Entry {
        let offset = self.offset;
        self.offset += 1;
        let (version, automatic) = (sent.version, sent.automatic);
        let record = EventRecord {
            workspace: self.workspace,
            source: SourceId(1),
            message_id: String::new(),
            kind: Call::Track,
            name,
            time_ms: sent.at_ms,
            received_ms: sent.at_ms,
            user_id: Some(format!("u{person}")),
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties,
            traits: "{}".to_owned(),
            context: format!(
                r#"{{"library":{{"name":"analytics.js","version":"{version}"}},"holdfast":{{"autocapture":{automatic}}},"page":{{"path":"/products/blue-chair","title":"Blue chair"}},"locale":"de-DE","timezone":"Europe/Berlin","screen":{{"width":1920,"height":1080}}}}"#
            ),
            sealed: Vec::new(),
            findings: Vec::new(),
        };
        Entry { offset: Offset(offset), record: Stored::Event(record) }
    }

    fn observe(&self, entries: &[Entry]) -> Outcome {
        let rows: Vec<Resolved<'_>> = entries
            .iter()
            .map(|entry| Resolved { entry, person: Some(PersonCode(0)), repeated: false })
            .collect();
        Ok(self.watch.observe(&rows)?)
    }

    fn alarms(&self) -> Outcome<usize> {
        Ok(self.watch.alarms(self.workspace)?.len())
    }
}

/// Which kind the property of that number is.
fn kind_of(property: u64) -> Kind {
    KINDS[(property % KINDS.len() as u64) as usize]
}

/// The kind of a property by how it is shown: `Event 3 properties.p7`.
fn kind_named(name: &str) -> Option<Kind> {
    let (event, place) = name.strip_prefix("Event ")?.split_once(" properties.p")?;
    Some(kind_of(event.parse::<u64>().ok()? * (PROPERTIES / EVENTS) + place.parse::<u64>().ok()?))
}

fn clean(events: u64, seed: u64) -> Outcome {
    let mut bench = Bench::new()?;
    let mut dice = Dice::new(seed);
    let mut counts = vec![0_u64; PROPERTIES as usize];
    let (mut observing_ns, mut bytes) = (0, 0);
    let mut told = 0;
    while bench.offset < events {
        let mut entries = Vec::with_capacity(2_000);
        for _ in 0..2_000 {
            // Common events come far more often than rare ones.
            let event = dice.rank(EVENTS);
            let mut properties = String::from("{");
            for place in 0..PROPERTIES / EVENTS {
                let property = event * (PROPERTIES / EVENTS) + place;
                let at = counts[property as usize];
                counts[property as usize] += 1;
                let comma = if place == 0 { "" } else { "," };
                let value = traffic::value(kind_of(property), property, at, &mut dice);
                properties.push_str(&format!("{comma}\"p{place}\":{value}"));
            }
            properties.push('}');
            bytes += properties.len();
            let person = dice.below(100_000);
            entries.push(bench.entry(format!("Event {event}"), properties, person));
        }
        let begun = cpu_ns()?;
        bench.observe(&entries)?;
        observing_ns += cpu_ns()? - begun;
        if bench.offset.is_multiple_of(500_000) {
            let alarms = bench.watch.alarms(bench.workspace)?;
            for alarm in alarms.iter().rev().skip(told) {
                let kind = kind_named(&format!("{} {}", alarm.event, alarm.path));
                println!(
                    "alarm at {}: {:?} {} {} {:?}, {} values, {} suspect",
                    bench.offset, alarm.suspicion, alarm.event, alarm.path, kind, alarm.values, alarm.count
                );
            }
            told = alarms.len();
        }
    }
    let values: u64 = counts.iter().sum();
    println!("clean: {events} events, {PROPERTIES} properties, {values} values, {} alarms", bench.alarms()?);
    let mut peaks: Vec<(f64, String)> = (bench.watch.profiles(bench.workspace)?.into_iter())
        .map(|view| (view.peak, format!("{} {}", view.event, view.path)))
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("nearest to an alarm, of 1:");
    for (peak, name) in peaks.iter().take(12) {
        println!("  {peak:.2} {name} {:?}", kind_named(name));
    }
    println!(
        "observe: {} ns of processor time an event of {} bytes of properties and 200 of context, writing included",
        observing_ns / events,
        bytes as u64 / events
    );
    Ok(())
}

/// The processor time of this thread so far: what others do on the machine does not count.
fn cpu_ns() -> Outcome<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}

/// After how many values of the property an alarm was raised; nothing if none was within `within`.
fn delay(kind: Kind, leak: Leak, share: f64, within: u64, seed: u64) -> Outcome<Result<u64, &'static str>> {
    let mut bench = Bench::new()?;
    let mut dice = Dice::new(seed.wrapping_mul(7_919) + 11);
    let passwords = Passwords::new();
    let mut at = 0;
    let mut run = |leaking: bool, many: u64, bench: &mut Bench, dice: &mut Dice| -> Outcome<Option<u64>> {
        let begin = at;
        while at < begin + many {
            let mut entries = Vec::with_capacity(100);
            for _ in 0..100 {
                let value = if leaking && dice.chance(share) {
                    let password = passwords.one(leak, dice);
                    format!("\"{}\"", password.replace('\\', "\\\\").replace('"', "\\\""))
                } else {
                    traffic::value(kind, seed, at % LEARNED, dice)
                };
                at += 1;
                entries.push(bench.entry("Clicked".to_owned(), format!("{{\"label\":{value}}}"), at));
            }
            bench.observe(&entries)?;
            if bench.alarms()? > 0 {
                return Ok(Some(at - begin));
            }
        }
        Ok(None)
    };
    if run(false, LEARNED, &mut bench, &mut dice)?.is_some() {
        return Ok(Err("alarm before the leak"));
    }
    Ok(run(true, within, &mut bench, &mut dice)?.ok_or("none"))
}

fn leaks((share, within): (f64, u64), seeds: u64, first_seed: u64) -> Outcome {
    let kinds = [
        Kind::Label,
        Kind::Category,
        Kind::Title,
        Kind::Slug,
        Kind::Search,
        Kind::Review,
        Kind::FullName,
        Kind::Username,
        Kind::Uuid,
        Kind::Base62Id,
        Kind::NumericId,
        Kind::Url,
        Kind::Device,
        Kind::Voucher,
        Kind::Flag,
        Kind::Sometimes,
    ];
    println!(
        "share {share}: found within {within} values of the property, of {seeds}; delay median / largest"
    );
    let mut found_of = [0_usize; 3];
    for kind in kinds {
        let mut line = format!("  {kind:?}:");
        for (place, leak) in [Leak::Mixed, Leak::Human, Leak::Generated].into_iter().enumerate() {
            let mut delays = Vec::new();
            for seed in first_seed..first_seed + seeds {
                match delay(kind, leak, share, within, seed)? {
                    Ok(found) => delays.push(found),
                    Err("none") => {}
                    Err(other) => println!("  {kind:?} {leak:?} seed {seed}: {other}"),
                }
            }
            delays.sort_unstable();
            found_of[place] += delays.len();
            let median = delays.get(delays.len() / 2).copied().unwrap_or(0);
            let largest = delays.last().copied().unwrap_or(0);
            line.push_str(&format!("  {leak:?} {}/{seeds} {median}/{largest}", delays.len()));
        }
        println!("{line}");
    }
    println!("found: mixed, human, generated {found_of:?} of {}", kinds.len() as u64 * seeds);
    Ok(())
}

/// How often each shape comes among passwords and among clean values: what the test's tables rest on.
fn shapes() -> Outcome {
    let filter = PasswordFilter::common();
    let passwords = Passwords::new();
    let mut dice = Dice::new(3);
    let mut row = |name: String, mut make: Box<dyn FnMut(&mut Dice) -> String + '_>| {
        let mut counts = [0_u32; watch::shape::SHAPES];
        for _ in 0..20_000 {
            counts[Shape::of(&make(&mut dice), filter) as usize] += 1;
        }
        let shares: Vec<String> = Shape::ALL
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(shape, count)| format!("{} {:.4}", shape.as_str(), f64::from(count) / 20_000.0))
            .collect();
        println!("{name}: {}", shares.join(", "));
    };
    for leak in [Leak::Mixed, Leak::Human, Leak::Generated] {
        row(format!("{leak:?}"), Box::new(|dice| passwords.one(leak, dice)));
    }
    for kind in KINDS {
        row(
            format!("{kind:?}"),
            Box::new(move |dice| traffic::value(kind, 1, 0, dice).trim_matches('"').to_owned()),
        );
    }
    Ok(())
}
