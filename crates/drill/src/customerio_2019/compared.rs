//! Two groups of times compared by effect, not by significance: with enough probes the smallest shift is significant, and
//! what an attacker can use is how well one group can be told from the other.

use crate::dice::Dice;

/// How many standard errors are taken for chance: one in a million.
const BOUND: f64 = 4.9;

/// How the times of two groups differ.
pub struct Compared {
    /// The chance that a time of the one is longer than one of the other (AUC); 0.5 tells nothing.
    pub auc: f64,
    /// How far from 0.5 chance alone takes it, 4.9 standard errors.
    pub auc_bound: f64,
    /// Difference of the medians, microseconds.
    pub median_us: f64,
    /// How far chance alone takes that, 4.9 standard deviations, microseconds.
    pub median_bound_us: f64,
}

/// How often all times are dealt into two groups at random, to see what chance makes of equal ones.
const DEALS: usize = 100;

impl Compared {
    /// Compares times in microseconds.
    pub fn of(known: &[f64], unknown: &[f64]) -> Self {
        let (n, m) = (known.len() as f64, unknown.len() as f64);
        // Standard error of the AUC of two equal groups (Mann-Whitney).
        let error = ((n + m + 1.0) / (12.0 * n * m)).sqrt();
        Self {
            auc: auc(known, unknown),
            auc_bound: BOUND * error,
            median_us: (median(known.to_vec()) - median(unknown.to_vec())).abs(),
            median_bound_us: BOUND * dealt(known, unknown),
        }
    }

    /// Whether they cannot be told apart by the full figures, which 10,000 probes a side are enough for: whatever chance makes of
    /// equal ones.
    pub fn tells_nothing_at_all(&self) -> bool {
        (0.48..=0.52).contains(&self.auc) && self.median_us <= 50.0
    }

    /// Whether the groups cannot be told apart.
    pub fn tells_nothing(&self) -> bool {
        (self.auc - 0.5).abs() <= self.auc_bound && self.median_us <= self.median_bound_us.max(50.0)
    }
}

/// The standard deviation of the difference between the medians of two groups that are dealt at random from all times, and of the
/// same sizes.
fn dealt(known: &[f64], unknown: &[f64]) -> f64 {
    let mut all: Vec<f64> = known.iter().chain(unknown).copied().collect();
    let mut dice = Dice::new(1);
    let mut squares = 0.0;
    for _ in 0..DEALS {
        for place in (1..all.len()).rev() {
            all.swap(place, dice.below(place as u64 + 1) as usize);
        }
        let (one, other) = all.split_at(known.len());
        squares += (median(one.to_vec()) - median(other.to_vec())).powi(2);
    }
    (squares / DEALS as f64).sqrt()
}

/// The share of pairs in which the first is longer; ties count half.
fn auc(first: &[f64], second: &[f64]) -> f64 {
    let mut second = second.to_vec();
    second.sort_by(f64::total_cmp);
    let below: f64 = first
        .iter()
        .map(|time| {
            let shorter = second.partition_point(|other| other < time);
            let as_long = second.partition_point(|other| other <= time) - shorter;
            shorter as f64 + as_long as f64 / 2.0
        })
        .sum();
    below / (first.len() as f64 * second.len() as f64)
}

fn median(mut times: Vec<f64>) -> f64 {
    let middle = times.len() / 2;
    if times.is_empty() { 0.0 } else { *times.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times that are spread over a millisecond.
    fn times(seed: u64, longer_by: f64) -> Vec<f64> {
        let mut dice = Dice::new(seed);
        (0..2_000).map(|_| 250_000.0 + dice.below(1_000) as f64 + longer_by).collect()
    }

    #[test]
    fn equal_groups_tell_nothing_and_a_shift_is_seen() {
        for seed in 1..20 {
            assert!(Compared::of(&times(seed, 0.0), &times(seed + 1_000, 0.0)).tells_nothing(), "{seed}");
            assert!(!Compared::of(&times(seed, 150.0), &times(seed + 1_000, 0.0)).tells_nothing(), "{seed}");
        }
    }

    #[test]
    fn ties_count_half() {
        assert_eq!(auc(&[1.0, 1.0], &[1.0]), 0.5);
        assert_eq!(auc(&[2.0, 3.0], &[1.0, 2.0]), 0.875);
    }
}
