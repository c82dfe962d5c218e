//! The result of screening: the only type the journal takes an event from.

use model::EventRecord;

/// An event that has been screened. Nothing outside this crate can make one.
#[derive(Clone, PartialEq, Debug)]
pub struct Clean(EventRecord);

impl Clean {
    pub(crate) fn new(record: EventRecord) -> Self {
        Self(record)
    }

    /// What is kept of the event.
    pub fn record(&self) -> &EventRecord {
        &self.0
    }

    /// What is kept of the event, by value.
    pub fn into_record(self) -> EventRecord {
        self.0
    }
}
