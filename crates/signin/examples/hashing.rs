//! How long one password takes to hash, alone and with a queue: `cargo run --release -p signin --example hashing`.

use std::time::Instant;

use keys::Key;
use signin::password::Password;
use signin::{Config, Signin};
use stdx::Clock;

/// How many are hashed.
const COUNT: usize = 100;
/// By how many at once, of which two are at work.
const SENDERS: usize = 8;

#[allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "measuring is what it is for")]
fn main() {
    let config = Config {
        rp_id: "localhost".to_owned(),
        rp_name: "Holdfast".to_owned(),
        origins: vec!["http://localhost:7071".to_owned()],
    };
    let signin = Signin::new(&Key::generate(), Clock::wall(), config).unwrap();
    let password = Password::typed("four wet dogs on a train");
    let mut took_ms: Vec<f64> = (0..COUNT)
        .map(|_| {
            let begin = Instant::now();
            signin.hash_tried(&password, None, true).unwrap();
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took_ms.sort_by(f64::total_cmp);
    println!(
        "one at a time: {:.0} ms at the median, {:.0} ms at most",
        took_ms[COUNT / 2],
        took_ms[COUNT - 1]
    );
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                (0..COUNT / SENDERS).for_each(|_| {
                    let _ = signin.hash_tried(&password, None, false).unwrap();
                })
            });
        }
    });
    let hashed = COUNT / SENDERS * SENDERS;
    println!("{SENDERS} at once: {:.1} a second", hashed as f64 / begin.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
