//! What properties usually look like, and alarms about those that look different now. Never a value.

use guard::Granted;
use ledger::NewEntry;
use model::WorkspaceId;
use serde_json::{Value, json};
use watch::{Alarm, PropertyView, Verdict};

use crate::{ServiceError, Services, entry};

impl Services {
    /// The profiles of the workspace's properties, those with most values first.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn profiles(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
    ) -> Result<Vec<PropertyView>, ServiceError> {
        let profiles = self.watch.profiles(workspace)?;
        self.enter_look(granted, "profiles.read", "profiles", json!({ "properties": profiles.len() }))?;
        Ok(profiles)
    }

    /// The alarms of the workspace, the latest first.
    ///
    /// # Errors
    /// The database's, the ledger's.
    pub fn alarms(&self, granted: &Granted, workspace: WorkspaceId) -> Result<Vec<Alarm>, ServiceError> {
        let alarms = self.watch.alarms(workspace)?;
        self.enter_look(granted, "alarms.read", "alarms", json!({ "alarms": alarms.len() }))?;
        Ok(alarms)
    }

    /// Says what an alarm was. `Usual` teaches the property that this is what it carries.
    ///
    /// # Errors
    /// There is no such alarm that stands.
    pub fn settle_alarm(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        id: i64,
        verdict: Verdict,
    ) -> Result<(), ServiceError> {
        let (by, now_ms) = (granted.principal.name.clone(), self.clock.now_ms());
        let detail = json!({ "verdict": verdict.as_str() });
        let alarm = self.change(entry::of(granted, "alarm.settled", id.to_string(), detail), |tx| {
            let alarm = watch::settle(tx, workspace, id, (verdict, &by, now_ms))?;
            let detail = json!({ "event": alarm.event, "path": alarm.path });
            Ok((alarm, detail))
        })?;
        Ok(self.watch.settled(&alarm, verdict)?)
    }

    /// Tells the workspaces of alarms that they have not heard of. An alarm that was told just before a crash is told again.
    ///
    /// # Errors
    /// The database's, the ledger's; the rest is told the next time.
    pub fn announce_alarms(&self) -> Result<(), ServiceError> {
        for alarm in self.watch.unannounced()? {
            let detail = particulars(&alarm);
            self.ledger.enter(NewEntry {
                code: "alarm.raised",
                principal: "watch".to_owned(),
                session: None,
                workspace: Some(alarm.workspace),
                object: alarm.id.to_string(),
                detail: detail.clone(),
            })?;
            self.guard.tell(alarm.workspace, "alarm.raised", &detail)?;
            let now_ms = self.clock.now_ms();
            self.control.write(|tx| watch::announced(tx, alarm.id, now_ms))?;
        }
        Ok(())
    }
}

fn particulars(alarm: &Alarm) -> Value {
    let from = alarm.places.first();
    json!({
        "alarm": alarm.id,
        "event": alarm.event,
        "path": alarm.path,
        "suspicion": alarm.suspicion.as_str(),
        "sdk": from.map(|place| &place.sdk),
        "sdk_version": from.map(|place| &place.sdk_version),
        "page": from.map(|place| &place.page),
    })
}
