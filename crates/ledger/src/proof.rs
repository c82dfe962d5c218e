//! Proofs: that an entry is in the tree, and that one tree grew out of another (RFC 6962, 2.1).

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::checkpoint::SignedCheckpoint;
use crate::error::LedgerError;
use crate::hash::{Hash, fold, node_hash};
use crate::ledger::Ledger;
use crate::note::PublicKey;
use crate::shared::Tree;
use crate::tile::{Level, TILE_WIDTH, Tile, hashes};

/// That an entry is in the tree of a checkpoint. Whoever has the public key can check it offline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The entry's number.
    pub index: u64,
    /// The hash of its leaf.
    pub leaf: Hash,
    /// The neighbours on the way to the root, lowest first.
    pub path: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

impl InclusionProof {
    /// Checks signature and path.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] when either does not hold.
    pub fn check(&self, key: &PublicKey) -> Result<(), LedgerError> {
        let checkpoint = SignedCheckpoint::open(&self.checkpoint, key)?;
        if included(self.index, checkpoint.size, self.leaf, &self.path) == Some(checkpoint.root) {
            return Ok(());
        }
        Err(LedgerError::Malformed { what: "proof of an entry", rule: "its path does not lead to the root" })
    }
}

impl Ledger {
    /// That an entry is in the tree of the last checkpoint.
    ///
    /// # Errors
    /// [`LedgerError::Beyond`] when the checkpoint does not cover it; [`Ledger::checkpoint_now`] helps.
    pub fn proof(&self, index: u64) -> Result<InclusionProof, LedgerError> {
        let tree = self.shared().state.read().tree.clone();
        inclusion(&tree, &self.shared().root, index, &self.cosigned_notes())
    }

    /// That the tree of `new` entries begins with the tree of `old` entries.
    ///
    /// # Errors
    /// [`LedgerError::Beyond`] when the checkpoint does not cover `new`, or `old` is larger than it.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let tree = self.shared().state.read().tree.clone();
        let size = tree.edge.size();
        if new > size || old > new {
            return Err(LedgerError::Beyond { asked: old.max(new), size: size.min(new) });
        }
        if old == 0 || old == new {
            return Ok(Vec::new());
        }
        Reader { tree: &tree, root: &self.shared().root }.growth(old, 0, new, true)
    }
}

/// That an entry is in a tree: under the last of its `cosigned` checkpoints that covers it, else under its own.
pub(crate) fn inclusion(
    tree: &Tree,
    root: &Path,
    index: u64,
    cosigned: &[String],
) -> Result<InclusionProof, LedgerError> {
    let size = tree.edge.size();
    if index >= size {
        return Err(LedgerError::Beyond { asked: index, size });
    }
    let covering = cosigned.iter().filter_map(|note| Some((SignedCheckpoint::claimed(note)?.0, note)));
    let covering = covering.filter(|(cosigned, _)| (index + 1..=size).contains(cosigned)).max();
    let (size, checkpoint) = covering.unwrap_or((size, &tree.checkpoint.note));
    let reader = Reader { tree, root };
    let path = reader.path(index, 0, size)?;
    let leaf = reader.range(index, index + 1)?;
    Ok(InclusionProof { index, leaf, path, checkpoint: checkpoint.clone() })
}

struct Reader<'a> {
    tree: &'a Tree,
    root: &'a Path,
}

impl Reader<'_> {
    /// The root over the leaves `from..to`, where `from` is where a subtree of that size begins.
    fn range(&self, from: u64, to: u64) -> Result<Hash, LedgerError> {
        let count = to - from;
        if count.is_power_of_two() {
            return self.subtree(count.trailing_zeros(), from / count);
        }
        let left = split(count);
        Ok(node_hash(&self.range(from, from + left)?, &self.range(from + left, to)?))
    }

    /// The hash of a whole subtree, from the tile that holds it or its parts.
    fn subtree(&self, height: u32, number: u64) -> Result<Hash, LedgerError> {
        let (level, rest) = ((height / 8) as u8, height % 8);
        let first = number << rest;
        let (index, at) = (first / TILE_WIDTH as u64, (first % TILE_WIDTH as u64) as usize);
        let width = at + (1 << rest);
        let root = self.root;
        let tile = Tile::new(Level::Hashes(level), index, width);
        let bytes = self.tree.tile(root, tile)?;
        let row = bytes.as_deref().and_then(hashes).and_then(|row| Some(row.get(at..width)?.to_vec()));
        row.map(fold).ok_or_else(|| {
            LedgerError::damaged(root, &root.join(tile.full_path()), 0, "a tile is missing or too short")
        })
    }

    /// RFC 6962's PATH for the leaf `index` within `from..to`.
    fn path(&self, index: u64, from: u64, to: u64) -> Result<Vec<Hash>, LedgerError> {
        let (mut from, mut to, mut path) = (from, to, Vec::new());
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                path.push(self.range(middle, to)?);
                to = middle;
            } else {
                path.push(self.range(from, middle)?);
                from = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// RFC 6962's SUBPROOF; it goes at most 64 deep.
    fn growth(&self, old: u64, from: u64, to: u64, whole: bool) -> Result<Vec<Hash>, LedgerError> {
        if old == to {
            return if whole { Ok(Vec::new()) } else { Ok(vec![self.range(from, to)?]) };
        }
        let middle = from + split(to - from);
        let mut proof;
        if old <= middle {
            proof = self.growth(old, from, middle, whole)?;
            proof.push(self.range(middle, to)?);
        } else {
            proof = self.growth(old, middle, to, false)?;
            proof.push(self.range(from, middle)?);
        }
        Ok(proof)
    }
}

/// The largest power of two below `count`.
fn split(count: u64) -> u64 {
    1 << (63 - (count - 1).max(1).leading_zeros())
}

/// The root that a path leads to; `None` when it has the wrong length.
pub fn included(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut node, mut last, mut root) = (index, size - 1, leaf);
    for neighbour in path {
        if last == 0 {
            return None;
        }
        if node % 2 == 1 || node == last {
            root = node_hash(neighbour, &root);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, neighbour);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

/// Whether a proof shows that the tree of `new` entries begins with the tree of `old` entries.
pub fn consistent(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 || old_size >= new_size {
        return proof.is_empty() && (old_size == 0 || (old_size == new_size && old_root == new_root));
    }
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node % 2 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    let start = if old_size.is_power_of_two() { Some(&old_root) } else { rest.next() };
    let Some(start) = start else { return false };
    let (mut from_old, mut from_new) = (*start, *start);
    for neighbour in rest {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            from_old = node_hash(neighbour, &from_old);
            from_new = node_hash(neighbour, &from_new);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, neighbour);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && from_old == old_root && from_new == new_root
}
