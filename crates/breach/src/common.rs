//! Passwords that many people use, as a filter that holds no password: a binary fuse filter over their hashes.
//!
//! The embedded list is `data/common_passwords.txt` (see NOTICE). One ordinary word in it says nothing; a
//! property whose values begin to hit it says much. At 16 bits a value that is not in the list hits once in
//! 65,000 times, so that the filter's own floor does not hide a slow leak.

use std::collections::HashSet;
use std::hash::Hasher;
use std::sync::LazyLock;

use siphasher::sip::SipHasher13;
use xorf::{BinaryFuse16, Filter};

/// The embedded list, most used first.
const COMMON: &str = include_str!("../data/common_passwords.txt");
/// The longest value that is looked up.
const LOOKED_UP_BYTES_MAX: usize = 64;

/// A set of passwords that can only be asked, with a small rate of false hits.
pub struct PasswordFilter(Option<BinaryFuse16>);

impl PasswordFilter {
    /// The embedded list: made once, when it is first asked for.
    pub fn common() -> &'static Self {
        static FILTER: LazyLock<PasswordFilter> = LazyLock::new(|| PasswordFilter::of(COMMON.lines()));
        &FILTER
    }

    /// A filter over `passwords`, each as it is and in lower case.
    pub fn of<'a>(passwords: impl Iterator<Item = &'a str>) -> Self {
        let hashes: HashSet<u64> = passwords.map(|password| hash(&password.to_lowercase())).collect();
        let hashes: Vec<u64> = hashes.into_iter().collect();
        // Making one fails for repeated hashes alone; without a filter the other signs go on working.
        Self(BinaryFuse16::try_from(&hashes).ok())
    }

    /// Whether `text`, in lower case, is (very likely) in the list.
    pub fn contains(&self, text: &str) -> bool {
        let Some(filter) = &self.0 else { return false };
        if text.len() > LOOKED_UP_BYTES_MAX {
            return false;
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            return filter.contains(&hash(&text.to_lowercase()));
        }
        filter.contains(&hash(text))
    }
}

impl std::fmt::Debug for PasswordFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordFilter")
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_it_and_little_else_is() {
        let filter = PasswordFilter::common();
        assert!(COMMON.lines().all(|password| filter.contains(password)));
        assert!(filter.contains("PassWord1") && filter.contains("qwerty123"));
        let strangers = (0..100_000_u64).filter(|n| filter.contains(&format!("stranger-{n}-x")));
        assert!(strangers.count() < 20);
    }
}
