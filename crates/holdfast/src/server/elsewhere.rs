//! What a purge reaches beside journal, people and archive: events in quarantine, what was learned of properties, kept
//! lists of names, and segments that counted what is gone.

use collect::Collector;
use collect::quarantine::{Edit, Quarantine};
use control::{ControlError, Database};
use model::WorkspaceId;
use purge::{Elsewhere, ElsewhereError, EventChange};
use rusqlite::{Transaction, params};
use segments::Segments;
use service::Catalogues;
use watch::Watch;

/// The other places of this server.
pub struct Others {
    /// Events that wait for a member.
    pub quarantine: Quarantine,
    /// What properties usually look like.
    pub watch: Watch,
    /// Names, kept for a moment.
    pub catalogues: Catalogues,
    /// What is counted by event and property before it is written.
    pub counters: Collector,
    /// Where it is written.
    pub control: Database,
    /// Who is in which segment by what they did.
    pub segments: Segments,
}

impl Elsewhere for Others {
    fn set_aside(
        &self,
        workspace: WorkspaceId,
        survey: bool,
        change: &mut EventChange<'_>,
    ) -> Result<u64, ElsewhereError> {
        let mut found = 0;
        self.quarantine.edit(workspace, &mut |record| {
            let Some(changed) = change(record) else { return Edit::Keep };
            found += 1;
            match changed {
                _ if survey => Edit::Keep,
                Some(other) => {
                    *record = other;
                    Edit::Changed
                }
                None => Edit::Drop,
            }
        })?;
        Ok(found)
    }

    fn renew(&self, workspace: WorkspaceId) -> Result<u64, ElsewhereError> {
        Ok((self.quarantine.renew(workspace)? + self.watch.renew(workspace)?) as u64)
    }

    fn forget(
        &self,
        workspace: WorkspaceId,
        properties: &[String],
        is_gone: &dyn Fn(&str) -> bool,
    ) -> Result<(), ElsewhereError> {
        for property in properties {
            self.watch.forget(workspace, None, &property.replace("[]", ".[]"))?;
        }
        self.watch.forget_names(workspace, is_gone)?;
        self.catalogues.forget(workspace);
        self.counters.flush()?;
        self.control.write(|tx| forget_counted(tx, workspace, is_gone))?;
        self.segments.refill(workspace)?;
        Ok(())
    }
}

/// What is counted or told under names that must go: of events and properties, of pages.
fn forget_counted(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    is_gone: &dyn Fn(&str) -> bool,
) -> Result<(), ControlError> {
    for (table, columns) in [
        ("finding", "event, path, event"),
        ("plan_violation", "event, property, event"),
        ("alarm", "event, path, places"),
    ] {
        let mut statement =
            tx.prepare(&format!("select distinct {columns} from {table} where workspace = ?1"))?;
        let rows = statement.query_map([workspace.0.to_be_bytes()], |row| {
            Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?])
        })?;
        let names: Vec<[String; 3]> = rows.collect::<Result<_, _>>()?;
        for names in names.iter().filter(|names| names.iter().any(|name| is_gone(name))) {
            let [one, other, third] = names;
            tx.execute(
                &format!("delete from {table} where workspace = ?1 and ({columns}) = (?2, ?3, ?4)"),
                params![workspace.0.to_be_bytes(), one, other, third],
            )?;
        }
    }
    Ok(())
}
