//! The counts in `control.db`. Counts are written whole, not added, so that writing twice changes nothing.

use std::borrow::Cow;

use model::{Class, SourceId, WorkspaceId};
use rusqlite::{Transaction, params};

use crate::error::CollectError;
use crate::tally::{Count, FindingPlace, RefusalPlace, Row};

pub(super) fn refusals(tx: &Transaction<'_>) -> Result<Vec<Row<RefusalPlace>>, CollectError> {
    let mut statement = tx.prepare(
        "select workspace, source, reason, field, sdk, sdk_version, count, first_ms, last_ms from refusal",
    )?;
    let rows = statement.query_map([], |row| {
        let place = RefusalPlace {
            source: id(&row.get::<_, Vec<u8>>(1)?).map(SourceId),
            reason: Cow::Owned(row.get(2)?),
            field: Cow::Owned(row.get(3)?),
            sdk: Cow::Owned(row.get(4)?),
            sdk_version: row.get(5)?,
        };
        Ok((id(&row.get::<_, Vec<u8>>(0)?).map(WorkspaceId), place, count(row, 6)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn findings(tx: &Transaction<'_>) -> Result<Vec<Row<FindingPlace>>, CollectError> {
    let mut statement =
        tx.prepare("select workspace, event, path, class, rule, count, first_ms, last_ms from finding")?;
    let rows = statement.query_map([], |row| {
        let class: String = row.get(3)?;
        // A class that only a newer version knows is left where it is.
        let Some(class) = Class::from_name(&class) else { return Ok(None) };
        let place = FindingPlace { event: row.get(1)?, path: row.get(2)?, class, rule: row.get(4)? };
        Ok(Some((id(&row.get::<_, Vec<u8>>(0)?).map(WorkspaceId), place, count(row, 5)?)))
    })?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

pub(super) fn write_refusals(tx: &Transaction<'_>, rows: &[Row<RefusalPlace>]) -> Result<(), CollectError> {
    let mut statement = tx.prepare_cached(
        "insert into refusal values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         on conflict do update set count = excluded.count, last_ms = excluded.last_ms",
    )?;
    for (workspace, place, count) in rows {
        statement.execute(params![
            bytes(workspace.map(|id| id.0)),
            bytes(place.source.map(|id| id.0)),
            place.reason,
            place.field,
            place.sdk,
            place.sdk_version,
            i64::try_from(count.count).unwrap_or(i64::MAX),
            count.first_ms,
            count.last_ms
        ])?;
    }
    Ok(())
}

pub(super) fn write_findings(tx: &Transaction<'_>, rows: &[Row<FindingPlace>]) -> Result<(), CollectError> {
    let mut statement = tx.prepare_cached(
        "insert into finding values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         on conflict do update set count = excluded.count, last_ms = excluded.last_ms",
    )?;
    for (workspace, place, count) in rows {
        statement.execute(params![
            bytes(workspace.map(|id| id.0)),
            place.event,
            place.path,
            place.class.as_str(),
            place.rule,
            i64::try_from(count.count).unwrap_or(i64::MAX),
            count.first_ms,
            count.last_ms
        ])?;
    }
    Ok(())
}

fn count(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Count> {
    let count: i64 = row.get(column)?;
    let count = count.max(0).unsigned_abs();
    Ok(Count { count, first_ms: row.get(column + 1)?, last_ms: row.get(column + 2)? })
}

/// Sixteen bytes, or none for "of nobody in particular".
fn bytes(id: Option<u128>) -> Vec<u8> {
    id.map(|id| id.to_be_bytes().to_vec()).unwrap_or_default()
}

fn id(bytes: &[u8]) -> Option<u128> {
    bytes.try_into().ok().map(u128::from_be_bytes)
}
