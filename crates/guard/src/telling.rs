//! Told first, done after: what nobody may do unseen is announced before it happens, and waits until a second channel has
//! taken the notice. Where none takes it, nothing happens.

use std::time::Duration;

use model::{MemberId, WorkspaceId};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use crate::change::Actor;
use crate::channels::{ChannelState, Heard};
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;
use crate::lockdown::Host;

/// How long an act waits for a second channel.
const WAIT: Duration = Duration::from_secs(6);
/// An announcement that got through not longer ago than this is not made again when the act is tried again.
const STILL_TOLD_MS: i64 = 10 * 60_000;

/// How long after a test notice the next one waits.
const TEST_PAUSE_MS: i64 = 10_000;

/// How it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    /// In the console and by a second channel.
    Twice,
    /// In the console alone, because there is no second channel: weaker.
    OneChannel,
}

impl Told {
    pub(crate) fn is_one_channel(self) -> bool {
        self == Self::OneChannel
    }
}

impl Guard {
    /// Announces what is about to happen to those who run the workspace, and waits until somebody else than whoever acts has
    /// it by a second channel.
    ///
    /// # Errors
    /// [`Denied::Untold`] when no channel takes it in time, or when there is none and there must be one; then the
    /// refusal is entered. The ledger's or database's.
    pub(crate) fn tell_first(
        &self,
        granted: &Granted,
        kind: &'static str,
        detail: &Value,
    ) -> Result<Told, GuardError> {
        let (workspace, by) = (granted.in_workspace()?, granted.member()?);
        let (others, reaches) = self.0.db.read(|tx| {
            let states = self.channel_states_in(tx, Some(workspace))?;
            let hook = self.hook_in(tx, workspace)?.is_some();
            let others = hook || self.addressed(tx, workspace)?.iter().any(|member| *member != by);
            Ok::<_, GuardError>((others, states.iter().any(|state| state.reaches > 0)))
        })?;
        if !reaches {
            return if self.channels().required {
                Err(self.untold(granted, kind, detail, "no-channel"))
            } else {
                Ok(Told::OneChannel)
            };
        }
        let not_counting = others.then_some(by);
        let id = self.0.db.write(|tx| match made_lately(tx, (workspace, kind, detail), self.now_ms())? {
            Some(id) => self.try_again_now(tx, id).map(|()| id),
            None => self.notice(tx, Some(workspace), None, kind, detail),
        })?;
        let heard = self.wait_for(id, not_counting)?;
        if heard == Some(Heard::Delivered) {
            return Ok(Told::Twice);
        }
        let why = if heard.is_some() { "refused" } else { "late" };
        Err(self.untold(granted, kind, detail, why))
    }

    /// Sends a notice that tells of nothing, to see whether it arrives; whether it did.
    ///
    /// # Errors
    /// Another one was sent a moment ago; the ledger's or database's.
    pub fn test_notice(&self, granted: &Granted) -> Result<bool, GuardError> {
        granted.must_be_for(&["TestNotices"])?;
        let (workspace, by) = (granted.in_workspace()?, granted.member()?);
        let detail = json!({"by": by});
        let id = self.change(|tx| {
            self.must_be_calm(tx, workspace)?;
            let id = self.notice(tx, Some(workspace), None, "notice.test", &detail)?;
            Ok((id, granted.does("notice.tested", workspace.to_string(), json!({"notice": id}))))
        })?;
        Ok(self.wait_for(id, None)? == Some(Heard::Delivered))
    }

    /// Waits until a notice has got through to anybody but `not_counting`.
    fn wait_for(&self, id: i64, not_counting: Option<MemberId>) -> Result<Option<Heard>, GuardError> {
        let bell = &self.0.bell;
        bell.expect(id, not_counting);
        bell.ring();
        // It may have got through before anybody waited for it.
        let there = self.0.db.read(|tx| self.has_got_through(tx, id, not_counting));
        let heard = bell.hear(id, if matches!(there, Ok(false)) { WAIT } else { Duration::ZERO });
        Ok(if there? { Some(Heard::Delivered) } else { heard })
    }

    /// Refuses a test notice right after another: each is mail to everybody who runs the workspace.
    fn must_be_calm(&self, tx: &Transaction<'_>, workspace: WorkspaceId) -> Result<(), GuardError> {
        let mut statement = tx.prepare_cached(
            "select max(created_ms) from notice where workspace = ?1 and kind = 'notice.test'",
        )?;
        let last_ms: Option<i64> = statement.query_row([workspace.0.to_be_bytes()], |row| row.get(0))?;
        let since_ms = last_ms.map(|last_ms| self.now_ms() - last_ms);
        if since_ms.is_some_and(|since_ms| (0..TEST_PAUSE_MS).contains(&since_ms)) {
            return Err(Denied::TooMany { retry_after_s: 10 }.into());
        }
        Ok(())
    }

    fn untold(&self, granted: &Granted, kind: &'static str, detail: &Value, why: &'static str) -> GuardError {
        let entry = granted.does("notice.undelivered", kind, json!({"why": why, "of": detail}));
        match self.0.ledger.enter(entry) {
            Ok(_) => Denied::Untold { configured: why != "no-channel" }.into(),
            Err(error) => error.into(),
        }
    }
}

impl Host<'_> {
    /// Sends a test notice to those who run a workspace, or to the operators; whether it got through, and how the channels are.
    ///
    /// # Errors
    /// No such workspace, or the ledger's or database's.
    pub fn test_notice(
        &self,
        workspace: Option<WorkspaceId>,
    ) -> Result<(bool, Vec<ChannelState>), GuardError> {
        let guard = self.0;
        let id = guard.change(|tx| {
            if let Some(workspace) = workspace {
                control::workspaces::by_id(tx, workspace)?.ok_or(Denied::NotFound)?;
            }
            let id = guard.notice(tx, workspace, None, "notice.test", &json!({"by": "host"}))?;
            let actor = Actor { workspace, ..Actor::part("host") };
            Ok((id, actor.does("notice.tested", "host", json!({"notice": id}))))
        })?;
        let delivered = guard.wait_for(id, None)? == Some(Heard::Delivered);
        Ok((delivered, guard.0.db.read(|tx| guard.channel_states_in(tx, workspace))?))
    }
}

/// The same announcement, if it was made lately and was not given up. Whoever tries again makes no other one of it.
fn made_lately(
    tx: &Transaction<'_>,
    (workspace, kind, detail): (WorkspaceId, &str, &Value),
    now_ms: i64,
) -> Result<Option<i64>, GuardError> {
    let mut statement = tx.prepare_cached(
        "select id from notice
         where workspace = ?1 and kind = ?2 and detail = ?3 and (settled_ms is null or delivered_ms is not null)
           and created_ms between ?4 and ?5
         order by id desc limit 1",
    )?;
    let of = params![workspace.0.to_be_bytes(), kind, detail.to_string(), now_ms - STILL_TOLD_MS, now_ms];
    Ok(statement.query_row(of, |row| row.get(0)).optional()?)
}
