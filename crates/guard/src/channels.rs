//! The second channels: which there are, how they are, and whether a notice got through in time.
//!
//! Guard writes notices and keeps what became of them; a sender outside delivers them and says so here. An act that nobody
//! may do unseen waits for that: see `telling`.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{MemberId, WorkspaceId};
use parking_lot::{Condvar, Mutex};
use rusqlite::{Transaction, params};

use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// What the configuration says about telling people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Channels {
    /// Whether mail is sent.
    pub mail: bool,
    /// Whether the operators have a webhook.
    pub operators: bool,
    /// Whether an act that must be told of is refused where there is no second channel.
    pub required: bool,
}

/// A way to somebody beside the console.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Channel {
    /// Mail to the people whom it concerns.
    Mail,
    /// The workspace's webhook.
    Webhook,
    /// The operators' webhook.
    Operators,
}

impl Channel {
    /// The word in the database and in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::Operators => "operators",
        }
    }
}

/// How a channel of a workspace is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChannelState {
    /// Which.
    pub channel: Channel,
    /// How many it reaches: people with an address, or one webhook; 0 is a channel that is not there.
    pub reaches: usize,
    /// When it last took a notice, milliseconds since 1970, UTC.
    pub delivered_ms: Option<i64>,
    /// What went wrong the last time, and when; nothing once a later notice got through.
    pub failed: Option<(String, i64)>,
    /// How many notices wait for it.
    pub waiting: u64,
}

/// What became of a notice that somebody waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    /// It got through.
    Delivered,
    /// Every channel was tried once and none took it.
    Failed,
}

/// Where those who wait and the sender meet.
#[derive(Default)]
pub(crate) struct Bell {
    state: Mutex<BellState>,
    rung: Condvar,
}

#[derive(Default)]
struct BellState {
    /// Notices that are waited for.
    awaited: BTreeMap<i64, Awaited>,
    /// Whether there may be something new to deliver.
    news: u64,
}

struct Awaited {
    waiters: usize,
    /// Whoever acts: that they were told themselves shows nothing.
    not_counting: Option<MemberId>,
    heard: Option<Heard>,
}

impl Bell {
    /// Tells the sender that there is something new.
    pub(crate) fn ring(&self) {
        let mut state = self.state.lock();
        state.news = state.news.wrapping_add(1);
        self.rung.notify_all();
    }

    /// Waits until something new was rung since `seen`, at most `time`; gives the number to wait with next.
    pub(crate) fn wait_for_news(&self, seen: u64, time: Duration) -> u64 {
        let mut state = self.state.lock();
        self.rung.wait_while_for(&mut state, |state| state.news == seen, time);
        state.news
    }

    /// Says beforehand that a notice will be waited for, so that its delivery is not missed.
    pub(crate) fn expect(&self, notice: i64, not_counting: Option<MemberId>) {
        let mut state = self.state.lock();
        let awaited =
            state.awaited.entry(notice).or_insert(Awaited { waiters: 0, not_counting, heard: None });
        awaited.waiters += 1;
    }

    /// Waits for what was expected; nothing when the time is over.
    pub(crate) fn hear(&self, notice: i64, time: Duration) -> Option<Heard> {
        let mut state = self.state.lock();
        let silent =
            |state: &mut BellState| state.awaited.get(&notice).is_some_and(|awaited| awaited.heard.is_none());
        self.rung.wait_while_for(&mut state, silent, time);
        let awaited = state.awaited.get_mut(&notice)?;
        let heard = awaited.heard;
        awaited.waiters -= 1;
        if awaited.waiters == 0 {
            state.awaited.remove(&notice);
        }
        heard
    }

    /// Passes on that a notice got through to `recipient` (nobody in particular for a webhook).
    pub(crate) fn delivered(&self, notice: i64, recipient: Option<MemberId>) {
        let mut state = self.state.lock();
        if let Some(awaited) = state.awaited.get_mut(&notice)
            && (recipient.is_none() || recipient != awaited.not_counting)
        {
            awaited.heard = Some(Heard::Delivered);
            self.rung.notify_all();
        }
    }

    /// Passes on that every channel was tried and none took it.
    pub(crate) fn failed(&self, notice: i64) {
        let mut state = self.state.lock();
        if let Some(awaited) = state.awaited.get_mut(&notice) {
            awaited.heard.get_or_insert(Heard::Failed);
            self.rung.notify_all();
        }
    }
}

impl Guard {
    /// Says which channels the configuration has. Until it is called there are none.
    pub fn set_channels(&self, channels: Channels) {
        *self.0.channels.write() = channels;
    }

    /// Which channels the configuration has.
    pub fn channels(&self) -> Channels {
        *self.0.channels.read()
    }

    /// How the workspace's channels are, for those who run it.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn channel_states(&self, granted: &Granted) -> Result<Vec<ChannelState>, GuardError> {
        granted.must_be_for(&["ReadNotices", "TestNotices"])?;
        let workspace = granted.in_workspace()?;
        self.0.db.read(|tx| self.channel_states_in(tx, Some(workspace)))
    }

    pub(crate) fn channel_states_in(
        &self,
        tx: &Transaction<'_>,
        workspace: Option<WorkspaceId>,
    ) -> Result<Vec<ChannelState>, GuardError> {
        let channels = self.channels();
        let Some(id) = workspace else {
            return Ok(vec![channel_state(tx, (Channel::Operators, channels.operators.into()), None)?]);
        };
        let people = if channels.mail { self.addressed(tx, id)?.len() } else { 0 };
        let hook = usize::from(self.hook_in(tx, id)?.is_some());
        let state = |channel, reaches| channel_state(tx, (channel, reaches), workspace);
        Ok(vec![state(Channel::Mail, people)?, state(Channel::Webhook, hook)?])
    }

    /// Those who run a workspace and have an address that mail could reach.
    pub(crate) fn addressed(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Vec<MemberId>, GuardError> {
        let mut found = Vec::new();
        for member in self.who_runs(tx, workspace)? {
            if self.email_of(tx, member)?.is_some() {
                found.push(member);
            }
        }
        Ok(found)
    }
}

fn channel_state(
    tx: &Transaction<'_>,
    (channel, reaches): (Channel, usize),
    workspace: Option<WorkspaceId>,
) -> Result<ChannelState, GuardError> {
    let of =
        "from notice_delivery d join notice n on n.id = d.notice where d.channel = ?1 and n.workspace is ?2";
    let whose = params![channel.as_str(), workspace.map(|id| id.0.to_be_bytes())];
    let delivered_ms: Option<i64> = tx
        .prepare_cached(&format!("select max(d.tried_ms) {of} and d.state = 'delivered'"))?
        .query_row(whose, |row| row.get(0))?;
    let waiting: i64 = tx
        .prepare_cached(&format!("select count(*) {of} and d.state = 'waiting'"))?
        .query_row(whose, |row| row.get(0))?;
    let mut last = tx.prepare_cached(&format!(
        "select d.error, d.tried_ms {of} and d.state <> 'delivered' and d.error is not null order by d.tried_ms desc limit 1"
    ))?;
    let mut rows = last.query(whose)?;
    let failed: Option<(String, i64)> = match rows.next()? {
        Some(row) => Some((row.get(0)?, row.get(1)?)),
        None => None,
    };
    let failed = failed.filter(|(_, at_ms)| delivered_ms.is_none_or(|delivered_ms| *at_ms > delivered_ms));
    Ok(ChannelState { channel, reaches, delivered_ms, failed, waiting: u64::try_from(waiting).unwrap_or(0) })
}
