//! What properties usually look like, and alarms about those that look different now. Never a value.

use collect::advisory::{NewAdvisory, Stops, Versions};
use collect::rules;
use guard::Granted;
use ledger::NewEntry;
use model::{Class, WorkspaceId};
use serde_json::{Value, json};
use shield::rules::{Action, CustomRule};
use watch::{Alarm, PropertyView, Verdict, Wave};

use crate::{ServiceError, Services};

/// How much of an advisory's reason an alarm fills at most: a character has up to four bytes.
const REASON_CHARACTERS_MAX: usize = collect::advisory::REASON_BYTES_MAX / 4;

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

    /// Says what an alarm was. `Usual` teaches the property that this is what it carries, and takes the alarm's rule out of force.
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
        let alarm = self.change(granted.does("alarm.settled", id.to_string(), detail), |tx| {
            let alarm = watch::settle(tx, workspace, id, (verdict, &by, now_ms))?;
            let detail = json!({ "event": alarm.event, "path": alarm.path });
            Ok((alarm, detail))
        })?;
        if verdict == Verdict::Usual {
            self.without_rule(&alarm)?;
        }
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
                from: None,
                workspace: Some(alarm.workspace),
                object: alarm.id.to_string(),
                detail: detail.clone(),
            })?;
            if alarm.calls_for_removal() {
                self.with_rule(&alarm)?;
            }
            self.guard.tell(alarm.workspace, "alarm.raised", &detail)?;
            let now_ms = self.clock.now_ms();
            self.control.write(|tx| watch::announced(tx, alarm.id, now_ms))?;
        }
        self.announce_waves()
    }

    /// Properties that came new in several workspaces at once, the latest first. It names no workspace.
    ///
    /// # Errors
    /// The database's.
    pub fn waves(&self, _granted: &Granted) -> Result<Vec<Wave>, ServiceError> {
        Ok(self.watch.waves()?)
    }
}

impl Services {
    /// Tells those who run the installation.
    fn announce_waves(&self) -> Result<(), ServiceError> {
        for wave in self.watch.unannounced_waves()? {
            let detail = json!({
                "wave": wave.id,
                "path": wave.path,
                "sdk": wave.sdk,
                "sdk_version": wave.sdk_version,
                "automatic": wave.automatic,
                "workspaces": wave.workspaces,
            });
            self.ledger.enter(NewEntry {
                code: "wave.raised",
                principal: "watch".to_owned(),
                session: None,
                from: None,
                workspace: None,
                object: wave.id.to_string(),
                detail: detail.clone(),
            })?;
            self.guard.tell_operators("wave.raised", &detail)?;
            let now_ms = self.clock.now_ms();
            self.control.write(|tx| watch::wave_announced(tx, wave.id, now_ms))?;
        }
        Ok(())
    }

    /// Puts a shield rule in force that removes the property's values, where there is room for one.
    fn with_rule(&self, alarm: &Alarm) -> Result<(), ServiceError> {
        let is_of_all = alarm.event == watch::ANY_EVENT || alarm.is_of_all_events();
        let event = (!is_of_all).then(|| alarm.event.clone());
        let rule = CustomRule {
            name: alarm.rule_name(),
            action: Action::Remove,
            class: Some(Class::Password),
            keys: Vec::new(),
            paths: vec![alarm.path.replace("[]", "")],
            patterns: Vec::new(),
            events: event.into_iter().collect(),
        };
        self.change_rules(alarm, |rules| {
            let is_new = rules.iter().all(|known| known.name != rule.name);
            if is_new {
                rules.push(rule);
            }
            is_new
        })
    }

    /// Takes the alarm's rule out of force again.
    fn without_rule(&self, alarm: &Alarm) -> Result<(), ServiceError> {
        let name = alarm.rule_name();
        self.change_rules(alarm, |rules| {
            let before = rules.len();
            rules.retain(|rule| rule.name != name);
            rules.len() != before
        })
    }

    /// A change that follows from an alarm. Rules that would not compile (a name with signs of its own, too many) stay as
    /// they are: the alarm is told all the same.
    fn change_rules(
        &self,
        alarm: &Alarm,
        change: impl FnOnce(&mut Vec<CustomRule>) -> bool,
    ) -> Result<(), ServiceError> {
        let set = self.control.read(|tx| rules::in_force(tx, alarm.workspace))?;
        let mut new = set.rules;
        if !change(&mut new.rules) || new.check().is_err() {
            return Ok(());
        }
        let entry = NewEntry {
            code: "shield.rules_replaced",
            principal: "watch".to_owned(),
            session: None,
            from: None,
            workspace: Some(alarm.workspace),
            object: alarm.workspace.to_string(),
            detail: json!({ "alarm": alarm.id, "rule": alarm.rule_name() }),
        };
        let now_ms = self.clock.now_ms();
        self.change(entry, |tx| {
            let set = rules::replace(tx, alarm.workspace, set.version, &new, now_ms)?;
            Ok(((), json!({ "version": set.version })))
        })?;
        Ok(self.collector.reload_rules()?)
    }
}

/// The advisory that would stop what an alarm is about, where a library and a version are known: of what it captures by
/// itself, or, where somebody wrote the calls, of everything.
pub fn advisory_for(alarm: &Alarm) -> Option<NewAdvisory> {
    let culprit = alarm.culprit()?;
    let stops = if culprit.automatic { Stops::Autocapture } else { Stops::All };
    let reason = format!("alarm {}: {} of {}", alarm.id, alarm.path, alarm.event);
    Some(NewAdvisory {
        sdk: culprit.sdk.clone(),
        versions: Versions::exactly(&culprit.sdk_version)?,
        stops,
        reason: reason.chars().take(REASON_CHARACTERS_MAX).collect(),
    })
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
        "events": (alarm.events > 0).then_some(alarm.events),
        "sources": (alarm.sources > 0).then_some(alarm.sources),
    })
}
