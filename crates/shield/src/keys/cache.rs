//! Facts by name, remembered per thread: names repeat from event to event. No name is kept, only 64 bits of which a
//! thread's own random key is part, and all the memory there will be is taken at once.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;

use super::{Facts, Lexicon, derive};

/// How many names a thread remembers, in pairs of places; 96 KiB.
const NAMES_MAX: usize = 4_096;
/// Longer names are worked out each time.
const NAME_BYTES_MAX: usize = 64;

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

#[derive(Default)]
struct Memory {
    key: RandomState,
    pairs: Vec<[(u64, Facts); 2]>,
}

/// What a name says, from memory if it was met before.
pub(crate) fn of(name: &str, lexicon: &Lexicon) -> Facts {
    if name.len() > NAME_BYTES_MAX {
        return derive(clip(name), lexicon);
    }
    let (hash, known) = known(name, false);
    known.unwrap_or_else(|| {
        let facts = derive(name, lexicon);
        remember(hash, facts);
        facts
    })
}

/// What the names of a path say together, from memory if it was met before; else worked out.
pub(crate) fn of_path(path: &str, work_out: impl FnOnce() -> Facts) -> Facts {
    let (hash, known) = known(path, true);
    known.unwrap_or_else(|| {
        let facts = work_out();
        remember(hash, facts);
        facts
    })
}

impl Memory {
    fn hash(&self, text: &str, is_path: bool) -> u64 {
        let mut hasher = self.key.build_hasher();
        hasher.write(text.as_bytes());
        hasher.write_u8(u8::from(is_path));
        // 0 is an empty place.
        hasher.finish().max(1)
    }
}

/// A name's hash, and what is remembered of it.
fn known(name: &str, is_path: bool) -> (u64, Option<Facts>) {
    MEMORY.with_borrow(|memory| {
        let hash = memory.hash(name, is_path);
        let pair = memory.pairs.get(place(hash));
        let known = pair.and_then(|pair| pair.iter().find(|(held, _)| *held == hash));
        (hash, known.map(|(_, facts)| *facts))
    })
}

/// Of two that share a pair of places the older makes room.
fn remember(hash: u64, facts: Facts) {
    MEMORY.with_borrow_mut(|memory| {
        if memory.pairs.is_empty() {
            memory.pairs.resize(NAMES_MAX / 2, Default::default());
        }
        if let Some([first, second]) = memory.pairs.get_mut(place(hash)) {
            *second = std::mem::replace(first, (hash, facts));
        }
    });
}

fn place(hash: u64) -> usize {
    usize::try_from(hash % (NAMES_MAX as u64 / 2)).unwrap_or(0)
}

/// A name of thousands of bytes is not read to its end twice: its last words say what it is.
fn clip(name: &str) -> &str {
    const CLIPPED: usize = 512;
    let start = name.len().saturating_sub(CLIPPED);
    (start..name.len()).find_map(|at| name.get(at..)).unwrap_or(name)
}
