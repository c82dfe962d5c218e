//! The rules: who may do what, as one table of actions and a set of Cedar policies beside it.
//!
//! Pure: a request goes in, a decision comes out. Who somebody is, which roles they hold and whether
//! their fresh touch is genuine is found out by `signin` and `guard`; this crate only judges. Cedar is
//! behind it alone, because Cedar's policies can be proved and printed, not only tested.
//!
//! Modules in reading order: [`action`] (what can be asked for), [`actions`] (the table),
//! [`role`], [`scope_set`], [`request`], [`policies`] (the engine), `matrix` (who may do what, printed),
//! [`effective`] (what somebody may do by what they hold), [`laws`] (what must never be allowed), which `tests/proofs.rs` proves by a solver.

pub mod action;
pub mod actions;
pub mod effective;
mod engine;
mod error;
#[cfg(test)]
mod invariants;
pub mod laws;
mod matrix;
pub mod policies;
pub mod request;
pub mod role;
pub mod scope_set;

pub use action::{Action, ActionInfo, Scope};
pub use error::PolicyError;
pub use policies::Policies;
pub use request::{Decision, PrincipalKind, Request};
pub use role::{Role, RoleSet};
pub use scope_set::ScopeSet;
