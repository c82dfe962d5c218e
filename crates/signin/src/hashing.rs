//! Hashing passwords costs memory and time on purpose, so it is rationed: two at once, and a queue that ends. Browsers that
//! have signed in before have places of their own and go first: a flood of strangers delays strangers.
//!
//! The memory belongs to the two places and not to the threads that come by: an allocator that keeps something for each
//! thread kept 19 MiB for each of a hundred.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::error::SigninError;

/// Memory of one hash.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many are made at once: 38 MiB together.
const AT_ONCE_MAX: usize = 2;
/// How many strangers may wait.
const STRANGERS_MAX: usize = 64;
/// How many of those who signed in before may wait.
const KNOWN_MAX: usize = 64;
/// How long a salt is.
pub const SALT_BYTES: usize = 16;

/// A password's hash.
pub type Hash = [u8; 32];

/// The places where hashes are made.
#[derive(Default)]
pub struct Hashing {
    room: Mutex<Room>,
    free: Condvar,
}

#[derive(Default)]
struct Room {
    working: usize,
    known: usize,
    strangers: usize,
    /// The memory of places where nobody is.
    free: Vec<Vec<Block>>,
}

impl Hashing {
    /// The hash of what a keyed hash made of a password; waits for a place.
    ///
    /// # Errors
    /// [`SigninError::Busy`]: too many wait already.
    pub fn hash(&self, known: bool, peppered: &[u8; 32], salt: &[u8]) -> Result<Hash, SigninError> {
        let mut place = self.enter(known)?;
        let broken = |_| SigninError::Busy;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
        let mut hash = [0; 32];
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        place.memory.resize(argon.params().block_count(), Block::default());
        argon.hash_password_into_with_memory(peppered, salt, &mut hash, &mut place.memory).map_err(broken)?;
        Ok(hash)
    }

    fn enter(&self, known: bool) -> Result<Place<'_>, SigninError> {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        let (waiting, most) =
            if known { (&mut room.known, KNOWN_MAX) } else { (&mut room.strangers, STRANGERS_MAX) };
        if *waiting >= most {
            return Err(SigninError::Busy);
        }
        *waiting += 1;
        let must_wait = |room: &mut Room| room.working >= AT_ONCE_MAX || (!known && room.known > 0);
        let mut room = self.free.wait_while(room, must_wait).unwrap_or_else(PoisonError::into_inner);
        let waiting = if known { &mut room.known } else { &mut room.strangers };
        *waiting -= 1;
        room.working += 1;
        // Somebody who waited for the one who has just gone in may be next.
        self.free.notify_all();
        Ok(Place { memory: room.free.pop().unwrap_or_default(), hashing: self })
    }
}

struct Place<'h> {
    memory: Vec<Block>,
    hashing: &'h Hashing,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // What is left of a password's hashing goes before the next one comes.
        self.memory.fill(Block::default());
        let mut room = self.hashing.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.working -= 1;
        room.free.push(std::mem::take(&mut self.memory));
        self.hashing.free.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_turned_away_and_known_browsers_are_not() {
        let hashing = Hashing::default();
        let (first, second) = (hashing.enter(false).unwrap(), hashing.enter(false).unwrap());
        std::thread::scope(|scope| {
            for _ in 0..STRANGERS_MAX {
                scope.spawn(|| hashing.enter(false).map(drop).unwrap());
            }
            while hashing.room.lock().unwrap().strangers < STRANGERS_MAX {
                std::thread::yield_now();
            }
            assert!(hashing.enter(false).is_err(), "one stranger too many");
            let known = scope.spawn(|| hashing.enter(true).map(drop));
            while hashing.room.lock().unwrap().known == 0 {
                std::thread::yield_now();
            }
            let working = hashing.room.lock().unwrap().working;
            assert_eq!(working, AT_ONCE_MAX);
            drop((first, second));
            known.join().unwrap().unwrap();
        });
        assert_eq!(hashing.room.lock().unwrap().working, 0);
    }

    #[test]
    fn a_hash_depends_on_all_that_goes_in() {
        let hashing = Hashing::default();
        let hash = |peppered: u8, salt: u8| hashing.hash(true, &[peppered; 32], &[salt; SALT_BYTES]).unwrap();
        assert_eq!(hash(1, 1), hash(1, 1));
        assert!(hash(1, 1) != hash(1, 2) && hash(1, 1) != hash(2, 1));
    }
}
