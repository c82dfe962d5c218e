//! Groups whose traits changed: everybody who belongs to one is judged again, some thousands at a time. Which groups those are is
//! written with the change itself (`people`), and how far each is gone through in one transaction with whom that touches; so
//! a crash loses nobody.

use model::{PersonCode, WorkspaceId};
use rusqlite::{Transaction, params};

use crate::error::SegmentError;
use crate::members;
use crate::pending::Cause;
use crate::room::{Known, Live};
use crate::segments::Segments;

/// How many people are touched in one round; of a larger group the rest come in the next ones.
const PEOPLE_MAX: usize = 10_000;
/// How many changes are looked at in one round.
const CHANGES_MAX: usize = 1_000;

/// A trait of a group that changed.
struct Changed {
    no: i64,
    workspace: WorkspaceId,
    space: u32,
    group: [u8; 16],
    name: String,
    next_code: u32,
    again: bool,
}

/// Somebody who belongs to it: under which code, and who they are today.
type Member = (u32, PersonCode);

impl Segments {
    /// Touches some of those whose groups changed; whether there are more.
    pub(crate) fn groups_due(&self, now_ms: i64) -> Result<bool, SegmentError> {
        {
            let mut pending = self.0.pending.lock();
            if !pending.groups {
                return Ok(false);
            }
            if pending.waiting() >= PEOPLE_MAX {
                // First those who wait already.
                return Ok(true);
            }
            pending.groups = false;
        }
        let known = self.known();
        let found = self.0.people_db.write(|tx| some(tx, &known, now_ms));
        let mut pending = self.0.pending.lock();
        let (touched, more) = match found {
            Ok(found) => found,
            Err(error) => {
                pending.groups = true;
                return Err(error);
            }
        };
        for (workspace, person) in touched {
            pending.touch(workspace, person, Cause::Group);
        }
        pending.groups |= more;
        Ok(more)
    }
}

/// Goes through some of what changed: whom it touches, and whether there is more.
fn some(
    tx: &Transaction<'_>,
    known: &Known,
    now_ms: i64,
) -> Result<(Vec<(WorkspaceId, PersonCode)>, bool), SegmentError> {
    let found = next(tx)?;
    let mut more = found.len() >= CHANGES_MAX;
    let mut touched = Vec::new();
    for changed in found {
        let left = PEOPLE_MAX.saturating_sub(touched.len());
        if left == 0 {
            return Ok((touched, true));
        }
        let lives = known.room(changed.workspace).map(|room| room.segments.as_slice()).unwrap_or_default();
        let asking: Vec<&Live> =
            lives.iter().map(AsRef::as_ref).filter(|live| live.asks_group(&changed.name)).collect();
        if asking.is_empty() {
            forget(tx, &changed)?;
            continue;
        }
        let page = members_of(tx, &changed, left)?;
        for live in asking {
            // Looked at again after a crash, too; until then they wait with the reason.
            if let Some(run) = members::run_of(tx, live.segment.id)? {
                let people = page.iter().map(|(_, person)| *person);
                members::make_due(tx, (run.no, changed.space), people, now_ms)?;
            }
        }
        match page.last().filter(|_| page.len() >= left) {
            Some((code, _)) => {
                go_on(tx, &changed, code.saturating_add(1))?;
                more = true;
            }
            None => {
                forget(tx, &changed)?;
                if changed.again {
                    begin_again(tx, &changed)?;
                    more = true;
                }
            }
        }
        touched.extend(page.into_iter().map(|(_, person)| (changed.workspace, person)));
    }
    Ok((touched, more))
}

/// The first few, the first come first.
fn next(tx: &Transaction<'_>) -> Result<Vec<Changed>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select group_changed.no, workspace, group_changed.space, group_hash, name, group_changed.next_code, again
         from group_changed join space on space.no = group_changed.space order by group_changed.no limit ?1",
    )?;
    let most = i64::try_from(CHANGES_MAX).unwrap_or(i64::MAX);
    let rows = statement.query_map([most], |row| {
        Ok(Changed {
            no: row.get(0)?,
            workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
            space: row.get(2)?,
            group: row.get(3)?,
            name: row.get(4)?,
            next_code: row.get(5)?,
            again: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those who belong to it, by code. Whoever was merged away since is who they are part of.
fn members_of(tx: &Transaction<'_>, changed: &Changed, most: usize) -> Result<Vec<Member>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select membership.code, coalesce(into_code, person.code) from membership
         join person on person.space = membership.space and person.code = membership.code
         where membership.space = ?1 and group_hash = ?2 and membership.code >= ?3 order by 1 limit ?4",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let of = params![changed.space, changed.group, changed.next_code, most];
    let rows = statement.query_map(of, |row| Ok((row.get(0)?, PersonCode(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn go_on(tx: &Transaction<'_>, changed: &Changed, next_code: u32) -> Result<(), SegmentError> {
    tx.prepare_cached("update group_changed set next_code = ?2 where no = ?1")?
        .execute(params![changed.no, next_code])?;
    Ok(())
}

fn forget(tx: &Transaction<'_>, changed: &Changed) -> Result<(), SegmentError> {
    tx.prepare_cached("delete from group_changed where no = ?1")?.execute([changed.no])?;
    Ok(())
}

/// Everybody has another turn, behind whatever else changed.
fn begin_again(tx: &Transaction<'_>, changed: &Changed) -> Result<(), SegmentError> {
    tx.prepare_cached("insert into group_changed (space, group_hash, name) values (?1, ?2, ?3)")?
        .execute(params![changed.space, changed.group, changed.name])?;
    Ok(())
}
