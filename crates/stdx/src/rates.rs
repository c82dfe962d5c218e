//! How fast somebody may do something: GCRA for as many as are active, in bounded memory.
//!
//! Each holds two seconds of its rate. Whoever has anything left is let in and takes all it needs, so that a batch larger
//! than what is left is not refused for ever; the debt is worked off before the next one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

const HELD_NS: i64 = 2 * NS;
const NS: i64 = 1_000_000_000;
const MS_NS: i64 = 1_000_000;
/// Where the places are all taken, those without debt are looked for at most this often.
const SWEEP_EVERY_MS: i64 = 1_000;

/// The debts of all who are active.
#[derive(Debug)]
pub struct Rates<K> {
    places_max: usize,
    table: Mutex<Table<K>>,
}

#[derive(Debug)]
struct Table<K> {
    debts: HashMap<K, Debt>,
    /// Shared by those who found no place of their own.
    others: Debt,
    swept_ms: i64,
}

/// How much of the future is used up already.
#[derive(Clone, Copy, Default, Debug)]
struct Debt {
    ns: i64,
    at_ms: i64,
}

impl Debt {
    fn at(self, now_ms: i64) -> Self {
        // A clock that goes back takes nothing away, and one that leaps forgives.
        let passed_ms = now_ms.saturating_sub(self.at_ms).max(0);
        Self { ns: self.ns.saturating_sub(passed_ms.saturating_mul(MS_NS)).max(0), at_ms: now_ms }
    }
}

impl<K: Hash + Eq + Copy> Rates<K> {
    /// Nobody has done anything yet; at most `places_max` are told apart at a time, further ones share.
    pub fn new(places_max: usize) -> Self {
        let table = Table { debts: HashMap::new(), others: Debt::default(), swept_ms: 0 };
        Self { places_max: places_max.max(1), table: Mutex::new(table) }
    }

    /// Takes `count` of what `who` may have at `per_s` a second.
    ///
    /// # Errors
    /// It has nothing left: the seconds after which it will.
    pub fn take(&self, who: K, per_s: u32, count: usize, now_ms: i64) -> Result<(), u32> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = table.place_of(who, self.places_max, now_ms);
        *debt = debt.at(now_ms);
        if debt.ns >= HELD_NS {
            let missing_s = (debt.ns - HELD_NS) / NS + 1;
            return Err(u32::try_from(missing_s).unwrap_or(u32::MAX));
        }
        let cost_ns = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(NS) / i64::from(per_s.max(1));
        debt.ns = debt.ns.saturating_add(cost_ns);
        Ok(())
    }

    /// Whether `who` has anything left, without taking it.
    ///
    /// # Errors
    /// It has nothing left: the seconds after which it will.
    pub fn look(&self, who: K, now_ms: i64) -> Result<(), u32> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(debt) = table.debts.get(&who).map(|debt| debt.at(now_ms)) else { return Ok(()) };
        if debt.ns < HELD_NS {
            return Ok(());
        }
        Err(u32::try_from((debt.ns - HELD_NS) / NS + 1).unwrap_or(u32::MAX))
    }
}

impl<K: Hash + Eq + Copy> Table<K> {
    fn place_of(&mut self, who: K, places_max: usize, now_ms: i64) -> &mut Debt {
        let full = self.debts.len() >= places_max && !self.debts.contains_key(&who);
        if full && (now_ms - self.swept_ms).abs() >= SWEEP_EVERY_MS {
            self.swept_ms = now_ms;
            self.debts.retain(|_, debt| debt.at(now_ms).ns > 0);
        }
        if self.debts.len() >= places_max && !self.debts.contains_key(&who) {
            return &mut self.others;
        }
        self.debts.entry(who).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_let_in_at_its_rate_and_no_faster() {
        let rates = Rates::new(10);
        assert_eq!(rates.take(1, 10, 20, 0), Ok(()));
        assert_eq!(rates.take(1, 10, 1, 0), Err(1), "two seconds' worth is spent");
        assert_eq!(rates.look(1, 0), Err(1));
        assert_eq!(rates.take(2, 10, 1, 0), Ok(()), "another has its own");
        assert_eq!(rates.take(1, 10, 1, 100), Ok(()), "a tenth of a second is one");
        assert_eq!(rates.take(1, 10, 1, 100), Err(1));
        assert_eq!(rates.take(1, 10, 50, 200), Ok(()), "a large batch is let in on credit");
        assert_eq!(rates.take(1, 10, 1, 2_200), Err(3), "and is worked off");
        assert_eq!(rates.look(1, 5_300), Ok(()));
        assert_eq!(rates.take(1, 10, 1, 5_300), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_away() {
        let rates = Rates::new(10);
        assert_eq!(rates.take(1, 10, 1, 1_000_000), Ok(()));
        assert_eq!(rates.take(1, 10, 1, 0), Ok(()));
    }

    #[test]
    fn strangers_share_what_is_left_and_find_places_again() {
        let rates = Rates::new(2);
        for who in [1, 2, 3, 4] {
            assert_eq!(rates.take(who, 10, 20, 5_000), Ok(()), "{who}");
            if who == 3 {
                assert_eq!(rates.take(5, 10, 1, 5_000), Err(1), "3 and 5 have no places of their own");
                assert_eq!(rates.take(5, 10, 1, 7_500), Ok(()), "those who have no debt leave");
            }
        }
    }
}
