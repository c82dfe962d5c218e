//! What is kept: the journal's records. Their encoding is postcard, field by field in this order,
//! so a field is only ever added at the end together with a new [`Stored`] variant
//! (docs/formats/journal.md).

use serde::{Deserialize, Serialize};

use crate::class::Class;
use crate::consent::{Channel, Consent};
use crate::event::Kind;
use crate::ids::{MemberId, Offset, PersonCode, PersonId, PurgeId, SourceId, WorkspaceId};

/// One screened event, as the journal holds it (encrypted, for days).
///
/// `properties`, `traits` and `context` are JSON objects in which every secret has been replaced by a
/// mark (`[removed: password]`). A personal value in a trait is replaced by `[sealed: email]`, its value
/// is in `sealed`, and the resolving pass moves it into the vault. A personal value in a property or in the context is
/// replaced by `[sealed: email #0f3a…]`, a class and a keyed hash, and kept nowhere.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EventRecord {
    /// Whose event this is.
    pub workspace: WorkspaceId,
    /// Which source sent it.
    pub source: SourceId,
    /// The sender's id for it.
    pub message_id: String,
    /// Which call it was.
    pub kind: Kind,
    /// The event's name as questions use it.
    pub name: String,
    /// When it happened (corrected clock), milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// When it arrived, milliseconds since 1970, UTC.
    pub received_ms: i64,
    /// The person's id at the sender.
    pub user_id: Option<String>,
    /// The device's or browser's id.
    pub anonymous_id: Option<String>,
    /// The group's id.
    pub group_id: Option<String>,
    /// The other id of an alias.
    pub previous_id: Option<String>,
    /// A JSON object, clean.
    pub properties: String,
    /// A JSON object, clean.
    pub traits: String,
    /// A JSON object, clean.
    pub context: String,
    /// Personal trait values on their way to the vault.
    pub sealed: Vec<SealedValue>,
    /// What the shield found, never with a value.
    pub findings: Vec<Finding>,
}

/// A personal value of a trait, for the vault.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedValue {
    /// The trait's name; nested traits are joined by dots (`address.street`).
    pub name: String,
    /// What kind of value it is.
    pub class: Class,
    /// The value as text.
    pub value: String,
}

impl std::fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedValue").field("class", &self.class).finish_non_exhaustive()
    }
}

/// Something the shield removed or sealed: where and what kind, never the value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// Where it stood: `properties.payment.card`, array positions as `[]`, screened itself.
    pub path: String,
    /// What it was.
    pub class: Class,
    /// Which rule said so.
    pub rule: String,
}

/// What concerns everyone and therefore travels in the log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Order {
    /// Two people are one from here on: what a rule decided, told to those who follow.
    Merge {
        /// Whose people.
        workspace: WorkspaceId,
        /// The code that goes on living.
        into: PersonCode,
        /// The code that now points to it.
        from: PersonCode,
        /// Why: the rule.
        reason: String,
        /// When, milliseconds since 1970, UTC.
        at_ms: i64,
    },
    /// A person is forgotten: keys destroyed, rows removed at the next compaction.
    Erase {
        /// Whose person.
        workspace: WorkspaceId,
        /// Which person.
        person: PersonCode,
        /// When, milliseconds since 1970, UTC.
        at_ms: i64,
    },
    /// What should not have been kept goes, from every record before this one. What it is stands sealed in
    /// the decisions' database and not here, so that the value looked for is in no log.
    Purge {
        /// Whose data.
        workspace: WorkspaceId,
        /// Which purge.
        purge: PurgeId,
        /// When, milliseconds since 1970, UTC.
        at_ms: i64,
    },
    /// Two people are one from here on, by a member's decision.
    Join {
        /// Whose people.
        workspace: WorkspaceId,
        /// The code that goes on living.
        into: PersonCode,
        /// The code that now points to it.
        from: PersonCode,
        /// Whose decision.
        decision: Decision,
    },
    /// A merge is undone: two people are two again, and no rule makes them one.
    Unmerge {
        /// Whose people.
        workspace: WorkspaceId,
        /// Into whom the merge was.
        into: PersonCode,
        /// Who was merged away and lives again.
        from: PersonCode,
        /// Whose decision.
        decision: Decision,
    },
    /// Two people are two whatever the rules say, or may be one again.
    Apart {
        /// Whose people.
        workspace: WorkspaceId,
        /// The two.
        people: [PersonCode; 2],
        /// Whether they are kept apart from here on.
        apart: bool,
        /// Whose decision.
        decision: Decision,
    },
    /// Whom somebody is part of, as it stands. Nobody's decision: said for those who follow, where an order before it did
    /// something else than what it says.
    Standing {
        /// Whose person.
        workspace: WorkspaceId,
        /// Which person.
        person: PersonCode,
        /// Into whom they are merged; nobody if they are a person of their own.
        into: Option<PersonCode>,
    },
    /// What a person agreed to or not, as a member or a program of theirs says.
    Consent {
        /// Whose person.
        workspace: WorkspaceId,
        /// Which person.
        person: PersonCode,
        /// For which purpose, by its kept name.
        purpose: String,
        /// By which channel.
        channel: Channel,
        /// Yes or no.
        consent: Consent,
        /// When the person said so, milliseconds since 1970, UTC.
        said_ms: i64,
        /// Who says that they did, and why.
        decision: Decision,
    },
}

/// What a member decided about people: who, why and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided.
    pub by: MemberId,
    /// Their words.
    pub reason: String,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

impl Order {
    /// Whose order this is.
    pub fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Merge { workspace, .. }
            | Self::Erase { workspace, .. }
            | Self::Purge { workspace, .. }
            | Self::Join { workspace, .. }
            | Self::Unmerge { workspace, .. }
            | Self::Apart { workspace, .. }
            | Self::Standing { workspace, .. }
            | Self::Consent { workspace, .. } => *workspace,
        }
    }

    /// The words in which a rule or a member says why.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Merge { reason, .. } => Some(reason),
            Self::Join { decision, .. }
            | Self::Unmerge { decision, .. }
            | Self::Apart { decision, .. }
            | Self::Consent { decision, .. } => Some(&decision.reason),
            Self::Erase { .. } | Self::Purge { .. } | Self::Standing { .. } => None,
        }
    }

    /// The same with other words.
    #[must_use]
    pub fn with_reason(mut self, words: String) -> Self {
        match &mut self {
            Self::Merge { reason, .. } => *reason = words,
            Self::Join { decision, .. }
            | Self::Unmerge { decision, .. }
            | Self::Apart { decision, .. }
            | Self::Consent { decision, .. } => decision.reason = words,
            Self::Erase { .. } | Self::Purge { .. } | Self::Standing { .. } => {}
        }
        self
    }
}

/// A record as read back from the journal.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every record is an event; a box would be one more allocation for each"
)]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Stored {
    /// A screened event.
    Event(EventRecord),
    /// An order.
    Order(Order),
    /// Where an event stood that a purge took away: the numbers of the records behind it stay, and its message
    /// id still tells a repetition.
    Purged {
        /// Whose event it was.
        workspace: WorkspaceId,
        /// Which source sent it.
        source: SourceId,
        /// The sender's id for it.
        message_id: String,
        /// When it arrived, milliseconds since 1970, UTC.
        received_ms: i64,
    },
}

/// A record and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its number in the journal.
    pub offset: Offset,
    /// What stands there.
    pub record: Stored,
}

/// A person as stored rows name it to the outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PersonRef {
    /// The dense code.
    pub code: PersonCode,
    /// The public id.
    pub id: PersonId,
}
