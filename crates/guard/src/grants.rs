//! Grants: what somebody may do for a time, for a reason, within a scope, because another person said so.
//!
//! An **export** is asked for by a member and approved by another who runs the workspace, with a touch bound
//! to exactly this grant. **Support** is opened by those who run the workspace to a named operator, who then
//! looks, masked. **Breaking the glass** is the same look without the workspace, by two operators, told first.
//! A **send** is asked for by whoever sends a broadcast; where it is small and nothing about it is new, the rule says yes.
//! Nobody approves what they gain by themselves, unless nobody else could: then it waits, is
//! announced to the operators too, and is called `alone` wherever it stands.
//!
//! A grant holds by what is so now, not by what was so then: the time, the installation's epoch, and the standing
//! of whoever asked and whoever approved are looked at before every use.
//!
//! Modules in reading order: `ask`, `decide`, `break_glass`, [`sends`], [`usage`], `canaries`, `row`.

mod ask;
mod break_glass;
mod canaries;
mod decide;
mod row;
pub mod sends;
pub mod usage;

use aws_lc_rs::digest::{SHA256, digest};
use model::{GrantId, MemberId, SessionId, WorkspaceId};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signin::config::CLOCK_STEP_MS;

use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

pub use sends::{Going, SendContent, SendScope, Sending};
pub use usage::Approved;

/// How long a request waits for its second person.
pub const VOID_MS: i64 = 24 * 3_600_000;
/// How long an export grant holds unless said otherwise.
pub const EXPORT_LIFE_S: u64 = 30 * 60;
/// How long an export grant holds at most.
pub const EXPORT_LIFE_S_MAX: u64 = 4 * 3_600;
/// How long a workspace is open to support at most.
pub const SUPPORT_LIFE_S_MAX: u64 = 72 * 3_600;
/// How long a broken glass stays open, and no longer.
pub const GLASS_LIFE_MS: i64 = 30 * 60_000;
/// How long one who approves their own request waits.
pub const ALONE_DELAY_MS: i64 = 30 * 60_000;
/// How long witnesses, where there are some, may lag behind before exports and support wait.
pub const UNWITNESSED_MS_MAX: i64 = 10 * 60_000;
/// The most rows that one export may be granted.
pub const ROWS_MAX: u64 = 1_000_000;
/// The most fields of one export.
pub const FIELDS_MAX: usize = 50;
/// The most recipients of one export.
pub const RECIPIENTS_MAX: usize = 8;
/// The most grants of a workspace that are not over.
const OPEN_MAX: usize = 50;
/// The most grants shown.
const SHOWN_MAX: u32 = 200;

/// A grant, from the request to its end.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// What for.
    pub purpose: Purpose,
    /// Who may use it: the member who asked for an export, or the operator who is let in.
    pub subject: MemberId,
    /// Who asked.
    pub asked_by: MemberId,
    /// Why, in their words.
    pub reason: String,
    /// How long it is to hold once it is approved.
    pub life_ms: i64,
    /// When it was asked for, milliseconds since 1970, UTC.
    pub asked_ms: i64,
    /// When the request is void.
    pub void_ms: i64,
    /// What was said to it.
    pub decision: Option<Decision>,
    /// What became of it.
    pub used: Option<Used>,
    /// That it is over.
    pub ended: Option<Ended>,
    /// The installation's epoch when it was asked for.
    epoch: i64,
}

/// What a grant is for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// One file of people.
    Export(ExportScope),
    /// Looking into the workspace, masked.
    Support,
    /// The same, without being asked in.
    BreakGlass,
    /// One message to many people.
    Send(Box<SendScope>),
}

/// What an export may hold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportScope {
    /// The columns: `id`, `user_id`, `anonymous_id`, `first_seen`, `last_seen`, `events`, `traits.NAME`.
    pub fields: Vec<String>,
    /// Which people, as in a question; all of them if nothing.
    #[serde(default)]
    pub who: Option<Value>,
    /// The most rows.
    pub rows_max: u64,
    /// How rows are written.
    #[serde(default)]
    pub format: Format,
    /// Whoever can open the file: age recipients.
    pub recipients: Vec<String>,
}

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated, with a line of names; cells that a spreadsheet would calculate are disarmed.
    #[default]
    Csv,
    /// A JSON object a line.
    Ndjson,
}

/// What somebody said to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Who.
    pub by: MemberId,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Yes or no.
    pub approved: bool,
    /// Whether the one who gains by it said so, because nobody else could: weaker.
    pub alone: bool,
    /// Whether it was told beforehand by one channel alone, because there was no second: weaker.
    #[serde(default)]
    pub one_channel: bool,
    /// Whether nobody had to say so: a send that is small, and nothing about it is new.
    #[serde(default)]
    pub by_rule: bool,
    /// Not before.
    pub ready_ms: i64,
    /// Not after.
    pub ends_ms: i64,
    /// The ledger entry that a witness must have seen before the first use, where there are witnesses.
    #[serde(default)]
    pub entry: Option<u64>,
}

/// That a grant was used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Used {
    /// When first, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// In which session.
    pub session: SessionId,
    /// When the export's file began to leave.
    pub opened_ms: Option<i64>,
    /// Whether it was told beforehand by one channel alone, because there was no second: weaker.
    #[serde(default)]
    pub one_channel: bool,
}

/// That a grant is over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Who ended it.
    pub by: String,
    /// Why: `by_hand`, `time`, `void`, `standing`, `lockdown`, `done`, `stopped`.
    pub why: String,
}

/// How a grant is, now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// For somebody to say yes or no.
    Waiting,
    /// Approved by the one who asked; not ready yet.
    Delayed,
    /// It holds.
    Open,
    /// Its one export was begun.
    Used,
    /// Somebody said no.
    Refused,
    /// Nobody said anything in time.
    Void,
    /// It is over.
    Ended,
}

impl State {
    /// The word in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delayed => "delayed",
            Self::Open => "open",
            Self::Used => "used",
            Self::Refused => "refused",
            Self::Void => "void",
            Self::Ended => "ended",
        }
    }

    /// Whether something can still become of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Refused | Self::Void | Self::Ended)
    }
}

impl Purpose {
    /// The word in the interface and in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Export(_) => "export",
            Self::Support => "support",
            Self::BreakGlass => "break_glass",
            // What programs send is many: kept apart, so that it buries nothing that a person asked for.
            Self::Send(scope) if scope.token.is_some() => "message",
            Self::Send(_) => "send",
        }
    }
}

impl Grant {
    /// What makes it weaker than it should be: `alone`, `one-channel`.
    pub fn weaker(&self) -> Vec<&'static str> {
        let alone = self.decision.is_some_and(|decision| decision.approved && decision.alone);
        let one_channel = self.decision.is_some_and(|decision| decision.approved && decision.one_channel)
            || self.used.is_some_and(|used| used.one_channel);
        [(alone, "alone"), (one_channel, "one-channel")]
            .into_iter()
            .filter_map(|(so, word)| so.then_some(word))
            .collect()
    }

    /// What is approved, as a digest: SHA-256 of the request's JSON, in hexadecimal digits. An approval names it, so
    /// that the touch is bound to it.
    pub fn digest(&self) -> String {
        let Self { id, workspace, purpose, subject, asked_by, reason, life_ms, asked_ms, .. } = self;
        let request = json!({
            "id": id, "workspace": workspace, "purpose": purpose, "subject": subject, "asked_by": asked_by,
            "reason": reason, "life_ms": life_ms, "asked_ms": asked_ms,
        });
        data_encoding::HEXLOWER.encode(digest(&SHA256, request.to_string().as_bytes()).as_ref())
    }

    /// How it is at `now_ms` in that epoch of the installation, whoever's standing aside.
    fn state(&self, now_ms: i64, epoch: i64) -> State {
        // A clock that is turned back lengthens nothing.
        let turned_back = now_ms < self.asked_ms - CLOCK_STEP_MS;
        if let Some(Ended { why, .. }) = &self.ended {
            return if why == "void" { State::Void } else { State::Ended };
        }
        match &self.decision {
            Some(decision) if !decision.approved => State::Refused,
            _ if self.epoch != epoch || turned_back => State::Ended,
            None if now_ms >= self.void_ms => State::Void,
            None => State::Waiting,
            Some(decision) if now_ms >= decision.ends_ms || now_ms < decision.at_ms - CLOCK_STEP_MS => {
                State::Ended
            }
            Some(_) if self.used.is_some() && self.is_once() => State::Used,
            Some(decision) if (decision.alone || self.send().is_some()) && now_ms < decision.ready_ms => {
                State::Delayed
            }
            Some(_) => State::Open,
        }
    }

    /// The scope of an export.
    pub fn export(&self) -> Option<&ExportScope> {
        match &self.purpose {
            Purpose::Export(scope) => Some(scope),
            Purpose::Support | Purpose::BreakGlass | Purpose::Send(_) => None,
        }
    }

    /// What is to be sent.
    pub fn send(&self) -> Option<&SendScope> {
        match &self.purpose {
            Purpose::Send(scope) => Some(scope),
            Purpose::Export(_) | Purpose::Support | Purpose::BreakGlass => None,
        }
    }

    /// Whether it can be used once, by the one who asked for it.
    fn is_once(&self) -> bool {
        matches!(self.purpose, Purpose::Export(_) | Purpose::Send(_))
    }

    /// Whether an operator looks in by it.
    pub(crate) fn is_look(&self) -> bool {
        matches!(self.purpose, Purpose::Support | Purpose::BreakGlass)
    }
}

/// A grant as somebody looks at it.
#[derive(Clone, PartialEq, Debug)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// How it is now.
    pub state: State,
    /// The address of whoever asked, for those who run the workspace.
    pub asked_by_email: Option<String>,
    /// The address of whoever said yes or no, likewise.
    pub decided_by_email: Option<String>,
}

/// A workspace that was opened to an operator.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// The grant.
    pub grant: Grant,
    /// The workspace's name.
    pub workspace_name: String,
}

impl Guard {
    /// The grants of the workspace, the newest first. The look is entered.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn grants(&self, granted: &Granted) -> Result<Vec<GrantView>, GuardError> {
        granted.must_be_for(&["ListGrants"])?;
        let workspace = granted.in_workspace()?;
        let views = self.0.db.read(|tx| {
            let found = self.grants_in(tx, workspace, SHOWN_MAX)?;
            found.into_iter().map(|grant| self.grant_view(tx, granted, grant)).collect::<Result<Vec<_>, _>>()
        })?;
        let detail = json!({"grants": views.len()});
        self.0.ledger.enter(Actor::from(granted).does("grants.viewed", workspace.to_string(), detail))?;
        Ok(views)
    }

    /// One grant. The look is entered.
    ///
    /// # Errors
    /// Not found, an altered row, or the ledger's or database's.
    pub fn grant(&self, granted: &Granted, id: GrantId) -> Result<GrantView, GuardError> {
        granted.must_be_for(&["ListGrants"])?;
        let workspace = granted.in_workspace()?;
        let view = self.0.db.read(|tx| {
            let grant = self.grant_row(tx, workspace, id)?;
            self.grant_view(tx, granted, grant)
        })?;
        self.0.ledger.enter(Actor::from(granted).does(
            "grants.viewed",
            id.to_string(),
            json!({"grants": 1}),
        ))?;
        Ok(view)
    }

    /// The workspaces that are open to the operator who asks.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn opened_to(&self, granted: &Granted) -> Result<Vec<Opened>, GuardError> {
        granted.must_be_for(&["ListSupport"])?;
        let operator = granted.member()?;
        self.0.db.read(|tx| {
            let mut opened = Vec::new();
            for grant in self.open_grants_of(tx, operator)? {
                let workspace = control::workspaces::by_id(tx, grant.workspace)?;
                if let Some(workspace) = workspace
                    && grant.is_look()
                    && self.holds(tx, &grant)?
                {
                    opened.push(Opened { grant, workspace_name: workspace.name });
                }
            }
            Ok(opened)
        })
    }

    fn grant_view(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        grant: Grant,
    ) -> Result<GrantView, GuardError> {
        let runs = granted.principal.roles.iter().any(policy::Role::is_powerful);
        let email = |account: Option<MemberId>| match account.filter(|_| runs) {
            Some(account) => self.email_of(tx, account),
            None => Ok(None),
        };
        Ok(GrantView {
            state: self.state_of(tx, &grant)?,
            asked_by_email: email(Some(grant.asked_by))?,
            decided_by_email: email(grant.decision.map(|decision| decision.by))?,
            grant,
        })
    }

    pub(crate) fn state_of(&self, tx: &Transaction<'_>, grant: &Grant) -> Result<State, GuardError> {
        Ok(grant.state(self.now_ms(), self.0.signin.installation_epoch(tx)?))
    }

    /// Whether it can be used now by somebody, without using it.
    fn must_be(
        &self,
        granted: &Granted,
        id: GrantId,
        wanted: &[State],
        holds: impl FnOnce(&Transaction<'_>, &Grant) -> Result<(), GuardError>,
    ) -> Result<(), GuardError> {
        self.0.db.read(|tx| holds(tx, &self.grant_that_is(tx, granted, id, wanted)?))
    }

    /// A grant in a state that `wanted` knows; not found where the caller may not know of it.
    fn grant_that_is(
        &self,
        tx: &Transaction<'_>,
        granted: &Granted,
        id: GrantId,
        wanted: &[State],
    ) -> Result<Grant, GuardError> {
        let grant = self.grant_row(tx, granted.in_workspace()?, id)?;
        let state = self.state_of(tx, &grant)?;
        if wanted.contains(&state) { Ok(grant) } else { Err(GuardError::GrantIs { state: state.as_str() }) }
    }
}

/// Whose grant it is not.
fn not_yours() -> GuardError {
    Denied::Forbidden { why: "another-persons-grant".to_owned() }.into()
}
