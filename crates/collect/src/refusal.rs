//! Why something was refused. Never with a value: a code, and the name of the field it is about.

use std::borrow::Cow;

/// What is counted for the workspace when an event is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Refused {
    /// A stable code, for example `missing_event`.
    pub reason: &'static str,
    /// The field it is about, in the dialect's words; empty where it is about the whole.
    pub field: &'static str,
}

/// The codes that collect itself gives; the shield adds its own.
pub mod reason {
    /// An item of a batch is not an object, or a part that must be an object is not.
    pub const NOT_AN_OBJECT: &str = "not_an_object";
    /// The event is larger than [`model::limits::EVENT_BYTES_MAX`].
    pub const EVENT_TOO_LARGE: &str = "event_too_large";
    /// The event nests deeper than [`model::limits::DEPTH_MAX`].
    pub const TOO_DEEP: &str = "too_deep";
    /// A part has too many keys.
    pub const TOO_MANY_KEYS: &str = "too_many_keys";
    /// The event is not valid UTF-8.
    pub const INVALID_UTF8: &str = "invalid_utf8";
    /// A part of the event is not valid JSON.
    pub const INVALID_JSON: &str = "invalid_json";
    /// `type` is absent or none of the six calls.
    pub const UNKNOWN_TYPE: &str = "unknown_type";
    /// A `track` without a name in `event`.
    pub const MISSING_EVENT: &str = "missing_event";
    /// Neither `userId` nor `anonymousId`.
    pub const MISSING_IDENTITY: &str = "missing_identity";
    /// A `group` without `groupId`, or an `alias` without `previousId` or `userId`.
    pub const MISSING_FIELD: &str = "missing_field";
    /// A field has a type that it cannot have.
    pub const WRONG_TYPE: &str = "wrong_type";
    /// The batch has more than [`model::limits::BATCH_EVENTS_MAX`] events; these came after them.
    pub const BATCH_TOO_LONG: &str = "batch_too_long";
    /// The source is disabled.
    pub const SOURCE_DISABLED: &str = "source_disabled";
    /// The source sent more events a second than it may; the sender was told to come again.
    pub const OVER_QUOTA: &str = "over_quota";
    /// The event departs from the workspace's plan, which blocks such events.
    pub const BLOCKED_BY_PLAN: &str = "blocked_by_plan";
    /// The event departs from the workspace's plan, and the quarantine takes no more.
    pub const QUARANTINE_FULL: &str = "quarantine_full";
    /// The body is not a JSON object.
    pub const UNREADABLE_BODY: &str = "unreadable_body";
    /// The body is larger than [`model::limits::BODY_BYTES_MAX`].
    pub const BODY_TOO_LARGE: &str = "body_too_large";
    /// A write key may only append: it deletes nobody, merges no known people and steers no messages.
    pub const NOT_WITH_A_WRITE_KEY: &str = "not_with_a_write_key";
    /// The event's name is longer than [`model::limits::NAME_BYTES_MAX`], or than the dialect allows.
    pub const NAME_TOO_LONG: &str = "name_too_long";
    /// An id is longer than [`model::limits::IDENTIFIER_BYTES_MAX`], or than the dialect allows.
    pub const IDENTIFIER_TOO_LONG: &str = "identifier_too_long";
    /// A name or value of an attribute is longer than the dialect allows; the attribute is left out.
    pub const ATTRIBUTE_TOO_LONG: &str = "attribute_too_long";
    /// An id that careless code sends for everybody, such as `null` or `0`.
    pub const DISALLOWED_ID: &str = "disallowed_id";
    /// A time before 1971 or more than an hour ahead, where the dialect refuses it.
    pub const TIME_OUT_OF_RANGE: &str = "time_out_of_range";
    /// One request with events of several tokens; those of the first are taken.
    pub const MIXED_TOKENS: &str = "mixed_tokens";
    /// Something that Holdfast does not collect, such as recorded sessions.
    pub const NOT_COLLECTED: &str = "not_collected";
    /// The body came too slowly; the sender was told so.
    pub const BODY_TOO_SLOW: &str = "body_too_slow";
    /// Too many bytes of other requests were held; the sender was told to come again.
    pub const NO_ROOM: &str = "no_room";
    /// An advisory stops this version of the SDK, or what it captures by itself.
    pub const SDK_ADVISORY: &str = "sdk_advisory";
    /// Of an event that an SDK captured by itself, values that are not structure; the event was taken without them.
    pub const CAPTURED_VALUE: &str = "captured_value";
    /// No source has this write key; counted for the source whose key it nearly is, else for the installation.
    pub const UNKNOWN_WRITE_KEY: &str = "unknown_write_key";
}

impl Refused {
    /// A refusal that is about one field.
    pub(crate) const fn of(reason: &'static str, field: &'static str) -> Self {
        Self { reason, field }
    }

    /// A refusal that is about the whole event or request.
    pub(crate) const fn whole(reason: &'static str) -> Self {
        Self { reason, field: "" }
    }
}

/// Which SDK sent something, as far as it can be told without keeping what a stranger wrote: a name from a
/// list, and a version of up to three short numbers. Anything else is `other`.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Sdk {
    /// A known library's name, `other`, or empty where none was given.
    pub name: &'static str,
    /// `1.84.3`, or empty.
    pub version: String,
}

/// Names that official libraries give themselves in `context.library.name`.
const KNOWN_LIBRARIES: [&str; 43] = [
    "analytics.js",
    "@segment/analytics-next",
    "@segment/analytics-node",
    "analytics-node",
    "@segment/analytics-react-native",
    "segment-analytics-python",
    "analytics-python",
    "analytics-ruby",
    "analytics-php",
    "analytics-go",
    "analytics-java",
    "analytics-kotlin",
    "analytics-android",
    "analytics-swift",
    "analytics-ios",
    "Analytics-CSharp",
    "Analytics.NET",
    "analytics-rust",
    "RudderLabs JavaScript SDK",
    "@rudderstack/rudder-sdk-node",
    "rudder-analytics-python",
    "com.rudderstack.android.sdk.core",
    "rudder-ios-library",
    "@jitsu/js",
    "holdfast.js",
    "holdfast-import",
    "mixpanel-web",
    "mixpanel-node",
    "mixpanel-python",
    "mixpanel-swift",
    "mixpanel-android",
    "mixpanel-iphone",
    "mixpanel-react-native",
    "mixpanel-flutter",
    "mixpanel-unity",
    "mixpanel-php",
    "mixpanel-ruby",
    "mixpanel-go",
    "mixpanel-java",
    "Customer.io Node Client",
    "Customer.io Python Client",
    "Customer.io Ruby Client",
    "Customer.io Go Client",
];

impl Sdk {
    /// What `name` and `version` of a library may be called.
    pub(crate) fn of(name: Option<Cow<'_, str>>, version: Option<Cow<'_, str>>) -> Self {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Self::default() };
        let known = KNOWN_LIBRARIES.into_iter().find(|known| *known == name).unwrap_or("other");
        let version = version.and_then(|version| short_version(&version)).unwrap_or_default();
        Self { name: known, version }
    }
}

/// `3.1.0` of `3.1.0-beta.2`; nothing where the text does not begin with short numbers.
fn short_version(text: &str) -> Option<String> {
    let text = text.strip_prefix("npm:").unwrap_or(text);
    let text = text.strip_prefix("next-").unwrap_or(text);
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let parts: Vec<&str> = numbers.split('.').take(3).collect();
    parts.iter().all(|part| (1..=4).contains(&part.len())).then(|| parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sdk_has_no_room_for_a_strangers_words() {
        let cases = [
            (Some("analytics.js"), Some("next-1.84.3"), ("analytics.js", "1.84.3")),
            (Some("analytics.js"), Some("npm:next-1.84.3"), ("analytics.js", "1.84.3")),
            (Some("analytics-python"), Some("2.4.0"), ("analytics-python", "2.4.0")),
            (Some("analytics-go"), Some("3.0.0-beta.1"), ("analytics-go", "3.0.0")),
            (Some("ada@example.com"), Some("4111111111111111"), ("other", "")),
            (Some("analytics-go"), Some("4111.1111.1111.1111"), ("analytics-go", "4111.1111.1111")),
            (Some("analytics-go"), Some("hunter2"), ("analytics-go", "")),
            (Some(""), Some("1.0"), ("", "")),
            (None, None, ("", "")),
        ];
        for (name, version, expected) in cases {
            let sdk = Sdk::of(name.map(Cow::Borrowed), version.map(Cow::Borrowed));
            assert_eq!((sdk.name, sdk.version.as_str()), expected);
        }
    }
}
