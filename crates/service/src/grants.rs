//! Grants and exports: what is asked for is looked at before it waits for a second person; which people are meant is found
//! here, and their rows leave through `rows` alone.

use guard::Granted;
use guard::grants::{ExportScope, Grant};
use model::{GrantId, PersonId, WorkspaceId};
use people::audience;
use question::Audience;
use rows::export::Export;
use rows::export::attribute::Attribution;
use serde_json::{Value, json};

use crate::{ServiceError, Services};

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
        let audience = who.map(audience::read).transpose();
        let audience = audience.map_err(|fix| ServiceError::Invalid { field: "who".to_owned(), fix })?;
        // What a member may change after the approval decides over nobody's export.
        let mut named = false;
        if let Some(audience) = &audience {
            audience.each(&mut |part| {
                named |= matches!(part, Audience::Is(condition) if condition.segment().is_some());
            });
        }
        if named {
            let fix = "an export names no segment: write its condition out, so that it is what is approved";
            return Err(ServiceError::Invalid { field: "who".to_owned(), fix: fix.to_owned() });
        }
        let selected = self.people.selected(workspace, audience.as_ref(), self.people.as_ref())?;
        Ok(selected.into_iter().map(|person| person.id).collect())
    }
}
