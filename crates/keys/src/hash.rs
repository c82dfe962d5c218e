//! Keyed hashes: for lookups by a value that is not stored, and for marks that only we can make.

use std::fmt;

use aws_lc_rs::hmac;

use crate::key::KEY_BYTES;

/// A key for HMAC-SHA-256. Cheap to clone, never printed.
#[derive(Clone)]
pub struct HashKey(hmac::Key);

impl HashKey {
    pub(crate) fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// HMAC-SHA-256 of `message`.
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = [0; 32];
        mac.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        mac
    }

    /// The first half of [`HashKey::mac`]: enough for lookups and marks.
    pub fn short(&self, message: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.mac(message)[..16]);
        short
    }

    /// Whether `mac` is the whole HMAC of `message`, in a time that does not depend on where they differ.
    pub fn verify(&self, message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.0, message, mac).is_ok()
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash key]")
    }
}
