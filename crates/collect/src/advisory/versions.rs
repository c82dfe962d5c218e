//! Which versions are meant: `*`, `1.84.3`, or comparisons that must all hold, as in `>=1.2 <1.4.2`.

use std::fmt;

/// The most comparisons of one range.
const COMPARISONS_MAX: usize = 8;
/// The largest number in a version; a longer one is no version.
const DIGITS_MAX: usize = 9;

/// A range of versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Versions(Vec<Comparison>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Comparison {
    how: How,
    with: Version,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    Less,
    AtMost,
    Is,
    AtLeast,
    More,
}

impl How {
    const ALL: [(&'static str, Self); 5] = [
        // The longer sign first: `<` would also fit the beginning of `<=`.
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::More),
        ("=", Self::Is),
    ];

    fn sign(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, how)| *how == self).map_or("", |(sign, _)| sign)
    }
}

/// Up to three numbers; those that are not there are 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Version([u32; 3]);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = ["npm:", "next-", "v"]
            .iter()
            .fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text));
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let mut numbers = [0; 3];
        for (place, part) in numbers.iter_mut().zip(text.get(..end)?.trim_end_matches('.').split('.')) {
            if part.len() > DIGITS_MAX {
                return None;
            }
            *place = part.parse().ok()?;
        }
        Some(Self(numbers))
    }
}

impl Versions {
    /// Reads a range; nothing for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self(Vec::new()));
        }
        let mut comparisons = Vec::new();
        for part in text.split_whitespace() {
            let found = How::ALL.into_iter().find_map(|(sign, how)| Some((how, part.strip_prefix(sign)?)));
            let (how, version) = found.unwrap_or((How::Is, part));
            // In a range nothing may stand behind the numbers: it would be passed over in silence.
            let plain = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let with = Version::parse(version).filter(|_| plain)?;
            comparisons.push(Comparison { how, with });
        }
        let fits = !comparisons.is_empty() && comparisons.len() <= COMPARISONS_MAX;
        fits.then_some(Self(comparisons))
    }

    /// The one version that an SDK gives itself; nothing where it gives none.
    pub fn exactly(version: &str) -> Option<Self> {
        Some(Self(vec![Comparison { how: How::Is, with: Version::parse(version)? }]))
    }

    /// Whether a version that an SDK gives itself is meant.
    pub fn hold(&self, version: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Some(version) = Version::parse(version) else { return false };
        self.0.iter().all(|comparison| match comparison.how {
            How::Less => version < comparison.with,
            How::AtMost => version <= comparison.with,
            How::Is => version == comparison.with,
            How::AtLeast => version >= comparison.with,
            How::More => version > comparison.with,
        })
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("*");
        }
        for (index, Comparison { how, with: Version([first, second, third]) }) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}{first}.{second}.{third}", how.sign())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        let cases = [
            ("*", "1.2.3", true),
            ("*", "", true),
            ("1.84.3", "1.84.3", true),
            ("1.84.3", "npm:next-1.84.3", true),
            ("1.84.3", "1.84.4", false),
            ("=1.84", "v1.84.0-beta.1", true),
            ("<1.4.2", "1.4.1", true),
            ("<1.4.2", "1.4.2", false),
            ("<1.4.2", "1.10.0", false),
            (">=1.2 <1.4.2", "1.2", true),
            (">=1.2 <1.4.2", "1.1.9", false),
            (">1.2 <=2", "2.0.0", true),
            ("<1.4.2", "", false),
            ("<1.4.2", "latest", false),
        ];
        for (range, version, expected) in cases {
            let versions = Versions::parse(range).unwrap();
            assert_eq!(versions.hold(version), expected, "{range} {version}");
            assert_eq!(Versions::parse(&versions.to_string()), Some(versions));
        }
    }

    #[test]
    fn a_version_names_itself() {
        for (version, expected) in [("npm:next-1.84.3-beta.2", "=1.84.3"), ("v2", "=2.0.0")] {
            let exactly = Versions::exactly(version).unwrap();
            assert_eq!((exactly.to_string().as_str(), exactly.hold(version)), (expected, true));
        }
        assert_eq!((Versions::exactly("latest"), Versions::exactly("")), (None, None));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "  ", "latest", "<", "1.x", ">=1.2-beta", "12345678901", "~1.2", "1 2 3 4 5 6 7 8 9"]
        {
            assert_eq!(Versions::parse(text), None, "{text}");
        }
    }
}
