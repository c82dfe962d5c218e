//! Tiles: where the hashes and leaves of the tree lie, as C2SP tlog-tiles names them.

use std::fmt;

use crate::error::LedgerError;
use crate::hash::{HASH_BYTES, Hash};

/// Hashes or leaves in a full tile.
pub const TILE_WIDTH: usize = 256;
/// The levels that 2^64 entries can fill.
pub(crate) const LEVELS: usize = 8;

/// Which kind of tile.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Level {
    /// The leaves themselves.
    Entries,
    /// Hashes of subtrees of height 8 × the number.
    Hashes(u8),
}

/// One tile's place: `tile/<L>/<N>[.p/<W>]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tile {
    /// Which kind.
    pub level: Level,
    /// Its number within the level.
    pub index: u64,
    /// How many hashes or leaves it holds, 1 to 256.
    pub width: usize,
}

impl Tile {
    /// The place of a tile of `width`.
    pub fn new(level: Level, index: u64, width: usize) -> Self {
        Self { level, index, width }
    }

    /// Reads a path as in the specification, for example `tile/0/x001/234.p/17`.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for anything that [`Tile`]'s `Display` would not write.
    pub fn parse(path: &str) -> Result<Self, LedgerError> {
        let malformed = LedgerError::Malformed {
            what: "tile path",
            rule: "want tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]",
        };
        let tile = Self::read(path).ok_or_else(|| malformed.clone())?;
        // One spelling for each tile, so that caches and access rules cannot be led around.
        if tile.to_string() == path { Ok(tile) } else { Err(malformed) }
    }

    fn read(path: &str) -> Option<Self> {
        if path.len() > 64 {
            return None;
        }
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => Level::Entries,
            number => Level::Hashes(number.parse().ok().filter(|level| usize::from(*level) < LEVELS)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for element in number.split('/') {
            let digits = element.strip_prefix('x').unwrap_or(element);
            index = index.checked_mul(1_000)?.checked_add(digits.parse::<u16>().ok()?.into())?;
        }
        Some(Self { level, index, width })
    }

    /// Whether it holds fewer than 256.
    pub fn is_partial(&self) -> bool {
        self.width < TILE_WIDTH
    }

    /// The path without `.p/<W>`: where the full tile lies.
    pub(crate) fn full_path(&self) -> String {
        Self { width: TILE_WIDTH, ..*self }.to_string()
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries")?,
            Level::Hashes(level) => write!(f, "tile/{level}")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if place > 0 { "x" } else { "" })?;
        }
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The hashes in a tile's bytes; `None` when they are not whole.
pub(crate) fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (whole, rest) = bytes.as_chunks::<HASH_BYTES>();
    rest.is_empty().then(|| whole.iter().map(|hash| Hash(*hash)).collect())
}

/// The bytes of a tile of hashes.
pub(crate) fn hash_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The leaves in an entry bundle's bytes, each behind its length in two bytes.
pub(crate) fn leaves(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut leaves = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (leaf, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        leaves.push(leaf);
        bytes = rest;
    }
    Some(leaves)
}

/// The first `width` of a tile's hashes or leaves, as bytes.
pub(crate) fn prefix(level: Level, bytes: &[u8], width: usize) -> Option<&[u8]> {
    let end = match level {
        Level::Hashes(_) => width * HASH_BYTES,
        Level::Entries => leaves(bytes)?.get(..width)?.iter().map(|leaf| leaf.len() + 2).sum(),
    };
    bytes.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let check = |tile: Tile, path: &str| {
            assert_eq!(tile.to_string(), path);
            assert_eq!(Tile::parse(path).unwrap(), tile);
        };
        check(Tile::new(Level::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        check(Tile::new(Level::Entries, 0, 17), "tile/entries/000.p/17");
        check(Tile::new(Level::Hashes(2), 999, 255), "tile/2/999.p/255");
        check(Tile::new(Level::Hashes(7), u64::MAX, 1), "tile/7/x018/x446/x744/x073/x709/x551/615.p/1");
    }

    #[test]
    fn other_spellings_are_refused() {
        for path in [
            "tile/00/000",
            "tile/0/0",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/8/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/",
            "tile//000",
            "0/000",
            "tile/entries/../000",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/+12",
            "",
        ] {
            assert!(Tile::parse(path).is_err(), "{path}");
        }
    }
}
