//! What the disk can sync, measured with the same bytes that a request carries.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::BenchError;
use crate::latency::Latency;

/// A second is enough to see whether the disk is quiet.
const WINDOW: Duration = Duration::from_secs(1);

/// Appends and syncs `bytes` again and again.
pub(crate) struct Syncs {
    /// How many a second.
    pub per_s: f64,
    /// How long they took.
    pub latency: Latency,
}

/// Measures the disk that `dir` lies on, with a file that is gone afterwards.
pub(crate) fn syncs(dir: &Path, bytes: usize) -> Result<Syncs, BenchError> {
    let path = dir.join(format!("bench-{}.tmp", stdx::random_text::<8>()));
    let measured = append_and_sync(&path, bytes);
    let removed = fs::remove_file(&path).map_err(BenchError::file(&path));
    let syncs = measured?;
    removed?;
    Ok(syncs)
}

fn append_and_sync(path: &Path, bytes: usize) -> Result<Syncs, BenchError> {
    let mut file = File::create_new(path).map_err(BenchError::file(path))?;
    let piece = vec![0x5a; bytes.max(1)];
    let mut latency = Latency::new();
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < WINDOW {
        let start = Instant::now();
        file.write_all(&piece).and_then(|()| file.sync_data()).map_err(BenchError::file(path))?;
        latency.add(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
        count += 1;
    }
    Ok(Syncs { per_s: f64::from(count) / begin.elapsed().as_secs_f64(), latency })
}
