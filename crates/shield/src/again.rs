//! Screening what was screened before, by the rules of today: for events that waited in quarantine.

use std::borrow::Cow;

use model::{Event, EventRecord, SealedValue, Sensitivity};

use crate::Shield;
use crate::case::Case;
use crate::clean::Clean;
use crate::declared::Declared;
use crate::refusal::Refusal;

impl Shield {
    /// Screens a record again. Marks stay as they are, and so do the values on their way to the vault, but for those that
    /// are now known to be secrets: these leave.
    ///
    /// # Errors
    /// As [`Shield::screen`].
    pub fn screen_again(
        &self,
        record: EventRecord,
        keyed_hash: &dyn Fn(&str) -> String,
        declared: &Declared,
    ) -> Result<Clean, Refusal> {
        let EventRecord { sealed, findings, .. } = record;
        let event = Event {
            workspace: record.workspace,
            source: record.source,
            message_id: Cow::Owned(record.message_id),
            kind: record.kind,
            name: Cow::Owned(record.name),
            time_ms: record.time_ms,
            received_ms: record.received_ms,
            user_id: record.user_id.map(Cow::Owned),
            anonymous_id: record.anonymous_id.map(Cow::Owned),
            group_id: record.group_id.map(Cow::Owned),
            previous_id: record.previous_id.map(Cow::Owned),
            properties: Cow::Owned(record.properties),
            traits: Cow::Owned(record.traits),
            context: Cow::Owned(record.context),
        };
        let mut screened = self.screen_declared(event, keyed_hash, declared)?.into_record();
        screened.sealed.extend(sealed.into_iter().filter(|value| !self.is_secret(value)));
        screened.findings.extend(findings);
        Ok(Clean::new(screened))
    }

    fn is_secret(&self, sealed: &SealedValue) -> bool {
        let Ok(value) = serde_json::value::to_raw_value(&sealed.value) else { return true };
        let key = sealed.name.rsplit('.').next().unwrap_or_default();
        let nothing = Cow::Borrowed("");
        let (id, event, path) = (nothing.clone(), nothing.clone(), nothing);
        let case = Case { id, event, path, key: Cow::Borrowed(key), value: &value, sib: None };
        self.classify(&case).is_some_and(|class| class.sensitivity() == Sensitivity::Secret)
    }
}
