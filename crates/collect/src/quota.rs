//! How many events a second a source may send: its own quota where it has one, else everybody's. Two seconds of it may
//! come at once, and a batch larger than what is left is let in on credit (see [`stdx::Rates`]).

use model::SourceId;
use stdx::Rates;

/// How many sources are told apart at a time; far more than an installation has, and memory is bounded all the same.
const SOURCES_MAX: usize = 100_000;

/// The quotas of all sources.
#[derive(Debug)]
pub(crate) struct Quotas {
    events_per_s: u32,
    rates: Rates<SourceId>,
}

impl Quotas {
    /// `events_per_s` for each source that has no quota of its own.
    pub fn new(events_per_s: u32) -> Self {
        Self { events_per_s: events_per_s.max(1), rates: Rates::new(SOURCES_MAX) }
    }

    /// Takes `events` of what the source may send.
    ///
    /// # Errors
    /// Nothing is left: the seconds after which something will be.
    pub fn take(&self, source: SourceId, own: Option<u32>, events: usize, now_ms: i64) -> Result<(), u32> {
        self.rates.take(source, own.unwrap_or(self.events_per_s), events, now_ms)
    }

    /// Whether the source may send anything now: asked before its body is looked into.
    ///
    /// # Errors
    /// Nothing is left: the seconds after which something will be.
    pub fn look(&self, source: SourceId, now_ms: i64) -> Result<(), u32> {
        self.rates.look(source, now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_let_in_at_its_own_rate_or_at_everybodys() {
        let quotas = Quotas::new(10);
        let (one, other) = (SourceId(1), SourceId(2));
        assert_eq!(quotas.take(one, None, 20, 0), Ok(()));
        assert_eq!(quotas.take(one, None, 1, 0), Err(1));
        assert_eq!(quotas.look(one, 0), Err(1));
        assert_eq!(quotas.take(other, Some(100), 20, 0), Ok(()));
        assert_eq!(quotas.take(other, Some(100), 180, 0), Ok(()), "two seconds of its own rate");
        assert_eq!(quotas.take(other, Some(100), 1, 0), Err(1));
        assert_eq!(quotas.look(other, 100), Ok(()));
    }
}
