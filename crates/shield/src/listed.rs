//! A short list of words that one word is held against: by its first letter and its length nearly every word is told to be
//! none of them before any is compared.

/// The words, in small letters where case is to be ignored.
pub(crate) struct Listed<const N: usize> {
    words: [&'static str; N],
    /// A bit for each first letter (its last five bits, the same for both cases) and length (its last three).
    gate: [u64; 4],
}

impl<const N: usize> Listed<N> {
    pub const fn of(words: [&'static str; N]) -> Self {
        let mut gate = [0; 4];
        let mut at = 0;
        while at < N {
            let word = words[at].as_bytes();
            if let Some(first) = word.first() {
                let (slot, bit) = place(*first, word.len());
                gate[slot] |= bit;
            }
            at += 1;
        }
        Self { words, gate }
    }

    /// Whether this is one of the words.
    pub fn has(&self, word: &str) -> bool {
        self.may_have(word) && self.words.contains(&word)
    }

    /// The same without regard to the case of ASCII letters.
    pub fn has_in_any_case(&self, word: &str) -> bool {
        self.may_have(word) && self.words.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    fn may_have(&self, word: &str) -> bool {
        word.as_bytes().first().is_some_and(|first| {
            let (slot, bit) = place(*first, word.len());
            self.gate[slot] & bit != 0
        })
    }
}

const fn place(first: u8, length: usize) -> (usize, u64) {
    let bit = (first & 31) as usize * 8 + length % 8;
    (bit / 64, 1 << (bit % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORDS: Listed<4> = Listed::of(["is", "lautet", "é", "reset-password"]);

    #[test]
    fn listed_words_are_known_and_others_are_not() {
        for word in ["is", "lautet", "é", "reset-password"] {
            assert!(WORDS.has(word) && WORDS.has_in_any_case(word), "{word}");
        }
        for word in ["", "it", "es", "lautes", "e", "reset-passwore", "É"] {
            assert!(!WORDS.has(word) && !WORDS.has_in_any_case(word), "{word}");
        }
        assert!(WORDS.has_in_any_case("Reset-PASSWORD") && !WORDS.has("Is"));
    }
}
