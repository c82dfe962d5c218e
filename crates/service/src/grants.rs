//! Grants and exports: what is asked for is looked at before it waits for a second person; which people are meant is found
//! here, and their rows leave through `rows` alone.

use std::collections::HashMap;

use guard::Granted;
use guard::grants::{ExportScope, Grant};
use model::{GrantId, PersonCode, PersonId, WorkspaceId};
use question::kinds::Audience;
use question::plain::{self, PlainRow};
use question::{Condition, Field, Question, Who};
use rows::export::Export;
use rows::export::attribute::Attribution;
use serde_json::{Value, json};

use crate::{ServiceError, Services};

/// How many people are looked at at a time.
const PEOPLE_AT_ONCE: u32 = 5_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct AskedExport {
    /// Why.
    pub reason: String,
    /// How long the grant is to hold once approved.
    pub life_s: Option<u64>,
    /// What the file may hold.
    pub scope: ExportScope,
}

impl Services {
    /// Asks for an export. What could not be exported is refused now, not once it is approved.
    ///
    /// # Errors
    /// A field that is not right, more people than rows, guard's, the ledger's.
    pub fn ask_export(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        asked: AskedExport,
    ) -> Result<Grant, ServiceError> {
        let AskedExport { reason, life_s, scope } = asked;
        rows::export::check(&scope)
            .map_err(|(field, fix)| ServiceError::Invalid { field: field.to_owned(), fix })?;
        self.enter_look(granted, "export.counted", "people", json!({ "fields": scope.fields }))?;
        let found = self.selection(workspace, scope.who.as_ref())?.len();
        if found == 0 {
            let fix = "this fits nobody now: ask for somebody".to_owned();
            return Err(ServiceError::Invalid { field: "who".to_owned(), fix });
        }
        if u64::try_from(found).is_ok_and(|found| found > scope.rows_max) {
            let fix = format!("{found} people fit now: allow so many rows, or ask for fewer people");
            return Err(ServiceError::Invalid { field: "rows_max".to_owned(), fix });
        }
        Ok(self.guard.ask_export(granted, &reason, life_s, scope)?)
    }

    /// The file of an export that this session began; it can be had once.
    ///
    /// # Errors
    /// Guard's, the database's; the ledger's, and then nothing leaves.
    pub fn export(&self, granted: &Granted, id: GrantId) -> Result<Export, ServiceError> {
        let approved = self.guard.open_export(granted, id)?;
        let (workspace, who) = (approved.grant().workspace, approved.scope().who.clone());
        let people = self.selection(workspace, who.as_ref())?;
        Ok(self.rows.export(granted, approved, people)?)
    }

    /// Which export a leaked file came from.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn attribute(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        text: &str,
    ) -> Result<Attribution, ServiceError> {
        Ok(self.rows.attribute(granted, workspace, text)?)
    }

    /// The people who are meant, all of them if nothing says who.
    fn selection(&self, workspace: WorkspaceId, who: Option<&Value>) -> Result<Vec<PersonId>, ServiceError> {
        let audience = who.map(audience).transpose()?;
        let mut names = Vec::new();
        if let Some(audience) = &audience {
            traits_in(audience, &mut names)?;
        }
        let (mut selected, mut after) = (Vec::new(), None);
        loop {
            let page = self.people.in_order(workspace, after, PEOPLE_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(selected) };
            after = Some(last.id);
            let codes: Vec<PersonCode> = page.iter().map(|person| person.code).collect();
            let mut values: HashMap<&str, Vec<Option<Value>>> = HashMap::new();
            for name in &names {
                let found = self.people.traits(workspace, name, &codes).map_err(ServiceError::broke)?;
                values.insert(name, found);
            }
            for (at, person) in page.iter().enumerate() {
                let of = |_: u32, name: &str| values.get(name)?.get(at).cloned().flatten();
                if audience.as_ref().is_none_or(|audience| fits(audience, &of)) {
                    selected.push(person.id);
                }
            }
        }
    }
}

/// Who is meant, read as a question reads it.
fn audience(who: &Value) -> Result<Audience, ServiceError> {
    let document = json!({ "kind": "people", "who": who }).to_string();
    match Question::from_json(document.as_bytes()) {
        Ok(Question::People(people)) => Ok(people.who),
        Ok(_) => Err(invalid("an audience".to_owned())),
        Err(error) => Err(invalid(format!("{}: {}", error.problem, error.fix))),
    }
}

/// The traits that are asked about. What people did is not looked at by exports yet, and is refused.
fn traits_in(audience: &Audience, names: &mut Vec<String>) -> Result<(), ServiceError> {
    match audience {
        Audience::All { all: parts } | Audience::Any { any: parts } => {
            parts.iter().try_for_each(|part| traits_in(part, names))
        }
        Audience::Not { not } => traits_in(not, names),
        Audience::Is(Condition { field: Field::Trait(name), .. }) => {
            if !names.contains(name) {
                names.push(name.clone());
            }
            Ok(())
        }
        Audience::Is(_) | Audience::Did(_) => Err(invalid(
            "an export chooses people by traits: {\"trait\":\"plan\",\"op\":\"eq\",\"value\":\"pro\"}"
                .to_owned(),
        )),
    }
}

fn fits(audience: &Audience, of: plain::Traits<'_>) -> bool {
    match audience {
        Audience::All { all } => all.iter().all(|part| fits(part, of)),
        Audience::Any { any } => any.iter().any(|part| fits(part, of)),
        Audience::Not { not } => !fits(not, of),
        Audience::Is(condition) => {
            let nobody = PlainRow {
                person: 0,
                time_ms: 0,
                event: String::new(),
                properties: Value::Null,
                context: Value::Null,
            };
            plain::holds(&nobody, condition, of)
        }
        Audience::Did(_) => false,
    }
}

fn invalid(fix: String) -> ServiceError {
    ServiceError::Invalid { field: "who".to_owned(), fix }
}
