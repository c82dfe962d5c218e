//! The laws proved: for every request that the schema knows, a solver shows that the policies and the law have none in
//! common. Where a forbid is taken away a law falls, with a request that the real engine then allows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows test functions, not what they call"
)]

use std::collections::BTreeSet;
use std::process::Command;
use std::str::FromStr;

use cedar_policy::{Authorizer, Decision, Effect, Policy, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, CompiledSchema, Env, SymEnv};
use policy::actions;
use policy::laws::{Law, laws};

const PERMIT_EVERYTHING: &str = "permit (principal, action, resource);";

/// The policies as they are written.
fn written() -> PolicySet {
    set(&policy::Policies::builtin().unwrap().text())
}

/// The forbids that `kept` keeps, beside a permit for everything.
fn rogue(kept: impl Fn(&Policy) -> bool) -> PolicySet {
    let all = written();
    let forbids = all.policies().filter(|policy| policy.effect() == Effect::Forbid && kept(policy));
    let permit = Policy::parse(None, PERMIT_EVERYTHING).unwrap();
    let permit = permit.new_id(cedar_policy::PolicyId::new("rogue"));
    PolicySet::from_policies(forbids.cloned().chain([permit])).unwrap()
}

struct Prover {
    runtime: tokio::runtime::Runtime,
    solver: CedarSymCompiler<LocalSolver>,
    schema: Schema,
    /// Each kind of request with its symbols; those of the entities are made once and shared.
    environments: Vec<(RequestEnv, SymEnv)>,
}

impl Prover {
    fn new() -> Self {
        let found = Command::new("cvc5").arg("--version").output();
        assert!(found.is_ok(), "the proofs need cvc5: apt-get install cvc5");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let solver = runtime.block_on(async { CedarSymCompiler::new(solver()).unwrap() });
        let text = policy::Policies::builtin().unwrap().schema();
        let (schema, _) = Schema::from_cedarschema_str(&text).unwrap();
        let symbols = CompiledSchema::new(&schema).unwrap();
        let with_symbols = |env: RequestEnv| (symbols.sym_env(&env).map(|symbols| (env, symbols))).unwrap();
        let environments = schema.request_envs().map(with_symbols).collect();
        Self { runtime, solver, schema, environments }
    }

    fn compiled(&self, policies: &PolicySet) -> Vec<CompiledPolicySet> {
        let of = |(env, symbols): &(RequestEnv, SymEnv)| {
            CompiledPolicySet::compile_with_custom_symenv(policies, env, &self.schema, symbols.clone())
                .unwrap()
        };
        self.environments.iter().map(of).collect()
    }

    /// A request that both allow, if there is one.
    fn common(&mut self, policies: &[CompiledPolicySet], law: &[CompiledPolicySet]) -> Option<Env> {
        policies.iter().zip(law).find_map(|(policies, law)| {
            let asked = self.solver.check_disjoint_with_counterexample_opt(policies, law);
            self.runtime.block_on(asked).unwrap()
        })
    }
}

/// One solver for many questions, with a limit on each of them.
fn solver() -> LocalSolver {
    LocalSolver::cvc5_with_args(["--tlimit-per=60000"]).unwrap()
}

fn set(text: &str) -> PolicySet {
    PolicySet::from_str(text).unwrap()
}

fn law_set(law: &Law) -> PolicySet {
    set(&law.text)
}

/// What a law is proved against.
fn against(law: &Law) -> PolicySet {
    if law.whatever_is_permitted { rogue(|_| true) } else { written() }
}

fn allows(policies: &PolicySet, request: &Env) -> bool {
    let answer = Authorizer::new().is_authorized(&request.request, policies, &request.entities);
    answer.decision() == Decision::Allow && answer.diagnostics().errors().next().is_none()
}

#[test]
fn every_law_holds_for_every_request_there_could_be() {
    let mut prover = Prover::new();
    // Each action with each kind of principal, and a law that no request could break would say nothing.
    assert_eq!(prover.environments.len(), actions::all().len() * 5);
    let everything = prover.compiled(&set(PERMIT_EVERYTHING));
    let rogue = prover.compiled(&rogue(|_| true));
    let written = prover.compiled(&written());
    let laws = laws().unwrap();
    assert!(laws.len() >= 20);
    for law in &laws {
        let forbidden = prover.compiled(&law_set(law));
        let policies = if law.whatever_is_permitted { &rogue } else { &written };
        let broken = prover.common(policies, &forbidden);
        assert!(broken.is_none(), "`{}` is broken by {}", law.id, broken.unwrap());
        assert!(prover.common(&everything, &forbidden).is_some(), "`{}` describes no request", law.id);
    }
}

#[test]
fn without_any_one_forbid_a_law_falls_and_the_engine_allows_what_was_found() {
    let mut prover = Prover::new();
    let laws = laws().unwrap();
    let laws: Vec<_> = laws
        .iter()
        .filter(|law| law.whatever_is_permitted)
        .map(|law| (law, law_set(law), prover.compiled(&law_set(law))))
        .collect();
    let mut fallen = BTreeSet::new();
    let all = written();
    let forbids: Vec<_> = all.policies().filter(|policy| policy.effect() == Effect::Forbid).collect();
    assert!(forbids.len() >= 15);
    for gone in forbids {
        let forbid = gone.annotation("id").unwrap();
        let spoiled = rogue(|policy| policy.id() != gone.id());
        let compiled = prover.compiled(&spoiled);
        let found = laws
            .iter()
            .find_map(|(law, text, forbidden)| Some((law, text, prover.common(&compiled, forbidden)?)));
        let Some((law, text, request)) = found else { panic!("no law misses `{forbid}`") };
        assert!(allows(&spoiled, &request), "{forbid}: the engine refuses {request}");
        assert!(allows(text, &request), "{forbid}: the law does not speak of {request}");
        assert!(!allows(&against(law), &request), "{forbid}: the whole policies allow {request}");
        fallen.insert(law.id.as_str());
    }
    // Most forbids have a law of their own.
    assert!(fallen.len() >= 10, "{fallen:?}");
}

#[test]
fn a_wrong_permit_is_found_by_the_laws_about_roles() {
    let mut prover = Prover::new();
    for (permit, law) in [
        (
            r#"permit (principal, action == Action::"OpenSupport", resource) when { principal in Role::"marketer" };"#,
            "power-is-given-by-those-who-run-the-workspace",
        ),
        (
            r#"permit (principal is Member, action == Action::"DeleteWorkspace", resource);"#,
            "only-owners-decide-about-the-workspace",
        ),
        (
            r#"permit (principal in Role::"viewer", action == Action::"RevealTrait", resource);"#,
            "clear-values-need-a-person",
        ),
        (
            r#"permit (principal in Role::"analyst", action == Action::"ViewPerson", resource);"#,
            "analysts-see-nobody",
        ),
        (r#"permit (principal is Member, action == Action::"ReadEvents", resource);"#, "a-role-is-needed"),
    ] {
        let spoiled = set(&format!("{}{permit}", policy::Policies::builtin().unwrap().text()));
        let all = laws().unwrap();
        let text = law_set(all.iter().find(|known| known.id == law).unwrap());
        let (compiled, forbidden) = (prover.compiled(&spoiled), prover.compiled(&text));
        let Some(request) = prover.common(&compiled, &forbidden) else { panic!("`{law}` misses {permit}") };
        assert!(allows(&spoiled, &request), "{law}: the engine refuses {request}");
    }
}

/// A policy that errs is left out of the decision; a forbid that could err would be no forbid.
#[test]
fn no_policy_can_err() {
    let mut prover = Prover::new();
    let all = written();
    // What says nothing but who, what and where has nothing to err about.
    for policy in all.policies().filter(|policy| policy.has_non_scope_constraint()) {
        for (env, symbols) in &prover.environments {
            let (schema, symbols) = (&prover.schema, symbols.clone());
            let compiled = CompiledPolicy::compile_with_custom_symenv(policy, env, schema, symbols).unwrap();
            let never = prover.runtime.block_on(prover.solver.check_never_errors_opt(&compiled)).unwrap();
            assert!(never, "{policy} can err for {env:?}");
        }
    }
}
