//! The key and the bounds.

use std::hash::Hasher;

use model::SourceId;
use siphasher::sip128::{Hasher128, SipHasher24};
use stdx::Secret;

/// How message ids are hashed and how many are kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// The installation's key for message ids: they can be personal, so whoever has the files must not be
    /// able to try ids without it.
    pub key: Secret<[u8; 16]>,
    /// For how long an id counts as seen, by the time at which records arrive.
    pub window_ms: i64,
    /// How many ids are kept at most, 28 bytes of disk and 2 bytes of memory each; beyond it the oldest are
    /// dropped before their time and counted in [`crate::Stats::dropped_early`].
    pub ids_max: u64,
    /// How many ids are held in memory before they go to disk, about 40 bytes each.
    pub memory_ids_max: usize,
}

/// What tells one key from another without giving it away.
pub(crate) type KeyMark = [u8; 8];

impl Config {
    /// The bounds of a usual installation, and its key: 16 bytes that follow from the master key.
    pub fn new(key: [u8; 16]) -> Self {
        let key = Secret::new(key);
        Self { key, window_ms: 24 * 60 * 60 * 1000, ids_max: 50_000_000, memory_ids_max: 256 * 1024 }
    }

    /// The hash of one source's message id (SipHash-2-4 with 128 bits).
    pub(crate) fn hash(&self, source: SourceId, message_id: &str) -> u128 {
        let mut hasher = SipHasher24::new_with_key(self.key.expose());
        hasher.write(&source.0.to_le_bytes());
        hasher.write(message_id.as_bytes());
        hasher.finish128().as_u128()
    }

    pub(crate) fn key_mark(&self) -> KeyMark {
        let mut hasher = SipHasher24::new_with_key(self.key.expose());
        // Shorter than any source with an id, so it is the hash of none.
        hasher.write(b"key mark");
        hasher.finish128().h1.to_le_bytes()
    }
}
