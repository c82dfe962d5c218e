//! The matrix of effective rights, held against the engine on requests made at random.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not what they call")]

use std::collections::BTreeMap;

use policy::effective::{Held, Way};
use policy::scope_set::SCOPES;
use policy::{Policies, PrincipalKind, Request, Role, RoleSet, Scope, ScopeSet, actions};

/// Numbers that look like chance and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

fn held(random: &mut Random) -> Held {
    let kind = PrincipalKind::ALL[random.below(5)];
    let roles = Role::ALL.into_iter().filter(|_| random.one_in(3)).collect();
    let scopes: Vec<_> = SCOPES.into_iter().filter(|_| random.one_in(3)).collect();
    let member = kind == PrincipalKind::Member;
    Held {
        kind,
        roles: if member { roles } else { RoleSet::NONE },
        scopes: if kind == PrincipalKind::Token { ScopeSet::parse(scopes).unwrap() } else { ScopeSet::NONE },
        granted: (member || kind == PrincipalKind::Operator) && random.one_in(2),
    }
}

#[test]
fn what_is_printed_is_what_the_engine_decides_on_100_000_random_requests() {
    let policies = Policies::builtin().unwrap();
    let mut all = actions::all();
    all.retain(|action| action.scope == Scope::Workspace);
    let mut random = Random(7);
    let (mut allowed, mut refused) = (0, 0);
    for _ in 0..60 {
        let held = held(&mut random);
        // As it is printed, not as it was reckoned.
        let printed: String = policies
            .open_to(&held)
            .iter()
            .map(|(action, way)| {
                format!("{} {}\n", action.name, if *way == Way::Touch { "touch" } else { "yes" })
            })
            .collect();
        let printed: BTreeMap<_, _> = printed.lines().map(|line| line.split_once(' ').unwrap()).collect();
        for _ in 0..2_400 {
            let action = all[random.below(all.len())];
            let (step_up, read_only, belongs) = (random.one_in(2), random.one_in(4), !random.one_in(4));
            let level = match held.kind {
                PrincipalKind::Member | PrincipalKind::Operator => random.below(4),
                _ => 1,
            };
            let request = Request {
                kind: held.kind,
                level: u8::try_from(level).unwrap(),
                roles: held.roles,
                scopes: held.scopes,
                action,
                belongs,
                leave: false,
                granted: held.granted,
                step_up,
                read_only,
            };
            let accounts = matches!(held.kind, PrincipalKind::Member | PrincipalKind::Operator);
            let at_home = belongs || held.kind == PrincipalKind::Operator;
            let signed_in = !accounts || level >= 3;
            let mode_allows = !read_only || !action.changing || action.tightening;
            let open = match printed.get(action.name) {
                Some(&"yes") => true,
                Some(&"touch") => step_up,
                _ => false,
            };
            let expected = open && at_home && signed_in && mode_allows;
            assert_eq!(policies.decide(&request).is_allow(), expected, "{request:?}");
            *(if expected { &mut allowed } else { &mut refused }) += 1;
        }
    }
    assert!(allowed > 2_000 && allowed + refused >= 100_000, "{allowed} {refused}");
}
