//! Answers: kernels over the columns of the store. Free SQL says that it is not answered yet.
//!
//! Left to others: what questions mean (`question::plain`), columns (`store`), free SQL (`sql`), and
//! whether a question may be asked (`guard`).
//!
//! Modules in reading order: `answerer`, `trend`, `funnel`, `retention`, `flow`, `sessions`, `people`,
//! `behind` (who is behind a number), [`judge`], `walks`, `steps`, `reading`, `groups`, `condition`,
//! `traits`, `edges`, `item`.

mod answerer;
mod behind;
mod condition;
mod edges;
mod flow;
mod funnel;
mod groups;
mod item;
pub mod judge;
mod people;
mod reading;
mod retention;
mod sessions;
mod steps;
mod traits;
mod trend;
mod walks;

pub use answerer::{Insight, ZoneOf};
pub use behind::Crowd;
