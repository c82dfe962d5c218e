//! Room for the bodies of all requests under way: bounded, and shared fairly.
//!
//! Each holder may hold as much as is still free: alone at most half of all, two who want everything a third each, and
//! so on. So nobody can take the room of those who come later, and no list of holders is needed to know it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use model::WorkspaceId;
use parking_lot::Mutex;

/// Who holds bytes: a workspace once it is known, until then the sender's address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Holder {
    Workspace(WorkspaceId),
    Address(Option<IpAddr>),
}

/// There is no room now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoRoom;

/// How many bytes of bodies may be held at the same time, over all requests.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bytes_max: usize,
    held: Mutex<Held>,
}

#[derive(Default, Debug)]
struct Held {
    bytes: usize,
    /// Only holders of something: as many as requests are under way, at most.
    by: HashMap<Holder, usize>,
}

/// A share of [`Room`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    room: Room,
    holder: Holder,
    bytes: usize,
}

impl Room {
    pub fn new(bytes_max: usize) -> Self {
        Self(Arc::new(Inner { bytes_max, held: Mutex::default() }))
    }

    /// A share that is still empty.
    pub fn share(&self, holder: Holder) -> Share {
        Share { room: self.clone(), holder, bytes: 0 }
    }
}

impl Share {
    /// Who holds it.
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// Takes `bytes` more.
    pub fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let inner = &self.room.0;
        let mut held = inner.held.lock();
        let own = held.by.get(&self.holder).copied().unwrap_or(0).saturating_add(bytes);
        let all = held.bytes.saturating_add(bytes);
        if own > inner.bytes_max.saturating_sub(all) {
            return Err(NoRoom);
        }
        held.bytes = all;
        held.by.insert(self.holder, own);
        self.bytes += bytes;
        Ok(())
    }

    /// Hands it over to `holder`, who takes `more` as well. What is refused is still to be dropped by the caller.
    pub fn pass_to(&mut self, holder: Holder, more: usize) -> Result<(), NoRoom> {
        let bytes = self.bytes.saturating_add(more);
        self.give_back();
        self.holder = holder;
        self.grow(bytes)
    }

    fn give_back(&mut self) {
        let mut held = self.room.0.held.lock();
        held.bytes -= self.bytes;
        if let Some(own) = held.by.get_mut(&self.holder) {
            *own -= self.bytes;
            if *own == 0 {
                held.by.remove(&self.holder);
            }
        }
        self.bytes = 0;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(room: &Room, holder: Holder) -> (Share, usize) {
        let mut share = room.share(holder);
        let mut bytes = 0;
        while share.grow(10).is_ok() {
            bytes += 10;
        }
        (share, bytes)
    }

    #[test]
    fn nobody_takes_the_room_of_those_who_come_later() {
        let room = Room::new(1_200);
        let of = |number| Holder::Workspace(WorkspaceId(number));
        let (one, bytes) = fill(&room, of(1));
        assert_eq!(bytes, 600);
        let (two, bytes) = fill(&room, of(2));
        assert_eq!(bytes, 300);
        let (_three, bytes) = fill(&room, of(3));
        assert_eq!(bytes, 150);
        drop(one);
        let (_four, bytes) = fill(&room, of(4));
        assert_eq!(bytes, 370, "half of what is free");
        drop(two);
    }

    #[test]
    fn what_is_given_back_is_free_again() {
        let room = Room::new(1_000);
        let stranger = Holder::Address(None);
        let (mut share, _) = fill(&room, stranger);
        assert_eq!(share.pass_to(Holder::Workspace(WorkspaceId(1)), 10), Err(NoRoom));
        drop(share);
        let mut share = room.share(stranger);
        share.grow(400).unwrap();
        share.pass_to(Holder::Workspace(WorkspaceId(1)), 100).unwrap();
        assert!(room.share(stranger).grow(250).is_ok());
        drop(share);
        assert_eq!(room.0.held.lock().bytes, 0);
        assert!(room.0.held.lock().by.is_empty());
    }
}
