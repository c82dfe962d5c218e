//! Whether one version of an SDK sends in a property what its other versions do not.
//!
//! Compared are versions of one library in one source: by how often their events of that name carried a value like
//! a secret, or free text, in that property. Two sources differ for many reasons, two versions in one for few.

use serde::{Deserialize, Serialize};

use crate::room::Origin;
use crate::shape::Shape;
use crate::tally::Tally;

/// How many senders of a property are told apart; the one that was silent longest is counted with the others.
const SHARES_MAX: usize = 12;
/// How many events the other versions must have sent.
const OTHERS_MIN: u64 = 200;
/// How many such values they would have sent, did they send them like this one.
const EXPECTED_MIN: f64 = 20.0;
/// They sent at most one for so many.
const TIMES_FEWER: f64 = 10.0;
/// The index of senders that are not told apart.
pub(crate) const OTHER_ORIGIN: u16 = 0;

/// What one sender sent of a property, or how many events of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Share {
    pub origin: u16,
    pub first_ms: i64,
    pub last_ms: i64,
    pub tally: Tally,
}

/// Who sent, and what it looked like.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Shares(Vec<Share>);

impl Shares {
    /// Counts a value of a sender.
    pub fn add(&mut self, origin: u16, shape: Option<Shape>, (automatic, at_ms): (bool, i64)) {
        let share = self.of(origin, at_ms);
        share.last_ms = share.last_ms.max(at_ms);
        share.tally.add(shape, automatic);
    }

    fn of(&mut self, origin: u16, at_ms: i64) -> &mut Share {
        let known = self.0.iter().position(|share| share.origin == origin);
        let index = known.unwrap_or_else(|| {
            while self.0.len() >= SHARES_MAX {
                self.let_one_go();
            }
            self.0.push(Share { origin, first_ms: at_ms, last_ms: at_ms, tally: Tally::default() });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    /// The sender that was silent longest is counted with the others.
    fn let_one_go(&mut self) {
        let silent =
            self.0.iter().filter(|share| share.origin != OTHER_ORIGIN).min_by_key(|share| share.last_ms);
        let Some(gone) = silent.copied() else { return };
        self.0.retain(|share| share.origin != gone.origin);
        match self.0.iter_mut().find(|share| share.origin == OTHER_ORIGIN) {
            Some(others) => {
                others.first_ms = others.first_ms.min(gone.first_ms);
                others.last_ms = others.last_ms.max(gone.last_ms);
                others.tally = others.tally.and(gone.tally);
            }
            None => self.0.insert(0, Share { origin: OTHER_ORIGIN, ..gone }),
        }
    }

    /// Those told apart, and the others together.
    pub fn iter(&self) -> impl Iterator<Item = &Share> {
        self.0.iter()
    }

    /// What a sender sent.
    pub fn get(&self, origin: u16) -> Option<&Share> {
        self.0.iter().find(|share| share.origin == origin)
    }

    /// Forgets what the values looked like, not how many there were.
    pub fn begin_anew(&mut self) {
        for share in &mut self.0 {
            share.tally = Tally { values: share.tally.values, ..Tally::default() };
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What the version of `one` sent, and what other versions of its library sent, in the same source.
    fn beside(&self, one: &Origin, origins: &[Origin]) -> (Tally, Tally) {
        let mut sums = (Tally::default(), Tally::default());
        for share in &self.0 {
            let Some(origin) = origins.get(usize::from(share.origin)) else { continue };
            if origin.source != one.source || origin.sdk != one.sdk {
                continue;
            }
            let sum = if origin.version == one.version { &mut sums.0 } else { &mut sums.1 };
            *sum = sum.and(share.tally);
        }
        sums
    }
}

/// Whether the version of a sender stands out: `property` is what was sent in it, `event` how many events of its name.
pub(crate) fn stands_out(property: &Shares, event: &Shares, origins: &[Origin], origin: u16) -> bool {
    let Some(one) = origins.get(usize::from(origin)) else { return false };
    if one.sdk.is_empty() || one.version.is_empty() {
        return false;
    }
    let (own, others) = property.beside(one, origins);
    let (own_events, other_events) = event.beside(one, origins);
    let is_alone = |own: u64, others: u64| {
        let expected = own as f64 / own_events.values.max(1) as f64 * other_events.values as f64;
        other_events.values >= OTHERS_MIN
            && expected >= EXPECTED_MIN
            && others as f64 * TIMES_FEWER <= expected
    };
    (own.has_secrets() && is_alone(own.secrets, others.secrets))
        || (one.automatic && own.is_free_text() && is_alone(own.free, others.free))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(source: u128, version: &str, automatic: bool) -> Origin {
        Origin { source, sdk: "lib.js".to_owned(), version: version.to_owned(), automatic }
    }

    fn sent(shares: &mut Shares, origin: u16, shape: Option<Shape>, many: u32) {
        (0..many).for_each(|at| shares.add(origin, shape, (false, i64::from(at))));
    }

    /// Version 2 sends 100 events, of which so many carry what looks like a password; version 1 sends others.
    fn check(secrets: u32, (other_events, other_secrets): (u32, u32), other: Origin) -> bool {
        let origins = [Origin::default(), other, origin(1, "2", false)];
        let (mut property, mut event) = (Shares::default(), Shares::default());
        sent(&mut event, 2, None, 100);
        sent(&mut event, 1, None, other_events);
        sent(&mut property, 1, Some(Shape::Mangled), other_secrets);
        sent(&mut property, 2, Some(Shape::Mangled), secrets);
        stands_out(&property, &event, &origins, 2)
    }

    #[test]
    fn a_version_stands_out_where_others_of_its_library_do_not_send_the_like() {
        let old = || origin(1, "1", false);
        assert!(check(20, (1_000, 0), old()));
        assert!(check(20, (1_000, 20), old()), "a tenth is little");
        assert!(!check(20, (1_000, 21), old()));
        assert!(!check(19, (1_000, 0), old()));
        assert!(!check(100, (199, 0), old()), "too few to compare with");
        assert!(!check(20, (1_000, 0), origin(2, "1", false)), "another source");
        assert!(!check(20, (1_000, 0), Origin { sdk: "other.js".to_owned(), ..old() }));
    }

    #[test]
    fn senders_beyond_the_bound_are_counted_together() {
        let mut shares = Shares::default();
        for origin in 1..=40_u16 {
            shares.add(origin, None, (false, i64::from(origin)));
        }
        assert_eq!(shares.iter().count(), SHARES_MAX);
        assert_eq!(shares.iter().map(|share| share.tally.values).sum::<u64>(), 40);
        assert!(shares.get(40).is_some() && shares.get(1).is_none());
    }
}
