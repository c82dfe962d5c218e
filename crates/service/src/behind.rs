//! The people behind a number of an answer: whom the number counts, page by page, through the row-writer.

use guard::Granted;
use model::{PersonId, WorkspaceId};
use question::{Place, Question};
use rows::{PersonLine, Released};
use serde_json::{Value, json};

use crate::questions::{invalid, unanswered};
use crate::{ServiceError, Services, shown};

/// Which number, and which page of the people behind it.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// The question, as it was asked.
    pub question: &'a Value,
    /// The place of the number in its answer.
    pub of: &'a Value,
    /// The last person of the page before.
    pub after: Option<PersonId>,
    /// How many people at most.
    pub limit: u32,
}

/// A page of the people behind a number.
pub struct Behind {
    /// How many there are in all, as it is now.
    pub people: u64,
    /// The lines, masked.
    pub lines: Vec<Released<PersonLine>>,
    /// Where the next page begins, if there is more.
    pub next: Option<PersonId>,
}

impl Services {
    /// A page of the people behind a number, masked and counted, in the order in which they came to be known. Both the right
    /// to ask and the right to list people are needed.
    ///
    /// # Errors
    /// The question or the place is wrong (named by its place) or not told by this release, the budget of people is spent,
    /// the ledger's, the store's.
    pub fn people_behind(
        &self,
        (ask, list): (&Granted, &Granted),
        workspace: WorkspaceId,
        number: Number<'_>,
    ) -> Result<Behind, ServiceError> {
        let question = Question::from_json(number.question.to_string().as_bytes()).map_err(|mut error| {
            error.pointer.insert_str(0, "/question");
            invalid(error)
        })?;
        let place = Place::read(&question, number.of).map_err(invalid)?;
        let asked = serde_json::to_value(&question).map_err(ServiceError::broke)?;
        self.segments.named_in(workspace, &asked)?;
        // The values of its conditions may be personal: the entry holds the kind and not the question.
        let about = json!({ "kind": question.kind(), "behind": true });
        self.enter_shown(ask, ("question.asked", "question"), &shown::of_question(&asked), &about)?;
        let after = match number.after {
            Some(after) => {
                Some(self.people.code_of(workspace, after)?.ok_or_else(|| ServiceError::Invalid {
                    field: "after".to_owned(),
                    fix: "use the `next` of the page before; that person is known no more".to_owned(),
                })?)
            }
            None => None,
        };
        let crowd = self.insight.behind(workspace, &question, &place).map_err(unanswered)?;
        let limit = number.limit.clamp(1, rows::PAGE_MAX) as usize;
        let mut codes = crowd.page(after, limit + 1);
        let more = codes.len() > limit;
        codes.truncate(limit);
        let ids: Vec<PersonId> = self.people.public_ids(workspace, &codes)?.into_iter().flatten().collect();
        let lines = self.rows.these(list, workspace, &ids, "question")?;
        let next = if more { ids.last().copied() } else { None };
        Ok(Behind { people: crowd.people(), lines, next })
    }
}
