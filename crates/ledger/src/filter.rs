//! Which entries are asked for.

use memchr::memmem::Finder;
use model::{PersonId, WorkspaceId};

use crate::entry::{EntryId, Payload};
use crate::error::LedgerError;
use crate::secrets::Stream;
use crate::shown::Shown;

/// The most workspaces that one question covers.
pub const WORKSPACES_MAX: usize = 64;

/// Whose entries are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The installation's own.
    Installation,
    /// Those of these workspaces, at most [`WORKSPACES_MAX`].
    Workspaces(Vec<WorkspaceId>),
}

/// Which entries are asked for. The caller has decided that they may be seen.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose.
    pub scope: Scope,
    /// Only this principal's.
    pub principal: Option<String>,
    /// Only this code.
    pub code: Option<String>,
    /// Only this session's.
    pub session: Option<String>,
    /// Only from there: the mark of an address, or of its network.
    pub from: Option<String>,
    /// Only what was done to this object.
    pub object: Option<String>,
    /// Only what was done to this person, or showed them among others.
    pub person: Option<PersonId>,
    /// From this instant on, milliseconds since 1970, UTC.
    pub from_ms: Option<i64>,
    /// Before this instant.
    pub to_ms: Option<i64>,
    /// Only entries older than this one: the `next` of the page before.
    pub after: Option<EntryId>,
    /// The most entries wanted on a page; at most [`crate::PAGE_ENTRIES_MAX`] are given.
    pub limit: usize,
}

impl Filter {
    /// The newest 100 entries of `scope`.
    pub fn newest(scope: Scope) -> Self {
        Self {
            scope,
            principal: None,
            code: None,
            session: None,
            from: None,
            object: None,
            person: None,
            from_ms: None,
            to_ms: None,
            after: None,
            limit: 100,
        }
    }

    pub(crate) fn streams(&self) -> Result<Vec<Stream>, LedgerError> {
        match &self.scope {
            Scope::Installation => Ok(vec![Stream(None)]),
            Scope::Workspaces(ids) if ids.len() > WORKSPACES_MAX => Err(LedgerError::Malformed {
                what: "question to the ledger",
                rule: "want at most 64 workspaces",
            }),
            Scope::Workspaces(ids) => {
                let mut streams: Vec<Stream> = ids.iter().map(|id| Stream(Some(*id))).collect();
                streams.sort();
                streams.dedup();
                Ok(streams)
            }
        }
    }

    /// Whether an entry of that time can be wanted.
    pub(crate) fn is_in_time(&self, at_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| at_ms >= from) && self.to_ms.is_none_or(|to| at_ms < to)
    }

    pub(crate) fn wants(&self, payload: &Payload) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        is(&self.principal, &payload.principal)
            && is(&self.code, &payload.code)
            && is(&self.object, &payload.object)
            && (self.session.is_none() || self.session == payload.session)
            && self.from.as_ref().is_none_or(|wanted| has_mark(payload.from.as_deref(), wanted))
            && self.person.is_none_or(|person| concerns(payload, person))
    }

    /// What every wanted payload contains somewhere, as it stands in its JSON: most of the others are passed over without
    /// being taken apart.
    pub(crate) fn needles(&self) -> Vec<Finder<'static>> {
        let person = self.person.map(|person| person.to_string());
        let texts = [&self.principal, &self.code, &self.session, &self.from, &self.object, &person];
        let escaped = texts.into_iter().flatten().filter_map(|text| serde_json::to_string(text).ok());
        escaped.map(|text| Finder::new(text.trim_matches('"').as_bytes()).into_owned()).collect()
    }
}

/// A mark names the address and its network, with a dot between.
fn has_mark(from: Option<&str>, wanted: &str) -> bool {
    from.is_some_and(|from| from == wanted || from.split('.').any(|part| part == wanted))
}

fn concerns(payload: &Payload, person: PersonId) -> bool {
    payload.object.parse() == Ok(person) || Shown::of(&payload.detail).people.contains(&person)
}
