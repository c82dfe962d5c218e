//! Rows of an answer in SQL. They name nobody, and could still tell of one person each: beyond as many as the groups of other
//! kinds of question, each counts as one.

use guard::Granted;
use model::{PersonId, WorkspaceId};
use serde_json::{Value, json};

use crate::Rows;
use crate::error::RowsError;

/// How many rows of an answer count for nobody.
pub const ROWS_FREE: usize = 50;
/// The entry of an answer whose rows were counted.
pub(crate) const CODE: &str = "question.rows";

impl Rows {
    /// Counts the rows of an answer that could tell of single people, and enters how many there are.
    ///
    /// # Errors
    /// The budget; the ledger's, and then nothing is shown.
    pub fn answered(&self, granted: &Granted, workspace: WorkspaceId, rows: usize) -> Result<(), RowsError> {
        let counted = rows.saturating_sub(ROWS_FREE);
        if counted == 0 {
            return Ok(());
        }
        self.count(granted, workspace, &strangers(counted))?;
        let mut detail = json!({ "rows": rows, "counted": counted });
        if let (Some(_), Some(maker)) = (granted.principal.token, granted.principal.answers) {
            detail["for"] = json!(maker);
        }
        self.ledger.enter(granted.does(CODE, "question", detail))?;
        Ok(())
    }
}

/// Those who stand for the rows that an entry counted.
pub(crate) fn recalled(detail: &Value) -> Vec<PersonId> {
    strangers(
        detail["counted"].as_u64().and_then(|counted| usize::try_from(counted).ok()).unwrap_or_default(),
    )
}

/// So many who were never seen before: nobody knows whom a row tells of.
fn strangers(count: usize) -> Vec<PersonId> {
    (0..count).map(|_| PersonId(u128::from_le_bytes(stdx::random_array::<16>()))).collect()
}
