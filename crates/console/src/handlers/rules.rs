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
use crate::components::form::Typed;
use crate::frame::Section;
use crate::pages::rules::{self, FIELDS, RulesView};
use crate::paths;
use crate::state::ConsoleState;

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
        shown(&state.services, &inside, set, Typed::default())
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
        let wrong = match state.services.replace_shield_rules(may.granted(), workspace, based_on, &rules) {
            Ok(_) => return Ok(reply::done(&paths::rules(workspace), "rule-added").into_response()),
            // `rules[3].patterns[0]` is this form's `patterns`.
            Err(ServiceError::Invalid { field, fix }) => {
                let field = field.trim_start_matches(&format!("rules[{place}]."));
                (field.split('[').next().unwrap_or_default().to_owned(), fix)
            }
            Err(ServiceError::Conflict(_)) => {
                ("version".to_owned(), "Somebody changed the rules meanwhile. They are as below now; what you typed still stands in the form.".to_owned())
            }
            Err(error) => return Err(error),
        };
        let texts = FIELDS.map(|(name, _)| (name, fields.text(name).to_owned())).into();
        let page = shown(&state.services, &inside, set, Typed { texts, wrong: Some(wrong) })?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
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

fn shown(services: &Services, inside: &Inside, set: RuleSet, typed: Typed) -> Result<Page, ServiceError> {
    let frame = inside.frame(services, Section::Quality)?;
    let view = RulesView {
        version: set.version,
        rules: set.rules.rules,
        may_change: inside.may::<ChangeShieldRules>(&services.guard),
        typed,
    };
    Ok(Page(rules::page(&frame, &view)))
}

fn rule_of(fields: &Fields) -> Result<CustomRule, ServiceError> {
    let list = |name: &str| entries(fields.text(name));
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

/// The entries of a list with commas; a comma inside braces is part of a shape: `EMP-#{4,6}, BADGE-#{3}` are two.
fn entries(text: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let parts = text.split(|sign| {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    });
    parts.map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_shape_does_not_part_it() {
        assert_eq!(entries("EMP-#{4,6}, BADGE-#{3}"), ["EMP-#{4,6}", "BADGE-#{3}"]);
        assert_eq!(entries(" staff number,, badge "), ["staff number", "badge"]);
        assert!(entries(" , ").is_empty());
    }
}
