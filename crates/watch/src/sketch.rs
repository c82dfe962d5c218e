//! Small sketches that hold no value: how many different ones there were, and which came lately. Both see
//! hashes under the workspace's key alone.

use serde::{Deserialize, Serialize};

/// How many registers the count of different values has: within 7 % of the truth, two times of three.
const REGISTERS: usize = 256;
/// How many sets the memory of late values has, and how many values each.
const SETS: usize = 128;
const WAYS: usize = 8;

/// How many different values there were, roughly (HyperLogLog).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Distinct(Vec<u8>);

impl Default for Distinct {
    fn default() -> Self {
        Self(vec![0; REGISTERS])
    }
}

impl Distinct {
    /// Takes a value's keyed hash in.
    pub fn add(&mut self, hash: u64) {
        let rank = (hash >> 8).trailing_zeros().min(56) as u8 + 1;
        if let Some(register) = self.0.get_mut((hash & 0xff) as usize) {
            *register = (*register).max(rank);
        }
    }

    /// How many there were.
    pub fn estimate(&self) -> u64 {
        let count = REGISTERS as f64;
        let sum: f64 = self.0.iter().map(|rank| 2_f64.powi(-i32::from(*rank))).sum();
        let raw = 0.718_4 * count * count / sum.max(f64::MIN_POSITIVE);
        let empty = self.0.iter().filter(|rank| **rank == 0).count();
        let estimate =
            if raw <= 2.5 * count && empty > 0 { count * (count / empty as f64).ln() } else { raw };
        estimate.round() as u64
    }
}

/// About the last thousand different values, by sixteen bits of their keyed hash: a list of a few hundred
/// names is known by heart, a stranger is noticed. The one used least lately is forgotten.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Recent(Vec<u16>);

impl Recent {
    /// Whether the value came lately; afterwards it did.
    pub fn meet(&mut self, hash: u64) -> bool {
        if self.0.is_empty() {
            self.0 = vec![0; SETS * WAYS];
        }
        let set = ((hash >> 16) as usize % SETS) * WAYS;
        let mark = ((hash >> 40) as u16).max(1);
        let Some(ways) = self.0.get_mut(set..set + WAYS) else { return false };
        if ways.first() == Some(&mark) {
            return true;
        }
        let found = ways.iter().position(|known| *known == mark);
        // What was met moves to the front; what comes new pushes the last one out.
        if let Some(front) = ways.get_mut(..=found.unwrap_or(WAYS - 1)) {
            front.rotate_right(1);
            if let Some(first) = front.first_mut() {
                *first = mark;
            }
        }
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siphasher::sip::SipHasher13;
    use std::hash::Hasher;

    fn hash(n: u64) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(1, 2);
        hasher.write_u64(n);
        hasher.finish()
    }

    #[test]
    fn different_values_are_counted_to_within_a_fifth() {
        for truth in [1_u64, 10, 100, 1_000, 10_000, 1_000_000] {
            let mut distinct = Distinct::default();
            for n in 0..truth {
                distinct.add(hash(n));
                distinct.add(hash(n));
            }
            let estimate = distinct.estimate();
            assert!(estimate.abs_diff(truth) * 5 <= truth, "{estimate} of {truth}");
        }
    }

    #[test]
    fn a_list_is_known_and_a_stranger_is_not() {
        let mut recent = Recent::default();
        for n in 0..300 {
            recent.meet(hash(n));
        }
        let known = (0..300).filter(|n| recent.meet(hash(*n))).count();
        assert!(known >= 297, "{known}");
        assert!(!recent.meet(hash(1_000)) && recent.meet(hash(1_000)));
    }
}
