//! Everything of this room in the database of decisions.

use keys::{Seal, WorkspaceKeys};
use model::{SourceId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::alarm::{Alarm, AlarmPlace, Settled, Verdict};
use crate::arrival::{Arrivals, NEW_FOR_MS};
use crate::census::{CensusCount, CensusRow, Day, Key as CensusKey};
use crate::drift::Suspicion;
use crate::error::WatchError;
use crate::profile::Profile;
use crate::room::{Kept, OTHERS, Origin};
use crate::wave::Wave;

/// The most alarms that are shown at once.
const ALARMS_MAX: u32 = 500;
/// The number of the row that holds the senders' names.
const ORIGINS: i64 = -1;
/// Of the row that holds what is new.
const ARRIVALS: i64 = -2;

pub(crate) fn position(tx: &Transaction<'_>) -> Result<u64, WatchError> {
    let position: i64 =
        tx.query_row("select position from watch_place where id = 1", [], |row| row.get(0))?;
    Ok(position.max(0).unsigned_abs())
}

pub(crate) fn write_position(tx: &Transaction<'_>, position: u64) -> Result<(), WatchError> {
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    tx.prepare_cached("update watch_place set position = ?1 where id = 1")?.execute([position])?;
    Ok(())
}

/// The key under which profiles lie.
pub(crate) fn profile_key(keys: &WorkspaceKeys) -> Seal {
    keys.seal.derive("watch profiles 1")
}

fn aad(workspace: WorkspaceId, number: i64) -> Vec<u8> {
    [b"watch_profile".as_slice(), &workspace.0.to_be_bytes(), &number.to_be_bytes()].concat()
}

/// What is kept of a workspace.
pub(crate) fn kept(tx: &Transaction<'_>, workspace: WorkspaceId, key: &Seal) -> Result<Kept, WatchError> {
    let mut statement =
        tx.prepare_cached("select number, sealed from watch_profile where workspace = ?1 order by number")?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let mut kept = Kept::default();
    for row in rows {
        let (number, sealed) = row?;
        let plain = key.open(&aad(workspace, number), &sealed).map_err(|_| WatchError::Sealed)?;
        match number {
            ORIGINS => kept.origins = postcard::from_bytes(&plain).map_err(|_| WatchError::Sealed)?,
            ARRIVALS => kept.arrivals = postcard::from_bytes(&plain).map_err(|_| WatchError::Sealed)?,
            _ => {
                // A place that was never written, as that of all others while there are none, keeps its number.
                let place = usize::try_from(number).unwrap_or_default();
                while kept.profiles.len() < place {
                    kept.profiles.push(Profile::new(OTHERS, OTHERS.to_owned(), 0));
                }
                kept.profiles.push(postcard::from_bytes(&plain).map_err(|_| WatchError::Sealed)?);
            }
        }
    }
    Ok(kept)
}

pub(crate) fn write_profile(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    key: &Seal,
    (number, profile): (usize, &Profile),
) -> Result<(), WatchError> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    write_sealed(
        tx,
        workspace,
        key,
        (number, &postcard::to_allocvec(profile).map_err(|_| WatchError::Sealed)?),
    )
}

pub(crate) fn write_origins(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    key: &Seal,
    origins: &[Origin],
) -> Result<(), WatchError> {
    write_sealed(
        tx,
        workspace,
        key,
        (ORIGINS, &postcard::to_allocvec(origins).map_err(|_| WatchError::Sealed)?),
    )
}

pub(crate) fn write_arrivals(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    key: &Seal,
    arrivals: &Arrivals,
) -> Result<(), WatchError> {
    let plain = postcard::to_allocvec(arrivals).map_err(|_| WatchError::Sealed)?;
    write_sealed(tx, workspace, key, (ARRIVALS, &plain))
}

fn write_sealed(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    key: &Seal,
    (number, plain): (i64, &[u8]),
) -> Result<(), WatchError> {
    let sealed = key.seal(&aad(workspace, number), plain);
    tx.prepare_cached(
        "insert or replace into watch_profile (workspace, number, sealed) values (?1, ?2, ?3)",
    )?
    .execute(params![workspace.0.to_be_bytes(), number, sealed])?;
    Ok(())
}

/// Seals anew what an older key of the workspace sealed; how many rows.
pub(crate) fn renew(tx: &Transaction<'_>, workspace: WorkspaceId, key: &Seal) -> Result<usize, WatchError> {
    let mut statement = tx.prepare_cached("select number, sealed from watch_profile where workspace = ?1")?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let mut behind = Vec::new();
    for row in rows {
        let (number, sealed) = row?;
        if key.is_behind(&aad(workspace, number), &sealed) {
            behind.push((number, sealed));
        }
    }
    for (number, sealed) in &behind {
        let plain = key.open(&aad(workspace, *number), sealed).map_err(|_| WatchError::Sealed)?;
        write_sealed(tx, workspace, key, (*number, &plain))?;
    }
    Ok(behind.len())
}

pub(crate) fn day(tx: &Transaction<'_>, workspace: WorkspaceId, day: i64) -> Result<Day, WatchError> {
    let mut found = Day::default();
    for row in census(tx, workspace, day, day)? {
        let key = CensusKey { source: row.source, sdk: row.sdk, sdk_version: row.sdk_version };
        found.put(key, row.count);
    }
    Ok(found)
}

/// The rows of the days `from` to `to`, both included.
pub(crate) fn census(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    from: i64,
    to: i64,
) -> Result<Vec<CensusRow>, WatchError> {
    let mut statement = tx.prepare_cached(
        "select day, source, sdk, sdk_version, events, automatic, first_ms, last_ms from census
         where workspace = ?1 and day between ?2 and ?3",
    )?;
    let rows = statement.query_map(params![workspace.0.to_be_bytes(), from, to], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| count.max(0).unsigned_abs());
        Ok(CensusRow {
            day: row.get(0)?,
            source: SourceId(u128::from_be_bytes(row.get(1)?)),
            sdk: row.get(2)?,
            sdk_version: row.get(3)?,
            count: CensusCount {
                events: count(4)?,
                automatic: count(5)?,
                first_ms: row.get(6)?,
                last_ms: row.get(7)?,
            },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn write_census(
    tx: &Transaction<'_>,
    rows: &[(WorkspaceId, CensusRow)],
) -> Result<(), WatchError> {
    let mut statement = tx.prepare_cached(
        "insert into census values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict do update set
         events = excluded.events, automatic = excluded.automatic, first_ms = excluded.first_ms, last_ms = excluded.last_ms",
    )?;
    for (workspace, row) in rows {
        let integer = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        statement.execute(params![
            workspace.0.to_be_bytes(),
            row.day,
            row.source.0.to_be_bytes(),
            row.sdk,
            row.sdk_version,
            integer(row.count.events),
            integer(row.count.automatic),
            row.count.first_ms,
            row.count.last_ms
        ])?;
    }
    Ok(())
}

/// What is written of an alarm that stands.
pub(crate) struct Standing<'a> {
    pub workspace: WorkspaceId,
    pub profile: &'a Profile,
    pub number: usize,
    pub places: Vec<AlarmPlace>,
    /// In how many events and sources it is new.
    pub reach: (usize, usize),
}

impl Standing<'_> {
    fn count(&self) -> i64 {
        i64::try_from(self.places.iter().map(|place| place.count).sum::<u64>()).unwrap_or(i64::MAX)
    }

    fn first_ms(&self) -> i64 {
        self.places.iter().map(|place| place.first_ms).min().unwrap_or(self.profile.last_ms)
    }

    fn last_ms(&self) -> i64 {
        self.places.iter().map(|place| place.last_ms).max().unwrap_or(self.profile.last_ms)
    }
}

pub(crate) fn raise(
    tx: &Transaction<'_>,
    standing: &Standing<'_>,
    suspicion: Suspicion,
) -> Result<i64, WatchError> {
    let reach = if suspicion == Suspicion::Spread { standing.reach } else { (0, 0) };
    let place_count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (events, sources) = (place_count(reach.0), place_count(reach.1));
    let places = serde_json::to_string(&standing.places).unwrap_or_default();
    tx.execute(
        "insert into alarm (workspace, event, path, suspicion, profile, \"values\", count, places, first_ms, last_ms, raised_ms,
         events, sources) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            standing.workspace.0.to_be_bytes(),
            standing.profile.event,
            standing.profile.path,
            suspicion.as_str(),
            i64::try_from(standing.number).unwrap_or(i64::MAX),
            i64::try_from(standing.profile.values()).unwrap_or(i64::MAX),
            standing.count(),
            places,
            standing.first_ms(),
            standing.last_ms(),
            standing.profile.last_ms,
            events,
            sources
        ],
    )?;
    Ok(tx.last_insert_rowid())
}

pub(crate) fn update(tx: &Transaction<'_>, id: i64, standing: &Standing<'_>) -> Result<(), WatchError> {
    let places = serde_json::to_string(&standing.places).unwrap_or_default();
    tx.prepare_cached(
        "update alarm set count = ?2, places = ?3, last_ms = ?4 where id = ?1 and settled_ms is null",
    )?
    .execute(params![id, standing.count(), places, standing.last_ms()])?;
    Ok(())
}

const COLUMNS: &str =
    "id, workspace, event, path, suspicion, \"values\", count, places, first_ms, last_ms, raised_ms,
    settled_ms, verdict, settled_by, events, sources";

/// The alarms of a workspace, the latest first.
pub(crate) fn alarms(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Vec<Alarm>, WatchError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {COLUMNS} from alarm where workspace = ?1 order by id desc limit {ALARMS_MAX}"
    ))?;
    let rows = statement.query_map([workspace.0.to_be_bytes()], alarm)?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// Alarms that nobody was told of, oldest first.
pub(crate) fn unannounced(tx: &Transaction<'_>) -> Result<Vec<Alarm>, WatchError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {COLUMNS} from alarm where announced_ms is null order by id limit {ALARMS_MAX}"
    ))?;
    let rows = statement.query_map([], alarm)?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// One alarm.
pub(crate) fn by_id(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: i64,
) -> Result<Option<Alarm>, WatchError> {
    let mut statement =
        tx.prepare_cached(&format!("select {COLUMNS} from alarm where workspace = ?1 and id = ?2"))?;
    let found = statement.query_row(params![workspace.0.to_be_bytes(), id], alarm).optional()?;
    Ok(found.flatten())
}

/// A suspicion or verdict that only a newer version knows is left where it is.
fn alarm(row: &Row<'_>) -> rusqlite::Result<Option<Alarm>> {
    let count = |column| row.get::<_, i64>(column).map(|count| count.max(0).unsigned_abs());
    let Some(suspicion) = Suspicion::from_name(&row.get::<_, String>(4)?) else { return Ok(None) };
    let mut places: Vec<AlarmPlace> = serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default();
    places.sort_by_key(|place| std::cmp::Reverse(place.count));
    let verdict = row.get::<_, Option<String>>(12)?.and_then(|name| Verdict::from_name(&name));
    let settled_ms: Option<i64> = row.get(11)?;
    let settled = match (settled_ms, verdict) {
        (Some(at_ms), Some(verdict)) => {
            Some(Settled { at_ms, verdict, by: row.get::<_, Option<String>>(13)?.unwrap_or_default() })
        }
        _ => None,
    };
    Ok(Some(Alarm {
        id: row.get(0)?,
        workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
        event: row.get(2)?,
        path: row.get(3)?,
        suspicion,
        values: count(5)?,
        count: count(6)?,
        places,
        first_ms: row.get(8)?,
        last_ms: row.get(9)?,
        raised_ms: row.get(10)?,
        settled,
        events: count(14)?,
        sources: count(15)?,
    }))
}

const WAVE_COLUMNS: &str = "id, path, sdk, sdk_version, automatic, workspaces, count, first_ms, raised_ms";

/// Writes a wave down, or how far one that was raised lately has come.
pub(crate) fn write_wave(tx: &Transaction<'_>, wave: &Wave) -> Result<(), WatchError> {
    let integer = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let known: Option<i64> = tx
        .prepare_cached("select id from wave where path = ?1 and raised_ms > ?2 order by id desc limit 1")?
        .query_row(params![wave.path, wave.raised_ms.saturating_sub(NEW_FOR_MS)], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        tx.prepare_cached(
            "update wave set workspaces = max(workspaces, ?2), count = max(count, ?3) where id = ?1",
        )?
        .execute(params![id, integer(wave.workspaces), integer(wave.count)])?;
        return Ok(());
    }
    tx.execute(
        "insert into wave (path, sdk, sdk_version, automatic, workspaces, count, first_ms, raised_ms)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            wave.path,
            wave.sdk,
            wave.sdk_version,
            wave.automatic,
            integer(wave.workspaces),
            integer(wave.count),
            wave.first_ms,
            wave.raised_ms
        ],
    )?;
    Ok(())
}

/// The waves, the latest first, or those that nobody was told of.
pub(crate) fn waves(tx: &Transaction<'_>, untold_only: bool) -> Result<Vec<Wave>, WatchError> {
    let mut statement = tx.prepare_cached(&format!(
        "select {WAVE_COLUMNS} from wave where announced_ms is null or not ?1 order by id desc limit {ALARMS_MAX}"
    ))?;
    let rows = statement.query_map([untold_only], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| count.max(0).unsigned_abs());
        Ok(Wave {
            id: row.get(0)?,
            path: row.get(1)?,
            sdk: row.get(2)?,
            sdk_version: row.get(3)?,
            automatic: row.get(4)?,
            workspaces: count(5)?,
            count: count(6)?,
            first_ms: row.get(7)?,
            raised_ms: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
