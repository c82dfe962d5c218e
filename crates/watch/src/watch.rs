//! The handle: events in, profiles, alarms and the census out.

use std::sync::Arc;

use control::Database;
use hashbrown::HashMap;
use keys::KeyDirectory;
use model::origin::{Context, is_autocaptured};
use model::{EventRecord, Offset, Resolved, SourceId, Stored, WorkspaceId};
use parking_lot::Mutex;
use rusqlite::{Transaction, params};
use stdx::Clock;

use crate::alarm::{Alarm, AlarmPlace, Verdict};
use crate::arrival::Arrival;
use crate::census::{Census, CensusRow, day_of};
use crate::drift::Suspicion;
use crate::error::WatchError;
use crate::room::Room;
use crate::table::{self, Standing};
use crate::view::PropertyView;
use crate::wave::{self, Wave};
use breach::PasswordFilter;

/// How often what was learned is written; a crash repeats at most as much of the journal.
const WRITTEN_EVERY_MS: i64 = 2_000;

/// Follows what is stored. Cheap to clone; all clones are the same.
///
/// Its own lock is taken before the database's: nothing here may be called from inside a transaction,
/// but for the functions that take one.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    db: Database,
    keys: KeyDirectory,
    clock: Clock,
    filter: &'static PasswordFilter,
    state: Mutex<State>,
}

struct State {
    /// The first offset that is not counted.
    position: u64,
    /// The same on disk.
    durable: u64,
    rooms: HashMap<WorkspaceId, Room, foldhash::fast::RandomState>,
    census: Census,
    /// Alarms without a row.
    raised: Vec<(WorkspaceId, usize, Suspicion)>,
    written_ms: i64,
}

impl Watch {
    /// Goes on where it was last written.
    ///
    /// # Errors
    /// The database's.
    pub fn open(db: Database, keys: KeyDirectory, clock: Clock) -> Result<Self, WatchError> {
        let position = db.read(table::position)?;
        let state = State {
            position,
            durable: position,
            rooms: HashMap::default(),
            census: Census::default(),
            raised: Vec::new(),
            written_ms: clock.now_ms(),
        };
        let filter = PasswordFilter::common();
        Ok(Self(Arc::new(Inner { db, keys, clock, filter, state: Mutex::new(state) })))
    }

    /// Seals anew what an older key of the workspace sealed; how many rows.
    ///
    /// # Errors
    /// The database's, or a row that does not open.
    pub fn renew(&self, workspace: WorkspaceId) -> Result<usize, WatchError> {
        let Some(keys) = self.0.keys.get(workspace) else { return Ok(0) };
        self.0.db.write(|tx| table::renew(tx, workspace, &table::profile_key(&keys)))
    }

    /// The first offset that it has not seen.
    pub fn position(&self) -> Offset {
        Offset(self.0.state.lock().position)
    }

    /// The first offset whose effect is not on disk: the journal must keep what comes from there.
    pub fn durable_position(&self) -> Offset {
        Offset(self.0.state.lock().durable)
    }

    /// Takes in what was stored, in the order of offsets; what it has seen before has no further effect, nor
    /// have repeated events. An alarm is on disk when this returns; the rest now and then.
    ///
    /// # Errors
    /// The database's.
    pub fn observe(&self, rows: &[Resolved<'_>]) -> Result<(), WatchError> {
        let mut state = self.0.state.lock();
        for row in rows {
            let offset = row.entry.offset.0;
            if offset < state.position {
                continue;
            }
            if let (Stored::Event(event), Some(_), false) = (&row.entry.record, row.person, row.repeated)
                // What the house says of people is no habit of a sender's.
                && event.source != SourceId::HOUSE
            {
                self.0.see(&mut state, event)?;
            }
            state.position = offset + 1;
        }
        let due = self.0.clock.now_ms().saturating_sub(state.written_ms) >= WRITTEN_EVERY_MS;
        if !state.raised.is_empty() || (due && state.durable != state.position) {
            self.0.write(&mut state)?;
        }
        Ok(())
    }

    /// Writes what was learned, if it is time; for when nothing comes.
    ///
    /// # Errors
    /// The database's; it is tried again the next time.
    pub fn flush_if_due(&self) -> Result<(), WatchError> {
        let mut state = self.0.state.lock();
        let due = self.0.clock.now_ms().saturating_sub(state.written_ms) >= WRITTEN_EVERY_MS;
        if due && state.durable != state.position { self.0.write(&mut state) } else { Ok(()) }
    }

    /// Writes what was learned.
    ///
    /// # Errors
    /// The database's; it is tried again the next time.
    pub fn flush(&self) -> Result<(), WatchError> {
        self.0.write(&mut self.0.state.lock())
    }

    /// The profiles of a workspace, those with most values first.
    ///
    /// # Errors
    /// The database's.
    pub fn profiles(&self, workspace: WorkspaceId) -> Result<Vec<PropertyView>, WatchError> {
        let mut state = self.0.state.lock();
        if !self.0.enter(&mut state, workspace)? {
            return Ok(Vec::new());
        }
        let Some(room) = state.rooms.get(&workspace) else { return Ok(Vec::new()) };
        let seen = room.profiles.iter().filter(|profile| profile.values() > 0 && !profile.path.is_empty());
        let mut views: Vec<PropertyView> =
            seen.map(|profile| PropertyView::of(profile, &room.origins)).collect();
        drop(state);
        views.sort_by_key(|view| std::cmp::Reverse(view.values));
        Ok(views)
    }

    /// The alarms of a workspace, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub fn alarms(&self, workspace: WorkspaceId) -> Result<Vec<Alarm>, WatchError> {
        self.0.db.read(|tx| table::alarms(tx, workspace))
    }

    /// Alarms that nobody was told of yet, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn unannounced(&self) -> Result<Vec<Alarm>, WatchError> {
        self.0.db.read(table::unannounced)
    }

    /// Properties that came new in several workspaces at once, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub fn waves(&self) -> Result<Vec<Wave>, WatchError> {
        self.0.db.read(|tx| table::waves(tx, false))
    }

    /// Those that nobody was told of yet.
    ///
    /// # Errors
    /// The database's.
    pub fn unannounced_waves(&self) -> Result<Vec<Wave>, WatchError> {
        self.0.db.read(|tx| table::waves(tx, true))
    }

    /// The census of the days `from` to `to` (days since 1970, both included), up to this moment.
    ///
    /// # Errors
    /// The database's.
    pub fn census(&self, workspace: WorkspaceId, from: i64, to: i64) -> Result<Vec<CensusRow>, WatchError> {
        let state = self.0.state.lock();
        let mut rows = state.census.rows(workspace);
        let written = self.0.db.read(|tx| table::census(tx, workspace, from, to))?;
        // What is at hand is newer than what is written.
        rows.extend(written.into_iter().filter(|row| !state.census.has(workspace, row.day)));
        drop(state);
        rows.retain(|row| (from..=to).contains(&row.day));
        rows.sort_by(|a, b| {
            (a.day, a.source, &a.sdk, &a.sdk_version).cmp(&(b.day, b.source, &b.sdk, &b.sdk_version))
        });
        Ok(rows)
    }

    /// What a member said about an alarm takes effect; after [`settle`] has been committed.
    ///
    /// # Errors
    /// The database's.
    pub fn settled(&self, alarm: &Alarm, verdict: Verdict) -> Result<(), WatchError> {
        let mut state = self.0.state.lock();
        if !self.0.enter(&mut state, alarm.workspace)? {
            return Ok(());
        }
        let Some(room) = state.rooms.get_mut(&alarm.workspace) else { return Ok(()) };
        let found = room.find(&alarm.event, &alarm.path).and_then(|index| room.profiles.get_mut(index));
        if let Some(profile) = found.filter(|profile| profile.alarm == Some(alarm.id)) {
            profile.settle(verdict);
        }
        self.0.write(&mut state)
    }

    /// Forgets what was learned of a property, of one event or of every one that has it; gives how many profiles went.
    ///
    /// # Errors
    /// The database's; it is forgotten in memory by then, and written the next time.
    pub fn forget(
        &self,
        workspace: WorkspaceId,
        event: Option<&str>,
        path: &str,
    ) -> Result<usize, WatchError> {
        self.in_room(workspace, |room| room.forget(event, path))
    }

    /// Does something to a workspace's room, and writes it down.
    pub(crate) fn in_room(
        &self,
        workspace: WorkspaceId,
        change: impl FnOnce(&mut Room) -> usize,
    ) -> Result<usize, WatchError> {
        let mut state = self.0.state.lock();
        if !self.0.enter(&mut state, workspace)? {
            return Ok(0);
        }
        let changed = state.rooms.get_mut(&workspace).map_or(0, change);
        self.0.write(&mut state)?;
        Ok(changed)
    }
}

/// Marks an alarm as told.
///
/// # Errors
/// The database's.
pub fn announced(tx: &Transaction<'_>, id: i64, at_ms: i64) -> Result<(), WatchError> {
    tx.execute("update alarm set announced_ms = ?2 where id = ?1", params![id, at_ms])?;
    Ok(())
}

/// Marks a wave as told.
///
/// # Errors
/// The database's.
pub fn wave_announced(tx: &Transaction<'_>, id: i64, at_ms: i64) -> Result<(), WatchError> {
    tx.execute("update wave set announced_ms = ?2 where id = ?1", params![id, at_ms])?;
    Ok(())
}

/// Writes down what an alarm was; call [`Watch::settled`] after the commit.
///
/// # Errors
/// [`WatchError::NoAlarm`] where there is none that stands, or the database's.
pub fn settle(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: i64,
    (verdict, by, at_ms): (Verdict, &str, i64),
) -> Result<Alarm, WatchError> {
    let alarm = table::by_id(tx, workspace, id)?.filter(|alarm| alarm.settled.is_none());
    let alarm = alarm.ok_or(WatchError::NoAlarm)?;
    tx.execute(
        "update alarm set settled_ms = ?3, verdict = ?4, settled_by = ?5 where id = ?1 and workspace = ?2",
        params![id, workspace.0.to_be_bytes(), at_ms, verdict.as_str(), by],
    )?;
    Ok(alarm)
}

impl Inner {
    fn see(&self, state: &mut State, event: &EventRecord) -> Result<(), WatchError> {
        if !self.enter(state, event.workspace)? {
            return Ok(());
        }
        let day = day_of(event.received_ms);
        if !state.census.has(event.workspace, day) {
            let rows = self.db.read(|tx| table::day(tx, event.workspace, day))?;
            state.census.put_day(event.workspace, day, rows);
        }
        let context = Context::read(&event.context);
        let automatic = is_autocaptured(&event.name, context.autocapture);
        state.census.count(event.workspace, event.source, &context, (automatic, event.received_ms));
        let Some(room) = state.rooms.get_mut(&event.workspace) else { return Ok(()) };
        for (index, suspicion) in room.see(event, &context, self.filter) {
            state.raised.push((event.workspace, index, suspicion));
        }
        Ok(())
    }

    /// Has the workspace's profiles at hand; `false` for one that is deleted.
    fn enter(&self, state: &mut State, workspace: WorkspaceId) -> Result<bool, WatchError> {
        if state.rooms.contains_key(&workspace) {
            return Ok(true);
        }
        let Some(keys) = self.keys.get(workspace) else { return Ok(false) };
        let key = table::profile_key(&keys);
        let room = self.db.read(|tx| {
            let mut kept = table::kept(tx, workspace, &key)?;
            // A crash between what a member said and its effect is made good here.
            for profile in &mut kept.profiles {
                let Some(id) = profile.alarm else { continue };
                let settled = table::by_id(tx, workspace, id)?.and_then(|alarm| alarm.settled);
                if let Some(settled) = settled {
                    profile.settle(settled.verdict);
                }
            }
            Ok::<_, WatchError>(Room::new(value_keys(&keys.hash.short(b"watch values 1")), kept))
        })?;
        state.rooms.insert(workspace, room);
        Ok(true)
    }

    /// Position, census, profiles and alarms in one transaction.
    fn write(&self, state: &mut State) -> Result<(), WatchError> {
        let State { position, rooms, census, raised, .. } = state;
        let waves = wave::gather(rooms);
        let written = self.db.write(|tx| {
            let mut rows = Vec::with_capacity(raised.len());
            for (workspace, number, suspicion) in raised.iter() {
                let Some(room) = rooms.get(workspace) else { continue };
                if let Some(standing) = standing(*workspace, room, *number) {
                    rows.push((*workspace, *number, table::raise(tx, &standing, *suspicion)?));
                }
            }
            for (workspace, number, id) in &rows {
                if let Some(profile) =
                    rooms.get_mut(workspace).and_then(|room| room.profiles.get_mut(*number))
                {
                    profile.alarm = Some(*id);
                    profile.changed = true;
                }
            }
            for (workspace, room) in rooms.iter() {
                self.write_room(tx, *workspace, room)?;
            }
            for wave in &waves {
                table::write_wave(tx, wave)?;
            }
            table::write_census(tx, &census.changed())?;
            table::write_position(tx, *position)?;
            Ok::<_, WatchError>(())
        });
        if written.is_err() {
            for (workspace, number, _) in &state.raised {
                let room = state.rooms.get_mut(workspace);
                if let Some(profile) = room.and_then(|room| room.profiles.get_mut(*number)) {
                    profile.alarm = None;
                }
            }
            return written;
        }
        state.raised.clear();
        for room in state.rooms.values_mut() {
            room.origins_changed = false;
            room.arrivals.changed = false;
            room.profiles.iter_mut().for_each(|profile| profile.changed = false);
        }
        state.census.written();
        state.durable = state.position;
        state.written_ms = self.clock.now_ms();
        Ok(())
    }

    fn write_room(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        room: &Room,
    ) -> Result<(), WatchError> {
        let Some(keys) = self.keys.get(workspace) else { return Ok(()) };
        let key = table::profile_key(&keys);
        if room.origins_changed {
            table::write_origins(tx, workspace, &key, &room.origins)?;
        }
        if room.arrivals.changed {
            table::write_arrivals(tx, workspace, &key, &room.arrivals)?;
        }
        for (number, profile) in room.profiles.iter().enumerate().filter(|(_, profile)| profile.changed) {
            table::write_profile(tx, workspace, &key, (number, profile))?;
            if let (Some(id), Some(standing)) = (profile.alarm, standing(workspace, room, number)) {
                table::update(tx, id, &standing)?;
            }
        }
        Ok(())
    }
}

/// An alarm's particulars as the profile has them.
fn standing(workspace: WorkspaceId, room: &Room, number: usize) -> Option<Standing<'_>> {
    let profile = room.profiles.get(number)?;
    let place = |suspect: &crate::profile::Suspect| {
        let origin = room.origins.get(usize::from(suspect.origin))?;
        Some(AlarmPlace {
            source: SourceId(origin.source),
            sdk: origin.sdk.clone(),
            sdk_version: origin.version.clone(),
            automatic: origin.automatic,
            page: suspect.page.clone(),
            count: suspect.count,
            first_ms: suspect.first_ms,
            last_ms: suspect.last_ms,
        })
    };
    let places = profile.suspects.iter().filter_map(place).collect();
    let arrival = profile.arrival.and_then(|id| room.arrivals.get(id));
    let reach = arrival.map_or((0, 0), Arrival::reach);
    Some(Standing { workspace, profile, number, places, reach })
}

fn value_keys(bytes: &[u8; 16]) -> (u64, u64) {
    let number = u128::from_be_bytes(*bytes);
    ((number >> 64) as u64, number as u64)
}
