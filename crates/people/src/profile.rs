//! What is shown of a person. Plain structs without `Serialize`: only `rows` turns them into bytes.

use model::record::PersonRef;
use model::{Channel, Class, Consent, MemberId, Offset, SourceId};

use crate::identifiers::IdentifierKind;

/// Everything known of a person, personal values masked or left sealed.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// Who.
    pub person: PersonRef,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// How many events, repeated ones not counted.
    pub events: u64,
    /// By name.
    pub traits: Vec<Trait>,
    /// What is worked out from what they did, by name.
    pub computed: Vec<ComputedValue>,
    /// What they agreed to, by purpose and channel.
    pub consent: Vec<Consented>,
    /// User ids first.
    pub identifiers: Vec<MaskedIdentifier>,
    /// The groups they belong to.
    pub groups: Vec<Membership>,
    /// Why several people are this one.
    pub merges: Vec<MergeReason>,
    /// Who was one with this person and is no more.
    pub parted: Vec<Parting>,
    /// Who is not to be taken for this person.
    pub apart: Vec<KeptApart>,
    /// What was beyond a limit.
    pub overflow: Vec<Overflow>,
}

/// The line of a person in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct ProfileSummary {
    /// Who.
    pub person: PersonRef,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// How many events.
    pub events: u64,
    /// The first user id, or else the first anonymous id.
    pub identifier: Option<MaskedIdentifier>,
}

/// One trait.
#[derive(Clone, PartialEq, Debug)]
pub struct Trait {
    /// Its name; sealed ones inside objects are joined by dots.
    pub name: String,
    /// When the event that set it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// What it is.
    pub value: TraitValue,
}

/// The value of a computed trait.
#[derive(Clone, PartialEq, Debug)]
pub struct ComputedValue {
    /// The trait's name.
    pub name: String,
    /// The text of a JSON value.
    pub value: String,
    /// When it was worked out to be this, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// What somebody said about a purpose by a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consented {
    /// The purpose's name.
    pub purpose: String,
    /// By which channel.
    pub channel: Channel,
    /// What was said last.
    pub said: ConsentSaid,
    /// What was said before, the newest first; at most 20 in all.
    pub earlier: Vec<ConsentSaid>,
}

/// A time in which somebody said the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsentSaid {
    /// Yes or no.
    pub consent: Consent,
    /// When it was said first, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// When it was said last.
    pub last_ms: i64,
    /// Where it came from.
    pub from: ConsentFrom,
}

/// Where a word on consent came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConsentFrom {
    /// Events of this source.
    Source(SourceId),
    /// A member entered it.
    Member {
        /// Who, or who made the token of the program that did.
        by: MemberId,
        /// Their words.
        reason: String,
    },
}

/// One trait with what it was.
#[derive(Clone, PartialEq, Debug)]
pub struct TraitHistory {
    /// Whose.
    pub person: PersonRef,
    /// The trait's name.
    pub name: String,
    /// What senders say it is now.
    pub value: Option<Trait>,
    /// What is worked out under this name, which goes before what senders say.
    pub computed: Option<ComputedValue>,
    /// The last values that senders gave it, the newest first; at most 20.
    pub changes: Vec<TraitChange>,
}

/// A value that a trait got.
#[derive(Clone, PartialEq, Debug)]
pub struct TraitChange {
    /// When the event happened that said so, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The source that it came by.
    pub source: SourceId,
    /// The value; nothing where it was removed.
    pub value: Option<TraitValue>,
}

/// A trait's value as far as it may be shown.
#[derive(Clone, PartialEq, Debug)]
pub enum TraitValue {
    /// The text of a JSON value; sealed parts of it are marks.
    Plain(String),
    /// In the vault.
    Sealed {
        /// What kind of value it is.
        class: Class,
    },
}

/// An identifier, shown so that somebody who knows it recognises it.
#[derive(Clone, PartialEq, Debug)]
pub struct MaskedIdentifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// Its first letter, or the first four of a long opaque id, and `…`.
    pub masked: String,
    /// How it came to be this person's.
    pub how: String,
    /// The journal record that brought it.
    pub offset: Offset,
    /// When the event happened that brought it, milliseconds since 1970, UTC; not known of those from before 2026-11.
    pub at_ms: Option<i64>,
    /// Whose it was first: this person, or one who was merged into them.
    pub origin: PersonRef,
}

/// A group somebody belongs to.
#[derive(Clone, PartialEq, Debug)]
pub struct Membership {
    /// The group's id, masked.
    pub masked: String,
    /// When it was first and last said so, milliseconds since 1970, UTC.
    pub first_ms: i64,
    /// When it was last said so.
    pub last_ms: i64,
    /// The group's plain traits: name and JSON text.
    pub traits: Vec<(String, String)>,
}

/// Why another person is this one.
#[derive(Clone, PartialEq, Debug)]
pub struct MergeReason {
    /// Who was merged away.
    pub from: PersonRef,
    /// Into whom at the time.
    pub into: PersonRef,
    /// The rule, or a member's words.
    pub reason: String,
    /// Who decided it; nobody: a rule.
    pub by: Option<MemberId>,
    /// The journal record that caused it.
    pub offset: Offset,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// A merge that was undone.
#[derive(Clone, PartialEq, Debug)]
pub struct Parting {
    /// The merge.
    pub merge: MergeReason,
    /// Who undid it.
    pub by: MemberId,
    /// Their words.
    pub reason: String,
    /// The journal record that undid it.
    pub offset: Offset,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// Two people who are two whatever the rules say.
#[derive(Clone, PartialEq, Debug)]
pub struct KeptApart {
    /// One of them; in a profile, the other one.
    pub one: PersonRef,
    /// The other.
    pub other: PersonRef,
    /// Who said so.
    pub by: MemberId,
    /// Their words.
    pub reason: String,
    /// The journal record that said so.
    pub offset: Offset,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// How much of a kind was not kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Overflow {
    /// `anonymous_id`, `trait` or `group`.
    pub kind: String,
    /// How often.
    pub count: u64,
}

/// Two known people whom an alias calls one.
#[derive(Clone, PartialEq, Debug)]
pub struct Suggestion {
    /// One of them.
    pub one: PersonRef,
    /// The other.
    pub other: PersonRef,
    /// The journal record that said so.
    pub offset: Offset,
    /// When it was recorded, milliseconds since 1970, UTC.
    pub at_ms: i64,
}
