//! A bounded map that keeps what was used of late.

use std::hash::Hash;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// The most identifiers kept in memory, about 24 MB; beyond it those not used of late are dropped and
/// looked up in the database again.
pub const IDENTIFIERS_CACHED_MAX: usize = 2 * GENERATION_MAX;

const GENERATION_MAX: usize = 1 << 18;

/// Two generations: what is found moves to the young one; when that is full the old one is dropped.
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V, RandomState>,
    old: HashMap<K, V, RandomState>,
}

impl<K: Hash + Eq + Copy, V: Copy> Recent<K, V> {
    pub(crate) fn new() -> Self {
        Self { young: HashMap::default(), old: HashMap::default() }
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(*value);
        }
        let value = self.old.remove(key)?;
        self.put(*key, value);
        Some(value)
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= GENERATION_MAX && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let mut recent = Recent::new();
        for key in 0..2 * GENERATION_MAX + 2 {
            recent.put(key, key);
            assert_eq!(recent.get(&0), Some(0), "used all along");
        }
        assert!(recent.young.len() + recent.old.len() <= IDENTIFIERS_CACHED_MAX);
        assert_eq!(recent.get(&1), None, "not used for long");
        recent.put(7, 1);
        recent.put(7, 2);
        assert_eq!(recent.get(&7), Some(2));
        recent.remove(&7);
        assert_eq!(recent.get(&7), None);
    }
}
