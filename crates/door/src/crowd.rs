//! Who is connected: how many in all and from one address, who waits longest, and what became of those who were cut.
//!
//! When a door is full, the connection that has waited longest without a request makes room for the new one: holding
//! connections open costs the attacker, not the others.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// A request that takes longer than this to be taken and answered may be cut for the sake of others.
const PATIENCE_MS: u64 = 5_000;
/// One in so many of the connections that may be cut are cut at once, so that looking for them is rare.
const CUT_PART: usize = 64;

/// What happened to connections since the start. Each is counted once.
#[derive(Default, Debug)]
pub struct Counts {
    /// Taken.
    pub taken: AtomicU64,
    /// Refused: the door was full of requests under way.
    pub refused_full: AtomicU64,
    /// Refused: that address had as many connections as it may have, all with requests under way.
    pub refused_address: AtomicU64,
    /// Cut for the sake of a new one.
    pub cut_for_others: AtomicU64,
    /// Cut: the head of a request took too long.
    pub cut_slow_head: AtomicU64,
    /// Cut: no further request for too long.
    pub cut_idle: AtomicU64,
    /// Cut: it does not read what it is sent.
    pub cut_not_reading: AtomicU64,
    /// Cut: the TLS handshake took too long.
    pub cut_slow_handshake: AtomicU64,
    /// Ended by a TLS handshake that failed.
    pub failed_handshake: AtomicU64,
    /// Requests answered with 429 because their address sent too many.
    pub refused_requests: AtomicU64,
}

impl Counts {
    /// Each with its name, for those who print them.
    pub fn named(&self) -> [(&'static str, u64); 10] {
        [
            ("taken", &self.taken),
            ("refused_full", &self.refused_full),
            ("refused_address", &self.refused_address),
            ("cut_for_others", &self.cut_for_others),
            ("cut_slow_head", &self.cut_slow_head),
            ("cut_idle", &self.cut_idle),
            ("cut_not_reading", &self.cut_not_reading),
            ("cut_slow_handshake", &self.cut_slow_handshake),
            ("failed_handshake", &self.failed_handshake),
            ("refused_requests", &self.refused_requests),
        ]
        .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The connections of one door, over all its listeners. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Crowd(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections_max: usize,
    per_address_max: usize,
    table: Mutex<Table>,
    counts: Counts,
}

#[derive(Default, Debug)]
struct Table {
    next: u64,
    all: HashMap<u64, Entry>,
    /// Entries of `all` by address; never more than those.
    by_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Entry {
    address: Option<IpAddr>,
    flight: Arc<Flight>,
}

impl Crowd {
    /// Nobody yet.
    pub fn new(connections_max: usize, per_address_max: usize) -> Self {
        Self(Arc::new(Inner {
            connections_max: connections_max.max(1),
            per_address_max: per_address_max.max(1),
            table: Mutex::default(),
            counts: Counts::default(),
        }))
    }

    /// What happened so far.
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// How many are connected now.
    pub fn len(&self) -> usize {
        self.0.table.lock().all.len()
    }

    /// How many may be connected at once.
    pub fn max(&self) -> usize {
        self.0.connections_max
    }

    /// Whether nobody is connected now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A place for a new connection; `address` is nobody's where many come through one, such as a proxy's.
    pub(crate) fn enter(&self, address: Option<IpAddr>) -> Option<Place> {
        let counts = &self.0.counts;
        let address = address.map(of_one_sender);
        let mut table = self.0.table.lock();
        let from_there = address.and_then(|address| table.by_address.get(&address).copied()).unwrap_or(0);
        if from_there >= self.0.per_address_max && !self.make_room(&mut table, address) {
            count(&counts.refused_address);
            return None;
        }
        if table.all.len() >= self.0.connections_max && !self.make_room(&mut table, None) {
            count(&counts.refused_full);
            return None;
        }
        count(&counts.taken);
        let id = table.next;
        table.next += 1;
        let flight = Arc::new(Flight::default());
        table.all.insert(id, Entry { address, flight: flight.clone() });
        if let Some(address) = address {
            *table.by_address.entry(address).or_insert(0) += 1;
        }
        Some(Place { crowd: self.clone(), id, flight })
    }

    /// Cuts those who have waited longest, where nothing else frees descriptors.
    pub(crate) fn shrink(&self) {
        self.make_room(&mut self.0.table.lock(), None);
    }

    /// Cuts some of those who wait longest, of `address` if there is one; whether there were any.
    fn make_room(&self, table: &mut Table, address: Option<IpAddr>) -> bool {
        let now_ms = now_ms();
        let of_it = |entry: &Entry| address.is_none() || entry.address == address;
        let mut waiting: Vec<(u64, u64)> = table
            .all
            .iter()
            .filter(|(_, entry)| of_it(entry))
            .filter_map(|(id, entry)| Some((entry.flight.cut_from_ms(now_ms)?, *id)))
            .collect();
        if waiting.is_empty() {
            return false;
        }
        let many = waiting.len().div_ceil(CUT_PART);
        waiting.select_nth_unstable(many - 1);
        for (_, id) in waiting.into_iter().take(many) {
            if let Some(entry) = table.leave(id) {
                entry.flight.cut.notify_one();
                count(&self.0.counts.cut_for_others);
            }
        }
        true
    }
}

impl Table {
    fn leave(&mut self, id: u64) -> Option<Entry> {
        let entry = self.all.remove(&id)?;
        if let Some(address) = entry.address
            && let Some(count) = self.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        Some(entry)
    }
}

/// A place at the door, given back when dropped.
pub(crate) struct Place {
    crowd: Crowd,
    id: u64,
    pub flight: Arc<Flight>,
}

impl Place {
    pub fn counts(&self) -> &Counts {
        self.crowd.counts()
    }

    pub fn crowd(&self) -> &Crowd {
        &self.crowd
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.0.table.lock().leave(self.id);
    }
}

/// Where a connection is: between requests, taking one, or answering one.
#[derive(Debug)]
pub(crate) struct Flight {
    phase: AtomicU8,
    /// Counts the changes of phase, so that a reader knows a new wait from the old one.
    turn: AtomicU32,
    since_ms: AtomicU64,
    /// Told when the connection has to make room.
    pub cut: Notify,
    /// Who reads, where it found a request under way: nothing else calls it when the answer is made, and a wait that
    /// nobody has begun never ends.
    reader: Mutex<Option<Waker>>,
}

const WAITING: u8 = 0;
const TAKING: u8 = 1;
const ANSWERING: u8 = 2;

impl Default for Flight {
    fn default() -> Self {
        Self {
            phase: AtomicU8::new(WAITING),
            turn: AtomicU32::new(0),
            since_ms: AtomicU64::new(now_ms()),
            cut: Notify::new(),
            reader: Mutex::new(None),
        }
    }
}

impl Flight {
    /// A request's head is whole.
    pub fn taking(&self) {
        self.enter(TAKING);
    }

    /// The answer's head is made.
    pub fn answering(&self) {
        self.enter(ANSWERING);
    }

    /// The answer's body is made.
    pub fn waiting(&self) {
        self.enter(WAITING);
        if let Some(reader) = self.reader.lock().take() {
            reader.wake();
        }
    }

    /// Calls the reader when the answer is made.
    pub fn call_when_waiting(&self, reader: &Waker) {
        *self.reader.lock() = Some(reader.clone());
        // The answer may have been made just before.
        if self.wait().is_some()
            && let Some(reader) = self.reader.lock().take()
        {
            reader.wake();
        }
    }

    /// Which wait for a request this is, or `None` while one is under way.
    pub fn wait(&self) -> Option<u32> {
        let turn = self.turn.load(Ordering::Acquire);
        (self.phase.load(Ordering::Acquire) == WAITING).then_some(turn)
    }

    fn enter(&self, phase: u8) {
        self.since_ms.store(now_ms(), Ordering::Relaxed);
        self.phase.store(phase, Ordering::Release);
        self.turn.fetch_add(1, Ordering::AcqRel);
    }

    /// Since when it could have been cut for others, or `None` where it must not be: answers are not cut. Those who
    /// wait come before those whose request takes long.
    fn cut_from_ms(&self, now_ms: u64) -> Option<u64> {
        let since_ms = self.since_ms.load(Ordering::Relaxed);
        match self.phase.load(Ordering::Relaxed) {
            WAITING => Some(since_ms),
            TAKING if now_ms.saturating_sub(since_ms) > PATIENCE_MS => {
                Some(since_ms.saturating_add(u64::MAX / 2))
            }
            _ => None,
        }
    }
}

/// Milliseconds since the first call.
fn now_ms() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as u64
}

/// What one sender commands: an IPv4 address, or the /64 that an IPv6 host may take addresses from.
pub(crate) fn of_one_sender(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        fourth => fourth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([127, 0, 0, last]))
    }

    #[tokio::test]
    async fn who_waits_longest_makes_room_and_answers_are_not_cut() {
        let crowd = Crowd::new(3, 2);
        let (first, second) = (crowd.enter(at(1)).unwrap(), crowd.enter(at(1)).unwrap());
        second.flight.answering();
        let _third = crowd.enter(at(1)).unwrap();
        first.flight.cut.notified().await;
        assert_eq!(crowd.len(), 2, "the first one's place is free at once");
        drop(first);
        assert_eq!(crowd.len(), 2, "and is not given back twice");
        _third.flight.taking();
        assert!(crowd.enter(at(1)).is_none(), "both of that address are busy");
        assert!(crowd.enter(at(2)).is_some());
        let counted: HashMap<_, _> = crowd.counts().named().into_iter().collect();
        assert_eq!((counted["taken"], counted["cut_for_others"], counted["refused_address"]), (4, 1, 1));
    }

    #[test]
    fn a_full_door_refuses_only_when_all_are_busy() {
        let crowd = Crowd::new(2, 9);
        let (one, other) = (crowd.enter(at(1)).unwrap(), crowd.enter(at(2)).unwrap());
        one.flight.taking();
        other.flight.taking();
        assert!(crowd.enter(at(3)).is_none());
        other.flight.waiting();
        assert!(crowd.enter(at(3)).is_some());
        assert_eq!(crowd.len(), 1, "the last one was given back");
    }

    #[test]
    fn proxies_are_no_address_and_a_sixth_is_its_network() {
        let crowd = Crowd::new(9, 1);
        let _kept = [crowd.enter(None).unwrap(), crowd.enter(None).unwrap()];
        let of = |text: &str| of_one_sender(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
    }
}
