//! Who is in which segment, in `people.db`: rows, counts, what is to be told, and how far all of it is.

use std::collections::{BTreeMap, HashMap};

use insight::judge::Verdict;
use model::{Offset, PersonCode, PersonId, SegmentId, WorkspaceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::definition::Segment;
use crate::error::SegmentError;

/// The most people of one segment; one with more is not kept up to date any more, and says so.
pub const MEMBERS_MAX: u64 = 2_000_000;
/// The name in the table of positions.
const FOLLOWER: &str = "segments";

/// How far a segment's people are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Everybody is being gone through.
    Filling,
    /// Up to date.
    Ready,
    /// More than [`MEMBERS_MAX`]: not kept up to date any more.
    TooMany,
}

impl State {
    /// The word in the interface and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Ready => "ready",
            Self::TooMany => "too_many",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "ready" => Self::Ready,
            "too_many" => Self::TooMany,
            _ => Self::Filling,
        }
    }
}

/// A segment's people, added up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    pub(crate) no: u32,
    pub(crate) workspace: WorkspaceId,
    pub(crate) segment: SegmentId,
    pub(crate) version: u32,
    pub(crate) state: State,
    pub(crate) next_code: u32,
    pub(crate) members: u64,
}

/// One person's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) is_in: bool,
    pub(crate) since_ms: i64,
    pub(crate) reason: String,
    pub(crate) next_ms: Option<i64>,
    /// JSON, of a computed trait.
    pub(crate) value: Option<String>,
}

/// Why somebody's row changes, and whether it is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Why<'a> {
    pub(crate) reason: &'a str,
    pub(crate) tell: bool,
    pub(crate) at_ms: i64,
}

/// A segment and whose it is, as rows name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of<'a> {
    pub(crate) no: u32,
    pub(crate) space: u32,
    pub(crate) workspace: WorkspaceId,
    pub(crate) segment: SegmentId,
    pub(crate) name: &'a str,
    /// Whether it is a computed trait, whose rows are values.
    pub(crate) is_trait: bool,
}

/// The workspace's number; one that has no people yet gets its own.
pub(crate) fn space(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<u32, SegmentError> {
    let id = workspace.0.to_be_bytes();
    tx.prepare_cached("insert into space (workspace) values (?1) on conflict do nothing")?.execute([id])?;
    Ok(tx.prepare_cached("select no from space where workspace = ?1")?.query_row([id], |row| row.get(0))?)
}

/// The workspace's number, if it has had people.
pub(crate) fn space_of(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<Option<u32>, SegmentError> {
    let mut statement = tx.prepare_cached("select no from space where workspace = ?1")?;
    Ok(statement.query_row([workspace.0.to_be_bytes()], |row| row.get(0)).optional()?)
}

/// How many codes were given out.
pub(crate) fn codes(tx: &Transaction<'_>, space: u32) -> Result<u32, SegmentError> {
    let mut statement =
        tx.prepare_cached("select coalesce(max(code) + 1, 0) from person where space = ?1")?;
    Ok(statement.query_row([space], |row| row.get(0))?)
}

pub(crate) fn position(tx: &Transaction<'_>) -> Result<Option<Offset>, SegmentError> {
    let mut statement = tx.prepare_cached("select position from progress where follower = ?1")?;
    let found: Option<i64> = statement.query_row([FOLLOWER], |row| row.get(0)).optional()?;
    Ok(found.map(|position| Offset(position.unsigned_abs())))
}

pub(crate) fn set_position(tx: &Transaction<'_>, position: u64) -> Result<(), SegmentError> {
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    tx.prepare_cached("insert or replace into progress (follower, position) values (?1, ?2)")?
        .execute(params![FOLLOWER, position])?;
    Ok(())
}

const RUN: &str = "no, workspace, segment, version, state, next_code, members";

pub(crate) fn runs(tx: &Transaction<'_>) -> Result<Vec<Run>, SegmentError> {
    let mut statement = tx.prepare_cached(&format!("select {RUN} from segment_run order by no"))?;
    let rows = statement.query_map([], run)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn run_of(tx: &Transaction<'_>, segment: SegmentId) -> Result<Option<Run>, SegmentError> {
    let mut statement = tx.prepare_cached(&format!("select {RUN} from segment_run where segment = ?1"))?;
    Ok(statement.query_row([segment.0.to_be_bytes()], run).optional()?)
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        no: row.get(0)?,
        workspace: WorkspaceId(u128::from_be_bytes(row.get(1)?)),
        segment: SegmentId(u128::from_be_bytes(row.get(2)?)),
        version: row.get(3)?,
        state: State::of(&row.get::<_, String>(4)?),
        next_code: row.get(5)?,
        members: row.get::<_, i64>(6)?.unsigned_abs(),
    })
}

/// A new segment, or a new version: filled from the beginning, lists being what they are.
pub(crate) fn begin(tx: &Transaction<'_>, segment: &Segment) -> Result<(), SegmentError> {
    let state = if segment.is_list() { State::Ready } else { State::Filling };
    tx.prepare_cached(
        "insert into segment_run (workspace, segment, version, state, trait) values (?1, ?2, ?3, ?4, ?5)
         on conflict (segment) do update set version = excluded.version, state = excluded.state, next_code = 0",
    )?
    .execute(params![
        segment.workspace.0.to_be_bytes(),
        segment.id.0.to_be_bytes(),
        segment.version,
        state.as_str(),
        segment.trait_name()
    ])?;
    Ok(())
}

/// Another version with the same condition.
pub(crate) fn set_version(
    tx: &Transaction<'_>,
    segment: SegmentId,
    version: u32,
) -> Result<(), SegmentError> {
    tx.prepare_cached("update segment_run set version = ?2 where segment = ?1")?
        .execute(params![segment.0.to_be_bytes(), version])?;
    Ok(())
}

/// The values of every computed trait of a workspace go: they are worked out anew.
pub(crate) fn forget_values(tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), SegmentError> {
    let traits = "select no from segment_run where workspace = ?1 and trait is not null";
    for sql in [
        format!("delete from segment_person where segment in ({traits})"),
        format!(
            "update segment_run set members = 0, state = 'filling', next_code = 0 where no in ({traits})"
        ),
    ] {
        tx.prepare_cached(&sql)?.execute([workspace.0.to_be_bytes()])?;
    }
    Ok(())
}

/// Everything of a segment goes.
pub(crate) fn remove(tx: &Transaction<'_>, segment: SegmentId) -> Result<(), SegmentError> {
    if let Some(run) = run_of(tx, segment)? {
        tx.execute("delete from segment_person where segment = ?1", [run.no])?;
        tx.execute("delete from segment_run where no = ?1", [run.no])?;
    }
    tx.execute("delete from segment_event where segment = ?1", [segment.0.to_be_bytes()])?;
    Ok(())
}

pub(crate) fn set_state(
    tx: &Transaction<'_>,
    no: u32,
    (state, next_code): (State, u32),
) -> Result<(), SegmentError> {
    tx.prepare_cached("update segment_run set state = ?2, next_code = ?3 where no = ?1")?
        .execute(params![no, state.as_str(), next_code])?;
    Ok(())
}

/// Of these codes, the public ids of those who live and were not merged away.
pub(crate) fn living(
    tx: &Transaction<'_>,
    space: u32,
    codes: impl Iterator<Item = PersonCode>,
) -> Result<HashMap<PersonCode, PersonId>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select public_id from person where space = ?1 and code = ?2 and erased = 0 and into_code is null",
    )?;
    let mut found = HashMap::new();
    for code in codes {
        let id: Option<[u8; 16]> =
            statement.query_row(params![space, code.0], |row| row.get(0)).optional()?;
        if let Some(id) = id {
            found.insert(code, PersonId(u128::from_be_bytes(id)));
        }
    }
    Ok(found)
}

pub(crate) fn standing(
    tx: &Transaction<'_>,
    no: u32,
    code: PersonCode,
) -> Result<Option<Standing>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select is_in, since_ms, reason, next_ms, value from segment_person where segment = ?1 and code = ?2",
    )?;
    let row = |row: &Row<'_>| {
        Ok(Standing {
            is_in: row.get(0)?,
            since_ms: row.get(1)?,
            reason: row.get(2)?,
            next_ms: row.get(3)?,
            value: row.get(4)?,
        })
    };
    Ok(statement.query_row(params![no, code.0], row).optional()?)
}

/// Brings one person's row to what was found out; says whether they joined or left.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    of: Of<'_>,
    (code, id): (PersonCode, PersonId),
    verdict: Verdict,
    why: Why<'_>,
) -> Result<(), SegmentError> {
    let before = standing(tx, of.no, code)?;
    let was_in = before.as_ref().is_some_and(|row| row.is_in);
    if was_in == verdict.is_in {
        let same = before.as_ref().is_some_and(|row| row.next_ms == verdict.next_ms);
        let nothing = before.is_none() && verdict.next_ms.is_none();
        if same || nothing {
            return Ok(());
        }
        if verdict.is_in || verdict.next_ms.is_some() {
            let (since_ms, reason) =
                before.map_or((why.at_ms, why.reason.to_owned()), |row| (row.since_ms, row.reason));
            return put(
                tx,
                of,
                code,
                &Standing { is_in: was_in, since_ms, reason, next_ms: verdict.next_ms, value: None },
            );
        }
        return drop_row(tx, of, code);
    }
    if verdict.is_in || verdict.next_ms.is_some() {
        let Verdict { is_in, next_ms } = verdict;
        let (since_ms, reason) = (why.at_ms, why.reason.to_owned());
        put(tx, of, code, &Standing { is_in, since_ms, reason, next_ms, value: None })?;
    } else {
        drop_row(tx, of, code)?;
    }
    add_members(tx, of.no, if verdict.is_in { 1 } else { -1 })?;
    if why.tell {
        tell(tx, of, (code, id), verdict.is_in, why)?;
    }
    Ok(())
}

/// Brings one person's value of a computed trait to what was worked out. Nobody is told.
pub(crate) fn settle_value(
    tx: &Transaction<'_>,
    of: Of<'_>,
    code: PersonCode,
    (value, next_ms): (Option<String>, Option<i64>),
    why: Why<'_>,
) -> Result<(), SegmentError> {
    let before = standing(tx, of.no, code)?;
    let (had, has) = (before.as_ref().is_some_and(|row| row.is_in), value.is_some());
    if had != has {
        add_members(tx, of.no, if has { 1 } else { -1 })?;
    }
    if !has {
        return drop_row(tx, of, code);
    }
    let same = before.filter(|row| row.value == value);
    let (since_ms, reason) =
        same.map_or((why.at_ms, why.reason.to_owned()), |row| (row.since_ms, row.reason));
    put(tx, of, code, &Standing { is_in: true, since_ms, reason, next_ms, value })
}

/// What stood under codes that were merged into this one: whoever was in with one of them was in. Their rows go.
pub(crate) fn fold(tx: &Transaction<'_>, of: Of<'_>, code: PersonCode) -> Result<(), SegmentError> {
    let mut statement = tx.prepare_cached(
        "select segment_person.code, is_in, since_ms, reason from segment_person
         join person on person.space = segment_person.space and person.code = segment_person.code
         where segment = ?1 and segment_person.space = ?2 and segment_person.code in
           (select code from person where space = ?2 and into_code = ?3)",
    )?;
    let rows = statement.query_map(params![of.no, of.space, code.0], |row| {
        Ok((PersonCode(row.get(0)?), row.get::<_, bool>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    for (from, is_in, since_ms, reason) in rows {
        drop_row(tx, of, from)?;
        if !is_in {
            continue;
        }
        if of.is_trait {
            add_members(tx, of.no, -1)?;
            continue;
        }
        let own = standing(tx, of.no, code)?;
        if own.as_ref().is_some_and(|own| own.is_in) {
            add_members(tx, of.no, -1)?;
            if own.is_some_and(|own| own.since_ms <= since_ms) {
                continue;
            }
        }
        put(tx, of, code, &Standing { is_in: true, since_ms, reason, next_ms: None, value: None })?;
    }
    Ok(())
}

fn put(tx: &Transaction<'_>, of: Of<'_>, code: PersonCode, row: &Standing) -> Result<(), SegmentError> {
    tx.prepare_cached(
        "insert or replace into segment_person (segment, code, space, is_in, since_ms, reason, next_ms, value)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![of.no, code.0, of.space, row.is_in, row.since_ms, row.reason, row.next_ms, row.value])?;
    Ok(())
}

fn drop_row(tx: &Transaction<'_>, of: Of<'_>, code: PersonCode) -> Result<(), SegmentError> {
    tx.prepare_cached("delete from segment_person where segment = ?1 and code = ?2")?
        .execute(params![of.no, code.0])?;
    Ok(())
}

fn add_members(tx: &Transaction<'_>, no: u32, more: i64) -> Result<(), SegmentError> {
    tx.prepare_cached("update segment_run set members = max(members + ?2, 0) where no = ?1")?
        .execute(params![no, more])?;
    Ok(())
}

fn tell(
    tx: &Transaction<'_>,
    of: Of<'_>,
    (code, id): (PersonCode, PersonId),
    joined: bool,
    why: Why<'_>,
) -> Result<(), SegmentError> {
    tx.prepare_cached(
        "insert into segment_event (workspace, segment, name, person, space, code, joined, reason, at_ms)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        of.workspace.0.to_be_bytes(),
        of.segment.0.to_be_bytes(),
        of.name,
        id.0.to_be_bytes(),
        of.space,
        code.0,
        joined,
        why.reason,
        why.at_ms
    ])?;
    Ok(())
}

/// The codes in a range that have a row, each with whether it is in.
pub(crate) fn in_range(
    tx: &Transaction<'_>,
    no: u32,
    (first, last): (u32, u32),
) -> Result<BTreeMap<PersonCode, bool>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select code, is_in from segment_person where segment = ?1 and code between ?2 and ?3",
    )?;
    let rows =
        statement.query_map(params![no, first, last], |row| Ok((PersonCode(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those whose window has ended at `now_ms`, at most `most`.
pub(crate) fn due(
    tx: &Transaction<'_>,
    now_ms: i64,
    most: usize,
) -> Result<Vec<(u32, PersonCode)>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select segment, code from segment_person where next_ms is not null and next_ms <= ?1
         order by next_ms limit ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows =
        statement.query_map(params![now_ms, most], |row| Ok((row.get(0)?, PersonCode(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the next window ends.
pub(crate) fn next_due(tx: &Transaction<'_>) -> Result<Option<i64>, SegmentError> {
    let mut statement =
        tx.prepare_cached("select min(next_ms) from segment_person where next_ms is not null")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Nobody looks at this row by the clock any more.
pub(crate) fn forget_due(tx: &Transaction<'_>, no: u32, code: PersonCode) -> Result<(), SegmentError> {
    tx.prepare_cached("update segment_person set next_ms = null where segment = ?1 and code = ?2")?
        .execute(params![no, code.0])?;
    Ok(())
}

/// A page of members in the order of their codes.
pub(crate) fn page(
    tx: &Transaction<'_>,
    no: u32,
    after: Option<PersonCode>,
    most: u32,
) -> Result<Vec<PersonId>, SegmentError> {
    let mut statement = tx.prepare_cached(
        "select public_id from segment_person
         join person on person.space = segment_person.space and person.code = segment_person.code
         where segment = ?1 and is_in = 1 and segment_person.code > ?2 and erased = 0 and into_code is null
         order by segment_person.code limit ?3",
    )?;
    let after = after.map_or(-1, |code| i64::from(code.0));
    let rows = statement
        .query_map(params![no, after, most], |row| row.get(0).map(u128::from_be_bytes).map(PersonId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether each of these people, or somebody who was merged into them, is on a list.
pub(crate) fn are_on_list(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    no: u32,
    people: &[PersonCode],
) -> Result<Vec<bool>, SegmentError> {
    let Some(space) = space_of(tx, workspace)? else { return Ok(vec![false; people.len()]) };
    let mut statement = tx.prepare_cached(
        "select 1 from segment_person where segment = ?1 and is_in = 1 and code in
           (select ?3 union all select code from person where space = ?2 and into_code = ?3)",
    )?;
    people.iter().map(|code| Ok(statement.exists(params![no, space, code.0])?)).collect()
}

/// These people are looked at again at once: what a condition asks for was changed by hand.
pub(crate) fn make_due(
    tx: &Transaction<'_>,
    (no, space): (u32, u32),
    people: impl Iterator<Item = PersonCode>,
    now_ms: i64,
) -> Result<(), SegmentError> {
    let mut statement = tx.prepare_cached(
        "insert into segment_person (segment, code, space, is_in, since_ms, reason, next_ms)
         values (?1, ?2, ?3, 0, ?4, '', ?4) on conflict (segment, code) do update set next_ms = excluded.next_ms",
    )?;
    for code in people {
        statement.execute(params![no, code.0, space, now_ms])?;
    }
    Ok(())
}

/// Whether each of these people is in.
pub(crate) fn are_in(
    tx: &Transaction<'_>,
    no: u32,
    people: &[PersonCode],
) -> Result<Vec<bool>, SegmentError> {
    let mut statement =
        tx.prepare_cached("select is_in from segment_person where segment = ?1 and code = ?2")?;
    people
        .iter()
        .map(|code| {
            let is_in: Option<bool> =
                statement.query_row(params![no, code.0], |row| row.get(0)).optional()?;
            Ok(is_in.unwrap_or_default())
        })
        .collect()
}
