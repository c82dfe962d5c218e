//! The way back in for followers.

use model::Order;

use crate::append::{Appended, Record};
use crate::error::AppendError;
use crate::journal::Journal;

/// Through this, followers feed what they decided back into the log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    journal: Journal,
}

impl Intake {
    /// A way into `journal`.
    pub fn new(journal: Journal) -> Self {
        Self { journal }
    }

    /// Appends an order and returns when it is durable. Blocks: for threads, not for tasks.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn order(&self, order: Order) -> Result<Appended, AppendError> {
        self.journal.append_blocking(order.workspace(), vec![Record::Order(order)])
    }
}
