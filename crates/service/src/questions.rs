//! Questions and their answers.

use guard::Granted;
use ledger::Shown;
use model::WorkspaceId;
use question::{Answer, Ask, AskError, Question, Sql};
use rows::answered::Size;
use serde_json::json;

use crate::{ServiceError, Services, shown};

pub use ::sql::TABLES;

/// What a question in SQL may read without showing single people: that something happened, and when.
const OF_NOBODY: [&str; 3] = ["events.event", "events.time", "events.time_ms"];

/// Reads a question document.
///
/// # Errors
/// It is wrong, named by its place.
pub fn read(document: &[u8]) -> Result<Question, ServiceError> {
    Question::from_json(document).map_err(invalid)
}

impl Services {
    /// Answers a question of any kind but SQL.
    ///
    /// # Errors
    /// The question is wrong (named by its place), SQL, or too large an answer.
    pub fn ask(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        question: &Question,
    ) -> Result<Answer, ServiceError> {
        // The values of its conditions may be personal: the entry holds the kind and not the question.
        let about = json!({ "kind": question.kind() });
        let asked = serde_json::to_value(question).map_err(ServiceError::broke)?;
        self.segments.named_in(workspace, &asked)?;
        self.enter_shown(granted, ("question.asked", "question"), &shown::of_question(&asked), &about)?;
        self.insight.ask(workspace, question).map_err(unanswered)
    }

    /// Answers a question in SQL, which can show single events: by the right to read those. What an answer could tell
    /// of single people, by its rows and its bytes, is counted as people shown.
    ///
    /// # Errors
    /// The statement is wrong or reaches a limit; too many are answered at the moment; the budget of people shown.
    pub fn ask_sql(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        question: &Sql,
    ) -> Result<Answer, ServiceError> {
        let asked = self.sql.prepare(workspace, question).map_err(unanswered)?;
        let reads = asked.reads();
        let objects = ["properties", "context", "traits"];
        let is_object = |name: &&String| objects.iter().any(|object| name.ends_with(object));
        let field = |name: &String| name.split('.').next_back().unwrap_or_default().to_owned();
        let shown = Shown { fields: reads.iter().filter(is_object).map(field).collect(), ..Shown::default() };
        self.enter_shown(granted, ("question.asked", "question"), &shown, &json!({ "kind": "sql" }))?;
        let run = || asked.run().map_err(unanswered);
        if reads.iter().all(|name| OF_NOBODY.contains(&name.as_str())) {
            return run();
        }
        self.rows.answered(granted, workspace, || {
            let answer = run()?;
            let size = size(&answer);
            Ok((answer, size))
        })
    }
}

/// The size of an answer: a value is eight bytes, and a text as many more as it is long.
fn size(answer: &Answer) -> Size {
    let values = answer.rows.iter().flatten();
    Size { rows: answer.rows.len(), bytes: values.map(|value| 8 + value.as_str().map_or(0, str::len)).sum() }
}

/// Why there is no answer, for the caller.
pub(crate) fn unanswered(error: AskError) -> ServiceError {
    match error {
        AskError::Invalid(error) => invalid(error),
        AskError::TooLarge { problem, fix } => {
            ServiceError::Invalid { field: String::new(), fix: format!("{problem}; {fix}") }
        }
        AskError::Busy { .. } => ServiceError::Busy(error.to_string()),
        other => ServiceError::broke(other),
    }
}

/// What is wrong with a document, for the caller.
pub(crate) fn invalid(error: question::Invalid) -> ServiceError {
    let field = if error.pointer.is_empty() { "question".to_owned() } else { error.pointer };
    ServiceError::Invalid { field, fix: format!("{}: {}", error.problem, error.fix) }
}
