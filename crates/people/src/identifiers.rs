//! What people are told apart by: which values count, how they are looked up, how they are shown.

use keys::HashKey;
use model::{Class, EventRecord};

/// A kind of value that a person can be found by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IdentifierKind {
    /// The sender's id of a person.
    UserId,
    /// The id of a device or browser.
    AnonymousId,
    /// An e-mail address among the traits. Several people may share one.
    Email,
    /// A telephone number among the traits. Several people may share one.
    Phone,
}

impl IdentifierKind {
    const ALL: [Self; 4] = [Self::UserId, Self::AnonymousId, Self::Email, Self::Phone];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::AnonymousId => "anonymous_id",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The number in the table of identifiers, which holds the first two kinds.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::UserId => 0,
            Self::AnonymousId => 1,
            Self::Email => 2,
            Self::Phone => 3,
        }
    }

    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// The keyed hash that a value is looked up by.
pub(crate) type Hash = [u8; 16];

/// An identifier of an event, with its hash.
#[derive(Clone, Copy)]
pub(crate) struct Identifier<'a> {
    pub(crate) kind: IdentifierKind,
    pub(crate) value: &'a str,
    pub(crate) hash: Hash,
}

impl<'a> Identifier<'a> {
    /// `None` for a value that says nothing about who somebody is.
    pub(crate) fn new(kind: IdentifierKind, value: Option<&'a str>, key: &HashKey) -> Option<Self> {
        let value = value?;
        (!is_blocked(value)).then(|| Self { kind, value, hash: hash_of(kind, value, key) })
    }
}

/// The identifiers of one event.
pub(crate) struct Identifiers<'a> {
    pub(crate) user: Option<Identifier<'a>>,
    pub(crate) anonymous: Option<Identifier<'a>>,
}

impl<'a> Identifiers<'a> {
    pub(crate) fn of(event: &'a EventRecord, key: &HashKey) -> Self {
        Self {
            user: Identifier::new(IdentifierKind::UserId, event.user_id.as_deref(), key),
            anonymous: Identifier::new(IdentifierKind::AnonymousId, event.anonymous_id.as_deref(), key),
        }
    }
}

/// The hash of an identifier. E-mail addresses are alike in any case of letters, telephone numbers in
/// any punctuation.
pub(crate) fn hash_of(kind: IdentifierKind, value: &str, key: &HashKey) -> Hash {
    match kind {
        IdentifierKind::UserId | IdentifierKind::AnonymousId => keyed(key, kind.as_str(), value),
        IdentifierKind::Email => keyed(key, "email", &value.trim().to_lowercase()),
        IdentifierKind::Phone => {
            keyed(key, "phone", &value.chars().filter(char::is_ascii_digit).collect::<String>())
        }
    }
}

/// The hash of a sealed trait, for equality. Addresses and numbers are alike under every trait's name.
pub(crate) fn trait_hash_of(name: &str, class: Class, value: &str, key: &HashKey) -> Hash {
    match class {
        Class::Email => hash_of(IdentifierKind::Email, value, key),
        Class::Phone => hash_of(IdentifierKind::Phone, value, key),
        _ => keyed(key, &format!("trait {name}"), value.trim()),
    }
}

/// The hash of a group's id.
pub(crate) fn group_hash_of(value: &str, key: &HashKey) -> Hash {
    keyed(key, "group_id", value)
}

fn keyed(key: &HashKey, purpose: &str, value: &str) -> Hash {
    let mut message = Vec::with_capacity(8 + purpose.len() + value.len());
    message.extend_from_slice(b"people ");
    message.extend_from_slice(purpose.as_bytes());
    message.push(0);
    message.extend_from_slice(value.as_bytes());
    key.short(&message)
}

/// What careless code sends in place of an id. Taking one for a person would make strangers one.
const BLOCKED: [&str; 26] = [
    "null",
    "undefined",
    "none",
    "nil",
    "nan",
    "anonymous",
    "anon",
    "guest",
    "unknown",
    "n/a",
    "na",
    "-1",
    "true",
    "false",
    "[object object]",
    "{}",
    "[]",
    "(null)",
    "<null>",
    "(not set)",
    "not set",
    "not_set",
    "user_id",
    "userid",
    "distinct_id",
    "anonymous_id",
];
/// The longest text that can be blocked: a nil UUID in braces.
const BLOCKED_BYTES_MAX: usize = 38;

/// Whether a value says nothing about who somebody is, in any case of letters.
pub(crate) fn is_blocked(value: &str) -> bool {
    let value = value.trim();
    if value.len() > BLOCKED_BYTES_MAX {
        return false;
    }
    value.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'{' | b'}'))
        || BLOCKED.iter().any(|blocked| blocked.eq_ignore_ascii_case(value))
}

/// From this length on four letters of an id say nothing about the rest.
const OPAQUE_CHARS_MIN: usize = 12;

/// Enough of a value to recognise it by, not enough to use it.
pub(crate) fn mask(value: &str) -> String {
    let shown = if value.contains('@') || value.chars().count() < OPAQUE_CHARS_MIN { 1 } else { 4 };
    value.chars().take(shown).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_identifiers() {
        for value in [
            "",
            " ",
            "NULL",
            "Undefined",
            "none",
            "anonymous",
            "Guest",
            "0",
            "-1",
            "NaN",
            "[object Object]",
            "00000000-0000-0000-0000-000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "000",
        ] {
            assert!(is_blocked(value), "{value:?}");
        }
        for value in [
            "1",
            "u-1",
            "nullable",
            "guest-7",
            "00000000-0000-0000-0000-000000000001",
            "10",
            "ann@example.com",
        ] {
            assert!(!is_blocked(value), "{value:?}");
        }
    }

    #[test]
    fn masks_show_little() {
        for (value, masked) in [
            ("ann@example.com", "a…"),
            ("4711", "4…"),
            ("9f8e7d6c-0000-4000-8000-000000000000", "9f8e…"),
            ("é", "é…"),
        ] {
            assert_eq!(mask(value), masked);
        }
    }

    #[test]
    fn addresses_and_numbers_are_alike_in_their_usual_spellings() {
        let key = keys::Key::generate().hasher("test");
        let hash = |kind, value| hash_of(kind, value, &key);
        assert_eq!(
            hash(IdentifierKind::Email, " Ann@Example.COM"),
            trait_hash_of("work", Class::Email, "ann@example.com", &key)
        );
        assert_eq!(
            hash(IdentifierKind::Phone, "+49 (30) 123-45"),
            trait_hash_of("mobile", Class::Phone, "493012345", &key)
        );
        assert_ne!(hash(IdentifierKind::UserId, "x"), hash(IdentifierKind::AnonymousId, "x"));
        assert_ne!(hash(IdentifierKind::UserId, "x"), hash(IdentifierKind::UserId, "X"));
        assert_ne!(
            trait_hash_of("first_name", Class::Name, "Ann", &key),
            trait_hash_of("last_name", Class::Name, "Ann", &key)
        );
    }
}
