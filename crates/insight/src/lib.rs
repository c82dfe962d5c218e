//! Answers: kernels over the columns of the store. Trends are answered; the other kinds of question say
//! that they are not yet.
//!
//! Left to others: what questions mean (`question::plain`), columns (`store`), free SQL (`sql`), and
//! whether a question may be asked (`guard`).
//!
//! Modules in reading order: `answerer`, `trend`, `groups`, `condition`, `traits`, `item`.

mod answerer;
mod condition;
mod groups;
mod item;
mod traits;
mod trend;

pub use answerer::{Insight, ZoneOf};
