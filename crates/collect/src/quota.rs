//! How many events a second a source may send. A token bucket each: it fills at the quota and holds two
//! seconds of it. A request is let in while anything is left and then takes all it needs, so that a batch
//! larger than what is left is not refused for ever; the debt is worked off before the next one.

use std::collections::HashMap;

use model::SourceId;
use parking_lot::Mutex;

const HELD_S: i64 = 2;

/// The buckets of all sources.
#[derive(Debug)]
pub(crate) struct Quotas {
    events_per_s: u32,
    buckets: Mutex<HashMap<SourceId, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    /// Thousandths of an event, so that a millisecond adds a whole number.
    level: i64,
    filled_ms: i64,
}

impl Quotas {
    pub fn new(events_per_s: u32) -> Self {
        Self { events_per_s: events_per_s.max(1), buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes `events` from the source's bucket.
    ///
    /// # Errors
    /// The bucket is empty: the seconds after which it will not be.
    pub fn take(&self, source: SourceId, events: usize, now_ms: i64) -> Result<(), u32> {
        let rate = i64::from(self.events_per_s);
        let full = rate * HELD_S * 1_000;
        // One bucket for each known source: the map is as bounded as the table of sources.
        let mut buckets = self.buckets.lock();
        let bucket = buckets.entry(source).or_insert(Bucket { level: full, filled_ms: now_ms });
        let passed_ms = now_ms.saturating_sub(bucket.filled_ms).clamp(0, HELD_S * 1_000_000);
        bucket.level = bucket.level.saturating_add(passed_ms * rate).min(full);
        bucket.filled_ms = now_ms;
        if bucket.level <= 0 {
            let missing_s = (1 - bucket.level) / (rate * 1_000) + 1;
            return Err(u32::try_from(missing_s).unwrap_or(u32::MAX));
        }
        bucket.level -= i64::try_from(events).unwrap_or(i64::MAX / 1_000) * 1_000;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_let_in_at_its_rate_and_no_faster() {
        let quotas = Quotas::new(10);
        let (one, other) = (SourceId(1), SourceId(2));
        assert_eq!(quotas.take(one, 20, 0), Ok(()));
        assert_eq!(quotas.take(one, 1, 0), Err(1), "two seconds' worth is spent");
        assert_eq!(quotas.take(other, 1, 0), Ok(()), "another source has its own");
        assert_eq!(quotas.take(one, 1, 100), Ok(()), "a tenth of a second is one event");
        assert_eq!(quotas.take(one, 1, 100), Err(1));
        assert_eq!(quotas.take(one, 50, 200), Ok(()), "a large batch is let in on credit");
        assert_eq!(quotas.take(one, 1, 2_200), Err(3), "and is worked off");
        assert_eq!(quotas.take(one, 1, 5_300), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_away() {
        let quotas = Quotas::new(10);
        assert_eq!(quotas.take(SourceId(1), 1, 1_000_000), Ok(()));
        assert_eq!(quotas.take(SourceId(1), 1, 0), Ok(()));
    }
}
