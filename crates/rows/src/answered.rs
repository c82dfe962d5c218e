//! Rows of answers in SQL. They name nobody, and could still tell of one person each: beyond a few an hour, each counts as one.
//! Many people's values can be gathered into one row, so an answer's bytes count as well; and whether there is an answer, or
//! none, or too large a one tells something, so every question counts as a row, whatever comes of it.

use guard::Granted;
use model::WorkspaceId;
use serde_json::{Value, json};

use crate::Rows;
use crate::error::RowsError;

/// How many bytes of an answer count as a row of it, where they are more than its rows.
pub const ROW_BYTES: usize = 256;
/// The entry of a question whose rows were counted.
pub(crate) const CODE: &str = "question.rows";

/// How large an answer is.
#[derive(Clone, Copy, Default, Debug)]
pub struct Size {
    /// Its rows.
    pub rows: usize,
    /// The bytes of its values.
    pub bytes: usize,
}

impl Size {
    /// How many rows it counts as.
    fn taken(self) -> usize {
        self.rows.max(self.bytes.div_ceil(ROW_BYTES)).max(1)
    }
}

impl Rows {
    /// Has a question answered that could tell of single people: counts a row before anything is looked at and the others
    /// before they are shown, and enters how many.
    ///
    /// # Errors
    /// Those of `answer`; the budget; the ledger's, and then nothing is shown.
    pub fn answered<T, E: From<RowsError>>(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        answer: impl FnOnce() -> Result<(T, Size), E>,
    ) -> Result<T, E> {
        let first = self.count_rows(granted, workspace, 1)?;
        let (answer, size) = match answer() {
            Ok((answer, size)) => (Ok(answer), size),
            Err(error) => (Err(error), Size::default()),
        };
        let others = self.count_rows(granted, workspace, size.taken() - 1);
        let (taken, counted) = match &others {
            Ok(counted) => (size.taken(), first + counted),
            Err(_) => (1, first),
        };
        let mut detail =
            json!({ "rows": size.rows, "bytes": size.bytes, "taken": taken, "counted": counted });
        if others.is_err() {
            detail["refused"] = json!(true);
        }
        if let (Some(_), Some(maker)) = (granted.principal.token, granted.principal.answers) {
            detail["for"] = json!(maker);
        }
        self.ledger.enter(granted.does(CODE, "question", detail)).map_err(RowsError::from)?;
        others?;
        answer
    }

    /// How many of these rows were not free.
    fn count_rows(&self, granted: &Granted, workspace: WorkspaceId, rows: usize) -> Result<usize, RowsError> {
        let mut counted = 0;
        self.metered(granted, workspace, |meter, who, now_ms| {
            let (outcome, of_budget) = meter.count_rows(who, rows, now_ms)?;
            counted = of_budget;
            Ok(outcome)
        })?;
        Ok(counted)
    }
}

/// How many rows of an entry were free, and how many were counted. An older one has no `taken`: an answer's rows beyond the
/// first few were counted.
pub(crate) fn recalled(detail: &Value) -> (usize, usize) {
    let number = |field: &str| detail[field].as_u64().and_then(|number| usize::try_from(number).ok());
    let counted = number("counted").unwrap_or_default();
    (number("taken").or_else(|| number("rows")).unwrap_or_default().saturating_sub(counted), counted)
}
