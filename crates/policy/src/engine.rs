//! Cedar: the embedded files, their validation, and one request put to them.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

use crate::action::Scope;
use crate::error::PolicyError;
use crate::request::{Decision, PrincipalKind, Request};

/// The kinds of principal and resource.
pub(crate) const ENTITIES: &str = include_str!("../policies/entities.cedarschema");
/// The actions and their groups; follows from the table, a test holds the two together.
pub(crate) const ACTIONS: &str = include_str!("../policies/actions.cedarschema");
/// What no permit can override.
pub(crate) const FORBIDS: &str = include_str!("../policies/forbids.cedar");
/// Who may do what.
pub(crate) const PERMITS: &str = include_str!("../policies/permits.cedar");

/// Everything Cedar needs, parsed and validated once.
pub(crate) struct Engine {
    authorizer: Authorizer,
    schema: Schema,
    policies: PolicySet,
    /// The ids of the policies in the order of the text; forbids come first.
    order: HashMap<PolicyId, (usize, Arc<str>)>,
    no_permit: Arc<str>,
}

impl Engine {
    pub(crate) fn new(forbids: &str, permits: &str) -> Result<Self, PolicyError> {
        let schema_text = format!("{ENTITIES}\n{ACTIONS}");
        let (schema, _) =
            Schema::from_cedarschema_str(&schema_text).map_err(|error| PolicyError::Unreadable {
                file: "entities.cedarschema, actions.cedarschema",
                detail: error.to_string(),
            })?;
        let mut policies = PolicySet::new();
        let mut order = HashMap::new();
        for (file, text) in [("forbids.cedar", forbids), ("permits.cedar", permits)] {
            add_file(file, text, &mut policies, &mut order)?;
        }
        let found = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !found.validation_passed_without_warnings() {
            return Err(PolicyError::Invalid { detail: found.to_string() });
        }
        let no_permit = Arc::from(Decision::NO_PERMIT);
        Ok(Self { authorizer: Authorizer::new(), schema, policies, order, no_permit })
    }

    /// Judges a request. What Cedar cannot make sense of is refused.
    pub(crate) fn decide(&self, request: &Request) -> Decision {
        let Some((cedar_request, entities)) = self.translate(request) else {
            return Decision::Deny { why: self.no_permit.clone() };
        };
        let response = self.authorizer.is_authorized(&cedar_request, &self.policies, &entities);
        // An error in a policy's condition would leave that policy out: refuse instead.
        let erred = response.diagnostics().errors().next().is_some();
        if response.decision() == cedar_policy::Decision::Allow && !erred {
            return Decision::Allow;
        }
        let first =
            response.diagnostics().reason().filter_map(|id| self.order.get(id)).min_by_key(|(at, _)| *at);
        Decision::Deny { why: first.map_or_else(|| self.no_permit.clone(), |(_, name)| name.clone()) }
    }

    fn translate(&self, request: &Request) -> Option<(cedar_policy::Request, Entities)> {
        let this = uid("Workspace", "this")?;
        let principal = principal(request, &this)?;
        let resource = match request.action.scope {
            Scope::Workspace => this,
            Scope::Installation | Scope::Anyone => uid("Installation", "this")?,
        };
        let context = Context::from_pairs([
            ("step_up".to_owned(), RestrictedExpression::new_bool(request.step_up)),
            ("read_only".to_owned(), RestrictedExpression::new_bool(request.read_only)),
        ])
        .ok()?;
        let action = uid("Action", request.action.name)?;
        let cedar_request =
            cedar_policy::Request::new(principal.uid(), action, resource, context, Some(&self.schema))
                .ok()?;
        Some((cedar_request, Entities::from_entities([principal], Some(&self.schema)).ok()?))
    }
}

fn principal(request: &Request, this: &EntityUid) -> Option<Entity> {
    let level = || ("level".to_owned(), RestrictedExpression::new_long(request.level.into()));
    let whether = |is: bool, name: &str| {
        let one = is.then(|| RestrictedExpression::new_entity_uid(this.clone()));
        (name.to_owned(), RestrictedExpression::new_set(one))
    };
    let workspaces = || whether(request.belongs, "workspaces");
    let granted = |name: &str| whether(request.granted, name);
    let (kind, attributes, parents) = match request.kind {
        PrincipalKind::Member => {
            let roles: Option<HashSet<_>> =
                request.roles.iter().map(|role| uid("Role", role.as_str())).collect();
            let leaves = whether(request.leave, "leaves");
            ("Member", vec![level(), leaves, workspaces(), granted("exports")], roles?)
        }
        PrincipalKind::Operator => ("Operator", vec![level(), granted("supports")], HashSet::new()),
        PrincipalKind::Token => {
            let scopes =
                request.scopes.iter().map(|scope| RestrictedExpression::new_string(scope.to_owned()));
            let scopes = ("scopes".to_owned(), RestrictedExpression::new_set(scopes));
            ("Token", vec![workspaces(), scopes], HashSet::new())
        }
        PrincipalKind::Visitor => ("Visitor", vec![workspaces()], HashSet::new()),
        PrincipalKind::Anyone => ("Anyone", Vec::new(), HashSet::new()),
    };
    Entity::new(uid(kind, "caller")?, attributes.into_iter().collect(), parents).ok()
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind).ok()?, EntityId::new(id)))
}

fn add_file(
    file: &'static str,
    text: &str,
    policies: &mut PolicySet,
    order: &mut HashMap<PolicyId, (usize, Arc<str>)>,
) -> Result<(), PolicyError> {
    let unreadable = |detail: String| PolicyError::Unreadable { file, detail };
    let parsed = PolicySet::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let mut parsed: Vec<_> = parsed.policies().cloned().collect();
    // Cedar names them policy0, policy1, … in the order of the text.
    parsed.sort_by_key(|policy| policy.id().to_string().trim_start_matches("policy").parse::<usize>().ok());
    for policy in parsed {
        let number = order.len() + 1;
        let name: Arc<str> = policy
            .annotation("id")
            .filter(|id| !id.is_empty())
            .map(Arc::from)
            .ok_or(PolicyError::Unnamed { number })?;
        let id = PolicyId::new(&name);
        policies.add(policy.new_id(id.clone())).map_err(|_| PolicyError::Unnamed { number })?;
        order.insert(id, (number, name));
    }
    Ok(())
}

/// The schema of the actions, written out from the table.
#[cfg(test)]
pub(crate) fn actions_schema(actions: &[&crate::ActionInfo]) -> String {
    let mut text = String::from(
        "// Follows from the table in src/actions.rs; the test `actions_schema_follows_from_the_table` says when it\n\
         // no longer does, and prints what it should be.\n\n\
         action ForAnyone, Changing, Tightening, NeedsFreshTouch, ForSupport, InClear, NeedsGrant;\n",
    );
    let scopes: Vec<_> = crate::scope_set::SCOPES.iter().map(|scope| format!("\"{scope}\"")).collect();
    text.push_str(&format!("// What a token's scope opens.\naction {};\n\n", scopes.join(", ")));
    for action in actions {
        let groups = [
            (action.scope == Scope::Anyone, "ForAnyone"),
            (action.changing, "Changing"),
            (action.tightening, "Tightening"),
            (action.step_up, "NeedsFreshTouch"),
            (action.support, "ForSupport"),
            (action.in_clear, "InClear"),
            (action.needs_grant, "NeedsGrant"),
        ];
        let groups = groups.into_iter().filter(|(is, _)| *is).map(|(_, group)| group.to_owned());
        let groups: Vec<_> = groups.chain(action.token_scope.map(|scope| format!("\"{scope}\""))).collect();
        let within = if groups.is_empty() { String::new() } else { format!(" in [{}]", groups.join(", ")) };
        let resource = match action.scope {
            Scope::Workspace => "Workspace",
            Scope::Installation | Scope::Anyone => "Installation",
        };
        text.push_str(&format!(
            "// {}\naction {}{within} appliesTo {{\n  principal: [Member, Operator, Token, Visitor, Anyone],\n  \
             resource: [{resource}],\n  context: {{ step_up: Bool, read_only: Bool }},\n}};\n\n",
            action.words, action.name
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_schema_follows_from_the_table() {
        let wanted = actions_schema(&crate::actions::all());
        assert!(wanted == ACTIONS, "policies/actions.cedarschema should be:\n{wanted}");
    }
}
