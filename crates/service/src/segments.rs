//! Segments as members and programs see them: how large a condition is, who is in, and why somebody is.

use ::segments::definition;
use ::segments::why::Why;
use guard::Granted;
use model::{PersonId, WorkspaceId};
use question::{Ask, People, Question, Select, words};
use rows::{PersonLine, Released};
use serde_json::{Value, json};

use crate::questions::unanswered;
use crate::{ServiceError, Services};

/// How large a condition is that somebody is writing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size {
    /// How many people.
    pub people: u64,
    /// What it says.
    pub words: String,
}

/// A page of a segment's people.
pub struct Members {
    /// The lines, masked.
    pub lines: Vec<Released<PersonLine>>,
    /// Where the next page begins, if there is more.
    pub next: Option<PersonId>,
}

impl Services {
    /// How many people a condition would have now.
    ///
    /// # Errors
    /// The condition is not right, the ledger's, the store's.
    pub fn segment_size(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        who: &Value,
    ) -> Result<Size, ServiceError> {
        let audience = definition::read(who)?;
        self.enter_look(granted, "segment.sized", "segment", json!({}))?;
        let words = words::audience(&audience);
        let question = Question::People(People { who: audience, select: Select::Count, limit: 1 });
        let answer = self.insight.ask(workspace, &question).map_err(unanswered)?;
        let people = answer.rows.first().and_then(|row| row.first()).and_then(Value::as_u64);
        Ok(Size { people: people.unwrap_or_default(), words })
    }

    /// A page of the people who are in a segment, masked and counted.
    ///
    /// # Errors
    /// Not found, the budget of people is spent, the ledger's, the database's.
    pub fn segment_people(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (segment, after, limit): (&str, Option<PersonId>, u32),
    ) -> Result<Members, ServiceError> {
        let (ids, next) = self.segments.people(workspace, segment, after, limit.clamp(1, rows::PAGE_MAX))?;
        let id = self.segments.standing(workspace, segment)?.id;
        let lines = self.rows.these(granted, workspace, &ids, &id.to_string())?;
        Ok(Members { lines, next })
    }

    /// Why a person is in a segment or not. A look at that person: counted and entered.
    ///
    /// # Errors
    /// Not found, the budget of people is spent, the ledger's, the store's.
    pub fn segment_why(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (segment, person): (&str, PersonId),
    ) -> Result<Why, ServiceError> {
        let id = self.segments.standing(workspace, segment)?.id;
        let found = self.rows.these(granted, workspace, &[person], &id.to_string())?;
        if found.is_empty() {
            return Err(ServiceError::NotFound { what: "person" });
        }
        Ok(self.segments.why(workspace, segment, person)?)
    }
}
