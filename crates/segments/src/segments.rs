//! The handle: what is known, and who is told of what arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use control::Database;
use keys::HashKey;
use ledger::Ledger;
use model::{Event, Kind, Offset, Order, PersonCode, Resolved, SegmentId, SourceId, Stored, WorkspaceId};
use parking_lot::{Condvar, Mutex, RwLock};
use people::People;
use stdx::Clock;
use store::Store;

use crate::book::Book;
use crate::definition::Segment;
use crate::error::SegmentError;
use crate::members;
use crate::pending::{Cause, Pending};
use crate::room::Known;

/// How entries and exits re-enter as events: all of them durable, or `false` where the log is too busy for now.
pub type Feed = Arc<dyn Fn(WorkspaceId, Vec<Event<'static>>) -> Result<bool, String> + Send + Sync>;

/// What it is made of.
pub struct Parts {
    /// Decisions.
    pub control: Database,
    /// `people.db`, where it stands who is in which segment.
    pub people_db: Database,
    /// Who they are.
    pub people: Arc<People>,
    /// What they did.
    pub store: Store,
    /// Who did.
    pub ledger: Ledger,
    /// What time it is.
    pub clock: Clock,
    /// The key of the definitions' authenticators.
    pub marks: HashKey,
    /// How entries and exits re-enter.
    pub feed: Feed,
}

/// Audiences that people join and leave. Cheap to clone.
#[derive(Clone)]
pub struct Segments(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) control: Database,
    pub(crate) people_db: Database,
    pub(crate) people: Arc<People>,
    pub(crate) store: Store,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Clock,
    pub(crate) book: Book,
    pub(crate) feed: Feed,
    known: RwLock<Arc<Known>>,
    pub(crate) pending: Mutex<Pending>,
    /// Rung when somebody was touched, or something else is to be done.
    pub(crate) bell: Condvar,
    pub(crate) ended: AtomicBool,
    /// Held for a round, and while a definition changes.
    pub(crate) round: Mutex<()>,
    /// The position that is durable.
    pub(crate) saved: AtomicU64,
}

impl Segments {
    /// Opens them: every definition is read, and those whose people are not known yet begin to be filled.
    ///
    /// # Errors
    /// An altered definition, or the database's.
    pub fn open(parts: Parts) -> Result<Self, SegmentError> {
        let Parts { control, people_db, people, store, ledger, clock, marks, feed } = parts;
        let people_position = people.position();
        let segments = Self(Arc::new(Inner {
            control,
            people_db,
            people,
            store,
            ledger,
            clock,
            book: Book::new(marks),
            feed,
            known: RwLock::default(),
            pending: Mutex::default(),
            bell: Condvar::new(),
            ended: AtomicBool::new(false),
            round: Mutex::new(()),
            saved: AtomicU64::new(0),
        }));
        segments.learn()?;
        let known = segments.known();
        let position = segments.0.people_db.write(|tx| {
            for run in members::runs(tx)? {
                if known.by_id(run.workspace, run.segment).is_none() {
                    members::remove(tx, run.segment)?;
                }
            }
            let mut begun: Vec<SegmentId> = Vec::new();
            for live in known.lives() {
                let Segment { id, version, .. } = live.segment;
                let is_other = members::run_of(tx, id)?.is_none_or(|run| run.version != version);
                // Whoever asks for something that is otherwise now is gone through with it.
                if is_other || live.others().any(|other| begun.contains(&other.segment.id)) {
                    members::begin(tx, &live.segment)?;
                    begun.push(id);
                }
            }
            match members::position(tx)? {
                Some(position) if !known.is_empty() => Ok::<_, SegmentError>(position),
                // Nobody is in anything, or everybody is still to be gone through.
                _ => Ok(people_position),
            }
        })?;
        segments.0.saved.store(position.0, Ordering::SeqCst);
        let mut pending = segments.0.pending.lock();
        pending.through = position.0;
        // Some may have changed before.
        pending.groups = true;
        drop(pending);
        Ok(segments)
    }

    /// The first place in the journal of which it is not durable whom it touched.
    pub fn position(&self) -> Offset {
        Offset(self.0.saved.load(Ordering::SeqCst))
    }

    /// Takes note of whom these rows touch. They are in the store already; entries below the position have no effect.
    pub fn observe(&self, rows: &[Resolved<'_>]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let known = self.known();
        let mut pending = self.0.pending.lock();
        if first.entry.offset.0 > pending.through {
            // The journal does not reach back to where it was left off: everybody is gone through once.
            known.workspaces().for_each(|workspace| pending.refill(workspace));
        }
        let was_idle = pending.is_idle();
        let new = |row: &&Resolved<'_>| row.entry.offset.0 >= pending.through && !row.repeated;
        let fresh: Vec<&Resolved<'_>> =
            if known.is_empty() { Vec::new() } else { rows.iter().filter(new).collect() };
        for row in fresh {
            touched(&known, row, &mut pending);
        }
        pending.through = pending.through.max(last.entry.offset.0 + 1);
        if was_idle && !pending.is_idle() {
            self.0.bell.notify_all();
        }
    }

    /// After a purge: the values of computed traits go, and everybody of a workspace is gone through once more.
    ///
    /// # Errors
    /// The database's.
    pub fn refill(&self, workspace: WorkspaceId) -> Result<(), SegmentError> {
        let known = self.known();
        let Some(room) = known.room(workspace) else { return Ok(()) };
        if room.segments.iter().any(|live| live.computed.is_some()) {
            // Between two rounds: the one that may be under way has read what is gone.
            let _round = self.0.round.lock();
            self.0.people_db.write(|tx| members::forget_values(tx, workspace))?;
            // A reader may hold the write-ahead log; it is emptied with the next erasure or purge then.
            self.0.people.forget_log()?;
        }
        self.0.pending.lock().refill(workspace);
        self.ring();
        Ok(())
    }

    /// The segments that stand.
    pub(crate) fn known(&self) -> Arc<Known> {
        self.0.known.read().clone()
    }

    /// Reads the definitions anew.
    pub(crate) fn learn(&self) -> Result<(), SegmentError> {
        let standing = self.0.control.read(|tx| self.0.book.standing(tx))?;
        *self.0.known.write() = Arc::new(Known::of(standing)?);
        Ok(())
    }

    pub(crate) fn ring(&self) {
        // Taken, so that who is about to wait hears it.
        let _pending = self.0.pending.lock();
        self.0.bell.notify_all();
    }
}

/// Whom one row touches.
fn touched(known: &Known, row: &Resolved<'_>, pending: &mut Pending) {
    if let Stored::Event(event) = &row.entry.record
        && event.kind == Kind::Group
        && known.room(event.workspace).is_some_and(|room| !room.groups.is_empty())
    {
        // Whoever says it, or nobody: all who belong to it may be judged otherwise.
        pending.groups = true;
    }
    match (&row.entry.record, row.person) {
        (Stored::Event(event), Some(person)) if person != PersonCode::NOBODY => {
            let Some(room) = known.room(event.workspace) else { return };
            if event.source == SourceId::HOUSE {
                return;
            }
            let says_traits = event.traits.len() > "{}".len() || !event.sealed.is_empty();
            if room.any || room.events.contains(event.name.as_str()) {
                pending.touch(event.workspace, person, Cause::Event(event.name.clone()));
            } else if room.traits && (says_traits || event.kind == Kind::Alias || event.kind == Kind::Group) {
                pending.touch(event.workspace, person, Cause::Trait);
            } else if !room.groups.is_empty() && event.kind == Kind::Group {
                pending.touch(event.workspace, person, Cause::Group);
            } else if room.consent && people::says_consent(event) {
                pending.touch(event.workspace, person, Cause::Consent);
            } else if room.anybody {
                pending.seen(event.workspace, person);
            }
        }
        (Stored::Order(order), _) if known.room(order.workspace()).is_some() => {
            let workspace = order.workspace();
            match order {
                Order::Merge { into, .. }
                | Order::Join { into, .. }
                | Order::Standing { into: Some(into), .. } => pending.touch(workspace, *into, Cause::Merge),
                Order::Unmerge { into, from, .. } => {
                    pending.touch(workspace, *into, Cause::Unmerge);
                    pending.touch(workspace, *from, Cause::Unmerge);
                }
                Order::Standing { person, into: None, .. } => {
                    pending.touch(workspace, *person, Cause::Unmerge);
                }
                Order::Consent { person, .. } => pending.touch(workspace, *person, Cause::Consent),
                Order::Erase { .. } | Order::Purge { .. } | Order::Apart { .. } => {}
            }
        }
        _ => {}
    }
}
