//! The tree: leaves against tiles, tiles against each other, roots against checkpoints.

use std::path::Path;

use crate::disk;
use crate::edge::Edge;
use crate::error::LedgerError;
use crate::hash::{Hash, leaf_hash};
use crate::secrets::is_leaf;
use crate::tile::{Level, TILE_WIDTH, Tile, hashes, leaves, prefix};

use super::report::{Finding, Report, Wrong};

/// Where a checkpoint came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Empty,
    Current,
    Older,
    Witness,
    History,
}

impl Source {
    /// Whether who can write to the folder could not have made it.
    fn is_outside(self) -> bool {
        matches!(self, Self::Empty | Self::Older | Self::Witness)
    }
}

/// A size and the root that a checkpoint signs for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub size: u64,
    pub root: Hash,
    pub source: Source,
}

/// Walks all leaves below `size`. Returns how far it came: less only when leaves and hashes are gone.
pub(super) fn walk(
    dir: &Path,
    size: u64,
    stamps: Vec<Stamp>,
    report: &mut Report,
) -> Result<u64, LedgerError> {
    let mut stamped = Stamped::new(stamps);
    let mut edge = Edge::default();
    stamped.reach(&edge, report);
    while edge.size() < size {
        let first = edge.size();
        let width = (size - first).min(TILE_WIDTH as u64) as usize;
        let Some(row) = bundle_hashes(dir, first, width, report)? else { break };
        for hash in row {
            let mut finished = Vec::new();
            edge.push_hash(hash, &mut |tile, bytes| finished.push((tile, bytes)));
            stamped.reach(&edge, report);
            for (tile, bytes) in finished {
                compare(dir, tile, &bytes, report)?;
            }
        }
        report.leaves_checked = edge.size();
    }
    if edge.size() == size {
        for (tile, bytes) in edge.partial_tiles() {
            compare(dir, tile, &bytes, report)?;
        }
        stamped.end(report);
    }
    Ok(edge.size())
}

/// The checkpoints on the way, smallest first. What failed lies behind the last checkpoint that agreed. That one of the
/// folder agrees counts only against others of the folder: who made one kept outside disagree could sign it.
struct Stamped {
    stamps: std::iter::Peekable<std::vec::IntoIter<Stamp>>,
    inside: Agreed,
    outside: Agreed,
}

#[derive(Default)]
struct Agreed {
    until: u64,
    failed: bool,
}

impl Stamped {
    fn new(mut stamps: Vec<Stamp>) -> Self {
        stamps.sort_by_key(|stamp| stamp.size);
        Self { stamps: stamps.into_iter().peekable(), inside: Agreed::default(), outside: Agreed::default() }
    }

    fn reach(&mut self, edge: &Edge, report: &mut Report) {
        while let Some(stamp) = self.stamps.next_if(|stamp| stamp.size == edge.size()) {
            if edge.root() == stamp.root {
                self.inside.until = stamp.size;
                match stamp.source {
                    Source::Older => report.older_checked += 1,
                    Source::History => report.history_checked += 1,
                    Source::Empty | Source::Current | Source::Witness => {}
                }
                if stamp.source.is_outside() {
                    self.outside.until = stamp.size;
                }
            } else {
                self.disagrees(stamp, report);
            }
        }
    }

    fn disagrees(&mut self, stamp: Stamp, report: &mut Report) {
        let agreed = if stamp.source.is_outside() { &mut self.outside } else { &mut self.inside };
        // What fails once fails at every later size; the first says most.
        if std::mem::replace(&mut agreed.failed, true) {
            return;
        }
        let (file, text) = match stamp.source {
            Source::Older => ("", "the tree is not the one that the older checkpoint signs"),
            Source::Witness => ("cosigned", "the tree is not the one that a witness cosigned"),
            Source::History => ("checkpoints", "the tree is not the one that the log's own checkpoint signs"),
            Source::Empty | Source::Current => {
                ("checkpoint", "the tree is not the one that the checkpoint signs")
            }
        };
        let range = agreed.until..stamp.size.max(1);
        report.add(Finding::within(Wrong::Root, range, file.to_owned(), text));
    }

    /// After the last leaf: a checkpoint behind it says that there were more, and nothing says that these are the same.
    fn end(mut self, report: &mut Report) {
        if let Some(beyond) = self.stamps.next() {
            let text = "the log is shorter than a checkpoint signed before";
            let range = self.outside.until..beyond.size;
            report.add(Finding::within(Wrong::Truncated, range, String::new(), text));
        }
    }
}

/// The hashes of one bundle's leaves, compared with the lowest tile. Where the leaves are gone the
/// tile's hashes take their place, so that the rest of the tree can still be judged.
fn bundle_hashes(
    dir: &Path,
    first: u64,
    width: usize,
    report: &mut Report,
) -> Result<Option<Vec<Hash>>, LedgerError> {
    let index = first / TILE_WIDTH as u64;
    let bundle = Tile::new(Level::Entries, index, width);
    let tile = Tile::new(Level::Hashes(0), index, width);
    let bytes = read_tile(dir, bundle)?;
    let from_leaves: Option<Vec<Hash>> =
        bytes.as_deref().and_then(leaves).filter(|l| l.len() == width).map(|leaves| {
            let known = leaves.iter().position(|leaf| !is_leaf(leaf));
            if let Some(at) = known {
                let text = "its leaf has a form that this program does not know";
                report.add(Finding::at(Wrong::Leaf, first + at as u64, bundle.to_string(), text));
            }
            leaves.iter().map(|leaf| leaf_hash(leaf)).collect()
        });
    let from_tile = read_tile(dir, tile)?.as_deref().and_then(hashes).filter(|row| row.len() == width);
    let range = first..first + width as u64;
    match (&from_leaves, &from_tile) {
        (Some(leaves), Some(hashes)) => {
            if let Some(at) = leaves.iter().zip(hashes).position(|(leaf, hash)| leaf != hash) {
                let text = "its leaf is not the one that its hash was made of";
                report.add(Finding::at(Wrong::Leaf, first + at as u64, bundle.to_string(), text));
            }
        }
        (None, Some(hashes)) => {
            let text = "leaves are missing, or more or fewer than there should be";
            report.add(bundle_finding(range, bytes.as_deref(), hashes, bundle, text));
        }
        // `compare` reports the tile when the walk gets to its end.
        (Some(_), None) => {}
        (None, None) => {
            report.add(Finding::within(
                Wrong::Leaf,
                range,
                bundle.to_string(),
                "leaves and their hashes are missing",
            ));
        }
    }
    Ok(from_leaves.or(from_tile))
}

/// Names the first leaf of a bundle with too few or too many that is not the one it should be.
fn bundle_finding(
    range: std::ops::Range<u64>,
    bytes: Option<&[u8]>,
    hashes: &[Hash],
    bundle: Tile,
    text: &'static str,
) -> Finding {
    let found = bytes.and_then(leaves).unwrap_or_default();
    let same = found.iter().zip(hashes).take_while(|(leaf, hash)| leaf_hash(leaf) == **hash).count();
    let at = (range.start + same as u64).min(range.end - 1);
    Finding {
        exact: same < hashes.len(),
        first: at,
        ..Finding::within(Wrong::Leaf, range, bundle.to_string(), text)
    }
}

/// Compares a recomputed tile with the stored one.
fn compare(dir: &Path, tile: Tile, bytes: &[u8], report: &mut Report) -> Result<(), LedgerError> {
    let Level::Hashes(level) = tile.level else { return Ok(()) };
    let stored = read_tile(dir, tile)?;
    if stored.as_deref() == Some(bytes) {
        return Ok(());
    }
    let (stored, recomputed) =
        (stored.as_deref().and_then(hashes).unwrap_or_default(), hashes(bytes).unwrap_or_default());
    let same = stored.iter().zip(&recomputed).take_while(|(a, b)| a == b).count() as u64;
    let at = same.min(tile.width as u64 - 1);
    // One hash of this level spans so many entries.
    let span = 1_u64.checked_shl(8 * u32::from(level)).unwrap_or(u64::MAX);
    let first = (tile.index * TILE_WIDTH as u64 + at).saturating_mul(span);
    let text = "a hash is not the one of what lies below it, or is missing";
    let finding = Finding::within(Wrong::Tile, first..first.saturating_add(span), tile.to_string(), text);
    report.add(Finding { exact: level == 0, ..finding });
    Ok(())
}

/// The first `tile.width` hashes or leaves of a tile, from its own file, which must hold exactly them, or
/// from a wider one that a running server has put in its place.
pub(super) fn read_tile(dir: &Path, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
    if let Some(bytes) = disk::read(dir, &dir.join(tile.to_string()))? {
        return Ok(Some(bytes));
    }
    if !tile.is_partial() {
        return Ok(None);
    }
    let mut wider = disk::read(dir, &dir.join(tile.full_path()))?;
    if wider.is_none() {
        let folder = dir.join(format!("{}.p", tile.full_path()));
        let widths = disk::names(dir, &folder)?.into_iter().filter_map(|name| name.parse::<usize>().ok());
        if let Some(width) = widths.filter(|width| (tile.width..TILE_WIDTH).contains(width)).max() {
            wider = disk::read(dir, &dir.join(Tile { width, ..tile }.to_string()))?;
        }
    }
    Ok(wider.and_then(|bytes| prefix(tile.level, &bytes, tile.width).map(<[u8]>::to_vec)))
}
