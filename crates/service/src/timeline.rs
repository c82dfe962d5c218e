//! What a person did and what happened to who they are, in one order, the newest first.

use guard::Granted;
use model::{PersonId, WorkspaceId};
use rows::{IdentifierView, PersonView, Released};
use store::StoredEvent;

use crate::events::Wanted;
use crate::{ServiceError, Services};

/// A page of a timeline.
pub struct Timeline {
    /// Whose, masked.
    pub person: Released<PersonView>,
    /// Its lines, the newest first.
    pub lines: Vec<Line>,
    /// How many of them are events.
    pub events: usize,
    /// Where the next page begins, if there is more.
    pub next: Option<String>,
}

/// A line of a timeline.
pub enum Line {
    /// Something that they did.
    Event(Box<StoredEvent>, Option<PersonId>),
    /// Something that happened to who they are.
    Moment(Moment),
}

/// Something that happened to who somebody is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What.
    pub what: What,
    /// The rule, or a member's words.
    pub why: String,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// An identifier came to be theirs: its kind, and the value masked.
    Identified {
        /// `user_id`, `anonymous_id`, …
        kind: String,
        /// Its first letters and `…`.
        masked: String,
    },
    /// They became one with somebody.
    Merged(PersonId),
    /// They are two again.
    Separated(PersonId),
}

impl Line {
    /// When, milliseconds since 1970, UTC.
    pub fn at_ms(&self) -> i64 {
        match self {
            Self::Event(event, _) => event.time_ms,
            Self::Moment(moment) => moment.at_ms,
        }
    }
}

impl Services {
    /// A page of a person's timeline: `limit` events, and the moments of the time that they cover. A look at the person and a
    /// look at events, each entered.
    ///
    /// # Errors
    /// A cursor that is none, a person that is not there, the budget of people is spent, the store's, the ledger's.
    pub fn timeline(
        &self,
        (view, read): (&Granted, &Granted),
        workspace: WorkspaceId,
        id: PersonId,
        (limit, after): (usize, Option<String>),
    ) -> Result<Timeline, ServiceError> {
        let person = self.rows.person(view, workspace, id)?;
        let person = person.ok_or(ServiceError::NotFound { what: "person" })?;
        let (until_ms, after) = after.as_deref().map(read_cursor).transpose()?.unzip();
        let page =
            self.events(read, workspace, &Wanted { person: Some(id), limit, after, ..Wanted::default() })?;
        let last_ms = page.items.last().map(|(event, _)| event.time_ms);
        let from_ms = last_ms.filter(|_| page.next.is_some());
        let mut moments = moments(&person);
        moments.retain(|moment| {
            until_ms.is_none_or(|until_ms| moment.at_ms <= until_ms)
                && from_ms.is_none_or(|from_ms| moment.at_ms > from_ms)
        });
        let next = page.next.zip(last_ms).map(|(next, last_ms)| format!("{last_ms}~{next}"));
        let events = page.items.len();
        let done = page.items.into_iter().map(|(event, of)| Line::Event(Box::new(event), of));
        let mut lines: Vec<Line> = done.chain(moments.into_iter().map(Line::Moment)).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.at_ms()));
        Ok(Timeline { person, lines, events, next })
    }
}

/// The time of the event before the page, up to which moments were told, and where its events begin.
fn read_cursor(text: &str) -> Result<(i64, String), ServiceError> {
    let parts = text.split_once('~').and_then(|(time, rest)| Some((time.parse().ok()?, rest.to_owned())));
    parts.ok_or_else(|| ServiceError::Invalid {
        field: "after".to_owned(),
        fix: "use the `next` of the page before".to_owned(),
    })
}

/// What happened to who they are.
fn moments(person: &PersonView) -> Vec<Moment> {
    let identified = |identifier: &IdentifierView| {
        let what = What::Identified { kind: identifier.kind.clone(), masked: identifier.masked.clone() };
        Some(Moment { at_ms: identifier.at_ms?, what, why: identifier.how.clone() })
    };
    let mut moments: Vec<Moment> = person.identifiers.iter().filter_map(identified).collect();
    for merge in &person.merges {
        let (what, why) = (What::Merged(merge.from), merge.reason.clone());
        moments.push(Moment { at_ms: merge.at_ms, what, why });
    }
    for parted in &person.parted {
        let is_own = |id: PersonId| id == person.id || person.merges.iter().any(|merge| merge.from == id);
        let (merge, undone) = (&parted.merge, &parted.undone);
        let other = if is_own(merge.from) { merge.into } else { merge.from };
        moments.push(Moment { at_ms: merge.at_ms, what: What::Merged(other), why: merge.reason.clone() });
        let why = undone.reason.clone();
        moments.push(Moment { at_ms: undone.at_ms, what: What::Separated(other), why });
    }
    moments
}
