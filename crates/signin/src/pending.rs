//! Things begun and not finished: bounded in number and in time, kept in memory only.
//!
//! A restart forgets them, and their owners begin again.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use crate::config::CLOCK_STEP_MS;

/// A bounded map whose entries expire. When it is full the oldest goes: refusing new ones instead would
/// let a flood of begun sign-ins lock everybody out for minutes.
pub struct Pending<K, T> {
    entries: HashMap<K, (i64, T)>,
    order: VecDeque<(K, i64)>,
    life_ms: i64,
    entries_max: usize,
}

impl<K: Clone + Eq + Hash, T> Pending<K, T> {
    /// Nothing begun yet.
    pub fn new(life_ms: i64, entries_max: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), life_ms, entries_max }
    }

    /// Keeps what was begun.
    pub fn insert(&mut self, key: K, value: T, now_ms: i64) {
        self.forget_old(now_ms);
        while self.entries.len() >= self.entries_max {
            self.forget_first();
        }
        // What was taken out still stands in the order; cleared away before it outweighs what is there.
        if self.order.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.order
                .retain(|(key, at_ms)| entries.get(key).is_some_and(|(stored_ms, _)| stored_ms == at_ms));
        }
        self.order.push_back((key.clone(), now_ms));
        self.entries.insert(key, (now_ms, value));
    }

    /// The entry, unless it is too old. A clock that was turned back far makes entries too old, not young.
    pub fn get_mut(&mut self, key: &K, now_ms: i64) -> Option<&mut T> {
        let life_ms = self.life_ms;
        let (at_ms, value) = self.entries.get_mut(key)?;
        (-CLOCK_STEP_MS..=life_ms).contains(&(now_ms - *at_ms)).then_some(value)
    }

    /// Takes the entry out, whatever its age; returns it unless it is too old.
    pub fn take(&mut self, key: &K, now_ms: i64) -> Option<T> {
        let (at_ms, value) = self.entries.remove(key)?;
        (-CLOCK_STEP_MS..=self.life_ms).contains(&(now_ms - at_ms)).then_some(value)
    }

    /// The keys of the entries that fit, oldest first.
    pub fn keys_where(&self, fits: impl Fn(&T) -> bool) -> Vec<K> {
        let fits = |key: &K| self.entries.get(key).is_some_and(|(_, value)| fits(value));
        self.order.iter().filter(|(key, _)| fits(key)).map(|(key, _)| key.clone()).collect()
    }

    fn forget_old(&mut self, now_ms: i64) {
        while self.order.front().is_some_and(|(_, at_ms)| now_ms - at_ms > self.life_ms) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((key, at_ms)) = self.order.pop_front()
            && self.entries.get(&key).is_some_and(|(stored_ms, _)| *stored_ms == at_ms)
        {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_expire_and_the_oldest_makes_room() {
        let mut pending = Pending::new(100, 2);
        pending.insert("a", 1, 0);
        pending.insert("b", 2, 10);
        pending.insert("c", 3, 20);
        assert_eq!(pending.take(&"a", 20), None);
        assert_eq!(pending.take(&"b", 110), Some(2));
        assert_eq!(pending.take(&"b", 110), None);
        assert_eq!(pending.take(&"c", 121), None);
    }

    #[test]
    fn what_was_taken_out_takes_no_room() {
        let mut pending = Pending::new(100, 3);
        pending.insert(0, "kept", 0);
        for key in 1..1_000 {
            pending.insert(key, "taken", 0);
            assert_eq!(pending.take(&key, 0), Some("taken"));
        }
        assert_eq!(pending.take(&0, 0), Some("kept"));
        assert!(pending.order.len() < 100);
    }

    #[test]
    fn a_clock_turned_back_lengthens_nothing() {
        let mut pending = Pending::new(100, 2);
        pending.insert("a", 1, 20_000);
        assert_eq!(pending.get_mut(&"a", 10_000), Some(&mut 1));
        assert_eq!(pending.get_mut(&"a", 9_999), None);
    }
}
