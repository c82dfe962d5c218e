//! What one password's hash costs and how much memory all of them take: `cargo run --release -p signin --example argon`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::time::Instant;

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn main() {
    let hashing = signin::hashing::Hashing::default();
    let before = resident_kib();
    let hash = |number: u8| {
        let begun = Instant::now();
        hashing.hash(false, &[number; 32], &[number; signin::hashing::SALT_BYTES]).unwrap();
        begun.elapsed().as_secs_f64() * 1_000.0
    };
    let mut alone: Vec<f64> = (0..50).map(hash).collect();
    alone.sort_by(f64::total_cmp);
    let after_one = resident_kib();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..60 {
            let hash = &hash;
            scope.spawn(move || hash(number));
        }
    });
    let together = begun.elapsed().as_secs_f64();
    println!("one hash: median {:.1} ms, slowest of 50 {:.1} ms", alone[25], alone[49]);
    println!("60 callers at once: {together:.2} s, {:.1} hashes/s", 60.0 / together);
    println!(
        "resident: {before} KiB before, {after_one} KiB after one at a time, {} KiB after 60 at once",
        resident_kib()
    );
}
