//! Numbers in the place of people: another one for everybody in every question, and never two for one or one for two within it.

use model::PersonCode;
use siphasher::sip::SipHasher24;

/// How often halves are mixed; four would do against somebody who sees some of them.
const ROUNDS: u8 = 6;

/// The numbers of one question: an order of all 32-bit numbers (a Feistel network) by a key that nobody keeps.
#[derive(Clone)]
pub(crate) struct Pseudonyms {
    keys: (u64, u64),
}

impl Pseudonyms {
    pub(crate) fn new() -> Self {
        Self {
            keys: (
                u64::from_le_bytes(stdx::random_array::<8>()),
                u64::from_le_bytes(stdx::random_array::<8>()),
            ),
        }
    }

    /// The number of a person.
    pub(crate) fn of(&self, person: PersonCode) -> u32 {
        let (left, right) = (0..ROUNDS)
            .fold(halves(person.0), |(left, right), round| (right, left ^ self.mixed(round, right)));
        whole(left, right)
    }

    /// The person of a number.
    pub(crate) fn person(&self, number: u32) -> PersonCode {
        let (left, right) = (0..ROUNDS)
            .rev()
            .fold(halves(number), |(left, right), round| (right ^ self.mixed(round, left), left));
        PersonCode(whole(left, right))
    }

    fn mixed(&self, round: u8, half: u16) -> u16 {
        let [low, high] = half.to_le_bytes();
        let hash = SipHasher24::new_with_keys(self.keys.0, self.keys.1).hash(&[round, low, high]);
        let [first, second, ..] = hash.to_le_bytes();
        u16::from_le_bytes([first, second])
    }
}

fn halves(number: u32) -> (u16, u16) {
    let [a, b, c, d] = number.to_le_bytes();
    (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
}

fn whole(left: u16, right: u16) -> u32 {
    u32::from(left) | (u32::from(right) << 16)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everybody_has_one_number_and_it_leads_back(code in any::<u32>()) {
            let numbers = Pseudonyms::new();
            prop_assert_eq!(numbers.person(numbers.of(PersonCode(code))), PersonCode(code));
        }
    }

    #[test]
    fn another_question_has_other_numbers() {
        let (one, other) = (Pseudonyms::new(), Pseudonyms::new());
        let same = (0..1_000).filter(|code| one.of(PersonCode(*code)) == other.of(PersonCode(*code)));
        assert!(same.count() < 3);
        let mut seen: Vec<u32> = (0..1_000).map(|code| one.of(PersonCode(code))).collect();
        assert!(!seen.is_sorted(), "they tell nothing of who came first");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 1_000);
    }
}
