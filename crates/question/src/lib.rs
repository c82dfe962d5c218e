//! Questions as data: what may be asked of the events and the people of a workspace, what an answer
//! looks like, and who answers. A question is read from JSON with errors that name the place and the
//! fix; its meaning is fixed by [`plain`], a slow interpreter that the fast ones are tested against.
//!
//! Left to others: reading rows (`store`), computing answers (`insight`, `sql`), traits (`people`).
//!
//! Modules in reading order: [`kinds`], [`condition`], [`range`], [`place`], [`answer`], [`ask`], [`invalid`],
//! `read` (private), `before` (private), [`shape`], [`plain`], [`words`]. The documents are described in `docs/questions.md`.

pub mod answer;
pub mod ask;
mod before;
pub mod condition;
pub mod invalid;
pub mod kinds;
pub mod place;
pub mod plain;
pub mod range;
mod read;
pub mod shape;
pub mod words;

pub use answer::{Answer, Column, ColumnType, Stats};
pub use ask::{Ask, AskError, Who, WhoError};
pub use condition::{Condition, Field, Op};
pub use invalid::Invalid;
pub use kinds::{
    Audience, Compare, Computed, Did, Direction, Flow, Formula, Funnel, FunnelSelect, Intervals, Measure,
    Order, People, Question, Reach, Retention, Returned, Select, Sessions, Show, Sql, Step, Times, Trend,
    TrendEvent, Worked,
};
pub use place::Place;
pub use range::{Bound, Interval, Range, Span, Within};
