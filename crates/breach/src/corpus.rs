//! Asking the file of a corpus, whose form is docs/formats/breached.md: one shard of it is read, checked and asked, so that a
//! corpus of any size takes no memory.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xorf::{BinaryFuse16Ref, Filter, FilterRef};

use crate::error::BreachError;
use crate::line::key_of;

/// How every such file begins.
pub(crate) const MAGIC: &[u8; 8] = b"HFBREACH";
/// The version of the form.
pub(crate) const VERSION: u16 = 1;
/// Magic, version, bits, keys, checksum.
pub(crate) const HEAD_BYTES: usize = 8 + 2 + 2 + 8 + 4;
/// A row of the table of shards: offset, length, checksum.
pub(crate) const ROW_BYTES: usize = 8 + 4 + 4;
/// Of a shard's filter: seed, segment length, mask, count.
pub(crate) const DESCRIPTOR_BYTES: usize = 20;
/// The most bits that choose a shard.
pub(crate) const BITS_MAX: u16 = 20;
/// The longest shard that is read.
const SHARD_BYTES_MAX: u32 = 16 << 20;

/// The file of a corpus, there or not.
#[derive(Clone, Debug)]
pub struct Corpus {
    path: PathBuf,
}

/// What is known of a corpus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// How many different passwords.
    pub keys: u64,
    /// How many bits choose a shard.
    pub bits: u16,
    /// How large the file is.
    pub bytes: u64,
}

impl Corpus {
    /// The corpus in that file; it is looked for each time, so that a new one counts at once.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Whether the password is (very likely) in it. Without a file nothing is.
    ///
    /// # Errors
    /// The file cannot be read or is damaged.
    pub fn has(&self, password: &str) -> Result<bool, BreachError> {
        let Some((file, facts)) = self.open()? else { return Ok(false) };
        let key = key_of(password.as_bytes());
        let shard = key.checked_shr(64 - u32::from(facts.bits)).unwrap_or(0);
        let at = HEAD_BYTES as u64 + shard * ROW_BYTES as u64;
        let row: [u8; ROW_BYTES] = self.read(&file, at)?;
        let (offset, rest) = row.split_at(8);
        let (length, checksum) = rest.split_at(4);
        let length = number(length);
        if length == 0 {
            return Ok(false);
        }
        if length > u64::from(SHARD_BYTES_MAX) || length < DESCRIPTOR_BYTES as u64 {
            return Err(self.damaged("a shard's length"));
        }
        let length = usize::try_from(length).unwrap_or_default();
        // The fingerprints are numbers of two bytes and must lie on an even address; the descriptor before them is even long.
        let mut held = vec![0; length + 1];
        let skip = held.as_ptr().align_offset(2);
        let bytes = held.get_mut(skip..skip + length).ok_or_else(|| self.damaged("a shard's length"))?;
        file.read_exact_at(bytes, number(offset)).map_err(|error| self.failed(error))?;
        if u64::from(checksum_of(shard, bytes)) != number(checksum) {
            return Err(self.damaged("a shard's checksum"));
        }
        let (descriptor, fingerprints) = bytes.split_at(DESCRIPTOR_BYTES);
        if !fits(descriptor, fingerprints.len()) {
            return Err(self.damaged("a shard's shape"));
        }
        Ok(BinaryFuse16Ref::from_dma(descriptor, fingerprints).contains(&key))
    }

    /// What is known of it; nothing where there is no file.
    ///
    /// # Errors
    /// The file cannot be read or is damaged.
    pub fn facts(&self) -> Result<Option<Facts>, BreachError> {
        Ok(self.open()?.map(|(_, facts)| facts))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn open(&self) -> Result<Option<(File, Facts)>, BreachError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let mut head = [0; HEAD_BYTES];
        file.read_exact(&mut head).map_err(|error| self.failed(error))?;
        let (counted, checksum) = head.split_at(HEAD_BYTES - 4);
        let (magic, rest) = counted.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(self.damaged("its first bytes"));
        }
        if u64::from(crc32c::crc32c(counted)) != number(checksum) {
            return Err(self.damaged("the checksum of its head"));
        }
        let (version, rest) = rest.split_at(2);
        let (bits, keys) = rest.split_at(2);
        if number(version) != u64::from(VERSION) {
            return Err(self.damaged("its version"));
        }
        let bits = u16::try_from(number(bits)).unwrap_or(u16::MAX);
        if bits > BITS_MAX {
            return Err(self.damaged("how many shards"));
        }
        let bytes = file.metadata().map_err(|error| self.failed(error))?.len();
        Ok(Some((file, Facts { keys: number(keys), bits, bytes })))
    }

    fn read<const N: usize>(&self, file: &File, at: u64) -> Result<[u8; N], BreachError> {
        let mut bytes = [0; N];
        file.read_exact_at(&mut bytes, at).map_err(|error| self.failed(error))?;
        Ok(bytes)
    }

    fn failed(&self, source: std::io::Error) -> BreachError {
        if source.kind() == ErrorKind::UnexpectedEof {
            return self.damaged("its end");
        }
        BreachError::File { path: self.path.clone(), source }
    }

    fn damaged(&self, what: &'static str) -> BreachError {
        BreachError::Damaged { path: self.path.clone(), what }
    }
}

/// The checksum of a shard, which stands for its place too: two shards that changed places are found.
pub(crate) fn checksum_of(shard: u64, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&shard.to_le_bytes()), bytes)
}

/// Whether what the descriptor would have looked up lies inside the fingerprints.
fn fits(descriptor: &[u8], fingerprints_bytes: usize) -> bool {
    let Some(tail) = descriptor.get(8..) else { return false };
    let mut words = tail.chunks(4).map(number);
    let (Some(length), Some(mask), Some(count)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    length.is_power_of_two()
        && mask == length - 1
        && fingerprints_bytes as u64 == 2 * (count + 2 * length)
        && count > 0
}

/// Little endian, of at most eight bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
