//! Axes: round ticks and the places of values.

/// A vertical axis from 0, or from below it, to a round number.
#[derive(Clone, Debug)]
pub struct Scale {
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
    /// Where lines are drawn.
    pub ticks: Vec<f64>,
}

impl Scale {
    /// A scale that holds `values`, with about `wanted` ticks at round numbers.
    pub fn around(values: impl Iterator<Item = f64>, wanted: u32) -> Self {
        Self::with_steps(values, wanted, f64::MIN_POSITIVE)
    }

    /// The same for counts, whose ticks are whole numbers.
    pub fn of_counts(values: impl Iterator<Item = f64>, wanted: u32) -> Self {
        Self::with_steps(values, wanted, 1.0)
    }

    fn with_steps(values: impl Iterator<Item = f64>, wanted: u32, step_min: f64) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if high - low <= 0.0 {
            high = low + 1.0;
        }
        let mut step = round_step((high - low) / f64::from(wanted.max(1))).max(step_min);
        // 2.5 is round, and no number of things.
        if step_min >= 1.0 && step.fract() > 0.0 {
            step = 5.0;
        }
        low = (low / step).floor() * step;
        high = (high / step).ceil() * step;
        let count = ((high - low) / step).round() as u32;
        Self { low, high, ticks: (0..=count).map(|place| low + step * f64::from(place)).collect() }
    }

    /// The place of `value` on an axis of `height` that grows downwards.
    pub fn place(&self, value: f64, height: f64) -> f64 {
        height - (value - self.low) / (self.high - self.low) * height
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, the least that is not below `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let part = step / power;
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|round| part <= round + 1e-9).unwrap_or(10.0);
    round * power
}

/// Which of `count` places get a label when at most `labels_max` fit: evenly spaced from the first.
pub fn labelled(count: usize, labels_max: usize) -> impl Iterator<Item = usize> {
    let step = count.div_ceil(labels_max.max(1)).max(1);
    (0..count).step_by(step)
}

/// A coordinate: two digits are enough for any screen.
pub fn coordinate(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_hold_their_values_at_round_ticks() {
        for values in
            [vec![0.0], vec![3.0, 97.0], vec![-5.0, 1.0], vec![0.001, 0.004], vec![1e12], vec![f64::NAN]]
        {
            let scale = Scale::around(values.iter().copied(), 4);
            assert!(scale.ticks.len() >= 2 && scale.ticks.len() <= 8, "{values:?} {scale:?}");
            for value in values.into_iter().filter(|value| value.is_finite()) {
                assert!(scale.low <= value && value <= scale.high, "{value} {scale:?}");
                let place = scale.place(value, 200.0);
                assert!((0.0..=200.0).contains(&place), "{value} {place}");
            }
        }
        assert_eq!(Scale::around([97.0].into_iter(), 4).ticks, [0.0, 25.0, 50.0, 75.0, 100.0]);
        for (most, ticks) in [(1.0, &[0.0, 1.0][..]), (7.0, &[0.0, 5.0, 10.0]), (40.0, &[0.0, 20.0, 40.0])] {
            assert_eq!(Scale::of_counts([most].into_iter(), 3).ticks, ticks);
        }
    }

    #[test]
    fn no_more_labels_than_fit() {
        for (count, max) in [(0, 5), (1, 5), (92, 6), (6, 6), (7, 6), (3, 0)] {
            assert!(labelled(count, max).count() <= max.max(1), "{count} {max}");
        }
    }
}
