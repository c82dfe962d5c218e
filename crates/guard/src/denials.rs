//! Refusals of callers who are signed in are entered in the ledger, a few a minute for each: somebody who
//! tries every door is seen, and cannot fill the disk with it.

use std::collections::HashMap;

const WINDOW_MS: i64 = 60_000;
/// The most entries of one principal in a window; the rest is counted in the next entry.
const ENTRIES_MAX: u32 = 20;
/// The most principals remembered; beyond it all are forgotten at once.
const PRINCIPALS_MAX: usize = 10_000;

/// Who was refused how often lately.
#[derive(Default)]
pub(crate) struct Denials(HashMap<String, Window>);

struct Window {
    began_ms: i64,
    entered: u32,
    unlisted: u64,
}

impl Denials {
    /// Whether this refusal is to be entered, and how many before it were not.
    pub(crate) fn count(&mut self, principal: &str, now_ms: i64) -> Option<u64> {
        if self.0.len() >= PRINCIPALS_MAX && !self.0.contains_key(principal) {
            self.0.clear();
        }
        let fresh = || Window { began_ms: now_ms, entered: 0, unlisted: 0 };
        let window = self.0.entry(principal.to_owned()).or_insert_with(fresh);
        if !(0..WINDOW_MS).contains(&(now_ms - window.began_ms)) {
            *window = Window { unlisted: window.unlisted, ..fresh() };
        }
        if window.entered >= ENTRIES_MAX {
            window.unlisted += 1;
            return None;
        }
        window.entered += 1;
        Some(std::mem::take(&mut window.unlisted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_told_later() {
        let mut denials = Denials::default();
        let entered = (0..1_000).filter(|_| denials.count("mem_a", 0).is_some()).count();
        assert_eq!(entered, 20);
        assert_eq!(denials.count("mem_b", 0), Some(0));
        assert_eq!(denials.count("mem_a", WINDOW_MS), Some(980));
        assert_eq!(denials.count("mem_a", WINDOW_MS), Some(0));
    }
}
