//! The ledger's keys, and how an entry becomes a leaf that shows nothing and a payload that is sealed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use keys::Key;
use model::WorkspaceId;
use parking_lot::Mutex;
use stdx::Secret;

use crate::error::LedgerError;
use crate::hash::sha256;
use crate::note::{PublicKey, Signer};

/// The name and the two keys of a ledger.
///
/// Whoever has the signing seed can sign another history; whoever has the payload key can read entries.
/// The tree, the tiles and the checkpoint are checked with the public key alone.
#[derive(Clone)]
pub struct LedgerKeys {
    signer: Arc<Signer>,
    payload: Key,
}

impl LedgerKeys {
    /// Keys of the log called `origin`: a name that no other log has, without spaces and plus signs,
    /// fixed when the installation is made, because every checkpoint bears it.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when the origin is none.
    pub fn new(origin: &str, signing_seed: &Secret<[u8; 32]>, payload: Key) -> Result<Self, LedgerError> {
        Ok(Self { signer: Arc::new(Signer::new(origin, signing_seed)?), payload })
    }

    /// The keys that follow from the installation's master key.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when the origin is none.
    pub fn derive(origin: &str, master: &Key) -> Result<Self, LedgerError> {
        let seed = Secret::new(master.hasher("ledger signing seed").mac(b"1"));
        Self::new(origin, &seed, master.derive("ledger payload"))
    }

    /// The key that checks this log's checkpoints; its text form is for witnesses and verifiers.
    pub fn public(&self) -> &PublicKey {
        self.signer.public()
    }

    /// The key that opens payloads.
    pub fn payload(&self) -> &Key {
        &self.payload
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}

impl fmt::Debug for LedgerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[ledger keys of {}]", self.public().name())
    }
}

/// Whose payload file an entry goes to: a workspace's, or the installation's own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Stream(pub Option<WorkspaceId>);

/// Bytes of a stream's tag in files.
pub(crate) const TAG_BYTES: usize = 17;

impl Stream {
    pub fn tag(self) -> [u8; TAG_BYTES] {
        let mut tag = [0; TAG_BYTES];
        if let Some(workspace) = self.0 {
            tag[0] = 1;
            tag[1..].copy_from_slice(&workspace.0.to_be_bytes());
        }
        tag
    }

    pub fn from_tag(tag: [u8; TAG_BYTES]) -> Option<Self> {
        let (kind, id) = tag.split_first_chunk::<1>()?;
        let id = u128::from_be_bytes(id.try_into().ok()?);
        match (kind[0], id) {
            (0, 0) => Some(Self(None)),
            (1, id) => Some(Self(Some(WorkspaceId(id)))),
            _ => None,
        }
    }

    /// The folder under `payload/`.
    pub fn folder(self) -> String {
        self.0.map_or_else(|| "installation".to_owned(), |workspace| workspace.to_string())
    }

    pub fn from_folder(name: &str) -> Option<Self> {
        if name == "installation" { Some(Self(None)) } else { name.parse().ok().map(|id| Self(Some(id))) }
    }
}

/// Bytes of a leaf: its version and the commitment.
pub(crate) const LEAF_BYTES: usize = 33;
const LEAF_VERSION: u8 = 1;
const SALT_BYTES: usize = 32;
/// A key seals at most this many entries, far below what random nonces allow (2^32).
const ENTRIES_PER_KEY_BITS: u32 = 20;
const CACHED_KEYS_MAX: usize = 1_024;

/// A leaf of the tree: version 1 and SHA-256 of salt and payload.
pub(crate) type Leaf = [u8; LEAF_BYTES];

/// Where an entry stands; the seal is bound to all of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub stream: Stream,
    pub index: u64,
    pub at_ms: i64,
}

impl Place {
    fn aad(self) -> Vec<u8> {
        let numbers = [self.index.to_be_bytes(), self.at_ms.to_be_bytes()];
        [b"holdfast ledger payload 1\0".as_slice(), &self.stream.tag(), numbers.as_flattened()].concat()
    }
}

/// Seals and opens payloads. Keys follow from the payload key, per stream and 2^20 entries.
pub(crate) struct Sealer {
    payload: Key,
    derived: Mutex<HashMap<(Stream, u64), Key>>,
}

impl Sealer {
    pub fn new(payload: Key) -> Self {
        Self { payload, derived: Mutex::new(HashMap::new()) }
    }

    /// The leaf and the sealed form of a new payload.
    pub fn seal(&self, place: Place, payload: &[u8]) -> (Leaf, Vec<u8>) {
        let salt = stdx::random_array::<SALT_BYTES>();
        let plain = [salt.as_slice(), payload].concat();
        (leaf_of(&plain), self.key(place).seal(&place.aad(), &plain))
    }

    /// Salt and payload of a sealed entry, if it is whole and belongs to this place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Option<Opened> {
        let plain = self.key(place).open(&place.aad(), sealed).ok()?;
        (plain.len() >= SALT_BYTES).then_some(Opened(plain))
    }

    fn key(&self, place: Place) -> Key {
        let part = (place.stream, place.index >> ENTRIES_PER_KEY_BITS);
        let mut derived = self.derived.lock();
        if derived.len() >= CACHED_KEYS_MAX {
            derived.clear();
        }
        let purpose = || format!("ledger payload {} {}", part.0.folder(), part.1);
        derived.entry(part).or_insert_with(|| self.payload.derive(&purpose())).clone()
    }
}

/// Salt and payload, opened.
pub(crate) struct Opened(Vec<u8>);

impl Opened {
    /// The leaf that this salt and payload make.
    pub fn leaf(&self) -> Leaf {
        leaf_of(&self.0)
    }

    /// Of a salt and the payload behind it, as somebody shows them; `None` when there is no payload.
    pub fn from_plain(salt_and_payload: &[u8]) -> Option<Self> {
        (salt_and_payload.len() > SALT_BYTES).then(|| Self(salt_and_payload.to_vec()))
    }

    pub fn salt(&self) -> &[u8] {
        self.0.get(..SALT_BYTES).unwrap_or_default()
    }

    pub fn payload(&self) -> &[u8] {
        self.0.get(SALT_BYTES..).unwrap_or_default()
    }
}

fn leaf_of(salt_and_payload: &[u8]) -> Leaf {
    let mut leaf = [LEAF_VERSION; LEAF_BYTES];
    leaf[1..].copy_from_slice(&sha256(&[salt_and_payload]));
    leaf
}

/// Whether these bytes are a leaf of a version that this program knows.
pub(crate) fn is_leaf(bytes: &[u8]) -> bool {
    bytes.len() == LEAF_BYTES && bytes.first() == Some(&LEAF_VERSION)
}
