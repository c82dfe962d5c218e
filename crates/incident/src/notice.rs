//! What an affected workspace is told: what article 33 of the GDPR asks a processor to tell (nature, categories, numbers,
//! likely consequences, measures, whom to ask), with the workspace's own facts. It names nobody: the exact list is the
//! workspace's own to open.

use crate::error::IncidentError;
use crate::scope::{Count, FieldShown, Summary, WorkspaceScope};

/// The longest text that people may write into a notice.
pub const WORDS_BYTES_MAX: usize = 4_000;
/// How many names of fields stand in a notice; the list has all.
const FIELDS_NAMED_MAX: usize = 60;

/// What only people know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// What happened.
    pub nature: String,
    /// What it may lead to.
    pub consequences: String,
    /// What was done and will be done.
    pub measures: String,
    /// Whom to ask.
    pub contact: String,
}

impl Words {
    /// Refuses what is empty or too long.
    ///
    /// # Errors
    /// [`IncidentError::Text`] names the field.
    pub fn check(&self) -> Result<(), IncidentError> {
        let texts = [
            ("nature", &self.nature),
            ("consequences", &self.consequences),
            ("measures", &self.measures),
            ("contact", &self.contact),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() || text.len() > WORDS_BYTES_MAX {
                return Err(IncidentError::Text { field, want: format!("1 to {WORDS_BYTES_MAX} bytes") });
            }
        }
        Ok(())
    }
}

/// The draft for a workspace. With `scope` (where the workspace itself drafts) fields and acts are named; an operator's
/// draft has the numbers alone.
pub fn draft(number: &str, words: &Words, facts: &Summary, scope: Option<&WorkspaceScope>) -> String {
    let mut text = format!("Incident {number}\n\nWhat happened\n{}\n", words.nature.trim());
    if let (Some(first), Some(last)) = (&facts.first_at, &facts.last_at) {
        text.push_str(&format!("Your workspace was touched from {first} to {last}.\n"));
    }
    text.push_str(&format!(
        "\nWhose data, and how much\n{} people were shown in {} looks; {} fields with their values, {} masked only. {} other acts.\n",
        facts.people, facts.looks, facts.fields, facts.masked, facts.acts
    ));
    if let Some(scope) = scope {
        fields(&mut text, "Shown with their values", &scope.fields, "value");
        fields(&mut text, "Shown masked only", &scope.fields, "masked");
        acts(&mut text, &scope.acts);
    }
    text.push_str(&format!("\nLikely consequences\n{}\n", words.consequences.trim()));
    text.push_str(&format!("\nMeasures\n{}\n", words.measures.trim()));
    text.push_str(&format!("\nWhom to ask\n{}\n", words.contact.trim()));
    text.push_str(&format!(
        "\nThe exact list\nIt is open to those who run the workspace, under Incidents, and is made from the ledger: people, fields, \
         counts and times. Its SHA-256 is {}; asked again later it is the same.\n",
        facts.sha256
    ));
    text
}

fn fields(text: &mut String, head: &str, fields: &[FieldShown], form: &str) {
    let names: Vec<&str> =
        fields.iter().filter(|field| field.form == form).map(|field| field.field.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let named = names.iter().take(FIELDS_NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(FIELDS_NAMED_MAX);
    text.push_str(&format!("{head}: {named}"));
    text.push_str(&if more > 0 { format!(", and {more} more.\n") } else { ".\n".to_owned() });
}

fn acts(text: &mut String, acts: &[Count]) {
    if !acts.is_empty() {
        let list: Vec<String> = acts.iter().map(|act| format!("{} ({})", act.of, act.entries)).collect();
        text.push_str(&format!("Done besides: {}.\n", list.join(", ")));
    }
}
