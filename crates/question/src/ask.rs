//! Who answers, and who knows people.

use model::{PersonCode, WorkspaceId};
use serde_json::Value;

use crate::{Answer, Invalid, Question};

/// Somebody who answers questions: `insight`, all kinds but SQL. That is answered by `sql`, to whoever may see single events.
pub trait Ask: Send + Sync {
    /// Answers `question` about `workspace`. Whether it may be asked is the guard's matter and decided before.
    ///
    /// # Errors
    /// [`AskError`]; SQL is none of its kinds, and says so.
    fn ask(&self, workspace: WorkspaceId, question: &Question) -> Result<Answer, AskError>;
}

/// Somebody who knows the traits of people. A sealed trait is never given out here, only that it is there.
pub trait Who: Send + Sync {
    /// Today's value of the trait `name` (nested ones joined by dots) of each of `people`, in their order;
    /// `None` where somebody has none. Codes that were merged away are answered like their survivor.
    ///
    /// # Errors
    /// [`WhoError`] when the people cannot be read.
    fn traits(
        &self,
        workspace: WorkspaceId,
        name: &str,
        people: &[PersonCode],
    ) -> Result<Vec<Option<Value>>, WhoError>;
}

/// The people could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the traits of people cannot be read: {0}")]
pub struct WhoError(pub Box<dyn std::error::Error + Send + Sync>);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The question itself is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// As many questions of its kind are being answered as may be at a time.
    #[error(
        "{most} questions in SQL are being answered, as many as may be at a time; ask again in a few seconds"
    )]
    Busy {
        /// How many may be.
        most: usize,
    },
    /// The answer would be larger than the limits allow.
    #[error("the answer is too large: {problem}; {fix}")]
    TooLarge {
        /// Which limit.
        problem: String,
        /// How to ask for less.
        fix: String,
    },
    /// The people could not be read.
    #[error(transparent)]
    Who(#[from] WhoError),
    /// The events could not be read.
    #[error("the events cannot be read: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}
