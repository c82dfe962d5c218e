//! Between which two instants a time is, without searching.

/// Edges of intervals that follow each other are at quarters of an hour, save in zones of long ago.
const QUARTER_MS: i64 = 900_000;
/// Thirty years; longer spans are searched.
const QUARTERS_MAX: i64 = 1 << 20;

/// Where intervals that follow each other begin.
pub(crate) struct Edges {
    edges: Vec<i64>,
    first_quarter: i64,
    /// The interval of every quarter from the first edge to the last; empty where edges lie between quarters.
    of_quarter: Vec<u32>,
}

impl Edges {
    /// `edges` ascend.
    pub(crate) fn new(edges: Vec<i64>) -> Self {
        let quarter = |ms: i64| ms.div_euclid(QUARTER_MS);
        let ends = edges.first().zip(edges.last()).map(|(first, last)| (quarter(*first), quarter(*last)));
        let (first_quarter, last) = ends.unwrap_or_default();
        let mut later = edges.iter().skip(1);
        let aligned = later.clone().all(|edge| edge.rem_euclid(QUARTER_MS) == 0);
        let mut of_quarter = Vec::new();
        if aligned && last - first_quarter < QUARTERS_MAX {
            let mut interval = 0;
            let mut next = later.next();
            for now in first_quarter..=last {
                while next.is_some_and(|edge| quarter(*edge) <= now) {
                    interval += 1;
                    next = later.next();
                }
                of_quarter.push(interval);
            }
        }
        Self { edges, first_quarter, of_quarter }
    }

    pub(crate) fn all(&self) -> &[i64] {
        &self.edges
    }

    /// The interval of a time; the first of those before, the last of those behind.
    pub(crate) fn interval(&self, ms: i64) -> u32 {
        let quarter = ms.div_euclid(QUARTER_MS) - self.first_quarter;
        match usize::try_from(quarter).ok().and_then(|quarter| self.of_quarter.get(quarter)) {
            Some(interval) => *interval,
            None => {
                let before = self.edges.partition_point(|edge| *edge <= ms);
                u32::try_from(before.saturating_sub(1)).unwrap_or(u32::MAX)
            }
        }
    }
}

impl Edges {
    /// Calls `visit` with the interval of each of these times, but once where it stays the same.
    pub(crate) fn each(&self, times: impl Iterator<Item = i64>, mut visit: impl FnMut(u32)) {
        // Times in the interval seen last: from the first on, by less than the second.
        let (mut from, mut length) = (0_i64, 0_u64);
        for ms in times {
            if ms.wrapping_sub(from).cast_unsigned() < length {
                continue;
            }
            let interval = self.interval(ms);
            let edge = |place: u32| self.edges.get(place as usize).copied();
            from = if interval == 0 { i64::MIN } else { edge(interval).unwrap_or(ms) };
            let end = interval.checked_add(1).and_then(edge).unwrap_or(i64::MAX);
            length = end.wrapping_sub(from).cast_unsigned();
            visit(interval);
        }
    }

    /// The interval of all times from the first to the second, if it is one.
    pub(crate) fn one_interval(&self, (first_ms, last_ms): (i64, i64)) -> Option<u32> {
        let interval = self.interval(first_ms);
        (interval == self.interval(last_ms)).then_some(interval)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_looked_up_is_what_would_be_found(
            first in -5_000_000_i64..5_000_000,
            steps in proptest::collection::vec(prop_oneof![4 => (1_i64..9).prop_map(|step| step * QUARTER_MS), 1 => 1..5_000_000_i64], 0..6),
            align in any::<bool>(),
            times in proptest::collection::vec(-30_000_000_i64..60_000_000, 1..40),
        ) {
            let mut edges = vec![first];
            for step in steps {
                let next = edges.last().unwrap() + step;
                let next = if align { (next + QUARTER_MS - 1).div_euclid(QUARTER_MS) * QUARTER_MS } else { next };
                edges.push(next);
            }
            let looked_up = Edges::new(edges.clone());
            for ms in times.iter().copied().chain(edges.iter().copied()) {
                let found = edges.iter().filter(|edge| **edge <= ms).count().saturating_sub(1);
                prop_assert_eq!(looked_up.interval(ms) as usize, found, "{} in {:?}", ms, edges);
            }
            let mut told = Vec::new();
            looked_up.each(times.iter().copied(), |interval| told.push(interval));
            let mut each: Vec<u32> = times.iter().map(|ms| looked_up.interval(*ms)).collect();
            each.dedup();
            prop_assert_eq!(told, each);
        }
    }

    #[test]
    fn whole_days_are_looked_up() {
        let edges = Edges::new((0..90).map(|day| day * 86_400_000).collect());
        assert_eq!(edges.of_quarter.len(), 89 * 96 + 1);
    }
}
