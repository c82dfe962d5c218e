//! Dashboards: questions that are kept, shown side by side, shared as numbers, watched, and sent at times.
//!
//! A dashboard holds questions as data; its filters and its range are put into each of them when it is looked at. What
//! is noted at days stands on charts over time. A share link shows frozen questions to whoever has it: numbers alone, of
//! groups of five people or more. An alert is a rule about one metric, a schedule a time at which a dashboard's numbers are told;
//! one thread looks after both, and tells by notices.
//!
//! Left to others: what questions mean (`question`) and their answers (whoever implements [`question::Ask`]), who may
//! look (`guard`), how notices travel (`send`), pages (`console`, `public`).
//!
//! Modules in reading order: [`definition`], [`Dashboards`] (`dashboards`), its `book`, [`ask`] (questions as they are asked), `changes`,
//! [`annotations`], [`shares`] with [`few`] (what of an answer leaves the house), [`alerts`] with [`anomaly`], [`schedules`], [`Keeper`] (`keeper`).

pub mod alerts;
pub mod annotations;
pub mod anomaly;
pub mod ask;
mod book;
mod changes;
mod dashboards;
pub mod definition;
mod error;
pub mod few;
mod keeper;
pub mod schedules;
pub mod shares;

pub use dashboards::{Dashboards, Parts};
pub use definition::{Chart, Dashboard, NewDashboard, Range, Tile};
pub use error::DashboardError;
pub use keeper::Keeper;
