//! Tracking plans: which events a workspace expects, what each of their properties must be, and what is done with an
//! event that departs from it. Pure: documents in, judgements out.
//!
//! A plan is a document ([`Plan`], read by [`Plan::read`] with errors that name the place and the fix), compiled once
//! ([`Compiled`]) and then asked about every screened event ([`Compiled::check`]). What it calls personal or secret is told
//! to the shield before screening ([`Compiled::declared`]).
//!
//! Modules in reading order: [`document`] (what a plan says), [`read`] (from JSON), [`write`] (to JSON), [`compile`],
//! [`check`], [`violation`], [`diff`] (between two versions), [`draft`] (a first plan from what has arrived), [`shape`]
//! (an event without its values), [`typescript`] (a typed client); `scan` finds the pieces of a JSON text.
//!
//! Left to others: keeping plans (`service`), what is quarantined (`collect`), removing values (`shield`).

pub mod check;
pub mod compile;
pub mod diff;
pub mod document;
pub mod draft;
pub mod read;
pub mod shape;
pub mod typescript;
pub mod violation;
pub mod write;

mod instant;
mod scan;

pub use compile::Compiled;
pub use document::{Classification, EventPlan, Mode, Plan, Property, Scalar, Type, Unplanned};
pub use draft::Draft;
pub use read::Invalid;
pub use violation::{Rule, Verdict, Violation};
