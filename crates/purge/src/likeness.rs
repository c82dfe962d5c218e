//! A value told without holding it: keyed prints of every form in which it may stand, enough to find it again.
//!
//! Of each form a print holds its length, 32 bits of a rolling hash that picks the places worth a second look, and a keyed hash
//! that decides. Both are under the workspace's hash key and belong to one purge, so that two prints of one value have
//! nothing in common. Whoever has the key can try guesses; nobody can read the value out of it.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use keys::HashKey;
use model::PurgeId;
use serde::{Deserialize, Serialize};

use crate::needle;

/// What is told of a value.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Likeness {
    /// Whether texts that contain it count, too.
    pub(crate) within: bool,
    /// Whether it is a number.
    pub(crate) numeric: bool,
    /// Whether JSON writes it in another way than it stands.
    pub(crate) escaped: bool,
    whole: Print,
    /// Of every form that is looked for inside longer texts; of the value alone if `within` is not set.
    forms: Vec<Print>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Print {
    bytes: usize,
    rolling: u32,
    mac: String,
}

/// Finds what a likeness tells of.
pub(crate) struct Recogniser {
    pub(crate) likeness: Likeness,
    prints: Prints,
    /// The forms by their length.
    lengths: BTreeMap<usize, Vec<(u32, String)>>,
}

/// Makes prints for one purge.
struct Prints {
    key: HashKey,
    id: [u8; 16],
    base: u64,
}

impl Likeness {
    pub(crate) fn of(text: &str, within: bool, key: &HashKey, id: PurgeId) -> Self {
        let prints = Prints::new(key, id);
        let forms = if within { needle::forms(text) } else { vec![text.to_owned()] };
        Self {
            within,
            numeric: needle::is_numeric(text),
            escaped: text.contains(['"', '\\']),
            whole: prints.of(text.as_bytes()),
            forms: forms.iter().map(|form| prints.of(form.as_bytes())).collect(),
        }
    }
}

impl Recogniser {
    pub(crate) fn new(likeness: Likeness, key: &HashKey, id: PurgeId) -> Self {
        let mut lengths: BTreeMap<usize, Vec<(u32, String)>> = BTreeMap::new();
        for Print { bytes, rolling, mac } in likeness.forms.iter().filter(|form| form.bytes > 0) {
            lengths.entry(*bytes).or_default().push((*rolling, mac.clone()));
        }
        Self { likeness, prints: Prints::new(key, id), lengths }
    }

    /// Whether a text is the value.
    pub(crate) fn is_whole(&self, text: &str) -> bool {
        let Print { bytes, rolling, mac } = &self.likeness.whole;
        text.len() == *bytes
            && self.prints.rolling(text.as_bytes()) == *rolling
            && self.prints.mac(text.as_bytes()) == *mac
    }

    /// Whether a form of the value stands anywhere in the bytes.
    pub(crate) fn is_within(&self, bytes: &[u8]) -> bool {
        self.lengths.iter().any(|(length, forms)| self.stands(bytes, *length, forms))
    }

    fn stands(&self, bytes: &[u8], length: usize, forms: &[(u32, String)]) -> bool {
        let base = self.prints.base;
        let Some(first) = bytes.get(..length) else { return false };
        let mut hash = sum(first, base);
        let gone = power(base, length);
        let is_it = |begin: usize, hash: u64| {
            let rolling = top(hash);
            forms.iter().any(|(wanted, mac)| {
                *wanted == rolling
                    && bytes.get(begin..begin + length).is_some_and(|window| self.prints.mac(window) == *mac)
            })
        };
        if is_it(0, hash) {
            return true;
        }
        let next = bytes.iter().skip(length);
        for (begin, (old, new)) in bytes.iter().zip(next).enumerate() {
            hash = hash.wrapping_mul(base).wrapping_add(term(*new));
            hash = hash.wrapping_sub(term(*old).wrapping_mul(gone));
            if is_it(begin + 1, hash) {
                return true;
            }
        }
        false
    }
}

impl Prints {
    fn new(key: &HashKey, id: PurgeId) -> Self {
        let id = id.0.to_be_bytes();
        let seed = key.short(&[b"purge rolling 1\0".as_slice(), &id].concat());
        let mut base = [0; 8];
        for (to, from) in base.iter_mut().zip(seed) {
            *to = from;
        }
        // Odd, so that nothing is lost in multiplying.
        Self { key: key.clone(), id, base: u64::from_le_bytes(base) | 1 }
    }

    fn of(&self, bytes: &[u8]) -> Print {
        Print { bytes: bytes.len(), rolling: self.rolling(bytes), mac: self.mac(bytes) }
    }

    fn rolling(&self, bytes: &[u8]) -> u32 {
        top(sum(bytes, self.base))
    }

    fn mac(&self, bytes: &[u8]) -> String {
        HEXLOWER.encode(&self.key.short(&[b"purge value 1\0".as_slice(), &self.id, bytes].concat()))
    }
}

fn term(byte: u8) -> u64 {
    u64::from(byte) + 1
}

fn sum(bytes: &[u8], base: u64) -> u64 {
    bytes.iter().fold(0, |hash: u64, byte| hash.wrapping_mul(base).wrapping_add(term(*byte)))
}

fn power(base: u64, exponent: usize) -> u64 {
    (0..exponent).fold(1, |power: u64, _| power.wrapping_mul(base))
}

/// The upper half: every bit of the text has a say in it.
fn top(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use keys::Key;
    use proptest::prelude::*;

    use super::*;
    use crate::needle::Needle;

    fn hash_key(byte: u8) -> HashKey {
        Key::from_bytes([byte; 32]).hasher("test")
    }

    fn alike(text: &str, within: bool) -> Needle {
        let id = PurgeId(7);
        let told = serde_json::to_string(&Likeness::of(text, within, &hash_key(1), id)).unwrap();
        assert!(!told.contains(text));
        Needle::alike(Recogniser::new(serde_json::from_str(&told).unwrap(), &hash_key(1), id))
    }

    #[test]
    fn prints_of_one_value_have_nothing_in_common() {
        let told = |key: u8, id: u128| {
            serde_json::to_value(Likeness::of("hunter2hunter2", true, &hash_key(key), PurgeId(id))).unwrap()
        };
        for (one, other) in [((1, 1), (1, 2)), ((1, 1), (2, 1))] {
            let (one, other) = (told(one.0, one.1), told(other.0, other.1));
            assert_ne!(one["whole"]["mac"], other["whole"]["mac"]);
            assert_ne!(one["whole"]["rolling"], other["whole"]["rolling"]);
        }
    }

    proptest! {
        /// It finds what the value itself finds, and nothing else.
        #[test]
        fn it_finds_what_the_value_finds(
            value in "[a-c\"% é]{6,9}",
            before in "[a-c\"%é]{0,12}",
            after in "[a-c\"% ]{0,12}",
            holds in any::<bool>(),
            within in any::<bool>(),
        ) {
            let (known, told) = (Needle::new(&value, within), alike(&value, within));
            let text = if holds { format!("{before}{value}{after}") } else { format!("{before}{after}") };
            let json = serde_json::to_string(&text).unwrap();
            for text in [&text, &json, &value] {
                prop_assert_eq!(known.is_in(text), told.is_in(text), "{}", text);
                prop_assert_eq!(known.may_be_in(text), told.may_be_in(text), "{}", text);
            }
            let coded = data_encoding::BASE64.encode(text.as_bytes());
            prop_assert_eq!(known.is_in(&coded), told.is_in(&coded));
        }
    }
}
