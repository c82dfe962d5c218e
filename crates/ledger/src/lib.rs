//! The ledger: who saw and did what.
//!
//! Entries are leaves of a Merkle tree (RFC 6962) that lies on disk as C2SP tlog-tiles, under signed
//! checkpoints (C2SP tlog-checkpoint). A leaf is a salted commitment and tells nothing; what happened is
//! sealed in payload files of the workspace that it concerns. An entry is durable when [`Ledger::enter`]
//! returns: no entry, no answer. [`verify`] recomputes everything and names the first wrong entry;
//! `tests/verify.py` does the same in another language. The formats are in `docs/formats/ledger.md`.
//!
//! What it proves: that nothing recorded before a checkpoint which somebody else keeps was changed,
//! removed, inserted or put in another order. What happened since the last checkpoint outside is only
//! safe from those who lack the signing key; what was never recorded is not in it.
//!
//! Left to others: who may read which entries (`guard`), which acts are entered (their doers), keeping
//! checkpoints outside (witnesses), key bytes (`keys`).
//!
//! Modules in reading order: `entry`, `ledger`, `intents`; how it is kept: `secrets`, `hash`, `tile`,
//! `edge`, `note`, `checkpoint`, `frame`, `pending`, `payloads`, `history`, `disk`; how it runs: `shared`,
//! `writer`, `keeper`, `recover`; how it is read: `filter`, `read`, `walk`, `shown`, `proof`, `disclose`, `retain`,
//! `verify`.

mod checkpoint;
mod cosign;
mod disclose;
mod disk;
mod edge;
mod entry;
mod error;
mod filter;
mod frame;
mod hash;
mod history;
mod intents;
mod keeper;
mod ledger;
mod note;
mod payloads;
mod pending;
mod proof;
mod read;
mod recover;
mod retain;
mod secrets;
mod shared;
mod shown;
mod tile;
mod verify;
mod walk;
mod witnessed;
mod writer;

pub use checkpoint::SignedCheckpoint;
pub use cosign::Cosigner;
pub use disclose::{Disclosure, Proven, disclose};
pub use entry::{ENTRY_BYTES_MAX, EntryId, EntryView, NewEntry, Outcome, Phase};
pub use error::LedgerError;
pub use filter::{Filter, Scope, WORKSPACES_MAX};
pub use hash::{HASH_BYTES, Hash, empty_root, leaf_hash, node_hash};
pub use intents::Intent;
pub use ledger::Ledger;
pub use note::{NOTE_BYTES_MAX, PublicKey, VerifierKey, WitnessKey};
pub use proof::{InclusionProof, consistent, included};
pub use read::{EntriesPage, PAGE_ENTRIES_MAX};
pub use recover::Recovery;
pub use retain::{PAYLOAD_DAYS, Retained};
pub use secrets::LedgerKeys;
pub use shared::Companion;
pub use shown::Shown;
pub use tile::{Level, TILE_WIDTH, Tile};
pub use verify::{Finding, Report, Trust, Wrong, verify};
pub use witnessed::{Standing, Trouble, WITNESSES_MAX, WitnessStanding, cosigned};
