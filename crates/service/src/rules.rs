//! The workspace's own shield rules: read, replaced as a whole, in force for the next event.

use collect::rules::{self, RuleSet};
use guard::Granted;
use model::WorkspaceId;
use serde_json::json;
use shield::rules::{Action, CustomRules};

use crate::{ServiceError, Services};

impl Services {
    /// The rules in force.
    ///
    /// # Errors
    /// The database's.
    pub fn shield_rules(&self, _granted: &Granted, workspace: WorkspaceId) -> Result<RuleSet, ServiceError> {
        Ok(self.control.read(|tx| rules::in_force(tx, workspace))?)
    }

    /// Other rules in place of those with the number `based_on`; when this returns, every event that arrives from now on
    /// is judged by them.
    ///
    /// # Errors
    /// A rule is wrong, or somebody else changed the rules meanwhile.
    pub fn replace_shield_rules(
        &self,
        granted: &Granted,
        workspace: WorkspaceId,
        based_on: u32,
        new: &CustomRules,
    ) -> Result<RuleSet, ServiceError> {
        new.check().map_err(|wrong| ServiceError::Invalid {
            field: format!("rules[{}].{}", wrong.index, wrong.field),
            fix: format!("{}; {}", wrong.problem, wrong.fix),
        })?;
        let names = |action: Action| {
            let of = new.rules.iter().filter(|rule| rule.action == action);
            of.map(|rule| rule.name.clone()).collect::<Vec<_>>()
        };
        // Who let what through must be seen in the ledger without looking elsewhere.
        let detail = json!({
            "based_on": based_on,
            "remove": names(Action::Remove), "seal": names(Action::Seal), "allow": names(Action::Allow),
        });
        let made =
            self.change(granted.does("shield.rules_replaced", workspace.to_string(), detail), |tx| {
                let set = rules::replace(tx, workspace, based_on, new, self.clock.now_ms())?;
                let detail = json!({ "version": set.version });
                Ok((set, detail))
            })?;
        self.collector.reload_rules()?;
        Ok(made)
    }
}
