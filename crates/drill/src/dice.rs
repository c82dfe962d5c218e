//! Repeatable chance: the same run sends the same traffic.

/// A generator of invented values.
pub struct Dice(u64);

impl Dice {
    /// The traffic of that number.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// The next 64 bits: xorshift64* (Vigna 2016), enough for invented traffic.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound.max(1)
    }

    /// One of a list.
    pub fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(place).copied().unwrap_or_default()
    }

    /// `count` signs of an alphabet.
    pub fn signs(&mut self, alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count)
            .filter_map(|_| alphabet.get(usize::try_from(self.below(alphabet.len() as u64)).unwrap_or(0)))
            .collect()
    }

    /// `count` digits.
    pub fn digits(&mut self, count: usize) -> String {
        self.signs("0123456789", count)
    }
}
