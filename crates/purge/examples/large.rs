//! The purge of a value in 1 of 10,000 of many events, timed, with a print of every row before and after.
//!
//! `large fill DIR EVENTS`, `large prints DIR FILE` (one line a row: offset and print), `large purge DIR`. The master key is
//! 32 times 0x2a; `tests/scan/opened.py` opens every file with it and looks for the value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a tool of the tests")]
#![allow(clippy::disallowed_methods, reason = "times what it does")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use support::{REAL, World, print, sent};

/// What is purged.
const VALUE: &str = "Zebra-Kestrel-9041";
/// One event of so many has it.
const EVERY: u64 = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let begun = Instant::now();
    match arguments[..] {
        ["fill", dir, events] => fill(Path::new(dir), events.parse().expect("a number")),
        ["prints", dir, file] => prints(Path::new(dir), Path::new(file)),
        ["purge", dir] => purge(Path::new(dir)),
        _ => panic!("large fill DIR EVENTS | large prints DIR FILE | large purge DIR"),
    }
    println!("{} took {:?}", arguments[0], begun.elapsed());
}

fn fill(dir: &Path, events: u64) {
    let world = World::open(dir, REAL);
    let mut batch = Vec::with_capacity(10_000);
    for number in 0..events {
        let mut event = sent(number);
        if number % EVERY == EVERY / 2 {
            event.properties = format!(r#"{{"sku":"x","price":3.25,"note":"again {VALUE} and more"}}"#);
        }
        batch.push(event);
        if batch.len() == 10_000 {
            world.send(&batch);
            batch.clear();
        }
    }
    world.send(&batch);
    world.settle();
    world.store.maintain().unwrap();
    world.close();
}

/// Rows without the value are printed whole; of those with it only the offset.
fn prints(dir: &Path, file: &Path) {
    let world = World::open(dir, REAL);
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    let mut rows = 0;
    world.each_row(&mut |offset, text| {
        rows += 1;
        if text.contains(VALUE) || text.contains("[purged]") {
            writeln!(out, "{offset} affected").unwrap();
        } else {
            writeln!(out, "{offset} {:016x}", print(text)).unwrap();
        }
    });
    out.flush().unwrap();
    println!("{rows} rows");
    world.close();
}

fn purge(dir: &Path) {
    let opened = Instant::now();
    let world = World::open(dir, REAL);
    println!("opened in {:?}", opened.elapsed());
    let begun = Instant::now();
    let report =
        world.purged(&format!(r#"{{"where":{{"value":{{"text":"{VALUE}"}}}},"remove":"property"}}"#));
    println!("purged in {:?}: {} events, {}", begun.elapsed(), report["events"], report["places"]);
    world.close();
}
