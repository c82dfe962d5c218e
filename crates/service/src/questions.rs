//! Questions and their answers.

use guard::Granted;
use model::WorkspaceId;
use question::{Answer, Ask, AskError, Question};
use serde_json::json;

use crate::{ServiceError, Services, shown};

impl Services {
    /// Answers a question document.
    ///
    /// # Errors
    /// The document is wrong (named by its place), not answered by this release, or too large an answer.
    pub fn ask(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        document: &[u8],
    ) -> Result<Answer, ServiceError> {
        let question = Question::from_json(document).map_err(invalid)?;
        // The values of its conditions may be personal: the entry holds the kind and not the question.
        let about = json!({ "kind": question.kind() });
        let asked = serde_json::to_value(&question).map_err(ServiceError::broke)?;
        self.segments.named_in(workspace, &asked)?;
        self.enter_shown(granted, ("question.asked", "question"), &shown::of_question(&asked), &about)?;
        self.insight.ask(workspace, &question).map_err(unanswered)
    }
}

/// Why there is no answer, for the caller.
pub(crate) fn unanswered(error: AskError) -> ServiceError {
    match error {
        AskError::Invalid(error) => invalid(error),
        AskError::NotYet { .. } => {
            ServiceError::Invalid { field: "/kind".to_owned(), fix: error.to_string() }
        }
        AskError::TooLarge { problem, fix } => {
            ServiceError::Invalid { field: String::new(), fix: format!("{problem}; {fix}") }
        }
        other => ServiceError::broke(other),
    }
}

/// What is wrong with a document, for the caller.
pub(crate) fn invalid(error: question::Invalid) -> ServiceError {
    let field = if error.pointer.is_empty() { "question".to_owned() } else { error.pointer };
    ServiceError::Invalid { field, fix: format!("{}: {}", error.problem, error.fix) }
}
