//! Values found benign before, by a keyed hash: browsers, pages and titles repeat from event to event, and they
//! are the longest values. No text is kept, only 64 bits of which a thread's own random key is part; that two
//! different values meet in one of them is less likely than a fault of the memory that holds it.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher};

use foldhash::quality::RandomState;

use super::Value;
use crate::keys::Facts;

/// How many places a thread has: two hashes each, 32 KiB together.
const PLACES: usize = 2_048;
/// Shorter values are judged about as fast as they are looked up.
const BYTES_MIN: usize = 20;
/// Longer ones seldom repeat.
const BYTES_MAX: usize = 512;

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

#[derive(Default)]
struct Memory {
    key: RandomState,
    places: Vec<Place>,
}

/// A value takes its place when it comes a second time in a row, so that values that never come again do not
/// drive out those that do.
#[derive(Clone, Copy, Default)]
struct Place {
    known: u64,
    candidate: u64,
}

/// The hash of a value and of everything its judgement depends on; `None` where remembering is not worth it.
/// Rules of a workspace must not be at work.
pub(super) fn hash(value: &Value<'_>) -> Option<u64> {
    let Value { text, shape, is_number, facts, beside, is_identifier } = *value;
    (BYTES_MIN..=BYTES_MAX).contains(&text.len()).then(|| {
        MEMORY.with_borrow(|memory| {
            let is_silent = facts == Facts::default() && beside == Facts::default();
            let flags = u64::from(shape.kinds) << 3
                | u64::from(is_silent) << 2
                | u64::from(is_number) << 1
                | u64::from(is_identifier);
            let mut hasher = memory.key.build_hasher();
            hasher.write(text.as_bytes());
            hasher.write_u64(flags);
            if !is_silent {
                hasher.write_u64(facts.packed());
                hasher.write_u64(beside.packed());
            }
            // 0 is an empty place.
            hasher.finish().max(1)
        })
    })
}

/// Whether this value was found benign.
pub(super) fn is_known(hash: u64) -> bool {
    MEMORY.with_borrow(|memory| memory.places.get(place(hash)).is_some_and(|place| place.known == hash))
}

/// Remembers a value that was found benign.
pub(super) fn remember(hash: u64) {
    MEMORY.with_borrow_mut(|memory| {
        if memory.places.is_empty() {
            memory.places.resize(PLACES, Place::default());
        }
        if let Some(place) = memory.places.get_mut(place(hash)) {
            if place.candidate == hash {
                place.known = hash;
            }
            place.candidate = hash;
        }
    });
}

fn place(hash: u64) -> usize {
    usize::try_from(hash % PLACES as u64).unwrap_or(0)
}
