//! Typed ids. An id of a source and an id of a member are different types, so they cannot be mixed up.
//!
//! Text form: a prefix, an underscore and 26 letters of Crockford-like base32 (lower case, without
//! padding) of the 128 bits, for example `ws_01jd…`. Ids made by [`WorkspaceId::new`] and the like are
//! UUID version 7 (RFC 9562), so their order is the order of making.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32HEX_NOPAD;
use serde::{Deserialize, Serialize};

/// An id's text form was not of the shape `prefix_26letters`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {expected} id: want `{expected}_` and 26 letters or digits")]
pub struct IdError {
    expected: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u128);

        impl $name {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `now_ms` (milliseconds since 1970, UTC).
            pub fn new(now_ms: i64) -> Self {
                Self(uuid_v7(now_ms))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = BASE32HEX_NOPAD.encode(&self.0.to_be_bytes()).to_ascii_lowercase();
                write!(f, "{}_{}", $prefix, text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, $prefix).map(Self).ok_or(IdError { expected: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { self.0.serialize(s) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
                } else {
                    u128::deserialize(d).map(Self)
                }
            }
        }
    )*};
}

ids! {
    /// A workspace: one customer of the installation, with data, members and keys of its own.
    WorkspaceId "ws";
    /// A source: where events come from; it owns a write key.
    SourceId "src";
    /// Somebody who signs in: a member of workspaces, or an operator of the installation.
    MemberId "mem";
    /// A passkey of a member.
    PasskeyId "pk";
    /// A signed-in session.
    SessionId "ses";
    /// An API token.
    TokenId "tok";
    /// A time-limited approval.
    GrantId "gr";
    /// A person, as the outside knows it.
    PersonId "p";
    /// One HTTP request, for logs and problem documents.
    RequestId "req";
    /// A purge of what should not have been kept.
    PurgeId "pur";
    /// An incident.
    IncidentId "inc";
    /// A template of messages.
    TemplateId "tpl";
    /// A broadcast: one message to many people.
    BroadcastId "bc";
    /// A segment: an audience that people join and leave.
    SegmentId "seg";
    /// A dashboard: questions side by side.
    DashboardId "dash";
    /// A link by which others see a dashboard's numbers.
    ShareId "shr";
    /// What was noted at a day.
    AnnotationId "ann";
    /// A rule about a metric.
    MetricAlertId "alr";
    /// When a dashboard's numbers are sent.
    ScheduleId "sch";
}

impl SourceId {
    /// Where the house's own events come from; no source that somebody made has this id.
    pub const HOUSE: Self = Self(0);
}

/// A person inside one workspace: dense, from 0, so that columns can hold it in four bytes.
/// After a merge an old code points to the surviving one through the remap table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct PersonCode(pub u32);

impl PersonCode {
    /// Nobody: what events of programs bear, and those in which nothing says who it was. It is no
    /// person's code, and no count of people has it.
    pub const NOBODY: Self = Self(u32::MAX);
}

/// The place of a record in the journal: its number since the installation began, from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Offset(pub u64);

fn parse(text: &str, prefix: &str) -> Option<u128> {
    let letters = text.strip_prefix(prefix)?.strip_prefix('_')?;
    let bytes = BASE32HEX_NOPAD.decode(letters.to_ascii_uppercase().as_bytes()).ok()?;
    Some(u128::from_be_bytes(bytes.try_into().ok()?))
}

fn uuid_v7(now_ms: i64) -> u128 {
    let random = u128::from_be_bytes(stdx::random_array::<16>());
    let time = (u128::from(now_ms.max(0).unsigned_abs()) & 0xffff_ffff_ffff) << 80;
    let version = 7_u128 << 76;
    let variant = 0b10_u128 << 62;
    let random_mask = (0xfff_u128 << 64) | 0x3fff_ffff_ffff_ffff;
    time | version | variant | (random & random_mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_the_wrong_kind() {
        let id = SourceId::new(1_700_000_000_000);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<MemberId>().is_err());
        assert!("src_short".parse::<SourceId>().is_err());
    }

    #[test]
    fn ids_order_by_time() {
        assert!(MemberId::new(1_000) < MemberId::new(2_000));
    }
}
