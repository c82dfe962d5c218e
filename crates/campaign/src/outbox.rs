//! The outbox: one row a person and an address, so that nobody gets a broadcast twice, whatever breaks in between; and who is not
//! written to. In `people.db`; no row has an address.

use model::{BroadcastId, PersonId, WorkspaceId};
use people::AddressMark;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::CampaignError;

/// How a broadcast goes, in numbers of people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Not handed over yet.
    pub waiting: u64,
    /// The relay has it.
    pub accepted: u64,
    /// The relay refused it for good.
    pub failed: u64,
    /// Not written to: they said so, or complained.
    pub suppressed: u64,
    /// Not written to: they refused what it is for, or withdrew it.
    pub declined: u64,
    /// Cut off after the text was sent and before the answer came; never sent again by itself.
    pub uncertain: u64,
    /// Not handed over, because the broadcast was stopped.
    pub stopped: u64,
    /// Complaints of it.
    pub complaints: u64,
}

impl Tally {
    /// How many left, or may have.
    pub fn handed(&self) -> u64 {
        self.accepted + self.failed + self.uncertain
    }
}

/// What became of one message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The relay has it.
    Accepted,
    /// Refused for good, with this status.
    Failed(u16),
    /// Nobody knows.
    Uncertain,
    /// Not written to.
    Suppressed,
    /// They do not agree to what it is for.
    Declined,
    /// To be tried again at that time; counted as a try or not.
    Again {
        /// Not before, milliseconds since 1970, UTC.
        next_ms: i64,
        /// Whether the relay refused this very message.
        counted: bool,
    },
}

/// Why somebody is not written to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// They said so.
    Unsubscribed,
    /// They complained.
    Complained,
}

impl Reason {
    /// The word in the database and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Complained => "complained",
        }
    }
}

/// Puts people in who are not in yet. Who is not written to was left out before, and is looked up again at each hand-over.
pub(crate) fn fill(
    tx: &Transaction<'_>,
    (workspace, broadcast): (WorkspaceId, BroadcastId),
    people: &[(PersonId, AddressMark)],
    now_ms: i64,
) -> Result<(), CampaignError> {
    let mut insert = tx.prepare_cached(
        "insert or ignore into outbox (workspace, broadcast, person, address, state, at_ms) values (?1, ?2, ?3, ?4, 'waiting', ?5)",
    )?;
    for (person, address) in people {
        let (of, whose) = (broadcast.0.to_be_bytes(), person.0.to_be_bytes());
        insert.execute(params![workspace.0.to_be_bytes(), of, whose, address, now_ms])?;
    }
    Ok(())
}

/// Takes some who wait, for the one who hands over: until their outcome is written they are `handing`.
pub(crate) fn take(
    tx: &Transaction<'_>,
    broadcast: BroadcastId,
    limit: u32,
    now_ms: i64,
) -> Result<Vec<(PersonId, AddressMark)>, CampaignError> {
    let mut statement = tx.prepare_cached(
        "select person, address from outbox where broadcast = ?1 and state = 'waiting' and next_ms <= ?2 limit ?3",
    )?;
    let rows = statement.query_map(params![broadcast.0.to_be_bytes(), now_ms, limit], |row| {
        Ok((PersonId(u128::from_be_bytes(row.get(0)?)), row.get(1)?))
    })?;
    let taken = rows.collect::<Result<Vec<(PersonId, AddressMark)>, _>>()?;
    let mut update = tx.prepare_cached(
        "update outbox set state = 'handing', at_ms = ?3 where broadcast = ?1 and person = ?2",
    )?;
    for (person, _) in &taken {
        update.execute(params![broadcast.0.to_be_bytes(), person.0.to_be_bytes(), now_ms])?;
    }
    Ok(taken)
}

/// Writes down what became of one that was taken.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    broadcast: BroadcastId,
    person: PersonId,
    (outcome, now_ms): (Outcome, i64),
) -> Result<(), CampaignError> {
    let (state, status, tries, next_ms) = match outcome {
        Outcome::Accepted => ("accepted", None, 1, 0),
        Outcome::Failed(status) => ("failed", Some(status), 1, 0),
        Outcome::Uncertain => ("uncertain", None, 1, 0),
        Outcome::Suppressed => ("suppressed", None, 0, 0),
        Outcome::Declined => ("declined", None, 0, 0),
        Outcome::Again { next_ms, counted } => ("waiting", None, i64::from(counted), next_ms),
    };
    tx.prepare_cached(
        "update outbox set state = ?3, status = ?4, tries = tries + ?5, next_ms = ?6, at_ms = ?7
         where broadcast = ?1 and person = ?2 and state = 'handing'",
    )?
    .execute(params![
        broadcast.0.to_be_bytes(),
        person.0.to_be_bytes(),
        state,
        status,
        tries,
        next_ms,
        now_ms
    ])?;
    Ok(())
}

/// How often this one was refused for now.
pub(crate) fn tries(
    tx: &Transaction<'_>,
    broadcast: BroadcastId,
    person: PersonId,
) -> Result<u32, CampaignError> {
    let mut statement = tx.prepare_cached("select tries from outbox where broadcast = ?1 and person = ?2")?;
    Ok(statement
        .query_row(params![broadcast.0.to_be_bytes(), person.0.to_be_bytes()], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

/// What was being handed over when everything broke off: nobody knows.
pub(crate) fn recover(tx: &Transaction<'_>) -> Result<usize, CampaignError> {
    Ok(tx.execute("update outbox set state = 'uncertain' where state = 'handing'", [])?)
}

/// Whoever waits gets nothing any more.
pub(crate) fn stop(tx: &Transaction<'_>, broadcast: BroadcastId, now_ms: i64) -> Result<(), CampaignError> {
    tx.execute(
        "update outbox set state = 'stopped', at_ms = ?2 where broadcast = ?1 and state = 'waiting'",
        params![broadcast.0.to_be_bytes(), now_ms],
    )?;
    Ok(())
}

/// When the next one who waits may be tried; nothing when nobody waits.
pub(crate) fn next_ms(tx: &Transaction<'_>, broadcast: BroadcastId) -> Result<Option<i64>, CampaignError> {
    let mut statement =
        tx.prepare_cached("select min(next_ms) from outbox where broadcast = ?1 and state = 'waiting'")?;
    Ok(statement.query_row([broadcast.0.to_be_bytes()], |row| row.get(0))?)
}

/// How a broadcast goes.
pub(crate) fn tally(tx: &Transaction<'_>, broadcast: BroadcastId) -> Result<Tally, CampaignError> {
    let mut tally = Tally::default();
    let mut statement =
        tx.prepare_cached("select state, count(*) from outbox where broadcast = ?1 group by state")?;
    let mut rows = statement.query([broadcast.0.to_be_bytes()])?;
    while let Some(row) = rows.next()? {
        let (state, count): (String, i64) = (row.get(0)?, row.get(1)?);
        let place = match state.as_str() {
            "accepted" => &mut tally.accepted,
            "failed" => &mut tally.failed,
            "suppressed" => &mut tally.suppressed,
            "declined" => &mut tally.declined,
            "uncertain" => &mut tally.uncertain,
            "stopped" => &mut tally.stopped,
            _ => &mut tally.waiting,
        };
        *place += count.unsigned_abs();
    }
    tally.complaints = complaints(tx, broadcast)?;
    Ok(tally)
}

/// How many complained of it.
pub(crate) fn complaints(tx: &Transaction<'_>, broadcast: BroadcastId) -> Result<u64, CampaignError> {
    let mut statement =
        tx.prepare_cached("select count(*) from suppression where broadcast = ?1 and reason = 'complained'")?;
    Ok(statement.query_row([broadcast.0.to_be_bytes()], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// The mark of the address that a message of this broadcast is for.
pub(crate) fn address_of(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    (broadcast, person): (BroadcastId, PersonId),
) -> Result<Option<AddressMark>, CampaignError> {
    let mut statement = tx.prepare_cached(
        "select address from outbox where broadcast = ?1 and person = ?2 and workspace = ?3",
    )?;
    let of = params![broadcast.0.to_be_bytes(), person.0.to_be_bytes(), workspace.0.to_be_bytes()];
    Ok(statement.query_row(of, |row| row.get(0)).optional()?)
}

/// Whether an address is not written to.
pub(crate) fn is_suppressed(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    address: &AddressMark,
) -> Result<bool, CampaignError> {
    let mut statement =
        tx.prepare_cached("select 1 from suppression where workspace = ?1 and address = ?2")?;
    Ok(statement.exists(params![workspace.0.to_be_bytes(), address])?)
}

/// From now on an address is not written to, and what waits for it is not sent. A complaint is the stronger reason.
pub(crate) fn suppress(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    (address, reason): (&AddressMark, Reason),
    (broadcast, now_ms): (Option<BroadcastId>, i64),
) -> Result<(), CampaignError> {
    let of = broadcast.map(|id| id.0.to_be_bytes());
    let whose = workspace.0.to_be_bytes();
    tx.execute(
        "insert into suppression (workspace, address, reason, broadcast, at_ms) values (?1, ?2, ?3, ?4, ?5)
         on conflict (workspace, address) do update set reason = excluded.reason, broadcast = excluded.broadcast
           where excluded.reason = 'complained' and suppression.reason <> 'complained'",
        params![whose, address, reason.as_str(), of, now_ms],
    )?;
    tx.execute(
        "update outbox set state = 'suppressed', at_ms = ?3 where workspace = ?1 and address = ?2 and state = 'waiting'",
        params![whose, address, now_ms],
    )?;
    Ok(())
}
