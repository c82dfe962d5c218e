//! The workspace's own shield rules.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use collect::rules::RuleSet;
use door::{DoorName, Permit, Problem, Routes, blocking};
use http::StatusCode;
use policy::actions::{ChangeShieldRules, ReadShield};
use service::{ServiceError, Services};
use shield::rules::{Action, CustomRule, CustomRules};

use super::fields::Fields;
use super::inside::Inside;
use super::reply::{self, Page};
use crate::frame::Section;
use crate::pages::rules::{self, RulesView, Wrong};
use crate::paths;
use crate::state::ConsoleState;

const FIELDS: [&str; 7] = ["name", "action", "class", "keys", "paths", "patterns", "events"];

pub(crate) fn routes() -> Routes<ConsoleState> {
    Routes::new(DoorName::Console)
        .get("/w/{w}/quality/rules", list)
        .post("/w/{w}/quality/rules", add)
        .post("/w/{w}/quality/rules/{rule}/remove", remove)
}

async fn list(
    may: Permit<ReadShield>,
    inside: Inside,
    State(state): State<ConsoleState>,
) -> Result<Page, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let set = state.services.shield_rules(may.granted(), workspace)?;
        shown(&state.services, &inside, set, None)
    })
    .await
}

async fn add(
    may: Permit<ChangeShieldRules>,
    inside: Inside,
    State(state): State<ConsoleState>,
    fields: Fields,
) -> Result<Response, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let set = state.services.shield_rules(may.granted(), workspace)?;
        let based_on = fields.text("version").parse().unwrap_or(set.version);
        let mut rules = set.rules.clone();
        let place = rules.rules.len();
        rules.rules.push(rule_of(&fields)?);
        match state.services.replace_shield_rules(may.granted(), workspace, based_on, &rules) {
            Ok(_) => Ok(reply::done(&paths::rules(workspace), "rule-added").into_response()),
            Err(ServiceError::Invalid { field, fix }) => {
                let field = field.trim_start_matches(&format!("rules[{place}].")).to_owned();
                let typed = FIELDS.map(|name| (name, fields.text(name).to_owned())).into();
                let page = shown(&state.services, &inside, set, Some(Wrong { typed, field, fix }))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn remove(
    may: Permit<ChangeShieldRules>,
    State(state): State<ConsoleState>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let workspace = may.workspace()?;
    blocking(move || {
        let set = state.services.shield_rules(may.granted(), workspace)?;
        let left: Vec<CustomRule> =
            set.rules.rules.iter().filter(|rule| rule.name != name).cloned().collect();
        if left.len() == set.rules.rules.len() {
            return Err(ServiceError::NotFound { what: "rule" });
        }
        let rules = CustomRules { rules: left };
        state.services.replace_shield_rules(may.granted(), workspace, set.version, &rules)?;
        Ok(reply::done(&paths::rules(workspace), "rule-removed"))
    })
    .await
}

fn shown(
    services: &Services,
    inside: &Inside,
    set: RuleSet,
    wrong: Option<Wrong>,
) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Quality)?;
    let view = RulesView {
        version: set.version,
        rules: set.rules.rules,
        may_change: inside.may::<ChangeShieldRules>(&services.guard),
        wrong,
    };
    Ok(Page(rules::page(&frame, &view)))
}

fn rule_of(fields: &Fields) -> Result<CustomRule, ServiceError> {
    let list = |name: &str| {
        let entries = fields.text(name).split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(str::to_owned).collect()
    };
    let action = match fields.text("action") {
        "seal" => Action::Seal,
        "allow" => Action::Allow,
        _ => Action::Remove,
    };
    let class = match fields.text("class") {
        "" => None,
        name => Some(model::Class::from_name(name).ok_or_else(|| ServiceError::Invalid {
            field: "class".to_owned(),
            fix: "choose one of the list".to_owned(),
        })?),
    };
    Ok(CustomRule {
        name: fields.text("name").to_owned(),
        action,
        class,
        keys: list("keys"),
        paths: list("paths"),
        patterns: list("patterns"),
        events: list("events"),
    })
}
