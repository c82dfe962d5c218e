//! The right edge of the tree: all that is needed to append leaves and to know the root.

use crate::hash::{Hash, empty_root, fold, leaf_hash};
use crate::tile::{LEVELS, Level, TILE_WIDTH, Tile, hash_bytes};

/// The unfinished tile of every level, and the unfinished bundle of leaves.
#[derive(Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    levels: [Vec<Hash>; LEVELS],
    bundle: Vec<u8>,
}

impl Edge {
    /// The edge of a tree of `size`, from its stored unfinished tiles (lowest level first).
    pub fn from_parts(size: u64, levels: [Vec<Hash>; LEVELS], bundle: Vec<u8>) -> Self {
        Self { size, levels, bundle }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; full tiles go to `finished`, leaves before hashes, lower levels first.
    pub fn push(&mut self, leaf: &[u8], finished: &mut dyn FnMut(Tile, Vec<u8>)) {
        let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
        self.bundle.extend_from_slice(&length.to_be_bytes());
        self.bundle.extend_from_slice(leaf.get(..usize::from(length)).unwrap_or(leaf));
        if (self.size + 1).is_multiple_of(TILE_WIDTH as u64) {
            let bundle = std::mem::take(&mut self.bundle);
            finished(Tile::new(Level::Entries, self.size / TILE_WIDTH as u64, TILE_WIDTH), bundle);
        }
        self.push_hash(leaf_hash(leaf), finished);
    }

    /// Appends a leaf of which only the hash is known; the bundle is then of no use.
    pub fn push_hash(&mut self, mut hash: Hash, finished: &mut dyn FnMut(Tile, Vec<u8>)) {
        let mut tile_index = self.size / TILE_WIDTH as u64;
        self.size += 1;
        for (level, row) in (0_u8..).zip(self.levels.iter_mut()) {
            row.push(hash);
            if row.len() < TILE_WIDTH {
                return;
            }
            let row = std::mem::take(row);
            finished(Tile::new(Level::Hashes(level), tile_index, TILE_WIDTH), hash_bytes(&row));
            hash = fold(row);
            tile_index /= TILE_WIDTH as u64;
        }
    }

    /// The unfinished tiles, as a checkpoint of this size needs them.
    pub fn partial_tiles(&self) -> Vec<(Tile, Vec<u8>)> {
        let mut tiles = Vec::new();
        for tile in partial_tiles_of(self.size) {
            let bytes = match tile.level {
                Level::Entries => self.bundle.clone(),
                Level::Hashes(level) => {
                    self.levels.get(usize::from(level)).map(|row| hash_bytes(row)).unwrap_or_default()
                }
            };
            tiles.push((tile, bytes));
        }
        tiles
    }

    /// The unfinished tile of one level.
    pub fn partial_tile(&self, level: Level) -> Option<(Tile, Vec<u8>)> {
        self.partial_tiles().into_iter().find(|(tile, _)| tile.level == level)
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut right: Option<Hash> = None;
        for row in &self.levels {
            if row.is_empty() {
                continue;
            }
            let mut row = row.clone();
            row.extend(right);
            right = Some(fold(row));
        }
        right.unwrap_or_else(empty_root)
    }
}

/// The unfinished tiles that a tree of `size` has: leaves first, then the levels from the lowest.
pub(crate) fn partial_tiles_of(size: u64) -> Vec<Tile> {
    let width = TILE_WIDTH as u64;
    let mut tiles = Vec::new();
    let mut count = size;
    for level in 0..LEVELS as u8 {
        let (index, rest) = (count / width, (count % width) as usize);
        if rest > 0 {
            if level == 0 {
                tiles.push(Tile::new(Level::Entries, index, rest));
            }
            tiles.push(Tile::new(Level::Hashes(level), index, rest));
        }
        count = index;
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_that_of_all_leaves_at_once() {
        let mut edge = Edge::default();
        let mut all = Vec::new();
        for number in 0..1_200_u32 {
            if number % 97 == 0 || (250..260).contains(&number) {
                assert_eq!(edge.root(), fold(all.clone()), "at {number}");
            }
            edge.push(&number.to_be_bytes(), &mut |_, _| {});
            all.push(leaf_hash(&number.to_be_bytes()));
        }
        assert_eq!(edge.root(), fold(all));
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
        let mut edge = Edge::default();
        let mut full = [0; 3];
        for number in 0..70_000_u32 {
            edge.push(&number.to_be_bytes(), &mut |tile, bytes| {
                if let Level::Hashes(level) = tile.level {
                    assert_eq!(bytes.len(), 8_192);
                    full[usize::from(level)] += 1;
                }
            });
        }
        assert_eq!(full, [273, 1, 0]);
        let partial: Vec<String> = edge.partial_tiles().iter().map(|(tile, _)| tile.to_string()).collect();
        assert_eq!(
            partial,
            ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
        );
    }
}
