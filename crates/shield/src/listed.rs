//! A short list of words that one word is held against: by its first letter and its length nearly every word is told to be
//! none of them before any is compared.

/// The words, in small letters where case is to be ignored.
pub(crate) struct Listed<const N: usize> {
    words: [&'static str; N],
    /// For each word what is held against first.
    places: [u8; N],
    /// The places that some word has, by bits.
    gate: [u64; 4],
}

impl<const N: usize> Listed<N> {
    pub const fn of(words: [&'static str; N]) -> Self {
        let (mut places, mut gate) = ([0; N], [0; 4]);
        let mut at = 0;
        while at < N {
            let word = words[at].as_bytes();
            if let Some(first) = word.first() {
                let place = place(*first, word.len());
                places[at] = place;
                gate[place as usize / 64] |= 1 << (place % 64);
            }
            at += 1;
        }
        Self { words, places, gate }
    }

    /// Whether this is one of the words.
    pub fn has(&self, word: &str) -> bool {
        self.any(word, |known| known == word)
    }

    /// The same without regard to the case of ASCII letters.
    pub fn has_in_any_case(&self, word: &str) -> bool {
        self.any(word, |known| known.eq_ignore_ascii_case(word))
    }

    #[inline]
    fn any(&self, word: &str, is_it: impl Fn(&str) -> bool) -> bool {
        let Some(first) = word.as_bytes().first() else { return false };
        let place = place(*first, word.len());
        self.gate[usize::from(place / 64)] >> (place % 64) & 1 == 1
            && self.places.iter().zip(&self.words).any(|(held, known)| *held == place && is_it(known))
    }
}

/// The last five bits of the first letter, which are the same for both cases, and the last three of the length.
#[expect(clippy::cast_possible_truncation, reason = "three bits")]
const fn place(first: u8, length: usize) -> u8 {
    (first & 31) << 3 | (length % 8) as u8
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
