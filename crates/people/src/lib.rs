//! Who did it: follows the journal, gives every event its person, keeps what is known of people, and
//! answers who somebody is. The rules of identity are in docs/people.md, the tables in
//! docs/formats/people-db.md.
//!
//! A person is never serialised here: no type of this crate implements `Serialize`, and personal values
//! come out sealed, masked or as a [`stdx::Secret`]. Only `rows` turns people into bytes.
//!
//! Left to others: sealing (`vault`), databases and migrations (`control`), feeding decided merges back
//! into the journal (`holdfast`), and who may look (`guard`, `rows`).
//!
//! Modules in reading order: [`People`] (`people`), `batch` and the rules in `identity`, `ties`, `merge`,
//! `overlaid`, `unmerge`, `apart`, `erase`, `orders`, [`sift`]; what is kept in `traits`, `operations` on them, [`consent`] and `groups`; what is asked in [`profile`], `read`, `who`, [`audience`].

mod apart;
pub mod audience;
mod batch;
pub mod consent;
mod erase;
mod error;
mod groups;
mod history;
mod identifiers;
mod identity;
mod memory;
mod merge;
mod operations;
mod orders;
mod overlaid;
mod people;
pub mod profile;
mod read;
mod recent;
mod renew;
pub mod sift;
mod ties;
mod traits;
mod unmerge;
mod who;

pub use consent::says_consent;
pub use error::PeopleError;
pub use identifiers::IdentifierKind;
pub use identity::ANONYMOUS_IDS_MAX;
pub use memory::TRAIT_NAMES_MAX;
pub use people::People;
pub use profile::{Profile, ProfileSummary};
pub use read::joined::Merged;
pub use read::open::{OpenFields, Opened, OpenedTrait};
pub use read::plain::{PlainNeeds, PlainPerson};
pub use read::reach::AddressMark;
pub use recent::IDENTIFIERS_CACHED_MAX;
pub use sift::{Fate, IdentityMark, KeptTrait, Sift, Sifted};
