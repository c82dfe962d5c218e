//! The threads that follow the ledger until they are dropped.

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ledger::{EntryView, Ledger};
use outbound::Outbound;
use parking_lot::{Condvar, Mutex, RwLock};
use serde::Serialize;

use crate::error::MirrorError;
use crate::otlp;
use crate::place::{Place, Syslog};
use crate::position::Position;
use crate::syslog::Connection;

/// How often the ledger is looked at for new entries.
const LOOK: Duration = Duration::from_secs(1);
/// The longest pause after failures.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// How many entries are handed over at once.
const AT_ONCE: u64 = 256;
/// How many bytes of them, about.
const BYTES_AT_ONCE: usize = 512 * 1024;
/// From so many entries on the lag is worth a line in the log.
const LAG_TOLD: u64 = 1_000;
/// How many places there may be.
const PLACES_MAX: usize = 2;

/// How far a place is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Standing {
    /// Which: `syslog` or `otlp`.
    pub place: &'static str,
    /// The next entry to hand over.
    pub next: u64,
    /// How many entries wait.
    pub behind: u64,
    /// What went wrong the last time; nothing while it works.
    pub trouble: Option<String>,
}

/// How far all places are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Standings(Arc<RwLock<Vec<Standing>>>);

impl Standings {
    /// Now.
    pub fn now(&self) -> Vec<Standing> {
        self.0.read().clone()
    }

    fn set(&self, number: usize, standing: Standing) {
        if let Some(mine) = self.0.write().get_mut(number) {
            *mine = standing;
        }
    }
}

/// Follows the ledger until it is dropped.
pub struct Mirroring {
    ending: Arc<Ending>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Ending {
    ended: Mutex<bool>,
    told: Condvar,
}

impl Mirroring {
    /// Begins to hand entries over to `places`; positions are kept in `dir`.
    ///
    /// # Errors
    /// The folder or a thread cannot be made, or a position cannot be read.
    pub fn start(
        ledger: &Ledger,
        places: Vec<(Place, Outbound)>,
        (dir, standings): (&Path, &Standings),
    ) -> Result<Self, MirrorError> {
        let mut mirroring = Self { ending: Arc::default(), threads: Vec::new() };
        if places.is_empty() {
            return Ok(mirroring);
        }
        stdx::files::private_dir(dir).map_err(MirrorError::Position)?;
        let origin = ledger.public_key().name().to_owned();
        for (number, (place, outbound)) in places.into_iter().take(PLACES_MAX).enumerate() {
            let position = Position::new(dir, place.name(), &origin);
            // A ledger that was set back goes on from its own end.
            let next = position.read()?.min(ledger.size());
            let name = place.name();
            standings.0.write().push(Standing { place: name, next, behind: 0, trouble: None });
            let one = One {
                number,
                outbound,
                origin: origin.clone(),
                ledger: ledger.clone(),
                position,
                standings: standings.clone(),
                way: Way { place, connection: None },
                next,
                kept: next,
            };
            let ending = mirroring.ending.clone();
            let thread = thread::Builder::new().name(format!("ledger-{name}"));
            let thread = thread.spawn(move || one.run(&ending)).map_err(MirrorError::Position)?;
            mirroring.threads.push(thread);
        }
        Ok(mirroring)
    }
}

impl Drop for Mirroring {
    /// Waits for what is under way, so that how far it came is written down.
    fn drop(&mut self) {
        *self.ending.ended.lock() = true;
        self.ending.told.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that broke has said so.
            let _ = thread.join();
        }
    }
}

/// A place and how it is reached now.
struct Way {
    place: Place,
    connection: Option<Connection>,
}

struct One {
    number: usize,
    outbound: Outbound,
    origin: String,
    ledger: Ledger,
    position: Position,
    standings: Standings,
    way: Way,
    /// The next entry to hand over.
    next: u64,
    /// The next one as it stands on disk: of syslog one round behind, since nothing acknowledges what was written.
    kept: u64,
}

impl One {
    fn run(mut self, ending: &Ending) {
        let mut failing = Duration::ZERO;
        let mut told = false;
        loop {
            let done = self.round();
            let behind = self.ledger.size().saturating_sub(self.next);
            let place = self.way.place.name();
            let trouble = done.as_ref().err().map(ToString::to_string);
            if let Some(why) = &trouble
                && failing.is_zero()
            {
                tracing::warn!(place, why, behind, "the ledger's entries were not handed over; tried again");
            }
            if behind >= LAG_TOLD && !told {
                tracing::warn!(place, behind, "a place that follows the ledger is behind");
            }
            told = behind >= LAG_TOLD;
            self.standings.set(self.number, Standing { place, next: self.next, behind, trouble });
            let pause;
            (pause, failing) = match done {
                // There is more: go on at once.
                Ok(true) => (Duration::ZERO, Duration::ZERO),
                Ok(false) => (LOOK, Duration::ZERO),
                Err(_) => {
                    let longer = (failing * 2).clamp(LOOK, PAUSE_MAX);
                    (longer, longer)
                }
            };
            let mut ended = ending.ended.lock();
            ending.told.wait_while_for(&mut ended, |ended| !*ended, pause);
            if *ended {
                return;
            }
        }
    }

    /// Hands over what is next; whether there is more.
    fn round(&mut self) -> Result<bool, MirrorError> {
        self.confirm()?;
        let end = self.ledger.size().min(self.next + AT_ONCE);
        if self.next >= end {
            return Ok(false);
        }
        let (entries, reached) = bounded(self.ledger.between(self.next, end)?, end);
        match (&self.way.place, &mut self.way.connection) {
            (Place::Otlp(place), _) => {
                otlp::post(&self.outbound, place, (&self.origin, &entries))?;
                self.keep(reached)?;
            }
            (Place::Syslog(place), connection) => {
                let written = connected(connection, place)?.write(place, &entries);
                if written.is_err() {
                    self.take_back();
                }
                written?;
            }
        }
        self.next = reached;
        Ok(self.next < self.ledger.size())
    }

    /// What was written to a syslog server a round ago counts if the connection still stands; else it is written again.
    fn confirm(&mut self) -> Result<(), MirrorError> {
        let Some(connection) = &mut self.way.connection else { return Ok(()) };
        if !connection.stands() {
            self.take_back();
            return Ok(());
        }
        if self.kept < self.next {
            self.keep(self.next)?;
        }
        Ok(())
    }

    fn take_back(&mut self) {
        self.way.connection = None;
        self.next = self.kept;
    }

    fn keep(&mut self, next: u64) -> Result<(), MirrorError> {
        self.position.keep(next)?;
        self.kept = next;
        Ok(())
    }
}

fn connected<'c>(
    connection: &'c mut Option<Connection>,
    place: &Syslog,
) -> Result<&'c mut Connection, MirrorError> {
    match connection {
        Some(there) => Ok(there),
        none => Ok(none.insert(Connection::open(place)?)),
    }
}

/// As many as fit into one call, at least one; and the number of the entry behind them.
fn bounded(mut entries: Vec<EntryView>, end: u64) -> (Vec<EntryView>, u64) {
    let mut bytes = 0;
    let fits = entries
        .iter()
        .take_while(|entry| {
            bytes += entry.detail.to_string().len() + 512;
            bytes <= BYTES_AT_ONCE
        })
        .count()
        .max(1);
    match entries.get(fits).map(|next| next.id.0) {
        Some(next) => {
            entries.truncate(fits);
            (entries, next)
        }
        None => (entries, end),
    }
}
