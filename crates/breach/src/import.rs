//! Building the file of a corpus in bounded memory: lines become keys in 256 parts on disk, by their first eight bits; each part is
//! sorted, cut into shards of at most about 65,000 keys, and each shard becomes a filter.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xorf::{BinaryFuse16, DmaSerializable};

use crate::corpus::{BITS_MAX, DESCRIPTOR_BYTES, Facts, HEAD_BYTES, MAGIC, ROW_BYTES, VERSION, checksum_of};
use crate::error::BreachError;
use crate::line::{LINE_BYTES_MAX, key_of_line};

const PARTS: usize = 256;
const PART_BITS: u16 = 8;
const SHARD_KEYS: u64 = 1 << 16;
const PART_BUFFER_BYTES: usize = 64 * 1024;
/// After how many lines somebody who waits is told.
const TOLD_EVERY: u64 = 1_000_000;

/// Reads a corpus, line by line, and puts its filter into the file `to`, whole or not at all. `tell` hears how many lines have
/// been read.
///
/// # Errors
/// A file cannot be read or written, or there is nothing in the corpus.
pub fn import(corpus: impl BufRead, to: &Path, mut tell: impl FnMut(u64)) -> Result<Facts, BreachError> {
    let parts = Parts::new(to)?;
    let made = parts.gather(corpus, &mut tell).and_then(|lines| parts.build(to, bits_for(lines)?));
    // What is left behind when this fails is overwritten by the next import.
    let _ = fs::remove_dir_all(&parts.folder);
    made
}

/// So many bits that a shard has at most about [`SHARD_KEYS`] keys.
fn bits_for(lines: u64) -> Result<u16, BreachError> {
    if lines == 0 {
        return Err(BreachError::Empty);
    }
    let shards = lines.div_ceil(SHARD_KEYS).next_power_of_two();
    Ok(u16::try_from(shards.trailing_zeros()).unwrap_or(BITS_MAX).clamp(PART_BITS, BITS_MAX))
}

/// The keys on their way, in a folder beside the file.
struct Parts {
    folder: PathBuf,
}

impl Parts {
    fn new(to: &Path) -> Result<Self, BreachError> {
        let folder = to.with_extension("parts");
        let made = fs::remove_dir_all(&folder).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        });
        made.and_then(|()| stdx::files::private_dir(&folder)).map_err(failed(&folder))?;
        Ok(Self { folder })
    }

    fn path(&self, part: usize) -> PathBuf {
        self.folder.join(format!("{part:02x}"))
    }

    /// Writes the key of every line into its part; returns how many there were.
    fn gather(&self, mut corpus: impl BufRead, tell: &mut impl FnMut(u64)) -> Result<u64, BreachError> {
        let make = |part| {
            let file = File::create(self.path(part)).map_err(failed(&self.path(part)))?;
            Ok::<_, BreachError>(BufWriter::with_capacity(PART_BUFFER_BYTES, file))
        };
        let mut parts = (0..PARTS).map(make).collect::<Result<Vec<_>, _>>()?;
        let (mut line, mut keys, mut lines) = (Vec::new(), 0, 0_u64);
        while read_line(&mut corpus, &mut line).map_err(failed(Path::new("the corpus")))? {
            lines += 1;
            if lines.is_multiple_of(TOLD_EVERY) {
                tell(lines);
            }
            let Some(key) = key_of_line(&line) else { continue };
            keys += 1;
            let part = usize::from(key.to_be_bytes().first().copied().unwrap_or_default());
            if let Some(file) = parts.get_mut(part) {
                file.write_all(&key.to_le_bytes()).map_err(failed(&self.folder))?;
            }
        }
        for mut part in parts {
            part.flush().map_err(failed(&self.folder))?;
        }
        tell(lines);
        Ok(keys)
    }

    fn build(&self, to: &Path, bits: u16) -> Result<Facts, BreachError> {
        let fresh = self.folder.join("filter");
        let failed = failed(&fresh);
        let file = File::create(&fresh).map_err(&failed)?;
        let mut out = BufWriter::new(file);
        let shards = 1_usize << bits;
        let mut offset = (HEAD_BYTES + shards * ROW_BYTES) as u64;
        out.seek(SeekFrom::Start(offset)).map_err(&failed)?;
        let mut table = Vec::with_capacity(shards * ROW_BYTES);
        let (mut keys, mut shard) = (0_u64, 0_u64);
        for part in 0..PARTS {
            let sorted = self.sorted(part)?;
            keys += sorted.len() as u64;
            let mut rest = sorted.as_slice();
            for _ in 0..shards / PARTS {
                let here = |key: &u64| key >> (64 - u32::from(bits)) == shard;
                let (own, others) = rest.split_at(rest.partition_point(here));
                rest = others;
                let bytes = filter_of(own)?;
                out.write_all(&bytes).map_err(&failed)?;
                let length = u32::try_from(bytes.len()).map_err(|_| BreachError::NoFilter)?;
                table.extend_from_slice(&offset.to_le_bytes());
                table.extend_from_slice(&length.to_le_bytes());
                table.extend_from_slice(&checksum_of(shard, &bytes).to_le_bytes());
                offset += u64::from(length);
                shard += 1;
            }
        }
        out.seek(SeekFrom::Start(0)).map_err(&failed)?;
        out.write_all(&head(bits, keys)).and_then(|()| out.write_all(&table)).map_err(&failed)?;
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(&failed)?;
        let put = fs::rename(&fresh, to).and_then(|()| stdx::files::sync_parent(to));
        put.map_err(self::failed(to))?;
        Ok(Facts { keys, bits, bytes: offset })
    }

    /// The keys of a part, in order, each once.
    fn sorted(&self, part: usize) -> Result<Vec<u64>, BreachError> {
        let path = self.path(part);
        let mut bytes = Vec::new();
        File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed(&path))?;
        // Gone from the disk before the next part of the filter grows there.
        fs::remove_file(&path).map_err(failed(&path))?;
        let eight = |bytes: &[u8]| bytes.iter().rev().fold(0, |key, byte| (key << 8) | u64::from(*byte));
        let mut keys: Vec<u64> = bytes.chunks_exact(8).map(eight).collect();
        drop(bytes);
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}

fn head(bits: u16, keys: u64) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&bits.to_le_bytes());
    head.extend_from_slice(&keys.to_le_bytes());
    let checksum = crc32c::crc32c(&head);
    head.extend_from_slice(&checksum.to_le_bytes());
    head
}

/// Descriptor and fingerprints; nothing of no keys.
fn filter_of(keys: &[u64]) -> Result<Vec<u8>, BreachError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let filter = BinaryFuse16::try_from(keys).map_err(|_| BreachError::NoFilter)?;
    let mut bytes = vec![0; DESCRIPTOR_BYTES];
    filter.dma_copy_descriptor_to(&mut bytes);
    bytes.extend(filter.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()));
    Ok(bytes)
}

/// The next line; of one that is too long only so much that it is seen to be. False at the end.
fn read_line(corpus: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let most = LINE_BYTES_MAX as u64 + 3;
    if corpus.by_ref().take(most).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if !line.ends_with(b"\n") && line.len() as u64 == most {
        corpus.skip_until(b'\n')?;
    }
    Ok(true)
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> BreachError + use<> {
    let path = path.to_owned();
    move |source| BreachError::File { path: path.clone(), source }
}

/// A reader with a large buffer, for a corpus.
///
/// # Errors
/// The file cannot be opened.
pub fn open(path: &Path) -> Result<BufReader<File>, BreachError> {
    let file = File::open(path).map_err(failed(path))?;
    Ok(BufReader::with_capacity(1 << 20, file))
}
