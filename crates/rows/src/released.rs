//! A row that may leave.

use std::ops::Deref;

use serde::{Serialize, Serializer};

/// A row whose look is entered in the ledger. Only the row-writer makes one.
pub struct Released<T>(T);

impl<T> Released<T> {
    pub(crate) fn of(row: T) -> Self {
        Self(row)
    }
}

impl<T> Deref for Released<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: crate::view::Row> Serialize for Released<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.document().serialize(serializer)
    }
}
