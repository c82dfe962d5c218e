//! Writes the history to standard output, one message a line, and says on standard error how fast.
//! For `holdfast import` and for looking at the shop: `cargo run --release -p demo --example pour | head`.

use std::io::{BufWriter, Write};

use demo::{HISTORY_DAYS, history};

fn main() -> std::io::Result<()> {
    let started = std::time::Instant::now();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut messages, mut bytes) = (0_u64, 0_usize);
    for line in
        history(7, jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 20_760), HISTORY_DAYS)
    {
        (messages, bytes) = (messages + 1, bytes + line.len());
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{messages} messages, {bytes} bytes, {:.0} a second", messages as f64 / seconds);
    Ok(())
}
