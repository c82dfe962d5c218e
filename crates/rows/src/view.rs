//! What a released row shows. The structs themselves are not serialisable: only a [`crate::Released`] is.

use ledger::Shown;
use model::{Class, MemberId, PersonId};
use people::profile::{
    KeptApart, MaskedIdentifier, Membership, MergeReason, Parting, Profile, ProfileSummary, Trait, TraitValue,
};
use serde_json::{Map, Value, json};

use crate::consent::ConsentView;

/// A row that knows its document.
pub(crate) trait Row {
    fn document(&self) -> Value;
}

/// The line of a person in a list.
pub struct PersonLine {
    /// Who.
    pub id: PersonId,
    /// The first identifier, masked.
    pub identifier: Option<IdentifierView>,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// How many events.
    pub events: u64,
}

/// A person's page.
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// The time of their earliest event, milliseconds since 1970, UTC.
    pub first_seen_ms: i64,
    /// The time of their latest event, milliseconds since 1970, UTC.
    pub last_seen_ms: i64,
    /// How many events.
    pub events: u64,
    /// By name.
    pub traits: Vec<TraitView>,
    /// What is worked out from what they did, by name.
    pub computed: Vec<ComputedView>,
    /// What they agreed to, by purpose and channel.
    pub consent: Vec<ConsentView>,
    /// Masked, user ids first.
    pub identifiers: Vec<IdentifierView>,
    /// The groups they belong to.
    pub groups: Vec<GroupView>,
    /// Why several people are this one.
    pub merges: Vec<MergeView>,
    /// Who was one with this person and is no more.
    pub parted: Vec<PartedView>,
    /// Who is not to be taken for this person.
    pub apart: Vec<ApartView>,
}

/// A trait: its value, or what kind of value is sealed.
pub struct TraitView {
    /// Its name.
    pub name: String,
    /// When the event that set it happened, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The value, where it is not personal.
    pub value: Option<Value>,
    /// What kind of value lies in the vault.
    pub sealed: Option<Class>,
}

/// The value of a computed trait.
pub struct ComputedView {
    /// The trait's name.
    pub name: String,
    /// The value.
    pub value: Value,
    /// When it was worked out to be this, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// An identifier, masked.
pub struct IdentifierView {
    /// `user_id`, `anonymous_id`, …
    pub kind: String,
    /// Its first letters and `…`.
    pub masked: String,
    /// How it came to be this person's.
    pub how: String,
    /// The journal record that brought it.
    pub offset: u64,
    /// When the event happened that brought it, milliseconds since 1970, UTC.
    pub at_ms: Option<i64>,
    /// Whose it was first.
    pub origin: PersonId,
}

/// A group.
pub struct GroupView {
    /// Its id, masked.
    pub masked: String,
    /// Its plain traits.
    pub traits: Vec<(String, Value)>,
}

/// Why another person is this one.
pub struct MergeView {
    /// Who was merged away.
    pub from: PersonId,
    /// Into whom at the time.
    pub into: PersonId,
    /// The rule, or a member's words.
    pub reason: String,
    /// Who decided it; nobody: a rule.
    pub by: Option<MemberId>,
    /// The journal record that caused it.
    pub offset: u64,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// A merge that was undone.
pub struct PartedView {
    /// The merge.
    pub merge: MergeView,
    /// Who undid it, in which words, and when.
    pub undone: DecidedView,
}

/// Somebody who is not to be taken for this person.
pub struct ApartView {
    /// Who.
    pub other: PersonId,
    /// Who said so, in which words, and when.
    pub said: DecidedView,
}

/// What a member decided.
pub struct DecidedView {
    /// Who.
    pub by: MemberId,
    /// Their words.
    pub reason: String,
    /// The journal record that holds it.
    pub offset: u64,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

impl PersonLine {
    /// Adds the fields that this line shows.
    pub(crate) fn tell(&self, shown: &mut Shown) {
        shown.masked.extend(self.identifier.as_ref().map(IdentifierView::field));
    }
}

impl PersonView {
    /// Who and what this page shows.
    pub(crate) fn shown(&self) -> Shown {
        let mut shown = Shown::people([self.id]);
        for kept in &self.traits {
            let fields = if kept.value.is_some() { &mut shown.fields } else { &mut shown.masked };
            fields.insert(Self::field_of_trait(&kept.name));
        }
        shown.fields.extend(self.computed.iter().map(|kept| Self::field_of_trait(&kept.name)));
        shown.fields.extend(self.consent.iter().map(ConsentView::field));
        shown.masked.extend(self.identifiers.iter().map(IdentifierView::field));
        for group in &self.groups {
            shown.masked.insert("groups.id".to_owned());
            shown.fields.extend(group.traits.iter().map(|(name, _)| format!("groups.{name}")));
        }
        shown
    }

    /// What the ledger calls a trait that was shown.
    pub(crate) fn field_of_trait(name: &str) -> String {
        format!("traits.{name}")
    }
}

impl IdentifierView {
    fn field(&self) -> String {
        format!("identifiers.{}", self.kind)
    }
}

impl From<ProfileSummary> for PersonLine {
    fn from(line: ProfileSummary) -> Self {
        Self {
            id: line.person.id,
            identifier: line.identifier.map(IdentifierView::from),
            first_seen_ms: line.first_seen_ms,
            last_seen_ms: line.last_seen_ms,
            events: line.events,
        }
    }
}

impl From<Profile> for PersonView {
    fn from(profile: Profile) -> Self {
        Self {
            id: profile.person.id,
            first_seen_ms: profile.first_seen_ms,
            last_seen_ms: profile.last_seen_ms,
            events: profile.events,
            traits: profile.traits.into_iter().map(TraitView::from).collect(),
            computed: profile.computed.into_iter().map(ComputedView::from).collect(),
            consent: profile.consent.into_iter().map(ConsentView::from).collect(),
            identifiers: profile.identifiers.into_iter().map(IdentifierView::from).collect(),
            groups: profile.groups.into_iter().map(GroupView::from).collect(),
            merges: profile.merges.into_iter().map(MergeView::from).collect(),
            parted: profile.parted.into_iter().map(PartedView::from).collect(),
            apart: profile.apart.into_iter().map(ApartView::from).collect(),
        }
    }
}

impl From<Trait> for TraitView {
    fn from(kept: Trait) -> Self {
        let (value, sealed) = match kept.value {
            TraitValue::Plain(text) => (Some(parsed(&text)), None),
            TraitValue::Sealed { class } => (None, Some(class)),
        };
        Self { name: kept.name, time_ms: kept.time_ms, value, sealed }
    }
}

impl From<MaskedIdentifier> for IdentifierView {
    fn from(identifier: MaskedIdentifier) -> Self {
        Self {
            kind: identifier.kind.as_str().to_owned(),
            masked: identifier.masked,
            how: identifier.how,
            offset: identifier.offset.0,
            at_ms: identifier.at_ms,
            origin: identifier.origin.id,
        }
    }
}

impl From<Membership> for GroupView {
    fn from(group: Membership) -> Self {
        let traits = group.traits.into_iter().map(|(name, text)| (name, parsed(&text))).collect();
        Self { masked: group.masked, traits }
    }
}

impl From<MergeReason> for MergeView {
    fn from(merge: MergeReason) -> Self {
        Self {
            from: merge.from.id,
            into: merge.into.id,
            reason: merge.reason,
            by: merge.by,
            offset: merge.offset.0,
            at_ms: merge.at_ms,
        }
    }
}

impl From<Parting> for PartedView {
    fn from(parting: Parting) -> Self {
        let Parting { merge, by, reason, offset, at_ms } = parting;
        Self { merge: merge.into(), undone: DecidedView { by, reason, offset: offset.0, at_ms } }
    }
}

impl From<KeptApart> for ApartView {
    fn from(kept: KeptApart) -> Self {
        let KeptApart { one, by, reason, offset, at_ms, .. } = kept;
        Self { other: one.id, said: DecidedView { by, reason, offset: offset.0, at_ms } }
    }
}

impl Row for PersonLine {
    fn document(&self) -> Value {
        json!({
            "id": self.id,
            "identifier": self.identifier.as_ref().map(identifier),
            "first_seen_ms": self.first_seen_ms,
            "last_seen_ms": self.last_seen_ms,
            "events": self.events,
        })
    }
}

impl Row for PersonView {
    fn document(&self) -> Value {
        let traits: Map<String, Value> =
            self.traits.iter().map(|kept| (kept.name.clone(), kept.document())).collect();
        let computed: Map<String, Value> =
            self.computed.iter().map(|kept| (kept.name.clone(), kept.document())).collect();
        let groups: Vec<Value> = self
            .groups
            .iter()
            .map(|group| json!({ "masked": group.masked, "traits": group.traits.iter().cloned().collect::<Map<_, _>>() }))
            .collect();
        json!({
            "id": self.id,
            "first_seen_ms": self.first_seen_ms,
            "last_seen_ms": self.last_seen_ms,
            "events": self.events,
            "traits": traits,
            "computed": computed,
            "consent": self.consent.iter().map(Row::document).collect::<Vec<_>>(),
            "identifiers": self.identifiers.iter().map(identifier).collect::<Vec<_>>(),
            "groups": groups,
            "merges": self.merges.iter().map(MergeView::document).collect::<Vec<_>>(),
            "parted": self.parted.iter().map(PartedView::document).collect::<Vec<_>>(),
            "apart": self.apart.iter().map(ApartView::document).collect::<Vec<_>>(),
        })
    }
}

impl TraitView {
    pub(crate) fn document(&self) -> Value {
        match (&self.value, self.sealed) {
            (Some(value), _) => json!({ "value": value, "at_ms": self.time_ms }),
            (None, sealed) => json!({ "sealed": sealed.map(Class::as_str), "at_ms": self.time_ms }),
        }
    }
}

impl ComputedView {
    pub(crate) fn document(&self) -> Value {
        json!({ "value": self.value, "at_ms": self.at_ms })
    }
}

impl MergeView {
    fn document(&self) -> Value {
        json!({
            "from": self.from,
            "into": self.into,
            "reason": self.reason,
            "by": self.by,
            "offset": self.offset,
            "at_ms": self.at_ms,
        })
    }
}

impl PartedView {
    fn document(&self) -> Value {
        json!({ "merge": self.merge.document(), "undone": self.undone.document() })
    }
}

impl ApartView {
    fn document(&self) -> Value {
        json!({ "person": self.other, "said": self.said.document() })
    }
}

impl DecidedView {
    fn document(&self) -> Value {
        json!({ "by": self.by, "reason": self.reason, "offset": self.offset, "at_ms": self.at_ms })
    }
}

fn identifier(view: &IdentifierView) -> Value {
    json!({
        "kind": view.kind,
        "masked": view.masked,
        "how": view.how,
        "offset": view.offset,
        "at_ms": view.at_ms,
        "origin": view.origin,
    })
}

pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
