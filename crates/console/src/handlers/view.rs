//! What several pages show: events, and the names of sources.

use std::collections::HashMap;

use collect::RefusalPlace;
use door::Permit;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{PersonId, SourceId, WorkspaceId};
use policy::actions::{ListMembers, ListSources};
use serde_json::{Map, Value};
use service::{ServiceError, Services};
use store::StoredEvent;

use super::inside::{Inside, instant};
use crate::components::copy;
use crate::components::event::EventView;

/// The names of the sources, for those who may list them; for others a source has no name.
#[derive(Clone, Default)]
pub(crate) struct SourceNames {
    names: HashMap<SourceId, String>,
    first_key: Option<String>,
}

impl SourceNames {
    /// The names, where the caller may list sources.
    ///
    /// # Errors
    /// The database's.
    pub(crate) fn read(
        services: &Services,
        may: Option<&Permit<ListSources>>,
        workspace: WorkspaceId,
    ) -> Result<Self, ServiceError> {
        let Some(may) = may else { return Ok(Self::default()) };
        let sources = services.sources(may.granted(), workspace)?;
        let first_key =
            sources.iter().find(|source| source.disabled_ms.is_none()).map(|source| source.write_key.clone());
        Ok(Self { names: sources.into_iter().map(|source| (source.id, source.name)).collect(), first_key })
    }

    /// The name of a source, or nothing.
    pub(crate) fn of(&self, id: SourceId) -> String {
        self.names.get(&id).cloned().unwrap_or_default()
    }

    /// The name of the source that something was refused from, or nothing.
    pub(crate) fn of_refusal(&self, place: &RefusalPlace) -> String {
        place.source.map(|id| self.of(id)).unwrap_or_default()
    }

    /// The line that sends an event; with a key of the workspace where the caller may see one.
    pub(crate) fn curl_line(&self, collect_url: &str) -> String {
        copy::curl_line(collect_url, self.first_key.as_deref().unwrap_or("WRITE_KEY"))
    }
}

/// Who did what, by a name that people know: `you`, or the address for those who may list members.
pub(crate) struct MemberNames {
    own: String,
    addresses: HashMap<String, String>,
}

impl MemberNames {
    /// The names, as far as the caller may see them.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub(crate) fn read(
        services: &Services,
        inside: &Inside,
        may: Option<&Permit<ListMembers>>,
    ) -> Result<Self, ServiceError> {
        let members = may.map_or(Ok(Vec::new()), |may| services.guard.members(may.granted()))?;
        let addresses = members.into_iter().map(|member| (member.id.to_string(), member.email)).collect();
        Ok(Self { own: inside.principal().to_owned(), addresses })
    }

    /// The name of a principal; their id where nothing better is known.
    pub(crate) fn of(&self, principal: &str) -> String {
        if principal == self.own {
            return "you".to_owned();
        }
        self.addresses.get(principal).cloned().unwrap_or_else(|| principal.to_owned())
    }
}

/// A stored event as pages show it.
pub(crate) fn event_view(event: StoredEvent, person: Option<PersonId>, names: &SourceNames) -> EventView {
    EventView {
        message_id: event.message_id,
        kind: event.kind,
        name: event.name,
        time: instant(event.time_ms),
        received: instant(event.received_ms),
        source: names.of(event.source),
        person,
        properties: object(&event.properties),
        traits: object(&event.traits),
        context: object(&event.context),
        findings: event.findings,
    }
}

/// The code of a reason in words: `missing_event` is missing event.
pub(crate) fn reason_words(code: &str) -> String {
    code.replace('_', " ")
}

/// What to write where [`parse_moment`] reads.
pub(crate) const NOT_A_MOMENT: &str = "write a day (2026-08-01) or an instant (2026-08-01T12:00:00Z)";

/// A day (midnight UTC) or an instant.
pub(crate) fn parse_moment(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>().ok().or_else(day)
}

/// A field's moment; nothing where nothing was written.
///
/// # Errors
/// It is neither a day nor an instant.
pub(crate) fn moment(field: &str, text: &str) -> Result<Option<i64>, ServiceError> {
    let wrong = || ServiceError::Invalid { field: field.to_owned(), fix: NOT_A_MOMENT.to_owned() };
    let given = Some(text.trim()).filter(|text| !text.is_empty());
    given.map(|text| parse_moment(text).map(|at| at.as_millisecond()).ok_or_else(wrong)).transpose()
}

fn object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}
