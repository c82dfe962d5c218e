//! How many rows people have, about, by what the directories say.

use crate::chunk::directory::Stripe;

/// How many rows the people before each of some codes have, about: within a stripe rows count as spread evenly.
pub(super) struct Spread {
    /// Codes at which stripes begin or end, ascending.
    codes: Vec<u64>,
    /// For each, how many rows people with lesser codes have.
    rows_before: Vec<f64>,
}

impl Spread {
    /// From stripes, and how many rows of each count.
    pub(super) fn new<'a>(stripes: impl Iterator<Item = (&'a Stripe, u32)>) -> Self {
        let mut turns = Vec::new();
        for (stripe, rows) in stripes {
            let begin = u64::from(stripe.first_person);
            let end = u64::from(stripe.last_person.max(stripe.first_person)) + 1;
            let rows_a_person = f64::from(rows) / (end - begin) as f64;
            turns.extend([(begin, rows_a_person), (end, -rows_a_person)]);
        }
        turns.sort_unstable_by_key(|(code, _)| *code);
        let (mut codes, mut rows_before) = (vec![0], vec![0.0]);
        let (mut rows, mut rows_a_person, mut last) = (0.0, 0.0_f64, 0);
        for (code, change) in turns {
            if code != last {
                // What adding up leaves over must not make it fall.
                rows += rows_a_person.max(0.0) * (code - last) as f64;
                last = code;
                codes.push(code);
                rows_before.push(rows);
            }
            rows_a_person += change;
        }
        Self { codes, rows_before }
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows_before.last().map_or(0, |rows| rows.round() as u64)
    }

    /// About how many rows people before `code` have.
    fn before(&self, code: u64) -> f64 {
        let next = self.codes.partition_point(|known| *known <= code);
        let at = |index: usize| Some((*self.codes.get(index)?, *self.rows_before.get(index)?));
        let Some((begin, rows)) = next.checked_sub(1).and_then(at) else { return 0.0 };
        let Some((end, rows_then)) = at(next) else { return rows };
        rows + (rows_then - rows) * (code - begin) as f64 / (end - begin) as f64
    }

    /// The least person, about, up to whom people from `first` on have `rows` rows.
    pub(super) fn reaching(&self, first: u32, rows: u64) -> u32 {
        let wanted = self.before(u64::from(first)) + rows as f64;
        let next = self.rows_before.partition_point(|rows| *rows < wanted);
        let at = |index: usize| Some((*self.codes.get(index)?, *self.rows_before.get(index)?));
        let (Some((begin, rows)), Some((end, rows_then))) = (next.checked_sub(1).and_then(at), at(next))
        else {
            return u32::MAX;
        };
        let part = (wanted - rows) / (rows_then - rows).max(1e-9) * (end - begin) as f64;
        let beyond = begin + (part as u64).min(end - begin);
        u32::try_from(beyond.saturating_sub(1)).unwrap_or(u32::MAX).max(first)
    }
}
