//! A 256-bit key for AES-256-GCM, and what can be done with it.
//!
//! Nonces are random, so one key should seal fewer than 2³² values (NIST SP 800-38D). Keys that seal
//! many are short-lived: a journal file's key ends with the file.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::hash::HashKey;

/// Bytes of the nonce in front of a sealed value.
pub const NONCE_BYTES: usize = 12;
/// Bytes of the authentication tag behind it.
pub const TAG_BYTES: usize = 16;
/// By how much a sealed value is longer than its plain text.
pub const SEAL_OVERHEAD_BYTES: usize = NONCE_BYTES + TAG_BYTES;
/// Length of a wrapped key.
pub const WRAPPED_BYTES: usize = 1 + 8 + KEY_BYTES + SEAL_OVERHEAD_BYTES;

pub(crate) const KEY_BYTES: usize = 32;
const WRAP_VERSION: u8 = 1;
const WRAP_CONTEXT: &[u8] = b"holdfast wrapped key 1\0";
const SALT: &[u8] = b"holdfast 1";

/// A 256-bit key. Cheap to clone, wiped when the last clone goes, never printed.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    cipher: LessSafeKey,
    id: KeyId,
}

/// The public name of a key: the first bytes of a keyed hash under it. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl Key {
    /// A new random key.
    pub fn generate() -> Self {
        Self::from_bytes(stdx::random_array())
    }

    /// The key made of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        let cipher = LessSafeKey::new(certain(UnboundKey::new(&AES_256_GCM, bytes.as_slice())));
        let mut id = [0; 8];
        id.copy_from_slice(&expand(&bytes, "id", "")[..8]);
        Self(Arc::new(Inner { bytes, cipher, id: KeyId(id) }))
    }

    /// The key's public name.
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    /// Encrypts `plain` and binds it to `aad`: nonce, cipher text, tag.
    pub fn seal(&self, aad: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plain.len() + SEAL_OVERHEAD_BYTES);
        self.seal_onto(&mut sealed, aad, plain);
        sealed
    }

    /// As [`Key::seal`], behind what `out` already holds. For the hot path: saves a copy.
    pub fn seal_onto(&self, out: &mut Vec<u8>, aad: &[u8], plain: &[u8]) {
        let nonce = stdx::random_array::<NONCE_BYTES>();
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let text = out.get_mut(start..).unwrap_or_default();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = certain(self.0.cipher.seal_in_place_separate_tag(nonce, Aad::from(aad), text));
        out.extend_from_slice(tag.as_ref());
    }

    /// Decrypts what [`Key::seal`] made with the same `aad`.
    ///
    /// # Errors
    /// [`KeyError::Refused`] when anything differs, [`KeyError::Malformed`] when it is too short.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut plain = Vec::new();
        self.open_into(aad, sealed, &mut plain)?;
        Ok(plain)
    }

    /// As [`Key::open`], in the place of what `plain` holds. For the hot path: saves an allocation.
    ///
    /// # Errors
    /// As [`Key::open`]; `plain` is empty then.
    pub fn open_into(&self, aad: &[u8], sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), KeyError> {
        let opened = self.open_over(aad, sealed, plain);
        if opened.is_err() {
            plain.clear();
        }
        opened
    }

    fn open_over(&self, aad: &[u8], sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), KeyError> {
        let too_short = KeyError::Malformed { expected: "sealed value" };
        let Some((nonce, rest)) = sealed.split_first_chunk::<NONCE_BYTES>() else { return Err(too_short) };
        let Some((text, tag)) = rest.split_last_chunk::<TAG_BYTES>() else { return Err(too_short) };
        // Not cleared before: what is there is overwritten, and only what is missing is filled up.
        plain.resize(text.len(), 0);
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.cipher.open_separate_gather(nonce, Aad::from(aad), text, tag, plain);
        opened.map_err(|_| KeyError::Refused)
    }

    /// Encrypts another key for keeping beside what it protects, bound to `aad`.
    pub fn wrap(&self, inner: &Key, aad: &[u8]) -> Vec<u8> {
        let mut wrapped = Vec::with_capacity(WRAPPED_BYTES);
        wrapped.push(WRAP_VERSION);
        wrapped.extend_from_slice(&self.id().0);
        self.seal_onto(&mut wrapped, &wrap_aad(aad), inner.0.bytes.as_slice());
        wrapped
    }

    /// The key in what [`Key::wrap`] made with the same `aad`.
    ///
    /// # Errors
    /// [`KeyError::OtherKey`] when it was wrapped under another key, [`KeyError::Refused`] when it was
    /// changed or stood elsewhere, [`KeyError::Malformed`] when it is no wrapped key.
    pub fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Result<Key, KeyError> {
        let malformed = KeyError::Malformed { expected: "wrapped key" };
        let Some((&[WRAP_VERSION], rest)) = wrapped.split_first_chunk::<1>() else { return Err(malformed) };
        let Some((id, sealed)) = rest.split_first_chunk::<8>() else { return Err(malformed) };
        if wrapped.len() != WRAPPED_BYTES {
            return Err(malformed);
        }
        if *id != self.id().0 {
            return Err(KeyError::OtherKey { wanted: KeyId(*id), given: self.id() });
        }
        let plain = Zeroizing::new(self.open(&wrap_aad(aad), sealed)?);
        let bytes: [u8; KEY_BYTES] = plain.as_slice().try_into().map_err(|_| malformed)?;
        Ok(Self::from_bytes(bytes))
    }

    /// The key for one purpose that follows from this one (HKDF-SHA-256).
    pub fn derive(&self, purpose: &str) -> Key {
        Self::from_bytes(*expand(&self.0.bytes, "key", purpose))
    }

    /// The hash key for one purpose that follows from this one (HKDF-SHA-256).
    pub fn hasher(&self, purpose: &str) -> HashKey {
        HashKey::new(&expand(&self.0.bytes, "hash", purpose))
    }

    /// The key itself, to hand it to somebody on purpose: an auditor who shall open a ledger's payloads.
    pub fn handed_over(&self) -> stdx::Secret<[u8; KEY_BYTES]> {
        stdx::Secret::new(*self.bytes())
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0.bytes
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[key {}]", self.id())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What kind of thing follows comes first and ends with a zero byte, so that no purpose of one kind
/// gives the bytes of another kind.
fn expand(bytes: &[u8; KEY_BYTES], kind: &str, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
    let info = [kind.as_bytes(), b"\0", purpose.as_bytes()];
    let mut out = Zeroizing::new([0; KEY_BYTES]);
    let from = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(bytes);
    certain(certain(from.expand(&info, hkdf::HKDF_SHA256)).fill(out.as_mut_slice()));
    out
}

/// The name of the key under which a wrapped key is wrapped; `None` where it is no wrapped key.
pub fn wrapped_by(wrapped: &[u8]) -> Option<KeyId> {
    let (_, rest) = wrapped.split_first()?;
    rest.first_chunk::<8>().map(|id| KeyId(*id))
}

fn wrap_aad(aad: &[u8]) -> Vec<u8> {
    [WRAP_CONTEXT, aad].concat()
}

/// The cipher refuses only wrong lengths of keys and texts beyond 64 GiB, and neither occurs here.
/// Should it refuse all the same, going on with unprotected values would be worse than stopping.
fn certain<T, E>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|_| std::process::abort())
}
