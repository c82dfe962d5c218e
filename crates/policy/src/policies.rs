//! The engine with its memory: decisions depend on few small inputs, so each is worked out once.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

use crate::action::ActionInfo;
use crate::actions;
use crate::engine::{self, Engine};
use crate::error::PolicyError;
use crate::request::{Decision, PrincipalKind, Request};

/// How many decisions are remembered. Beyond it the rest is worked out each time: slower, never wrong.
const REMEMBERED_MAX: usize = 1 << 16;

/// The built-in policies, ready to decide.
pub struct Policies {
    engine: Engine,
    numbers: HashMap<&'static str, u8>,
    remembered: RwLock<HashMap<u64, Decision>>,
}

impl Policies {
    /// Parses and validates the policies that are compiled in.
    ///
    /// # Errors
    /// Only when the files compiled in are wrong; the tests of this crate exclude it.
    pub fn builtin() -> Result<Self, PolicyError> {
        Self::with(engine::FORBIDS, engine::PERMITS)
    }

    /// The built-in policies of this process: parsed once, with one memory for all who ask.
    ///
    /// # Errors
    /// As [`Policies::builtin`].
    pub fn shared() -> Result<&'static Self, PolicyError> {
        static SHARED: OnceLock<Policies> = OnceLock::new();
        if let Some(shared) = SHARED.get() {
            return Ok(shared);
        }
        // Two at once both parse, and one of the two is kept.
        let fresh = Self::builtin()?;
        Ok(SHARED.get_or_init(|| fresh))
    }

    pub(crate) fn with(forbids: &str, permits: &str) -> Result<Self, PolicyError> {
        let numbers = actions::all().iter().zip(0_u8..).map(|(action, at)| (action.name, at)).collect();
        Ok(Self { engine: Engine::new(forbids, permits)?, numbers, remembered: RwLock::default() })
    }

    /// Judges a request: default deny, and a forbid beats every permit.
    pub fn decide(&self, request: &Request) -> Decision {
        let Some(key) = self.key(request) else { return self.engine.decide(request) };
        if let Some(known) = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let decision = self.engine.decide(request);
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() < REMEMBERED_MAX {
            remembered.insert(key, decision.clone());
        }
        decision
    }

    #[cfg(test)]
    pub(crate) fn engine_decides(&self, request: &Request) -> Decision {
        self.engine.decide(request)
    }

    /// Everything the engine reads, as one number; two requests with the same number are the same.
    fn key(&self, request: &Request) -> Option<u64> {
        let ActionInfo { name, .. } = request.action;
        let kind = match request.kind {
            PrincipalKind::Member => 0_u64,
            PrincipalKind::Operator => 1,
            PrincipalKind::Token => 2,
            PrincipalKind::Anyone => 3,
            PrincipalKind::Visitor => 4,
        };
        let flags = [request.leave, request.belongs, request.granted, request.step_up, request.read_only];
        let flags = flags.into_iter().fold(0_u64, |bits, flag| (bits << 1) | u64::from(flag));
        let parts = [
            (u64::from(*self.numbers.get(name)?), 8),
            (kind, 3),
            (request.level.into(), 8),
            (request.roles.bits().into(), 8),
            (request.scopes.bits().into(), 16),
            (flags, 5),
        ];
        Some(parts.into_iter().fold(0, |key, (part, bits)| (key << bits) | part))
    }

    /// The policies as text, forbids first: what a customer can read.
    pub fn text(&self) -> String {
        format!("{}\n{}", engine::FORBIDS, engine::PERMITS)
    }

    /// The schema the policies are validated against.
    pub fn schema(&self) -> String {
        format!("{}\n{}", engine::ENTITIES, engine::ACTIONS)
    }
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[policies]")
    }
}
