//! Messages to people: templates, broadcasts, the outbox, and who is not written to.
//!
//! A broadcast is one version of a template for one audience. Whether it may go is guard's to say (`guard::grants::sends`): what
//! is asked for is a digest of everything about it, and what begins is compared with that digest. Addresses come from the
//! row-writer a few at a time, are handed to the relay, and are kept nowhere here: the outbox knows people and keyed marks.
//!
//! Left to others: who may and who approves (`guard`), personal values (`rows`, `people`), SMTP (`send`), HTTP (`api`,
//! `console`, `public`).
//!
//! Modules in reading order: [`template`] (what it says), [`content`] (what is striking about that), [`broadcast`] (to whom, and how
//! it goes), `book` (both in the database), [`outbox`] (one row a person), [`links`] (the link that ends it), [`Campaigns`]
//! (`campaigns`, what people do), [`reach`] (who would get it), `leaving` (who is not written to any more), `tests_sent` (a test to members), [`sending`] (the thread that hands over).

mod book;
pub mod broadcast;
mod campaigns;
pub mod content;
mod error;
mod leaving;
pub mod links;
pub mod outbox;
pub mod reach;
pub mod sending;
pub mod template;
mod tests_sent;

pub use broadcast::{Broadcast, Draft, State};
pub use campaigns::{Campaigns, Parts};
pub use error::CampaignError;
pub use outbox::Tally;
pub use reach::Preview;
pub use sending::Sender;
pub use template::{Template, Version};
