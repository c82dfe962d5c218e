//! Addresses for a broadcast that may go on: of a few people at a time, entered before, counted against what was approved.

use guard::grants::Sending;
use ledger::Shown;
use model::PersonId;
use people::{OpenFields, OpenedTrait};
use serde_json::json;
use stdx::Secret;

use crate::Rows;
use crate::error::RowsError;

/// The trait that an address stands in.
pub const ADDRESS: &str = "email";
/// How many people's addresses are given out at a time.
pub const PEOPLE_AT_ONCE: usize = 250;

/// One person to write to.
pub struct Addressed {
    /// Who.
    pub id: PersonId,
    /// The address; nothing where there is none any more.
    pub address: Option<Secret<String>>,
    /// The values that the text names, in their order; the text of a JSON value where it was never sealed.
    pub values: Vec<Option<Secret<String>>>,
}

impl Rows {
    /// The addresses of these people, and the values of `names`, for one message each. Somebody who was erased since is
    /// left out.
    ///
    /// # Errors
    /// More people than were approved ([`RowsError::Stopped`]), the database's; the ledger's, and then nothing is given out.
    pub fn addressed(
        &self,
        sending: &Sending,
        ids: &[PersonId],
        names: &[String],
    ) -> Result<Vec<Addressed>, RowsError> {
        let many = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        if ids.len() > PEOPLE_AT_ONCE || !sending.count(many) {
            return Err(RowsError::Stopped);
        }
        let wanted: Vec<String> = std::iter::once(ADDRESS.to_owned()).chain(names.iter().cloned()).collect();
        // Whoever asked for the send is shown nothing of it; the people are named so that it can be told who got what.
        let shown = Shown::people(ids.iter().copied());
        let about = json!({ "grant": sending.grant().id, "to": "relay", "rows": ids.len(), "used": wanted });
        for detail in shown.details(&about) {
            self.ledger.enter(sending.does("people.mailed", detail))?;
        }
        let fields = OpenFields { identifiers: Vec::new(), traits: wanted };
        let opened = self.people.opened(sending.grant().workspace, ids, &fields)?;
        let people = opened.into_iter().map(|person| {
            let mut values = person.traits.into_iter().map(|value| value.map(text_of));
            Addressed { id: person.id, address: values.next().flatten(), values: values.collect() }
        });
        Ok(people.collect())
    }
}

fn text_of(value: OpenedTrait) -> Secret<String> {
    match value {
        OpenedTrait::Plain(text) => Secret::new(match serde_json::from_str(&text) {
            Ok(serde_json::Value::String(text)) => text,
            _ => text,
        }),
        OpenedTrait::Sealed { value, .. } => value,
    }
}
