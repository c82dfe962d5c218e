//! The rules of identity: which person an event is of. docs/people.md says them in plain words.

use model::{EventRecord, Kind, PersonCode};

use crate::batch::{Batch, Room};
use crate::error::PeopleError;
use crate::identifiers::{Identifier, IdentifierKind, Identifiers};

/// The most anonymous ids of one person; further ones are counted, never joined.
pub const ANONYMOUS_IDS_MAX: i64 = 50;

/// How two identifiers came to be of one person; kept beside the identifier as the explanation.
#[derive(Clone, Copy)]
pub(crate) enum How {
    First,
    Together,
    Alias,
}

impl How {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::First => "first seen",
            Self::Together => "anonymous id seen together with the user id",
            Self::Alias => "alias from the previous id to the user id",
        }
    }
}

/// How, by which record, and when.
#[derive(Clone, Copy)]
pub(crate) struct Why {
    pub(crate) how: How,
    pub(crate) offset: u64,
    /// Of the event, milliseconds since 1970, UTC.
    pub(crate) at_ms: i64,
}

impl Batch<'_> {
    /// The person of a new event, made if need be. `None` if nothing in it says who it was.
    pub(crate) fn identify(
        &mut self,
        room: &Room,
        event: &EventRecord,
        offset: u64,
    ) -> Result<Option<PersonCode>, PeopleError> {
        let ids = Identifiers::of(event, &room.keys.hash);
        let first = Why { how: How::First, offset, at_ms: event.time_ms };
        let person = match (&ids.user, &ids.anonymous) {
            (None, None) => return Ok(None),
            (Some(user), Some(anonymous)) => {
                self.join(room, user, anonymous, Why { how: How::Together, ..first })?
            }
            (Some(only), None) | (None, Some(only)) => match self.find(room, only)? {
                Some(identity) => identity.code,
                None => self.create(room, only, first)?,
            },
        };
        if let (Some(user), Kind::Alias) = (&ids.user, event.kind) {
            return self.alias(room, user, person, event, offset).map(Some);
        }
        Ok(Some(person))
    }

    /// The person of a user id that came together with an anonymous id.
    fn join(
        &mut self,
        room: &Room,
        user: &Identifier<'_>,
        anonymous: &Identifier<'_>,
        why: Why,
    ) -> Result<PersonCode, PeopleError> {
        let device = self.find(room, anonymous)?;
        match (self.find(room, user)?, device) {
            (Some(known), Some(device)) => {
                // A tied id stays where it is: two people may share a device.
                if !device.tied && device.code != known.code {
                    self.merge_device(room, known.code, device.code, why)?;
                }
                Ok(known.code)
            }
            (Some(known), None) => {
                self.tie(room, known.code, anonymous, why)?;
                Ok(known.code)
            }
            (None, Some(device)) if !device.tied => {
                // The device's person becomes known: no second person, so nothing to merge.
                self.add(room, device.code, user, true, why)?;
                self.tie_all(room, device.code)?;
                Ok(device.code)
            }
            (None, device) => {
                let code = self.create(room, user, Why { how: How::First, ..why })?;
                if device.is_none() {
                    self.tie(room, code, anonymous, why)?;
                }
                Ok(code)
            }
        }
    }

    /// Merges a device's person without user id into a known one, unless that has too many already or a member said that
    /// they are two.
    fn merge_device(
        &mut self,
        room: &Room,
        known: PersonCode,
        device: PersonCode,
        why: Why,
    ) -> Result<(), PeopleError> {
        if self.are_apart(room, known, device)? {
            return Ok(());
        }
        if self.anonymous_ids(room, known)? + self.anonymous_ids(room, device)? > ANONYMOUS_IDS_MAX {
            return self.count_overflow(room, known, IdentifierKind::AnonymousId.as_str());
        }
        self.decide_merge(room, known, device, why)
    }

    /// An alias ties an anonymous previous id; between two known users it is a suggestion.
    fn alias(
        &mut self,
        room: &Room,
        user: &Identifier<'_>,
        person: PersonCode,
        event: &EventRecord,
        offset: u64,
    ) -> Result<PersonCode, PeopleError> {
        let previous = |kind| Identifier::new(kind, event.previous_id.as_deref(), &room.keys.hash);
        let (Some(as_user), Some(as_device)) =
            (previous(IdentifierKind::UserId), previous(IdentifierKind::AnonymousId))
        else {
            return Ok(person);
        };
        if as_user.hash == user.hash {
            return Ok(person);
        }
        let other = match self.find(room, &as_user)? {
            Some(known) => Some(known),
            None => self.find(room, &as_device)?.filter(|device| device.tied),
        };
        match other {
            Some(other) => {
                self.suggest(room, person, other.code, offset)?;
                Ok(person)
            }
            None => {
                let why = Why { how: How::Alias, offset, at_ms: event.time_ms };
                self.join(room, user, &as_device, why)
            }
        }
    }
}
