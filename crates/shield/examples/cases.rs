//! How long labelled cases take, by context: `cargo run --release -p shield --example cases FILE…`.
//! *New* is a thread that never met a name or value before, *known* the same thread once more. `slowest` as the first
//! argument shows the ids of the cases that take longest in place of the contexts.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use shield::score::clock;
use shield::{Case, Shield};

/// How often everything is judged; the best turn counts, so that a busy machine disturbs little.
const TURNS: usize = 20;

#[derive(Deserialize)]
struct Context<'a> {
    #[serde(borrow, default)]
    label: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    ctx: std::borrow::Cow<'a, str>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let shows_slowest = files.first().is_some_and(|word| word == "slowest");
    files.drain(..usize::from(shows_slowest));
    for file in &files {
        let lines = std::fs::read_to_string(file)?;
        let (mut cases, mut contexts) = (Vec::new(), BTreeMap::<String, Vec<usize>>::new());
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let Context { label, ctx } = serde_json::from_str(line)?;
            let name = if label == "benign" { format!("benign {ctx}") } else { ctx.into_owned() };
            contexts.entry(name).or_default().push(cases.len());
            cases.push(serde_json::from_str::<Case<'_>>(line)?);
        }
        println!("{file}: {} cases", cases.len());
        if shows_slowest {
            slowest(&cases);
            continue;
        }
        println!("{:<28}{:>7}{:>12}{:>12}  ns a value", "context", "cases", "new", "known");
        show("all", &cases.iter().collect::<Vec<_>>());
        for (name, places) in &contexts {
            show(name, &places.iter().filter_map(|place| cases.get(*place)).collect::<Vec<_>>());
        }
    }
    Ok(())
}

fn show(name: &str, cases: &[&Case<'_>]) {
    let (mut new, mut known) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        let (first, second) = std::thread::scope(|scope| {
            let turns = scope.spawn(|| {
                let shield = Shield::builtin();
                (judged(&shield, cases), judged(&shield, cases))
            });
            turns.join().unwrap_or((Duration::MAX, Duration::MAX))
        });
        (new, known) = (new.min(first), known.min(second));
    }
    let each = |time: Duration| time.as_secs_f64() * 1e9 / cases.len().max(1) as f64;
    println!("{name:<28}{:>7}{:>12.0}{:>12.0}", cases.len(), each(new), each(known));
}

fn judged(shield: &Shield, cases: &[&Case<'_>]) -> Duration {
    clock::taken(|| {
        for case in cases {
            _ = std::hint::black_box(shield.classify(case));
        }
    })
}

fn slowest(cases: &[Case<'_>]) {
    const TIMES: u32 = 200;
    let shield = Shield::builtin();
    let mut taken: Vec<(Duration, &Case<'_>)> = Vec::new();
    for case in cases {
        let once =
            || clock::taken(|| (0..TIMES).for_each(|_| _ = std::hint::black_box(shield.classify(case))));
        taken.push((once().min(once()) / TIMES, case));
    }
    taken.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let all: Duration = taken.iter().map(|(time, _)| *time).sum();
    println!("all, known: {:.0} ns a value", all.as_secs_f64() * 1e9 / cases.len().max(1) as f64);
    for (time, case) in taken.iter().take(40) {
        println!("{:>8} ns {:>6} bytes  {}", time.as_nanos(), case.value.get().len(), case.id);
    }
}
