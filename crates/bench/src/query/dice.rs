//! Numbers that look random and are the same in every run of one seed.

/// A generator of them.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// At least 0, less than 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so many times of one.
    pub(super) fn chance(&mut self, of_one: f64) -> bool {
        self.share() < of_one
    }

    /// At least 0, less than `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.share() * bound as f64) as usize
    }

    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let length = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        mean + deviation * length * (std::f64::consts::TAU * self.share()).cos()
    }

    /// A number whose logarithm is normal.
    pub(super) fn log_normal(&mut self, median: f64, deviation: f64) -> f64 {
        median * self.normal(0.0, deviation).exp()
    }

    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }

    /// How many throws it takes to the first that succeeds, where one of `mean` does.
    pub(super) fn throws(&mut self, mean: f64) -> f64 {
        1.0 + ((1.0 - self.share()).ln() / (1.0 - 1.0 / mean).ln()).floor()
    }
}

/// Spreads the bits of a number; different numbers stay different.
pub(super) fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Which of several things, some more often than others.
pub(super) struct Shares(Vec<f64>);

impl Shares {
    pub(super) fn of(weights: impl Iterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    /// The first most often, the others as Zipf's law has it.
    pub(super) fn zipf(count: usize, exponent: f64) -> Self {
        Self::of((1..=count).map(|rank| (rank as f64).powf(-exponent)))
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> usize {
        let place = dice.share() * self.0.last().copied().unwrap_or_default();
        self.0.partition_point(|end| *end <= place).min(self.0.len().saturating_sub(1))
    }
}
