//! Why an event could not be taken. A refusal names the field and the reason, never a value.

use std::fmt;

/// An event was refused as a whole; nothing of it may be kept but this.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("event refused: {field}: {reason}")]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// Which field of the event it was: `properties`, `traits`, `context`, `user_id` …
    pub field: &'static str,
}

/// Why an event was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum RefusalReason {
    /// Nested deeper than [`model::limits::DEPTH_MAX`].
    TooDeep,
    /// More keys than [`model::limits::KEYS_MAX`].
    TooManyKeys,
    /// Larger than [`model::limits::EVENT_BYTES_MAX`].
    EventTooLarge,
    /// A field that must be a JSON object is something else.
    NotAnObject,
    /// A field is not JSON.
    InvalidJson,
    /// A field is not UTF-8. [`model::Event`] holds text, so a dialect says this, not the shield.
    InvalidUtf8,
    /// The event's name is longer than [`model::limits::NAME_BYTES_MAX`].
    NameTooLong,
    /// An id is longer than [`model::limits::IDENTIFIER_BYTES_MAX`].
    IdentifierTooLong,
    /// An id is a secret, for example a token sent as `user_id`.
    SecretIdentifier,
}

impl RefusalReason {
    /// The name in counters and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooDeep => "too_deep",
            Self::TooManyKeys => "too_many_keys",
            Self::EventTooLarge => "event_too_large",
            Self::NotAnObject => "not_an_object",
            Self::InvalidJson => "invalid_json",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::NameTooLong => "name_too_long",
            Self::IdentifierTooLong => "identifier_too_long",
            Self::SecretIdentifier => "secret_identifier",
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
