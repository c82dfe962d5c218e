//! A workspace's key that can be replaced while everything goes on: what is new is sealed under the present key, what an
//! older one sealed is still opened by it until nothing bears it any more.

use std::fmt;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::error::KeyError;
use crate::key::{Key, KeyId, wrapped_by};

/// The present key and those before it. Cheap to clone; all clones see a replacement at once.
#[derive(Clone)]
pub struct Seal(Arc<RwLock<Ring>>);

struct Ring {
    present: Key,
    /// The latest first; usually none.
    older: Vec<Key>,
}

impl Seal {
    /// The present key, with those before it that still open something, the latest first.
    pub fn new(present: Key, older: Vec<Key>) -> Self {
        Self(Arc::new(RwLock::new(Ring { present, older })))
    }

    /// The present key's public name.
    pub fn id(&self) -> KeyId {
        self.0.read().present.id()
    }

    /// The public names of the keys before it, the latest first.
    pub fn older(&self) -> Vec<KeyId> {
        self.0.read().older.iter().map(Key::id).collect()
    }

    /// Makes `next` the present key; the one before opens what it sealed until it is dropped.
    pub fn replace(&self, next: Key) {
        let mut ring = self.0.write();
        let before = std::mem::replace(&mut ring.present, next);
        ring.older.insert(0, before);
    }

    /// Forgets an older key.
    pub fn drop_older(&self, id: KeyId) {
        self.0.write().older.retain(|key| key.id() != id);
    }

    /// As [`Key::seal`], under the present key.
    pub fn seal(&self, aad: &[u8], plain: &[u8]) -> Vec<u8> {
        self.present().seal(aad, plain)
    }

    /// As [`Key::open`], under whichever key sealed it.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let ring = self.0.read();
        let opened = ring.present.open(aad, sealed);
        let mut older = ring.older.iter();
        opened.or_else(|refused| older.find_map(|key| key.open(aad, sealed).ok()).ok_or(refused))
    }

    /// Whether `sealed` opens, and not under the present key: it must be sealed anew before the older ones go.
    pub fn is_behind(&self, aad: &[u8], sealed: &[u8]) -> bool {
        let ring = self.0.read();
        ring.present.open(aad, sealed).is_err() && ring.older.iter().any(|key| key.open(aad, sealed).is_ok())
    }

    /// As [`Key::wrap`], under the present key.
    pub fn wrap(&self, inner: &Key, aad: &[u8]) -> Vec<u8> {
        self.present().wrap(inner, aad)
    }

    /// As [`Key::unwrap`], under the key that `wrapped` names.
    ///
    /// # Errors
    /// As [`Key::unwrap`].
    pub fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Result<Key, KeyError> {
        let ring = self.0.read();
        let named = wrapped_by(wrapped);
        let older = ring.older.iter().find(|key| Some(key.id()) == named);
        older.unwrap_or(&ring.present).unwrap(wrapped, aad)
    }

    /// The keys for one purpose that follow from these.
    pub fn derive(&self, purpose: &str) -> Self {
        let ring = self.0.read();
        let older = ring.older.iter().map(|key| key.derive(purpose)).collect();
        Self::new(ring.present.derive(purpose), older)
    }

    /// The present key.
    pub fn present(&self) -> Key {
        self.0.read().present.clone()
    }
}

impl From<Key> for Seal {
    fn from(present: Key) -> Self {
        Self::new(present, Vec::new())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.0.read();
        match ring.older.len() {
            0 => write!(f, "{:?}", ring.present),
            older => write!(f, "[key {} and {older} older]", ring.present.id()),
        }
    }
}
