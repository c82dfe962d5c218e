//! What must hold whatever permits.cedar says: tried on every request there is, with permits that allow
//! everything, and with each forbid taken away to see that it is missed.

use crate::action::{ActionInfo, Scope};
use crate::engine::{FORBIDS, PERMITS};
use crate::policies::Policies;
use crate::request::{PrincipalKind, Request};
use crate::role::{Role, RoleSet};
use crate::scope_set::{SCOPES, ScopeSet};
use crate::{actions, request};

const PERMIT_EVERYTHING: &str = "\n@id(\"rogue\") permit (principal, action, resource);\n";

/// Why this request must not be allowed, whatever anybody permits.
fn never(request: &Request) -> Vec<&'static str> {
    let Request { kind, level, leave, roles, scopes, action, .. } = *request;
    let Request { belongs, granted, step_up, read_only, .. } = *request;
    let ActionInfo { name, changing, tightening, token_scope, support, in_clear, needs_grant, .. } = *action;
    let member = kind == PrincipalKind::Member;
    let runs_it = roles.iter().any(Role::is_powerful);
    let operator = kind == PrincipalKind::Operator;
    let for_anyone = action.scope == Scope::Anyone;
    let in_workspace = action.scope == Scope::Workspace;
    let token_may =
        token_scope.is_some_and(|scope| scopes.iter().any(|own| own == scope)) || name == "ReadSession";
    let rules = [
        (operator && in_workspace && !granted, "operators have no data"),
        (operator && in_clear, "operators never take anything out"),
        (operator && in_workspace && !support && !in_clear, "support only looks"),
        (needs_grant && (kind != PrincipalKind::Member || !granted), "an export needs a grant"),
        (
            kind != PrincipalKind::Anyone && !operator && in_workspace && !belongs,
            "nobody reaches into another workspace",
        ),
        (kind == PrincipalKind::Anyone && !for_anyone, "nobody can only sign in"),
        (member && level < 2 && !for_anyone, "members need two factors"),
        (member && level < 3 && in_workspace && runs_it, "who runs a workspace needs a passkey"),
        (member && level < 3 && in_workspace && !leave, "two factors need the workspace's leave"),
        (operator && level < 3 && !for_anyone, "operators need a passkey"),
        (kind == PrincipalKind::Token && action.step_up, "tokens never step up"),
        (kind == PrincipalKind::Token && !for_anyone && !token_may, "tokens stay within their scopes"),
        (kind == PrincipalKind::Visitor && action.step_up, "visitors never step up"),
        (
            kind == PrincipalKind::Visitor && changing && !for_anyone && name != "EndSession",
            "visitors only look",
        ),
        (action.step_up && !step_up, "a fresh touch is a fresh touch"),
        (read_only && changing && !tightening, "read-only is read-only"),
    ];
    rules.into_iter().filter_map(|(broken, rule)| broken.then_some(rule)).collect()
}

/// Every request that can be told apart: what a kind of principal does not have is not varied.
fn requests() -> impl Iterator<Item = Request> {
    let single_roles = Role::ALL.into_iter().map(|role| RoleSet::NONE.with(role));
    let roles: Vec<_> = single_roles.chain([RoleSet::NONE, Role::ALL.into_iter().collect()]).collect();
    let single_scopes = SCOPES.into_iter().map(|scope| ScopeSet::parse([scope]).unwrap());
    let scopes: Vec<_> = single_scopes.chain([ScopeSet::NONE, ScopeSet::parse(SCOPES).unwrap()]).collect();
    let mut all = Vec::new();
    for kind in PrincipalKind::ALL {
        let roles = if kind == PrincipalKind::Member { roles.as_slice() } else { &[RoleSet::NONE] };
        let scopes = if kind == PrincipalKind::Token { scopes.as_slice() } else { &[ScopeSet::NONE] };
        // Leave counts for level 2 alone; below it is tried whether it would lift anything.
        let levels: &[(u8, bool)] = match kind {
            PrincipalKind::Member => &[(1, true), (2, false), (2, true), (3, false)],
            PrincipalKind::Operator => &[(2, true), (3, false)],
            _ => &[(0, false)],
        };
        for (&roles, &scopes, &(level, leave)) in roles
            .iter()
            .flat_map(|roles| scopes.iter().map(move |scopes| (roles, scopes)))
            .flat_map(|(roles, scopes)| levels.iter().map(move |level| (roles, scopes, level)))
        {
            let has_grants = matches!(kind, PrincipalKind::Member | PrincipalKind::Operator);
            for flags in 0..if has_grants { 16 } else { 8 } {
                let (belongs, step_up) = (flags & 1 != 0, flags & 2 != 0);
                let (read_only, granted) = (flags & 4 != 0, flags & 8 != 0);
                all.extend(actions::all().into_iter().map(|action| Request {
                    kind,
                    level,
                    leave,
                    roles,
                    scopes,
                    action,
                    belongs,
                    granted,
                    step_up,
                    read_only,
                }));
            }
        }
    }
    all.into_iter()
}

fn first_violation(policies: &Policies) -> Option<String> {
    requests().find_map(|request| {
        let rules = never(&request);
        (!rules.is_empty() && policies.decide(&request).is_allow()).then(|| format!("{rules:?}: {request:?}"))
    })
}

/// The forbids one by one, each with its `@id`.
fn forbids() -> Vec<(&'static str, String)> {
    let mut rest: Vec<&str> = FORBIDS.split("@id(\"").collect();
    rest.remove(0);
    let name = |text: &'static str| text.split('"').next().unwrap();
    rest.iter()
        .map(|text| {
            let others = rest.iter().filter(|other| *other != text).map(|other| format!("@id(\"{other}"));
            (name(text), others.collect::<String>())
        })
        .collect()
}

#[test]
fn the_forbids_hold_even_if_everything_is_permitted() {
    let rogue = Policies::with(FORBIDS, &format!("{PERMITS}{PERMIT_EVERYTHING}")).unwrap();
    assert_eq!(first_violation(&rogue), None);
    // The permit that allows everything does allow what no rule excludes.
    let mut open = requests().filter(|request| never(request).is_empty()).step_by(13);
    assert!(open.all(|request| rogue.decide(&request).is_allow()));
}

#[test]
fn each_forbid_is_missed_when_it_is_gone() {
    assert!(forbids().len() >= 15);
    for (name, without) in forbids() {
        let policies = Policies::with(&without, PERMIT_EVERYTHING).unwrap();
        // Where two rules are broken the other forbid still refuses.
        let mut telling = requests().filter(|request| never(request).len() == 1);
        assert!(
            telling.any(|request| policies.decide(&request).is_allow()),
            "nothing changes without `{name}`"
        );
    }
}

#[test]
fn what_is_remembered_is_what_was_decided() {
    let policies = Policies::shared().unwrap();
    for request in requests().step_by(7) {
        let first = policies.decide(&request);
        assert_eq!(policies.decide(&request), first);
        assert_eq!(policies.engine_decides(&request), first, "{request:?}");
    }
}

#[test]
fn every_action_is_somebodys() {
    let policies = Policies::shared().unwrap();
    for action in actions::all() {
        let allowed = requests()
            .filter(|request| request.action.name == action.name)
            .any(|r| policies.decide(&r).is_allow());
        assert!(allowed, "no policy permits {}", action.name);
    }
}

#[test]
fn scopes_are_those_of_the_table() {
    let mut named: Vec<_> = actions::all().into_iter().filter_map(|action| action.token_scope).collect();
    named.sort_unstable();
    named.dedup();
    let mut known = SCOPES.to_vec();
    known.sort_unstable();
    assert_eq!(named, known);
    assert!(ScopeSet::parse(["events:read", "everything"]).is_err());
}

#[test]
fn the_strongest_reason_is_given() {
    let policies = Policies::shared().unwrap();
    let mut request = Request {
        kind: PrincipalKind::Operator,
        level: 0,
        leave: false,
        roles: RoleSet::NONE,
        scopes: ScopeSet::NONE,
        action: <actions::InviteMember as crate::Action>::info(),
        belongs: true,
        granted: false,
        step_up: false,
        read_only: true,
    };
    let mut why = |change: fn(&mut Request)| {
        change(&mut request);
        match policies.decide(&request) {
            request::Decision::Allow => "allowed".to_owned(),
            request::Decision::Deny { why } => why.to_string(),
        }
    };
    assert_eq!(why(|_| {}), "operators-have-no-data");
    assert_eq!(
        why(|r| (r.kind, r.belongs) = (PrincipalKind::Member, false)),
        "members-of-this-workspace-only"
    );
    assert_eq!(why(|r| r.belongs = true), "two-factors-needed");
    assert_eq!(why(|r| (r.level, r.roles) = (2, RoleSet::NONE.with(Role::Admin))), "passkey-needed");
    assert_eq!(why(|r| r.roles = RoleSet::NONE), "leave-needed");
    assert_eq!(why(|r| r.leave = true), "read-only");
    assert_eq!(why(|r| (r.level, r.leave) = (3, false)), "read-only");
    assert_eq!(why(|r| r.read_only = false), "step-up-first");
    assert_eq!(why(|r| r.step_up = true), "no-permit");
    assert_eq!(why(|r| r.roles = RoleSet::NONE.with(Role::Admin)), "allowed");
}

#[test]
fn what_support_may_do_is_a_masked_look() {
    for action in actions::all().iter().filter(|action| action.support) {
        let ActionInfo { name, changing, step_up, in_clear, needs_grant, .. } = **action;
        assert!(!changing && !step_up && !in_clear && !needs_grant, "{name}");
    }
}
