//! The list of purges as a file: entries sealed in their places, and an end that says how many there are, of when, and under
//! which checkpoint of the ledger (docs/formats/purges.md).

use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use keys::Key;
use ledger::{PublicKey, SignedCheckpoint};
use serde::{Deserialize, Serialize};

use crate::error::PurgeError;
use crate::list::Kept;
use crate::told::Told;

const MAGIC: &[u8; 8] = b"HFPURGES";
const VERSION: u16 = 1;
const HEAD_BYTES: usize = 18;
const ENTRY: u8 = 1;
const END: u8 = 2;
/// The largest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// SHA-256 over an entry and all before it.
pub(crate) type Chain = [u8; 32];
/// The chain before the first entry.
pub(crate) const NO_CHAIN: Chain = [0; 32];

/// What opens the list of an installation.
#[derive(Clone)]
pub struct ListKey {
    key: Key,
    master_id: [u8; 8],
    installation: String,
}

/// A list that was read and verified.
pub struct ListFile {
    path: PathBuf,
    /// Of when it is, milliseconds since 1970, UTC.
    pub as_of_ms: i64,
    checkpoint: String,
    pub(crate) lines: Vec<Line>,
}

/// An entry of it.
pub(crate) struct Line {
    pub(crate) told: Told,
    pub(crate) kept: Kept,
}

/// What the end says.
#[derive(Serialize, Deserialize)]
struct End {
    as_of_ms: i64,
    checkpoint: String,
}

impl ListKey {
    /// Of the installation `id`, from its master key.
    pub fn new(id: &str, master: &Key) -> Self {
        Self { key: master.derive("purge list 1"), master_id: master.id().0, installation: id.to_owned() }
    }

    pub(crate) fn seal(&self, number: u64, before: &Chain, plain: &[u8]) -> Vec<u8> {
        self.key.seal(&self.aad("holdfast purge list 1\0", number, before), plain)
    }

    pub(crate) fn chain(&self, before: &Chain, entry: u64, sealed: &[u8]) -> Chain {
        self.digest(&[before.as_slice(), &entry.to_le_bytes(), sealed].concat())
    }

    pub(crate) fn digest(&self, bytes: &[u8]) -> Chain {
        let mut sum = NO_CHAIN;
        sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
        sum
    }

    fn aad(&self, what: &str, number: u64, before: &Chain) -> Vec<u8> {
        [what.as_bytes(), self.installation.as_bytes(), b"\0", &number.to_le_bytes(), before].concat()
    }
}

/// The bytes of a list.
pub(crate) fn write(key: &ListKey, entries: &[Kept], as_of_ms: i64, checkpoint: &str) -> Vec<u8> {
    let mut bytes = [MAGIC.as_slice(), &VERSION.to_le_bytes(), &key.master_id].concat();
    let mut frame = |kind: u8, parts: &[&[u8]]| {
        let body = parts.concat();
        bytes.push(kind);
        bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(body);
    };
    for kept in entries {
        frame(ENTRY, &[&kept.entry.to_le_bytes(), &kept.sealed]);
    }
    let chain = entries.last().map_or(NO_CHAIN, |kept| kept.chain);
    let end = End { as_of_ms, checkpoint: checkpoint.to_owned() };
    // Two fields of plain kinds: they can always be written.
    let plain = serde_json::to_vec(&end).unwrap_or_default();
    let aad = key.aad("holdfast purge list end 1\0", entries.len() as u64, &chain);
    frame(END, &[&key.key.seal(&aad, &plain)]);
    bytes
}

impl ListFile {
    /// Reads a list and verifies that it is whole.
    ///
    /// # Errors
    /// It is none, of another installation, or not what was written.
    pub fn read(path: &Path, key: &ListKey) -> Result<Self, PurgeError> {
        let failed = |source| PurgeError::ListIo { path: path.to_owned(), source };
        let wrong = |what| PurgeError::List { path: path.to_owned(), what };
        if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
            return Err(wrong("it is larger than a list can be"));
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        Self::parse(&bytes, key, path).map_err(wrong)
    }

    fn parse(bytes: &[u8], key: &ListKey, path: &Path) -> Result<Self, &'static str> {
        let head = bytes.get(..HEAD_BYTES).filter(|head| head.starts_with(MAGIC));
        let head = head.ok_or("it is no list of purges")?;
        if head.get(8..10) != Some(&VERSION.to_le_bytes()) {
            return Err("it is of a newer version: use a later holdfast");
        }
        if head.get(10..) != Some(&key.master_id) {
            return Err("it is of an installation with another master key");
        }
        let (mut lines, mut chain, mut at) = (Vec::new(), NO_CHAIN, HEAD_BYTES);
        loop {
            let (kind, body, next) = frame(bytes, at).ok_or("it was cut off: its end is missing")?;
            let number = lines.len() as u64;
            match kind {
                ENTRY => {
                    let line = entry(key, number, &chain, body)
                        .ok_or("an entry is missing, changed or out of its place")?;
                    chain = line.kept.chain;
                    lines.push(line);
                }
                END if next == bytes.len() => {
                    let aad = key.aad("holdfast purge list end 1\0", number, &chain);
                    let plain = key.key.open(&aad, body).map_err(|_| "entries are missing before its end")?;
                    let End { as_of_ms, checkpoint } =
                        serde_json::from_slice(&plain).map_err(|_| "its end cannot be read")?;
                    return Ok(Self { path: path.to_owned(), as_of_ms, checkpoint, lines });
                }
                _ => return Err("something stands in it that is neither entry nor end"),
            }
            at = next;
        }
    }

    /// How many purges it has.
    pub fn purges(&self) -> usize {
        self.lines.len()
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn chain(&self) -> Chain {
        self.lines.last().map_or(NO_CHAIN, |line| line.kept.chain)
    }

    /// Whether the ledger of the installation has signed for it.
    ///
    /// # Errors
    /// Its checkpoint bears no signature of this key, or does not cover its last entry.
    pub fn check_signature(&self, key: &PublicKey) -> Result<(), PurgeError> {
        let checkpoint = SignedCheckpoint::open(&self.checkpoint, key)?;
        match self.lines.last() {
            Some(line) if line.kept.entry >= checkpoint.size => {
                Err(self.wrong("its checkpoint does not cover its last entry"))
            }
            _ => Ok(()),
        }
    }

    /// Whether it goes on from the list that a backup has, and is not older than that.
    ///
    /// # Errors
    /// It has fewer purges, others, or was written before.
    pub fn check_extends(&self, own: &Self) -> Result<(), PurgeError> {
        if self.lines.len() < own.lines.len() {
            return Err(self.wrong("it is older than the backup: the backup knows of more purges"));
        }
        let common = own.lines.len().checked_sub(1).and_then(|last| self.lines.get(last));
        if common.map_or(NO_CHAIN, |line| line.kept.chain) != own.chain() {
            return Err(
                self.wrong("its purges are not those that the backup knows: it is of another installation")
            );
        }
        if self.as_of_ms < own.as_of_ms {
            return Err(PurgeError::Older {
                path: self.path.clone(),
                list: instant(self.as_of_ms),
                backup: instant(own.as_of_ms),
            });
        }
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> PurgeError {
        PurgeError::List { path: self.path.clone(), what }
    }
}

impl std::fmt::Debug for ListFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ListFile({} purges)", self.lines.len())
    }
}

fn entry(key: &ListKey, number: u64, before: &Chain, body: &[u8]) -> Option<Line> {
    let (entry, sealed) = body.split_first_chunk::<8>()?;
    let entry = u64::from_le_bytes(*entry);
    let plain = key.key.open(&key.aad("holdfast purge list 1\0", number, before), sealed).ok()?;
    let told: Told = serde_json::from_slice(&plain).ok()?;
    let chain = key.chain(before, entry, sealed);
    Some(Line { told, kept: Kept { entry, sealed: sealed.to_vec(), chain } })
}

/// Kind, body and where the next one begins.
fn frame(bytes: &[u8], at: usize) -> Option<(u8, &[u8], usize)> {
    let (kind, rest) = bytes.get(at..)?.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    Some((*kind, rest.get(..length)?, at + 5 + length))
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| at.to_string())
}
