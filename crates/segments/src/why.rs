//! Why a person is in a segment or not: every part of the condition, whether it holds, and how often something was done.
//! No value of the person's is in it.

use insight::judge::Whom;
use model::{PersonId, WorkspaceId};
use question::{Audience, words};

use crate::error::SegmentError;
use crate::members;
use crate::segments::Segments;

/// Why somebody is in or out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// Who, as they are called today.
    pub person: PersonId,
    /// Whether they are in, as it is kept.
    pub is_in: bool,
    /// Since when, and what brought them in or out; nothing for somebody who was never in.
    pub since: Option<(i64, String)>,
    /// When it is looked at again though nothing happens, milliseconds since 1970, UTC.
    pub next_ms: Option<i64>,
    /// The condition's parts, each before what it is made of; none for a list.
    pub parts: Vec<Part>,
}

/// One part of a condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// How deep it stands.
    pub depth: u8,
    /// What it says.
    pub words: String,
    /// Whether it holds.
    pub met: bool,
    /// How often it was done within its window, of a part that counts.
    pub counted: Option<u32>,
}

impl Segments {
    /// Why a person is in a segment or not. Whoever calls this has entered the look in the ledger.
    ///
    /// # Errors
    /// No such segment or person, or what reading brings.
    pub fn why(&self, workspace: WorkspaceId, segment: &str, person: PersonId) -> Result<Why, SegmentError> {
        let known = self.known();
        let live = known.named(workspace, segment).ok_or(SegmentError::NotFound("segment"))?;
        let code = self.0.people.code_of(workspace, person)?.ok_or(SegmentError::NotFound("person"))?;
        let id = self.0.people.by_code(workspace, code)?.ok_or(SegmentError::NotFound("person"))?.id;
        let standing = self.0.people_db.read(|tx| match members::run_of(tx, live.segment.id)? {
            Some(run) => members::standing(tx, run.no, code),
            None => Ok(None),
        })?;
        let mut parts = Vec::new();
        if let Some(audience) = &live.audience {
            let view = self.0.store.view(workspace);
            let now_ms = self.0.clock.now_ms();
            let amounts = self.work_out(workspace, [live].into_iter(), now_ms, &Whom::These(&[code]))?;
            let who = (workspace, &amounts as &dyn question::Who);
            if let Some(told) = insight::judge::explain(&view, audience, now_ms, who, code)? {
                lines(audience, &told, 0, &mut parts);
            }
        }
        let next_ms = standing.as_ref().and_then(|row| row.next_ms);
        let is_in = standing.as_ref().is_some_and(|row| row.is_in);
        Ok(Why { person: id, is_in, since: standing.map(|row| (row.since_ms, row.reason)), next_ms, parts })
    }
}

/// The depth of audiences is bounded where they are read.
fn lines(audience: &Audience, told: &insight::judge::Told, depth: u8, into: &mut Vec<Part>) {
    let (words, parts): (String, &[Audience]) = match audience {
        Audience::All { all } => ("all of these".to_owned(), all),
        Audience::Any { any } => ("at least one of these".to_owned(), any),
        Audience::Not { not } => ("not this".to_owned(), std::slice::from_ref(not.as_ref())),
        Audience::Did(_) | Audience::Is(_) => (words::audience(audience), &[]),
    };
    into.push(Part { depth, words, met: told.met, counted: told.counted });
    for (part, told) in parts.iter().zip(&told.parts) {
        lines(part, told, depth.saturating_add(1), into);
    }
}
