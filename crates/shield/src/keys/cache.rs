//! Facts by name, remembered per thread: names repeat from event to event.

use std::cell::RefCell;

use hashbrown::HashMap;

use super::{Facts, Lexicon, derive};

/// The most names a thread remembers; when full it starts afresh.
const NAMES_MAX: usize = 4_096;
/// Longer names are worked out each time.
const NAME_BYTES_MAX: usize = 64;

thread_local! {
    static NAMES: RefCell<HashMap<Box<str>, Facts, foldhash::fast::RandomState>> = RefCell::default();
}

/// What a name says, from memory if it was met before.
pub(crate) fn of(name: &str, lexicon: &Lexicon) -> Facts {
    if name.len() > NAME_BYTES_MAX {
        return derive(clip(name), lexicon);
    }
    NAMES.with_borrow_mut(|names| {
        if let Some(facts) = names.get(name) {
            return *facts;
        }
        let facts = derive(name, lexicon);
        if names.len() >= NAMES_MAX {
            names.clear();
        }
        names.insert(name.into(), facts);
        facts
    })
}

/// A name of thousands of bytes is not read to its end twice: its last words say what it is.
fn clip(name: &str) -> &str {
    const CLIPPED: usize = 512;
    let start = name.len().saturating_sub(CLIPPED);
    (start..name.len()).find_map(|at| name.get(at..)).unwrap_or(name)
}
