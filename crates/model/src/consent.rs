//! What people agree to: for which purpose, by which channel, yes or no.

use serde::{Deserialize, Serialize};

/// The longest name of a purpose, in bytes; a longer one is none.
pub const PURPOSE_BYTES_MAX: usize = 64;

/// By what somebody is reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Whichever.
    All,
    /// Electronic mail.
    Email,
    /// Text messages.
    Sms,
    /// Notices of apps.
    Push,
    /// Web pages.
    Web,
}

/// What somebody said about a purpose. The order is that of caution: of two at the same time the greater one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Yes.
    Granted,
    /// No longer.
    Withdrawn,
    /// No.
    Refused,
}

impl Channel {
    /// Every channel, in the order of their numbers.
    pub const EVERY: [Self; 5] = [Self::All, Self::Email, Self::Sms, Self::Push, Self::Web];

    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Web => "web",
        }
    }

    /// The number in databases.
    pub fn number(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Email => 1,
            Self::Sms => 2,
            Self::Push => 3,
            Self::Web => 4,
        }
    }

    /// The channel of this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::EVERY.get(usize::from(number)).copied()
    }

    /// The channel of this word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|channel| channel.as_str() == name)
    }
}

impl Consent {
    /// Every answer, in the order of their numbers.
    pub const EVERY: [Self; 3] = [Self::Granted, Self::Withdrawn, Self::Refused];

    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
        }
    }

    /// The number in databases; the greater the more cautious.
    pub fn number(self) -> u8 {
        match self {
            Self::Granted => 0,
            Self::Withdrawn => 1,
            Self::Refused => 2,
        }
    }

    /// The answer of this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::EVERY.get(usize::from(number)).copied()
    }

    /// The answer of this word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|consent| consent.as_str() == name)
    }
}

/// The name of a purpose as it is kept: in lower case, without blanks around it. `None` for what is no name: empty, too long, or with
/// signs other than letters, digits, blanks, `_`, `-` and `.`.
pub fn purpose(text: &str) -> Option<String> {
    let name = text.trim().to_lowercase();
    let fits = |letter: char| letter.is_alphanumeric() || " _-.".contains(letter);
    ((1..=PURPOSE_BYTES_MAX).contains(&name.len()) && name.chars().all(fits)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for channel in Channel::EVERY {
            assert_eq!(Channel::from_name(channel.as_str()), Some(channel));
            assert_eq!(Channel::from_number(channel.number()), Some(channel));
        }
        for consent in Consent::EVERY {
            assert_eq!(Consent::from_name(consent.as_str()), Some(consent));
            assert_eq!(Consent::from_number(consent.number()), Some(consent));
        }
        assert_eq!((Channel::from_name("fax"), Consent::from_name("yes")), (None, None));
    }

    #[test]
    fn a_purpose_is_a_short_name_in_lower_case() {
        for (text, name) in [
            (" Marketing ", Some("marketing")),
            ("C0001", Some("c0001")),
            ("Sale of data", Some("sale of data")),
            ("Über-uns.2", Some("über-uns.2")),
            ("", None),
            ("maria@example.com", None),
            ("a\nb", None),
        ] {
            assert_eq!(purpose(text).as_deref(), name, "{text}");
        }
        assert_eq!(purpose(&"x".repeat(PURPOSE_BYTES_MAX + 1)), None);
    }
}
