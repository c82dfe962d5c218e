//! Which runs count, and up to which record they know all. Replaced whole, so that runs and position change
//! in one step.

use crate::bytes::{checked, push_crc, take, take_u32, take_u64};
use crate::config::KeyMark;

const MAGIC: &[u8; 8] = b"HFSEENMF";
const VERSION: u16 = 1;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) key: KeyMark,
    /// The first record that the runs do not know.
    pub(crate) position: u64,
    /// The latest arrival of a record before it, seconds since 1970.
    pub(crate) now_s: u32,
    /// How many ids were dropped before their time.
    pub(crate) dropped_early: u64,
    /// The number of the next run.
    pub(crate) next_run: u64,
    /// Number and count of each run, the oldest first.
    pub(crate) runs: Vec<(u64, u64)>,
}

impl Manifest {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.position.to_le_bytes());
        bytes.extend_from_slice(&self.now_s.to_le_bytes());
        bytes.extend_from_slice(&self.dropped_early.to_le_bytes());
        bytes.extend_from_slice(&self.next_run.to_le_bytes());
        for (number, count) in &self.runs {
            bytes.extend_from_slice(&number.to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        push_crc(&mut bytes);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = checked(bytes)?;
        let known = take::<8>(&mut rest)? == *MAGIC && take(&mut rest)? == VERSION.to_le_bytes();
        take::<2>(&mut rest)?;
        let mut manifest = Self {
            key: take(&mut rest)?,
            position: take_u64(&mut rest)?,
            now_s: take_u32(&mut rest)?,
            dropped_early: take_u64(&mut rest)?,
            next_run: take_u64(&mut rest)?,
            runs: Vec::new(),
        };
        while !rest.is_empty() {
            manifest.runs.push((take_u64(&mut rest)?, take_u64(&mut rest)?));
        }
        known.then_some(manifest)
    }
}
