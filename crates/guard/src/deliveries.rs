//! What the sender works from: which notice is due to whom by which channel, and what became of it.
//!
//! A notice is planned once: a row for each recipient. A row that fails is due again after a pause that doubles, and is given up
//! a day after the notice was written. Rows outlive a restart; a recipient who has it is not sent it again.

use std::time::Duration;

use model::{MemberId, WorkspaceId};
use rusqlite::{Transaction, params};

use crate::channels::Channel;
use crate::error::GuardError;
use crate::guard::Guard;
use crate::hooks::Hook;
use crate::notices::{Notice, read_notice};

/// How many notices are planned, and how many deliveries are handed out, at once.
const AT_ONCE: u32 = 32;
/// The pause after the first failure.
const PAUSE_MS: i64 = 2_000;
/// The longest pause.
const PAUSE_MS_MAX: i64 = 10 * 60_000;
/// How long a notice is tried.
const GIVEN_UP_MS: i64 = 24 * 3_600_000;
/// How long it is known what became of one.
const KEPT_MS: i64 = 90 * 24 * 3_600_000;

/// A delivery that is due.
#[derive(Debug)]
pub struct Due {
    /// What to tell.
    pub notice: Notice,
    /// The name of the workspace whose affair it is.
    pub workspace_name: Option<String>,
    /// Where to.
    pub to: To,
}

/// Where a notice goes.
pub enum To {
    /// To a member's address.
    Mail {
        /// The member.
        member: MemberId,
        /// Their address.
        address: String,
    },
    /// To the workspace's webhook.
    Webhook(Hook),
    /// To the operators' webhook.
    Operators,
}

impl std::fmt::Debug for To {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.channel().as_str())
    }
}

impl To {
    /// By which channel.
    pub fn channel(&self) -> Channel {
        match self {
            Self::Mail { .. } => Channel::Mail,
            Self::Webhook(_) => Channel::Webhook,
            Self::Operators => Channel::Operators,
        }
    }

    /// The member to whom it goes; nobody in particular for a webhook.
    pub fn member(&self) -> Option<MemberId> {
        match self {
            Self::Mail { member, .. } => Some(*member),
            Self::Webhook(_) | Self::Operators => None,
        }
    }
}

/// Which deliveries a sender asks for. Those of a workspace whose channel fails are apart, so that one that hangs holds up
/// nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Queue {
    /// Never tried, where nothing before it has failed.
    Fresh,
    /// All others.
    Again,
}

impl Guard {
    /// Waits until something new may be there since `seen`, at most `time`; gives the number to wait with next.
    pub fn wait_for_news(&self, seen: u64, time: Duration) -> u64 {
        self.0.bell.wait_for_news(seen, time)
    }

    /// Wakes whoever waits for news.
    pub fn stir(&self) {
        self.0.bell.ring();
    }

    /// Makes the rows of notices that have none yet.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn plan_notices(&self) -> Result<(), GuardError> {
        let new = |tx: &Transaction<'_>| {
            let mut statement = tx.prepare_cached(&format!(
                "select id, workspace, account, kind, detail, created_ms, delivered_ms from notice
                 where settled_ms is null and planned = 0 order by id limit {AT_ONCE}"
            ))?;
            let rows = statement.query_map([], read_notice)?;
            Ok::<_, GuardError>(rows.collect::<Result<Vec<_>, _>>()?)
        };
        if self.0.db.read(new)?.is_empty() {
            return Ok(());
        }
        self.0.db.write(|tx| {
            for notice in new(tx)? {
                let targets = self.targets(tx, &notice)?;
                for (channel, recipient) in &targets {
                    let recipient = recipient.map_or_else(Vec::new, |member| member.0.to_be_bytes().to_vec());
                    tx.execute(
                        "insert or ignore into notice_delivery (notice, channel, recipient, state, tries, next_ms)
                         values (?1, ?2, ?3, 'waiting', 0, 0)",
                        params![notice.id, channel.as_str(), recipient],
                    )?;
                }
                let settled_ms = targets.is_empty().then(|| self.now_ms());
                tx.execute(
                    "update notice set planned = 1, settled_ms = ?2 where id = ?1",
                    params![notice.id, settled_ms],
                )?;
            }
            Ok(())
        })
    }

    /// Deliveries of a channel that are due, the oldest first.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn due(&self, channel: Channel, queue: Queue) -> Result<Vec<Due>, GuardError> {
        let of = self.0.db.read(|tx| due_rows(tx, channel, queue, self.now_ms()))?;
        let mut due = Vec::new();
        for (notice, recipient) in of {
            match self.0.db.read(|tx| self.destination(tx, channel, &notice, recipient))? {
                Some(to) => {
                    let name = match notice.workspace {
                        Some(id) => {
                            self.0.db.read(|tx| control::workspaces::by_id(tx, id))?.map(|found| found.name)
                        }
                        None => None,
                    };
                    due.push(Due { notice, workspace_name: name, to });
                }
                // Whoever it was for is gone: a member without an address, a webhook that was removed.
                None => {
                    self.write_down(notice.id, channel, recipient, Err("nobody is there any more"), true)?
                }
            }
        }
        Ok(due)
    }

    /// Writes down what became of a delivery, and tells whoever waits for it. `error` names a kind or a status, never a
    /// value.
    ///
    /// # Errors
    /// The database's.
    pub fn delivered(&self, due: &Due, result: Result<(), &str>) -> Result<(), GuardError> {
        let given_up = self.now_ms() - due.notice.created_ms >= GIVEN_UP_MS;
        self.write_down(due.notice.id, due.to.channel(), due.to.member(), result, given_up)
    }

    fn write_down(
        &self,
        notice: i64,
        channel: Channel,
        member: Option<MemberId>,
        result: Result<(), &str>,
        given_up: bool,
    ) -> Result<(), GuardError> {
        let now_ms = self.now_ms();
        let recipient = member.map_or_else(Vec::new, |member| member.0.to_be_bytes().to_vec());
        let silent = self.0.db.write(|tx| {
            let row = params![notice, channel.as_str(), recipient];
            let tries: i64 = tx.query_row(
                "select tries from notice_delivery where notice = ?1 and channel = ?2 and recipient = ?3",
                row,
                |row| row.get(0),
            )?;
            let state = match result {
                Ok(()) => "delivered",
                Err(_) if given_up => "given_up",
                Err(_) => "waiting",
            };
            let doubled = PAUSE_MS.saturating_mul(1_i64 << tries.clamp(0, 20));
            tx.execute(
                "update notice_delivery set state = ?4, tries = tries + 1, next_ms = ?5, tried_ms = ?6, error = ?7
                 where notice = ?1 and channel = ?2 and recipient = ?3",
                params![
                    notice,
                    channel.as_str(),
                    recipient,
                    state,
                    now_ms + doubled.min(PAUSE_MS_MAX),
                    now_ms,
                    result.err()
                ],
            )?;
            if result.is_ok() {
                tx.execute(
                    "update notice set delivered_ms = coalesce(delivered_ms, ?2) where id = ?1",
                    params![notice, now_ms],
                )?;
            }
            let count = |states: &str| {
                let sql = format!("select count(*) from notice_delivery where notice = ?1 and {states}");
                tx.query_row(&sql, params![notice, now_ms], |row| row.get::<_, i64>(0))
            };
            if count("state = 'waiting' and ?2 = ?2")? == 0 {
                tx.execute("update notice set settled_ms = ?2 where id = ?1", params![notice, now_ms])?;
            }
            // Nothing more is due now and nobody has it.
            Ok::<_, GuardError>(count("(state = 'delivered' or (state = 'waiting' and next_ms <= ?2))")? == 0)
        })?;
        if result.is_ok() {
            self.0.bell.delivered(notice, member);
        } else if silent {
            self.0.bell.failed(notice);
        }
        Ok(())
    }

    /// Makes what waits of a notice due now.
    pub(crate) fn try_again_now(&self, tx: &Transaction<'_>, notice: i64) -> Result<(), GuardError> {
        tx.execute(
            "update notice_delivery set next_ms = 0 where notice = ?1 and state = 'waiting'",
            params![notice],
        )?;
        Ok(())
    }

    /// Whether a notice has got through to anybody but `not_counting`.
    pub(crate) fn has_got_through(
        &self,
        tx: &Transaction<'_>,
        notice: i64,
        not_counting: Option<MemberId>,
    ) -> Result<bool, GuardError> {
        let but = not_counting.map_or_else(|| vec![0], |member| member.0.to_be_bytes().to_vec());
        Ok(tx.query_row(
            "select exists (select 1 from notice_delivery
             where notice = ?1 and state = 'delivered' and recipient <> ?2)",
            params![notice, but],
            |row| row.get(0),
        )?)
    }

    /// Forgets what became of old notices.
    pub(crate) fn drop_old_deliveries(&self, tx: &Transaction<'_>) -> Result<(), GuardError> {
        tx.execute(
            "delete from notice_delivery where notice in (select id from notice where created_ms < ?1)",
            params![self.now_ms() - KEPT_MS],
        )?;
        Ok(())
    }

    fn targets(
        &self,
        tx: &Transaction<'_>,
        notice: &Notice,
    ) -> Result<Vec<(Channel, Option<MemberId>)>, GuardError> {
        let channels = self.channels();
        let mut targets = Vec::new();
        match (notice.workspace, notice.member) {
            (_, Some(member)) => {
                if channels.mail && self.email_of(tx, member)?.is_some() {
                    targets.push((Channel::Mail, Some(member)));
                }
            }
            (Some(workspace), None) => {
                if channels.mail {
                    let people = self.addressed(tx, workspace)?;
                    targets.extend(people.into_iter().map(|member| (Channel::Mail, Some(member))));
                }
                if self.hook_in(tx, workspace)?.is_some() {
                    targets.push((Channel::Webhook, None));
                }
            }
            (None, None) if channels.operators => targets.push((Channel::Operators, None)),
            (None, None) => {}
        }
        Ok(targets)
    }

    fn destination(
        &self,
        tx: &Transaction<'_>,
        channel: Channel,
        notice: &Notice,
        recipient: Option<MemberId>,
    ) -> Result<Option<To>, GuardError> {
        Ok(match (channel, recipient, notice.workspace) {
            (Channel::Mail, Some(member), _) => {
                self.email_of(tx, member)?.map(|address| To::Mail { member, address })
            }
            (Channel::Webhook, None, Some(workspace)) => self.hook_in(tx, workspace)?.map(To::Webhook),
            (Channel::Operators, None, _) => self.channels().operators.then_some(To::Operators),
            _ => None,
        })
    }
}

/// The rows of a channel that are due; those whose channel has failed in that workspace stand in the other queue.
fn due_rows(
    tx: &Transaction<'_>,
    channel: Channel,
    queue: Queue,
    now_ms: i64,
) -> Result<Vec<(Notice, Option<MemberId>)>, GuardError> {
    let failing = "(d.tries > 0 or exists (
        select 1 from notice_delivery e join notice m on m.id = e.notice
        where e.channel = d.channel and e.state = 'waiting' and e.tries > 0 and m.workspace is n.workspace))";
    let which = if queue == Queue::Again { failing.to_owned() } else { format!("not {failing}") };
    let mut statement = tx.prepare_cached(&format!(
        "select n.id, n.workspace, n.account, n.kind, n.detail, n.created_ms, n.delivered_ms, d.recipient
         from notice_delivery d join notice n on n.id = d.notice
         where d.channel = ?1 and d.state = 'waiting' and d.next_ms <= ?2 and {which}
         order by d.next_ms, n.id limit {AT_ONCE}"
    ))?;
    let rows = statement.query_map(params![channel.as_str(), now_ms], |row| {
        let recipient: Vec<u8> = row.get(7)?;
        let member = <[u8; 16]>::try_from(recipient).ok().map(|id| MemberId(u128::from_be_bytes(id)));
        Ok((read_notice(row)?, member))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The id by which whoever receives a notice twice knows that it is the same.
pub fn message_id(workspace: Option<WorkspaceId>, notice: i64) -> String {
    match workspace {
        Some(workspace) => format!("notice-{workspace}-{notice}"),
        None => format!("notice-{notice}"),
    }
}
