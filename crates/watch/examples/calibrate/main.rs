//! How often clean traffic raises an alarm, and how soon a leak does:
//! `cargo run --release -p watch --example calibrate -- [clean EVENTS | leaks SEEDS | shapes]`.

mod dice;
mod leak;
mod traffic;
mod words;

use std::error::Error;

use control::Database;
use keys::{Key, KeyDirectory};
use model::{Entry, EventRecord, Kind as Call, Offset, PersonCode, Resolved, SourceId, Stored, WorkspaceId};
use stdx::Clock;
use watch::filter::PasswordFilter;
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
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_else(|| "clean".to_owned());
    let number: Option<u64> = arguments.next().map(|text| text.parse()).transpose()?;
    match what.as_str() {
        "clean" => clean(number.unwrap_or(10_000_000), 1),
        "leaks" => leaks(number.unwrap_or(20)),
        "shapes" => shapes(),
        other => Err(format!("{other}: say clean, leaks or shapes").into()),
    }
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
        let offset = self.offset;
        self.offset += 1;
        let record = EventRecord {
            workspace: self.workspace,
            source: SourceId(1),
            message_id: String::new(),
            kind: Call::Track,
            name,
            time_ms: BEGIN_MS + offset as i64 * 10,
            received_ms: BEGIN_MS + offset as i64 * 10,
            user_id: Some(format!("u{person}")),
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            properties,
            traits: "{}".to_owned(),
            context: r#"{"library":{"name":"analytics.js","version":"1.84.3"},"page":{"path":"/products/blue-chair","title":"Blue chair"},"locale":"de-DE","timezone":"Europe/Berlin","screen":{"width":1920,"height":1080}}"#.to_owned(),
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
                let place: u64 = alarm.path.trim_start_matches("properties.p").parse().unwrap_or(0);
                let event: u64 = alarm.event.trim_start_matches("Event ").parse().unwrap_or(0);
                let kind = kind_of(event * (PROPERTIES / EVENTS) + place);
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

fn leaks(seeds: u64) -> Outcome {
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
    for (share, within) in [(0.02, 1_000), (0.001, 200_000)] {
        println!(
            "share {share}: found within {within} values of the property, of {seeds}; delay median / largest"
        );
        for kind in kinds {
            let mut line = format!("  {kind:?}:");
            for leak in [Leak::Mixed, Leak::Human, Leak::Generated] {
                let mut delays = Vec::new();
                for seed in 0..seeds {
                    if let Ok(found) = delay(kind, leak, share, within, seed)? {
                        delays.push(found);
                    }
                }
                delays.sort_unstable();
                let median = delays.get(delays.len() / 2).copied().unwrap_or(0);
                let largest = delays.last().copied().unwrap_or(0);
                line.push_str(&format!("  {leak:?} {}/{seeds} {median}/{largest}", delays.len()));
            }
            println!("{line}");
        }
    }
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
            counts[Shape::of(&make(&mut dice), &filter) as usize] += 1;
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
