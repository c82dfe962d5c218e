//! `…/workspaces/{w}/shield/rules`: the workspace's own shield rules.

use axum::Json;
use axum::extract::State;
use collect::rules::RuleSet;
use door::{DoorName, Permit, Problem, Routes, blocking};
use policy::actions::{ChangeShieldRules, ReadShield};
use serde::{Deserialize, Serialize};
use shield::rules::{CustomRule, CustomRules};

use crate::input::Input;
use crate::state::ApiState;
use crate::view::instant;

pub(crate) fn routes() -> Routes<ApiState> {
    Routes::new(DoorName::Console)
        .get("/api/v1/workspaces/{w}/shield/rules", show)
        .put("/api/v1/workspaces/{w}/shield/rules", replace)
}

/// The rules in force.
#[derive(Debug, Serialize)]
struct RulesView {
    /// The number of this set; a change names the number it was made from.
    version: u32,
    changed_at: Option<String>,
    rules: Vec<CustomRule>,
}

impl From<RuleSet> for RulesView {
    fn from(set: RuleSet) -> Self {
        let changed_at = (set.version > 0).then(|| instant(set.changed_ms));
        Self { version: set.version, changed_at, rules: set.rules.rules }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRules {
    /// The number of the set these were made from. Without it they replace whatever is in force.
    version: Option<u32>,
    rules: Vec<CustomRule>,
}

async fn show(may: Permit<ReadShield>, State(state): State<ApiState>) -> Result<Json<RulesView>, Problem> {
    let workspace = may.workspace()?;
    let set = blocking(move || state.services.shield_rules(may.granted(), workspace)).await?;
    Ok(Json(set.into()))
}

async fn replace(
    may: Permit<ChangeShieldRules>,
    State(state): State<ApiState>,
    Input(new): Input<NewRules>,
) -> Result<Json<RulesView>, Problem> {
    let workspace = may.workspace()?;
    let set = blocking(move || {
        let based_on = match new.version {
            Some(version) => version,
            None => state.services.shield_rules(may.granted(), workspace)?.version,
        };
        let rules = CustomRules { rules: new.rules };
        state.services.replace_shield_rules(may.granted(), workspace, based_on, &rules)
    })
    .await?;
    Ok(Json(set.into()))
}
