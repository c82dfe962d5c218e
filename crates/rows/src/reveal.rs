//! One value of one person, in clear: counted, entered with the reason, and only then opened.

use guard::Granted;
use ledger::Shown;
use model::{PersonId, WorkspaceId};
use people::IdentifierKind;
use people::profile::TraitValue;
use serde_json::{Value, json};
use stdx::Secret;

use crate::error::RowsError;
use crate::released::Released;
use crate::view::Row;
use crate::{Rows, text_field};

/// A value in clear.
pub struct Revealed {
    /// Whose.
    pub person: PersonId,
    /// Which field: a sealed trait's name, `user_id` or `anonymous_id`.
    pub field: String,
    /// The value.
    pub value: Secret<String>,
}

impl Row for Revealed {
    fn document(&self) -> Value {
        json!({ "person": self.person, "field": self.field, "value": self.value.expose() })
    }
}

impl Rows {
    /// Reveals one field of one person; `None` where there is no such person, or nothing of theirs to reveal by that
    /// name. The look counts against the budget of people seen, and those who run the workspace are told.
    ///
    /// # Errors
    /// A reason or field that is none, the budget, the database's; the ledger's, and then nothing is shown.
    pub fn reveal(
        &self,
        granted: &Granted,
        (workspace, id): (WorkspaceId, PersonId),
        field: &str,
        reason: &str,
    ) -> Result<Option<Released<Revealed>>, RowsError> {
        let (field, reason) = (text_field("field", field, 200)?, text_field("reason", reason, 500)?);
        let Some(profile) = self.people.profile(workspace, id)? else { return Ok(None) };
        let person = profile.person.id;
        let kind = IdentifierKind::from_name(field)
            .filter(|kind| profile.identifiers.iter().any(|found| found.kind == *kind));
        let sealed = profile
            .traits
            .iter()
            .any(|kept| kept.name == field && matches!(kept.value, TraitValue::Sealed { .. }));
        if kind.is_none() && !sealed {
            return Ok(None);
        }
        self.count(granted, workspace, &[person])?;
        let name = if sealed { format!("traits.{field}") } else { format!("identifiers.{field}") };
        let shown = Shown { fields: [name].into(), ..Shown::people([person]) };
        for detail in shown.details(&json!({ "field": field, "reason": reason })) {
            self.ledger.enter(granted.does("person.revealed", person.to_string(), detail))?;
        }
        let told = json!({ "by": granted.principal.answers, "person": person, "field": field });
        self.guard.tell(workspace, "person.revealed", &told)?;
        let value = match kind {
            _ if sealed => self.people.reveal(workspace, person, field)?,
            Some(kind) => {
                let opened = self.people.reveal_identifiers(workspace, person)?;
                opened.into_iter().find(|(found, _)| *found == kind).map(|(_, value)| value)
            }
            None => None,
        };
        Ok(value.map(|value| Released::of(Revealed { person, field: field.to_owned(), value })))
    }
}
