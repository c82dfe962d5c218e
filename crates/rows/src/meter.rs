//! How many different people each member has been shown: the hard budget against slow scraping (security.md C2).
//!
//! Exact, and counted before a row leaves. A member answers for every session of theirs and every token they made, so
//! neither more sessions nor more keys see more people. Whoever was seen within the day is free to be seen again. Rows of
//! answers in SQL count as people never seen before, but for a few an hour.
//!
//! Nothing is stored besides the ledger: every look is entered there with the people it showed, and the meter of a workspace
//! is read from it before the first look there, so a restart begins nothing anew and costs the start nothing.

use std::collections::HashMap;

use model::{MemberId, PersonId, WorkspaceId};
use parking_lot::Mutex;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How far back looks count.
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// How many rows of answers in SQL count for nobody, for one member within an hour: as many as the groups of other kinds of
/// question.
pub(crate) const ROWS_FREE: usize = 50;
/// At this share of a budget those who run the workspace are told, in hundredths.
const NEAR_PERCENT: usize = 80;

/// How many different people a member may be shown, in one workspace.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Within an hour.
    pub people_per_hour_max: usize,
    /// Within 24 hours.
    pub people_per_day_max: usize,
}

/// Which budget a look would overdraw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spent {
    /// Its size.
    pub budget: usize,
    /// The hours that it is for.
    pub hours: u32,
    /// When there is room for it again.
    pub retry_after_s: u64,
    /// Whether this refusal is to be entered: the first within a minute is.
    pub enter: bool,
}

/// What came of counting a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Counted {
    /// There is room.
    Within,
    /// There is room, and with this look most of the day's budget is used: to be told, once.
    Near {
        /// How many were seen within the day.
        seen: usize,
    },
}

/// Who was shown whom within a day.
#[derive(Debug)]
pub(crate) struct Meter {
    budget: Budget,
    seen: Mutex<HashMap<(WorkspaceId, MemberId), Seen>>,
}

/// When a member last saw each person; never more people than the day's budget.
#[derive(Debug, Default)]
struct Seen {
    last_ms: HashMap<PersonId, i64>,
    /// The newest time counted: a clock that is set back frees nobody.
    newest_ms: i64,
    told: bool,
    /// When a refusal was last entered.
    refused_ms: Option<i64>,
    /// When rows of answers were free within the hour, and how many; never more than [`ROWS_FREE`].
    free: Vec<(i64, usize)>,
}

impl Meter {
    pub fn new(budget: Budget) -> Self {
        Self { budget, seen: Mutex::new(HashMap::new()) }
    }

    /// Counts a look at `people`, or refuses all of it.
    ///
    /// # Errors
    /// A budget would be overdrawn; nothing was counted.
    pub fn count(
        &self,
        who: (WorkspaceId, MemberId),
        people: &[PersonId],
        now_ms: i64,
    ) -> Result<Counted, Spent> {
        let mut all = self.seen.lock();
        let seen = all.entry(who).or_default();
        let now_ms = seen.advance(now_ms);
        seen.look(&self.budget, people, now_ms)
    }

    /// Counts rows of an answer, or refuses all of them: those that are not free, each as somebody never seen before. How many
    /// were not.
    ///
    /// # Errors
    /// A budget would be overdrawn; nothing was counted.
    pub fn count_rows(
        &self,
        who: (WorkspaceId, MemberId),
        rows: usize,
        now_ms: i64,
    ) -> Result<(Counted, usize), Spent> {
        let mut all = self.seen.lock();
        let seen = all.entry(who).or_default();
        let now_ms = seen.advance(now_ms);
        let within = seen.free.iter().filter(|(at_ms, _)| now_ms - at_ms < HOUR_MS).map(|(_, free)| free);
        let free = rows.min(ROWS_FREE.saturating_sub(within.sum()));
        let counted = seen.look(&self.budget, &strangers(rows - free), now_ms)?;
        if free > 0 {
            seen.free.push((now_ms, free));
        }
        Ok((counted, rows - free))
    }

    /// A look of the past, as the ledger has it; it counts whatever the budget says.
    pub fn recall(&self, who: (WorkspaceId, MemberId), people: &[PersonId], at_ms: i64) {
        let mut all = self.seen.lock();
        let seen = all.entry(who).or_default();
        for person in people {
            let last = seen.last_ms.entry(*person).or_insert(at_ms);
            *last = (*last).max(at_ms);
        }
        seen.newest_ms = seen.newest_ms.max(at_ms);
        seen.told = self.budget.is_near(seen.last_ms.len());
    }

    /// Rows of an answer of the past, as the ledger has it.
    pub fn recall_rows(&self, who: (WorkspaceId, MemberId), free: usize, counted: usize, at_ms: i64) {
        self.recall(who, &strangers(counted), at_ms);
        let mut all = self.seen.lock();
        let seen = all.entry(who).or_default();
        if seen.newest_ms - at_ms < HOUR_MS && free > 0 {
            seen.free.push((at_ms, free.min(ROWS_FREE)));
        }
    }
}

impl Budget {
    /// Whether so many are most of a day's.
    fn is_near(&self, seen: usize) -> bool {
        seen * 100 >= self.people_per_day_max * NEAR_PERCENT
    }
}

/// So many who were never seen before: nobody knows whom a row tells of.
fn strangers(count: usize) -> Vec<PersonId> {
    (0..count).map(|_| PersonId(u128::from_le_bytes(stdx::random_array::<16>()))).collect()
}

impl Seen {
    fn look(&mut self, budget: &Budget, people: &[PersonId], now_ms: i64) -> Result<Counted, Spent> {
        if let Err(mut spent) = self.room(budget, people, now_ms) {
            spent.enter = self.refused_ms.is_none_or(|last| now_ms - last >= MINUTE_MS);
            if spent.enter {
                self.refused_ms = Some(now_ms);
            }
            return Err(spent);
        }
        self.told &= budget.is_near(self.last_ms.len());
        for person in people {
            self.last_ms.insert(*person, now_ms);
        }
        let newly = budget.is_near(self.last_ms.len()) && !self.told;
        self.told |= newly;
        Ok(if newly { Counted::Near { seen: self.last_ms.len() } } else { Counted::Within })
    }

    /// The time that counts, after which nobody older than a day is kept.
    fn advance(&mut self, now_ms: i64) -> i64 {
        let now_ms = now_ms.max(self.newest_ms);
        // Minutes are fine enough, and spare most looks the walk.
        if now_ms / MINUTE_MS != self.newest_ms / MINUTE_MS {
            self.last_ms.retain(|_, last| now_ms - *last < DAY_MS);
            self.free.retain(|(at_ms, _)| now_ms - at_ms < HOUR_MS);
        }
        self.newest_ms = now_ms;
        now_ms
    }

    fn room(&self, budget: &Budget, people: &[PersonId], now_ms: i64) -> Result<(), Spent> {
        let windows = [(1, HOUR_MS, budget.people_per_hour_max), (24, DAY_MS, budget.people_per_day_max)];
        for (hours, window_ms, budget) in windows {
            let within = |last: &i64| now_ms - *last < window_ms;
            let mut fresh: Vec<&PersonId> =
                people.iter().filter(|person| !self.last_ms.get(person).is_some_and(within)).collect();
            if fresh.is_empty() {
                continue;
            }
            fresh.sort_unstable();
            fresh.dedup();
            let mut counted: Vec<i64> = self.last_ms.values().copied().filter(|last| within(last)).collect();
            let over = (counted.len() + fresh.len()).saturating_sub(budget);
            if over == 0 {
                continue;
            }
            counted.sort_unstable();
            // Free again when as many as are too many have left the window.
            let frees_ms = counted.get(over - 1).map_or(window_ms, |last| last + window_ms - now_ms);
            let retry_after_s = u64::try_from(frees_ms / 1_000).unwrap_or(0) + 1;
            return Err(Spent { budget, hours, retry_after_s, enter: false });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: (WorkspaceId, MemberId) = (WorkspaceId(1), MemberId(1));
    const BUDGET: Budget = Budget { people_per_hour_max: 10, people_per_day_max: 20 };

    fn people(from: u128, to: u128) -> Vec<PersonId> {
        (from..to).map(PersonId).collect()
    }

    #[test]
    fn a_page_counts_whole_or_not_at_all() {
        let meter = Meter::new(BUDGET);
        assert_eq!(meter.count(WHO, &people(0, 8), 0), Ok(Counted::Within));
        let spent = Spent { budget: 10, hours: 1, retry_after_s: 3_601, enter: true };
        assert_eq!(meter.count(WHO, &people(8, 11), 0), Err(spent));
        assert!(!meter.count(WHO, &people(8, 11), 0).unwrap_err().enter, "one entry a minute");
        assert_eq!(meter.count(WHO, &people(6, 10), 0), Ok(Counted::Within), "two of the four are known");
        assert_eq!(meter.count(WHO, &people(0, 10), 0), Ok(Counted::Within));
        assert_eq!(meter.count((WHO.0, MemberId(2)), &people(8, 11), 0), Ok(Counted::Within));
        assert_eq!(meter.count((WorkspaceId(2), WHO.1), &people(8, 11), 0), Ok(Counted::Within));
    }

    #[test]
    fn the_day_is_counted_through_its_hours_and_told_of_once() {
        let meter = Meter::new(BUDGET);
        assert_eq!(meter.count(WHO, &people(0, 10), 0), Ok(Counted::Within));
        assert_eq!(meter.count(WHO, &people(10, 16), HOUR_MS), Ok(Counted::Near { seen: 16 }));
        assert_eq!(meter.count(WHO, &people(16, 20), HOUR_MS), Ok(Counted::Within), "told already");
        let refused = meter.count(WHO, &people(20, 21), 3 * HOUR_MS).unwrap_err();
        assert_eq!((refused.budget, refused.hours), (20, 24));
        assert_eq!(refused.retry_after_s, 21 * 3_600 + 1);
        assert_eq!(meter.count(WHO, &people(20, 30), DAY_MS), Ok(Counted::Near { seen: 20 }));
    }

    #[test]
    fn a_clock_set_back_and_a_restart_free_nobody() {
        let meter = Meter::new(BUDGET);
        meter.recall(WHO, &people(0, 20), DAY_MS);
        assert!(meter.count(WHO, &people(20, 21), 0).is_err());
        assert!(meter.count(WHO, &people(20, 21), DAY_MS + HOUR_MS).is_err());
        assert!(meter.count(WHO, &people(0, 5), DAY_MS + HOUR_MS).is_ok());
    }

    #[test]
    fn rows_are_free_by_the_hour_and_member_and_not_by_the_answer() {
        let meter = Meter::new(BUDGET);
        let counted = |rows, now_ms| meter.count_rows(WHO, rows, now_ms).map(|(_, counted)| counted);
        assert_eq!(counted(ROWS_FREE - 1, 0), Ok(0));
        assert_eq!(counted(3, MINUTE_MS), Ok(2));
        assert_eq!(counted(8, MINUTE_MS), Ok(8));
        assert!(counted(1, MINUTE_MS).is_err());
        assert!(
            meter
                .count_rows((WHO.0, MemberId(2)), ROWS_FREE, MINUTE_MS)
                .is_ok_and(|(_, counted)| counted == 0)
        );
        assert_eq!(counted(ROWS_FREE - 1, HOUR_MS), Ok(0), "the first ones' hour is over");
        assert!(counted(1, HOUR_MS).is_err(), "that of the last is not");
        // The rows of the past, as the ledger has them, are the same.
        let recalled = Meter::new(BUDGET);
        recalled.recall_rows(WHO, ROWS_FREE - 5, 9, HOUR_MS);
        let counted = |rows, now_ms| recalled.count_rows(WHO, rows, now_ms).map(|(_, counted)| counted);
        assert_eq!(counted(7, HOUR_MS).map_err(|spent| spent.budget), Err(10));
        assert_eq!(counted(6, HOUR_MS), Ok(1));
        assert!(counted(1, 2 * HOUR_MS - 1).is_err());
        assert_eq!(counted(ROWS_FREE, 2 * HOUR_MS), Ok(0));
    }

    #[test]
    fn in_no_window_more_than_the_budget() {
        let meter = Meter::new(BUDGET);
        let (mut shown, mut next, mut state) = (Vec::new(), 0_u128, 7_u64);
        for minute in 0..4_000_i64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let page = people(next, next + u128::from(1 + state % 3));
            if meter.count(WHO, &page, minute * MINUTE_MS).is_ok() {
                shown.extend(page.iter().map(|person| (minute, *person)));
                next += page.len() as u128;
            }
        }
        for (minutes, budget) in [(60, BUDGET.people_per_hour_max), (24 * 60, BUDGET.people_per_day_max)] {
            for end in 0..4_000 {
                let window = shown.iter().filter(|(at, _)| *at <= end && end - at < minutes);
                assert!(window.count() <= budget, "{minutes} minutes up to {end}");
            }
        }
        assert!(shown.len() > 40);
    }
}
