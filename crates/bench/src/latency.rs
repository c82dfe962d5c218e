//! How long answers took: counts in buckets that grow with the value, so that memory stays the same
//! however long a run is, and a percentile is right within 7 %.

/// Buckets within each doubling.
const STEPS: u64 = 16;
const BUCKETS: usize = 64 * STEPS as usize;

/// Counts of durations in microseconds.
#[derive(Clone)]
pub(crate) struct Latency {
    buckets: Vec<u64>,
    count: u64,
    max_us: u64,
}

impl Latency {
    pub fn new() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, max_us: 0 }
    }

    pub fn add(&mut self, us: u64) {
        if let Some(bucket) = self.buckets.get_mut(bucket_of(us)) {
            *bucket += 1;
        }
        self.count += 1;
        self.max_us = self.max_us.max(us);
    }

    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max_us = self.max_us.max(other.max_us);
    }

    /// The value below which that share of the durations lies, in milliseconds.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let wanted = ((self.count as f64) * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return (upper_of(index).min(self.max_us)) as f64 / 1_000.0;
            }
        }
        self.max_us as f64 / 1_000.0
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn max_ms(&self) -> f64 {
        self.max_us as f64 / 1_000.0
    }
}

fn bucket_of(us: u64) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let doubling = u64::from(us.ilog2()) - u64::from(STEPS.ilog2());
    let step = (us >> doubling) - STEPS;
    ((doubling + 1) * STEPS + step) as usize
}

fn upper_of(bucket: usize) -> u64 {
    let (doubling, step) = (bucket as u64 / STEPS, bucket as u64 % STEPS);
    if doubling == 0 {
        return step;
    }
    ((STEPS + step + 1) << (doubling - 1)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_seven_percent() {
        let mut latency = Latency::new();
        for us in 1..=100_000 {
            latency.add(us);
        }
        for (share, expected) in [(0.01, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            let found = latency.percentile_ms(share);
            assert!((found - expected).abs() <= expected * 0.07, "{share}: {found}");
        }
    }

    #[test]
    fn every_value_lies_in_its_bucket() {
        for us in (0..5_000).chain([1 << 20, (1 << 40) + 17, u64::MAX >> 1]) {
            let bucket = bucket_of(us);
            assert!(us <= upper_of(bucket), "{us}");
            assert!(bucket == 0 || us > upper_of(bucket - 1), "{us}");
        }
    }
}
