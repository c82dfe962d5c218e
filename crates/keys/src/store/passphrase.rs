//! The master key from a passphrase, by Argon2id with a salt kept beside it.

use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::key::{KEY_BYTES, Key, KeyId};
use crate::store::KeyStore;
use crate::store::files::{Readers, make, read_plain, read_secret};

const MAGIC: &[u8; 8] = b"HFPASSPH";
const VERSION: u16 = 1;
const WHAT: &str = "passphrase salt file";
const CHARACTERS_MIN: usize = 15;
const NEW_COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// A salt file that asks for more is refused: it could only be meant to exhaust the machine.
const COST_MAX: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 4 };

/// A file with a passphrase (0600; a line end does not count) and a file with salt and costs, which is no secret.
#[derive(Clone, Debug)]
pub struct Passphrase {
    path: PathBuf,
    salt_path: PathBuf,
    make_absent: bool,
}

impl Passphrase {
    /// The key that the passphrase in `path` gives with the salt in `salt_path`; both must exist.
    pub fn new(path: impl Into<PathBuf>, salt_path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), salt_path: salt_path.into(), make_absent: false }
    }

    /// As [`Passphrase::new`], but the salt file is made when it is absent.
    pub fn salted_when_absent(path: impl Into<PathBuf>, salt_path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), salt_path: salt_path.into(), make_absent: true }
    }

    fn passphrase(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let mut bytes = read_secret(&self.path, Readers::Group)?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        match std::str::from_utf8(&bytes).map(|text| text.chars().count()) {
            Err(_) => Err(KeyError::Damaged { path: self.path.clone(), expected: "passphrase in UTF-8" }),
            Ok(count) if count < CHARACTERS_MIN => {
                Err(KeyError::ShortPassphrase { path: self.path.clone(), characters_min: CHARACTERS_MIN })
            }
            Ok(_) => Ok(bytes),
        }
    }

    fn salt(&self) -> Result<Salt, KeyError> {
        let bytes = read_plain(&self.salt_path)?;
        Salt::parse(&bytes).ok_or_else(|| self.damaged())
    }

    fn make_salt(&self, passphrase: &[u8]) -> Result<(), KeyError> {
        let mut salt = Salt { cost: NEW_COST, random: stdx::random_array(), key: KeyId([0; 8]) };
        salt.key = self.stretch(passphrase, &salt)?.id();
        make(&self.salt_path, &salt.encode())
    }

    fn stretch(&self, passphrase: &[u8], salt: &Salt) -> Result<Key, KeyError> {
        let Cost { memory_kib, passes, lanes } = salt.cost;
        let params = Params::new(memory_kib, passes, lanes, Some(KEY_BYTES)).map_err(|_| self.damaged())?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        argon
            .hash_password_into(passphrase, &salt.random, bytes.as_mut_slice())
            .map_err(|_| self.damaged())?;
        Ok(Key::from_bytes(*bytes))
    }

    fn damaged(&self) -> KeyError {
        KeyError::Damaged { path: self.salt_path.clone(), expected: WHAT }
    }
}

impl KeyStore for Passphrase {
    fn master(&self) -> Result<Key, KeyError> {
        let passphrase = self.passphrase()?;
        let salt = match self.salt() {
            Err(KeyError::Absent { .. }) if self.make_absent => {
                self.make_salt(&passphrase)?;
                self.salt()?
            }
            result => result?,
        };
        let key = self.stretch(&passphrase, &salt)?;
        if key.id() != salt.key {
            let (path, salt) = (self.path.clone(), self.salt_path.clone());
            return Err(KeyError::OtherPassphrase { path, salt });
        }
        Ok(key)
    }
}

#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

struct Salt {
    cost: Cost,
    random: [u8; 16],
    key: KeyId,
}

impl Salt {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_first_chunk::<8>()?;
        let (memory_kib, rest) = rest.split_first_chunk::<4>()?;
        let (passes, rest) = rest.split_first_chunk::<4>()?;
        let (lanes, rest) = rest.split_first_chunk::<4>()?;
        let cost = Cost {
            memory_kib: u32::from_le_bytes(*memory_kib),
            passes: u32::from_le_bytes(*passes),
            lanes: u32::from_le_bytes(*lanes),
        };
        let known = magic == MAGIC && u16::from_le_bytes(*version) == VERSION;
        let affordable = cost.memory_kib <= COST_MAX.memory_kib
            && cost.passes <= COST_MAX.passes
            && cost.lanes <= COST_MAX.lanes;
        let random = rest.try_into().ok()?;
        (known && affordable).then_some(Self { cost, random, key: KeyId(*key) })
    }

    fn encode(&self) -> Vec<u8> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let mut bytes = [MAGIC.as_slice(), &VERSION.to_le_bytes(), &self.key.0].concat();
        for number in [memory_kib, passes, lanes] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.random);
        bytes
    }
}
