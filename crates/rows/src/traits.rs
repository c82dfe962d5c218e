//! One trait of a person: what it is, and what it was. A sealed value is shown by its class, here as everywhere.

use guard::Granted;
use ledger::Shown;
use model::{Class, PersonId, SourceId, WorkspaceId};
use people::profile::{ComputedValue, TraitHistory, TraitValue};
use serde_json::{Value, json};

use crate::error::RowsError;
use crate::released::Released;
use crate::view::{ComputedView, Row, TraitView, parsed};
use crate::{PersonView, Rows};

/// A trait with its last values.
pub struct TraitHistoryView {
    /// Whose.
    pub person: PersonId,
    /// Its name.
    pub name: String,
    /// What senders say it is now.
    pub value: Option<TraitView>,
    /// What is worked out under this name, which goes before what senders say.
    pub computed: Option<ComputedView>,
    /// The last values that senders gave it, the newest first.
    pub changes: Vec<ChangeView>,
}

/// A value that a trait got.
pub struct ChangeView {
    /// When the event happened that said so, milliseconds since 1970, UTC.
    pub time_ms: i64,
    /// The source that it came by.
    pub source: SourceId,
    /// The value, where it is not personal; `null` where the trait was removed.
    pub value: Option<Value>,
    /// What kind of value was sealed.
    pub sealed: Option<Class>,
}

impl Rows {
    /// A trait of a person with its last values; `None` where there is no such person, or they never had it.
    ///
    /// # Errors
    /// The budget, the database's; the ledger's, and then nothing is shown.
    pub fn trait_history(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        (id, name): (PersonId, &str),
    ) -> Result<Option<Released<TraitHistoryView>>, RowsError> {
        let Some(found) = self.people.trait_history(workspace, id, name)? else { return Ok(None) };
        let view = TraitHistoryView::from(found);
        self.count(granted, workspace, &[view.person])?;
        let mut shown = Shown::people([view.person]);
        let is_sealed = view.value.as_ref().is_some_and(|value| value.sealed.is_some())
            || view.changes.iter().any(|change| change.sealed.is_some());
        let fields = if is_sealed { &mut shown.masked } else { &mut shown.fields };
        fields.insert(PersonView::field_of_trait(name));
        self.enter(granted, "person.viewed", &id.to_string(), &shown)?;
        Ok(Some(Released::of(view)))
    }
}

impl From<TraitHistory> for TraitHistoryView {
    fn from(history: TraitHistory) -> Self {
        let changes = history.changes.into_iter().map(|change| {
            let (value, sealed) = match change.value {
                Some(TraitValue::Plain(text)) => (Some(parsed(&text)), None),
                Some(TraitValue::Sealed { class }) => (None, Some(class)),
                None => (Some(Value::Null), None),
            };
            ChangeView { time_ms: change.time_ms, source: change.source, value, sealed }
        });
        Self {
            person: history.person.id,
            name: history.name,
            value: history.value.map(TraitView::from),
            computed: history.computed.map(ComputedView::from),
            changes: changes.collect(),
        }
    }
}

impl From<ComputedValue> for ComputedView {
    fn from(kept: ComputedValue) -> Self {
        Self { name: kept.name, value: parsed(&kept.value), at_ms: kept.at_ms }
    }
}

impl Row for TraitHistoryView {
    fn document(&self) -> Value {
        let change = |change: &ChangeView| match change.sealed {
            Some(class) => {
                json!({ "sealed": class.as_str(), "at_ms": change.time_ms, "source": change.source })
            }
            None => json!({ "value": change.value, "at_ms": change.time_ms, "source": change.source }),
        };
        json!({
            "person": self.person,
            "name": self.name,
            "now": self.value.as_ref().map(TraitView::document),
            "computed": self.computed.as_ref().map(ComputedView::document),
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
        })
    }
}
