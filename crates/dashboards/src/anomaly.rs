//! What is usual: the median of what was measured at the same hour of the same weekday, and how far from it values usually lie.

/// How many weeks back are looked at.
pub const WEEKS: usize = 8;
/// How many of them must be known; with fewer nothing is unusual.
pub const WEEKS_MIN: usize = 4;
/// Where values hardly differ, this share of the median counts as how far they usually lie.
const SPREAD_SHARE_MIN: f64 = 0.05;

/// What is usual: from the lowest to the highest value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds {
    /// The lowest value that is usual.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// The median of `history` and `times` times the median distance from it (MAD) to both sides. `spread_min` is how far values lie
/// at least, for example 1 for counts. Nothing where fewer than [`WEEKS_MIN`] values are known.
pub fn bounds(history: &[f64], times: f64, spread_min: f64) -> Option<Bounds> {
    let known: Vec<f64> = history.iter().copied().filter(|value| value.is_finite()).collect();
    if known.len() < WEEKS_MIN {
        return None;
    }
    let middle = median(known.clone())?;
    let spread = median(known.iter().map(|value| (value - middle).abs()).collect())?;
    let spread = spread.max(SPREAD_SHARE_MIN * middle.abs()).max(spread_min);
    Some(Bounds { low: middle - times * spread, high: middle + times * spread })
}

impl Bounds {
    /// Whether a value is usual.
    pub fn hold(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(values.len() / 2 - 1)?;
    Some(lower + (upper - lower) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_odd_week_does_not_widen_what_is_usual() {
        let usual = [100.0, 104.0, 96.0, 102.0, 98.0, 5_000.0, 101.0, 99.0];
        let bounds = bounds(&usual, 3.0, 1.0).unwrap();
        assert!(bounds.hold(110.0) && !bounds.hold(200.0) && !bounds.hold(40.0), "{bounds:?}");
    }

    #[test]
    fn what_never_differs_has_a_little_room_and_too_little_is_no_ground() {
        assert_eq!(bounds(&[20.0; 8], 2.0, 1.0), Some(Bounds { low: 18.0, high: 22.0 }));
        assert_eq!(bounds(&[0.0; 8], 3.0, 1.0), Some(Bounds { low: -3.0, high: 3.0 }));
        assert_eq!(bounds(&[1.0, 2.0, 3.0, f64::NAN], 3.0, 1.0), None);
    }

    proptest! {
        #[test]
        fn the_median_is_usual_wider_bounds_hold_more_and_order_is_nothing(
            mut history in prop::collection::vec(-1e6..1e6_f64, WEEKS_MIN..12), times in 0.5..10.0_f64, value in -2e6..2e6_f64,
        ) {
            let narrow = bounds(&history, times, 0.0).unwrap();
            let wide = bounds(&history, times * 2.0, 0.0).unwrap();
            prop_assert!(narrow.hold(median(history.clone()).unwrap()));
            prop_assert!(!narrow.hold(value) || wide.hold(value));
            history.reverse();
            prop_assert_eq!(bounds(&history, times, 0.0), Some(narrow));
        }
    }
}
