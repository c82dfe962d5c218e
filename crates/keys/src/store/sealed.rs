//! The master key in a file that only its owner may read.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::key::{KEY_BYTES, Key, KeyId};
use crate::store::KeyStore;
use crate::store::files::{Readers, make, read_secret};

const MAGIC: &[u8; 8] = b"HFMASTER";
const VERSION: u16 = 1;
const WHAT: &str = "master key file";

/// A file of mode 0600, outside the data directory.
#[derive(Clone, Debug)]
pub struct SealedFile {
    path: PathBuf,
    make_absent: bool,
}

impl SealedFile {
    /// The key in `path`, which must exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), make_absent: false }
    }

    /// The key in `path`, which is made with a new key when it is absent.
    pub fn made_when_absent(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), make_absent: true }
    }

    fn read(&self) -> Result<Key, KeyError> {
        let bytes = read_secret(&self.path, Readers::Owner)?;
        parse(&bytes).ok_or_else(|| damaged(&self.path))
    }
}

impl KeyStore for SealedFile {
    fn master(&self) -> Result<Key, KeyError> {
        match self.read() {
            Err(KeyError::Absent { .. }) if self.make_absent => {
                make(&self.path, &encode(&Key::generate()))?;
                self.read()
            }
            result => result,
        }
    }
}

/// The key in the bytes of a master key file. Its id stands before it and is checked, so that a damaged
/// file is found here and not by everything else failing to open.
pub(super) fn parse(bytes: &[u8]) -> Option<Key> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (id, rest) = rest.split_first_chunk::<8>()?;
    let key = Key::from_bytes(<[u8; KEY_BYTES]>::try_from(rest).ok()?);
    (magic == MAGIC && u16::from_le_bytes(*version) == VERSION && key.id() == KeyId(*id)).then_some(key)
}

fn encode(key: &Key) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([MAGIC.as_slice(), &VERSION.to_le_bytes(), &key.id().0, key.bytes().as_slice()].concat())
}

fn damaged(path: &Path) -> KeyError {
    KeyError::Damaged { path: path.to_owned(), expected: WHAT }
}
