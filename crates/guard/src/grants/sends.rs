//! Sending a broadcast. Every send is a grant: of a small one about which nothing is new the rule says yes, every other
//! waits for a second person, who approves exactly what was asked for (its digest) with a touch.
//!
//! Modules: `weigh` (what makes a send wait), `second` (who is a second person).
//!
//! What makes a send wait ([`SendScope::why`]): `people` (more than the limit), `together` (with what the same person, or
//! somebody with the same text, sent within a day), `new-from`, `new-links`, `first-send`, `new-device`, and what the
//! sender's own look at the text and the audience says: `form`, `secret-words`, `new-people`.

mod second;
mod weigh;

use std::sync::atomic::{AtomicU64, Ordering};

use control::mode::Mode;
use ledger::NewEntry;
use model::{BroadcastId, GrantId, MemberId, SessionId, TemplateId, TokenId, WorkspaceId};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Decision, Grant, Purpose, State, Used};
use crate::change::Actor;
use crate::denied::Denied;
use crate::error::GuardError;
use crate::granted::Granted;
use crate::guard::Guard;

/// How many people a send may have without a second person, at most.
pub const PEOPLE_ALONE_MAX: u64 = 1_000;
/// Above so many people an approved send waits before it begins.
pub const PEOPLE_COOLING: u64 = 10_000;
/// How long it waits.
pub const COOLING_MS: i64 = 10 * 60_000;
/// How much of the audience may have changed since it was counted, in per cent.
pub const PEOPLE_DRIFT_PERCENT: u64 = 5;
/// How long an approved send holds.
pub const SEND_LIFE_MS: i64 = 24 * HOUR_MS;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// To how many people a token writes in a day at most.
const TOKEN_PEOPLE_PER_DAY_MAX: u64 = 1_000;
/// What the sender may say of the text and the audience.
const SIGNALS: [&str; 3] = ["form", "secret-words", "new-people"];
const EDITORS_MAX: usize = 50;
const DOMAINS_MAX: usize = 100;
const SKETCH_MAX: usize = 64;
const TEXT_BYTES_MAX: usize = 320;

/// What is to be sent, as whoever sends describes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendContent {
    /// Which broadcast.
    pub broadcast: BroadcastId,
    /// Its template.
    pub template: TemplateId,
    /// Its template's version.
    pub version: u32,
    /// Everything about it, as a digest: text, links, From, Reply-To, audience.
    pub digest: String,
    /// How many people get it.
    pub people: u64,
    /// Who it is from.
    pub from: String,
    /// The domains it links to.
    pub domains: Vec<String>,
    /// The smallest hashes of its text's pieces, so that alike texts are known as such.
    pub sketch: Vec<u64>,
    /// Who edited it, or its template, within seven days.
    pub editors: Vec<MemberId>,
    /// What is striking about the text and the audience: `form`, `secret-words`, `new-people`.
    pub signals: Vec<String>,
}

/// What is to be sent, and why it has to wait.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendScope {
    /// What.
    pub content: SendContent,
    /// Why a second person has to say so; empty where the rule says yes.
    pub why: Vec<String>,
    /// The session it was asked for in.
    pub session: Option<SessionId>,
    /// The token that asked for it, where a program did.
    #[serde(default)]
    pub token: Option<TokenId>,
}

/// A send that may go on: what the row-writer demands before it gives addresses out. It is made here alone.
///
/// ```compile_fail
/// fn forge(grant: guard::grants::Grant) -> guard::grants::Sending {
///     guard::grants::Sending { grant }
/// }
/// ```
#[derive(Debug)]
pub struct Sending {
    grant: Grant,
    content: SendContent,
    /// How many addresses were given out.
    given: AtomicU64,
}

/// Whether a send goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Going {
    /// It does.
    On,
    /// Not while the workspace is read-only, or the ledger's witnesses do not see it.
    Held,
    /// It is over.
    Over,
}

impl Sending {
    /// The grant.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// What is sent.
    pub fn content(&self) -> &SendContent {
        &self.content
    }

    /// The most people who may get it: as many as were counted, and the drift that voids nothing.
    pub fn people_max(&self) -> u64 {
        let people = self.content.people;
        people.saturating_add(people.saturating_mul(PEOPLE_DRIFT_PERCENT) / 100)
    }

    /// Counts addresses before they are given out; `false`: they are more than were approved.
    pub fn count(&self, people: u64) -> bool {
        let given = self.given.fetch_add(people, Ordering::SeqCst).saturating_add(people);
        given <= self.people_max()
    }

    /// These people were not written to after all, and are tried again.
    pub fn give_back(&self, people: u64) {
        // Never more than was counted.
        let less = |given: u64| Some(given.saturating_sub(people));
        let _ = self.given.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }

    /// An entry of what is done for this send.
    pub fn does(&self, code: &'static str, detail: Value) -> NewEntry {
        let scope = self.grant.send();
        let token = scope.and_then(|scope| scope.token);
        let actor = Actor {
            principal: token.map_or_else(|| self.grant.asked_by.to_string(), |token| token.to_string()),
            session: scope.and_then(|scope| scope.session).map(|session| session.to_string()),
            from: None,
            workspace: Some(self.grant.workspace),
        };
        actor.does(code, self.content.broadcast.to_string(), detail)
    }
}

/// How long an approved send waits before it begins.
pub(super) fn cooling_ms(scope: &SendScope) -> i64 {
    if scope.content.people > PEOPLE_COOLING { COOLING_MS } else { 0 }
}

impl Guard {
    /// What would make this send wait for a second person, were it asked for now by whoever looks.
    ///
    /// # Errors
    /// An altered row, or the database's.
    pub fn weigh_send(
        &self,
        granted: &Granted,
        content: &SendContent,
    ) -> Result<Vec<&'static str>, GuardError> {
        granted.must_be_for(&["ListCampaigns"])?;
        self.0.db.read(|tx| self.weigh(tx, granted, content))
    }

    /// Asks for a send. It may begin at once where nothing makes it wait.
    ///
    /// # Errors
    /// A field that is not right, too many open grants, or the ledger's or database's.
    pub fn ask_send(
        &self,
        granted: &Granted,
        reason: &str,
        content: SendContent,
    ) -> Result<Grant, GuardError> {
        granted.must_be_for(&["SendBroadcast"])?;
        check(&content)?;
        let (member, session) = (granted.member()?, Some(granted.session.ok_or(Denied::NotSignedIn)?));
        self.change(|tx| {
            let why = self.weigh(tx, granted, &content)?;
            let people = content.people;
            let words = why.iter().map(|&word| word.to_owned()).collect();
            let scope = SendScope { content, why: words, session, token: None };
            let whose = (granted.in_workspace()?, member);
            let purpose = Purpose::Send(Box::new(scope));
            let mut grant = self.new_grant(tx, whose, (member, purpose), (reason, SEND_LIFE_MS))?;
            let at_ms = grant.asked_ms;
            if why.is_empty() {
                grant.decision = Some(by_rule(member, at_ms));
            } else {
                let detail = json!({"grant": grant.id, "by": member, "kind": "send", "people": people});
                self.notice(tx, Some(grant.workspace), None, "grant.asked", &detail)?;
            }
            self.keep_grant(tx, &grant)?;
            let detail = json!({
                "purpose": grant.purpose, "reason": grant.reason, "digest": grant.digest(), "by_rule": why.is_empty(),
            });
            let entry = Actor::from(granted).does("grant.asked", grant.id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Lets a program send a version of a template that two people approved to a few named people.
    ///
    /// # Errors
    /// A version that was never approved, more people than a token may write to in a day, or the ledger's or database's.
    pub fn ask_message(&self, granted: &Granted, content: SendContent) -> Result<Grant, GuardError> {
        granted.must_be_for(&["SendMessage"])?;
        check(&content)?;
        let token = granted.principal.token.ok_or(Denied::NotSignedIn)?;
        let maker = granted.principal.answers.ok_or(Denied::NotSignedIn)?;
        let workspace = granted.in_workspace()?;
        self.change(|tx| {
            let now_ms = self.now_ms();
            let known = self.of_people(tx, workspace, now_ms)?;
            let approved = known.iter().any(|grant| {
                let second = grant.used.is_some() && grant.decision.is_some_and(|decision| !decision.by_rule);
                let same = |other: &SendContent| {
                    (other.template, other.version) == (content.template, content.version)
                };
                second && content_of(grant).is_some_and(same)
            });
            if !approved {
                let want =
                    "a version that another person approved, in a broadcast that was sent with it".to_owned();
                return Err(GuardError::Invalid { field: "version", want });
            }
            let (lately, more) = self.of_programs(tx, workspace, now_ms)?;
            let own =
                lately.iter().filter(|grant| grant.send().is_some_and(|scope| scope.token == Some(token)));
            let people = own
                .filter_map(content_of)
                .map(|other| other.people)
                .fold(content.people, u64::saturating_add);
            if more || people > TOKEN_PEOPLE_PER_DAY_MAX {
                return Err(Denied::TooMany { retry_after_s: 3_600 }.into());
            }
            let scope = SendScope { content, why: Vec::new(), session: None, token: Some(token) };
            let purpose = Purpose::Send(Box::new(scope));
            let whose = (workspace, maker);
            let mut grant = self.new_grant(tx, whose, (maker, purpose), ("by a program", SEND_LIFE_MS))?;
            grant.decision = Some(by_rule(maker, grant.asked_ms));
            self.keep_grant(tx, &grant)?;
            let detail = json!({"purpose": grant.purpose, "digest": grant.digest(), "by_rule": true});
            let entry = Actor::from(granted).does("grant.asked", grant.id.to_string(), detail);
            Ok((grant, entry))
        })
    }

    /// Begins a send that may, or goes on with one that was begun. `digest` and `people` are how the broadcast is now.
    ///
    /// # Errors
    /// Not found, not ready, another digest or too many other people ([`GuardError::SendIsAnother`]), read-only, or the ledger's
    /// or database's.
    pub fn begin_send(
        &self,
        workspace: WorkspaceId,
        id: GrantId,
        (digest, people): (&str, u64),
    ) -> Result<Sending, GuardError> {
        self.must_be_witnessed()?;
        let used = |grant: &Grant| grant.used.is_some();
        let (grant, content) = self.0.db.read(|tx| self.send_that_holds(tx, workspace, id))?;
        if used(&grant) {
            return Ok(Sending { grant, content, given: AtomicU64::new(0) });
        }
        self.change(|tx| {
            let (mut grant, content) = self.send_that_holds(tx, workspace, id)?;
            let drift = people.abs_diff(content.people).saturating_mul(100);
            if content.digest != digest || drift > content.people.saturating_mul(PEOPLE_DRIFT_PERCENT) {
                return Err(GuardError::SendIsAnother);
            }
            let mode = self.mode_in(tx, Some(workspace))?;
            if mode.mode == Mode::ReadOnly {
                return Err(Denied::ReadOnly { reason: mode.reason }.into());
            }
            // A program has none.
            let session = grant.send().and_then(|scope| scope.session).unwrap_or(SessionId(0));
            let at_ms = self.now_ms();
            grant.used = Some(Used { at_ms, session, opened_ms: Some(at_ms), one_channel: false });
            self.keep_grant(tx, &grant)?;
            let sending = Sending { grant, content, given: AtomicU64::new(0) };
            let entry = sending.does("send.begun", json!({"grant": id, "people": people, "digest": digest}));
            Ok((sending, entry))
        })
    }

    /// Whether a send goes on. Asked before every hand-over.
    pub fn still_sends(&self, sending: &Sending) -> Going {
        let Grant { workspace, id, .. } = sending.grant;
        if self.must_be_witnessed().is_err() {
            return Going::Held;
        }
        let going = self.0.db.read(|tx| {
            if self.send_that_holds(tx, workspace, id).is_err() {
                return Ok(Going::Over);
            }
            let normal = self.mode_in(tx, Some(workspace))?.mode == Mode::Normal;
            Ok::<_, GuardError>(if normal { Going::On } else { Going::Held })
        });
        going.unwrap_or(Going::Held)
    }

    /// A send is over: `done`, or `spike` where too many messages came back or were complained of.
    ///
    /// # Errors
    /// An altered row, or the ledger's or database's.
    pub fn send_over(&self, sending: &Sending, why: &'static str, counts: &Value) -> Result<(), GuardError> {
        self.change(|tx| {
            let mut grant = self.grant_row(tx, sending.grant.workspace, sending.grant.id)?;
            if grant.ended.is_none() {
                self.close(tx, &mut grant, ("campaign", why))?;
            }
            let code = if why == "done" { "send.finished" } else { "send.stopped" };
            let told = json!({"grant": grant.id, "broadcast": sending.content.broadcast, "why": why});
            self.notice(tx, Some(grant.workspace), None, code, &told)?;
            Ok(((), sending.does(code, json!({"grant": grant.id, "why": why, "counts": counts}))))
        })
    }

    /// Ends a send that waits or is under way; at once.
    ///
    /// # Errors
    /// Not found, over already, or the ledger's or database's.
    pub fn stop_send(&self, granted: &Granted, id: GrantId) -> Result<(), GuardError> {
        granted.must_be_for(&["StopBroadcast", "WriteCampaign", "SendBroadcast"])?;
        let by = granted.member()?;
        // Who edits it voids what was asked for or approved, and does not stop what is under way.
        let edits = granted.action.name != "StopBroadcast";
        self.change(|tx| {
            let open = [State::Waiting, State::Delayed, State::Open, State::Used];
            let wanted = if edits { &open[..3] } else { &open[..] };
            let mut grant = self.grant_that_is(tx, granted, id, wanted)?;
            if grant.send().is_none() {
                return Err(Denied::NotFound.into());
            }
            let why = if edits { "edited" } else { "by_hand" };
            self.close(tx, &mut grant, (&by.to_string(), why))?;
            let entry = Actor::from(granted).does("grant.ended", id.to_string(), json!({"reason": why}));
            Ok(((), entry))
        })
    }

    /// Ends a send whose broadcast is not any more what was asked for.
    ///
    /// # Errors
    /// Not found, or the ledger's or database's.
    pub fn void_send(&self, workspace: WorkspaceId, id: GrantId) -> Result<(), GuardError> {
        self.change(|tx| {
            let mut grant = self.grant_row(tx, workspace, id)?;
            if grant.ended.is_none() {
                self.close(tx, &mut grant, ("campaign", "edited"))?;
            }
            let actor = Actor { workspace: Some(workspace), ..Actor::part("campaign") };
            Ok(((), actor.does("grant.ended", id.to_string(), json!({"reason": "edited"}))))
        })
    }

    /// How the grant of a send is now.
    ///
    /// # Errors
    /// Not found, an altered row, or the database's.
    pub fn send_state(&self, workspace: WorkspaceId, id: GrantId) -> Result<(Grant, State), GuardError> {
        self.0.db.read(|tx| {
            let grant = self.grant_row(tx, workspace, id)?;
            let state = self.state_of(tx, &grant)?;
            Ok((grant, state))
        })
    }

    fn send_that_holds(
        &self,
        tx: &Transaction<'_>,
        workspace: WorkspaceId,
        id: GrantId,
    ) -> Result<(Grant, SendContent), GuardError> {
        let grant = self.grant_row(tx, workspace, id)?;
        let content = grant.send().ok_or(Denied::NotFound)?.content.clone();
        if self.holds(tx, &grant)? {
            return Ok((grant, content));
        }
        let state = match self.state_of(tx, &grant)? {
            // What it rests on does not hold any more.
            State::Open | State::Used => State::Ended,
            state => state,
        };
        Err(GuardError::GrantIs { state: state.as_str() })
    }
}

/// Nobody had to say yes.
fn by_rule(by: MemberId, at_ms: i64) -> Decision {
    Decision {
        by,
        at_ms,
        approved: true,
        alone: false,
        one_channel: false,
        by_rule: true,
        ready_ms: at_ms,
        ends_ms: at_ms + SEND_LIFE_MS,
        entry: None,
    }
}

fn content_of(grant: &Grant) -> Option<&SendContent> {
    grant.send().map(|scope| &scope.content)
}

fn check(content: &SendContent) -> Result<(), GuardError> {
    let SendContent { people, digest, from, domains, sketch, editors, signals, .. } = content;
    let fits = |text: &String| text.len() <= TEXT_BYTES_MAX;
    if *people == 0 {
        let want = "an audience of somebody: nobody would get this now".to_owned();
        return Err(GuardError::Invalid { field: "who", want });
    }
    let whole = digest.len() == 64
        && fits(from)
        && domains.len() <= DOMAINS_MAX
        && domains.iter().all(fits)
        && sketch.len() <= SKETCH_MAX
        && editors.len() <= EDITORS_MAX
        && signals.iter().all(|signal| SIGNALS.contains(&signal.as_str()));
    if whole {
        return Ok(());
    }
    let want = format!("at most {DOMAINS_MAX} domains of links and {EDITORS_MAX} editors");
    Err(GuardError::Invalid { field: "template", want })
}
