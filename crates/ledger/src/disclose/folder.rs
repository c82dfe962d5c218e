//! Disclosing from a folder that another process may have open.

use std::path::Path;

use crate::disk;
use crate::error::LedgerError;
use crate::hash::leaf_hash;
use crate::payloads::{EXTENSION, folder, scan};
use crate::proof::inclusion;
use crate::recover::read_tree;
use crate::secrets::{Sealer, Stream};
use crate::verify::{Trust, read_note};
use crate::witnessed::cosigned_notes;

use super::Disclosure;

/// Discloses entry `index` of the ledger in `dir`. `None` when its payload has been dropped.
///
/// # Errors
/// [`LedgerError::Beyond`] when no checkpoint covers it yet; [`LedgerError::Damaged`] when tiles, checkpoint and payload
/// disagree; [`LedgerError::Malformed`] without a key for payloads.
pub fn disclose(dir: &Path, trust: &Trust<'_>, index: u64) -> Result<Option<Disclosure>, LedgerError> {
    let rule = "want the payload key to read entries with";
    let key = trust.payload.ok_or(LedgerError::Malformed { what: "key for a disclosure", rule })?;
    let mut known = read_note(dir)?;
    let proof = loop {
        let proof =
            read_tree(dir, trust.public).and_then(|tree| inclusion(&tree, dir, index, &cosigned_notes(dir)?));
        // A running server takes away tiles that its next checkpoint has wider ones for.
        let now = read_note(dir)?;
        match proof {
            Err(LedgerError::Damaged { .. }) if now != known => known = now,
            proof => break proof?,
        }
    };
    let sealer = Sealer::new(key.clone());
    for name in disk::names(dir, &dir.join("payload"))? {
        let Some(stream) = Stream::from_folder(&name) else { continue };
        let below = folder(dir, stream);
        let firsts = disk::numbered(dir, &below, EXTENSION)?;
        let Some(first) = firsts.into_iter().rev().find(|first| *first <= index) else { continue };
        let path = below.join(disk::numbered_name(first, EXTENSION));
        let Some(bytes) = disk::read(dir, &path)? else { continue };
        let damaged = |position, what| LedgerError::damaged(dir, &path, position, what);
        let (places, _) = scan(&bytes, key.id(), stream, first).map_err(|(at, what)| damaged(at, what))?;
        if let Some((place, range)) = places.into_iter().find(|(place, _)| place.index == index) {
            let opened = sealer.open(place, bytes.get(range).unwrap_or_default());
            let opened = opened.filter(|opened| leaf_hash(&opened.leaf()) == proof.leaf);
            let opened = opened
                .ok_or_else(|| damaged(0, "an entry in it does not open, or does not make its leaf"))?;
            return Ok(Some(Disclosure::new(proof, &opened)));
        }
    }
    Ok(None)
}
